// The sum of a layer's input over the window of each result pixel: what the part of the weights
// beyond 8 bits, the same for a whole channel, multiplies. Apart because what is cheap depends on
// the window, and on nothing else of the layer.

#ifndef NNQ_LIB_CONVERSION_NNQTOLINALG_ROWSUMS_H
#define NNQ_LIB_CONVERSION_NNQTOLINALG_ROWSUMS_H

#include "mlir/IR/AffineMap.h"
#include "mlir/IR/Builders.h"

namespace nnq {

/// The loop nest of a layer: its result's dimensions, of which `channelDims` name the output
/// channel, and reductions behind them, the input channels last.
struct Nest {
  llvm::SmallVector<int64_t> shape;
  llvm::SmallVector<unsigned> channelDims;
  unsigned numReductions;
  mlir::AffineMap inputMap, weightMap;
};

/// A tensor of sums and where the parallel loops of the nest find theirs.
struct RowSums {
  mlir::Value sums;
  mlir::AffineMap map;
};

/// `factor` times the sum of the codes of `input`, in i32, over the window of each row of `nest`:
/// of all its loops but the last parallel one, which is the weights' alone. `window` are the sizes
/// of its reductions without the channels.
RowSums emitRowSums(mlir::OpBuilder &builder, mlir::Location loc, const Nest &nest,
                    llvm::ArrayRef<int64_t> window, mlir::Value input, bool isSigned,
                    int32_t factor);

} // namespace nnq

#endif // NNQ_LIB_CONVERSION_NNQTOLINALG_ROWSUMS_H
