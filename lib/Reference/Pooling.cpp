// Operations of NNQPoolingOps.td, and log_softmax: windows, reductions, softmax, normalizations.

#include "Handlers.h"
#include "Numerics.h"

#include "nnq/Dialect/NNQ/IR/LogarithmOps.h"
#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace mlir;

namespace nnq::reference {

/// Sums of codes and extremes of codes mean something only where one scale holds for all of them.
static LogicalResult verifyOneScale(Operation *op, const HostTensor &input) {
  if (!isQuantized(input) || isa<quant::UniformQuantizedType>(input.elementType))
    return success();
  return op->emitOpError() << "has an input of " << input.elementType
                           << "; activations have one scale per tensor";
}

//===----------------------------------------------------------------------===//
// Sums and means
//===----------------------------------------------------------------------===//

/// Stores sum / count of an exact sum of q - z (mean), or the sum itself where count is 1.
static LogicalResult storeSum(Operation *op, const Profile &profile, int64_t sum, int64_t count,
                              float inputScale, int64_t element, const Quantization *quantization,
                              HostTensor &result) {
  if (!llvm::isInt<32>(sum))
    return op->emitOpError() << "overflows its i32 accumulator at element " << element << ": "
                             << sum;
  auto divisor = static_cast<double>(count);
  if (!quantization) {
    auto unit = static_cast<float>(profile.getFactor(inputScale, divisor));
    result.floats()[element] = static_cast<float>(sum) * unit;
    return success();
  }
  double factor = profile.getFactor(inputScale, {divisor, quantization->getScale(element)});
  result.integers()[element] = quantization->requantize(profile, sum, factor, element);
  return success();
}

/// Sums groups of elements of the input, one group per element of the result, and stores sum /
/// count. `groups[e]` lists the positions that belong to element `e`, `counts[e]` is its divisor.
static LogicalResult sumGroups(Operation *op, const HostTensor &input,
                               ArrayRef<SmallVector<int64_t>> groups, ArrayRef<int64_t> counts,
                               HostTensor &result) {
  if (isQuantized(input)) {
    std::vector<int64_t> codes = withoutZeroPoint<int64_t>(input);
    float scale = Quantization(input).getScale(0);
    const Profile &profile = *lookupProfile(op);
    auto quantization =
        isQuantized(result) ? std::make_optional<Quantization>(result) : std::nullopt;
    for (size_t element = 0; element < groups.size(); ++element) {
      int64_t sum = 0;
      for (int64_t position : groups[element])
        sum += codes[position];
      if (failed(storeSum(op, profile, sum, counts[element], scale, element,
                          quantization ? &*quantization : nullptr, result)))
        return failure();
    }
    return success();
  }
  std::vector<float> reals;
  for (size_t element = 0; element < groups.size(); ++element) {
    double sum = 0;
    for (int64_t position : groups[element])
      sum += input.floats()[position];
    reals.push_back(static_cast<float>(sum / static_cast<double>(counts[element])));
  }
  fromReal(op, std::move(reals), result);
  return success();
}

//===----------------------------------------------------------------------===//
// Largest and smallest
//===----------------------------------------------------------------------===//

/// The best value of each group by `better`; `worst` where a group is empty. On floats or on codes,
/// whose order is the same.
template <typename T, typename Better>
static std::vector<T> selectFromGroups(const std::vector<T> &values,
                                       ArrayRef<SmallVector<int64_t>> groups, T worst,
                                       Better better) {
  std::vector<T> selected;
  for (ArrayRef<int64_t> group : groups) {
    T best = worst;
    for (int64_t position : group)
      best = better(values[position], best) ? values[position] : best;
    selected.push_back(best);
  }
  return selected;
}

static void maxOfGroups(const HostTensor &input, ArrayRef<SmallVector<int64_t>> groups,
                        HostTensor &result) {
  if (input.isFloat())
    result.floats() = selectFromGroups(
        input.floats(), groups, -std::numeric_limits<float>::infinity(), std::greater<float>());
  else
    result.integers() = selectFromGroups(input.integers(), groups,
                                         static_cast<int32_t>(Quantization(input).getMin()),
                                         std::greater<int32_t>());
}

static void minOfGroups(const HostTensor &input, ArrayRef<SmallVector<int64_t>> groups,
                        HostTensor &result) {
  if (input.isFloat())
    result.floats() = selectFromGroups(input.floats(), groups,
                                       std::numeric_limits<float>::infinity(), std::less<float>());
  else
    result.integers() =
        selectFromGroups(input.integers(), groups,
                         static_cast<int32_t>(Quantization(input).getMax()), std::less<int32_t>());
}

//===----------------------------------------------------------------------===//
// MaxPool2DOp, AvgPool2DOp
//===----------------------------------------------------------------------===//

/// For each element of the result, the positions of the window's pixels that lie inside the input.
template <typename OpTy>
static std::vector<SmallVector<int64_t>> windows(OpTy op, ArrayRef<int64_t> dilations,
                                                 ArrayRef<int64_t> in, ArrayRef<int64_t> out) {
  ArrayRef<int64_t> kernel = op.getKernel(), strides = op.getStrides(), pads = op.getPads();
  std::vector<SmallVector<int64_t>> groups;
  for (int64_t n = 0; n < out[0]; ++n)
    for (int64_t oy = 0; oy < out[1]; ++oy)
      for (int64_t ox = 0; ox < out[2]; ++ox)
        for (int64_t c = 0; c < out[3]; ++c) {
          SmallVector<int64_t> &group = groups.emplace_back();
          for (int64_t i = 0; i < kernel[0]; ++i)
            for (int64_t j = 0; j < kernel[1]; ++j) {
              int64_t iy = oy * strides[0] + i * dilations[0] - pads[0],
                      ix = ox * strides[1] + j * dilations[1] - pads[1];
              if (iy >= 0 && iy < in[1] && ix >= 0 && ix < in[2])
                group.push_back(((n * in[1] + iy) * in[2] + ix) * in[3] + c);
            }
        }
  return groups;
}

static LogicalResult evaluateMaxPool2D(MaxPool2DOp op, Operands operands, Results results) {
  if (failed(verifyOneScale(op, *operands[0])))
    return failure();
  maxOfGroups(*operands[0], windows(op, op.getDilations(), operands[0]->shape, results[0].shape),
              results[0]);
  return success();
}

static SmallVector<int64_t> countsOf(AvgPool2DOp op, ArrayRef<SmallVector<int64_t>> groups) {
  return llvm::map_to_vector(groups, [&](const SmallVector<int64_t> &group) {
    return op.getCountPadding() ? op.getKernel()[0] * op.getKernel()[1]
                                : static_cast<int64_t>(group.size());
  });
}

/// Dequantized pixels are added in f32, row by row.
static std::vector<float> meansOfCodes(AvgPool2DOp op, const HostTensor &input,
                                       const HostTensor &result) {
  auto groups = windows(op, {1, 1}, input.shape, result.shape);
  std::vector<float> reals = toReal(input), means;
  for (auto [group, count] : llvm::zip(groups, countsOf(op, groups))) {
    float sum = 0;
    for (int64_t position : group)
      sum += reals[position];
    means.push_back(sum / static_cast<float>(count));
  }
  return means;
}

/// The zero point is added before rounding.
void averageBytes(const Profile &profile, AvgPool2DOp op, const HostTensor &input,
                  HostTensor &result) {
  Quantization quantization(result);
  int64_t offset = getCodeOffset(op, 1);
  auto zero = static_cast<float>(quantization.getZeroPoint(0) + offset);
  for (auto [i, mean] : llvm::enumerate(meansOfCodes(op, input, result))) {
    float codes = mean / quantization.getScale(0);
    result.integers()[i] = quantization.round(profile, codes + zero, offset);
  }
}

static LogicalResult evaluateAvgPool2D(AvgPool2DOp op, Operands operands, Results results) {
  if (failed(verifyOneScale(op, *operands[0])))
    return failure();
  if (!isQuantized(*operands[0])) {
    auto groups = windows(op, {1, 1}, operands[0]->shape, results[0].shape);
    return sumGroups(op, *operands[0], groups, countsOf(op, groups), results[0]);
  }
  if (!lookupProfile(op)->evaluateOnBytes(op, operands, results[0]))
    fromReal(op, meansOfCodes(op, *operands[0], results[0]), results[0]);
  return success();
}

//===----------------------------------------------------------------------===//
// ReduceOp
//===----------------------------------------------------------------------===//

static void reduceIntegers(ReduceKind kind, const HostTensor &input,
                           ArrayRef<SmallVector<int64_t>> groups, HostTensor &result) {
  IntegerKind step = kind == ReduceKind::Sum   ? IntegerKind::Add
                     : kind == ReduceKind::Max ? IntegerKind::Max
                                               : IntegerKind::Min;
  for (auto [group, value] : llvm::zip(groups, result.plainIntegers())) {
    value = input.plainIntegers()[group.front()];
    for (int64_t position : ArrayRef(group).drop_front())
      value = evaluateInteger(step, value, input.plainIntegers()[position], result);
  }
}

static LogicalResult evaluateReduce(ReduceOp op, Operands operands, Results results) {
  const HostTensor &input = *operands[0];
  if (failed(verifyOneScale(op, input)))
    return failure();
  // Input and result have the same rank: an element belongs to the one that broadcasting would copy
  // it from.
  std::vector<SmallVector<int64_t>> groups(results[0].getNumElements());
  for (auto [position, element] :
       llvm::enumerate(broadcastPositions(results[0].shape, input.shape)))
    groups[element].push_back(position);
  if (isa<IntegerType>(input.elementType)) {
    reduceIntegers(op.getKind(), input, groups, results[0]);
    return success();
  }
  int64_t count = input.getNumElements() / results[0].getNumElements();
  switch (op.getKind()) {
  case ReduceKind::Max:
    maxOfGroups(input, groups, results[0]);
    return success();
  case ReduceKind::Min:
    minOfGroups(input, groups, results[0]);
    return success();
  case ReduceKind::Sum:
    return sumGroups(op, input, groups, SmallVector<int64_t>(groups.size(), 1), results[0]);
  case ReduceKind::Mean:
    return sumGroups(op, input, groups, SmallVector<int64_t>(groups.size(), count), results[0]);
  }
  llvm_unreachable("every kind has its reduction");
}

//===----------------------------------------------------------------------===//
// SoftmaxOp
//===----------------------------------------------------------------------===//

/// The softmax of codes: exponentials e, scaled up so far that their sum stays a finite f32, and
/// that sum, in f32 and in order.
struct ByteSoftmax {
  SmallVector<float> exponentials;
  float sum = 0;

