// What no scale holds: values that are not finite, or of magnitudes that scales do not have.

#ifndef NNQ_LIB_TRANSFORMS_SCALELIMITS_H
#define NNQ_LIB_TRANSFORMS_SCALELIMITS_H

#include "nnq/Dialect/NNQ/IR/NNQOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseSet.h"

namespace nnq {

/// Values that are not finite because constants are not, as scores behind a mask of minus infinity:
/// these constants, and what elementwise operations and moves make of them. They have no range.
llvm::DenseSet<mlir::Value> findNonFiniteValues(mlir::func::FuncOp func);

/// Why `op` can't compute on codes of the values that it reads and gives, by their annotated ranges
/// and its weights: they are so small that the least scale would make them zeros, or so large that
/// products of scales may leave f32. Empty if it can.
std::string reasonByMagnitude(QuantizableOp op);

} // namespace nnq

#endif // NNQ_LIB_TRANSFORMS_SCALELIMITS_H
