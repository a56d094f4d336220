// --nnq-round-weights: from moments of what layers read to a file of weights.

#include "nnq/Transforms/LayerWidths.h"

#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Quantization/MomentsFile.h"
#include "nnq/Transforms/ObservationNames.h"
#include "nnq/Transforms/Passes.h"
#include "nnq/Transforms/PrunedLayers.h"
#include "nnq/Transforms/RoundedLayers.h"
#include "nnq/Transforms/WeightedLayers.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <tuple>

namespace nnq {
#define GEN_PASS_DEF_ROUNDWEIGHTS
#include "nnq/Transforms/Passes.h.inc"
} // namespace nnq

using namespace mlir;
using namespace nnq;

namespace {

/// A layer whose weights are others than integers of 8 bits, or pruned.
struct NarrowLayer {
  AccumulatingOp op;
  std::string tensor; ///< by which files know it; empty if nothing observes it
  LayerWidth width;   ///< with what the options say of blocks
};

struct RoundWeights : nnq::impl::RoundWeightsBase<RoundWeights> {
  using RoundWeightsBase::RoundWeightsBase;

  void runOnOperation() override {
    if (llvm::Error error = round()) {
      getOperation().emitError() << llvm::toString(std::move(error));
      signalPassFailure();
    }
  }

private:
  llvm::Error round() {
    for (auto [name, value, what] :
         {std::tuple("moments", &moments, "of moments of what its layers read"),
          std::tuple("output", &output, "of weights to write")})
      if (value->empty())
        return llvm::createStringError(llvm::Twine("--nnq-round-weights needs ") + name +
                                       "=PATH of a file " + what);
    llvm::Expected<MomentsFile> file = MomentsFile::open(moments);
    if (!file)
      return file.takeError();
    llvm::Expected<std::vector<NarrowLayer>> layers = findNarrowLayers();
    if (!layers)
      return layers.takeError();
    if (layers->empty())
      return llvm::createStringError(
          "no layer has weights of fewer than 8 bits or zeros in a pattern; give layers widths "
          "by --nnq-set-bit-widths or --nnq-pick-bit-widths");
    std::vector<RoundedLayer> rounded;
    for (const NarrowLayer &layer : *layers) {
      llvm::Expected<std::optional<RoundedLayer>> found = roundLayer(layer, *file);
      if (!found)
        return found.takeError();
      if (*found)
        rounded.push_back(std::move(**found));
    }
    if (rounded.empty())
      return llvm::createStringError(moments + ": has no moments of a layer of few bits");
    return writeRoundedLayers(&getContext(), rounded, output);
  }

  llvm::Expected<std::vector<NarrowLayer>> findNarrowLayers() {
    std::vector<NarrowLayer> layers;
    for (auto func : getOperation().getOps<func::FuncOp>()) {
      DenseMap<Value, std::string> names;
      for (const Observation &observation : findObservations(func))
        names[observation.value] = observation.name;
      SmallVector<AccumulatingOp> ops;
      func.walk([&](AccumulatingOp op) { ops.push_back(op); });
      for (AccumulatingOp op : ops) {
        llvm::Expected<std::optional<LayerWidth>> width = getLayerWidth(op);
        if (!width)
          return llvm::createStringError(bitWidthAttrName + " of '" + getLayerName(op) +
                                         "': " + llvm::toString(width.takeError()));
        if (!*width || (*width)->isFloat || ((*width)->weights.bits == 8 && !(*width)->pattern))
          continue;
        if (!(*width)->weightBlock && !(*width)->pattern)
          (*width)->weightBlock = weightBlock;
        layers.push_back({op, names.lookup(getObservedTensor(op->getResult(0))), **width});
      }
    }
    return layers;
  }

  /// Nothing, and a remark, where a layer can't be rounded.
  llvm::Expected<std::optional<RoundedLayer>> roundLayer(NarrowLayer narrow,
                                                         const MomentsFile &file) {
    std::string name = getLayerName(narrow.op);
    auto leave = [&](const llvm::Twine &why) {
      narrow.op->emitRemark() << "'" << name << "' " << why << ", and is left to --nnq-quantize";
      return std::nullopt;
    };
    std::optional<WeightedLayer> layer = WeightedLayer::read(narrow.op);
    if (!layer)
      return leave("has no constant weights and bias in f32, or no windows of its input");
    if (narrow.tensor.empty() || !file.contains(narrow.tensor))
      return leave("has no moments in " + moments);
    llvm::Expected<InputMoments> read = file.load(narrow.tensor);
    if (!read)
      return read.takeError();

    LayerWidth &width = narrow.width;
    if (width.pattern)
      if (llvm::Error error = checkSuits(narrow.op, *width.pattern)) {
        std::string why = "stays dense: " + llvm::toString(std::move(error));
        if (width.weights.bits == 8)
          return leave(why);
        narrow.op->emitRemark() << "'" << name << "' " << why;
        width.pattern.reset();
      }
    if (width.weightBlock && layer->shape.back() % width.weightBlock != 0) {
      narrow.op->emitRemark() << "'" << name << "' has " << layer->shape.back()
                              << " input channels, no multiple of " << width.weightBlock
                              << ": its weights have one scale per output channel";
      width.weightBlock = 0;
    }
    llvm::Expected<RoundedWeights> rounded = roundByMoments(*layer, width, *read);
    if (!rounded)
      return llvm::createStringError(moments + ": layer '" + name +
                                     "': " + llvm::toString(rounded.takeError()));
    return layer->toRounded(std::move(narrow.tensor), *rounded, width.weights, width.weightBlock,
                            read->scale());
  }

  llvm::Expected<RoundedWeights> roundByMoments(const WeightedLayer &layer, const LayerWidth &width,
                                                const InputMoments &moments) const {
    RoundingOptions options;
    options.refit = refit;
    options.secondOrder = secondOrder;
    options.sweeps = sweeps;
    options.damping = damping;
    return layer.round(moments, moments.scale(), width, options);
  }
};

} // namespace