  ByteSoftmax(ArrayRef<int32_t> q, float scale) {
    // What the sum may reach: e^room, with e^5 to spare.
    double share = std::numeric_limits<float>::max() / static_cast<float>(q.size());
    double room = static_cast<float>(std::log(share));
    room -= 5;
    double shift = room > 0 ? room / scale : 0;
    int32_t max = *llvm::max_element(q);
    for (int32_t code : q) {
      double below = code - max;
      exponentials.push_back(static_cast<float>(std::exp(scale * (below + shift))));
      sum += exponentials.back();
    }
  }

  /// The code of (e * floor(1 / s_y)) / sum.
  int32_t getCode(const Profile &profile, size_t k, const Quantization &result) const {
    float codes = exponentials[k] * std::floor(1 / result.getScale(0));
    return result.round(profile, codes / sum, -result.getZeroPoint(0));
  }
};

static SmallVector<float> softmaxOfFloats(ArrayRef<float> x) {
  double max = *llvm::max_element(x), sum = 0;
  SmallVector<double> exponentials;
  for (float value : x) {
    exponentials.push_back(std::exp(value - max));
    sum += exponentials.back();
  }
  return llvm::map_to_vector(exponentials, [&](double e) { return static_cast<float>(e / sum); });
}

/// The positions of the elements of each row along the axis.
static std::vector<SmallVector<int64_t>> rowsAlong(int64_t axis, ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides = rowMajorStrides(shape), outer(shape);
  outer[axis] = 1;
  std::vector<SmallVector<int64_t>> rows;
  for (int64_t first : stridedPositions(outer, strides))
    rows.push_back(llvm::map_to_vector(llvm::seq(shape[axis]),
                                       [&](int64_t k) { return first + k * strides[axis]; }));
  return rows;
}

/// The elements at some positions.
template <typename T>
static SmallVector<T> select(const std::vector<T> &elements, ArrayRef<int64_t> positions) {
  return llvm::map_to_vector(positions, [&](int64_t at) { return elements[at]; });
}

void softmaxOfBytes(const Profile &profile, SoftmaxOp op, const HostTensor &input,
                    HostTensor &result) {
  float scale = Quantization(input).getScale(0);
  auto quantization = isByte(result) ? std::make_optional<Quantization>(result) : std::nullopt;
  std::vector<float> reals(input.getNumElements());
  for (ArrayRef<int64_t> row : rowsAlong(op.getAxis(), input.shape)) {
    ByteSoftmax softmax(select(input.integers(), row), scale);
    for (auto [k, at] : llvm::enumerate(row)) {
      if (quantization)
        result.integers()[at] = softmax.getCode(profile, k, *quantization);
      else
        reals[at] = softmax.exponentials[k] / softmax.sum;
    }
  }
  if (!quantization)
    fromReal(op, std::move(reals), result);
}

static LogicalResult evaluateSoftmax(SoftmaxOp op, Operands operands, Results results) {
  const HostTensor &input = *operands[0];
  if (failed(verifyOneScale(op, input)))
    return failure();
  if (lookupProfile(op)->evaluateOnBytes(op, operands, results[0]))
    return success();
  std::vector<float> values = toReal(input), reals(values.size());
  for (ArrayRef<int64_t> row : rowsAlong(op.getAxis(), input.shape))
    for (auto [at, probability] : llvm::zip(row, softmaxOfFloats(select(values, row))))
      reals[at] = probability;
  fromReal(op, std::move(reals), results[0]);
  return success();
}

static LogicalResult evaluateLogSoftmax(LogSoftmaxOp op, Operands operands, Results results) {
  std::vector<float> x = toReal(*operands[0]);
  int64_t length = results[0].shape[op.getAxis()],
          stride = rowMajorStrides(results[0].shape)[op.getAxis()];
  SmallVector<int64_t> outer(results[0].shape);
  outer[op.getAxis()] = 1;
  for (int64_t first : stridedPositions(outer, rowMajorStrides(results[0].shape))) {
    double max = -std::numeric_limits<double>::infinity(), sum = 0;
    for (int64_t k = 0; k < length; ++k)
      max = std::max<double>(max, x[first + k * stride]);
    for (int64_t k = 0; k < length; ++k)
      sum += std::exp(x[first + k * stride] - max);
    for (int64_t k = 0; k < length; ++k)
      x[first + k * stride] = static_cast<float>(x[first + k * stride] - max - std::log(sum));
  }
  fromReal(op, std::move(x), results[0]);
  return success();
}

//===----------------------------------------------------------------------===//
// Normalizations
//===----------------------------------------------------------------------===//

static LogicalResult evaluateLayerNorm(LayerNormOp op, Operands operands, Results results) {
  std::vector<float> x = toReal(*operands[0]), scale = toReal(*operands[1]),
                     bias = toReal(*operands[2]), reals(x.size());
  double epsilon = op.getEpsilon().convertToDouble();
  size_t length = scale.size();
  for (size_t first = 0; first < x.size(); first += length) {
    double mean = 0, variance = 0;
    for (size_t k = 0; k < length; ++k)
      mean += x[first + k] / static_cast<double>(length);
    for (size_t k = 0; k < length; ++k)
      variance += (x[first + k] - mean) * (x[first + k] - mean) / static_cast<double>(length);
    for (size_t k = 0; k < length; ++k)
      reals[first + k] = static_cast<float>(
          (x[first + k] - mean) / std::sqrt(variance + epsilon) * scale[k] + bias[k]);
  }
  fromReal(op, std::move(reals), results[0]);
  return success();
}

static LogicalResult evaluateBatchNorm(BatchNormOp op, Operands operands, Results results) {
  std::vector<float> x = toReal(*operands[0]), scale = toReal(*operands[1]),
                     bias = toReal(*operands[2]);
  std::vector<float> mean = toReal(*operands[3]), variance = toReal(*operands[4]), reals(x.size());
  double epsilon = op.getEpsilon().convertToDouble();
  for (size_t i = 0; i < x.size(); ++i) {
    size_t c = i % scale.size();
    double factor = scale[c] / std::sqrt(variance[c] + epsilon);
    reals[i] = static_cast<float>((static_cast<double>(x[i]) - mean[c]) * factor + bias[c]);
  }
  fromReal(op, std::move(reals), results[0]);
  return success();
}

void addPoolingHandlers(HandlerTable &table) {
  addHandler<MaxPool2DOp, evaluateMaxPool2D>(table);
  addHandler<AvgPool2DOp, evaluateAvgPool2D>(table);
  addHandler<ReduceOp, evaluateReduce>(table);
  addHandler<SoftmaxOp, evaluateSoftmax>(table);
  addHandler<LogSoftmaxOp, evaluateLogSoftmax>(table);
  addHandler<LayerNormOp, evaluateLayerNorm>(table);
  addHandler<BatchNormOp, evaluateBatchNorm>(table);
}

} // namespace nnq::reference
