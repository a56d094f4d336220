// --nnq-prune-weights: which layers zeros in a pattern are worth it in.

#include "nnq/Transforms/LayerWidths.h"
#include "nnq/Transforms/Passes.h"
#include "nnq/Transforms/WeightedLayers.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

namespace nnq {
#define GEN_PASS_DEF_PRUNEWEIGHTS
#include "nnq/Transforms/Passes.h.inc"
} // namespace nnq

using namespace mlir;
using namespace nnq;

namespace {

struct PruneWeights : nnq::impl::PruneWeightsBase<PruneWeights> {
  using PruneWeightsBase::PruneWeightsBase;

  void runOnOperation() override {
    if (llvm::Error error = prune()) {
      getOperation().emitError() << "--nnq-prune-weights: " << llvm::toString(std::move(error));
      signalPassFailure();
    }
  }

private:
  llvm::Error prune() {
    llvm::Expected<PruningPattern> zeros = PruningPattern::parse(pattern);
    if (!zeros)
      return zeros.takeError();
    llvm::Expected<llvm::StringMap<LayerWidth>> widths = readWidths();
    if (!widths)
      return widths.takeError();
    std::vector<WeightedLayer> layers = findWeightedLayers(getOperation());
    if (llvm::Error error = checkExceptions(layers))
      return error;
    llvm::StringSet<> excepted;
    for (const std::string &name : except)
      excepted.insert(name);
    std::vector<std::pair<std::string, LayerWidth>> pruned;
    for (auto [i, layer] : llvm::enumerate(layers)) {
      bool isEnd = i == 0 || i + 1 == layers.size();
      LayerWidth width = widths->lookup(layer.name);
      if (width.isFloat || excepted.contains(layer.name) ||
          (!all && (isEnd || !isWorthIt(layer))) || !suits(layer, width, *zeros))
        continue;
      width.pattern = *zeros;
      pruned.emplace_back(layer.name, width);
    }
    if (pruned.empty())
      emitRemark(getOperation().getLoc()) << "no layer is pruned to " << pattern.getValue()
                                          << ": none is worth it or suits it, or all are excepted";
    return succeeded(setLayerWidths(getOperation(), "--nnq-prune-weights", pruned))
               ? llvm::Error::success()
               : llvm::createStringError("layers have no widths");
  }

  /// By name; w8a8 for others.
  llvm::Expected<llvm::StringMap<LayerWidth>> readWidths() {
    llvm::Expected<std::vector<std::pair<std::string, LayerWidth>>> widths =
        getLayerWidths(getOperation());
    if (!widths)
      return widths.takeError();
    llvm::StringMap<LayerWidth> byName;
    for (auto &[name, width] : *widths)
      byName[name] = std::move(width);
    return byName;
  }

  bool isWorthIt(const WeightedLayer &layer) const {
    return layer.weightCount() >= fewestWeights && layer.rows() >= fewestOutputs &&
           !layer.isDepthwise();
  }

  /// Whether a layer can have such zeros, with a remark if not.
  bool suits(const WeightedLayer &layer, const LayerWidth &width, const PruningPattern &zeros) {
    std::string why;
    if (!width.weights.isUniform() || width.weightBlock)
      why = "its width is " + width.str();
    else if (llvm::Error error = zeros.checkSuits(layer.weightShape()))
      why = llvm::toString(std::move(error));
    if (!why.empty())
      emitRemark(getOperation().getLoc()) << "'" << layer.name << "' stays dense: " << why;
    return why.empty();
  }

  llvm::Error checkExceptions(ArrayRef<WeightedLayer> layers) const {
    for (const std::string &name : except)
      if (llvm::none_of(layers, [&](const WeightedLayer &layer) { return layer.name == name; }))
        return llvm::createStringError("'" + name + "', which is to stay dense, is no layer in " +
                                       "float with constant weights of this network");
    return llvm::Error::success();
  }
};

} // namespace
