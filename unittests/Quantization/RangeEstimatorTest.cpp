#include "nnq/Quantization/RangeEstimator.h"
#include "ExpectedMatchers.h"
#include <algorithm>
#include <cmath>
#include <random>

using namespace nnq;
using namespace nnq::test;

static TensorStatistics observed(llvm::ArrayRef<float> values) {
  TensorStatistics statistics;
  EXPECT_EQ(errorOf(statistics.observe(values, 0)), "");
  return statistics;
}

static Range rangeOf(const TensorStatistics &statistics, RangeMethod method,
                     const RangeOptions &options = {}) {
  return valueOf(estimateRange(statistics, method, options));
}

static constexpr RangeMethod allMethods[] = {RangeMethod::MinMax, RangeMethod::MovingAverage,
                                             RangeMethod::Percentile, RangeMethod::Entropy,
                                             RangeMethod::MSE};

/// The mean squared error of quantizing to [lo, hi], by doing it, with the zero point where it
/// falls.
static double squaredError(llvm::ArrayRef<float> values, Range range, int steps) {
  double step = (range.hi - range.lo) / steps, sum = 0;
  for (float value : values) {
    double code = std::nearbyint(std::clamp<double>(value, range.lo, range.hi) / step);
    sum += (value - code * step) * (value - code * step);
  }
  return sum / values.size();
}

/// The quantiles of a density: a sample without noise.
template <typename Quantile> static std::vector<float> sampleOf(size_t size, Quantile quantile) {
  std::vector<float> values(size);
  for (size_t i = 0; i < size; ++i)
    values[i] = static_cast<float>(quantile((double(i) + 0.5) / size));
  return values;
}

static double laplaceQuantile(double p) {
  return p < 0.5 ? std::log(2 * p) : -std::log(2 * (1 - p));
}

TEST(RangeEstimator, NamesRoundTrip) {
  for (RangeMethod method : allMethods)
    EXPECT_EQ(parseRangeMethod(rangeMethodName(method)), method);
  EXPECT_EQ(rangeMethodName(RangeMethod::MovingAverage), "moving-average");
  EXPECT_EQ(parseRangeMethod("max"), std::nullopt);
}

TEST(RangeEstimator, MinMaxIsWidenedToZeroAndToSymmetry) {
  Range range = rangeOf(observed({1, 3}), RangeMethod::MinMax);
  EXPECT_EQ(range.lo, 0);
  EXPECT_EQ(range.hi, 3);
  RangeOptions symmetric;
  symmetric.symmetric = true;
  range = rangeOf(observed({1, -3, 2}), RangeMethod::MinMax, symmetric);
  EXPECT_EQ(range.lo, -3);
  EXPECT_EQ(range.hi, 3);
}

TEST(RangeEstimator, MovingAverageGoesByIndexNotByArrival) {
  TensorStatistics statistics;
  EXPECT_EQ(errorOf(statistics.observe({-4, 12}, 2)), "");
  EXPECT_EQ(errorOf(statistics.observe({-1, 4}, 0)), "");
  EXPECT_EQ(errorOf(statistics.observe({-3, 8}, 1)), "");
  RangeOptions options;
  options.averagingConstant = 0.25;
  // -1, then -1 + (-3 + 1)/4 = -1.5, then -1.5 + (-4 + 1.5)/4; 4, then 5, then 5 + 7/4.
  Range range = rangeOf(statistics, RangeMethod::MovingAverage, options);
  EXPECT_EQ(range.lo, -2.125);
  EXPECT_EQ(range.hi, 6.75);
}

TEST(RangeEstimator, PercentileCutsHalfOnEachSide) {
  auto uniform = sampleOf(100000, [](double p) { return 4 * p - 2; });
  RangeOptions options;
  options.percentile = 90;
  Range range = rangeOf(observed(uniform), RangeMethod::Percentile, options);
  EXPECT_NEAR(range.lo, -1.8, 1e-3);
  EXPECT_NEAR(range.hi, 1.8, 1e-3);
  options.symmetric = true; // of the magnitudes, all on one side
  EXPECT_NEAR(rangeOf(observed(uniform), RangeMethod::Percentile, options).hi, 1.8, 1e-3);
  options.percentile = 100;
  EXPECT_EQ(rangeOf(observed(uniform), RangeMethod::Percentile, options).hi,
            double(uniform.back()));
}

TEST(RangeEstimator, PercentileCountsZeros) {
  std::vector<float> values(1000, 0.0f);
  std::fill_n(values.begin(), 100, 5.0f);
  RangeOptions options;
  options.percentile = 70; // 15 % at each end: less than a tenth is not zero
  EXPECT_EQ(rangeOf(observed(values), RangeMethod::Percentile, options).hi, 0);
  options.percentile = 99;
  EXPECT_EQ(rangeOf(observed(values), RangeMethod::Percentile, options).hi, 5);
}

