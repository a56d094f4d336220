// Operations on tensors that are known at import.

#include "ConstantEvaluator.h"

#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cmath>
#include <limits>

using namespace nnq::onnximport;
using llvm::ArrayRef;

//===----------------------------------------------------------------------===//
// Movement: everything that only moves elements is one strided copy
//===----------------------------------------------------------------------===//

static Shape rowMajorStrides(ArrayRef<int64_t> shape) {
  Shape strides(shape.size(), 1);
  for (size_t d = shape.size(); d-- > 1;)
    strides[d - 1] = strides[d] * shape[d];
  return strides;
}

static int64_t product(ArrayRef<int64_t> sizes) {
  int64_t count = 1;
  for (int64_t size : sizes)
    count *= size;
  return count;
}

/// out[i0, i1, ...] = in[offset + i0 * strides[0] + i1 * strides[1] + ...] in row-major order.
template <typename T>
static std::vector<T> copyStrided(ArrayRef<T> in, ArrayRef<int64_t> shape, int64_t offset,
                                  ArrayRef<int64_t> strides) {
  std::vector<T> out(product(shape));
  if (out.empty())
    return out;
  if (shape.empty()) {
    out[0] = in[offset];
    return out;
  }
  Shape index(shape.size(), 0);
  int64_t inner = shape.back(), innerStride = strides.back();
  for (T *row = out.data(), *end = row + out.size(); row != end; row += inner) {
    int64_t base = offset;
    for (size_t d = 0; d + 1 < shape.size(); ++d)
      base += index[d] * strides[d];
    for (int64_t i = 0; i < inner; ++i)
      row[i] = in[base + i * innerStride];
    for (size_t d = shape.size() - 1; d-- > 0 && ++index[d] == shape[d];)
      index[d] = 0;
  }
  return out;
}

static HostTensor copyStrided(const HostTensor &x, ArrayRef<int64_t> shape, int64_t offset,
                              ArrayRef<int64_t> strides) {
  if (isFloat(x.type))
    return HostTensor::ofFloats(shape, copyStrided(x.floats, shape, offset, strides));
  return HostTensor::ofInts(shape, copyStrided(x.ints, shape, offset, strides), x.type);
}

HostTensor nnq::onnximport::reshape(const HostTensor &x, ArrayRef<int64_t> shape) {
  HostTensor result = x;
  result.shape = Shape(shape);
  return result;
}

HostTensor nnq::onnximport::transpose(const HostTensor &x, ArrayRef<int64_t> permutation) {
  Shape strides = rowMajorStrides(x.shape), shape, permuted;
  for (int64_t d : permutation) {
    shape.push_back(x.shape[d]);
    permuted.push_back(strides[d]);
  }
  return copyStrided(x, shape, 0, permuted);
}

HostTensor nnq::onnximport::slice(const HostTensor &x, ArrayRef<int64_t> starts,
                                  ArrayRef<int64_t> sizes, ArrayRef<int64_t> strides) {
  Shape steps = rowMajorStrides(x.shape);
  int64_t offset = 0;
  for (size_t d = 0; d < steps.size(); ++d) {
    offset += starts[d] * steps[d];
    steps[d] *= strides[d];
  }
  return copyStrided(x, sizes, offset, steps);
}

HostTensor nnq::onnximport::broadcast(const HostTensor &x, ArrayRef<int64_t> shape) {
  Shape own = rowMajorStrides(x.shape), strides(shape.size(), 0);
  size_t missing = shape.size() - x.shape.size();
  for (size_t d = 0; d < own.size(); ++d)
    strides[missing + d] = x.shape[d] == 1 ? 0 : own[d];
  return copyStrided(x, shape, 0, strides);
}

