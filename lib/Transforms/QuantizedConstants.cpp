// Constants and bounds in the codes of a quantized type.

#include "QuantizedConstants.h"

#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"
#include "nnq/Quantization/AccumulatorBounds.h"
#include "nnq/Quantization/Requantize.h"
#include "nnq/Quantization/WeightQuantizer.h"
#include "nnq/Transforms/ConstantValues.h"

using namespace mlir;

namespace nnq {

bool saturatesInside(NumericsProfile numerics, quant::UniformQuantizedType type,
                     std::pair<double, double> bounds) {
  QuantParams params = getQuantParams(type);
  return numerics.quantize(static_cast<float>(bounds.first), params) == params.storageMin &&
         numerics.quantize(static_cast<float>(bounds.second), params) == params.storageMax;
}

bool isExact(quant::UniformQuantizedType type, double value) {
  QuantParams params = getQuantParams(type);
  auto real = static_cast<float>(value);
  int32_t distance = quantizeValue(real, params) - params.zeroPoint;
  return static_cast<float>(distance) * params.scale == real;
}

ConstantOp quantizeConstant(NumericsProfile numerics, OpBuilder &builder, Value constant,
                            quant::UniformQuantizedType type) {
  std::optional<ConstantValues<float>> values = readConstant<float>(constant);
  if (!values || type.getStorageTypeIntegralWidth() != 8)
    return nullptr;
  QuantParams params = getQuantParams(type);
  std::vector<int8_t> codes;
  codes.reserve(values->get().size());
  for (float value : values->get())
    codes.push_back(static_cast<int8_t>(
        numerics.quantize(value, params))); // u8 codes as the bytes that hold them
  return createConstant(builder, constant.getLoc(),
                        cast<RankedTensorType>(constant.getType()).clone(type),
                        ArrayRef<int8_t>(codes));
}

/// A bias in units of an accumulator.
static llvm::Expected<int32_t> roundBias(NumericsProfile numerics, double bias, double unit) {
  return quantizeBias(bias, unit, [&](double units) { return numerics.round(units); });
}

ConstantOp quantizeBiasConstant(NumericsProfile numerics, OpBuilder &builder, Value bias,
                                quant::QuantizedType type) {
  std::optional<ConstantValues<float>> values = readConstant<float>(bias);
  if (!values)
    return nullptr;
  SmallVector<double> scales = getScales(type);
  std::vector<int32_t> codes;
  for (auto [i, value] : llvm::enumerate(values->get())) {
    llvm::Expected<int32_t> code = roundBias(numerics, value, scales[scales.size() == 1 ? 0 : i]);
    if (!code) {
      llvm::consumeError(code.takeError());
      return nullptr;
    }
    codes.push_back(*code);
  }
  return createConstant(builder, bias.getLoc(), cast<RankedTensorType>(bias.getType()).clone(type),
                        ArrayRef<int32_t>(codes));
}

static quant::QuantizedType getWeightType(MLIRContext *context, const QuantizedWeights &weights,
                                          unsigned bits, std::optional<int64_t> axis) {
  auto storage = IntegerType::get(context, bits);
  auto f32 = Float32Type::get(context);
  SmallVector<double> scales(weights.scales.begin(), weights.scales.end());
  if (!axis)
    return quant::UniformQuantizedType::get(quant::QuantizationFlags::Signed, storage, f32,
                                            scales[0], 0, weights.storageMin, weights.storageMax);
  SmallVector<int64_t> zeroPoints(scales.size(), 0);
  return quant::UniformQuantizedPerAxisType::get(quant::QuantizationFlags::Signed, storage, f32,
                                                 scales, zeroPoints, *axis, weights.storageMin,
                                                 weights.storageMax);
}

quant::QuantizedType getBlockedWeightType(MLIRContext *context, unsigned bits,
                                          ArrayRef<float> scales, ArrayRef<int64_t> shape,
                                          int64_t block, int64_t storageMin, int64_t storageMax) {
  auto storage = IntegerType::get(context, bits);
  auto f32 = Float32Type::get(context);
  SmallVector<int64_t> counts(shape.size(), 1);
  counts.front() = shape.front();
  counts.back() = shape.back() / block;
  auto zeroPoints =
      DenseElementsAttr::get(RankedTensorType::get(counts, storage), APInt::getZero(bits));
  return quant::UniformQuantizedSubChannelType::get(
      quant::QuantizationFlags::Signed, storage, f32,
      DenseElementsAttr::get(RankedTensorType::get(counts, f32), scales), zeroPoints,
      {0, static_cast<int32_t>(shape.size()) - 1}, {1, block}, storageMin, storageMax);
}

namespace {
/// The float parameters of an accumulation and the way they are to be quantized.
struct ParameterQuantizer {
  NumericsProfile numerics;
  ArrayRef<float> weights, bias;
  ArrayRef<int64_t> shape;
  std::optional<int64_t> axis;
  unsigned bits;
  QuantParams input;

  int64_t channels() const { return shape[0]; }

