#include "nnq/Quantization/Requantize.h"
#include "ExpectedMatchers.h"
#include "nnq/Quantization/QuantParams.h"
#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

using namespace nnq;
using namespace nnq::test;

TEST(Requantize, MultiplierRoundsEachStepToF32) {
  float product = 0.1f * 0.3f;
  EXPECT_EQ(requantizeMultiplier(0.1f, 0.3f, 0.7f), product / 0.7f);
  // The other order gives another float here, so that the test sees the order.
  EXPECT_NE(requantizeMultiplier(0.1f, 0.3f, 0.7f), 0.1f * (0.3f / 0.7f));
}

TEST(Requantize, RoundsHalfToEven) {
  EXPECT_EQ(requantize(1, 0.5f, 0, -128, 127), 0);
  EXPECT_EQ(requantize(3, 0.5f, 0, -128, 127), 2);
  EXPECT_EQ(requantize(5, 0.5f, 0, -128, 127), 2);
  EXPECT_EQ(requantize(-3, 0.5f, 0, -128, 127), -2);
}

TEST(Requantize, RoundsBeforeTheZeroPointIsAdded) {
  // rint(2.5) + 3 is 5; rint(2.5 + 3) would be 6.
  EXPECT_EQ(requantize(5, 0.5f, 3, 0, 255), 5);
}

TEST(Requantize, FactorsOfASumTakeTheZeroPointsTogether) {
  SumFactors factors = sumFactors({0.02f, 3, 0, 255}, {0.02f, 7, 0, 255}, {0.04f, 5, 0, 255});
  EXPECT_EQ(factors.lhs, 0.5f);
  EXPECT_EQ(factors.rhs, 0.5f);
  EXPECT_EQ(factors.offset, 0.0f);
}

TEST(Requantize, OffsetOfASumRoundsTheRightProductOnly) {
  float lhs = 0.1f / 0.7f, rhs = 0.3f / 0.7f;
  float rest = rhs * 45, apart = lhs * 201;
  SumFactors factors = sumFactors({0.1f, 201, 0, 255}, {0.3f, 45, 0, 255}, {0.7f, 0, 0, 255});
  EXPECT_EQ(factors.offset, -std::fma(lhs, 201.0f, rest));
  EXPECT_NE(factors.offset, -(apart + rest)); // so that the test sees the difference
}

TEST(Requantize, SaturatesToTheStorageRange) {
  EXPECT_EQ(requantize(1000, 1.0f, 10, 0, 255), 255);
  EXPECT_EQ(requantize(-1000, 1.0f, 10, 0, 255), 0);
  EXPECT_EQ(requantize(std::numeric_limits<int32_t>::max(), 1e30f, 0, -128, 127), 127);
  EXPECT_EQ(requantize(std::numeric_limits<int32_t>::min(), 1e38f, 0, -128, 127), -128);
}

TEST(Requantize, ClampingFirstEqualsRoundingFirst) {
  std::mt19937 random(2);
  for (int i = 0; i < 100000; ++i) {
    auto acc = static_cast<int32_t>(random()) >> (random() % 24);
    float multiplier = std::ldexp(1.0f + float(random() % 8) / 8, -int(random() % 24));
    auto zp = static_cast<int32_t>(random() % 256);
    double rounded = std::nearbyint(float(acc) * multiplier);
    auto expected = static_cast<int32_t>(std::clamp(rounded + zp, 0.0, 255.0));
    ASSERT_EQ(requantize(acc, multiplier, zp, 0, 255), expected) << acc << " * " << multiplier;
  }
}

TEST(Requantize, BiasRoundsHalfToEven) {
  EXPECT_EQ(valueOf(quantizeBias(1.25, 0.5)), 2);
  EXPECT_EQ(valueOf(quantizeBias(-0.75, 0.5)), -2);
  EXPECT_EQ(valueOf(quantizeBias(2147483647.0, 1)), 2147483647);
  EXPECT_EQ(valueOf(quantizeBias(-2147483648.5, 1)), std::numeric_limits<int32_t>::min());
}

TEST(Requantize, BiasRejectsWhatNoI32Holds) {
  EXPECT_EQ(errorOf(quantizeBias(3e9, 1)),
            "bias 3e+09 is 3e+09 units of its scale 1, which no i32 holds");
  EXPECT_EQ(errorOf(quantizeBias(1e300, 1e-300)),
            "bias 1e+300 is inf units of its scale 1e-300, which no i32 holds");
  EXPECT_EQ(errorOf(quantizeBias(std::nan(""), 1)), "bias nan is not a finite number");
  EXPECT_EQ(errorOf(quantizeBias(1, 0)), "bias scale 0 is not a positive, finite number");
}

TEST(Requantize, MinimumWeightScaleLeavesHalfOfI32) {
  EXPECT_EQ(minimumWeightScale(0, 0.1f), minimumScale);
  EXPECT_EQ(minimumWeightScale(-4, 0.5f), 0x1p-27f);
  std::mt19937 random(3);
  for (int i = 0; i < 1000; ++i) {
    double bias = double(random()) / 1e9 + 1e-3;
    float input = float(random() + 1.0) / 1e10f;
    float scale = minimumWeightScale(bias, input);
    EXPECT_LE(valueOf(quantizeBias(bias, double(input) * scale)), 1 << 30);
    EXPECT_GT(bias / (double(input) * std::nextafter(scale, 0.0f)), 0x1p30);
  }
}
