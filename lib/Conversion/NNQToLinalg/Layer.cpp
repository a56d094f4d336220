// The constants of a layer with weights, folded at compile time.

#include "Layer.h"

#include "Rounding.h"

#include "nnq/Dialect/NNQ/IR/Accumulation.h"
#include "nnq/Dialect/NNQ/IR/ConstantData.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"

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
ElementsAttr narrowTo(ArrayRef<int32_t> values, ArrayRef<int64_t> shape, MLIRContext *context) {
  std::vector<T> narrow(values.begin(), values.end());
  return makeConstant<T>(RankedTensorType::get(shape, IntegerType::get(context, 8 * sizeof(T))),
                         narrow);
}

/// `values` in the fewest bytes: what loads and dot products work on, signed.
ElementsAttr makeNarrowest(ArrayRef<int32_t> values, ArrayRef<int64_t> shape,
                           MLIRContext *context) {
  auto fit = [&](unsigned bits) {
    return llvm::all_of(values, [&](int32_t v) { return llvm::isIntN(bits, v); });
  };
  if (fit(8))
    return narrowTo<int8_t>(values, shape, context);
  return fit(16) ? narrowTo<int16_t>(values, shape, context)
                 : narrowTo<int32_t>(values, shape, context);
}

/// The number nearest to 0 that leaves every value less it in 8 bits; nothing if there is none.
std::optional<int32_t> excessOver8Bits(ArrayRef<int32_t> values) {
  auto [least, greatest] = std::minmax_element(values.begin(), values.end());
  if (*greatest - *least > 255)
    return std::nullopt;
  return std::clamp(0, *greatest - 127, *least + 128);
}

/// The row factors that leave `factors` (O rows) in 8 bits: one for all channels if possible, which
/// costs less. Empty if 0 is enough, or if nothing is.
SmallVector<int32_t> chooseRowFactors(ArrayRef<int32_t> factors, int64_t channels) {
  if (std::optional<int32_t> one = excessOver8Bits(factors))
    return *one == 0 ? SmallVector<int32_t>{} : SmallVector<int32_t>{*one};
  SmallVector<int32_t> result;
  int64_t depth = factors.size() / channels;
  for (int64_t c = 0; c < channels; ++c) {
    std::optional<int32_t> excess = excessOver8Bits(factors.slice(c * depth, depth));
    if (!excess)
      return {};
    result.push_back(*excess);
  }
  return result;
}

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

/// Integer form: zero points folded, scales multiplied.
LogicalResult foldInteger(AccumulatingOp op, ConstantOp weights, ConstantOp bias,
                          quant::UniformQuantizedType input, bool hasDotProducts, Layer &layer) {
  auto weightType = getQuantizedElement(weights.getType());
  assert(!isa<quant::UniformQuantizedSubChannelType>(weightType) &&
         "the verifier keeps blocks of weights below float inputs");
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
  layer.bias = foldZeroPoint(*factors, biasData, channels, input.getZeroPoint(), layer.accumulator);
  if (hasDotProducts && input.getStorageType().isInteger(8) && layer.accumulator.isInteger(32))
    layer.rowFactors = chooseRowFactors(*factors, channels);
  if (!layer.rowFactors.empty())
    for (auto [i, factor] : llvm::enumerate(*factors))
      factor -= layer.rowFactors[layer.rowFactors.size() == 1 ? 0 : i / depth];
  bool areFactors = weightType.isSigned() && weightType.getStorageType().isInteger(8) &&
                    llvm::all_of(getZeroPoints(weightType), [](int64_t z) { return z == 0; });
  layer.weights = areFactors ? weights.getValue() : makeNarrowest(*factors, shape, op.getContext());
  for (double scale : getScales(weightType))
    layer.units.push_back(static_cast<float>(input.getScale()) * static_cast<float>(scale));
  return success();
}

/// Float form; quantized weights are dequantized here, once.
LogicalResult foldFloat(Operation *op, ConstantOp weights, ConstantOp bias, Layer &layer) {
  FailureOr<ElementsAttr> reals = dequantizeConstant(weights);
  if (failed(reals))
    return op->emitOpError() << "has weights whose data can't be read";
  layer.weights = *reals;
  layer.accumulator = Float32Type::get(op->getContext());
  auto biasType =
      RankedTensorType::get({cast<ShapedType>(weights.getType()).getDimSize(0)}, layer.accumulator);
  layer.bias = bias ? bias.getValue() : DenseElementsAttr::get(biasType, 0.0f);
  return success();
}

} // namespace

FailureOr<Layer> foldConstants(AccumulatingOp op, bool hasDotProducts) {
  Layer layer;
  layer.result = getElementTypeOrSelf(op->getResult(0));
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
                               : foldFloat(op, *weights, bias, layer);
  if (failed(folded))
    return failure();
  return layer;
}

} // namespace nnq