TEST(RangeEstimator, MseKeepsAUniformTensorWhole) {
  auto uniform = sampleOf(100000, [](double p) { return 3 * p - 1; });
  for (unsigned bits : {2u, 4u, 8u}) {
    RangeOptions options;
    options.bits = bits;
    Range range = rangeOf(observed(uniform), RangeMethod::MSE, options);
    // Clipping d at each end costs d^3 and saves no more than d s^2 / 6.
    double step = 3.0 / ((1 << bits) - 1);
    EXPECT_NEAR(range.lo, -1, step / 2);
    EXPECT_NEAR(range.hi, 2, step / 2);
  }
}

TEST(RangeEstimator, MseFindsTheOptimalClipOfALaplacian) {
  // Banner, Nahshan and Soudry (2019): clipping a Laplacian of scale 1 at a, with 2^bits steps,
  // errs by 2 e^-a + a^2 / (3 * 4^bits), least where a e^a = 3 * 4^bits: a = 5.03 at 4 bits, 3.89
  // at 3. The grid here has two steps less and an exact zero.
  auto laplace = sampleOf(400000, laplaceQuantile);
  TensorStatistics statistics = observed(laplace);
  RangeOptions options;
  options.symmetric = true;
  options.bits = 4;
  EXPECT_NEAR(rangeOf(statistics, RangeMethod::MSE, options).hi, 5.03, 0.3);
  options.bits = 3;
  EXPECT_NEAR(rangeOf(statistics, RangeMethod::MSE, options).hi, 3.89, 0.5);
}

TEST(RangeEstimator, MseIsNearTheBestOfABruteForceSearch) {
  std::mt19937 random(6);
  std::normal_distribution<float> normal;
  std::vector<float> values(20000);
  for (float &value : values)
    value = std::exp(normal(random)) - 0.7f; // skewed, with a long right tail
  RangeOptions options;
  options.bits = 4;
  TensorStatistics statistics = observed(values);
  Range chosen = rangeOf(statistics, RangeMethod::MSE, options);
  double best = INFINITY;
  for (int i = 1; i <= 30; ++i)
    for (int j = 1; j <= 60; ++j)
      best = std::min(
          best,
          squaredError(values, {statistics.min() * i / 30.0, statistics.max() * j / 60.0}, 15));
  EXPECT_LT(squaredError(values, chosen, 15), 1.05 * best);
  EXPECT_LT(squaredError(values, chosen, 15),
            0.7 * squaredError(values, {statistics.min(), statistics.max()}, 15));
}

TEST(RangeEstimator, MseNeverClipsMoreThanItMay) {
  // Two heavy tails: at 8 bits at most one value in 10,000 goes, whatever the squared error would
  // like.
  auto cauchy = sampleOf(200000, [](double p) { return std::tan(3.14159265358979 * (p - 0.5)); });
  for (unsigned bits : {8u, 7u, 6u}) {
    RangeOptions options;
    options.bits = bits;
    Range range = rangeOf(observed(cauchy), RangeMethod::MSE, options);
    auto clipped = llvm::count_if(cauchy, [&](float x) { return x < range.lo || x > range.hi; });
    // A bin is 1/128 of its values wide, and this tail falls as 1/x.
    EXPECT_LE(clipped, 20 * (1 << (2 * (8 - bits))) * (1 + 1.0 / 64)) << bits;
  }
}

TEST(RangeEstimator, MseOfOneSignStartsAtZero) {
  auto exponential = sampleOf(100000, [](double p) { return -std::log(1 - p); });
  exponential.resize(200000, 0.0f); // half of them zero, as after a ReLU
  RangeOptions options;
  options.bits = 4;
  Range range = rangeOf(observed(exponential), RangeMethod::MSE, options);
  EXPECT_EQ(range.lo, 0);
  double best = INFINITY;
  for (double hi = 2; hi < 12; hi += 0.05)
    best = std::min(best, squaredError(exponential, {0, hi}, 15));
  EXPECT_LT(squaredError(exponential, range, 15), 1.02 * best);

  for (float &value : exponential)
    value = -value;
  Range mirrored = rangeOf(observed(exponential), RangeMethod::MSE, options);
  EXPECT_EQ(mirrored.hi, 0);
  EXPECT_NEAR(mirrored.lo, -range.hi, 1e-6);
}

