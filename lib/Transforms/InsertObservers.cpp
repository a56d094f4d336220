// --nnq-insert-observers: marks the tensors whose range the quantizer needs.

#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Transforms/ObservationNames.h"
#include "nnq/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace nnq {
#define GEN_PASS_DEF_INSERTOBSERVERS
#include "nnq/Transforms/Passes.h.inc"
} // namespace nnq

using namespace mlir;
using namespace nnq;

namespace {

struct InsertObservers : nnq::impl::InsertObserversBase<InsertObservers> {
  void runOnOperation() override {
    bool observed =
        getOperation().walk([](ObserveOp) { return WalkResult::interrupt(); }).wasInterrupted();
    if (observed) // running twice changes nothing
      return;
    OpBuilder builder(&getContext());
    for (const Observation &observation : collectObservations(getOperation())) {
      builder.setInsertionPointAfterValue(observation.value);
      ObserveOp::create(builder, observation.value.getLoc(), observation.value,
                        builder.getStringAttr(observation.name));
    }
  }
};

} // namespace
