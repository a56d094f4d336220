// How the integers of an ONNX tensor stand for reals: the operands of QuantizeLinear.

#ifndef NNQ_LIB_IMPORT_ONNX_QUANTIZATION_H
#define NNQ_LIB_IMPORT_ONNX_QUANTIZATION_H

#include "HostTensor.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"

namespace nnq::onnximport {

/// The storage of an integer type that codes may have.
struct Storage {
  unsigned bits;
  bool isSigned;
  int64_t min() const { return isSigned ? -(int64_t{1} << (bits - 1)) : 0; }
  int64_t max() const { return (int64_t{1} << (isSigned ? bits - 1 : bits)) - 1; }
};

/// Nothing if tensors of `type` can't be quantized: 64 bits, UINT32, BOOL, floats.
std::optional<Storage> storageOf(DataType type);

/// real = (code - zero point) * scale, in f32.
struct Quantization {
  enum class Granularity { Tensor, Axis, Block };

  DataType type = DataType::UInt8;
  Granularity granularity = Granularity::Tensor;
  int64_t axis = 0;      ///< of Axis and Block
  int64_t blockSize = 1; ///< indices along `axis` that share a scale
  Shape scaleShape;      ///< of the scales: {}, the dimension of `axis`, or one for each block
  std::vector<float> scales;
  std::vector<int64_t> zeroPoints;   ///< as many as scales
  std::optional<int64_t> limit = {}; ///< codes are known to be in [-limit, limit]

  static Quantization perTensor(DataType type, float scale, int64_t zeroPoint) {
    return {type, Granularity::Tensor, 0, 1, {}, {scale}, {zeroPoint}};
  }
  /// Codes as they are: scale 1, zero point 0.
  static Quantization raw(DataType type) { return perTensor(type, 1, 0); }
  /// Whole numbers of 16 bits, at most `limit` from 0.
  static Quantization wholeNumbers(int64_t limit) {
    Quantization result = raw(DataType::Int16);
    result.limit = limit;
    return result;
  }

  bool operator==(const Quantization &other) const;

  /// The type of elements of a tensor of `shape`, whose blocks have been checked.
  mlir::quant::QuantizedType getType(mlir::MLIRContext *context,
                                     llvm::ArrayRef<int64_t> shape) const;

  /// The same for a tensor whose dimensions are permuted.
  Quantization transposed(llvm::ArrayRef<int64_t> permutation) const;
  /// The same for a tensor of another shape; nothing if the scaled dimension is split or merged.
  std::optional<Quantization> reshaped(llvm::ArrayRef<int64_t> from,
                                       llvm::ArrayRef<int64_t> to) const;
};

/// f32(code - zero point) * scale of each code.
HostTensor dequantize(const HostTensor &codes, const Quantization &quantization);
/// The same reals by positive scales: codes of a negative one change their sign, around the zero
/// point or, where a code has no opposite there, with it; those of a scale of 0 are zero points.
void makeScalesPositive(HostTensor &codes, Quantization &quantization);
/// saturate(rint(x / scale) + zero point) of each float.
HostTensor quantize(const HostTensor &reals, const Quantization &quantization);

} // namespace nnq::onnximport

#endif // NNQ_LIB_IMPORT_ONNX_QUANTIZATION_H
