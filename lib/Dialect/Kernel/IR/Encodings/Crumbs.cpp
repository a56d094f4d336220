// Four weights of 2 bits in a byte.

#include "PackedBits.h"

#include "nnq/Dialect/Kernel/IR/KernelDialect.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;
using namespace nnq;

static constexpr PackedBits crumbs{2};

StringRef CrumbsAttr::getEncodingName() const { return getMnemonic(); }

bool CrumbsAttr::supports(Type input, Type weights) const {
  return input.isInteger(8) && weights.isInteger(2);
}

StringRef CrumbsAttr::describeElements() const { return "i2 below i8"; }

Type CrumbsAttr::getPackedType(Type) const { return IntegerType::get(getContext(), 8); }

int64_t CrumbsAttr::getStepsPerElement() const { return crumbs.weightsPerByte(); }

int64_t CrumbsAttr::getProductLimit() const { return crumbs.productLimit(); }

ElementsAttr CrumbsAttr::pack(ElementsAttr weights, int64_t size,
                              function_ref<int64_t(int64_t, int64_t)> source) const {
  return crumbs.pack(weights, size, source);
}

Value CrumbsAttr::unpack(OpBuilder &b, Location loc, Value packed, int64_t step, bool) const {
  return crumbs.unpack(b, loc, packed, step);
}

int64_t CrumbsAttr::getUnpackedFactor() const { return crumbs.factor(); }

// A shift and a mask; x86 has no shift of bytes, shifts words, and masks once more.
double CrumbsAttr::getUnpackInstructions(bool) const { return 2; }

int64_t CrumbsAttr::getRegistersPerColumn() const { return 2; }
