// --nnq-measure-sensitivity: from moments of what layers read to a file of sensitivities.

#include "nnq/Compiler/Layers.h"
#include "nnq/Compiler/Passes.h"
#include "nnq/Compiler/Pipelines.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"
#include "nnq/Quantization/BitWidthFiles.h"
#include "nnq/Quantization/LayerNoise.h"
#include "nnq/Quantization/MomentsFile.h"
#include "nnq/Transforms/ObservationNames.h"
#include "nnq/Transforms/WeightedLayers.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

#include <cmath>
#include <tuple>

namespace nnq {
#define GEN_PASS_DEF_MEASURESENSITIVITY
#include "nnq/Compiler/Passes.h.inc"
} // namespace nnq

using namespace mlir;
using namespace nnq;

namespace {

/// A layer of the float network that can have a width.
struct MeasuredLayer {
  AccumulatingOp op;
  WeightedLayer values;
};

/// The network with all layers of one width.
struct Variant {
  LayerWidth width;
  OwningOpRef<ModuleOp> module;
  llvm::StringMap<AccumulatingOp> layers;
  llvm::StringMap<LayerInfo> costs;

  /// The type in which a layer reads its input; null if that is float.
  quant::UniformQuantizedType inputOf(StringRef layer) const {
    AccumulatingOp op = layers.lookup(layer);
    return op ? dyn_cast_or_null<quant::UniformQuantizedType>(
                    getQuantizedElement(op.getInputOperand().get().getType()))
              : quant::UniformQuantizedType();
  }
};

} // namespace

/// The candidates in the order of their bits and of what patterns keep, float last, each once.
static llvm::Expected<SmallVector<LayerWidth>> parseWidths(ArrayRef<std::string> texts) {
  SmallVector<LayerWidth> widths = {LayerWidth()};
  for (StringRef text : texts) {
    llvm::Expected<LayerWidth> width = LayerWidth::parse(text);
    if (!width)
      return width.takeError();
    if (width->weightBlock)
      return llvm::createStringError("width '" + text + "': what blocks do is not estimated");
    if (!llvm::is_contained(widths, *width))
      widths.push_back(*width);
  }
  llvm::sort(widths, [](const LayerWidth &a, const LayerWidth &b) {
    auto key = [](const LayerWidth &width) {
      return std::tuple(width.isFloat, width.weights.bits, width.activationBits,
                        width.pattern ? -width.pattern->share() : 0);
    };
    return key(a) < key(b);
  });
  return widths;
}

/// Widths go by names: a layer needs one of its own.
static std::vector<MeasuredLayer> findLayers(ModuleOp module) {
  std::vector<MeasuredLayer> found;
  llvm::StringMap<int> uses;
  module.walk([&](AccumulatingOp op) {
    ++uses[getLayerName(op)];
    if (std::optional<WeightedLayer> values = WeightedLayer::read(op))
      found.push_back({op, std::move(*values)});
  });
  llvm::erase_if(found, [&](const MeasuredLayer &layer) {
    bool isNamed = layer.op->getLoc()->findInstanceOf<NameLoc>() && uses[layer.values.name] == 1;
    if (!isNamed)
      layer.op->emitRemark() << "has no name of its own to have a width by, and is left out";
    return !isNamed;
  });
  return found;
}

/// Numbers times the scale of their row.
static std::vector<float> toReals(ArrayRef<int32_t> numbers, ArrayRef<float> scales) {
  size_t rowSize = numbers.size() / scales.size();
  std::vector<float> reals;
  reals.reserve(numbers.size());
  for (auto [i, number] : llvm::enumerate(numbers))
    reals.push_back(static_cast<float>(number) * scales[i / rowSize]);
  return reals;
}

/// Weights of 8 bits as the quantizer has rounded them, in reals.
static std::vector<float> readWeights(AccumulatingOp op) {
  Value value = op.getWeightOperand().get();
  ConstantValues<int8_t> codes = *readConstant<int8_t>(value);
  SmallVector<double> scales = getScales(getQuantizedElement(value.getType()));
  return toReals(std::vector<int32_t>(codes.get().begin(), codes.get().end()),
                 SmallVector<float>(scales.begin(), scales.end()));
}

