// Two weights of 4 bits in a byte.

#include "nnq/Dialect/Kernel/IR/KernelDialect.h"
#include "nnq/Dialect/NNQ/IR/ConstantData.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace nnq;

StringRef NibblesAttr::getEncodingName() const { return getMnemonic(); }

bool NibblesAttr::supports(Type input, Type weights) const {
  return (input.isInteger(8) || input.isF32()) && weights.isInteger(4);
}

StringRef NibblesAttr::describeElements() const { return "i4 below i8 or f32"; }

Type NibblesAttr::getPackedType(Type) const { return IntegerType::get(getContext(), 8); }

int64_t NibblesAttr::getStepsPerElement() const { return 2; }

// A product of a byte and 16 times a weight is at most 255 * 16 * 8.
int64_t NibblesAttr::getProductLimit() const { return ((int64_t(1) << 31) / (16 * 255 * 8)) - 1; }

ElementsAttr NibblesAttr::pack(ElementsAttr weights, int64_t size,
                               function_ref<int64_t(int64_t, int64_t)> source) const {
  ConstantData data = *ConstantData::get(weights);
  auto code = [&](int64_t at, int64_t step) {
    int64_t from = source(at, step);
    return from < 0 ? 0 : data.getInteger(from, /*isSigned=*/true);
  };
  std::vector<int8_t> bytes(size);
  for (int64_t at = 0; at < size; ++at)
    bytes[at] = static_cast<int8_t>((code(at, 0) & 15) | (code(at, 1) << 4));
  return makeConstant<int8_t>(
      RankedTensorType::get({size}, getPackedType(weights.getElementType())), bytes);
}

Value NibblesAttr::unpack(OpBuilder &b, Location loc, Value packed, int64_t step,
                          bool isFloat) const {
  auto type = cast<VectorType>(packed.getType());
  auto splat = [&](int8_t value) {
    return arith::ConstantOp::create(b, loc,
                                     DenseElementsAttr::get(type, b.getI8IntegerAttr(value)));
  };
  Value bytes = step == 0 ? Value(arith::ShLIOp::create(b, loc, packed, splat(4)))
                          : arith::AndIOp::create(b, loc, packed, splat(-16));
  if (!isFloat)
    return bytes;
  Value wide = arith::ExtSIOp::create(b, loc, type.clone(b.getI32Type()), bytes);
  return arith::SIToFPOp::create(b, loc, type.clone(b.getF32Type()), wide);
}

int64_t NibblesAttr::getUnpackedFactor() const { return 16; }

// A shift and a mask for two steps, and what these keep from being one with the load; with floats,
// two conversions as well.
double NibblesAttr::getUnpackInstructions(bool isFloat) const { return isFloat ? 3 : 1.5; }

int64_t NibblesAttr::getRegistersPerColumn() const { return 2; }
