// Weights in f32.

#include "nnq/Dialect/Kernel/IR/KernelDialect.h"
#include "nnq/Dialect/NNQ/IR/ConstantData.h"

using namespace mlir;
using namespace nnq;

StringRef FloatsAttr::getEncodingName() const { return getMnemonic(); }

bool FloatsAttr::supports(Type input, Type weights) const {
  return input.isF32() && weights.isF32();
}

StringRef FloatsAttr::describeElements() const { return "f32 below f32"; }

Type FloatsAttr::getPackedType(Type weights) const { return weights; }

bool FloatsAttr::isPackedByMoving(Type) const { return true; }

ElementsAttr FloatsAttr::pack(ElementsAttr weights, int64_t size,
                              function_ref<int64_t(int64_t, int64_t)> source) const {
  return ConstantData::get(weights)->gather(RankedTensorType::get({size}, weights.getElementType()),
                                            [&](int64_t at) { return source(at, 0); });
}
