// Constants and bounds in the codes of a quantized type.

#include "QuantizedConstants.h"

#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"
#include "nnq/Quantization/AccumulatorBounds.h"
#include "nnq/Quantization/Requantize.h"
#include "nnq/Quantization/Rounding.h"
#include "nnq/Quantization/WeightQuantizer.h"
#include "nnq/Transforms/ConstantValues.h"
#include "nnq/Transforms/PrunedLayers.h"

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

/// Codes of `bits` bits in [least, greatest].
static quant::QuantizedType getUniformType(MLIRContext *context, unsigned bits, int64_t least,
                                           int64_t greatest, ArrayRef<float> scales,
                                           ArrayRef<int64_t> shape, int64_t block,
                                           WeightGranularity granularity) {
  auto storage = IntegerType::get(context, bits);
  auto f32 = Float32Type::get(context);
  if (block) {
    SmallVector<int64_t> counts(shape.size(), 1);
    counts.front() = shape.front();
    counts.back() = shape.back() / block;
    auto zeroPoints =
        DenseElementsAttr::get(RankedTensorType::get(counts, storage), APInt::getZero(bits));
    return quant::UniformQuantizedSubChannelType::get(
        quant::QuantizationFlags::Signed, storage, f32,
        DenseElementsAttr::get(RankedTensorType::get(counts, f32), scales), zeroPoints,
        {0, static_cast<int32_t>(shape.size()) - 1}, {1, block}, least, greatest);
  }
  if (granularity == WeightGranularity::PerTensor)
    return quant::UniformQuantizedType::get(quant::QuantizationFlags::Signed, storage, f32,
                                            scales[0], 0, least, greatest);
  return quant::UniformQuantizedPerAxisType::get(quant::QuantizationFlags::Signed, storage, f32,
                                                 SmallVector<double>(scales.begin(), scales.end()),
                                                 SmallVector<int64_t>(scales.size(), 0),
                                                 /*quantizedDimension=*/0, least, greatest);
}

Type getWeightType(MLIRContext *context, const WeightFormat &format, ArrayRef<int8_t> levels,
                   ArrayRef<float> scales, ArrayRef<int64_t> shape, int64_t block,
                   WeightGranularity granularity) {
  unsigned bits = format.hasLevels() ? 8 : format.bits;
  int64_t greatest = (int64_t(1) << (bits - 1)) - 1,
          least = bits == 8 || !format.isUniform() ? -greatest : -greatest - 1;
  quant::QuantizedType type =
      getUniformType(context, bits, least, greatest, scales, shape, block, granularity);
  if (!format.hasLevels())
    return type;
  return QuantileType::getSmallest(type, SmallVector<int64_t>(levels.begin(), levels.end()));
}

namespace {
/// The float parameters of an accumulation and the way they are to be quantized.
struct ParameterQuantizer {
  NumericsProfile numerics;
  ArrayRef<float> weights, bias;
  ArrayRef<int64_t> shape;
  std::optional<int64_t> axis;
  const WeightFormat &format;
  /// What the weights are pruned to, if they are.
  std::optional<std::pair<PruningPattern, WeightShape>> pruning;
  QuantParams input;

  int64_t channels() const { return shape[0]; }

  /// The bias of channel `c` in the units of its accumulator.
  llvm::Expected<int32_t> biasCode(int64_t c, const RoundedWeights &quantized) const {
    float scale = input.scale * quantized.scales[axis ? c : 0];
    return bias.empty() ? 0 : roundBias(numerics, bias[c], scale);
  }

  /// To nearest, with scales of at least `minimum`.
  llvm::Expected<RoundedWeights> round(ArrayRef<float> minimum) const {
    if (pruning)
      return prune(minimum);
    if (!format.isUniform()) {
      RoundingOptions options;
      format.choose(options);
      options.minimumScales.assign(minimum.begin(), minimum.end());
      return roundToNearest(weights, channels(), options);
    }
    llvm::Expected<QuantizedWeights> quantized =
        quantizeWeights(weights, shape, axis, static_cast<int>(format.bits), minimum);
    if (!quantized)
      return quantized.takeError();
    balanceRounding(*quantized, weights, channels());
    RoundedWeights rounded;
    rounded.codes = std::move(quantized->values);
    rounded.scales.assign(quantized->scales.begin(), quantized->scales.end());
    return rounded;
  }

  llvm::Expected<RoundedWeights> prune(ArrayRef<float> minimum) const {
    PruningOptions options;
    options.pattern = pruning->first;
    options.bits = static_cast<int>(format.bits);
    options.minimumScales.assign(minimum.begin(), minimum.end());
    llvm::Expected<PrunedWeights> pruned = pruneToNearest(weights, pruning->second, options);
    if (!pruned)
      return pruned.takeError();
    RoundedWeights rounded;
    rounded.codes = std::move(pruned->codes);
    rounded.scales = std::move(pruned->scales);
    return rounded;
  }

