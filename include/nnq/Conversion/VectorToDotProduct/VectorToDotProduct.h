// Contractions of integers to the dot products of a target, as a pass and as patterns for other
// compilers.

#ifndef NNQ_CONVERSION_VECTORTODOTPRODUCT_VECTORTODOTPRODUCT_H
#define NNQ_CONVERSION_VECTORTODOTPRODUCT_VECTORTODOTPRODUCT_H

#include "nnq/Target/Target.h"

#include "mlir/Pass/Pass.h"

namespace mlir {
class RewritePatternSet;
namespace arith {
class ArithDialect;
}
namespace vector {
class VectorDialect;
}
} // namespace mlir

namespace nnq {

/// The dot products of the target's rows and what its family adds. They write operations of
/// TargetFamily::getDependentDialects.
void populateVectorToDotProductPatterns(mlir::RewritePatternSet &patterns,
                                        const TargetDescription &target);

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "nnq/Conversion/VectorToDotProduct/Passes.h.inc"

} // namespace nnq

#endif // NNQ_CONVERSION_VECTORTODOTPRODUCT_VECTORTODOTPRODUCT_H
