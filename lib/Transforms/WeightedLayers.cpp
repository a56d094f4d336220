// Layers of a float network as rounding by moments sees them.

#include "nnq/Transforms/WeightedLayers.h"

#include "nnq/Quantization/QuantParams.h"
#include "nnq/Quantization/Requantize.h"

using namespace mlir;

namespace nnq {

std::optional<WeightedLayer> WeightedLayer::read(AccumulatingOp op) {
  std::optional<InputWindow> window = op.getWindow();
  Value weightValue = op.getWeightOperand().get();
  auto weights = readConstant<float>(weightValue);
  OpOperand *operand = op.getBiasOperand();
  auto bias = operand ? readConstant<float>(operand->get()) : std::nullopt;
  if (!window || !weights || (operand && !bias))
    return std::nullopt;
  auto shape = cast<RankedTensorType>(weightValue.getType()).getShape();
  return WeightedLayer{getLayerName(op), llvm::to_vector(shape), std::move(*weights),
                       std::move(bias), *window};
}

llvm::Expected<RoundedWeights> WeightedLayer::round(const InputMoments &moments, float inputScale,
                                                    RoundingOptions options) const {
  if (options.blockSize) {
    options.channels = shape.back();
    options.sharedUnits = true;
  } else {
    options.minimumScales = minimumScales(inputScale);
  }
  return roundWeights(weights, rows(), moments, options);
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