  /// Quantizes with scales that are large enough for every bias, and doubles those of channels that
  /// could still overflow.
  llvm::Expected<RoundedWeights> run() const {
    SmallVector<float> minimum(axis ? channels() : 1, minimumScale);
    for (auto [c, b] : llvm::enumerate(bias)) {
      if (!std::isfinite(b))
        return llvm::createStringError("bias " + llvm::Twine(c) + " is not finite");
      float &m = minimum[axis ? c : 0];
      m = std::max(m, minimumWeightScale(b, input.scale));
    }
    while (true) {
      llvm::Expected<RoundedWeights> quantized = round(minimum);
      if (!quantized)
        return quantized.takeError();
      bool fits = true;
      size_t size = weights.size() / channels();
      for (int64_t c = 0; c < channels(); ++c) {
        llvm::Expected<int32_t> code = biasCode(c, *quantized);
        if (!code)
          return code.takeError();
        std::vector<int32_t> row =
            quantized->numbers(ArrayRef<int8_t>(quantized->codes).slice(c * size, size));
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

/// In blocks of input channels, whose units have room for every sum.
static llvm::Expected<RoundedWeights> roundBlocks(ArrayRef<float> weights, ArrayRef<int64_t> shape,
                                                  const WeightFormat &format, int64_t block) {
  if (!format.isUniform()) {
    RoundingOptions options;
    format.choose(options);
    options.blockSize = block;
    options.channels = shape.back();
    options.sharedUnits = true;
    return roundToNearest(weights, shape.front(), options);
  }
  llvm::Expected<QuantizedWeights> quantized =
      quantizeWeightsInBlocks(weights, shape, block, static_cast<int>(format.bits));
  if (!quantized)
    return quantized.takeError();
  RoundedWeights rounded;
  rounded.codes = std::move(quantized->values);
  rounded.scales.assign(quantized->scales.begin(), quantized->scales.end());
  return rounded;
}

/// Nothing, and a remark, where the pattern of the scheme does not suit the weights.
static std::optional<std::pair<PruningPattern, WeightShape>> findPruning(AccumulatingOp op,
                                                                         const OpScheme &scheme) {
  if (!scheme.pattern)
    return std::nullopt;
  if (llvm::Error error = checkSuits(op, *scheme.pattern)) {
    op.emitRemark() << "stays dense: " << llvm::toString(std::move(error));
    return std::nullopt;
  }
  return std::pair(*scheme.pattern, llvm::cantFail(getWeightShape(op)));
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

  const WeightFormat &format = scheme.weights;
  int64_t block = scheme.weightBlock;
  WeightGranularity granularity = block ? WeightGranularity::PerChannel : scheme.weightGranularity;
  if ((!format.isUniform() || scheme.pattern) && granularity == WeightGranularity::PerTensor)
    return op.emitError() << "has weights "
                          << (scheme.pattern ? "pruned to " + scheme.pattern->str()
                                             : "as " + format.str())
                          << ", which have a scale per channel, not one per tensor";
  if (block && type.getShape().back() % block != 0) {
    op.emitRemark() << "has " << type.getShape().back() << " input channels, no multiple of "
                    << block << ": its weights have one scale per output channel";
    block = 0;
  }
  NumericsProfile numerics = getNumerics(op);
  ParameterQuantizer quantizer{
      numerics,
      *weights,
      bias ? bias->get() : ArrayRef<float>(),
      type.getShape(),
      granularity == WeightGranularity::PerChannel ? std::optional<int64_t>(0) : std::nullopt,
      format,
      findPruning(op, scheme),
      getQuantParams(inputType)};
  llvm::Expected<RoundedWeights> quantized =
      block ? roundBlocks(*weights, type.getShape(), format, block) : quantizer.run();
  if (!quantized)
    return op.emitError() << "can't quantize its weights: "
                          << llvm::toString(quantized.takeError());
  Type element = getWeightType(op.getContext(), format, quantized->levels, quantized->scales,
                               type.getShape(), block, granularity);
  QuantizedParameters result;
  result.weights = createConstant(builder, weightValue.getLoc(), type.clone(element),
                                  ArrayRef<int8_t>(quantized->codes));
  if (!biasOperand || block)
    return result;
  result.bias = quantizeBiasConstant(numerics, builder, biasOperand->get(),
                                     getBiasType(inputType, getQuantizedElement(element)));
  if (!result.bias)
    return op.emitError() << "has a bias outside i32 at its scale";
  return result;
}

} // namespace nnq
