// The interval that the values of a tensor lie in.

#ifndef NNQ_LIB_TRANSFORMS_INTERVAL_H
#define NNQ_LIB_TRANSFORMS_INTERVAL_H

#include "mlir/IR/Value.h"

#include <algorithm>
#include <optional>
#include <string>

namespace nnq {

struct Interval {
  double lo = 0, hi = 0;
  bool known = false;

  void include(double l, double h) {
    lo = known ? std::min(lo, l) : l;
    hi = known ? std::max(hi, h) : h;
    known = true;
  }
  void include(const Interval &other) {
    if (other.known)
      include(other.lo, other.hi);
  }
  /// What codes have to span: 0 is always one of them.
  double span() const { return std::max(hi, 0.0) - std::min(lo, 0.0); }
};

/// A number to three digits, for remarks.
std::string toText(double number);

/// The range that `value` is annotated with (`nnq.range`).
std::optional<std::pair<double, double>> annotatedRange(mlir::Value value);

/// What codes of an operand are too coarse for.
struct TooCoarse {
  std::string why;
  bool isUnbounded; ///< a step leads to a pole: the result may be anything, infinite and NaN too
};

/// Where a step of an operand in codes of `bits` bits may change the result of an elementwise
/// operation by more than a sixteenth of the result's range: near a pole, where large numbers
/// cancel, or where a small operand is multiplied by a large one. `operands` are the operands'
/// ranges, `result` that of the result behind the clamps to `bounds`. Functions that jump whatever
/// the step (rounding, sign) are not meant.
std::optional<TooCoarse> findTooCoarse(mlir::Operation *op, unsigned operand, unsigned bits,
                                       llvm::ArrayRef<Interval> operands, const Interval &result,
                                       std::pair<double, double> bounds);

} // namespace nnq

#endif // NNQ_LIB_TRANSFORMS_INTERVAL_H
