// Between codes and reals, element by element: the roundings of docs/Semantics.md in the profile
// `onnx`, as arith operations.

#ifndef NNQ_LIB_CONVERSION_NNQTOLINALG_ROUNDING_H
#define NNQ_LIB_CONVERSION_NNQTOLINALG_ROUNDING_H

#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Quantization/QuantParams.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/Builders.h"

namespace nnq {

/// The type of a value with one scale per tensor, or null.
mlir::quant::UniformQuantizedType perTensorType(mlir::Value value);

/// Whether codes of `type`, which may be null, have a byte in memory.
bool isByte(mlir::quant::UniformQuantizedType type);

mlir::Value emitF32(mlir::OpBuilder &builder, mlir::Location loc, float value);
mlir::Value emitInteger(mlir::OpBuilder &builder, mlir::Location loc, mlir::Type type,
                        int64_t value);

/// `code` widened to `type` by the sign of its storage.
mlir::Value emitExtend(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value code,
                       bool isSigned, mlir::Type type);

/// code - zero point, in `type`, a wider integer.
mlir::Value emitCentred(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value code,
                        mlir::quant::UniformQuantizedType type, mlir::Type wide);

/// f32(code - z) * s.
mlir::Value emitDequantize(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value code,
                           mlir::quant::UniformQuantizedType type);

/// saturate(rint(x / s) + z). NaN gives the least code.
mlir::Value emitQuantize(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value real,
                         mlir::quant::UniformQuantizedType type);

/// saturate(rint(f32(accumulator) * multiplier) + z), for an i32 or i64 accumulator. Where it is
/// i32, no multiplier is above `largestMultiplier`, and that is small, the clamp is one on
/// integers.
mlir::Value emitRequantize(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value accumulator,
                           mlir::Value multiplier, float largestMultiplier,
                           mlir::quant::UniformQuantizedType type);

/// saturate(rint(scaled) + zeroPoint) in a type whose zero points differ: `zeroPoint` is an i32 in
/// its storage range. NaN gives the least code.
mlir::Value emitSaturate(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value scaled,
                         mlir::Value zeroPoint, mlir::quant::QuantizedType type);

/// saturate(rint(scaled) + z), with the parameters of any type of this storage.
mlir::Value emitSaturate(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value scaled,
                         const QuantParams &params, mlir::Type memory);

/// saturate(rint(value)): a code whose zero point is in `value` already, counted from `offset`.
/// Where no value is larger than `largest` and that is small, the clamp is one on integers.
mlir::Value emitRoundToCode(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value value,
                            float largest, mlir::quant::UniformQuantizedType type, int64_t offset);

/// The value of an operand of element type `type`, from its element in memory: an f32 or an integer
/// as it is, a code dequantized, a boolean as i1.
mlir::Value emitReal(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value element,
                     mlir::Type type);

/// Such a value as `type` has it in memory.
mlir::Value emitStored(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value real,
                       mlir::Type type);

/// The code of `real` in a type, or `real` itself for f32, as an attribute.
mlir::TypedAttr getStoredAttr(mlir::Type type, float real);

/// The f32 values of a quantized constant of any granularity; f32 constants as they are. Fails if
/// the data can't be read.
mlir::FailureOr<mlir::ElementsAttr> dequantizeConstant(ConstantOp op);

/// Fails with a diagnostic unless each operand and result of `op` that is not constant is f32 or
/// quantized per tensor.
mlir::LogicalResult verifyLowerable(mlir::Operation *op);

} // namespace nnq

#endif // NNQ_LIB_CONVERSION_NNQTOLINALG_ROUNDING_H
