// --nnq-expose-layers: what each layer computes leaves the function, in f32.

#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Transforms/ObservationNames.h"
#include "nnq/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace nnq {
#define GEN_PASS_DEF_EXPOSELAYERS
#include "nnq/Transforms/Passes.h.inc"
} // namespace nnq

using namespace mlir;
using namespace nnq;

namespace {

struct ExposeLayers : nnq::impl::ExposeLayersBase<ExposeLayers> {
  void runOnOperation() override {
    func::FuncOp func = getOperation();
    if (func.isExternal())
      return;
    Operation *terminator = func.front().getTerminator();
    OpBuilder builder(terminator);
    SmallVector<std::pair<Value, StringAttr>> layers;
    for (Operation &op : func.front())
      if (auto name = op.getAttrOfType<StringAttr>(observationAttrName))
        layers.emplace_back(op.getResult(0), name);
    for (auto [value, name] : layers) {
      Type type = cast<RankedTensorType>(value.getType()).clone(builder.getF32Type());
      if (value.getType() != type)
        value = RequantizeOp::create(builder, value.getLoc(), type, value);
      NamedAttrList attributes;
      attributes.set(nameAttrName, name);
      attributes.set("nnq.observed", builder.getUnitAttr());
      if (failed(func.insertResult(func.getNumResults(), type,
                                   attributes.getDictionary(&getContext()))))
        return signalPassFailure();
      terminator->insertOperands(terminator->getNumOperands(), value);
    }
  }
};

} // namespace
