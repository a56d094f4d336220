// What a quantized network says of itself.

#include "nnq/Transforms/QuantizedLayers.h"

#include "nnq/Dialect/NNQ/IR/IntegerOps.h"
#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"
#include "nnq/Transforms/ObservationNames.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <limits>

using namespace mlir;

namespace nnq {

static std::pair<float, float> getBounds(Type type) {
  auto element = dyn_cast_or_null<quant::UniformQuantizedType>(getQuantizedElement(type));
  if (!element)
    return {-std::numeric_limits<float>::infinity(), std::numeric_limits<float>::infinity()};
  auto real = [&](int64_t code) {
    return static_cast<float>(static_cast<double>(code - element.getZeroPoint()) *
                              element.getScale());
  };
  return {real(element.getStorageTypeMin()), real(element.getStorageTypeMax())};
}

static QuantizedLayer describe(AccumulatingOp op) {
  QuantizedLayer layer;
  layer.name = getLayerName(op);
  if (auto observation = op->getAttrOfType<StringAttr>(observationAttrName))
    layer.observation = observation.str();
  if (auto input = dyn_cast_or_null<quant::UniformQuantizedType>(
          getQuantizedElement(op.getInputOperand().get().getType())))
    layer.inputScale = static_cast<float>(input.getScale());
  auto weights = cast<RankedTensorType>(op.getWeightOperand().get().getType());
  quant::QuantizedType element = getQuantizedElement(weights);
  layer.weightBlock = isa_and_nonnull<quant::UniformQuantizedPerAxisType>(element)
                          ? 0
                          : getInputChannelBlock(weights);
  if (layer.weightBlock)
    layer.weightBits = getElementBits(weights);
  layer.bounds = getBounds(op->getResult(0).getType());
  return layer;
}

std::vector<QuantizedLayer> findQuantizedLayers(ModuleOp module) {
  std::vector<QuantizedLayer> layers;
  module.walk([&](AccumulatingOp op) { layers.push_back(describe(op)); });
  return layers;
}

bool isQuantized(ModuleOp module) {
  auto hasCodes = [](Type type) { return static_cast<bool>(getQuantizedElement(type)); };
  auto main = module.lookupSymbol<func::FuncOp>("main");
  if (main && llvm::any_of(main.getArgumentTypes(), hasCodes))
    return true;
  // Integers that are moved as codes stand for nothing else.
  auto isMove = [](Operation *op) {
    auto quantizable = dyn_cast<QuantizableOp>(op);
    return isa<StorageCastOp>(op) || (quantizable && quantizable.sharesScale());
  };
  return module
      ->walk([&](Operation *op) {
        return llvm::any_of(op->getResultTypes(), hasCodes) && !isMove(op) ? WalkResult::interrupt()
                                                                           : WalkResult::advance();
      })
      .wasInterrupted();
}

std::vector<FloatIsland> getFloatIslands(ModuleOp module) {
  std::vector<FloatIsland> islands;
  auto entries = module->getAttrOfType<ArrayAttr>(islandsAttrName);
  for (Attribute attribute : entries ? entries.getValue() : ArrayRef<Attribute>()) {
    auto entry = dyn_cast<DictionaryAttr>(attribute);
    auto text = [&](StringRef key) { return entry ? entry.getAs<StringAttr>(key) : StringAttr(); };
    StringAttr name = text("name"), op = text("op"), reason = text("reason");
    if (name && op && reason)
      islands.push_back({name.str(), op.str(), reason.str()});
  }
  return islands;
}

} // namespace nnq
