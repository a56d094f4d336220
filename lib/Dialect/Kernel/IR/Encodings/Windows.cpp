// The weights of some inputs of each window of 64, the same ones for 32 output channels.

#include "nnq/Dialect/Kernel/IR/KernelDialect.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace nnq;

static constexpr int64_t window = 64;
/// That one dot product multiplies, in each lane.
static constexpr int64_t inputsOfDot = 4;

LogicalResult WindowsAttr::verify(function_ref<InFlightDiagnostic()> emitError, int64_t kept) {
  if (kept < inputsOfDot || kept >= window || kept % inputsOfDot != 0)
    return emitError() << "of a window of " << window << " inputs are kept 4, 8, ... or "
                       << window - inputsOfDot << ", not " << kept;
  return success();
}

StringRef WindowsAttr::getEncodingName() const { return getMnemonic(); }

bool WindowsAttr::supports(Type input, Type weights) const {
  return input.isInteger(8) && weights.isInteger(8);
}

StringRef WindowsAttr::describeElements() const {
  return "i8, of which those of no more inputs of a window are not 0, below i8";
}

Attribute WindowsAttr::withLevels(ArrayRef<int64_t>) const { return {}; }

Attribute WindowsAttr::withPattern(const PruningPattern &pattern) const {
  if (pattern.kind != PruningPattern::Kind::Inputs1x32)
    return {};
  return get(getContext(), pattern.kept * window / pattern.of);
}

Type WindowsAttr::getPackedType(Type) const { return IntegerType::get(getContext(), 8); }

ElementsAttr WindowsAttr::pack(ElementsAttr, int64_t,
                               function_ref<int64_t(int64_t, int64_t)>) const {
  return {}; // packStep
}

int64_t WindowsAttr::getDotsPerStep() const { return getKept() / inputsOfDot; }

int64_t WindowsAttr::getStepInputs(int64_t) const { return window; }

int64_t WindowsAttr::getIndexBytes(int64_t) const { return getKept(); }

bool WindowsAttr::sharesIndices() const { return true; }

LogicalResult WindowsAttr::packStep(int64_t columns, int64_t channels, int64_t depth,
                                    function_ref<int8_t(int64_t, int64_t, int64_t)> get,
                                    MutableArrayRef<int8_t> bytes) const {
  int64_t found = 0, size = channels * depth;
  MutableArrayRef<int8_t> indices = bytes.drop_front(getDotsPerStep() * columns * size);
  for (int64_t input = 0; input < window; ++input) {
    bool isZero = true;
    for (int64_t column = 0; column < columns; ++column)
      for (int64_t lane = 0; lane < channels; ++lane)
        isZero &= get(column, lane, input) == 0;
    if (isZero)
      continue;
    if (found == getKept())
      return failure();
    int64_t dot = found / depth, place = found % depth;
    indices[found++] = static_cast<int8_t>(input);
    for (int64_t column = 0; column < columns; ++column)
      for (int64_t lane = 0; lane < channels; ++lane)
        bytes[(dot * columns + column) * size + lane * depth + place] = get(column, lane, input);
  }
  return success();
}

Value WindowsAttr::emitIndices(OpBuilder &b, Location loc,
                               function_ref<Value(int64_t, int64_t)> load, int64_t,
                               int64_t dot) const {
  // Four places, in every lane of the 16 of a column.
  Value word = vector::BitCastOp::create(b, loc, VectorType::get({1}, b.getI32Type()),
                                         load(dot * inputsOfDot, inputsOfDot));
  word = vector::ExtractOp::create(b, loc, word, 0);
  word = vector::BroadcastOp::create(b, loc, VectorType::get({16}, b.getI32Type()), word);
  return vector::BitCastOp::create(b, loc, VectorType::get({64}, b.getI8Type()), word);
}

double WindowsAttr::getUnpackInstructions(bool) const { return 0; }
