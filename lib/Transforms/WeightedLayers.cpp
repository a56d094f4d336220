// Layers of a float network as rounding by moments sees them.

#include "nnq/Transforms/WeightedLayers.h"

#include "nnq/Quantization/QuantParams.h"
#include "nnq/Quantization/Requantize.h"

using namespace mlir;

namespace nnq {

/// The one operand that is not constant of an operation that moves values or computes them element
/// by element; null for others.
static Value passesOn(Operation *op) {
  auto quantizable = dyn_cast<QuantizableOp>(op);
  if (!isa<ElementwiseOp>(op) && !(quantizable && quantizable.sharesScale()))
    return {};
  auto variable = llvm::make_filter_range(
      op->getOperands(), [](Value operand) { return !operand.getDefiningOp<ConstantOp>(); });
  return llvm::hasSingleElement(variable) ? *variable.begin() : Value();
}

static bool isInput(Value value) {
  while (Operation *definition = value.getDefiningOp()) {
    value = passesOn(definition);
    if (!value)
      return false;
  }
  return true;
}

std::optional<WeightedLayer> WeightedLayer::read(AccumulatingOp op) {
  std::optional<InputWindow> window = op.getWindow();
  Value weightValue = op.getWeightOperand().get();
  auto weights = readConstant<float>(weightValue);
  OpOperand *operand = op.getBiasOperand();
  auto bias = operand ? readConstant<float>(operand->get()) : std::nullopt;
  if (!window || !weights || (operand && !bias))
    return std::nullopt;
  auto shape = cast<RankedTensorType>(weightValue.getType()).getShape();
  return WeightedLayer{getLayerName(op),
                       llvm::to_vector(shape),
                       std::move(*weights),
                       std::move(bias),
                       *window,
                       isInput(op.getInputOperand().get())};
}

std::vector<WeightedLayer> findWeightedLayers(ModuleOp module) {
  std::vector<WeightedLayer> layers;
  module.walk([&](AccumulatingOp op) {
    if (std::optional<WeightedLayer> layer = WeightedLayer::read(op))
      layers.push_back(std::move(*layer));
  });
  return layers;
}

InputMoments WeightedLayer::makeMoments(float scale) const {
  int64_t inputs = window.inputs(), groups = window.groups;
  return InputMoments(
      inputs, groups > 1 ? inputs / groups : InputMoments::suggestSectionWidth(inputs), scale);
}

template <typename T>
static llvm::Error addColumns(const WeightedLayer &layer, InputMoments &moments,
                              ArrayRef<float> expected, ArrayRef<T> found, int32_t zeroPoint,
                              ArrayRef<int64_t> positions) {
  auto reals = gatherColumns(expected, layer.window, positions);
  if (!reals)
    return reals.takeError();
  auto codes = gatherColumns(found, zeroPoint, layer.window, positions);
  if (!codes)
    return codes.takeError();
  return moments.add(*reals, *codes);
}

llvm::Error WeightedLayer::addSample(InputMoments &moments, ArrayRef<float> expected,
                                     ArrayRef<uint8_t> found, int32_t zeroPoint, uint64_t sample,
                                     int64_t positionsAtMost) const {
  return addColumns(*this, moments, expected, found, zeroPoint,
                    choosePositions(window.positions(), sample, name, positionsAtMost));
}

llvm::Error WeightedLayer::addSample(InputMoments &moments, ArrayRef<float> expected,
                                     ArrayRef<int8_t> found, int32_t zeroPoint, uint64_t sample,
                                     int64_t positionsAtMost) const {
  return addColumns(*this, moments, expected, found, zeroPoint,
                    choosePositions(window.positions(), sample, name, positionsAtMost));
}

llvm::Expected<RoundedWeights> WeightedLayer::round(const InputMoments &moments, float inputScale,
                                                    const LayerWidth &width,
                                                    RoundingOptions options) const {
  if (width.pattern)
    return prune(moments, inputScale, width, options);
  width.weights.choose(options);
  options.blockSize = width.weightBlock;
  if (options.blockSize) {
    options.channels = shape.back();
    options.sharedUnits = true;
  } else {
    options.minimumScales = minimumScales(inputScale);
  }
  return roundWeights(weights, rows(), moments, options);
}

WeightShape WeightedLayer::weightShape() const {
  return {rows(), weightCount() / (rows() * shape.back()), shape.back(), window.groups};
}

llvm::Expected<RoundedWeights> WeightedLayer::prune(const InputMoments &moments, float inputScale,
                                                    const LayerWidth &width,
                                                    const RoundingOptions &steps) const {
  PruningOptions options;
  options.pattern = *width.pattern;
  options.bits = static_cast<int>(width.weights.bits);
  options.refit = steps.refit;
  options.damping = steps.damping;
  options.sweeps = steps.sweeps;
  options.channels = shape.back();
  options.minimumScales = minimumScales(inputScale);
  llvm::Expected<WeightMask> mask = WeightMask::of(weights.get(), weightShape());
  if (!mask)
    return mask.takeError();
  if (llvm::Error misfit = verifyPattern(*mask, options.pattern))
    llvm::consumeError(std::move(misfit));
  else
    options.kept = std::move(mask->kept);
  llvm::Expected<PrunedWeights> pruned = pruneWeights(weights, rows(), moments, options);
  if (!pruned)
    return pruned.takeError();
  RoundedWeights rounded;
  rounded.codes = std::move(pruned->codes);
  rounded.scales = std::move(pruned->scales);
  rounded.biasShift = std::move(pruned->biasShift);
  rounded.steps = std::move(pruned->steps);
  rounded.refitGain = pruned->refitGain;
  return rounded;
}

RoundedLayer WeightedLayer::toRounded(std::string name, const RoundedWeights &rounded,
                                      WeightFormat format, int64_t block,
                                      std::optional<float> inputScale) const {
  return {std::move(name), shape,          std::move(format), block,
          rounded.codes,   rounded.levels, rounded.scales,    shiftedBias(rounded.biasShift),
          inputScale};
}

std::vector<float> WeightedLayer::shiftedBias(ArrayRef<float> shift) const {
  std::vector<float> shifted = shift;
  if (bias)
    for (auto [value, old] : llvm::zip_equal(shifted, bias->get()))
      value += old;
  return shifted;
}

std::vector<float> WeightedLayer::minimumScales(float inputScale) const {
  std::vector<float> minimum(rows(), minimumScale);
  if (bias)
    for (auto [scale, value] : llvm::zip(minimum, bias->get()))
      scale = std::max(scale, minimumWeightScale(2 * value, inputScale));
  return minimum;
}

} // namespace nnq
