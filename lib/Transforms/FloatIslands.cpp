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

/// A loop that is fused to an integer operation in front: `op` is elementwise and some operand
/// comes from one.
static bool isFusedToProducer(Operation *op) {
  return isa<ElementwiseOp>(op) && llvm::any_of(op->getOperands(), [](Value operand) {
           Operation *def = operand.getDefiningOp();
           return def && operand.hasOneUse() && !isa<RequantizeOp>(def) &&
                  (touchesQuantized(def) || isFusedToProducer(def));
         });
}

/// The same behind: its one user is elementwise and gives a quantized tensor in the end.
static bool isFusedToUser(Operation *op) {
  if (!isa<ElementwiseOp>(op) || !op->hasOneUse())
    return false;
  Operation *user = *op->user_begin();
  return isa<ElementwiseOp>(user) && !isa<RequantizeOp>(user) &&
         (llvm::any_of(user->getResults(), isQuantized) || isFusedToUser(user));
}

bool computesInFloat(QuantizableOp op) {
  return llvm::any_of(op->getResults(), isFloat) && !touchesQuantized(op) && !op.sharesScale() &&
         !isFusedToProducer(op) && !isFusedToUser(op);
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
