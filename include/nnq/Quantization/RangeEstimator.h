//===- RangeEstimator.h - From statistics to a clipping range ---*- C++ -*-===//
//
// The choice of the reals that a tensor's codes cover: wide clips little and rounds coarsely,
// narrow the reverse.
//
//===----------------------------------------------------------------------===//

#ifndef NNQ_QUANTIZATION_RANGEESTIMATOR_H
#define NNQ_QUANTIZATION_RANGEESTIMATOR_H

#include "nnq/Quantization/Observer.h"
#include "llvm/ADT/StringRef.h"
#include <optional>

namespace nnq {

enum class RangeMethod {
  /// [min, max] of all values.
  MinMax,
  /// Exponential average of each sample's extremes, over samples by ascending index: a_0 = x_0, a_i
  /// = a_(i-1) + c (x_i - a_(i-1)). PyTorch's MovingAverageMinMaxObserver.
  MovingAverage,
  /// The range that holds the given percentage of the values: half of the rest is cut on each side,
  /// or, when symmetric, all of it from the magnitudes. Linear interpolation inside a histogram
  /// bin. As ONNX Runtime's.
  Percentile,
  /// The threshold on |x| with the least Kullback-Leibler divergence between the clipped and the
  /// quantized distribution. Migacz, "8-bit Inference with TensorRT" (2017), with the details given
  /// at `estimateRange`.
  Entropy,
  /// The range with the least expected squared error: none, where the values lie on a grid that
  /// codes can represent.
  MSE,
};

/// The name in options and files: "minmax", "moving-average", "percentile", "entropy", "mse".
llvm::StringRef rangeMethodName(RangeMethod method);
/// The inverse of `rangeMethodName`; nothing for another string.
std::optional<RangeMethod> parseRangeMethod(llvm::StringRef name);

struct RangeOptions {
  /// Width of the codes, 2 to 16. Entropy and MSE depend on it.
  unsigned bits = 8;
  /// Whether the result is to be [-t, t].
  bool symmetric = false;
  /// Percentile: the percentage of values to keep, in (0, 100].
  double percentile = 99.999;
  /// MovingAverage: the weight c of a new sample, in (0, 1].
  double averagingConstant = 0.01;
  /// MSE: the share of the values that may be clipped at 8 bits. Each bit less multiplies it by 4,
  /// as it multiplies the rounding error, and each bit more divides it.
  double maxClippedShare = 1e-4;
};

/// Reals that codes are to cover. Holds 0: lo <= 0 <= hi.
struct Range {
  double lo;
  double hi;
};

/// The range that `method` chooses, widened to hold 0, and to [-t, t] with t = max(-lo, hi) when
/// symmetric.
///
/// MSE. Values in a bin count as uniform over it, restricted to [min, max]; bin 0 is exact zeros.
/// With step s, (hi - lo) / (2^bits - 1), or 2 t / (2^bits - 2) when symmetric, the expected error
/// of clipping to [lo, hi] is
///
///     sum over x > hi of (x - hi)^2 + sum over x < lo of (lo - x)^2    clipped
///     + sum over |x| < s/2 of x^2                                      rounded to zero
///     + s^2 / 12 for each other value                                  rounded elsewhere
///
/// Candidates are 100 geometric steps on each side, from the extreme inward to where the allowed
/// share is clipped (at most 1/1024 of the extreme), and all pairs of them; one side only when the
/// values have one sign. Equal errors take the wider range. Never clips more than the allowed
/// share.
///
/// MSE of few distinct values that are multiples of one number (ValueGrid.h), to a thousandth of
/// it, of no more than there are codes: the codes' step is that number, or the smallest integral
/// fraction of it with which codes reach all of them; codes left over extend the range on each side
/// of 0 that has values. Images and other data of 8 bits then lose nothing.
///
/// Entropy. The magnitudes, exact zeros left out (they have a code of their own), are spread over
/// 2048 equal bins of [0, max|x|]. The first i bins, with the mass beyond added to the last of
/// them, are P. The same bins without that mass, in L equal levels, each averaged over the bins
/// that P fills, are Q; its last level holds at least one value, since KL would be infinite where a
/// gap precedes outliers. L = 2^(bits-1), or 2^bits if all values have one sign and the range need
/// not be symmetric. The i in [L, 2048] with the least KL(P || Q) wins, the greatest of equals, and
/// the range is [min, max] cut to [-t, t], t = i max|x| / 2048. Where L reaches 2048, nothing is
/// cut.
///
/// Errors: no values; an option outside its stated limits, with its value.
llvm::Expected<Range> estimateRange(const TensorStatistics &statistics, RangeMethod method,
                                    const RangeOptions &options = {});

} // namespace nnq

#endif // NNQ_QUANTIZATION_RANGEESTIMATOR_H
