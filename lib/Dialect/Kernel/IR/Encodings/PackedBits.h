// Weights of few bits, several in a byte: what the encodings of them share.

#ifndef NNQ_LIB_DIALECT_KERNEL_IR_ENCODINGS_PACKEDBITS_H
#define NNQ_LIB_DIALECT_KERNEL_IR_ENCODINGS_PACKEDBITS_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"

namespace nnq {

/// Weights of `bits` bits, 8 / bits to a byte. That of the first step is in the lowest bits. In
/// registers signed ones stand in the highest bits of a byte, where they have their sign for nothing.
struct PackedBits {
  unsigned bits;

  int64_t weightsPerByte() const { return 8 / bits; }
  /// What weights in the highest bits are multiplied by.
  int64_t factor() const { return int64_t(1) << (8 - bits); }
  /// How many products of these and bytes of any sign a sum in i32 holds.
  int64_t productLimit() const;
  /// Bytes of the lowest bits of `get(at, step)`, the steps of a byte one after the other.
  mlir::ElementsAttr pack(int64_t size, llvm::function_ref<int64_t(int64_t, int64_t)> get,
                          mlir::MLIRContext *context) const;
  /// Of signed weights; see WeightEncoding.
  mlir::ElementsAttr pack(mlir::ElementsAttr weights, int64_t size,
                          llvm::function_ref<int64_t(int64_t, int64_t)> source) const;
  mlir::Value unpack(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value packed,
                     int64_t step) const;
};

/// Bytes as f32.
mlir::Value convertToFloat(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value bytes);

} // namespace nnq

#endif // NNQ_LIB_DIALECT_KERNEL_IR_ENCODINGS_PACKEDBITS_H