/// Weights of fewer bits, or pruned, by the moments as the compiler does without samples, in reals.
static llvm::Expected<std::vector<float>> roundByMoments(const WeightedLayer &layer,
                                                         const LayerWidth &width,
                                                         const InputMoments &moments,
                                                         float inputScale) {
  RoundingOptions options;
  options.refit = 0;
  llvm::Expected<RoundedWeights> rounded = layer.round(moments, inputScale, width, options);
  if (!rounded)
    return rounded.takeError();
  return toReals(rounded->numbers(rounded->codes), rounded->scales);
}

namespace {

struct MeasureSensitivity : nnq::impl::MeasureSensitivityBase<MeasureSensitivity> {
  using MeasureSensitivityBase::MeasureSensitivityBase;

  /// Those of the pipelines that copies go through.
  void getDependentDialects(DialectRegistry &registry) const override {
    addQuantizePipelineDialects(registry);
    OpPassManager pm(ModuleOp::getOperationName());
    buildFormKernelsPipeline(pm, LowerPipelineOptions());
    pm.getDependentDialects(registry);
  }

  void runOnOperation() override {
    if (llvm::Error error = measure()) {
      getOperation().emitError() << llvm::toString(std::move(error));
      signalPassFailure();
    }
  }

private:
  llvm::Error measure() {
    for (auto [name, value, what] :
         {std::tuple("calibration", &calibration, "of the network's statistics"),
          std::tuple("moments", &moments, "of moments of what its layers read"),
          std::tuple("output", &output, "of sensitivities to write")})
      if (value->empty())
        return llvm::createStringError(llvm::Twine("--nnq-measure-sensitivity needs ") + name +
                                       "=PATH of a file " + what);
    std::vector<std::string> named(widths.begin(), widths.end());
    llvm::Expected<SmallVector<LayerWidth>> candidates =
        parseWidths(named.empty() ? std::vector<std::string>{"w4a8"} : named);
    if (!candidates)
      return candidates.takeError();
    llvm::Expected<const TargetDescription *> description = lookupTarget(target);
    if (!description)
      return description.takeError();
    llvm::Expected<MomentsFile> file = MomentsFile::open(moments);
    if (!file)
      return file.takeError();

    std::vector<MeasuredLayer> layers = findLayers(getOperation());
    if (layers.empty())
      return llvm::createStringError("the network has no layer in float with constant weights and "
                                     "a name of its own");
    std::vector<Variant> variants;
    for (const LayerWidth &width : *candidates) {
      llvm::Expected<Variant> variant = makeVariant(layers, width, **description);
      if (!variant)
        return variant.takeError();
      variants.push_back(std::move(*variant));
    }
    SensitivityFile result;
    result.target = (*description)->name.str();
    result.samples = static_cast<int64_t>(file->samples().size());
    for (const MeasuredLayer &layer : layers) {
      llvm::Expected<std::optional<LayerSensitivity>> found = measureLayer(layer, variants, *file);
      if (!found)
        return found.takeError();
      if (*found)
        result.layers.push_back(std::move(**found));
    }
    if (result.layers.empty())
      return llvm::createStringError(moments + ": has no moments of a layer of this network");
    return result.write(output);
  }

  llvm::Expected<Variant> makeVariant(ArrayRef<MeasuredLayer> layers, const LayerWidth &width,
                                      const TargetDescription &description) {
    Variant variant{width, getOperation().clone(), {}, {}};
    if (!width.isFloat)
      if (llvm::Error error = quantize(*variant.module, layers, width))
        return std::move(error);
    variant.module->walk([&](AccumulatingOp op) { variant.layers[getLayerName(op)] = op; });
    llvm::Expected<std::vector<LayerInfo>> costs = describeLayers(*variant.module, description);
    if (!costs)
      return costs.takeError();
    for (LayerInfo &cost : *costs)
      if (cost.bops > 0)
        variant.costs[cost.name] = std::move(cost);
    return variant;
  }

