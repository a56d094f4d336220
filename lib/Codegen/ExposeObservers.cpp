// --nnq-expose-observers: observed tensors leave the function as results.

#include "nnq/Codegen/Passes.h"
#include "nnq/Dialect/NNQ/IR/NNQOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace nnq {
#define GEN_PASS_DEF_EXPOSEOBSERVERS
#include "nnq/Codegen/Passes.h.inc"

namespace {

struct ExposeObservers : impl::ExposeObserversBase<ExposeObservers> {
  using ExposeObserversBase::ExposeObserversBase;

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.isExternal())
      return;
    Operation *terminator = function.front().getTerminator();
    Builder builder(&getContext());
    for (ObserveOp observe : llvm::make_early_inc_range(function.getOps<ObserveOp>())) {
      NamedAttrList attributes;
      attributes.set("nnq.name", observe.getNameAttr());
      attributes.set("nnq.observed", builder.getUnitAttr());
      if (failed(function.insertResult(function.getNumResults(), observe.getInput().getType(),
                                       attributes.getDictionary(&getContext()))))
        return signalPassFailure();
      terminator->insertOperands(terminator->getNumOperands(), observe.getInput());
      observe.erase();
    }
  }
};

} // namespace
} // namespace nnq
