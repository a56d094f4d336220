// Operations of NNQMatrixOps.td: sums of products, and what becomes of an accumulator.
// docs/Semantics.md, "Accumulation".
//
// Each operation is one loop nest over products, written once for exact i64 sums of codes and once
// more, by a template, for double sums of floats. What follows the sum (bias, scale, rounding) is
// the same for all.

#include "Handlers.h"
#include "Numerics.h"

#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"

#include <cmath>

using namespace mlir;

namespace nnq::reference {

//===----------------------------------------------------------------------===//
// Sums of products
//===----------------------------------------------------------------------===//

template <typename Sum, typename T> static Sum dot(const T *x, const T *w, int64_t count) {
  Sum sum = 0;
  for (int64_t i = 0; i < count; ++i)
    sum += static_cast<Sum>(x[i]) * static_cast<Sum>(w[i]);
  return sum;
}

namespace {
/// The sizes and attributes of a convolution of either direction.
struct Convolution {
  int64_t batch, height, width, channels;              // input, NHWC
  int64_t outHeight, outWidth, outChannels;            // result, NHWC
  int64_t kernelHeight, kernelWidth, channelsPerGroup; // filter, OHWI
  int64_t outChannelsPerGroup;
  ArrayRef<int64_t> strides, dilations, pads;

  template <typename OpTy>
  Convolution(OpTy op, const HostTensor &input, const HostTensor &filter, const HostTensor &result)
      : batch(input.shape[0]), height(input.shape[1]), width(input.shape[2]),
        channels(input.shape[3]), outHeight(result.shape[1]), outWidth(result.shape[2]),
        outChannels(result.shape[3]), kernelHeight(filter.shape[1]), kernelWidth(filter.shape[2]),
        channelsPerGroup(filter.shape[3]), outChannelsPerGroup(outChannels / op.getGroups()),
        strides(op.getStrides()), dilations(op.getDilations()), pads(op.getPads()) {}

  int64_t inputAt(int64_t n, int64_t y, int64_t x) const {
    return ((n * height + y) * width + x) * channels;
  }
  int64_t resultAt(int64_t n, int64_t y, int64_t x) const {
    return ((n * outHeight + y) * outWidth + x) * outChannels;
  }
  int64_t filterAt(int64_t o, int64_t i, int64_t j) const {
    return ((o * kernelHeight + i) * kernelWidth + j) * channelsPerGroup;
  }
  /// The same on `count` of every `channelsPerGroup` input channels.
  Convolution withChannels(int64_t count) const {
    Convolution part = *this;
    part.channels = channels / channelsPerGroup * count;
    part.channelsPerGroup = count;
    return part;
  }
  /// The first input channel that output channel `o` reads.
  int64_t firstChannel(int64_t o) const { return o / outChannelsPerGroup * channelsPerGroup; }
};
} // namespace

/// sum over (i, j, c) of x[n, y * stride + i * dilation - pad, ...] * w[o, i, j, c]; taps outside
/// the input add nothing.
template <typename Sum, typename T>
static std::vector<Sum> convolve(const Convolution &conv, const std::vector<T> &x,
                                 const std::vector<T> &w) {
  std::vector<Sum> sums(conv.batch * conv.outHeight * conv.outWidth * conv.outChannels);
  for (int64_t n = 0; n < conv.batch; ++n)
    for (int64_t oy = 0; oy < conv.outHeight; ++oy)
      for (int64_t ox = 0; ox < conv.outWidth; ++ox)
        for (int64_t i = 0; i < conv.kernelHeight; ++i)
          for (int64_t j = 0; j < conv.kernelWidth; ++j) {
            int64_t iy = oy * conv.strides[0] + i * conv.dilations[0] - conv.pads[0];
            int64_t ix = ox * conv.strides[1] + j * conv.dilations[1] - conv.pads[1];
            if (iy < 0 || iy >= conv.height || ix < 0 || ix >= conv.width)
              continue;
            const T *pixel = &x[conv.inputAt(n, iy, ix)];
            Sum *out = &sums[conv.resultAt(n, oy, ox)];
            for (int64_t o = 0; o < conv.outChannels; ++o)
              out[o] += dot<Sum>(pixel + conv.firstChannel(o), &w[conv.filterAt(o, i, j)],
                                 conv.channelsPerGroup);
          }
  return sums;
}

/// Each input pixel adds x[n, iy, ix, c] * w[o, i, j, c] to the pixel iy * stride + i * dilation -
/// pad of the result.
template <typename Sum, typename T>
static std::vector<Sum> convolveTransposed(const Convolution &conv, const std::vector<T> &x,
                                           const std::vector<T> &w) {
  std::vector<Sum> sums(conv.batch * conv.outHeight * conv.outWidth * conv.outChannels);
  for (int64_t n = 0; n < conv.batch; ++n)
    for (int64_t iy = 0; iy < conv.height; ++iy)
      for (int64_t ix = 0; ix < conv.width; ++ix)
        for (int64_t i = 0; i < conv.kernelHeight; ++i)
          for (int64_t j = 0; j < conv.kernelWidth; ++j) {
            int64_t oy = iy * conv.strides[0] + i * conv.dilations[0] - conv.pads[0];
            int64_t ox = ix * conv.strides[1] + j * conv.dilations[1] - conv.pads[1];
            if (oy < 0 || oy >= conv.outHeight || ox < 0 || ox >= conv.outWidth)
              continue;
            const T *pixel = &x[conv.inputAt(n, iy, ix)];
            Sum *out = &sums[conv.resultAt(n, oy, ox)];
            for (int64_t o = 0; o < conv.outChannels; ++o)
              out[o] += dot<Sum>(pixel + conv.firstChannel(o), &w[conv.filterAt(o, i, j)],
                                 conv.channelsPerGroup);
          }
  return sums;
}

/// sum over c of x[row, c] * w[o, c].
template <typename Sum, typename T>
static std::vector<Sum> multiplyRows(int64_t channels, int64_t outChannels, const std::vector<T> &x,
                                     const std::vector<T> &w) {
  int64_t rows = static_cast<int64_t>(x.size()) / channels;
  std::vector<Sum> sums(rows * outChannels);
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t o = 0; o < outChannels; ++o)
      sums[row * outChannels + o] = dot<Sum>(&x[row * channels], &w[o * channels], channels);
  return sums;
}