  llvm::Error quantize(ModuleOp copy, ArrayRef<MeasuredLayer> layers, const LayerWidth &width) {
    llvm::StringSet<> names;
    for (const MeasuredLayer &layer : layers)
      names.insert(layer.values.name);
    copy.walk([&](AccumulatingOp op) {
      op->removeAttr(bitWidthAttrName);
      if (names.contains(getLayerName(op)))
        op->setAttr(bitWidthAttrName, StringAttr::get(&getContext(), width.str()));
    });
    QuantizePipelineOptions options;
    options.calibration = calibration;
    PassManager pm(&getContext());
    if (llvm::Error error = buildQuantizePipeline(pm, options))
      return error;
    return runQuietly(pm, copy, "layers of " + width.str());
  }

  /// Nothing, and a remark, where a layer can't be measured.
  llvm::Expected<std::optional<LayerSensitivity>>
  measureLayer(const MeasuredLayer &layer, ArrayRef<Variant> variants, const MomentsFile &file) {
    const std::string &name = layer.values.name;
    const Variant &base = *llvm::find_if(
        variants, [](const Variant &variant) { return variant.width == LayerWidth(); });
    if (llvm::any_of(variants, [&](const Variant &variant) {
          return !variant.width.isFloat && !variant.inputOf(name);
        })) {
      layer.op->emitRemark() << "does not read integers when quantized, and is left out";
      return std::nullopt;
    }
    auto tensor = base.layers.lookup(name)->getAttrOfType<StringAttr>(observationAttrName);
    if (!tensor || !file.contains(tensor)) {
      layer.op->emitRemark() << "has no moments in " << moments << ", and is left out";
      return std::nullopt;
    }
    llvm::Expected<InputMoments> read = file.load(tensor);
    if (!read)
      return read.takeError();
    auto scale = static_cast<float>(base.inputOf(name).getScale());
    if (read->scale() != scale)
      return llvm::createStringError(
          "%s: has moments of another network: layer '%s' reads integers of scale %.9g, not %.9g; "
          "gather them with this calibration and otherwise default settings",
          moments.c_str(), name.c_str(), double(scale), double(read->scale()));

    LayerSensitivity sensitivity{name, {}};
    llvm::Expected<LayerNoise> noise =
        LayerNoise::create(layer.values.weights, layer.values.rows(), *read);
    if (!noise)
      return describe(name, noise.takeError());
    for (const Variant &variant : variants) {
      if (!suits(layer, variant.width))
        continue;
      llvm::Expected<double> added = measureWidth(layer.values, variant, *read, *noise);
      if (!added)
        return describe(name, added.takeError());
      LayerInfo cost = variant.costs.lookup(name);
      WidthCandidate candidate;
      candidate.width = variant.width;
      candidate.noise = *added;
      candidate.bytes = cost.constantBytes;
      candidate.bops = cost.bops;
      candidate.time = std::nearbyint(cost.cycles) / 1e3;
      if (*added > 0)
        candidate.sqnr = std::nearbyint(-1e4 * std::log10(*added)) / 1e3;
      sensitivity.candidates.push_back(candidate);
    }
    return sensitivity;
  }

  /// Whether a layer can have a width, with a remark if not.
  static bool suits(const MeasuredLayer &layer, const LayerWidth &width) {
    if (!width.pattern)
      return true;
    std::string why = llvm::toString(width.pattern->checkSuits(layer.values.weightShape()));
    if (!why.empty())
      layer.op->emitRemark() << "can't be " << width.str() << ": " << why;
    return why.empty();
  }

  llvm::Error describe(StringRef layer, llvm::Error error) const {
    return llvm::createStringError(moments + ": layer '" + layer +
                                   "': " + llvm::toString(std::move(error)));
  }

  static llvm::Expected<double> measureWidth(const WeightedLayer &layer, const Variant &variant,
                                             const InputMoments &moments, const LayerNoise &noise) {
    if (variant.width.isFloat)
      return 0;
    auto inputScale = static_cast<float>(variant.inputOf(layer.name).getScale());
    if (variant.width.weights.bits == 8 && !variant.width.pattern)
      return noise.ofWeights(readWeights(variant.layers.lookup(layer.name))) +
             noise.ofInput(inputScale);
    llvm::Expected<std::vector<float>> rounded =
        roundByMoments(layer, variant.width, moments, inputScale);
    if (!rounded)
      return rounded.takeError();
    return noise.ofWeights(*rounded) + noise.ofInput(inputScale);
  }
};

} // namespace
