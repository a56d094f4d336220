// How a step of a contraction multiplies rows by columns, and in what form loops carry the sums.

#ifndef NNQ_LIB_CODEGEN_DOTSCHEME_H
#define NNQ_LIB_CODEGEN_DOTSCHEME_H

#include "Contraction.h"

#include <memory>

namespace nnq {

/// Rows and columns of a tile, or of what is left of one at an edge.
struct TileSize {
  int64_t rows, columns;
};

/// One way to multiply. Sums are `rows x columns` vectors of `channels` lanes, row-major.
class DotScheme {
public:
  /// Loads the elements of a row that a step multiplies.
  using LoadRow = llvm::function_ref<mlir::Value(int64_t row)>;
  /// Loads `count` packed elements of a step, from the one at `at` on.
  using LoadPacked = llvm::function_ref<mlir::Value(int64_t at, int64_t count)>;

  DotScheme(mlir::OpBuilder &builder, mlir::Location loc, const ContractionTiling &tiling)
      : b(builder), loc(loc), channels(tiling.channels), depth(tiling.depth) {}

  virtual ~DotScheme() = default;

  /// The form in which loops carry the sums.
  virtual llvm::SmallVector<mlir::Value> enter(llvm::SmallVector<mlir::Value> sums, TileSize) {
    return sums;
  }
  /// The sums again.
  virtual llvm::SmallVector<mlir::Value> leave(llvm::SmallVector<mlir::Value> carried, TileSize) {
    return carried;
  }
  /// Adds the products of a step: each row by the unpacked weights of each column.
  virtual llvm::SmallVector<mlir::Value> multiply(llvm::SmallVector<mlir::Value> carried,
                                                  llvm::ArrayRef<mlir::Value> weights,
                                                  TileSize size, LoadRow loadRow) = 0;

  /// The same for a step of weights that are stored in part; only schemes for those have it.
  virtual llvm::SmallVector<mlir::Value> multiplyStored(llvm::SmallVector<mlir::Value> carried,
                                                        LoadPacked load, TileSize size,
                                                        LoadRow loadRow);

protected:
  mlir::OpBuilder &b;
  mlir::Location loc;
  const int64_t channels, depth;
};

/// The scheme for `contraction`: `fma` for floats; for integers one `vector.contract` per sum, or
/// per two rows by two channels where the target's dot product is that of two rows; by selected
/// inputs where only some weights are stored.
std::unique_ptr<DotScheme> createDotScheme(mlir::OpBuilder &builder, mlir::Location loc,
                                           const Contraction &contraction,
                                           const ContractionTiling &tiling);

} // namespace nnq

#endif // NNQ_LIB_CODEGEN_DOTSCHEME_H
