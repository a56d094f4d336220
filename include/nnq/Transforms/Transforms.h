// Patterns of the passes on networks, for other compilers.

#ifndef NNQ_TRANSFORMS_TRANSFORMS_H
#define NNQ_TRANSFORMS_TRANSFORMS_H

namespace mlir {
class RewritePatternSet;
} // namespace mlir

namespace nnq {

/// Transposes move until they cancel, or reach an input, an output or weights.
void populatePropagateLayoutPatterns(mlir::RewritePatternSet &patterns);

/// Normalizations, and per-channel products and sums, go into the weights in front of them.
void populateFoldBatchNormPatterns(mlir::RewritePatternSet &patterns);

/// Dequantizations go into the operations behind them, which become integer ones.
void populateFoldQDQPatterns(mlir::RewritePatternSet &patterns);

/// Those of weights alone. Apply them when the patterns above find nothing any more: an input may
/// still become quantized.
void populateFoldWeightDequantizePatterns(mlir::RewritePatternSet &patterns);

/// Activation and quantization go into the operation in front.
void populateFuseRequantizePatterns(mlir::RewritePatternSet &patterns);

} // namespace nnq

#endif // NNQ_TRANSFORMS_TRANSFORMS_H
