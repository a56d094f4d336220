// --own-permute-weights

#include "Own.h"

#include "nnq/Dialect/Kernel/IR/KernelOps.h"

#include "mlir/IR/TypeUtilities.h"

namespace own {
#define GEN_PASS_DEF_PERMUTEWEIGHTS
#include "OwnPasses.h.inc"

namespace {
struct PermuteWeights : impl::PermuteWeightsBase<PermuteWeights> {
  void runOnOperation() override {
    nnq::WeightEncoding permuted = PermutedBytesAttr::get(&getContext());
    getOperation()->walk([&](nnq::ContractOp op) {
      if (!permuted.supports(getElementTypeOrSelf(op.getInput()),
                             getElementTypeOrSelf(op.getWeights())))
        return;
      op.setEncodingAttr(permuted);
      op.removeTilingAttr();
    });
  }
};
} // namespace
} // namespace own
