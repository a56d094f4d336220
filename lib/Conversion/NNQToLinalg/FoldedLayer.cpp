// The constants of a layer with weights, folded at compile time.

#include "FoldedLayer.h"

#include "Rounding.h"

#include "nnq/Dialect/NNQ/IR/Accumulation.h"
#include "nnq/Dialect/NNQ/IR/ConstantData.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"
#include "nnq/Quantization/Pruning.h"

#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace nnq {
namespace {

FailureOr<ConstantOp> getConstant(Operation *op, OpOperand &operand, StringRef what) {
  auto constant = operand.get().getDefiningOp<ConstantOp>();
  if (!constant) {
    InFlightDiagnostic diag = op->emitOpError() << what << " of '" << op->getName().getStringRef()
                                                << "' must be constant";
    diag.attachNote(operand.get().getLoc())
        << "they are computed here; fold them first, or use nnq.matmul for two activations";
    return diag;
  }
  return constant;
}

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

template <typename T>
ElementsAttr narrowTo(ArrayRef<int32_t> values, ArrayRef<int64_t> shape, unsigned bits,
                      MLIRContext *context) {
  std::vector<T> narrow(values.begin(), values.end());
  return makeConstant<T>(RankedTensorType::get(shape, IntegerType::get(context, bits)), narrow);
}

/// `values` as signed integers of `bits` bits (a power of two), or as few more as they need.
ElementsAttr makeNarrowest(ArrayRef<int32_t> values, ArrayRef<int64_t> shape, unsigned bits,
                           MLIRContext *context) {
  while (bits < 32 && !llvm::all_of(values, [&](int32_t v) { return llvm::isIntN(bits, v); }))
    bits *= 2;
  if (bits <= 8)
    return narrowTo<int8_t>(values, shape, bits, context);
  return bits == 16 ? narrowTo<int16_t>(values, shape, bits, context)
                    : narrowTo<int32_t>(values, shape, bits, context);
}

/// The number nearest to 0 that leaves every value less it in `bits` bits; nothing if there is
/// none.
std::optional<int32_t> excessOver(unsigned bits, ArrayRef<int32_t> values) {
  auto [least, greatest] = std::minmax_element(values.begin(), values.end());
  int32_t half = 1 << (bits - 1);
  if (*greatest - *least >= 2 * half)
    return std::nullopt;
  return std::clamp(0, *greatest - half + 1, *least + half);
}

/// The row factors that leave `factors` (O rows) in `bits` bits: one for all channels if possible,
/// which costs less. Empty if 0 is enough, or if nothing is.
SmallVector<int32_t> chooseRowFactors(ArrayRef<int32_t> factors, unsigned bits, int64_t channels) {
  if (std::optional<int32_t> one = excessOver(bits, factors))
    return *one == 0 ? SmallVector<int32_t>{} : SmallVector<int32_t>{*one};
  SmallVector<int32_t> result;
  int64_t depth = factors.size() / channels;
  for (int64_t c = 0; c < channels; ++c) {
    std::optional<int32_t> excess = excessOver(bits, factors.slice(c * depth, depth));
    if (!excess)
      return {};
    result.push_back(*excess);
  }
  return result;
}

/// The fewest bits, at least `bits`, that some encoding takes for a weight below an input that is
/// in memory as `input`.
unsigned chooseWidth(Type input, unsigned bits) {
  auto *dialect = input.getContext()->getLoadedDialect<KernelDialect>();
  for (unsigned width = llvm::PowerOf2Ceil(bits); width < 8; width *= 2) {
    Type weights = IntegerType::get(input.getContext(), width);
    auto isPacked = [&](WeightEncoding encoding) {
      return encoding.getBitsPerWeight(weights) <= width;
    };
    if (dialect->findWeightEncoding(input, weights, /*levels=*/{}, isPacked))
      return width;
  }
  return 8;
}

/// The encoding of fewest bits whose sums hold all products of the layer, or of a block.
WeightEncoding chooseEncoding(AccumulatingOp op, Type input, const FoldedLayer &layer) {
  QuantileType codebook = getCodebook(op.getWeightOperand().get().getType());
  Type weights = layer.weights.getElementType();
  int64_t products = op.getAccumulationDepth() / (layer.blocks ? layer.blocks->count : 1);
  bool refused = false;
  auto holdsSums = [&](WeightEncoding encoding) {
    bool holds = !layer.accumulator.isInteger(32) || products <= encoding.getProductLimit();
    refused |= !holds;
    return holds;
  };
  WeightEncoding encoding = op.getContext()->getLoadedDialect<KernelDialect>()->findWeightEncoding(
      input, weights, codebook ? codebook.getLevels() : ArrayRef<int64_t>(), holdsSums);
  assert(encoding && "bytes and integers hold weights of any width, in sums of any size");
  if (refused)
    op.emitRemark() << "weights of " << weights.getIntOrFloatBitWidth() << " bits of '"
                    << getLayerName(op) << "' are kept as " << encoding.getEncodingName()
                    << ": sums of so many products are not unpacked as they are multiplied";
  return encoding;
}

/// The encoding that leaves out zeros of the layer's weights, bytes in the order of the operand; null
/// if they fit no pattern that an encoding skips.
WeightEncoding findSparseEncoding(AccumulatingOp op, Type input, const FoldedLayer &layer) {
  Type element = layer.weights.getElementType();
  ArrayRef<int64_t> shape = layer.weights.getShapedType().getShape();
  int64_t taps = ShapedType::getNumElements(shape.drop_front().drop_back());
  FailureOr<ConstantData> data = ConstantData::get(layer.weights);
  if (!element.isInteger(8) || layer.blocks || failed(data) || data->isOneValue())
    return {};
  std::optional<InputWindow> window = op.getWindow();
  int64_t groups = window ? window->groups : 1;
  llvm::Expected<WeightMask> mask = WeightMask::of(
      ArrayRef(reinterpret_cast<const int8_t *>(data->getBytes().data()), data->getBytes().size()),
      {shape.front(), taps, shape.back(), groups});
  if (!mask)
    return llvm::consumeError(mask.takeError()), WeightEncoding();
  std::optional<PruningPattern> pattern = findPattern(*mask);
  if (!pattern)
    return {};
  // Loops go through windows of several taps where these have few channels.
  if (pattern->kind == PruningPattern::Kind::Inputs1x32 && pattern->of % shape.back() == 0) {
    int64_t ofTap = pattern->windows({shape.front(), 1, shape.back()}).front().kept;
    pattern->kept = std::min(pattern->of - 4, ofTap * (pattern->of / shape.back()));
  }
  // To select inputs takes time as well.
  constexpr double leastShare = 0.2;
  WeightEncoding encoding;
  if (pattern->share() >= leastShare)
    encoding = op.getContext()->getLoadedDialect<KernelDialect>()->findSparseEncoding(
        input, element, *pattern);
  InFlightDiagnostic remark = op.emitRemark();
  remark << "weights of '" << getLayerName(op) << "' are zero by " << pattern->str();
  if (encoding)
    remark << ", and kept as " << encoding.getEncodingName();
  else if (pattern->share() >= leastShare)
    remark << ", which no loops skip: they are multiplied";
  else
    remark << ": to skip so few gains nothing, they are multiplied";
  return encoding;
}

/// Whether `encoding`, perhaps none, has the positions in a codebook rather than its levels.
bool isKeptByLevel(WeightEncoding encoding) { return encoding && !encoding.withLevels({}); }

//===----------------------------------------------------------------------===//
// Bias
//===----------------------------------------------------------------------===//

/// b[c] - z * sum of factors[c]: the sum over all taps of w * (x - z) is that of w * x plus this.
/// In i32 modulo 2^32, as the accumulator.
ElementsAttr foldZeroPoint(ArrayRef<int32_t> factors, std::optional<ConstantData> bias,
                           int64_t channels, int64_t zeroPoint, Type accumulator) {
  std::vector<int64_t> folded(channels);
  int64_t depth = factors.size() / channels;
  for (int64_t c = 0; c < channels; ++c) {
    int64_t sum = 0;
    for (int32_t w : factors.slice(c * depth, depth))
      sum += w;
    folded[c] = (bias ? bias->getInteger(c, /*isSigned=*/true) : 0) - zeroPoint * sum;
  }
  auto type = RankedTensorType::get({channels}, accumulator);
  if (accumulator.isInteger(64))
    return makeConstant<int64_t>(type, folded);
  std::vector<int32_t> wrapped(channels);
  llvm::transform(folded, wrapped.begin(), [](int64_t v) { return static_cast<int32_t>(v); });
  return makeConstant<int32_t>(type, wrapped);
}

/// The bias in f32; zeros where there is none.
ElementsAttr foldFloatBias(ConstantOp bias, int64_t channels, MLIRContext *context) {
  if (bias)
    return bias.getValue();
  return DenseElementsAttr::get(RankedTensorType::get({channels}, Float32Type::get(context)), 0.0f);
}

//===----------------------------------------------------------------------===//
// Layers
//===----------------------------------------------------------------------===//

/// i32 where it is proved to hold every sum, else i64, with a remark.
Type chooseAccumulator(AccumulatingOp op) {
  AccumulatorRange range = getAccumulatorRange(op);
  if (fitsInt32(range))
    return IntegerType::get(op.getContext(), 32);
  int64_t largest = range.max > -range.min ? range.max : range.min;
  op.emitRemark() << "accumulator of '" << getLayerName(op) << "' may reach " << largest
                  << ", beyond i32: it runs with 64-bit sums";
  return IntegerType::get(op.getContext(), 64);
}

/// Integer form: scales multiplied, zero points folded but for those of inputs to blocks.
LogicalResult foldInteger(AccumulatingOp op, ConstantOp weights, ConstantOp bias,
                          quant::UniformQuantizedType input, bool hasDotProducts,
                          FoldedLayer &layer) {
  auto weightType = getQuantizedElement(weights.getType());
  FailureOr<std::vector<int32_t>> factors = readCentredWeights(weights);
  std::optional<ConstantData> biasData;
  if (bias) {
    FailureOr<ConstantData> read = ConstantData::get(bias.getValue());
    if (succeeded(read))
      biasData = *read;
  }
  if (failed(factors) || (bias && !biasData))
    return op->emitOpError() << "has constants whose data can't be read";
  ArrayRef<int64_t> shape = cast<ShapedType>(weights.getType()).getShape();
  int64_t channels = shape.front(), depth = factors->size() / channels;
  layer.inputSigned = input.isSigned();
  layer.accumulator = chooseAccumulator(op);
  auto inputScale = static_cast<float>(input.getScale());
  SmallVector<float> scales =
      llvm::map_to_vector(getScales(weightType), [](double s) { return static_cast<float>(s); });
  if (std::optional<int64_t> block =
          getInputChannelBlock(cast<RankedTensorType>(weights.getType()))) {
    layer.blocks = {*block, shape.back() / *block, std::move(scales), input.getZeroPoint(),
                    inputScale};
    layer.bias = foldFloatBias(bias, channels, op.getContext());
  } else {
    for (float scale : scales)
      layer.units.push_back(layer.numerics.getFactor({inputScale, scale}, {}));
    layer.bias =
        foldZeroPoint(*factors, biasData, channels, input.getZeroPoint(), layer.accumulator);
  }
  bool multipliesBytes = input.getStorageType().isInteger(8),
       runsDotProducts = hasDotProducts && layer.accumulator.isInteger(32) &&
                         (multipliesBytes || input.getStorageType().isInteger(16)),
       hasFewBits = weightType.getStorageTypeIntegralWidth() <= 4;
  // The width of weights that loops are best for. All but dot products unpack nibbles.
  unsigned bits = 8;
  if (runsDotProducts)
    bits = chooseWidth(input.getStorageType(), weightType.getStorageTypeIntegralWidth());
  else if (hasFewBits)
    bits = 4;
  if (runsDotProducts && !layer.blocks)
    layer.rowFactors = chooseRowFactors(*factors, bits, channels);
  if (!layer.rowFactors.empty())
    for (auto [i, factor] : llvm::enumerate(*factors))
      factor -= layer.rowFactors[layer.rowFactors.size() == 1 ? 0 : i / depth];
  bool areFactors = !getCodebook(weights.getType()) && weightType.isSigned() &&
                    weightType.getStorageType().isInteger(8) &&
                    llvm::all_of(getZeroPoints(weightType), [](int64_t z) { return z == 0; });
  layer.weights =
      areFactors ? weights.getValue() : makeNarrowest(*factors, shape, bits, op.getContext());
  if (hasFewBits && layer.weights.getElementType().getIntOrFloatBitWidth() > 4)
    op.emitRemark() << "weights of 4 bits of '" << getLayerName(op) << "' are "
                    << (bits <= 4 ? "up to 15 steps from their zero points"
                                  : "multiplied by activations of 16 bits")
                    << ": they are kept as bytes";
  return success();
}

/// Weights of at most 4 bits, or of a codebook, below a float input as what loops unpack, with scales
/// per output channel or block; false if they can't be.
bool foldFewBits(ConstantOp weights, FoldedLayer &layer) {
  auto tensor = cast<RankedTensorType>(weights.getType());
  quant::QuantizedType type = getQuantizedElement(tensor);
  std::optional<int64_t> block = getInputChannelBlock(tensor);
  if (!block && isa<quant::UniformQuantizedSubChannelType>(type))
    return false;
  FailureOr<std::vector<int32_t>> factors = readCentredWeights(weights);
  unsigned bits = getCodebook(tensor) ? 8 : 4;
  if (failed(factors) || factors->empty() ||
      !llvm::all_of(*factors, [&](int32_t w) { return llvm::isIntN(bits, w); }))
    return false;
  SmallVector<float> scales =
      llvm::map_to_vector(getScales(type), [](double s) { return static_cast<float>(s); });
  if (scales.size() == 1)
    scales.assign(tensor.getDimSize(0), scales.front());
  int64_t channels = tensor.getShape().back();
  layer.blocks = {block.value_or(channels), channels / block.value_or(channels), std::move(scales),
                  /*inputZeroPoint=*/0, /*inputScale=*/1.0f};
  layer.weights = makeNarrowest(*factors, tensor.getShape(), bits, tensor.getContext());
  return true;
}

/// Float form; quantized weights that loops do not unpack are dequantized here, once.
LogicalResult foldFloat(Operation *op, ConstantOp weights, ConstantOp bias, bool hasDotProducts,
                        FoldedLayer &layer) {
  layer.accumulator = Float32Type::get(op->getContext());
  layer.bias =
      foldFloatBias(bias, cast<ShapedType>(weights.getType()).getDimSize(0), op->getContext());
  auto quantized = getQuantizedElement(weights.getType());
  if (hasDotProducts && quantized && getElementBits(weights.getType()) <= 4) {
    if (foldFewBits(weights, layer))
      return success();
    op->emitRemark()
        << "weights of 4 bits of '" << getLayerName(op)
        << "' are dequantized at compile time: they are up to 15 steps from their zero "
           "points, or in blocks of several output channels or a part of the kernel";
  }
  FailureOr<ElementsAttr> reals = dequantizeConstant(weights);
  if (failed(reals))
    return op->emitOpError() << "has weights whose data can't be read";
  layer.weights = *reals;
  return success();
}

} // namespace

