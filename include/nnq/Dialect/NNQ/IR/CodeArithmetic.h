// Codes as arith operations on one element: what numerics profiles and the lowering are made of.

#ifndef NNQ_DIALECT_NNQ_IR_CODEARITHMETIC_H
#define NNQ_DIALECT_NNQ_IR_CODEARITHMETIC_H

#include "nnq/Dialect/NNQ/IR/Numerics.h"

namespace nnq {

mlir::Value emitF32(mlir::OpBuilder &builder, mlir::Location loc, float value);
mlir::Value emitInteger(mlir::OpBuilder &builder, mlir::Location loc, mlir::Type type,
                        int64_t value);

/// `code` widened to `type` by the sign of its storage.
mlir::Value emitExtend(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value code,
                       bool isSigned, mlir::Type type);

/// code - zero point, in `type`, a wider integer.
mlir::Value emitCentred(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value code,
                        mlir::quant::UniformQuantizedType type, mlir::Type wide);

/// accumulator + (x - zeroPoint) * w, in the accumulator's type; integers are widened to it, `x` by its
/// sign, `w` as signed. Of floats, the product is rounded before it is added.
mlir::Value emitMultiplyAdd(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value x,
                            bool isSigned, int64_t zeroPoint, mlir::Value w,
                            mlir::Value accumulator);

/// Zero point and storage range of a type that has one zero point, whatever its scales.
QuantParams getCodeParams(mlir::quant::QuantizedType type);

/// saturate(round(scaled) + z), with the parameters of any type of this storage. `scaled` is a
/// float of any width; NaN gives the least code.
mlir::Value emitSaturate(NumericsProfile numerics, mlir::OpBuilder &builder, mlir::Location loc,
                         mlir::Value scaled, const QuantParams &params, mlir::Type memory);

/// The same from a value that is known to stay in [-2^30, 2^30], for at most 16 bits: clamped as an
/// integer, which one narrowing instruction does on the way to memory.
mlir::Value emitSaturateBounded(NumericsProfile numerics, mlir::OpBuilder &builder,
                                mlir::Location loc, mlir::Value scaled, const QuantParams &params,
                                mlir::Type memory);

/// The same in a type whose zero points differ: `zeroPoint` is an i32 in its storage range.
mlir::Value emitSaturateAround(NumericsProfile numerics, mlir::OpBuilder &builder,
                               mlir::Location loc, mlir::Value scaled, mlir::Value zeroPoint,
                               mlir::quant::QuantizedType type);

/// saturate(round(value)): a code whose zero point is in `value` already, counted from `offset`.
/// Where no value is larger than `largest` and that is small, the clamp is one on integers.
mlir::Value emitRoundToCode(NumericsProfile numerics, mlir::OpBuilder &builder, mlir::Location loc,
                            mlir::Value value, float largest,
                            mlir::quant::UniformQuantizedType type, int64_t offset);

} // namespace nnq

#endif // NNQ_DIALECT_NNQ_IR_CODEARITHMETIC_H
