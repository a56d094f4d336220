// Weights of few bits, several in a byte.

#include "PackedBits.h"

#include "nnq/Dialect/NNQ/IR/ConstantData.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace nnq {

int64_t PackedBits::productLimit() const {
  int64_t largest = 255 * factor() * (int64_t(1) << (bits - 1));
  return (int64_t(1) << 31) / largest - 1;
}

ElementsAttr PackedBits::pack(ElementsAttr weights, int64_t size,
                              function_ref<int64_t(int64_t, int64_t)> source) const {
  ConstantData data = *ConstantData::get(weights);
  auto get = [&](int64_t at, int64_t step) {
    int64_t from = source(at, step);
    return from < 0 ? 0 : data.getInteger(from, /*isSigned=*/true);
  };
  return pack(size, get, weights.getContext());
}

ElementsAttr PackedBits::pack(int64_t size, function_ref<int64_t(int64_t, int64_t)> get,
                              MLIRContext *context) const {
  int64_t mask = (1 << bits) - 1;
  std::vector<int8_t> bytes(size);
  for (int64_t at = 0; at < size; ++at) {
    int64_t byte = 0;
    for (int64_t step = 0; step < weightsPerByte(); ++step)
      byte |= (get(at, step) & mask) << (bits * step);
    bytes[at] = static_cast<int8_t>(byte);
  }
  return makeConstant<int8_t>(RankedTensorType::get({size}, IntegerType::get(context, 8)), bytes);
}

Value PackedBits::unpack(OpBuilder &b, Location loc, Value packed, int64_t step) const {
  auto splat = [&](int64_t value) {
    return arith::ConstantOp::create(
        b, loc,
        DenseElementsAttr::get(cast<VectorType>(packed.getType()),
                               b.getI8IntegerAttr(static_cast<int8_t>(value))));
  };
  if (int64_t shift = 8 - bits * (step + 1); shift > 0)
    packed = arith::ShLIOp::create(b, loc, packed, splat(shift));
  // Nothing is left below the first step's.
  return step == 0 ? packed : arith::AndIOp::create(b, loc, packed, splat(-factor()));
}

Value convertToFloat(OpBuilder &b, Location loc, Value bytes) {
  auto type = cast<VectorType>(bytes.getType());
  Value wide = arith::ExtSIOp::create(b, loc, type.clone(b.getI32Type()), bytes);
  return arith::SIToFPOp::create(b, loc, type.clone(b.getF32Type()), wide);
}

} // namespace nnq
