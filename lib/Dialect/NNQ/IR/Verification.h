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

/// The dimensions that the scales of a quantized type run along: none where the tensor has one
/// scale.
llvm::SmallVector<int64_t> getScaledDims(mlir::Type type);

/// A type names its axis by number, so an operation that moves values leaves that dimension where
/// it is. `stays` says of a dimension of operand 0 whether it does.
mlir::LogicalResult verifyScaledDimsStay(mlir::Operation *op,
                                         llvm::function_ref<bool(int64_t dim)> stays);

/// A shape or another list as the messages print it: [1, 2].
std::string toText(llvm::ArrayRef<int64_t> values);

/// The shape that numpy's rules broadcast `shapes` to, or failure.
mlir::FailureOr<llvm::SmallVector<int64_t>>
broadcastShapes(llvm::ArrayRef<llvm::ArrayRef<int64_t>> shapes);

/// emitOptionalError with the operation's name in front, for shape inference, where no operation
/// exists yet.
template <typename... Args>
mlir::LogicalResult shapeError(std::optional<mlir::Location> loc, llvm::StringRef op,
                               Args &&...args) {
  return mlir::emitOptionalError(loc, "'nnq.", op, "' op ", std::forward<Args>(args)...);
}

inline llvm::ArrayRef<int64_t> shapeOf(mlir::Value value) {
  return mlir::cast<mlir::ShapedType>(value.getType()).getShape();
}

} // namespace nnq

#endif // NNQ_LIB_DIALECT_NNQ_IR_VERIFICATION_H
