// Eight weights of -1 or 1 in a byte.

#include "PackedBits.h"

#include "nnq/Dialect/Kernel/IR/KernelDialect.h"
#include "nnq/Dialect/NNQ/IR/ConstantData.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace nnq;

static constexpr PackedBits bits{1};
/// What the weights are multiplied by in registers.
static constexpr int64_t factor = 64;

StringRef SignsAttr::getEncodingName() const { return getMnemonic(); }

bool SignsAttr::supports(Type input, Type weights) const {
  return (input.isInteger(8) || input.isF32()) && weights.isInteger(8);
}

StringRef SignsAttr::describeElements() const { return "i8, -1 or 1, below i8 or f32"; }

Attribute SignsAttr::withLevels(ArrayRef<int64_t> levels) const {
  return levels == ArrayRef<int64_t>{-1, 1} ? Attribute(*this) : Attribute();
}

Type SignsAttr::getPackedType(Type) const { return IntegerType::get(getContext(), 8); }

int64_t SignsAttr::getStepsPerElement() const { return bits.weightsPerByte(); }

int64_t SignsAttr::getProductLimit() const { return (int64_t(1) << 31) / (255 * factor) - 1; }

ElementsAttr SignsAttr::pack(ElementsAttr weights, int64_t size,
                             function_ref<int64_t(int64_t, int64_t)> source) const {
  ConstantData data = *ConstantData::get(weights);
  bool holdsAll = true;
  ElementsAttr packed = bits.pack(
      size,
      [&](int64_t at, int64_t step) {
        int64_t from = source(at, step),
                weight = from < 0 ? 1 : data.getInteger(from, /*isSigned=*/true);
        holdsAll &= weight == 1 || weight == -1;
        return int64_t(weight < 0);
      },
      getContext());
  return holdsAll ? packed : ElementsAttr();
}

Value SignsAttr::unpack(OpBuilder &b, Location loc, Value packed, int64_t step,
                        bool isFloat) const {
  auto splat = [&](int64_t value) {
    return arith::ConstantOp::create(
        b, loc,
        DenseElementsAttr::get(cast<VectorType>(packed.getType()),
                               b.getI8IntegerAttr(static_cast<int8_t>(value))));
  };
  if (int64_t shift = 7 - step; shift > 0)
    packed = arith::ShLIOp::create(b, loc, packed, splat(shift));
  packed = arith::AndIOp::create(b, loc, packed, splat(0x80));
  Value signs = arith::OrIOp::create(b, loc, packed, splat(factor));
  return isFloat ? convertToFloat(b, loc, signs) : signs;
}

int64_t SignsAttr::getUnpackedFactor() const { return factor; }

// A shift, and one instruction of logic; with floats, two conversions as well.
double SignsAttr::getUnpackInstructions(bool isFloat) const { return isFloat ? 4 : 2; }

int64_t SignsAttr::getRegistersPerColumn() const { return 2; }