TEST(RangeEstimator, MseKeepsValuesOnAGridExactly) {
  // 241 numbers 0.5847 apart: 14 codes are left over, for both sides.
  std::vector<float> values;
  for (int code = -200; code <= 40; ++code)
    values.push_back(0.5847f * code);
  Range range = rangeOf(observed(values), RangeMethod::MSE);
  EXPECT_NEAR(range.lo, -207 * 0.5847, 1e-4);
  EXPECT_NEAR(range.hi, 48 * 0.5847, 1e-4);
  EXPECT_NEAR(squaredError(values, range, 255), 0, 1e-8);
  // Of one sign, they extend the other end.
  for (float &value : values)
    value = std::fabs(value);
  EXPECT_NEAR(rangeOf(observed(values), RangeMethod::MSE).hi, 255 * 0.5847, 1e-4);
  EXPECT_EQ(rangeOf(observed(values), RangeMethod::MSE).lo, 0);
  // With 7 bits there are too few codes, and with the sign's bit on one side only as well.
  RangeOptions options;
  options.bits = 7;
  EXPECT_LT(rangeOf(observed(values), RangeMethod::MSE, options).hi, 201 * 0.5847);
  options.bits = 8;
  options.symmetric = true;
  EXPECT_LT(rangeOf(observed(values), RangeMethod::MSE, options).hi, 201 * 0.5847);
  // Few values have codes between them: a mask's range is its own.
  EXPECT_EQ(rangeOf(observed({0, 1, 1}), RangeMethod::MSE).hi, 1);
  EXPECT_NEAR(rangeOf(observed({0, 2, -1}), RangeMethod::MSE, options).hi, 127.0 / 63, 1e-6);
}

TEST(RangeEstimator, EntropyClipsALongTailButNotABox) {
  RangeOptions options;
  options.symmetric = true;
  auto uniform = sampleOf(100000, [](double p) { return 2 * p - 1; });
  EXPECT_GT(rangeOf(observed(uniform), RangeMethod::Entropy, options).hi, 0.97);

  auto values = sampleOf(100000, laplaceQuantile);
  values.push_back(200.0f); // one outlier at 17 times the rest
  double limit = rangeOf(observed(values), RangeMethod::Entropy, options).hi;
  EXPECT_LT(limit, 25);
  EXPECT_GT(limit, 4);
}

TEST(RangeEstimator, EntropyOfOneSignKeepsZeroAsItsEnd) {
  auto values = sampleOf(50000, [](double p) { return -std::log(1 - p); });
  Range range = rangeOf(observed(values), RangeMethod::Entropy);
  EXPECT_EQ(range.lo, 0);
  EXPECT_GT(range.hi, 3);
  EXPECT_LE(range.hi, double(values.back()));
}

TEST(RangeEstimator, EntropyWithFinerCodesThanBinsKeepsEverything) {
  RangeOptions options;
  options.bits = 16;
  Range range = rangeOf(observed({1, 2, -100}), RangeMethod::Entropy, options);
  EXPECT_EQ(range.lo, -100);
  EXPECT_EQ(range.hi, 2);
}

TEST(RangeEstimator, EveryMethodTakesDegenerateTensors) {
  for (RangeMethod method : allMethods)
    for (bool symmetric : {false, true}) {
      RangeOptions options;
      options.symmetric = symmetric;
      Range zeros = rangeOf(observed({0, 0, 0}), method, options);
      EXPECT_EQ(zeros.lo, 0);
      EXPECT_EQ(zeros.hi, 0);
      Range one = rangeOf(observed({1}), method, options); // the lower edge of its bin
      EXPECT_EQ(one.hi, 1) << rangeMethodName(method).str();
      Range negative = rangeOf(observed({-1.5f, -1.5f}), method, options);
      EXPECT_EQ(negative.lo, -1.5);
      EXPECT_EQ(negative.hi, symmetric ? 1.5 : 0);
      Range tiny = rangeOf(observed({1e-20f, -1e-20f}), method, options);
      EXPECT_LE(tiny.hi, 1.01e-20);
    }
}

TEST(RangeEstimator, RejectsNoValuesAndBadOptions) {
  EXPECT_EQ(errorOf(estimateRange({}, RangeMethod::MinMax)), "no values were observed");
  auto error = [](auto set) {
    RangeOptions options;
    set(options);
    return errorOf(estimateRange(observed({1}), RangeMethod::MinMax, options));
  };
  EXPECT_EQ(error([](RangeOptions &o) { o.bits = 17; }), "codes of 17 bits; 2 to 16 are supported");
  EXPECT_EQ(error([](RangeOptions &o) { o.percentile = 0; }), "percentile 0 is outside (0, 100]");
  EXPECT_EQ(error([](RangeOptions &o) { o.averagingConstant = NAN; }),
            "averaging constant nan is outside (0, 1]");
  EXPECT_EQ(error([](RangeOptions &o) { o.maxClippedShare = 2; }),
            "largest clipped share 2 is outside [0, 1]");
}
