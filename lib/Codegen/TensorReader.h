// Reads elements of tensors inside a loop nest, computing on the spot what is not in memory.

#ifndef NNQ_LIB_CODEGEN_TENSORREADER_H
#define NNQ_LIB_CODEGEN_TENSORREADER_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/AffineMap.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/DenseMap.h"

#include <functional>
#include <optional>

namespace nnq {

/// The point that a loop nest stands at: one index per loop. `width` neighbouring points along loop
/// `vectorDim` are computed at once; without a `vectorDim` values are scalars.
struct NestPoint {
  llvm::SmallVector<mlir::OpFoldResult> indices;
  std::optional<unsigned> vectorDim;
  int64_t width = 0;
};

/// Reads tensors at points of a nest. A tensor is in memory, or bound to a value (an accumulator in
/// registers), or computed by an operation that is evaluated in place: the result is `vector<width
/// x T>`, or a scalar where all lanes hold the same.
class TensorReader {
public:
  /// Tensor values and the memory they are in.
  llvm::DenseMap<mlir::Value, mlir::Value> memory;
  /// Tensor values held in registers at the current point.
  llvm::DenseMap<mlir::Value, mlir::Value> bound;

  /// The elements of `tensor` at `coordinates` (a map from the nest's loops to the tensor's
  /// dimensions).
  mlir::Value read(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value tensor,
                   mlir::AffineMap coordinates, const NestPoint &point);

  /// The results of a generic's body at `point`, whose indices are those of the generic's own
  /// loops. `accumulator`, if given, stands for the generic's init operand.
  mlir::Value computeBody(mlir::OpBuilder &builder, mlir::linalg::GenericOp op,
                          const NestPoint &point, mlir::AffineMap loops,
                          mlir::Value accumulator = {});

private:
  mlir::Value load(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value memref,
                   mlir::AffineMap coordinates, const NestPoint &point);
  mlir::Value lookUp(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value memref,
                     mlir::ValueRange indices, int64_t width);
};

/// `value` as `vector<width x T>`; a scalar is broadcast. Width 0 leaves scalars alone.
mlir::Value toVector(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value value,
                     int64_t width);

/// Index values of a map's results at `indices`.
llvm::SmallVector<mlir::Value> applyMap(mlir::OpBuilder &builder, mlir::Location loc,
                                        mlir::AffineMap map,
                                        llvm::ArrayRef<mlir::OpFoldResult> indices);

/// True if the generic has no reduction loop.
bool isElementwise(mlir::linalg::GenericOp op);

} // namespace nnq

#endif // NNQ_LIB_CODEGEN_TENSORREADER_H