std::optional<Shape> nnq::onnximport::broadcastShape(ArrayRef<int64_t> a, ArrayRef<int64_t> b) {
  if (a.size() < b.size())
    std::swap(a, b);
  Shape shape(a);
  for (size_t d = a.size() - b.size(), i = 0; i < b.size(); ++d, ++i) {
    if (shape[d] != b[i] && shape[d] != 1 && b[i] != 1)
      return std::nullopt;
    if (shape[d] == 1)
      shape[d] = b[i];
  }
  return shape;
}

template <typename T, typename Elements>
static std::vector<T> concatElements(ArrayRef<HostTensor> parts, int64_t axis,
                                     ArrayRef<int64_t> shape, Elements elements) {
  std::vector<T> out;
  out.reserve(product(shape));
  int64_t outer = product(shape.take_front(axis));
  for (int64_t i = 0; i < outer; ++i)
    for (const HostTensor &part : parts) {
      int64_t block = product(ArrayRef<int64_t>(part.shape).drop_front(axis));
      ArrayRef<T> run = elements(part).slice(i * block, block);
      out.insert(out.end(), run.begin(), run.end());
    }
  return out;
}

HostTensor nnq::onnximport::concat(ArrayRef<HostTensor> parts, int64_t axis) {
  const HostTensor &first = parts.front();
  Shape shape = first.shape;
  for (const HostTensor &part : parts.drop_front())
    shape[axis] += part.shape[axis];
  if (isFloat(first.type))
    return HostTensor::ofFloats(
        shape, concatElements<float>(parts, axis, shape,
                                     [](const HostTensor &part) { return part.floats; }));
  return HostTensor::ofInts(
      shape,
      concatElements<int64_t>(parts, axis, shape, [](const HostTensor &part) { return part.ints; }),
      first.type);
}

template <typename T>
static std::vector<T> gatherElements(ArrayRef<T> in, ArrayRef<int64_t> shape,
                                     ArrayRef<int64_t> indices, int64_t axis) {
  std::vector<T> out;
  int64_t outer = product(shape.take_front(axis)), inner = product(shape.drop_front(axis + 1));
  out.reserve(outer * inner * indices.size());
  for (int64_t i = 0; i < outer; ++i)
    for (int64_t index : indices) {
      ArrayRef<T> run = in.slice((i * shape[axis] + index) * inner, inner);
      out.insert(out.end(), run.begin(), run.end());
    }
  return out;
}

