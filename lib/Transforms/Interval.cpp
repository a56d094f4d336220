// Ranges of values, and whether 8 bits of them are enough for what reads them.

#include "Interval.h"

#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Transforms/ObservationNames.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

using namespace mlir;

namespace nnq {

std::string toText(double number) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.3g", number);
  return text;
}

std::optional<std::pair<double, double>> annotatedRange(Value value) {
  DenseF32ArrayAttr attribute;
  unsigned index = 0;
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    if (auto func = dyn_cast<func::FuncOp>(argument.getOwner()->getParentOp()))
      attribute = func.getArgAttrOfType<DenseF32ArrayAttr>(argument.getArgNumber(), rangeAttrName);
  } else {
    attribute = value.getDefiningOp()->getAttrOfType<DenseF32ArrayAttr>(rangeAttrName);
    index = cast<OpResult>(value).getResultNumber();
  }
  if (!attribute || attribute.size() < 2 * (index + 1))
    return std::nullopt;
  return std::make_pair(double(attribute[2 * index]), double(attribute[2 * index + 1]));
}

/// A step may change the result by this share of its range.
static constexpr double mostChange = 1.0 / 16;
/// A change that so many halvings of the step leave is a jump of the function.
static constexpr int halvings = 40;

namespace {
/// The function of one operand, the others being at one end of their ranges.
class Slice {
public:
  Slice(ElementwiseOp op, unsigned operand, SmallVector<double> values,
        std::pair<double, double> bounds)
      : op(op), operand(operand), values(std::move(values)), bounds(bounds) {}

  double operator()(double x) {
    values[operand] = x;
    return std::clamp(op.evaluateScalar(values), bounds.first, bounds.second); // NaN stays NaN
  }

private:
  ElementwiseOp op;
  unsigned operand;
  SmallVector<double> values;
  std::pair<double, double> bounds;
};
} // namespace

/// The operands' values of which one is varied: all combinations of the ends of the others' ranges.
static SmallVector<SmallVector<double>> endsOfOthers(unsigned operand,
                                                     ArrayRef<Interval> operands) {
  SmallVector<SmallVector<double>> found = {SmallVector<double>(operands.size(), 0)};
  for (auto [i, range] : llvm::enumerate(operands)) {
    if (i == operand)
      continue;
    SmallVector<SmallVector<double>> longer;
    for (double end : {range.lo, range.hi})
      for (SmallVector<double> values : found) {
        values[i] = end;
        longer.push_back(std::move(values));
      }
    found = std::move(longer);
  }
  return found;
}

/// True if the function changes by more than `most` between `lo` and `hi` however near they come.
static bool jumps(Slice &f, double lo, double hi, double most) {
  for (int i = 0; i < halvings && std::abs(f(hi) - f(lo)) > most; ++i) {
    double middle = lo + (hi - lo) / 2;
    bool isLower = std::abs(f(middle) - f(lo)) > std::abs(f(hi) - f(middle));
    (isLower ? hi : lo) = middle;
  }
  return std::abs(f(hi) - f(lo)) > most;
}

std::optional<TooCoarse> findTooCoarse(Operation *op, unsigned operand, unsigned bits,
                                       ArrayRef<Interval> operands, const Interval &result,
                                       std::pair<double, double> bounds) {
  const Interval &range = operands[operand];
  double step = range.span() / ((1 << bits) - 1), width = result.hi - result.lo;
  if (!llvm::all_of(operands, [](const Interval &r) { return r.known; }) || !result.known ||
      !(step > 0) || !(width > 0))
    return std::nullopt;
  auto describe = [&](const std::string &effect, double x) {
    return "a step of " + std::to_string(bits) + " bits, " + toText(step) +
           ", changes the result of '" + getLayerName(op) + "' " + effect + " near " + toText(x);
  };
  int first = static_cast<int>(std::floor(range.lo / step));
  int last = static_cast<int>(std::ceil(range.hi / step));
  std::optional<TooCoarse> found;
  for (const SmallVector<double> &values : endsOfOthers(operand, operands)) {
    Slice f(cast<ElementwiseOp>(op), operand, values, bounds);
    if (!std::isfinite(f(range.hi)) && !std::isfinite(f(range.lo)))
      continue; // it is another operand that stands at a pole
    for (int code = first; code < last; ++code) {
      double x = code * step, at = f(x), next = f(x + step), change = std::abs(next - at);
      if (!std::isfinite(change))
        return TooCoarse{describe("without bound", x), true};
      if (found || change <= mostChange * width)
        continue;
      if (!jumps(f, x, x + step, mostChange * width))
        found = {describe("by " + toText(100 * change / width) + " % of its range", x), false};
    }
  }
  return found;
}

} // namespace nnq
