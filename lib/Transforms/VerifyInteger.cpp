// --nnq-verify-integer: fails if float arithmetic is left.

#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"
#include "nnq/Transforms/ObservationNames.h"
#include "nnq/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace nnq {
#define GEN_PASS_DEF_VERIFYINTEGER
#include "nnq/Transforms/Passes.h.inc"
} // namespace nnq

using namespace mlir;
using namespace nnq;

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

namespace {

struct VerifyInteger : nnq::impl::VerifyIntegerBase<VerifyInteger> {
  void runOnOperation() override {
    getOperation().walk([&](QuantizableOp op) {
      bool computesFloat =
          llvm::any_of(op->getResults(), isFloat) && !touchesQuantized(op) && !op.sharesScale();
      if (!computesFloat || op->hasAttr(islandAttrName) || isFusedToProducer(op) ||
          isFusedToUser(op))
        return;
      auto diag =
          op.emitError() << "'" << getLayerName(op) << "' computes in float on "
                         << op->getOperand(0).getType()
                         << "; after quantization it should take or give a quantized tensor";
      diag.attachNote() << "if it is meant to stay in float, keep it so by a rule of "
                           "--nnq-quantize, which marks it '"
                        << islandAttrName << "'";
      signalPassFailure();
    });
  }
};

} // namespace
