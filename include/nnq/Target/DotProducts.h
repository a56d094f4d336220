// What families write their dot products, and look-ups, with.

#ifndef NNQ_TARGET_DOTPRODUCTS_H
#define NNQ_TARGET_DOTPRODUCTS_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"

namespace mlir {
class RewritePatternSet;
} // namespace mlir

namespace nnq {

/// The result of LLVM's intrinsic of that name.
mlir::Value callIntrinsic(mlir::OpBuilder &builder, mlir::Location loc, mlir::Type type,
                          llvm::StringRef name, mlir::ValueRange operands);

/// The bits of `vector`, seen as one integer of their total width, in each lane of a vector that
/// has as many bits as `type`; the result is cast to `type`.
mlir::Value broadcastBits(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value vector,
                          mlir::VectorType type);

/// Bytes as words of 16 bits.
mlir::Value widenToWords(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value bytes,
                         bool isUnsigned);

/// The operand of `math.roundeven` below `toInt`, if that is from f32 to i32; else null.
mlir::Value matchRoundToInt(mlir::arith::FPToSIOp toInt);

/// LLVM's intrinsic that replaces each of so many bytes by the one at its index in a table: of 64
/// bytes, or of the 16 around it. Its operands are the table, which is repeated, and the indices.
struct ByteShuffle {
  int64_t table, bytes;
  llvm::StringRef intrinsic;
};

/// nnq_kernel.lookup -> shuffles of bytes, the widest that divide it. `shuffles`, widest first, live
/// as long as the program.
void populateLookupPatterns(mlir::RewritePatternSet &patterns,
                            llvm::ArrayRef<ByteShuffle> shuffles);

} // namespace nnq

#endif // NNQ_TARGET_DOTPRODUCTS_H
