// --nnq-isolate-layers: each layer with weights alone, on inputs of the float network.

#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"
#include "nnq/Transforms/ObservationNames.h"
#include "nnq/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"

namespace nnq {
#define GEN_PASS_DEF_ISOLATELAYERS
#include "nnq/Transforms/Passes.h.inc"
} // namespace nnq

using namespace mlir;
using namespace nnq;

namespace {

/// Builds a function whose arguments are observed tensors and whose results are layers.
class LayerIsolation {
public:
  explicit LayerIsolation(func::FuncOp func)
      : func(func), old(&func.front()), body(new Block()), builder(func.getContext()) {
    func.getBody().push_back(body);
    builder.setInsertionPointToEnd(body);
  }

  void run() {
    for (Operation &op : *old)
      if (auto layer = dyn_cast<AccumulatingOp>(op))
        isolate(layer);
    func::ReturnOp::create(builder, func.getLoc(), results);
    old->dropAllUses();
    while (!old->empty())
      old->back().erase();
    old->erase();
    func.removeArgAttrsAttr();
    func.removeResAttrsAttr();
    func.setFunctionType(
        builder.getFunctionType(body->getArgumentTypes(), ValueRange(results).getTypes()));
    for (auto [i, name] : llvm::enumerate(argumentNames))
      func.setArgAttr(i, nameAttrName, name);
    for (auto [i, name] : llvm::enumerate(resultNames)) {
      func.setResultAttr(i, nameAttrName, name);
      func.setResultAttr(i, "nnq.observed", builder.getUnitAttr());
    }
  }

private:
  void isolate(AccumulatingOp layer) {
    auto name = layer->getAttrOfType<StringAttr>(observationAttrName);
    if (!name || !getQuantizedElement(layer.getInputOperand().get().getType()))
      return;
    for (Value operand : layer->getOperands())
      if (!rebuild(operand))
        return;
    Operation *alone = builder.clone(*layer, mapping);
    mapping.erase(layer->getResult(0)); // layers behind it read what was observed
    Value result = alone->getResult(0);
    result.setType(cast<RankedTensorType>(result.getType()).clone(builder.getF32Type()));
    results.push_back(result);
    resultNames.push_back(name);
  }

  /// `value` of the network as a value of this function: an argument where it was observed, else
  /// moved from there. Null if it is neither.
  Value rebuild(Value value) {
    if (Value known = mapping.lookupOrNull(value))
      return known;
    Operation *op = value.getDefiningOp();
    if (!op)
      return nullptr;
    auto type = cast<RankedTensorType>(value.getType());
    if (auto name = op->getAttrOfType<StringAttr>(observationAttrName)) {
      Value argument = getArgument(name, type.clone(builder.getF32Type()));
      if (getQuantizedElement(type))
        argument = RequantizeOp::create(builder, value.getLoc(), type, argument);
      mapping.map(value, argument);
      return argument;
    }
    auto quantizable = dyn_cast<QuantizableOp>(op);
    if (!isa<ConstantOp>(op) && !(quantizable && quantizable.sharesScale()))
      return nullptr;
    for (Value operand : op->getOperands())
      if (!rebuild(operand))
        return nullptr;
    builder.clone(*op, mapping);
    return mapping.lookup(value);
  }

  Value getArgument(StringAttr name, RankedTensorType type) {
    Value &argument = arguments[name];
    if (!argument) {
      argument = body->addArgument(type, func.getLoc());
      argumentNames.push_back(name);
    }
    return argument;
  }

  func::FuncOp func;
  Block *old, *body;
  OpBuilder builder;
  IRMapping mapping;
  DenseMap<StringAttr, Value> arguments;
  SmallVector<StringAttr> argumentNames, resultNames;
  SmallVector<Value> results;
};

struct IsolateLayers : nnq::impl::IsolateLayersBase<IsolateLayers> {
  void runOnOperation() override {
    if (!getOperation().isExternal())
      LayerIsolation(getOperation()).run();
  }
};

} // namespace
