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
  DistinctValues distinct;
  distinct.add({1, 2});
  EXPECT_EQ(valueOf(TensorStatistics::create({{0, {1, 2}}}, histogram, distinct)),
            observed({1, 2}, 0));
  auto errorWith = [&](std::map<uint64_t, SampleRange> samples) {
    return errorOf(TensorStatistics::create(std::move(samples), histogram, distinct));
  };
  EXPECT_EQ(errorWith({{0, {2, 1}}}), "sample 0 has its minimum 2 above its maximum 1");
  EXPECT_EQ(errorWith({}), "0 samples do not go with 2 counted values");
  EXPECT_EQ(
      errorWith({{0, {1, 4}}}),
      "histogram spans bins 16256 to 16384, but the samples' range [1, 4] needs bins 16256 to "
      "16512");
  distinct.add({3});
  EXPECT_EQ(errorWith({{0, {1, 2}}}),
            "3 distinct values do not begin and end with the samples' range [1, 2]");
  EXPECT_EQ(errorOf(TensorStatistics::create({{0, {1, 2}}}, histogram, DistinctValues::tooMany())),
            "");
}

TEST(Observer, KeepsDistinctValuesWhileTheyAreFew) {
  TensorStatistics statistics = observed({2, -0.0f, 2, 0}, 0);
  ASSERT_TRUE(statistics.distinct().get());
  EXPECT_EQ(*statistics.distinct().get(), (std::set<float>{0, 2}));
  std::vector<float> values(256);
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(i);
  EXPECT_EQ(errorOf(statistics.observe(values, 1)), "");
  ASSERT_TRUE(statistics.distinct().get());
  EXPECT_EQ(statistics.distinct().get()->size(), 256u);
  EXPECT_EQ(errorOf(statistics.observe({256}, 2)), "");
  EXPECT_FALSE(statistics.distinct().get());
  EXPECT_EQ(errorOf(statistics.observe({1}, 3)), ""); // what is gone stays gone
  EXPECT_FALSE(statistics.distinct().get());
}

TEST(Observer, MergesDistinctValues) {
  TensorStatistics a = observed({1, 2}, 0), b = observed({2, 3}, 1), many;
  std::vector<float> values(257);
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(i);
  EXPECT_EQ(errorOf(many.observe(values, 2)), "");
  EXPECT_EQ(errorOf(a.merge(b)), "");
  ASSERT_TRUE(a.distinct().get());
  EXPECT_EQ(*a.distinct().get(), (std::set<float>{1, 2, 3}));
  EXPECT_EQ(errorOf(a.merge(many)), "");
  EXPECT_FALSE(a.distinct().get());
  EXPECT_EQ(errorOf(many.merge(b)), "");
  EXPECT_EQ(a.distinct(), many.distinct());
}
