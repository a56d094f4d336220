// Positions in a table of at most 16 weights.

#include "PackedBits.h"

#include "nnq/Dialect/Kernel/IR/KernelOps.h"
#include "nnq/Dialect/NNQ/IR/ConstantData.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace nnq;

/// Of a position.
static unsigned bitsOf(CodebookAttr codebook) { return codebook.getLevels().size() <= 4 ? 2 : 4; }

LogicalResult CodebookAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                   ArrayRef<int64_t> levels) {
  constexpr size_t most = LookupOp::tableSize;
  if (levels.size() < 2 || levels.size() > most)
    return emitError() << "a codebook has 2 to " << most << " levels, not " << levels.size();
  if (!llvm::all_of(levels, [](int64_t level) { return llvm::isInt<8>(level); }))
    return emitError() << "levels of a codebook are signed bytes";
  if (!llvm::is_sorted(levels, std::less_equal<int64_t>()))
    return emitError() << "levels of a codebook ascend";
  return success();
}

StringRef CodebookAttr::getEncodingName() const {
  return bitsOf(*this) == 2 ? "codebook4" : "codebook16";
}

bool CodebookAttr::supports(Type input, Type weights) const {
  return (input.isInteger(8) || input.isF32()) && weights.isInteger(8);
}

StringRef CodebookAttr::describeElements() const { return "i8, levels of it, below i8 or f32"; }

Attribute CodebookAttr::withLevels(ArrayRef<int64_t> levels) const {
  if (levels.size() < 2 || levels.size() > LookupOp::tableSize)
    return {};
  return get(getContext(), levels);
}

Type CodebookAttr::getPackedType(Type) const { return IntegerType::get(getContext(), 8); }

int64_t CodebookAttr::getStepsPerElement() const { return 8 / bitsOf(*this); }

ElementsAttr CodebookAttr::pack(ElementsAttr weights, int64_t size,
                                function_ref<int64_t(int64_t, int64_t)> source) const {
  ConstantData data = *ConstantData::get(weights);
  ArrayRef<int64_t> levels = getLevels();
  bool holdsAll = true;
  ElementsAttr packed = PackedBits{bitsOf(*this)}.pack(
      size,
      [&](int64_t at, int64_t step) {
        int64_t from = source(at, step);
        if (from < 0)
          return int64_t(0);
        int64_t level = data.getInteger(from, /*isSigned=*/true);
        const int64_t *found = llvm::lower_bound(levels, level);
        holdsAll &= found != levels.end() && *found == level;
        return found - levels.begin();
      },
      getContext());
  return holdsAll ? packed : ElementsAttr();
}

Value CodebookAttr::unpack(OpBuilder &b, Location loc, Value packed, int64_t step,
                           bool isFloat) const {
  unsigned bits = bitsOf(*this);
  auto splat = [&](int64_t value) {
    return arith::ConstantOp::create(
        b, loc,
        DenseElementsAttr::get(cast<VectorType>(packed.getType()), b.getI8IntegerAttr(value)));
  };
  if (step != 0)
    packed = arith::ShRUIOp::create(b, loc, packed, splat(bits * step));
  if (step + 1 != getStepsPerElement()) // nothing is left above the last step's
    packed = arith::AndIOp::create(b, loc, packed, splat((1 << bits) - 1));
  Value levels = LookupOp::create(
      b, loc, packed,
      llvm::map_to_vector(getLevels(), [](int64_t level) { return int8_t(level); }));
  return isFloat ? convertToFloat(b, loc, levels) : levels;
}

// A shift, a mask and a look-up, the first step without a shift; with floats, two conversions as
// well.
double CodebookAttr::getUnpackInstructions(bool isFloat) const {
  return 3.0 - 1.0 / getStepsPerElement() + (isFloat ? 2 : 0);
}

int64_t CodebookAttr::getRegistersPerColumn() const { return 2; }
