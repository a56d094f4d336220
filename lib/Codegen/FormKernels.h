// Rewrites of a network in front of outlining: layers in the few forms that kernels are written
// for.

#ifndef NNQ_LIB_CODEGEN_FORMKERNELS_H
#define NNQ_LIB_CODEGEN_FORMKERNELS_H

#include "mlir/IR/PatternMatch.h"

namespace nnq {

/// Padding becomes `nnq.pad`, transposed convolutions become convolutions, splits become slices.
void populateDecomposePatterns(mlir::RewritePatternSet &patterns);

/// 1x1 convolutions become `nnq.fully_connected` on rank 2, and reshapes sink below elementwise
/// operations.
void populateCollapsePatterns(mlir::RewritePatternSet &patterns);

/// Rewrites a chain of elementwise operations whose results have one shape to rank 1, or to rank 2
/// where an operand has one element per channel. `ops` are in order, and each but the last is used
/// inside the chain only. Leaves the chain alone where an operand is broadcast along other
/// dimensions.
void collapseElementwiseChain(mlir::OpBuilder &builder, llvm::ArrayRef<mlir::Operation *> ops);

} // namespace nnq

#endif // NNQ_LIB_CODEGEN_FORMKERNELS_H
