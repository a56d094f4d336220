// Between codes and reals, element by element.

#include "Rounding.h"

#include "nnq/Dialect/NNQ/IR/ConstantData.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/TypeUtilities.h"

#include <cmath>

using namespace mlir;

namespace nnq {

quant::UniformQuantizedType perTensorType(Value value) {
  return dyn_cast<quant::UniformQuantizedType>(getElementTypeOrSelf(value));
}

bool isByte(quant::UniformQuantizedType type) {
  return type && type.getStorageTypeIntegralWidth() <= 8;
}

Value emitF32(OpBuilder &builder, Location loc, float value) {
  return arith::ConstantOp::create(builder, loc, builder.getF32FloatAttr(value));
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

Value emitCentred(OpBuilder &builder, Location loc, Value code, quant::UniformQuantizedType type,
                  Type wide) {
  Value value = emitExtend(builder, loc, code, type.isSigned(), wide);
  if (type.getZeroPoint() == 0)
    return value;
  return arith::SubIOp::create(builder, loc, value,
                               emitInteger(builder, loc, wide, type.getZeroPoint()));
}

Value emitDequantize(OpBuilder &builder, Location loc, Value code,
                     quant::UniformQuantizedType type) {
  // Codes of 32 bits leave no room for their zero point.
  bool fits = type.getStorageTypeIntegralWidth() < 32 || type.getZeroPoint() == 0;
  Type wide = fits ? builder.getI32Type() : builder.getI64Type();
  Value centred = emitCentred(builder, loc, code, type, wide);
  Value real = arith::SIToFPOp::create(builder, loc, builder.getF32Type(), centred);
  return arith::MulFOp::create(builder, loc, real,
                               emitF32(builder, loc, static_cast<float>(type.getScale())));
}

/// The f32 nearest to `bound` from the side of zero: the conversion to i32 stays in range.
static float boundTowardsZero(int64_t bound) {
  auto rounded = static_cast<float>(bound);
  return std::abs(static_cast<double>(rounded)) > std::abs(static_cast<double>(bound))
             ? std::nextafter(rounded, 0.0f)
             : rounded;
}

/// rint(clamp(scaled, qmin - z, qmax - z)) + z, as a code. Clamping in front of rounding gives the
/// same code and keeps the conversion in range; the maximum comes first, so that NaN becomes the
/// least code.
Value emitSaturate(OpBuilder &builder, Location loc, Value scaled, const QuantParams &params,
                   Type memory) {
  int64_t zeroPoint = params.zeroPoint, lowest = params.storageMin - zeroPoint,
          highest = params.storageMax - zeroPoint;
  float lo = boundTowardsZero(lowest), hi = boundTowardsZero(highest);
  Value least = emitF32(builder, loc, lo), greatest = emitF32(builder, loc, hi);
  Value clamped = arith::MinNumFOp::create(
      builder, loc, arith::MaxNumFOp::create(builder, loc, scaled, least), greatest);
  Value rounded = math::RoundEvenOp::create(builder, loc, clamped);
  Type i32 = builder.getI32Type();
  Value code = arith::FPToSIOp::create(builder, loc, i32, rounded);
  if (zeroPoint != 0)
    code = arith::AddIOp::create(builder, loc, code, emitInteger(builder, loc, i32, zeroPoint));
  // Bounds of 32-bit codes that f32 does not hold.
  auto replaceWhere = [&](arith::CmpFPredicate predicate, float bound, int32_t end) {
    Value beyond =
        arith::CmpFOp::create(builder, loc, predicate, scaled, emitF32(builder, loc, bound));
    code = arith::SelectOp::create(builder, loc, beyond, emitInteger(builder, loc, i32, end), code);
  };
  if (static_cast<double>(lo) != static_cast<double>(lowest))
    replaceWhere(arith::CmpFPredicate::ULT, lo, params.storageMin);
  if (static_cast<double>(hi) != static_cast<double>(highest))
    replaceWhere(arith::CmpFPredicate::OGT, hi, params.storageMax);
  return memory == i32 ? code : arith::TruncIOp::create(builder, loc, memory, code);
}

Value emitSaturate(OpBuilder &builder, Location loc, Value scaled, Value zeroPoint,
                   quant::QuantizedType type) {
  int64_t lo = type.getStorageTypeMin(), hi = type.getStorageTypeMax();
  Type i32 = builder.getI32Type();
  // Wide enough for every zero point, and far from the ends of i32.
  Value least = emitF32(builder, loc, static_cast<float>(lo - hi)),
        greatest = emitF32(builder, loc, static_cast<float>(hi - lo));
  Value clamped = arith::MinNumFOp::create(
      builder, loc, arith::MaxNumFOp::create(builder, loc, scaled, least), greatest);
  Value code =
      arith::FPToSIOp::create(builder, loc, i32, math::RoundEvenOp::create(builder, loc, clamped));
  code = arith::AddIOp::create(builder, loc, code, zeroPoint);
  code = arith::MaxSIOp::create(builder, loc, code, emitInteger(builder, loc, i32, lo));
  code = arith::MinSIOp::create(builder, loc, code, emitInteger(builder, loc, i32, hi));
  return arith::TruncIOp::create(builder, loc, getMemoryType(type), code);
}

Value emitQuantize(OpBuilder &builder, Location loc, Value real, quant::UniformQuantizedType type) {
  Value scale = emitF32(builder, loc, static_cast<float>(type.getScale()));
  return emitSaturate(builder, loc, arith::DivFOp::create(builder, loc, real, scale),
                      getQuantParams(type), getMemoryType(type));
}

/// rint(scaled) + zeroPoint from a value that is known to stay in [-2^30, 2^30]: clamped as an
/// integer, which one narrowing instruction does on the way to memory.
static Value emitSaturateBounded(OpBuilder &builder, Location loc, Value scaled, int64_t zeroPoint,
                                 quant::UniformQuantizedType type) {
  Type i32 = builder.getI32Type();
  Value code =
      arith::FPToSIOp::create(builder, loc, i32, math::RoundEvenOp::create(builder, loc, scaled));
  if (zeroPoint != 0)
    code = arith::AddIOp::create(builder, loc, code, emitInteger(builder, loc, i32, zeroPoint));
  code = arith::MaxSIOp::create(builder, loc, code,
                                emitInteger(builder, loc, i32, type.getStorageTypeMin()));
  code = arith::MinSIOp::create(builder, loc, code,
                                emitInteger(builder, loc, i32, type.getStorageTypeMax()));
  return arith::TruncIOp::create(builder, loc, getMemoryType(type), code);
}

Value emitRoundToCode(OpBuilder &builder, Location loc, Value value, float largest,
                      quant::UniformQuantizedType type, int64_t offset) {
  if (largest <= 0x1p30f)
    return emitSaturateBounded(builder, loc, value, -offset, type);
  QuantParams params = getQuantParams(type);
  params.zeroPoint = static_cast<int32_t>(-offset);
  return emitSaturate(builder, loc, value, params, getMemoryType(type));
}

Value emitRequantize(OpBuilder &builder, Location loc, Value accumulator, Value multiplier,
                     float largestMultiplier, quant::UniformQuantizedType type) {
  Value real = arith::SIToFPOp::create(builder, loc, builder.getF32Type(), accumulator);
  Value scaled = arith::MulFOp::create(builder, loc, real, multiplier);
  // An i32 times at most 1/2 leaves room for the zero point.
  bool isBounded = accumulator.getType().isInteger(32) && largestMultiplier <= 0.5f &&
                   type.getStorageTypeIntegralWidth() <= 16;
  return isBounded ? emitSaturateBounded(builder, loc, scaled, type.getZeroPoint(), type)
                   : emitSaturate(builder, loc, scaled, getQuantParams(type), getMemoryType(type));
}

Value emitReal(OpBuilder &builder, Location loc, Value element, Type type) {
  if (auto quantized = dyn_cast<quant::UniformQuantizedType>(type))
    return emitDequantize(builder, loc, element, quantized);
  if (!type.isInteger(1))
    return element;
  return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ne, element,
                               emitInteger(builder, loc, element.getType(), 0));
}

Value emitStored(OpBuilder &builder, Location loc, Value real, Type type) {
  if (auto quantized = dyn_cast<quant::UniformQuantizedType>(type))
    return emitQuantize(builder, loc, real, quantized);
  return type.isInteger(1) ? Value(arith::ExtUIOp::create(builder, loc, getMemoryType(type), real))
                           : real;
}

TypedAttr getStoredAttr(Type type, float real) {
  if (auto quantized = dyn_cast<quant::UniformQuantizedType>(type))
    return IntegerAttr::get(getMemoryType(type),
                            APInt(getMemoryType(type).getIntOrFloatBitWidth(),
                                  quantizeValue(real, getQuantParams(quantized)), /*isSigned=*/true,
                                  /*implicitTrunc=*/true));
  return FloatAttr::get(type, real);
}

namespace {
/// Which scale belongs to an element of a tensor: its position along each quantized dimension,
/// divided by the block's size.
class ScaleIndex {
public:
  ScaleIndex(quant::QuantizedType type, ArrayRef<int64_t> shape) {
    SmallVector<std::pair<int32_t, int64_t>> blocks;
    if (int64_t axis = getQuantizedAxis(type); axis >= 0)
      blocks.push_back({axis, 1});
    if (auto subChannel = dyn_cast<quant::UniformQuantizedSubChannelType>(type))
      blocks = subChannel.getBlockSizeInfo();
    int64_t scaleStride = 1, elementStride = 1;
    for (int64_t d = static_cast<int64_t>(shape.size()) - 1; d >= 0; --d) {
      auto block = llvm::find_if(blocks, [&](auto b) { return b.first == d; });
      // The scales of blocks form a tensor of the weights' rank: a dimension without blocks has
      // one.
      if (block != blocks.end()) {
        dims.push_back({elementStride, shape[d], block->second, scaleStride});
        scaleStride *= shape[d] / block->second;
      }
      elementStride *= shape[d];
    }
  }
  int64_t operator()(int64_t element) const {
    int64_t index = 0;
    for (const Dim &d : dims)
      index += element / d.elementStride % d.size / d.block * d.scaleStride;
    return index;
  }

private:
  struct Dim {
    int64_t elementStride, size, block, scaleStride;
  };
  SmallVector<Dim, 2> dims;
};
} // namespace

FailureOr<ElementsAttr> dequantizeConstant(ConstantOp op) {
  auto type = cast<RankedTensorType>(op.getType());
  auto quantized = getQuantizedElement(type);
  if (!quantized)
    return op.getValue();
  FailureOr<ConstantData> data = ConstantData::get(op.getValue());
  if (failed(data))
    return failure();
  SmallVector<double> scales = getScales(quantized);
  SmallVector<int64_t> zeroPoints = getZeroPoints(quantized);
  ScaleIndex scaleOf(quantized, type.getShape());
  auto dequantize = [&](int64_t i) {
    int64_t index = scaleOf(i);
    int32_t centred =
        data->getInteger(i, quantized.isSigned()) - static_cast<int32_t>(zeroPoints[index]);
    return static_cast<float>(centred) * static_cast<float>(scales[index]);
  };
  auto result = type.clone(Float32Type::get(op.getContext()));
  if (auto dense = dyn_cast<DenseElementsAttr>(op.getValue());
      dense && dense.isSplat() && scales.size() == 1)
    return ElementsAttr(DenseElementsAttr::get(result, dequantize(0)));
  std::vector<float> reals(data->size());
  for (int64_t i = 0, end = data->size(); i < end; ++i)
    reals[i] = dequantize(i);
  return makeConstant<float>(result, reals);
}

LogicalResult verifyLowerable(Operation *op) {
  auto check = [&](Value value) -> LogicalResult {
    auto quantized = getQuantizedElement(value.getType());
    if (!quantized || isa<quant::UniformQuantizedType>(quantized) ||
        value.getDefiningOp<ConstantOp>())
      return success();
    return op->emitOpError() << "computes on " << value.getType()
                             << "; what is not constant has one scale per tensor";
  };
  for (Value value :
       llvm::concat<Value>(llvm::to_vector(op->getOperands()), llvm::to_vector(op->getResults())))
    if (failed(check(value)))
      return failure();
  return success();
}

} // namespace nnq
