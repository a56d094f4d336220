// Codes as arith operations on one element.

#include "nnq/Dialect/NNQ/IR/CodeArithmetic.h"

#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

#include <cmath>

using namespace mlir;

namespace nnq {

static Value emitFloat(OpBuilder &builder, Location loc, Type type, double value) {
  return arith::ConstantOp::create(builder, loc, builder.getFloatAttr(type, value));
}

Value emitF32(OpBuilder &builder, Location loc, float value) {
  return emitFloat(builder, loc, builder.getF32Type(), value);
}

Value emitInteger(OpBuilder &builder, Location loc, Type type, int64_t value) {
  return arith::ConstantOp::create(builder, loc, builder.getIntegerAttr(type, value));
}

Value emitExtend(OpBuilder &builder, Location loc, Value code, bool isSigned, Type type) {
  if (code.getType() == type)
    return code;
  return isSigned ? Value(arith::ExtSIOp::create(builder, loc, type, code))
                  : arith::ExtUIOp::create(builder, loc, type, code);
}

static Value emitCentred(OpBuilder &builder, Location loc, Value code, bool isSigned,
                         int64_t zeroPoint, Type wide) {
  Value value = emitExtend(builder, loc, code, isSigned, wide);
  if (zeroPoint == 0)
    return value;
  return arith::SubIOp::create(builder, loc, value, emitInteger(builder, loc, wide, zeroPoint));
}

Value emitCentred(OpBuilder &builder, Location loc, Value code, quant::UniformQuantizedType type,
                  Type wide) {
  return emitCentred(builder, loc, code, type.isSigned(), type.getZeroPoint(), wide);
}

Value emitMultiplyAdd(OpBuilder &builder, Location loc, Value x, bool isSigned, int64_t zeroPoint,
                      Value w, Value accumulator) {
  Type type = accumulator.getType();
  if (isa<FloatType>(type)) {
    if (isa<IntegerType>(w.getType()))
      w = arith::SIToFPOp::create(builder, loc, type, w);
    return arith::AddFOp::create(builder, loc, accumulator,
                                 arith::MulFOp::create(builder, loc, x, w));
  }
  x = emitCentred(builder, loc, x, isSigned, zeroPoint, type);
  w = emitExtend(builder, loc, w, /*isSigned=*/true, type);
  return arith::AddIOp::create(builder, loc, accumulator,
                               arith::MulIOp::create(builder, loc, x, w));
}

//===----------------------------------------------------------------------===//
// Saturation
//===----------------------------------------------------------------------===//

QuantParams getCodeParams(quant::QuantizedType type) {
  return {/*scale=*/1.0f, static_cast<int32_t>(getZeroPoints(type).front()),
          static_cast<int32_t>(type.getStorageTypeMin()),
          static_cast<int32_t>(type.getStorageTypeMax())};
}

/// The f32 nearest to `bound` from the side of zero: the conversion to i32 stays in range.
static float boundTowardsZero(int64_t bound) {
  auto rounded = static_cast<float>(bound);
  return std::abs(static_cast<double>(rounded)) > std::abs(static_cast<double>(bound))
             ? std::nextafter(rounded, 0.0f)
             : rounded;
}

/// round(clamp(scaled, least, greatest)) as an i32. Clamping in front of rounding gives the same
/// and keeps the conversion in range; the maximum comes first, so that NaN becomes the least.
static Value emitClampAndRound(NumericsProfile numerics, OpBuilder &builder, Location loc,
                               Value scaled, float least, float greatest) {
  Type type = scaled.getType();
  Value lo = emitFloat(builder, loc, type, least), hi = emitFloat(builder, loc, type, greatest);
  Value clamped = arith::MinNumFOp::create(builder, loc,
                                           arith::MaxNumFOp::create(builder, loc, scaled, lo), hi);
  Value rounded = numerics.emitRound(builder, loc, clamped);
  return arith::FPToSIOp::create(builder, loc, builder.getI32Type(), rounded);
}

static Value emitToMemory(OpBuilder &builder, Location loc, Value code, Type memory) {
  return memory == code.getType() ? code : arith::TruncIOp::create(builder, loc, memory, code);
}

/// `code` as an integer in [lo, hi].
static Value emitClampCode(OpBuilder &builder, Location loc, Value code, int64_t lo, int64_t hi) {
  Type type = code.getType();
  code = arith::MaxSIOp::create(builder, loc, code, emitInteger(builder, loc, type, lo));
  return arith::MinSIOp::create(builder, loc, code, emitInteger(builder, loc, type, hi));
}

Value emitSaturate(NumericsProfile numerics, OpBuilder &builder, Location loc, Value scaled,
                   const QuantParams &params, Type memory) {
  int64_t zeroPoint = params.zeroPoint, lowest = params.storageMin - zeroPoint,
          highest = params.storageMax - zeroPoint;
  float lo = boundTowardsZero(lowest), hi = boundTowardsZero(highest);
  Value code = emitClampAndRound(numerics, builder, loc, scaled, lo, hi);
  Type i32 = builder.getI32Type();
  if (zeroPoint != 0)
    code = arith::AddIOp::create(builder, loc, code, emitInteger(builder, loc, i32, zeroPoint));
  // Bounds of 32-bit codes that f32 does not hold.
  auto replaceWhere = [&](arith::CmpFPredicate predicate, float bound, int32_t end) {
    Value beyond = arith::CmpFOp::create(builder, loc, predicate, scaled,
                                         emitFloat(builder, loc, scaled.getType(), bound));
    code = arith::SelectOp::create(builder, loc, beyond, emitInteger(builder, loc, i32, end), code);
  };
  if (static_cast<double>(lo) != static_cast<double>(lowest))
    replaceWhere(arith::CmpFPredicate::ULT, lo, params.storageMin);
  if (static_cast<double>(hi) != static_cast<double>(highest))
    replaceWhere(arith::CmpFPredicate::OGT, hi, params.storageMax);
  return emitToMemory(builder, loc, code, memory);
}

Value emitSaturateBounded(NumericsProfile numerics, OpBuilder &builder, Location loc, Value scaled,
                          const QuantParams &params, Type memory) {
  Type i32 = builder.getI32Type();
  Value code = arith::FPToSIOp::create(builder, loc, i32, numerics.emitRound(builder, loc, scaled));
  if (params.zeroPoint != 0)
    code =
        arith::AddIOp::create(builder, loc, code, emitInteger(builder, loc, i32, params.zeroPoint));
  code = emitClampCode(builder, loc, code, params.storageMin, params.storageMax);
  return emitToMemory(builder, loc, code, memory);
}

Value emitSaturateAround(NumericsProfile numerics, OpBuilder &builder, Location loc, Value scaled,
                         Value zeroPoint, quant::QuantizedType type) {
  int64_t lo = type.getStorageTypeMin(), hi = type.getStorageTypeMax();
  // Wide enough for every zero point, and far from the ends of i32.
  Value code = emitClampAndRound(numerics, builder, loc, scaled, static_cast<float>(lo - hi),
                                 static_cast<float>(hi - lo));
  code = arith::AddIOp::create(builder, loc, code, zeroPoint);
  code = emitClampCode(builder, loc, code, lo, hi);
  return emitToMemory(builder, loc, code, getMemoryType(type));
}

Value emitRoundToCode(NumericsProfile numerics, OpBuilder &builder, Location loc, Value value,
                      float largest, quant::UniformQuantizedType type, int64_t offset) {
  QuantParams params = getQuantParams(type);
  params.zeroPoint = static_cast<int32_t>(-offset);
  auto *emit = largest <= 0x1p30f ? emitSaturateBounded : emitSaturate;
  return emit(numerics, builder, loc, value, params, getMemoryType(type));
}

} // namespace nnq