//===----------------------------------------------------------------------===//
// From accumulators to results
//===----------------------------------------------------------------------===//

/// Stores an exact accumulator of products of codes whose scales are these two.
static LogicalResult storeAccumulator(Operation *op, const Profile &profile, int64_t accumulator,
                                      float inputScale, float weightScale, int64_t element,
                                      const Quantization *quantization, HostTensor &result) {
  double unit = profile.getFactor({inputScale, weightScale}, {});
  if (!quantization) {
    result.floats()[element] = static_cast<float>(accumulator) * static_cast<float>(unit);
    return success();
  }
  float scale = quantization->getScale(element);
  if (!quantization->isAccumulator()) {
    double factor = profile.getFactor({inputScale, weightScale}, scale);
    result.integers()[element] = quantization->requantize(profile, accumulator, factor, element);
    return success();
  }
  if (!llvm::isInt<32>(accumulator))
    return op->emitOpError() << "overflows its i32 result at element " << element << ": "
                             << accumulator;
  // An i32 result holds the accumulator itself, so its scale can only be the accumulator's.
  if (quantization->getZeroPoint(element) != 0 || std::fabs(scale / unit - 1) > 1e-6)
    return op->emitOpError() << "has an i32 result of scale " << scale << " and zero point "
                             << quantization->getZeroPoint(element) << " at element " << element
                             << "; an accumulator has scale " << unit << " and zero point 0";
  result.integers()[element] = static_cast<int32_t>(accumulator);
  return success();
}

/// Adds the bias to exact sums and stores them. The last dimension of the result is the weights'
/// output channel.
static LogicalResult finish(Operation *op, const std::vector<int64_t> &sums, Operands operands,
                            HostTensor &result) {
  Quantization input(*operands[0]), weights(*operands[1]);
  auto quantization = isQuantized(result) ? std::make_optional<Quantization>(result) : std::nullopt;
  const Profile &profile = *lookupProfile(op);
  int64_t channels = result.shape.back(),
          weightsPerChannel = operands[1]->getNumElements() / channels;
  for (int64_t element = 0, end = sums.size(); element < end; ++element) {
    int64_t channel = element % channels;
    int64_t accumulator = sums[element];
    if (operands.size() > 2)
      accumulator += operands[2]->integers()[channel];
    if (failed(storeAccumulator(op, profile, accumulator, input.getScale(0),
                                weights.getScale(channel * weightsPerChannel), element,
                                quantization ? &*quantization : nullptr, result)))
      return failure();
  }
  return success();
}

