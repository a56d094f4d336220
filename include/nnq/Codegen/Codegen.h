// Patterns of code generation, for other compilers.

#ifndef NNQ_CODEGEN_CODEGEN_H
#define NNQ_CODEGEN_CODEGEN_H

namespace mlir {
class RewritePatternSet;
} // namespace mlir

namespace nnq {

/// Padding becomes `nnq.pad`, transposed convolutions become convolutions, splits become slices, a
/// computed bias is added behind its layer.
void populateDecomposeLayersPatterns(mlir::RewritePatternSet &patterns);

/// 1x1 convolutions become `nnq.fully_connected` on rank 2, and reshapes sink below elementwise
/// operations.
void populateCollapseDimsPatterns(mlir::RewritePatternSet &patterns);

/// `nnq_kernel.contract` becomes `linalg.generic`: one, or with blocks one for their sums and one
/// that adds these up.
void populateGeneralizeContractionPatterns(mlir::RewritePatternSet &patterns);

/// Functions of the C library become polynomials, in the steps of
/// nnq/Quantization/ElementaryFunctions.h or of upstream.
void populateApproximateMathPatterns(mlir::RewritePatternSet &patterns);

} // namespace nnq

#endif // NNQ_CODEGEN_CODEGEN_H
