// What elementwise operations share, whatever their theme.

#ifndef NNQ_LIB_DIALECT_NNQ_IR_BROADCASTING_H
#define NNQ_LIB_DIALECT_NNQ_IR_BROADCASTING_H

#include "nnq/Dialect/NNQ/IR/NNQOps.h"

namespace nnq {

/// elementwise (C1): the shape that numpy broadcasts `operands` to; an error of operation `name`
/// where there is none.
mlir::LogicalResult inferBroadcast(std::optional<mlir::Location> loc, llvm::StringRef name,
                                   mlir::ValueRange operands,
                                   llvm::SmallVectorImpl<mlir::ShapedTypeComponents> &shapes);

/// LayoutPermutableOp::permuteDims of an elementwise operation: `op` on `operands`, its attributes
/// kept. Null where a type names dimensions by number.
mlir::Operation *permuteElementwise(mlir::Operation *op, mlir::OpBuilder &builder,
                                    mlir::ValueRange operands, llvm::ArrayRef<int64_t> permutation);

/// The shape of an elementwise operation of the class `OpTy`, and what becomes of it where its
/// dimensions are permuted.
#define NNQ_ELEMENTWISE_SHAPE(OpTy, mnemonic)                                                      \
  mlir::LogicalResult OpTy::inferReturnTypeComponents(                                             \
      mlir::MLIRContext *, std::optional<mlir::Location> loc, Adaptor op,                          \
      mlir::SmallVectorImpl<mlir::ShapedTypeComponents> &shapes) {                                 \
    return inferBroadcast(loc, mnemonic, op.getOperands(), shapes);                                \
  }                                                                                                \
  mlir::Operation *OpTy::permuteDims(mlir::OpBuilder &builder, mlir::ValueRange operands,          \
                                     mlir::ArrayRef<int64_t> permutation) {                        \
    return permuteElementwise(*this, builder, operands, permutation);                              \
  }

} // namespace nnq

#endif // NNQ_LIB_DIALECT_NNQ_IR_BROADCASTING_H
