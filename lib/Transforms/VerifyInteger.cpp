// --nnq-verify-integer: fails if float arithmetic is left.

#include "FloatIslands.h"

#include "nnq/Transforms/ObservationNames.h"
#include "nnq/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace nnq {
#define GEN_PASS_DEF_VERIFYINTEGER
#include "nnq/Transforms/Passes.h.inc"
} // namespace nnq

using namespace mlir;
using namespace nnq;

namespace {

struct VerifyInteger : nnq::impl::VerifyIntegerBase<VerifyInteger> {
  void runOnOperation() override {
    if (getOperation().isExternal())
      return;
    KernelBodies kernels(getOperation().getBody().front());
    getOperation().walk([&](QuantizableOp op) {
      if (op->hasAttr(islandAttrName) || !computesInFloat(op, kernels))
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
