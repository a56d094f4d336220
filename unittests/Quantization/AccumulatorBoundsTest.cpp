#include "nnq/Quantization/AccumulatorBounds.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <limits>
#include <vector>

using namespace nnq;

TEST(AccumulatorBounds, EachWeightMeetsItsWorstActivation) {
  // Activations less the zero point are -10 to 245: 2 * 245 + 3 * 10 + 5, and -2 * 10 - 3 * 245 +
  // 5.
  AccumulatorRange range = accumulatorRange({2, -3, 0}, 0, 255, 10, 5);
  EXPECT_EQ(range.max, 525);
  EXPECT_EQ(range.min, -750);
}

TEST(AccumulatorBounds, EqualsTheExtremesOverAllInputs) {
  std::vector<int32_t> weights = {5, -7, 3};
  int64_t least = std::numeric_limits<int64_t>::max(), greatest = -least;
  for (int a = -2; a <= 5; ++a)
    for (int b = -2; b <= 5; ++b)
      for (int c = -2; c <= 5; ++c) {
        int64_t sum = -4 + 5 * (a - 1) - 7 * (b - 1) + 3 * (c - 1);
        least = std::min(least, sum);
        greatest = std::max(greatest, sum);
      }
  AccumulatorRange range = accumulatorRange(weights, -2, 5, 1, -4);
  EXPECT_EQ(range.min, least);
  EXPECT_EQ(range.max, greatest);
}

TEST(AccumulatorBounds, FindsTheFirstLengthThatOverflows) {
  // 127 * 255 = 32385 a step: 66311 steps fit i32, one more does not.
  std::vector<int32_t> weights(66311, 127);
  EXPECT_TRUE(fitsInt32(accumulatorRange(weights, 0, 255, 0, 0)));
  EXPECT_FALSE(fitsInt32(accumulatorRange(weights, 0, 255, 0, 2147483647)));
  weights.push_back(127);
  EXPECT_FALSE(fitsInt32(accumulatorRange(weights, 0, 255, 0, 0)));
}

TEST(AccumulatorBounds, BothLimitsOfI32Fit) {
  EXPECT_TRUE(fitsInt32({-2147483648ll, 2147483647ll}));
  EXPECT_FALSE(fitsInt32({-2147483649ll, 0}));
  EXPECT_FALSE(fitsInt32({0, 2147483648ll}));
}
