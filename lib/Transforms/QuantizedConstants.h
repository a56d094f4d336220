// Constants and bounds in the codes of a quantized type. Apart because the quantizer and the
// folding of QDQ networks must round alike.

#ifndef NNQ_LIB_TRANSFORMS_QUANTIZEDCONSTANTS_H
#define NNQ_LIB_TRANSFORMS_QUANTIZEDCONSTANTS_H

#include "QuantizationRules.h"

#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Dialect/NNQ/IR/Numerics.h"

namespace nnq {

/// True if quantizing to `type` sends every real outside `bounds` to the code of the nearer bound:
/// clamping first changes no bit.
bool saturatesInside(NumericsProfile numerics, mlir::quant::UniformQuantizedType type,
                     std::pair<double, double> bounds);

/// True if a code of `type` stands for `value`.
bool isExact(mlir::quant::UniformQuantizedType type, double value);

/// A float constant in the codes of `type`, or null if it is no f32 constant or the storage is not
/// 8 bits.
ConstantOp quantizeConstant(NumericsProfile numerics, mlir::OpBuilder &builder,
                            mlir::Value constant, mlir::quant::UniformQuantizedType type);

/// A float bias in the codes of `type` (`getBiasType`), or null (no constant, or out of range).
ConstantOp quantizeBiasConstant(NumericsProfile numerics, mlir::OpBuilder &builder,
                                mlir::Value bias, mlir::quant::QuantizedType type);

/// The element type of signed weights of `shape` without zero points, in a format; of a codebook,
/// with its `levels`. Scales are one for the tensor, one for each output channel, or, unless
/// `block` is 0, in the order [output channel][block of so many input channels], at all positions
/// between.
mlir::Type getWeightType(mlir::MLIRContext *context, const WeightFormat &format,
                         llvm::ArrayRef<int8_t> levels, llvm::ArrayRef<float> scales,
                         llvm::ArrayRef<int64_t> shape, int64_t block,
                         WeightGranularity granularity);

/// Weights and bias (null where the operation has none) of an accumulation on an input of
/// `inputType`.
struct QuantizedParameters {
  ConstantOp weights;
  ConstantOp bias;
};

/// Quantizes the constant float parameters of `op`: weights of the scheme's format, per output
/// channel or per tensor, such that no bias is out of range and no accumulator of the actual
/// weights can overflow; or in blocks of `scheme.weightBlock` input channels, with the bias left in
/// f32. Weights that the scheme prunes keep what is greatest. A remark tells of a layer that such
/// blocks do not divide and that is quantized per channel, and of one that a pattern does not suit
/// and that stays dense.
/// Emits an error and fails on a NaN or an infinity.
mlir::FailureOr<QuantizedParameters> quantizeParameters(mlir::OpBuilder &builder, AccumulatingOp op,
                                                        mlir::quant::UniformQuantizedType inputType,
                                                        const OpScheme &scheme);

} // namespace nnq

#endif // NNQ_LIB_TRANSFORMS_QUANTIZEDCONSTANTS_H
