// The few forms of structured operations that the lowering emits. Parallel dimensions are those of
// the result, in order; reduction dimensions stand behind them.

#ifndef NNQ_LIB_CONVERSION_NNQTOLINALG_STRUCTURED_H
#define NNQ_LIB_CONVERSION_NNQTOLINALG_STRUCTURED_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/PatternMatch.h"

namespace nnq {

/// Emits the element of the result from the elements of the inputs and, last, of the init tensor.
using ElementBody =
    llvm::function_ref<mlir::Value(mlir::OpBuilder &, mlir::Location, mlir::ValueRange)>;

inline llvm::ArrayRef<int64_t> shapeOf(mlir::Value value) {
  return mlir::cast<mlir::RankedTensorType>(value.getType()).getShape();
}

/// The map from `numDims` loops to the named ones.
mlir::AffineMap selectDims(mlir::MLIRContext *context, unsigned numDims,
                           llvm::ArrayRef<unsigned> dims);

/// The map that numpy broadcasts an operand of shape `from` by, in a nest of `numDims` loops whose
/// first are those of `to`.
mlir::AffineMap broadcastMap(mlir::MLIRContext *context, llvm::ArrayRef<int64_t> from,
                             llvm::ArrayRef<int64_t> to, unsigned numDims);

mlir::Value emitEmpty(mlir::OpBuilder &builder, mlir::Location loc, llvm::ArrayRef<int64_t> shape,
                      mlir::Type element);

/// A tensor whose elements are all `value`.
mlir::Value emitFill(mlir::OpBuilder &builder, mlir::Location loc, llvm::ArrayRef<int64_t> shape,
                     mlir::TypedAttr value);

/// A tensor constant.
mlir::Value emitConstant(mlir::OpBuilder &builder, mlir::Location loc, mlir::ElementsAttr value);

/// linalg.generic on `inputs` with `inputMaps`, accumulated into `init`, whose dimensions are the
/// first loops.
mlir::Value emitReduction(mlir::OpBuilder &builder, mlir::Location loc, mlir::ValueRange inputs,
                          llvm::ArrayRef<mlir::AffineMap> inputMaps, mlir::Value init,
                          unsigned numReductions, ElementBody body);

/// linalg.generic without reductions into a new tensor.
mlir::Value emitParallel(mlir::OpBuilder &builder, mlir::Location loc, mlir::ValueRange inputs,
                         llvm::ArrayRef<mlir::AffineMap> inputMaps, llvm::ArrayRef<int64_t> shape,
                         mlir::Type element, ElementBody body);

/// Replaces `op` by a linalg.generic without reductions into a tensor of its result's shape and
/// type in memory.
void replaceByParallel(mlir::RewriterBase &rewriter, mlir::Operation *op, mlir::ValueRange inputs,
                       llvm::ArrayRef<mlir::AffineMap> inputMaps, ElementBody body);

/// The same for a function of the element of `input` at the same place.
void replaceByFunction(
    mlir::RewriterBase &rewriter, mlir::Operation *op, mlir::Value input,
    llvm::function_ref<mlir::Value(mlir::OpBuilder &, mlir::Location, mlir::Value)> function);

/// The elements of `input` at the places that `map` names, for each element of `shape`.
mlir::Value emitMove(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value input,
                     mlir::AffineMap map, llvm::ArrayRef<int64_t> shape);

/// The same elements in another shape: tensor.collapse_shape, tensor.expand_shape, or both by way
/// of rank 1.
mlir::Value emitReshape(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value input,
                        llvm::ArrayRef<int64_t> shape);

/// `input` inside a border of `value`, `low` and `high` wide.
mlir::Value emitPad(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value input,
                    llvm::ArrayRef<int64_t> low, llvm::ArrayRef<int64_t> high,
                    mlir::TypedAttr value);

/// `source` at `offsets` of `target`.
mlir::Value emitInsert(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value source,
                       mlir::Value target, llvm::ArrayRef<int64_t> offsets);

} // namespace nnq

#endif // NNQ_LIB_CONVERSION_NNQTOLINALG_STRUCTURED_H
