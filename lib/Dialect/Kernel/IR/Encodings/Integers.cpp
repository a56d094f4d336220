// Integers of more than 8 bits, as they are.

#include "nnq/Dialect/Kernel/IR/KernelDialect.h"
#include "nnq/Dialect/NNQ/IR/ConstantData.h"

using namespace mlir;
using namespace nnq;

StringRef IntegersAttr::getEncodingName() const { return getMnemonic(); }

bool IntegersAttr::supports(Type input, Type weights) const {
  return input.isInteger() && weights.isSignlessInteger() && weights.getIntOrFloatBitWidth() > 8;
}

StringRef IntegersAttr::describeElements() const {
  return "integers of more than 8 bits below integers";
}

Type IntegersAttr::getPackedType(Type weights) const { return weights; }

ElementsAttr IntegersAttr::pack(ElementsAttr weights, int64_t size,
                                function_ref<int64_t(int64_t, int64_t)> source) const {
  return ConstantData::get(weights)->gather(RankedTensorType::get({size}, weights.getElementType()),
                                            [&](int64_t at) { return source(at, 0); });
}