FailureOr<FoldedLayer> foldConstants(AccumulatingOp op, bool hasDotProducts) {
  FoldedLayer layer;
  layer.result = getElementTypeOrSelf(op->getResult(0));
  layer.numerics = getNumerics(op);
  FailureOr<ConstantOp> weights = getConstant(op, op.getWeightOperand(), "weights");
  if (failed(weights))
    return failure();
  ConstantOp bias;
  if (OpOperand *operand = op.getBiasOperand()) {
    FailureOr<ConstantOp> constant = getConstant(op, *operand, "bias values");
    if (failed(constant))
      return failure();
    bias = *constant;
  }
  auto input =
      dyn_cast<quant::UniformQuantizedType>(getElementTypeOrSelf(op.getInputOperand().get()));
  LogicalResult folded = input ? foldInteger(op, *weights, bias, input, hasDotProducts, layer)
                               : foldFloat(op, *weights, bias, hasDotProducts, layer);
  if (failed(folded))
    return failure();
  Type inMemory = getMemoryType(getElementTypeOrSelf(op.getInputOperand().get()));
  if (hasDotProducts && layer.accumulator.isInteger(32) && !getCodebook(weights->getType()))
    layer.encoding = findSparseEncoding(op, inMemory, layer);
  if (!layer.encoding && (hasDotProducts || layer.blocks))
    layer.encoding = chooseEncoding(op, inMemory, layer);
  QuantileType codebook = getCodebook(weights->getType());
  if (codebook && layer.isInteger() && !isKeptByLevel(layer.encoding))
    op->emitRemark() << "weights of " << getElementName(codebook) << " of '" << getLayerName(op)
                     << "' are kept as bytes: "
                     << (hasDotProducts
                             ? "they are multiplied by activations of 16 bits, or summed in 64"
                             : "its loops are none of dot products");
  return layer;
}

} // namespace nnq