/// Adds the bias to float sums, rounds once to f32 and stores.
static LogicalResult finish(Operation *op, const std::vector<double> &sums, Operands operands,
                            HostTensor &result) {
  int64_t channels = result.shape.back();
  std::vector<float> reals(sums.size());
  for (size_t element = 0; element < sums.size(); ++element)
    reals[element] = static_cast<float>(
        sums[element] + (operands.size() > 2 ? operands[2]->floats()[element % channels] : 0.0));
  fromReal(op, std::move(reals), result);
  return success();
}

/// Elements [first, first + count) of every `channels` ones.
static std::vector<int64_t> selectChannels(const std::vector<int64_t> &values, int64_t channels,
                                           int64_t first, int64_t count) {
  std::vector<int64_t> selected;
  for (size_t at = first; at < values.size(); at += channels)
    selected.insert(selected.end(), values.begin() + at, values.begin() + at + count);
  return selected;
}

/// Weights in blocks: the sum of each is exact, and they are added up in f32, in order, from the
/// bias on.
template <typename Multiply>
static LogicalResult accumulateBlocks(Operation *op, Operands operands, HostTensor &result,
                                      Multiply multiply) {
  const HostTensor &input = *operands[0], &weights = *operands[1];
  std::vector<int64_t> x = withoutZeroPoint<int64_t>(input), w = withoutZeroPoint<int64_t>(weights);
  Quantization inputScale(input), weightScales(weights);
  int64_t inputs = weights.shape.back(), outputs = weights.shape.front(),
          block = inputs * outputs / weightScales.getNumScales(); // accumulate (A7)
  std::vector<float> reals(result.getNumElements());
  for (size_t i = 0; i < reals.size(); ++i)
    reals[i] = operands.size() > 2 ? operands[2]->floats()[i % outputs] : 0.0f;
  for (int64_t first = 0; first < inputs; first += block) {
    std::vector<int64_t> sums = multiply(selectChannels(x, inputs, first, block),
                                         selectChannels(w, inputs, first, block), int64_t(), block);
    for (size_t i = 0; i < reals.size(); ++i) {
      if (!llvm::isInt<32>(sums[i]))
        return op->emitOpError() << "has a block whose sum overflows i32 at element " << i << ": "
                                 << sums[i];
      int64_t firstWeight = weights.getNumElements() / outputs * (i % outputs) + first;
      float unit = inputScale.getScale(0) * weightScales.getScale(firstWeight);
      reals[i] = std::fma(static_cast<float>(sums[i]), unit, reals[i]);
    }
  }
  fromReal(op, std::move(reals), result);
  return success();
}

