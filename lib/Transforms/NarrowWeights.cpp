// --nnq-narrow-weights: which layers weights of few bits are worth it in.

#include "nnq/Transforms/LayerWidths.h"
#include "nnq/Transforms/Passes.h"
#include "nnq/Transforms/WeightedLayers.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringSet.h"

namespace nnq {
#define GEN_PASS_DEF_NARROWWEIGHTS
#include "nnq/Transforms/Passes.h.inc"
} // namespace nnq

using namespace mlir;
using namespace nnq;

namespace {

struct NarrowWeights : nnq::impl::NarrowWeightsBase<NarrowWeights> {
  using NarrowWeightsBase::NarrowWeightsBase;

  void runOnOperation() override {
    llvm::Expected<LayerWidth> narrow = LayerWidth::parse(width);
    if (!narrow) {
      getOperation().emitError() << "--nnq-narrow-weights: " << llvm::toString(narrow.takeError());
      return signalPassFailure();
    }
    std::vector<WeightedLayer> layers = findWeightedLayers(getOperation());
    if (failed(verifyExceptions(layers)))
      return signalPassFailure();
    llvm::StringSet<> excepted;
    for (const std::string &name : except)
      excepted.insert(name);
    std::vector<std::pair<std::string, LayerWidth>> widths;
    for (auto [i, layer] : llvm::enumerate(layers)) {
      bool isEnd = i == 0 || i + 1 == layers.size();
      if (!excepted.contains(layer.name) && (all || (!isEnd && isWorthIt(layer))))
        widths.emplace_back(layer.name, *narrow);
    }
    if (widths.empty())
      emitRemark(getOperation().getLoc()) << "no layer has its weights in " << width.getValue()
                                          << ": none is worth it, or all are excepted";
    if (failed(setLayerWidths(getOperation(), "--nnq-narrow-weights", widths)))
      signalPassFailure();
  }

private:
  bool isWorthIt(const WeightedLayer &layer) const {
    return layer.weightCount() >= fewestWeights && !layer.isDepthwise();
  }

  LogicalResult verifyExceptions(ArrayRef<WeightedLayer> layers) {
    for (const std::string &name : except)
      if (llvm::none_of(layers, [&](const WeightedLayer &layer) { return layer.name == name; }))
        return getOperation().emitError()
               << "--nnq-narrow-weights: '" << name
               << "', which is to keep its weights, is no layer in float with constant weights of "
                  "this network";
    return success();
  }
};

} // namespace