HostTensor nnq::onnximport::gather(const HostTensor &x, const HostTensor &indices, int64_t axis) {
  Shape shape(x.shape.begin(), x.shape.begin() + axis);
  shape.append(indices.shape);
  shape.append(x.shape.begin() + axis + 1, x.shape.end());
  if (isFloat(x.type))
    return HostTensor::ofFloats(shape, gatherElements(x.floats, x.shape, indices.ints, axis));
  return HostTensor::ofInts(shape, gatherElements(x.ints, x.shape, indices.ints, axis), x.type);
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

/// A float as an integer; what does not fit saturates, NaN is 0.
static int64_t truncateToInt(float value) {
  if (std::isnan(value))
    return 0;
  if (value >= 0x1p63f)
    return std::numeric_limits<int64_t>::max();
  if (value < -0x1p63f)
    return std::numeric_limits<int64_t>::min();
  return static_cast<int64_t>(value);
}

static int64_t wrapToType(int64_t value, DataType type) {
  switch (type) {
  case DataType::Bool:
    return value != 0;
  case DataType::Int8:
    return static_cast<int8_t>(value);
  case DataType::UInt8:
    return static_cast<uint8_t>(value);
  case DataType::Int16:
    return static_cast<int16_t>(value);
  case DataType::UInt16:
    return static_cast<uint16_t>(value);
  case DataType::Int32:
    return static_cast<int32_t>(value);
  case DataType::UInt32:
    return static_cast<uint32_t>(value);
  default:
    return value;
  }
}

HostTensor nnq::onnximport::cast(const HostTensor &x, DataType type) {
  if (isFloat(type)) {
    if (isFloat(x.type))
      return x;
    std::vector<float> values(x.ints.size());
    llvm::transform(x.ints, values.begin(),
                    [](int64_t value) { return static_cast<float>(value); });
    return HostTensor::ofFloats(x.shape, std::move(values));
  }
  std::vector<int64_t> values(x.size());
  if (isFloat(x.type) && type == DataType::Bool)
    llvm::transform(x.floats, values.begin(), [](float value) { return value != 0; });
  else if (isFloat(x.type))
    llvm::transform(x.floats, values.begin(),
                    [&](float value) { return wrapToType(truncateToInt(value), type); });
  else
    llvm::transform(x.ints, values.begin(), [&](int64_t value) { return wrapToType(value, type); });
  return HostTensor::ofInts(x.shape, std::move(values), type);
}

/// Both operands in the shape of the result.
static std::pair<HostTensor, HostTensor> broadcastTogether(const HostTensor &a,
                                                           const HostTensor &b) {
  Shape shape = *broadcastShape(a.shape, b.shape);
  return {a.shape == shape ? a : broadcast(a, shape), b.shape == shape ? b : broadcast(b, shape)};
}

static float apply(BinaryKind kind, float a, float b) {
  switch (kind) {
  case BinaryKind::Add:
    return a + b;
  case BinaryKind::Sub:
    return a - b;
  case BinaryKind::Mul:
    return a * b;
  case BinaryKind::Div:
    return a / b;
  case BinaryKind::Max:
    return std::max(a, b);
  case BinaryKind::Min:
    return std::min(a, b);
  case BinaryKind::Pow:
    return std::pow(a, b);
  case BinaryKind::Mod:
    return a - std::floor(a / b) * b;
  case BinaryKind::Rem:
    return std::fmod(a, b);
  }
  return 0;
}

/// Wraps around on overflow; division truncates; a zero divisor has been ruled out.
static int64_t apply(BinaryKind kind, int64_t a, int64_t b) {
  auto ua = static_cast<uint64_t>(a), ub = static_cast<uint64_t>(b);
  switch (kind) {
  case BinaryKind::Add:
    return static_cast<int64_t>(ua + ub);
  case BinaryKind::Sub:
    return static_cast<int64_t>(ua - ub);
  case BinaryKind::Mul:
    return static_cast<int64_t>(ua * ub);
  case BinaryKind::Div:
    return b == -1 ? static_cast<int64_t>(0 - ua) : a / b;
  case BinaryKind::Max:
    return std::max(a, b);
  case BinaryKind::Min:
    return std::min(a, b);
  case BinaryKind::Pow:
    return truncateToInt(std::pow(static_cast<float>(a), static_cast<float>(b)));
  case BinaryKind::Mod: {
    int64_t rest = b == -1 ? 0 : a % b;
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
  }
  case BinaryKind::Rem:
    return b == -1 ? 0 : a % b;
  }
  return 0;
}

std::optional<HostTensor> nnq::onnximport::binary(BinaryKind kind, const HostTensor &lhs,
                                                  const HostTensor &rhs) {
  auto [a, b] = broadcastTogether(lhs, rhs);
  if (isFloat(a.type)) {
    std::vector<float> values(a.size());
    for (size_t i = 0; i < values.size(); ++i)
      values[i] = apply(kind, a.floats[i], b.floats[i]);
    return HostTensor::ofFloats(a.shape, std::move(values));
  }
  bool divides = kind == BinaryKind::Div || kind == BinaryKind::Mod || kind == BinaryKind::Rem;
  if (divides && llvm::is_contained(b.ints, 0))
    return std::nullopt;
  std::vector<int64_t> values(a.size());
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = wrapToType(apply(kind, a.ints[i], b.ints[i]), a.type);
  return HostTensor::ofInts(a.shape, std::move(values), a.type);
}

template <typename T> static bool holds(Comparison kind, T a, T b) {
  switch (kind) {
  case Comparison::Equal:
    return a == b;
  case Comparison::Less:
    return a < b;
  case Comparison::LessOrEqual:
    return a <= b;
  case Comparison::Greater:
    return a > b;
  case Comparison::GreaterOrEqual:
    return a >= b;
  }
  return false;
}

HostTensor nnq::onnximport::compare(Comparison kind, const HostTensor &lhs, const HostTensor &rhs) {
  auto [a, b] = broadcastTogether(lhs, rhs);
  std::vector<int64_t> values(a.size());
  for (size_t i = 0; i < values.size(); ++i)
    values[i] =
        isFloat(a.type) ? holds(kind, a.floats[i], b.floats[i]) : holds(kind, a.ints[i], b.ints[i]);
  return HostTensor::ofInts(a.shape, std::move(values), DataType::Bool);
}

HostTensor nnq::onnximport::select(const HostTensor &condition, const HostTensor &lhs,
                                   const HostTensor &rhs) {
  Shape shape = *broadcastShape(condition.shape, *broadcastShape(lhs.shape, rhs.shape));
  HostTensor c = broadcast(condition, shape), a = broadcast(lhs, shape), b = broadcast(rhs, shape);
  if (isFloat(a.type)) {
    std::vector<float> values(a.size());
    for (size_t i = 0; i < values.size(); ++i)
      values[i] = c.ints[i] ? a.floats[i] : b.floats[i];
    return HostTensor::ofFloats(shape, std::move(values));
  }
  std::vector<int64_t> values(a.size());
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = c.ints[i] ? a.ints[i] : b.ints[i];
  return HostTensor::ofInts(shape, std::move(values), a.type);
}

HostTensor nnq::onnximport::mapFloats(const HostTensor &x,
                                      llvm::function_ref<double(double)> function) {
  std::vector<float> values(x.floats.size());
  llvm::transform(x.floats, values.begin(),
                  [&](float value) { return static_cast<float>(function(value)); });
  return HostTensor::ofFloats(x.shape, std::move(values));
}

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

/// `T` is double or int64_t.
template <typename T, typename Element>
static T reduceRow(Reduction kind, ArrayRef<Element> elements) {
  T result = kind == Reduction::Sum || kind == Reduction::Mean ? T(0)
             : kind == Reduction::Prod                         ? T(1)
                                                               : T(elements[0]);
  for (Element element : elements) {
    T value = element;
    if (kind == Reduction::Max || kind == Reduction::Min)
      result = kind == Reduction::Max ? std::max(result, value) : std::min(result, value);
    else if constexpr (std::is_same_v<T, int64_t>) // wraps around
      result = apply(kind == Reduction::Prod ? BinaryKind::Mul : BinaryKind::Add, result, value);
    else
      result = kind == Reduction::Prod ? result * value : result + value;
  }
  return kind == Reduction::Mean ? result / static_cast<T>(elements.size()) : result;
}

HostTensor nnq::onnximport::reduce(Reduction kind, const HostTensor &x, ArrayRef<int64_t> axes) {
  // With the reduced axes last, each element of the result is a reduction of one row.
  Shape order, shape = x.shape;
  int64_t row = 1;
  for (int64_t d = 0, rank = shape.size(); d < rank; ++d)
    if (!llvm::is_contained(axes, d))
      order.push_back(d);
  for (int64_t d : axes) {
    order.push_back(d);
    row *= shape[d];
    shape[d] = 1;
  }
  HostTensor sorted = transpose(x, order);
  int64_t count = product(shape);
  if (isFloat(x.type)) {
    std::vector<float> values(count);
    for (int64_t i = 0; i < count; ++i)
      values[i] = static_cast<float>(reduceRow<double>(kind, sorted.floats.slice(i * row, row)));
    return HostTensor::ofFloats(shape, std::move(values));
  }
  std::vector<int64_t> values(count);
  for (int64_t i = 0; i < count; ++i)
    values[i] = reduceRow<int64_t>(kind, sorted.ints.slice(i * row, row));
  return HostTensor::ofInts(shape, std::move(values), x.type);
}
