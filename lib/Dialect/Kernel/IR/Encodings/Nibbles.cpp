// Two weights of 4 bits in a byte.

#include "PackedBits.h"

#include "nnq/Dialect/Kernel/IR/KernelDialect.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;
using namespace nnq;

static constexpr PackedBits nibbles{4};

StringRef NibblesAttr::getEncodingName() const { return getMnemonic(); }

bool NibblesAttr::supports(Type input, Type weights) const {
  return (input.isInteger(8) || input.isF32()) && weights.isInteger(4);
}

StringRef NibblesAttr::describeElements() const { return "i4 below i8 or f32"; }

Type NibblesAttr::getPackedType(Type) const { return IntegerType::get(getContext(), 8); }

int64_t NibblesAttr::getStepsPerElement() const { return nibbles.weightsPerByte(); }

int64_t NibblesAttr::getProductLimit() const { return nibbles.productLimit(); }

ElementsAttr NibblesAttr::pack(ElementsAttr weights, int64_t size,
                               function_ref<int64_t(int64_t, int64_t)> source) const {
  return nibbles.pack(weights, size, source);
}

Value NibblesAttr::unpack(OpBuilder &b, Location loc, Value packed, int64_t step,
                          bool isFloat) const {
  Value bytes = nibbles.unpack(b, loc, packed, step);
  return isFloat ? convertToFloat(b, loc, bytes) : bytes;
}

int64_t NibblesAttr::getUnpackedFactor() const { return nibbles.factor(); }

// A shift and a mask for two steps, and what these keep from being one with the load; with floats,
// two conversions as well.
double NibblesAttr::getUnpackInstructions(bool isFloat) const { return isFloat ? 3 : 1.5; }

int64_t NibblesAttr::getRegistersPerColumn() const { return 2; }
