// --nnq-set-profile: which rounding and order of operations a network is computed by.

#include "nnq/Dialect/NNQ/IR/Numerics.h"
#include "nnq/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace nnq {
#define GEN_PASS_DEF_SETPROFILE
#include "nnq/Transforms/Passes.h.inc"
} // namespace nnq

using namespace mlir;
using namespace nnq;

namespace {

struct SetProfile : nnq::impl::SetProfileBase<SetProfile> {
  using SetProfileBase::SetProfileBase;

  void runOnOperation() override {
    auto *dialect = getContext().getLoadedDialect<NNQDialect>();
    if (Attribute found = dialect->lookupNumericsProfile(profile)) {
      getOperation()->setAttr(profileAttrName, found);
      return;
    }
    InFlightDiagnostic error = getOperation().emitError()
                               << "numerics profile '" << profile << "' is not known; there are: ";
    llvm::interleaveComma(dialect->getNumericsProfiles(), error, [&](Attribute known) {
      error << cast<NumericsProfile>(known).getName();
    });
    signalPassFailure();
  }
};

} // namespace
