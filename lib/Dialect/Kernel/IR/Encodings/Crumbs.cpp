// Four weights of 2 bits in a byte.

#include "nnq/Dialect/Kernel/IR/KernelDialect.h"
#include "nnq/Dialect/NNQ/IR/ConstantData.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace nnq;

StringRef CrumbsAttr::getEncodingName() const { return getMnemonic(); }

bool CrumbsAttr::supports(Type input, Type weights) const {
  return input.isInteger(8) && weights.isInteger(2);
}

StringRef CrumbsAttr::describeElements() const { return "i2 below i8"; }

Type CrumbsAttr::getPackedType(Type) const { return IntegerType::get(getContext(), 8); }

int64_t CrumbsAttr::getStepsPerElement() const { return 4; }

// A product of a byte and 64 times a weight is at most 255 * 64 * 2.
int64_t CrumbsAttr::getProductLimit() const { return ((int64_t(1) << 31) / (64 * 255 * 2)) - 1; }

ElementsAttr CrumbsAttr::pack(ElementsAttr weights, int64_t size,
                              function_ref<int64_t(int64_t, int64_t)> source) const {
  ConstantData data = *ConstantData::get(weights);
  std::vector<int8_t> bytes(size);
  for (int64_t at = 0; at < size; ++at)
    for (int64_t step = 0; step < 4; ++step)
      if (int64_t from = source(at, step); from >= 0)
        bytes[at] |=
            static_cast<int8_t>((data.getInteger(from, /*isSigned=*/true) & 3) << 2 * step);
  return makeConstant<int8_t>(
      RankedTensorType::get({size}, getPackedType(weights.getElementType())), bytes);
}

Value CrumbsAttr::unpack(OpBuilder &b, Location loc, Value packed, int64_t step, bool) const {
  auto type = cast<VectorType>(packed.getType());
  auto splat = [&](int8_t value) {
    return arith::ConstantOp::create(b, loc,
                                     DenseElementsAttr::get(type, b.getI8IntegerAttr(value)));
  };
  if (step < 3)
    packed = arith::ShLIOp::create(b, loc, packed, splat(6 - 2 * step));
  return arith::AndIOp::create(b, loc, packed, splat(-64));
}

int64_t CrumbsAttr::getUnpackedFactor() const { return 64; }

// A shift and a mask; x86 has no shift of bytes, and masks its words once more.
double CrumbsAttr::getUnpackInstructions(bool) const { return 2; }

int64_t CrumbsAttr::getRegistersPerColumn() const { return 2; }
