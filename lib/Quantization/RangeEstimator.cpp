//===- RangeEstimator.cpp - From statistics to a clipping range -----------===//

#include "nnq/Quantization/RangeEstimator.h"
#include "nnq/Quantization/ValueGrid.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ErrorHandling.h"
#include <algorithm>
#include <cmath>
#include <limits>

using namespace llvm;

namespace nnq {

namespace {

/// Mass, first and second moment of a part of a distribution.
struct Moments {
  double mass = 0, first = 0, second = 0;

  Moments &operator+=(const Moments &other) {
    mass += other.mass;
    first += other.first;
    second += other.second;
    return *this;
  }
  friend Moments operator-(Moments a, const Moments &b) {
    return {a.mass - b.mass, a.first - b.first, a.second - b.second};
  }
  /// The sum of (x - point)^2; never below zero, as cancellation could leave it.
  double squaredDistance(double point) const {
    return std::max(0.0, second - 2 * point * first + point * point * mass);
  }
};

/// A mass spread evenly over [lo, hi], or a point mass where the two are equal.
struct Segment {
  double lo, hi, mass;

  Moments all() const { return evenly(mass, hi); }

  /// The moments of the part below x.
  Moments below(double x) const {
    if (x <= lo)
      return {};
    return x >= hi ? all() : evenly(mass * ((x - lo) / (hi - lo)), x);
  }

private:
  /// The moments of a mass spread evenly over [lo, end].
  Moments evenly(double part, double end) const {
    return {part, part * (lo + end) / 2, part * (lo * lo + lo * end + end * end) / 3};
  }
};

/// A histogram as ascending segments, with moments of any interval in logarithmic time.
class Distribution {
public:
  explicit Distribution(std::vector<Segment> ascending) : segments(std::move(ascending)) {
    prefix.reserve(segments.size() + 1);
    prefix.emplace_back();
    for (const Segment &segment : segments) {
      Moments sum = prefix.back();
      sum += segment.all();
      prefix.push_back(sum);
    }
  }

  ArrayRef<Segment> parts() const { return segments; }
  const Moments &total() const { return prefix.back(); }

  /// The moments of the values below x, without a point mass at x.
  Moments below(double x) const {
    return sumTo(llvm::partition_point(segments, [x](const Segment &s) { return s.hi < x; }), x);
  }

  /// The moments of the values up to x, with a point mass at x.
  Moments upTo(double x) const {
    return sumTo(llvm::partition_point(segments, [x](const Segment &s) { return s.hi <= x; }), x);
  }

  /// The least x with at least `mass` of the distribution at or below it.
  double quantile(double mass) const {
    size_t i = llvm::partition_point(prefix, [mass](const Moments &m) { return m.mass < mass; }) -
               prefix.begin();
    if (i == 0)
      return segments.front().lo;
    if (i > segments.size())
      return segments.back().hi;
    const Segment &segment = segments[i - 1];
    return segment.lo + (segment.hi - segment.lo) * ((mass - prefix[i - 1].mass) / segment.mass);
  }

private:
  /// The moments of the segments before `cut` and of the part of `cut` below x.
  Moments sumTo(std::vector<Segment>::const_iterator cut, double x) const {
    Moments sum = prefix[cut - segments.begin()];
    if (cut != segments.end())
      sum += cut->below(x);
    return sum;
  }

