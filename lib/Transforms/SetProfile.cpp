// --nnq-set-profile: which rounding and order of operations a network is computed by.

#include "nnq/Dialect/NNQ/IR/NNQDialect.h"
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
    getOperation()->setAttr(profileAttrName, NumericsProfileAttr::get(&getContext(), profile));
  }
};

} // namespace
