// Saturation and change of scale.

#include "Numerics.h"

#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"

#include <algorithm>
#include <cmath>

using namespace mlir;

namespace nnq::reference {

//===----------------------------------------------------------------------===//
// Quantization
//===----------------------------------------------------------------------===//

Quantization::Quantization(const HostTensor &tensor) {
  auto type = cast<quant::QuantizedType>(tensor.elementType);
  for (double scale : getScales(type))
    scales.push_back(static_cast<float>(scale)); // types: scales are f32
  zeroPoints = getZeroPoints(type);
  storageMin = type.getStorageTypeMin();
  storageMax = type.getStorageTypeMax();
  bits = type.getStorageTypeIntegralWidth();
  if (scales.size() == 1)
    return;
  // The scales of blocks are a tensor of the same rank; those along an axis would be one, too.
  SmallVector<int64_t> counts(tensor.shape.size(), 1);
  if (int64_t axis = getQuantizedAxis(type); axis >= 0)
    counts[axis] = getNumScales();
  else
    llvm::copy(cast<quant::UniformQuantizedSubChannelType>(type).getScales().getType().getShape(),
               counts.begin());
  // Neighbouring dimensions without scales of their own are one.
  for (auto [size, count] : llvm::zip_equal(tensor.shape, counts)) {
    if (count == 1 && !dims.empty() && dims.back().scales == 1)
      dims.back().size *= size;
    else
      dims.push_back({size, count});
  }
}

/// A whole number clamped to [qmin - z, qmax - z], plus z. In double, which holds these bounds
/// exactly even for i32 storage.
int32_t Quantization::saturate(double rounded, int64_t element) const {
  if (std::isnan(rounded))
    return static_cast<int32_t>(storageMin);
  int64_t zeroPoint = getZeroPoint(element);
  double lo = static_cast<double>(storageMin - zeroPoint),
         hi = static_cast<double>(storageMax - zeroPoint);
  double clamped = std::clamp(rounded, lo, hi);
  return static_cast<int32_t>(static_cast<int64_t>(clamped) + zeroPoint);
}

int32_t Quantization::quantize(const Profile &profile, float x, int64_t element) const {
  float quotient = x / getScale(element);
  return saturate(profile.round(quotient), element);
}

float Quantization::dequantize(int32_t code, int64_t element) const {
  auto difference = static_cast<float>(code - getZeroPoint(element));
  return difference * getScale(element);
}

int32_t Quantization::requantize(const Profile &profile, int64_t accumulator, double factor,
                                 int64_t element) const {
  return saturate(profile.scale(accumulator, factor), element);
}

int32_t Quantization::round(const Profile &profile, float value, int64_t offset) const {
  double lo = static_cast<double>(storageMin + offset),
         hi = static_cast<double>(storageMax + offset);
  double rounded = std::isnan(value) ? lo : profile.round(value);
  return static_cast<int32_t>(static_cast<int64_t>(std::clamp(rounded, lo, hi)) - offset);
}

//===----------------------------------------------------------------------===//
// Whole tensors
//===----------------------------------------------------------------------===//

bool isQuantized(const HostTensor &tensor) { return isa<quant::QuantizedType>(tensor.elementType); }

bool isByte(const HostTensor &tensor) {
  return isQuantized(tensor) && Quantization(tensor).isByte();
}

std::vector<float> toReal(const HostTensor &tensor) {
  if (tensor.isFloat())
    return tensor.floats();
  Quantization quantization(tensor);
  const std::vector<int32_t> &codes = tensor.integers();
  std::vector<float> reals(codes.size());
  for (size_t i = 0; i < codes.size(); ++i)
    reals[i] = quantization.dequantize(codes[i], i);
  return reals;
}

void fromReal(Operation *op, std::vector<float> values, HostTensor &tensor) {
  if (tensor.isFloat()) {
    tensor.floats() = std::move(values);
    return;
  }
  Quantization quantization(tensor);
  const Profile &profile = *lookupProfile(op);
  std::vector<int32_t> &codes = tensor.integers();
  for (size_t i = 0; i < codes.size(); ++i)
    codes[i] = quantization.quantize(profile, values[i], i);
}

//===----------------------------------------------------------------------===//
// Positions
//===----------------------------------------------------------------------===//

SmallVector<int64_t> rowMajorStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (int64_t d = static_cast<int64_t>(shape.size()) - 2; d >= 0; --d)
    strides[d] = strides[d + 1] * shape[d + 1];
  return strides;
}

std::vector<int64_t> stridedPositions(ArrayRef<int64_t> shape, ArrayRef<int64_t> strides,
                                      int64_t base) {
  // Built from the last dimension outwards: each dimension repeats what is inside it, shifted by
  // its stride.
  std::vector<int64_t> positions{base};
  for (int64_t d = static_cast<int64_t>(shape.size()) - 1; d >= 0; --d) {
    size_t inner = positions.size();
    std::vector<int64_t> repeated(inner * shape[d]);
    for (int64_t k = 0; k < shape[d]; ++k)
      for (size_t i = 0; i < inner; ++i)
        repeated[k * inner + i] = positions[i] + k * strides[d];
    positions = std::move(repeated);
  }
  return positions;
}

std::vector<int64_t> broadcastPositions(ArrayRef<int64_t> from, ArrayRef<int64_t> to) {
  SmallVector<int64_t> fromStrides = rowMajorStrides(from), strides(to.size(), 0);
  size_t missing = to.size() - from.size();
  for (size_t d = 0; d < from.size(); ++d)
    strides[missing + d] = from[d] == 1 ? 0 : fromStrides[d];
  return stridedPositions(to, strides);
}

} // namespace nnq::reference
