#include "nnq/Quantization/Observer.h"
#include "ExpectedMatchers.h"
#include <cmath>
#include <limits>

using namespace nnq;
using namespace nnq::test;

static constexpr float inf = std::numeric_limits<float>::infinity();

static TensorStatistics observed(llvm::ArrayRef<float> values, uint64_t sample) {
  TensorStatistics statistics;
  EXPECT_EQ(errorOf(statistics.observe(values, sample)), "");
  return statistics;
}

TEST(Observer, KeepsExtremesOverallAndPerSample) {
  TensorStatistics statistics = observed({1, -2, 3}, 7);
  EXPECT_EQ(errorOf(statistics.observe({5, 4}, 2)), "");
  EXPECT_EQ(statistics.count(), 5u);
  EXPECT_EQ(statistics.min(), -2.0f);
  EXPECT_EQ(statistics.max(), 5.0f);
  EXPECT_EQ(statistics.samples(), (std::map<uint64_t, SampleRange>{{2, {4, 5}}, {7, {-2, 3}}}));
}

TEST(Observer, ExtremesOfOneSignDoNotReachZero) {
  TensorStatistics statistics = observed({-3, -2}, 0);
  EXPECT_EQ(statistics.max(), -2.0f);
  EXPECT_EQ(observed({2, 3}, 0).min(), 2.0f);
}

TEST(Observer, PiecesOfOneSampleJoin) {
  TensorStatistics statistics = observed({1, 2}, 0);
  EXPECT_EQ(errorOf(statistics.observe({-4, 1.5f}, 0)), "");
  EXPECT_EQ(statistics.samples(), (std::map<uint64_t, SampleRange>{{0, {-4, 2}}}));
}

TEST(Observer, NegativeZeroIsZero) {
  EXPECT_FALSE(std::signbit(observed({-0.0f, 1}, 0).min()));
  EXPECT_FALSE(std::signbit(observed({-0.0f, -1}, 0).max()));
}

TEST(Observer, NoValuesRecordNothing) {
  TensorStatistics statistics = observed({}, 0);
  EXPECT_TRUE(statistics.empty());
  EXPECT_TRUE(statistics.samples().empty());
}

TEST(Observer, RejectsNaNAndInfinityWithPositionAndValue) {
  TensorStatistics statistics = observed({1}, 0);
  TensorStatistics before = statistics;
  EXPECT_EQ(errorOf(statistics.observe({0, 1, std::nanf(""), inf}, 3)),
            "value 2 of sample 3 is nan, not a finite number");
  EXPECT_EQ(errorOf(statistics.observe({-inf, 1}, 4)),
            "value 0 of sample 4 is -inf, not a finite number");
  EXPECT_EQ(statistics, before);
}

TEST(Observer, MergeIsTheSameInAnyOrder) {
  TensorStatistics a = observed({1, -7}, 0), b = observed({9}, 1), c = observed({0.5f}, 2);
  TensorStatistics abc = a, cab = c;
  EXPECT_EQ(errorOf(abc.merge(b)), "");
  EXPECT_EQ(errorOf(abc.merge(c)), "");
  EXPECT_EQ(errorOf(cab.merge(a)), "");
  EXPECT_EQ(errorOf(cab.merge(b)), "");
  EXPECT_EQ(abc, cab);
  EXPECT_EQ(cab.min(), -7.0f);
  EXPECT_EQ(cab.max(), 9.0f);
  EXPECT_EQ(cab.count(), 4u);
}

TEST(Observer, MergeWithNothingChangesNothing) {
  TensorStatistics a = observed({2, 3}, 0), none;
  EXPECT_EQ(errorOf(a.merge(none)), "");
  EXPECT_EQ(errorOf(none.merge(a)), "");
  EXPECT_EQ(a.min(), 2.0f);
  EXPECT_EQ(none.min(), 2.0f);
}

TEST(Observer, MergeRejectsASampleInBoth) {
  TensorStatistics a = observed({1}, 5), b = observed({2}, 5);
  EXPECT_EQ(errorOf(a.merge(b)), "sample 5 is in both sets of statistics; give each shard its own "
                                 "sample indices");
  EXPECT_EQ(a.count(), 1u);
}

TEST(Observer, CreateChecksThatThePartsAgree) {
  Histogram histogram;
  histogram.add({1, 2});
  EXPECT_EQ(valueOf(TensorStatistics::create({{0, {1, 2}}}, histogram)), observed({1, 2}, 0));
  EXPECT_EQ(errorOf(TensorStatistics::create({{0, {2, 1}}}, histogram)),
            "sample 0 has its minimum 2 above its maximum 1");
  EXPECT_EQ(errorOf(TensorStatistics::create({}, histogram)),
            "0 samples do not go with 2 counted values");
  EXPECT_EQ(
      errorOf(TensorStatistics::create({{0, {1, 4}}}, histogram)),
      "histogram spans bins 16256 to 16384, but the samples' range [1, 4] needs bins 16256 to "
      "16512");
}
