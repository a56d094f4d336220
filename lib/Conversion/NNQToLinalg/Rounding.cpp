// Between codes and reals, element by element.

#include "Rounding.h"

#include "nnq/Dialect/NNQ/IR/Accumulation.h"
#include "nnq/Dialect/NNQ/IR/ConstantData.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace nnq {

quant::UniformQuantizedType perTensorType(Value value) {
  return dyn_cast<quant::UniformQuantizedType>(getElementTypeOrSelf(value));
}

bool isByte(quant::UniformQuantizedType type) {
  return type && type.getStorageTypeIntegralWidth() <= 8;
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

Value emitQuantize(NumericsProfile numerics, OpBuilder &builder, Location loc, Value real,
                   quant::UniformQuantizedType type) {
  Value scale = emitF32(builder, loc, static_cast<float>(type.getScale()));
  return emitSaturate(numerics, builder, loc, arith::DivFOp::create(builder, loc, real, scale),
                      getQuantParams(type), getMemoryType(type));
}

Multipliers::Multipliers(NumericsProfile numerics, MLIRContext *context, ArrayRef<double> factors)
    : numerics(numerics),
      constants(llvm::map_to_vector(
          factors, [&](double factor) { return numerics.getMultiplier(context, factor); })),
      largest(*llvm::max_element(factors)) {}

Multipliers::Multipliers(MLIRContext *context, ArrayRef<double> factors)
    : constants(llvm::map_to_vector(factors, [&](double factor) -> TypedAttr {
        return FloatAttr::get(Float32Type::get(context), factor);
      })) {}

Value Multipliers::emitUniform(OpBuilder &builder, Location loc) const {
  return arith::ConstantOp::create(builder, loc, constants.front());
}

ElementsAttr Multipliers::getTensor(ArrayRef<int64_t> shape) const {
  Type element = constants.front().getType();
  std::vector<char> bytes;
  for (TypedAttr constant : constants) {
    auto real = dyn_cast<FloatAttr>(constant);
    APInt bits = real ? real.getValue().bitcastToAPInt() : cast<IntegerAttr>(constant).getValue();
    auto *first = reinterpret_cast<const char *>(bits.getRawData());
    bytes.insert(bytes.end(), first, first + bits.getBitWidth() / 8);
  }
  return makeConstant(RankedTensorType::get(shape, element), ArrayRef<char>(bytes));
}

Value Multipliers::emitRequantize(OpBuilder &builder, Location loc, Value accumulator,
                                  Value multiplier, quant::QuantizedType type,
                                  Value zeroPoint) const {
  return numerics.emitRequantize(builder, loc, accumulator, multiplier, largest, type, zeroPoint);
}

Value emitReal(OpBuilder &builder, Location loc, Value element, Type type) {
  if (auto quantized = dyn_cast<quant::UniformQuantizedType>(type))
    return emitDequantize(builder, loc, element, quantized);
  if (!type.isInteger(1))
    return element;
  return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ne, element,
                               emitInteger(builder, loc, element.getType(), 0));
}

Value emitStored(NumericsProfile numerics, OpBuilder &builder, Location loc, Value real,
                 Type type) {
  if (auto quantized = dyn_cast<quant::UniformQuantizedType>(type))
    return emitQuantize(numerics, builder, loc, real, quantized);
  return type.isInteger(1) ? Value(arith::ExtUIOp::create(builder, loc, getMemoryType(type), real))
                           : real;
}

TypedAttr getStoredAttr(NumericsProfile numerics, Type type, float real) {
  if (auto quantized = dyn_cast<quant::UniformQuantizedType>(type))
    return IntegerAttr::get(getMemoryType(type),
                            APInt(getMemoryType(type).getIntOrFloatBitWidth(),
                                  numerics.quantize(real, getQuantParams(quantized)),
                                  /*isSigned=*/true,
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
  FailureOr<std::vector<int32_t>> levels;
  QuantileType codebook = getCodebook(type);
  if (codebook)
    levels = readCentredWeights(op);
  if (failed(data) || (codebook && failed(levels)))
    return failure();
  SmallVector<double> scales = getScales(quantized);
  SmallVector<int64_t> zeroPoints = getZeroPoints(quantized);
  ScaleIndex scaleOf(quantized, type.getShape());
  auto dequantize = [&](int64_t i) {
    int64_t index = scaleOf(i);
    int32_t centred =
        codebook
            ? (*levels)[i]
            : static_cast<int32_t>(data->getInteger(i, quantized.isSigned()) - zeroPoints[index]);
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
