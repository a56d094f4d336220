// The formula that a value of the IR is computed by.

#ifndef NNQ_LIB_TRANSFORMS_FORMULAREADER_H
#define NNQ_LIB_TRANSFORMS_FORMULAREADER_H

#include "Formula.h"

namespace nnq {

/// Reads elementwise operations on floats, and reductions whose results are broadcast again, up to
/// the value `x`. All other values are leaves. Reshapes and broadcasts do not count where they only
/// add, remove or fill dimensions of reduced tensors.
class FormulaReader {
public:
  /// `onlyX`: values other than `x` and numbers are no leaves; what has them can't be read.
  FormulaReader(FormulaPool &pool, mlir::Value x, bool onlyX);

  /// The formula of `root`, which has the shape of x; nothing if it can't be read, or is too large.
  std::optional<Formula> read(mlir::Value root);

private:
  /// `value` whose elements, row by row, are those of a tensor of `shape`, which has x's rank.
  std::optional<Formula> read(mlir::Value value, llvm::ArrayRef<int64_t> shape);
  std::optional<Formula> readOperation(mlir::Operation *op, llvm::ArrayRef<int64_t> shape,
                                       bool isInPlace);
  std::optional<Formula> readElementwise(mlir::Operation *op,
                                         llvm::ArrayRef<Formula> operands) const;

  FormulaPool &pool;
  mlir::Value x;
  llvm::ArrayRef<int64_t> xShape;
  bool onlyX;
  unsigned numRead = 0;
};

/// The values of the shape of `root` that it may be a function of, those defined first in front:
/// what `FormulaReader` passes on the way, but for constants and `root` itself. `hasReductions`
/// tells whether reductions are on the way.
llvm::SmallVector<mlir::Value> getArguments(mlir::Value root, bool &hasReductions);

/// The one number that all elements of an f32 constant are.
std::optional<float> getSplat(mlir::Value value);

} // namespace nnq

#endif // NNQ_LIB_TRANSFORMS_FORMULAREADER_H
