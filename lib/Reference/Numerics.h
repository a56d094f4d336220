// Saturation and change of scale, as docs/Semantics.md states them, with the rounding of a profile.
// Every handler makes codes by these functions and no other.

#ifndef NNQ_LIB_REFERENCE_NUMERICS_H
#define NNQ_LIB_REFERENCE_NUMERICS_H

#include "nnq/Reference/HostTensor.h"
#include "nnq/Reference/Profile.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"

namespace nnq::reference {

/// Scale, zero point and storage range of each element of a quantized tensor, whatever the
/// granularity of its type. Elements are named by their row-major position.
class Quantization {
public:
  /// `tensor` must have a uniform quantized element type (per tensor, per axis, or in blocks).
  explicit Quantization(const HostTensor &tensor);

  bool isPerTensor() const { return scales.size() == 1; }
  float getScale(int64_t element) const { return scales[getScaleNumber(element)]; }
  int64_t getZeroPoint(int64_t element) const { return zeroPoints[getScaleNumber(element)]; }
  int64_t getNumScales() const { return static_cast<int64_t>(scales.size()); }
  int64_t getMin() const { return storageMin; }
  int64_t getMax() const { return storageMax; }
  /// Whether the storage is 32 bits wide: the type of biases and accumulators.
  bool isAccumulator() const { return bits == 32; }
  /// Whether the storage is 8 bits wide or less, with one scale: some operations are defined on
  /// such codes.
  bool isByte() const { return bits <= 8 && isPerTensor(); }

  /// Quantize: clamp(round(x / s) + z), division in f32. NaN gives the least code.
  int32_t quantize(const Profile &profile, float x, int64_t element) const;
  /// Dequantize: f32(q - z) * s.
  float dequantize(int32_t code, int64_t element) const;
  /// Requantize: clamp(the profile's whole number for acc * factor) + z.
  int32_t requantize(const Profile &profile, int64_t accumulator, double factor,
                     int64_t element) const;
  /// clamp(round(value)), where the zero point is in `value` already and codes are counted `offset`
  /// higher than they are stored.
  int32_t round(const Profile &profile, float value, int64_t offset) const;

private:
  /// A dimension of `size` elements, along which `scales` scales follow each other.
  struct Dim {
    int64_t size, scales;
  };
  /// The scale of an element: its coordinates are taken off from the last one on, and each says how
  /// far along its dimension's scales it lies.
  int64_t getScaleNumber(int64_t element) const {
    int64_t number = 0, faster = 1; // scales that change faster
    for (const Dim &dim : llvm::reverse(dims)) {
      int64_t coordinate = element % dim.size;
      number += coordinate * dim.scales / dim.size * faster;
      faster *= dim.scales;
      element /= dim.size;
    }
    return number;
  }
  int32_t saturate(double rounded, int64_t element) const;

  llvm::SmallVector<float> scales;
  llvm::SmallVector<int64_t> zeroPoints;
  llvm::SmallVector<Dim, 4> dims; // none with one scale
  int64_t storageMin, storageMax;
  unsigned bits;
};

/// Whether elements are quantized with one scale, in 8 bits or less.
bool isByte(const HostTensor &tensor);

/// Whether elements are quantized by a type that `Quantization` takes.
bool isQuantized(const HostTensor &tensor);

/// The real values of a tensor: its floats, or its codes dequantized.
std::vector<float> toReal(const HostTensor &tensor);

/// Stores the real values that `op` computes in a tensor: as they are, or quantized to its type by
/// the profile of `op`.
void fromReal(mlir::Operation *op, std::vector<float> values, HostTensor &tensor);

/// q - z of every element of a tensor, for exact sums.
template <typename T> std::vector<T> withoutZeroPoint(const HostTensor &tensor) {
  Quantization quantization(tensor);
  std::vector<T> differences;
  differences.reserve(tensor.integers().size());
  for (auto [i, code] : llvm::enumerate(tensor.integers()))
    differences.push_back(static_cast<T>(code) - static_cast<T>(quantization.getZeroPoint(i)));
  return differences;
}

/// The positions, in a tensor with `strides` and first element `base`, of the elements of a view of
/// `shape`, row major.
std::vector<int64_t> stridedPositions(llvm::ArrayRef<int64_t> shape,
                                      llvm::ArrayRef<int64_t> strides, int64_t base = 0);

/// Row-major strides of `shape`.
llvm::SmallVector<int64_t> rowMajorStrides(llvm::ArrayRef<int64_t> shape);

/// For each element of `to`, the position of the element of `from` that numpy broadcasts to it.
std::vector<int64_t> broadcastPositions(llvm::ArrayRef<int64_t> from, llvm::ArrayRef<int64_t> to);

} // namespace nnq::reference

#endif // NNQ_LIB_REFERENCE_NUMERICS_H
