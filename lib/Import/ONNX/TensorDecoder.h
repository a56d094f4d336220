// Decodes the little-endian elements of ONNX tensors.

#ifndef NNQ_LIB_IMPORT_ONNX_TENSORDECODER_H
#define NNQ_LIB_IMPORT_ONNX_TENSORDECODER_H

#include "HostTensor.h"

namespace nnq::onnximport {

/// Bits of one element in raw data, or 0 if the type can't be read.
unsigned bitsOf(DataType type);

/// The bytes that `count` elements take; 4-bit elements lie two to a byte.
inline int64_t bytesOf(DataType type, int64_t count) { return (count * bitsOf(type) + 7) / 8; }

/// A tensor of `bytes`, which has `bytesOf(type, elements of shape)` bytes. Refers to the bytes,
/// and keeps `owner`, where they need no conversion.
HostTensor decodeRaw(DataType type, llvm::ArrayRef<int64_t> shape, llvm::StringRef bytes,
                     std::shared_ptr<const void> owner);

/// A tensor of the integers that ONNX keeps in `int32_data`, `int64_data` or `uint64_data`: values,
/// bit patterns of 16-bit floats, or bytes of two 4-bit values.
HostTensor decodeTyped(DataType type, llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<int64_t> codes);

} // namespace nnq::onnximport

#endif // NNQ_LIB_IMPORT_ONNX_TENSORDECODER_H
