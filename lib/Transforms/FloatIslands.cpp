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

bool computesInFloat(QuantizableOp op, const KernelBodies &kernels) {
  return llvm::any_of(op->getResults(), isFloat) && !touchesQuantized(op) && !op.sharesScale() &&
         llvm::none_of(kernels.of(op), [](Operation *other) {
           return !isa<RequantizeOp>(other) && touchesQuantized(other);
         });
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
