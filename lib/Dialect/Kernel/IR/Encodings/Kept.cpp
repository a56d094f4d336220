// 4 of each 8, 16 or 32 weights of an output channel, and where they stand.

#include "nnq/Dialect/Kernel/IR/KernelDialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace nnq;

static constexpr int64_t keptWeights = 4;
/// Inputs of a step that holds several groups.
static constexpr int64_t window = 64;

LogicalResult KeptAttr::verify(function_ref<InFlightDiagnostic()> emitError, int64_t of) {
  if (of != 8 && of != 16 && of != 32)
    return emitError() << "4 weights are kept of 8, 16 or 32, not of " << of;
  return success();
}

StringRef KeptAttr::getEncodingName() const {
  return getOf() == 8 ? "kept4of8" : getOf() == 16 ? "kept4of16" : "kept4of32";
}

bool KeptAttr::supports(Type input, Type weights) const {
  return input.isInteger(8) && weights.isInteger(8);
}

StringRef KeptAttr::describeElements() const {
  return "i8, of which no more than 4 in a group are not 0, below i8";
}

Attribute KeptAttr::withLevels(ArrayRef<int64_t>) const { return {}; }

Attribute KeptAttr::withPattern(const PruningPattern &pattern) const {
  if (pattern.kind != PruningPattern::Kind::NOfM)
    return {};
  // 2 of 4 are 4 of 8 as well.
  int64_t of = pattern.of == 4 ? 8 : pattern.of;
  return llvm::is_contained({8, 16, 32}, of) ? get(getContext(), of) : Attribute();
}

Type KeptAttr::getPackedType(Type) const { return IntegerType::get(getContext(), 8); }

ElementsAttr KeptAttr::pack(ElementsAttr, int64_t, function_ref<int64_t(int64_t, int64_t)>) const {
  return {}; // packStep
}

int64_t KeptAttr::getDotsPerStep() const { return getOf() == 8 ? 1 : window / getOf(); }

int64_t KeptAttr::getStepInputs(int64_t) const { return getOf() == 8 ? 8 : window; }

/// Of a dot product of a column of 16 channels.
static int64_t indexBytes(KeptAttr kept) { return kept.getOf() == 32 ? 64 : 32; }

int64_t KeptAttr::getIndexBytes(int64_t columns) const {
  return getDotsPerStep() * columns * indexBytes(*this);
}

LogicalResult KeptAttr::packStep(int64_t columns, int64_t channels, int64_t depth,
                                 function_ref<int8_t(int64_t, int64_t, int64_t)> get,
                                 MutableArrayRef<int8_t> bytes) const {
  int64_t size = channels * depth, dots = getDotsPerStep();
  MutableArrayRef<int8_t> indices = bytes.drop_front(dots * columns * size);
  for (int64_t dot = 0; dot < dots; ++dot)
    for (int64_t column = 0; column < columns; ++column)
      for (int64_t lane = 0; lane < channels; ++lane) {
        int64_t found = 0, first = (dot * columns + column) * size + lane * depth;
        for (int64_t place = 0; place < getOf(); ++place) {
          int8_t weight = get(column, lane, dot * getOf() + place);
          if (weight == 0)
            continue;
          if (found == keptWeights)
            return failure();
          int64_t at = first + found++;
          bytes[at] = weight;
          if (getOf() == 32)
            indices[at] = static_cast<int8_t>(dot * getOf() + place);
          else
            indices[at / 2] = static_cast<int8_t>(indices[at / 2] | place << (at % 2 * 4));
        }
      }
  return success();
}

Value KeptAttr::emitIndices(OpBuilder &b, Location loc, function_ref<Value(int64_t, int64_t)> load,
                            int64_t column, int64_t dot) const {
  int64_t count = indexBytes(*this);
  Value stored = load(column * count, count);
  if (getOf() == 32)
    return stored;
  // Half bytes come to bytes of their own: b -> b | b << 4, without what is between.
  auto words = VectorType::get({count}, b.getI16Type());
  auto splat = [&](VectorType type, int64_t value) {
    return arith::ConstantOp::create(
        b, loc, DenseElementsAttr::get(type, b.getIntegerAttr(type.getElementType(), value)));
  };
  Value wide = arith::ExtUIOp::create(b, loc, words, stored);
  Value high = arith::ShLIOp::create(b, loc, wide, splat(words, 4));
  wide =
      arith::AndIOp::create(b, loc, arith::OrIOp::create(b, loc, wide, high), splat(words, 0x0F0F));
  auto bytes = VectorType::get({2 * count}, b.getI8Type());
  Value places = vector::BitCastOp::create(b, loc, bytes, wide);
  return dot == 0 ? places
                  : arith::OrIOp::create(b, loc, places, splat(bytes, dot * getOf())).getResult();
}

double KeptAttr::getUnpackInstructions(bool) const {
  return getDotsPerStep() * (getOf() == 32 ? 1 : 4);
}
