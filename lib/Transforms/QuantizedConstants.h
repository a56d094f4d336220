// Constants and bounds in the codes of a quantized type. Apart because the quantizer and the
// folding of QDQ networks must round alike.

#ifndef NNQ_LIB_TRANSFORMS_QUANTIZEDCONSTANTS_H
#define NNQ_LIB_TRANSFORMS_QUANTIZEDCONSTANTS_H

#include "nnq/Dialect/NNQ/IR/NNQOps.h"

namespace nnq {

/// True if quantizing to `type` sends every real outside `bounds` to the code of the nearer bound:
/// clamping first changes no bit.
bool saturatesInside(mlir::quant::UniformQuantizedType type, std::pair<double, double> bounds);

/// True if a code of `type` stands for `value`.
bool isExact(mlir::quant::UniformQuantizedType type, double value);

/// A float constant in the codes of `type`, or null if it is no f32 constant or the storage is not
/// 8 bits.
ConstantOp quantizeConstant(mlir::OpBuilder &builder, mlir::Value constant,
                            mlir::quant::UniformQuantizedType type);

/// A float bias in the codes of `type` (`getBiasType`), or null (no constant, or out of range).
ConstantOp quantizeBiasConstant(mlir::OpBuilder &builder, mlir::Value bias,
                                mlir::quant::QuantizedType type);

/// Weights and bias (null where the operation has none) of an accumulation on an input of
/// `inputType`.
struct QuantizedParameters {
  ConstantOp weights;
  ConstantOp bias;
};

/// Quantizes the constant float parameters of `op` to 8 bits, per output channel or per tensor,
/// such that no bias is out of range and no accumulator of the actual weights can overflow. Emits
/// an error and fails on a NaN or an infinity.
mlir::FailureOr<QuantizedParameters> quantizeParameters(mlir::OpBuilder &builder, AccumulatingOp op,
                                                        mlir::quant::UniformQuantizedType inputType,
                                                        bool perChannel);

} // namespace nnq

#endif // NNQ_LIB_TRANSFORMS_QUANTIZEDCONSTANTS_H