  /// The bias of channel `c` in the units of its accumulator.
  llvm::Expected<int32_t> biasCode(int64_t c, const QuantizedWeights &quantized) const {
    float scale = input.scale * quantized.scales[axis ? c : 0];
    return bias.empty() ? 0 : roundBias(numerics, bias[c], scale);
  }

  /// Quantizes with scales that are large enough for every bias, and doubles those of channels that
  /// could still overflow.
  llvm::Expected<QuantizedWeights> run() const {
    SmallVector<float> minimum(axis ? channels() : 1, minimumScale);
    for (auto [c, b] : llvm::enumerate(bias)) {
      if (!std::isfinite(b))
        return llvm::createStringError("bias " + llvm::Twine(c) + " is not finite");
      float &m = minimum[axis ? c : 0];
      m = std::max(m, minimumWeightScale(b, input.scale));
    }
    while (true) {
      llvm::Expected<QuantizedWeights> quantized =
          quantizeWeights(weights, shape, axis, bits, minimum);
      if (!quantized)
        return quantized.takeError();
      balanceRounding(*quantized, weights, channels());
      bool fits = true;
      size_t size = weights.size() / channels();
      for (int64_t c = 0; c < channels(); ++c) {
        llvm::Expected<int32_t> code = biasCode(c, *quantized);
        if (!code)
          return code.takeError();
        ArrayRef<int8_t> codes = ArrayRef<int8_t>(quantized->values).slice(c * size, size);
        std::vector<int32_t> row(codes.begin(), codes.end());
        if (fitsInt32(
                accumulatorRange(row, input.storageMin, input.storageMax, input.zeroPoint, *code)))
          continue;
        fits = false;
        minimum[axis ? c : 0] = 2 * quantized->scales[axis ? c : 0];
      }
      if (fits)
        return quantized;
    }
  }
};
} // namespace

static FailureOr<QuantizedParameters> quantizeBlocks(OpBuilder &builder, AccumulatingOp op,
                                                     ArrayRef<float> weights, unsigned bits,
                                                     int64_t block) {
  Value value = op.getWeightOperand().get();
  auto type = cast<RankedTensorType>(value.getType());
  llvm::Expected<QuantizedWeights> quantized =
      quantizeWeightsInBlocks(weights, type.getShape(), block, bits);
  if (!quantized)
    return op.emitError() << "can't quantize its weights: "
                          << llvm::toString(quantized.takeError());
  quant::QuantizedType blocked =
      getBlockedWeightType(op.getContext(), bits, quantized->scales, type.getShape(), block,
                           quantized->storageMin, quantized->storageMax);
  QuantizedParameters result;
  result.weights = createConstant(builder, value.getLoc(), type.clone(blocked),
                                  ArrayRef<int8_t>(quantized->values));
  return result;
}

FailureOr<QuantizedParameters> quantizeParameters(OpBuilder &builder, AccumulatingOp op,
                                                  quant::UniformQuantizedType inputType,
                                                  const OpScheme &scheme) {
  Value weightValue = op.getWeightOperand().get();
  OpOperand *biasOperand = op.getBiasOperand();
  auto type = cast<RankedTensorType>(weightValue.getType());
  std::optional<ConstantValues<float>> weights = readConstant<float>(weightValue), bias;
  if (biasOperand)
    bias = readConstant<float>(biasOperand->get());
  int64_t channelDim = cast<QuantizableOp>(*op).getWeightChannelDim();
  if (!weights || (biasOperand && !bias) || channelDim != 0)
    return op.emitError() << "has weights or a bias that are not constants with the output "
                             "channels as dimension 0";

  if (int64_t block = scheme.weightBlock) {
    if (type.getShape().back() % block == 0)
      return quantizeBlocks(builder, op, *weights, scheme.weightBits, block);
    op.emitRemark() << "has " << type.getShape().back() << " input channels, no multiple of "
                    << block << ": its weights have one scale per output channel";
  }
  bool perChannel = scheme.weightBlock || scheme.weightGranularity == WeightGranularity::PerChannel;
  NumericsProfile numerics = getNumerics(op);
  ParameterQuantizer quantizer{numerics,
                               *weights,
                               bias ? bias->get() : ArrayRef<float>(),
                               type.getShape(),
                               perChannel ? std::optional<int64_t>(0) : std::nullopt,
                               scheme.weightBits,
                               getQuantParams(inputType)};
  llvm::Expected<QuantizedWeights> quantized = quantizer.run();
  if (!quantized)
    return op.emitError() << "can't quantize its weights: "
                          << llvm::toString(quantized.takeError());
  quant::QuantizedType weightType =
      getWeightType(op.getContext(), *quantized, scheme.weightBits, quantizer.axis);
  QuantizedParameters result;
  result.weights = createConstant(builder, weightValue.getLoc(), type.clone(weightType),
                                  ArrayRef<int8_t>(quantized->values));
  if (biasOperand)
    result.bias = quantizeBiasConstant(numerics, builder, biasOperand->get(),
                                       getBiasType(inputType, weightType));
  if (biasOperand && !result.bias)
    return op.emitError() << "has a bias outside i32 at its scale";
  return result;
}

} // namespace nnq
