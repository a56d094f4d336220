// The lowering of the nnq dialect to linalg, as a pass and as patterns for other compilers.

#ifndef NNQ_CONVERSION_NNQTOLINALG_NNQTOLINALG_H
#define NNQ_CONVERSION_NNQTOLINALG_NNQTOLINALG_H

#include "mlir/Pass/Pass.h"

namespace mlir {
class RewritePatternSet;
class TypeConverter;
} // namespace mlir

namespace nnq {
#define GEN_PASS_DECL
#include "nnq/Conversion/NNQToLinalg/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "nnq/Conversion/NNQToLinalg/Passes.h.inc"

/// Quantized tensors to tensors of their storage integers; other types stay.
void populateStorageTypeConversions(mlir::TypeConverter &converter);

/// Patterns for all operations. Products become `nnq_kernel.contract`; a further pattern of
/// nnq/Codegen/Codegen.h makes `linalg.generic` of these.
void populateNNQToLinalgPatterns(const mlir::TypeConverter &converter,
                                 mlir::RewritePatternSet &patterns);

/// The same theme by theme.
void populateMatrixToLinalgPatterns(const mlir::TypeConverter &converter,
                                    mlir::RewritePatternSet &patterns);
void populateMatMulToLinalgPatterns(const mlir::TypeConverter &converter,
                                    mlir::RewritePatternSet &patterns);
void populateElementwiseToLinalgPatterns(const mlir::TypeConverter &converter,
                                         mlir::RewritePatternSet &patterns);
void populateRequantizeToLinalgPatterns(const mlir::TypeConverter &converter,
                                        mlir::RewritePatternSet &patterns);
void populatePoolingToLinalgPatterns(const mlir::TypeConverter &converter,
                                     mlir::RewritePatternSet &patterns);
void populateNormalizationToLinalgPatterns(const mlir::TypeConverter &converter,
                                           mlir::RewritePatternSet &patterns);
void populateShapeToLinalgPatterns(const mlir::TypeConverter &converter,
                                   mlir::RewritePatternSet &patterns);
void populateImageToLinalgPatterns(const mlir::TypeConverter &converter,
                                   mlir::RewritePatternSet &patterns);
void populateIntegerToLinalgPatterns(const mlir::TypeConverter &converter,
                                     mlir::RewritePatternSet &patterns);
void populateIndexToLinalgPatterns(const mlir::TypeConverter &converter,
                                   mlir::RewritePatternSet &patterns);

} // namespace nnq

#endif // NNQ_CONVERSION_NNQTOLINALG_NNQTOLINALG_H
