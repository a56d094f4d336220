// The numerics profile of an operation, and arithmetic that profiles share.

#ifndef NNQ_DIALECT_NNQ_IR_NUMERICS_H
#define NNQ_DIALECT_NNQ_IR_NUMERICS_H

#include "nnq/Dialect/NNQ/IR/NNQDialect.h"
#include "nnq/Quantization/QuantParams.h"

namespace nnq {
class NumericsProfile;

namespace detail {
// What methods of NumericsProfile do by default.
double getFactorInF32(llvm::ArrayRef<double> numerators, llvm::ArrayRef<double> denominators);
mlir::TypedAttr getMultiplierInF32(mlir::MLIRContext *context, double factor);
mlir::Value emitRequantizeInF32(NumericsProfile profile, mlir::OpBuilder &builder,
                                mlir::Location loc, mlir::Value accumulator, mlir::Value multiplier,
                                double largest, mlir::quant::QuantizedType type,
                                mlir::Value zeroPoint);
} // namespace detail
} // namespace nnq

#include "nnq/Dialect/NNQ/IR/NNQNumerics.h.inc"

namespace nnq {

/// The profile that holds for `op`: that of the innermost `nnq.profile` on it or around it;
/// `#nnq.onnx` where there is none.
NumericsProfile getNumerics(mlir::Operation *op);

/// Gives `to`, which takes the place of `from`, the profile that `from` has of its own.
void keepNumerics(mlir::Operation *from, mlir::Operation *to);

} // namespace nnq

#endif // NNQ_DIALECT_NNQ_IR_NUMERICS_H
