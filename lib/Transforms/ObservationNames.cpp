// Which tensors a calibration run observes, and under which names.

#include "nnq/Transforms/ObservationNames.h"

#include "ScaleLimits.h"

#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;

namespace nnq {

void passObservationOn(Operation *op, Value value) {
  Attribute name = op->getAttr(observationAttrName);
  Operation *successor = value.getDefiningOp();
  if (name && successor && !successor->hasAttr(observationAttrName))
    successor->setAttr(observationAttrName, name);
}

/// True if the values behind a clamp are the only ones that are used.
static bool onlyClampUses(Value value) {
  if (!value.hasOneUse())
    return false;
  auto user = dyn_cast<QuantizableOp>(*value.user_begin());
  return user && user.getClampBounds();
}

SmallVector<Observation> collectObservations(func::FuncOp func) {
  SmallVector<Observation> observations;
  llvm::StringMap<unsigned> timesUsed;
  llvm::DenseSet<Value> nonFinite = findNonFiniteValues(func);
  auto observe = [&](Value value, const std::string &base) {
    if (nonFinite.contains(value)) // has no range
      return;
    std::string name = base;
    // A suffixed name may itself be some layer's name, so look until one is free.
    while (timesUsed.contains(name))
      name = base + "." + std::to_string(timesUsed[base]++);
    timesUsed[name] = 1;
    observations.push_back({value, name});
  };
  if (func.isExternal())
    return observations;
  for (BlockArgument argument : func.getArguments()) {
    if (!isFloatTensor(argument) || argument.use_empty())
      continue;
    auto name = func.getArgAttrOfType<StringAttr>(argument.getArgNumber(), nameAttrName);
    observe(argument, name ? name.str() : "arg" + std::to_string(argument.getArgNumber()));
  }
  func.walk([&](QuantizableOp op) {
    if (op.sharesScale())
      return;
    for (Value result : op->getResults())
      if (isFloatTensor(result) && !result.use_empty() && !onlyClampUses(result))
        observe(result, getLayerName(op));
  });
  return observations;
}

SmallVector<Observation> findObservations(func::FuncOp func) {
  SmallVector<Observation> found;
  func.walk([&](ObserveOp op) { found.push_back({op.getInput(), op.getName().str()}); });
  return found.empty() ? collectObservations(func) : found;
}

Value getObservedTensor(Value value) {
  while (onlyClampUses(value))
    value = (*value.user_begin())->getResult(0);
  return value;
}

} // namespace nnq