/// Runs `multiply(x, w, sum, channels)` on codes if the input is quantized, on floats otherwise
/// (weights only), and finishes. `channels` are the input channels of an output.
template <typename Multiply>
static LogicalResult accumulate(Operation *op, Operands operands, HostTensor &result,
                                Multiply multiply) {
  const HostTensor &input = *operands[0], &weights = *operands[1];
  int64_t inputs = weights.shape.back();
  if (!isQuantized(input))
    return finish(op, multiply(toReal(input), toReal(weights), double(), inputs), operands, result);
  if (isa<quant::UniformQuantizedSubChannelType>(weights.elementType))
    return accumulateBlocks(op, operands, result, multiply);
  return finish(op,
                multiply(withoutZeroPoint<int64_t>(input), withoutZeroPoint<int64_t>(weights),
                         int64_t(), inputs),
                operands, result);
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

static LogicalResult evaluateConv2D(Conv2DOp op, Operands operands, Results results) {
  Convolution conv(op, *operands[0], *operands[1], results[0]);
  return accumulate(op, operands, results[0],
                    [&](const auto &x, const auto &w, auto sum, int64_t channels) {
                      return convolve<decltype(sum)>(conv.withChannels(channels), x, w);
                    });
}

static LogicalResult evaluateTransposedConv2D(TransposedConv2DOp op, Operands operands,
                                              Results results) {
  Convolution conv(op, *operands[0], *operands[1], results[0]);
  return accumulate(op, operands, results[0],
                    [&](const auto &x, const auto &w, auto sum, int64_t channels) {
                      return convolveTransposed<decltype(sum)>(conv.withChannels(channels), x, w);
                    });
}

static LogicalResult evaluateFullyConnected(FullyConnectedOp op, Operands operands,
                                            Results results) {
  int64_t outChannels = operands[1]->shape[0];
  return accumulate(op, operands, results[0],
                    [&](const auto &x, const auto &w, auto sum, int64_t channels) {
                      return multiplyRows<decltype(sum)>(channels, outChannels, x, w);
                    });
}

/// result[b..., m, n] = sum over k of a[b..., m, k] * b[b..., k, n].
template <typename Sum, typename T>
static std::vector<Sum> multiplyMatrices(MatMulOp op, ArrayRef<int64_t> resultShape,
                                         const std::vector<T> &a, const std::vector<T> &b) {
  ArrayRef<int64_t> aShape = op.getLhs().getType().getShape(),
                    bShape = op.getRhs().getType().getShape();
  int64_t m = aShape[aShape.size() - 2], depth = aShape.back(), n = resultShape.back();
  int64_t strideK = op.getTransposeRhs() ? 1 : n, strideN = op.getTransposeRhs() ? depth : 1;
  std::vector<int64_t> aBatch = broadcastPositions(aShape.drop_back(2), resultShape.drop_back(2));
  std::vector<int64_t> bBatch = broadcastPositions(bShape.drop_back(2), resultShape.drop_back(2));
  std::vector<Sum> sums;
  for (size_t batch = 0; batch < aBatch.size(); ++batch)
    for (int64_t row = 0; row < m; ++row)
      for (int64_t column = 0; column < n; ++column) {
        const T *x = &a[(aBatch[batch] * m + row) * depth],
                *y = &b[bBatch[batch] * depth * n + column * strideN];
        Sum sum = 0;
        for (int64_t k = 0; k < depth; ++k)
          sum += static_cast<Sum>(x[k]) * static_cast<Sum>(y[k * strideK]);
        sums.push_back(sum);
      }
  return sums;
}

static LogicalResult evaluateMatMul(MatMulOp op, Operands operands, Results results) {
  const HostTensor &lhs = *operands[0], &rhs = *operands[1];
  HostTensor &result = results[0];
  if (!isQuantized(lhs) || !isQuantized(rhs)) {
    std::vector<double> sums = multiplyMatrices<double>(op, result.shape, toReal(lhs), toReal(rhs));
    fromReal(op, std::vector<float>(sums.begin(), sums.end()), result);
    return success();
  }
  Quantization left(lhs), right(rhs);
  if (!left.isPerTensor() || !right.isPerTensor() || left.isAccumulator() || right.isAccumulator())
    return op.emitOpError() << "multiplies " << lhs.elementType << " by " << rhs.elementType
                            << "; activations have one scale per tensor and at most 16 bits";
  std::vector<int64_t> sums = multiplyMatrices<int64_t>(
      op, result.shape, withoutZeroPoint<int64_t>(lhs), withoutZeroPoint<int64_t>(rhs));
  auto quantization = isQuantized(result) ? std::make_optional<Quantization>(result) : std::nullopt;
  const Profile &profile = *lookupProfile(op);
  for (size_t element = 0; element < sums.size(); ++element)
    if (failed(storeAccumulator(op, profile, sums[element], left.getScale(0), right.getScale(0),
                                element, quantization ? &*quantization : nullptr, result)))
      return failure();
  return success();
}

void addMatrixHandlers(HandlerTable &table) {
  addHandler<Conv2DOp, evaluateConv2D>(table);
  addHandler<TransposedConv2DOp, evaluateTransposedConv2D>(table);
  addHandler<FullyConnectedOp, evaluateFullyConnected>(table);
  addHandler<MatMulOp, evaluateMatMul>(table);
}

} // namespace nnq::reference
