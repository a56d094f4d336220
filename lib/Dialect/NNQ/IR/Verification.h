// Rules that the verifiers of several themes share.

#ifndef NNQ_LIB_DIALECT_NNQ_IR_VERIFICATION_H
#define NNQ_LIB_DIALECT_NNQ_IR_VERIFICATION_H

#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"

namespace nnq {

/// types (T1) to (T3): what upstream's quantized types let through and no kernel could honour.
mlir::LogicalResult verifyQuantizedTypes(mlir::Operation *op);

/// The result's shape must be the inferred one; the message gives both.
mlir::LogicalResult verifyInferredShape(mlir::Operation *op);

/// types (T4): operands and results of an operation that only moves values have one element type.
mlir::LogicalResult verifySameElementType(mlir::Operation *op);

/// The shape that numpy's rules broadcast `shapes` to, or failure.
mlir::FailureOr<llvm::SmallVector<int64_t>> broadcastShapes(llvm::ArrayRef<llvm::ArrayRef<int64_t>> shapes);

/// emitOptionalError with the operation's name in front, for shape inference, where no operation exists yet.
template <typename... Args>
mlir::LogicalResult shapeError(std::optional<mlir::Location> loc, llvm::StringRef op, Args &&...args) {
  return mlir::emitOptionalError(loc, "'nnq.", op, "' op ", std::forward<Args>(args)...);
}

inline llvm::ArrayRef<int64_t> shapeOf(mlir::Value value) { return mlir::cast<mlir::ShapedType>(value.getType()).getShape(); }

} // namespace nnq

#endif // NNQ_LIB_DIALECT_NNQ_IR_VERIFICATION_H
