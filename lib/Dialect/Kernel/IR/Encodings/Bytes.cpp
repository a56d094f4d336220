// A byte for each weight.

#include "nnq/Dialect/Kernel/IR/KernelDialect.h"
#include "nnq/Dialect/NNQ/IR/ConstantData.h"

using namespace mlir;
using namespace nnq;

StringRef BytesAttr::getEncodingName() const { return getMnemonic(); }

bool BytesAttr::supports(Type input, Type weights) const {
  return (input.isInteger(8) || input.isInteger(16)) && weights.isSignlessInteger() &&
         weights.getIntOrFloatBitWidth() <= 8;
}

StringRef BytesAttr::describeElements() const {
  return "integers of at most 8 bits below i8 or i16";
}

Type BytesAttr::getPackedType(Type) const { return IntegerType::get(getContext(), 8); }

bool BytesAttr::isPackedByMoving(Type weights) const { return weights.isInteger(8); }

ElementsAttr BytesAttr::pack(ElementsAttr weights, int64_t size,
                             function_ref<int64_t(int64_t, int64_t)> source) const {
  ConstantData data = *ConstantData::get(weights);
  auto type = RankedTensorType::get({size}, getPackedType(weights.getElementType()));
  if (weights.getElementType().isInteger(8))
    return data.gather(type, [&](int64_t at) { return source(at, 0); });
  std::vector<int8_t> bytes(size);
  for (int64_t at = 0; at < size; ++at)
    if (int64_t from = source(at, 0); from >= 0)
      bytes[at] = static_cast<int8_t>(data.getInteger(from, /*isSigned=*/true));
  return makeConstant<int8_t>(type, bytes);
}
