// Contractions of bytes to the dot products of NEON.

#ifndef NNQ_CONVERSION_VECTORTOARMNEON_VECTORTOARMNEON_H
#define NNQ_CONVERSION_VECTORTOARMNEON_VECTORTOARMNEON_H

#include "nnq/Target/Target.h"

#include "mlir/Pass/Pass.h"

namespace mlir {
class RewritePatternSet;
namespace LLVM {
class LLVMDialect;
}
namespace arith {
class ArithDialect;
}
namespace memref {
class MemRefDialect;
}
namespace ub {
class UBDialect;
}
namespace vector {
class VectorDialect;
}
} // namespace mlir

namespace nnq {

/// The dot product of `target`, and rounding to integers. Fails if the dot product is not one of
/// NEON.
llvm::LogicalResult populateVectorToArmNeonDotPatterns(mlir::RewritePatternSet &patterns,
                                                       const TargetDescription &target);

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "nnq/Conversion/VectorToArmNeon/VectorToArmNeonPasses.h.inc"

} // namespace nnq

#endif // NNQ_CONVERSION_VECTORTOARMNEON_VECTORTOARMNEON_H