  std::vector<Segment> segments;
  /// prefix[i]: the moments of the first i segments.
  std::vector<Moments> prefix;
};

} // namespace

//===----------------------------------------------------------------------===//
// From statistics to distributions
//===----------------------------------------------------------------------===//

/// Bins as segments inside [min, max], bin 0 as a point mass at 0.
static std::vector<Segment> toSegments(ArrayRef<Histogram::Entry> entries, double min, double max) {
  std::vector<Segment> segments;
  segments.reserve(entries.size());
  for (const Histogram::Entry &entry : entries) {
    double lo = 0, hi = 0;
    if (entry.bin != 0) {
      lo = std::clamp(Histogram::lowerEdge(entry.bin), min, max);
      hi = std::clamp(Histogram::upperEdge(entry.bin), min, max);
    }
    segments.push_back({lo, hi, static_cast<double>(entry.count)});
  }
  return segments;
}

/// The entries of the histogram of |x|.
static std::vector<Histogram::Entry> foldMagnitudes(ArrayRef<Histogram::Entry> entries) {
  std::map<int32_t, uint64_t> counts;
  for (const Histogram::Entry &entry : entries)
    counts[std::abs(entry.bin)] += entry.count;
  std::vector<Histogram::Entry> folded;
  for (auto [bin, count] : counts)
    folded.push_back({bin, count});
  return folded;
}

static double absMaxOf(const TensorStatistics &statistics) {
  return std::max(std::fabs(double(statistics.min())), std::fabs(double(statistics.max())));
}

static Distribution valuesOf(const TensorStatistics &statistics) {
  return Distribution(
      toSegments(statistics.histogram().entries(), statistics.min(), statistics.max()));
}

static Distribution magnitudesOf(const TensorStatistics &statistics) {
  return Distribution(
      toSegments(foldMagnitudes(statistics.histogram().entries()), 0, absMaxOf(statistics)));
}

/// The distribution without its point mass at 0, which quantizes exactly.
static Distribution withoutZeros(const Distribution &distribution) {
  std::vector<Segment> segments(distribution.parts());
  llvm::erase_if(segments, [](const Segment &s) { return s.lo == 0 && s.hi == 0; });
  return Distribution(std::move(segments));
}

//===----------------------------------------------------------------------===//
// The methods
//===----------------------------------------------------------------------===//

static Range movingAverage(const TensorStatistics &statistics, double constant) {
  auto sample = statistics.samples().begin(), end = statistics.samples().end();
  Range range{sample->second.min, sample->second.max};
  for (++sample; sample != end; ++sample) {
    range.lo += constant * (sample->second.min - range.lo);
    range.hi += constant * (sample->second.max - range.hi);
  }
  return range;
}

static Range percentile(const TensorStatistics &statistics, const RangeOptions &options) {
  double total = statistics.count();
  double kept = total * (options.percentile / 100);
  if (options.symmetric) {
    double limit = magnitudesOf(statistics).quantile(kept);
    return {-limit, limit};
  }
  double cut = (total - kept) / 2;
  Distribution values = valuesOf(statistics);
  return {values.quantile(cut), values.quantile(total - cut)};
}

/// Thresholds from `extreme` inward to `innermost`, in 100 geometric steps; 0 alone where that is
/// the extreme.
static std::vector<double> candidateThresholds(double extreme, double innermost) {
  constexpr int steps = 100;
  if (extreme == 0)
    return {0};
  // Both have one sign, or the innermost is on the other side of zero and so no limit at all.
  double ratio = std::clamp(innermost / extreme, 0x1p-10, 1.0);
  std::vector<double> thresholds;
  for (int i = 0; i < steps; ++i)
    thresholds.push_back(extreme * std::pow(ratio, double(i) / (steps - 1)));
  return thresholds;
}

/// The squared error, summed over the values, of rounding those inside [lo, hi] with step s.
static double roundingError(const Distribution &values, double lo, double hi, double step) {
  double half = step / 2;
  Moments inside = values.upTo(hi) - values.below(lo);
  Moments toZero = values.upTo(std::min(half, hi)) - values.below(std::max(-half, lo));
  double elsewhere = std::max(0.0, inside.mass - toZero.mass);
  return std::max(0.0, toZero.second) + elsewhere * step * step / 12;
}

/// A candidate for one end of the range, with the mass beyond it and the squared error of clipping
/// that.
struct RangeEnd {
  double threshold, mass, error;
};

/// Candidates for the lower end, from min(extreme, 0) inward.
static std::vector<RangeEnd> candidateLows(const Distribution &values, double extreme,
                                           double innermost) {
  std::vector<RangeEnd> ends;
  for (double lo : candidateThresholds(std::min(extreme, 0.0), innermost)) {
    Moments beyond = values.below(lo);
    ends.push_back({lo, beyond.mass, beyond.squaredDistance(lo)});
  }
  return ends;
}

/// Candidates for the upper end, from max(extreme, 0) inward.
static std::vector<RangeEnd> candidateHighs(const Distribution &values, double extreme,
                                            double innermost) {
  std::vector<RangeEnd> ends;
  for (double hi : candidateThresholds(std::max(extreme, 0.0), innermost)) {
    Moments beyond = values.total() - values.upTo(hi);
    ends.push_back({hi, beyond.mass, beyond.squaredDistance(hi)});
  }
  return ends;
}

/// The range inside [min, max] with the least squared error when it is cut into `steps` equal
/// steps, among those that clip at most `allowedShare` of the values.
static Range leastSquares(const Distribution &all, double min, double max, double steps,
                          double allowedShare) {
  double allowed = all.total().mass * allowedShare;
  Distribution values = withoutZeros(all);
  std::vector<RangeEnd> lows = candidateLows(values, min, all.quantile(allowed));
  std::vector<RangeEnd> highs =
      candidateHighs(values, max, all.quantile(all.total().mass - allowed));

  // The first pair clips nothing, so that one is always allowed.
  Range best{lows.front().threshold, highs.front().threshold};
  double leastError = std::numeric_limits<double>::infinity();
  for (const RangeEnd &low : lows) {
    for (const RangeEnd &high : highs) {
      double width = high.threshold - low.threshold;
      if (low.mass + high.mass > allowed)
        continue;
      double error = low.error + high.error +
                     roundingError(values, low.threshold, high.threshold, width / steps);
      if (error < leastError || (error == leastError && width > best.hi - best.lo)) {
        leastError = error;
        best = {low.threshold, high.threshold};
      }
    }
  }
  return best;
}

/// The range of codes that keep all values, if they are few and lie on a grid.
static std::optional<Range> withoutError(const TensorStatistics &statistics,
                                         const RangeOptions &options) {
  const std::set<float> *values = statistics.distinct().get();
  int64_t steps = (int64_t(1) << options.bits) - 1 - options.symmetric;
  std::optional<ValueGrid> grid;
  if (values)
    grid = findValueGrid(*values, steps + 1);
  if (!grid)
    return std::nullopt;
  if (options.symmetric) {
    grid->greatest = std::max(-grid->least, grid->greatest);
    grid->least = -grid->greatest;
  }
  int64_t fraction = steps / (grid->greatest - grid->least);
  if (fraction == 0) // made symmetric, it has too many numbers
    return std::nullopt;
  int64_t lo = grid->least * fraction, hi = grid->greatest * fraction, spare = steps - (hi - lo);
  int64_t below = lo == 0 ? 0 : hi == 0 ? spare : spare / 2;
  double step = grid->step / fraction;
  return Range{(lo - below) * step, (hi + spare - below) * step};
}

static Range meanSquaredError(const TensorStatistics &statistics, const RangeOptions &options) {
  if (std::optional<Range> exact = withoutError(statistics, options))
    return *exact;
  double share =
      std::min(1.0, options.maxClippedShare * std::ldexp(1.0, 2 * (8 - int(options.bits))));
  double codes = std::ldexp(1.0, options.bits);
  if (!options.symmetric)
    return leastSquares(valuesOf(statistics), statistics.min(), statistics.max(), codes - 1, share);
  // [-t, t] in 2^bits - 2 steps is [0, t] in half as many, for magnitudes.
  return leastSquares(magnitudesOf(statistics), 0, absMaxOf(statistics), (codes - 2) / 2, share);
}

namespace {
/// Migacz' search, on sums from the left so that a candidate costs `levels` steps instead of its
/// bins.
class EntropySearch {
public:
  static constexpr int bins = 2048;

