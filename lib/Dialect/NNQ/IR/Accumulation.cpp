// What the accumulator of a layer with a quantized input can reach.

#include "nnq/Dialect/NNQ/IR/Accumulation.h"

#include "nnq/Dialect/NNQ/IR/ConstantData.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"

using namespace mlir;

namespace nnq {

FailureOr<std::vector<int32_t>> readCentredWeights(ConstantOp weights) {
  auto type = getQuantizedElement(weights.getType());
  FailureOr<ConstantData> data = ConstantData::get(weights.getValue());
  if (failed(data))
    return failure();
  if (data->size() == 0)
    return std::vector<int32_t>();
  SmallVector<int64_t> zeroPoints = getZeroPoints(type);
  auto tensor = cast<RankedTensorType>(weights.getType());
  int64_t inputs = tensor.getShape().back(), depth = data->size() / tensor.getDimSize(0),
          block = getInputChannelBlock(tensor).value_or(inputs), blocks = inputs / block;
  auto zeroPointOf = [&](int64_t i) {
    return static_cast<int32_t>(
        zeroPoints[zeroPoints.size() == 1 ? 0 : i / depth * blocks + i % inputs / block]);
  };
  std::vector<int32_t> centred(data->size());
  if (QuantileType codebook = getCodebook(tensor)) {
    for (int64_t i = 0, end = data->size(); i < end; ++i) {
      auto position = static_cast<size_t>(data->getInteger(i, /*isSigned=*/false));
      if (position >= codebook.getLevels().size())
        return failure();
      centred[i] = static_cast<int32_t>(codebook.getLevels()[position]);
    }
    return centred;
  }
  for (int64_t i = 0, end = data->size(); i < end; ++i)
    centred[i] = data->getInteger(i, type.isSigned()) - zeroPointOf(i);
  return centred;
}

/// The codes of a constant bias, one per channel; zeros where there is none or it is data.
static std::vector<int32_t> readBias(AccumulatingOp op, int64_t channels) {
  std::vector<int32_t> codes(channels, 0);
  OpOperand *bias = op.getBiasOperand();
  auto constant = bias ? bias->get().getDefiningOp<ConstantOp>() : ConstantOp();
  FailureOr<ConstantData> data = failure();
  if (constant)
    data = ConstantData::get(constant.getValue());
  for (int64_t c = 0; succeeded(data) && c < channels; ++c)
    codes[c] = data->getInteger(c, /*isSigned=*/true);
  return codes;
}

/// `depth` products, each at its worst by the storage ranges.
static AccumulatorRange boundByTypes(quant::QuantizedType input, quant::QuantizedType weight,
                                     int64_t depth) {
  SmallVector<int64_t> zeroPoints = getZeroPoints(weight);
  int64_t xZero = getZeroPoints(input).front();
  int64_t x[] = {input.getStorageTypeMin() - xZero, input.getStorageTypeMax() - xZero};
  int64_t w[] = {weight.getStorageTypeMin() - *llvm::max_element(zeroPoints),
                 weight.getStorageTypeMax() - *llvm::min_element(zeroPoints)};
  auto [least, most] = std::minmax({x[0] * w[0], x[0] * w[1], x[1] * w[0], x[1] * w[1]});
  return {depth * least, depth * most};
}

AccumulatorRange getAccumulatorRange(AccumulatingOp op) {
  Value weightValue = op.getWeightOperand().get();
  auto input = getQuantizedElement(op.getInputOperand().get().getType()),
       weight = getQuantizedElement(weightValue.getType());
  int64_t channels = cast<ShapedType>(weightValue.getType()).getDimSize(0);
  if (channels == 0)
    return {0, 0};
  auto weightTensor = cast<RankedTensorType>(weightValue.getType());
  if (std::optional<int64_t> block = getInputChannelBlock(weightTensor)) {
    int64_t blocks = weightTensor.getShape().back() / *block;
    return boundByTypes(input, weight, blocks ? op.getAccumulationDepth() / blocks : 0);
  }
  std::vector<int32_t> bias = readBias(op, channels);
  AccumulatorRange byTypes = boundByTypes(input, weight, op.getAccumulationDepth());
  byTypes.min += *llvm::min_element(bias);
  byTypes.max += *llvm::max_element(bias);
  auto constant = weightValue.getDefiningOp<ConstantOp>();
  // Scales along another dimension are refused by a rule that is checked later.
  if (fitsInt32(byTypes) || !constant || getQuantizedAxis(weight) > 0)
    return byTypes;
  FailureOr<std::vector<int32_t>> centred = readCentredWeights(constant);
  if (failed(centred))
    return byTypes;
  AccumulatorRange range{0, 0};
  int64_t depth = centred->size() / channels;
  for (int64_t c = 0; c < channels; ++c) {
    AccumulatorRange one = accumulatorRange(ArrayRef<int32_t>(*centred).slice(c * depth, depth),
                                            input.getStorageTypeMin(), input.getStorageTypeMax(),
                                            getZeroPoints(input).front(), bias[c]);
    range = {std::min(range.min, one.min), std::max(range.max, one.max)};
  }
  return range;
}

AccumulatorRange getAccumulatorRange(MatMulOp op) {
  return boundByTypes(getQuantizedElement(op.getLhs().getType()),
                      getQuantizedElement(op.getRhs().getType()),
                      op.getLhs().getType().getShape().back());
}

} // namespace nnq
