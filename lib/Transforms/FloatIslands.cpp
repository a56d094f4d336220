// Operations of a quantized network that compute in float.

#include "FloatIslands.h"

#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"
#include "nnq/Transforms/ObservationNames.h"

using namespace mlir;

namespace nnq {

static bool isQuantized(Value value) {
  return static_cast<bool>(getQuantizedElement(value.getType()));
}
static bool isFloat(Value value) {
  auto type = dyn_cast<ShapedType>(value.getType());
  return type && isa<FloatType>(type.getElementType());
}
static bool touchesQuantized(Operation *op) {
  return llvm::any_of(op->getOperands(), isQuantized) ||
         llvm::any_of(op->getResults(), isQuantized);
}

/// Whether an elementwise operation is in one loop with one that touches codes. The body of a kernel is a
/// chain; where it rounds, another loop might as well begin.
static bool sharesLoopWithCodes(Operation *op, ArrayRef<Operation *> body) {
  auto *place = llvm::find(body, op);
  auto touchesFirst = [](auto others) {
    for (Operation *other : others) {
      if (isa<RequantizeOp>(other))
        return false;
      if (touchesQuantized(other))
        return true;
    }
    return false;
  };
  return touchesFirst(llvm::make_range(place, body.end())) ||
         touchesFirst(llvm::reverse(llvm::make_range(body.begin(), place)));
}

bool computesInFloat(QuantizableOp op, const KernelBodies &kernels) {
  if (llvm::none_of(op->getResults(), isFloat) || touchesQuantized(op) || op.sharesScale())
    return false;
  return !isa<ElementwiseOp>(*op) || !sharesLoopWithCodes(op, kernels.of(op));
}

Attribute markFloatIsland(Operation *op, StringRef reason) {
  Builder builder(op->getContext());
  std::string name = getLayerName(op);
  op->emitRemark() << "'" << name << "' stays in float: " << reason;
  op->setAttr(islandAttrName, builder.getStringAttr(reason));
  return builder.getDictionaryAttr(
      {builder.getNamedAttr("name", builder.getStringAttr(name)),
       builder.getNamedAttr("op", builder.getStringAttr(op->getName().getStringRef())),
       builder.getNamedAttr("reason", builder.getStringAttr(reason))});
}

} // namespace nnq