  /// Spreads the magnitudes over `bins` equal bins of [0, absMax].
  EntropySearch(const Distribution &magnitudes, double absMax)
      : oneValue(1 / magnitudes.total().mass) {
    double before = 0;
    for (int i = 0; i < bins; ++i) {
      double upTo = magnitudes.upTo(absMax * (i + 1) / bins).mass;
      share[i] = std::max(0.0, upTo - before) * oneValue;
      before = upTo;
      shareBefore[i + 1] = shareBefore[i] + share[i];
      filledBefore[i + 1] = filledBefore[i] + (share[i] > 0);
      negentropyBefore[i + 1] = negentropyBefore[i] + timesLog(share[i]);
    }
  }

  /// KL(P || Q) for the first n bins in the given number of levels.
  double divergence(int n, int levels) const {
    auto beginOf = [=](int level) { return level * n / levels; };
    double kept = shareBefore[n], clipped = std::max(0.0, 1 - kept);
    // The last level of Q holds at least one value; Q is normalized by what it then holds.
    double lastLevel = std::max(kept - shareBefore[beginOf(levels - 1)], oneValue);
    double held = shareBefore[beginOf(levels - 1)] + lastLevel;

    // sum of p ln p, the last p holding what is clipped, less sum of p ln q.
    double result = negentropyBefore[n - 1] + timesLog(share[n - 1] + clipped);
    for (int level = 0; level < levels; ++level) {
      int begin = beginOf(level), end = beginOf(level + 1);
      int filled = filledBefore[end] - filledBefore[begin];
      double mass = shareBefore[end] - shareBefore[begin];
      double p = mass;
      if (end == n) {
        p += clipped;
        filled += share[n - 1] == 0;
        mass = lastLevel;
      }
      if (filled > 0)
        result -= p * std::log(mass / filled / held);
    }
    return result;
  }

private:
  static double timesLog(double p) { return p > 0 ? p * std::log(p) : 0; }

