// Contractions of bytes to the dot products of x86.

#ifndef NNQ_CONVERSION_VECTORTOX86_VECTORTOX86_H
#define NNQ_CONVERSION_VECTORTOX86_VECTORTOX86_H

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
namespace vector {
class VectorDialect;
}
} // namespace mlir

namespace nnq {

/// The dot product of `target`, and rounding to integers. Fails if the dot product is not one of
/// x86.
llvm::LogicalResult populateVectorToX86DotPatterns(mlir::RewritePatternSet &patterns,
                                                   const TargetDescription &target);

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "nnq/Conversion/VectorToX86/VectorToX86Passes.h.inc"

} // namespace nnq

#endif // NNQ_CONVERSION_VECTORTOX86_VECTORTOX86_H