  /// The share of a single value.
  double oneValue;
  std::array<double, bins> share;
  std::array<double, bins + 1> shareBefore{}, negentropyBefore{};
  std::array<int, bins + 1> filledBefore{};
};
} // namespace

static Range entropy(const TensorStatistics &statistics, const RangeOptions &options) {
  double min = statistics.min(), max = statistics.max(), absMax = absMaxOf(statistics);
  bool oneSign = !options.symmetric && (min >= 0 || max <= 0);
  int levels = 1 << (oneSign ? options.bits : options.bits - 1);
  Distribution magnitudes = withoutZeros(magnitudesOf(statistics));
  if (levels >= EntropySearch::bins || magnitudes.total().mass == 0)
    return {min, max};
  EntropySearch search(magnitudes, absMax);
  int best = EntropySearch::bins;
  double least = search.divergence(best, levels);
  for (int n = EntropySearch::bins - 1; n >= levels; --n) {
    double divergence = search.divergence(n, levels);
    if (divergence < least) {
      least = divergence;
      best = n;
    }
  }
  double limit = absMax * best / EntropySearch::bins;
  return {std::max(min, -limit), std::min(max, limit)};
}

//===----------------------------------------------------------------------===//
// Interface
//===----------------------------------------------------------------------===//

namespace {
struct MethodName {
  RangeMethod method;
  StringLiteral name;
};
} // namespace

static constexpr MethodName methodNames[] = {
    {RangeMethod::MinMax, "minmax"},
    {RangeMethod::MovingAverage, "moving-average"},
    {RangeMethod::Percentile, "percentile"},
    {RangeMethod::Entropy, "entropy"},
    {RangeMethod::MSE, "mse"},
};

StringRef rangeMethodName(RangeMethod method) {
  for (const MethodName &entry : methodNames)
    if (entry.method == method)
      return entry.name;
  llvm_unreachable("all range methods have a name");
}

std::optional<RangeMethod> parseRangeMethod(StringRef name) {
  for (const MethodName &entry : methodNames)
    if (entry.name == name)
      return entry.method;
  return std::nullopt;
}

static Error check(const RangeOptions &options) {
  if (options.bits < 2 || options.bits > 16)
    return createStringError("codes of %u bits; 2 to 16 are supported", options.bits);
  if (!(options.percentile > 0 && options.percentile <= 100))
    return createStringError("percentile %.9g is outside (0, 100]", options.percentile);
  if (!(options.averagingConstant > 0 && options.averagingConstant <= 1))
    return createStringError("averaging constant %.9g is outside (0, 1]",
                             options.averagingConstant);
  if (!(options.maxClippedShare >= 0 && options.maxClippedShare <= 1))
    return createStringError("largest clipped share %.9g is outside [0, 1]",
                             options.maxClippedShare);
  return Error::success();
}

static Range chooseRange(const TensorStatistics &statistics, RangeMethod method,
                         const RangeOptions &options) {
  switch (method) {
  case RangeMethod::MinMax:
    return {statistics.min(), statistics.max()};
  case RangeMethod::MovingAverage:
    return movingAverage(statistics, options.averagingConstant);
  case RangeMethod::Percentile:
    return percentile(statistics, options);
  case RangeMethod::Entropy:
    return entropy(statistics, options);
  case RangeMethod::MSE:
    return meanSquaredError(statistics, options);
  }
  llvm_unreachable("all range methods are covered");
}

Expected<Range> estimateRange(const TensorStatistics &statistics, RangeMethod method,
                              const RangeOptions &options) {
  if (Error error = check(options))
    return error;
  if (statistics.empty())
    return createStringError("no values were observed");
  Range range = chooseRange(statistics, method, options);
  range = {std::min(range.lo, 0.0), std::max(range.hi, 0.0)};
  if (options.symmetric) {
    double limit = std::max(-range.lo, range.hi);
    range = {-limit, limit};
  }
  return range;
}

} // namespace nnq
