#include "nnq/Quantization/BlockScales.h"
#include "nnq/Quantization/QuantParams.h"
#include "gtest/gtest.h"
#include <random>

using namespace nnq;

using Scales = std::vector<float>;
using Multiples = std::vector<uint8_t>;

TEST(BlockScales, UnitsHaveSixteenSignificantBits) {
  EXPECT_EQ(roundToUnit(0x1.fffep0f), 0x1.fffep0f);
  EXPECT_EQ(roundToUnit(0x1.000100p0f), 1.0f); // a tie, to even
  EXPECT_EQ(roundToUnit(0x1.000300p0f), 0x1.0004p0f);
  EXPECT_EQ(roundToUnit(0x1.000102p0f), 0x1.0002p0f);
  EXPECT_EQ(roundToUnit(0x1.ffffp0f), 2.0f);
  EXPECT_EQ(roundToUnit(0), minimumScale);
  EXPECT_EQ(unitOfScales(510), 2.0f);
}

TEST(BlockScales, RoundsToMultiplesWithinRange) {
  EXPECT_EQ(roundToMultiple(7.6f, 0.5f), 7.5f);
  EXPECT_EQ(roundToMultiple(0.01f, 0.5f), 0.5f);
  EXPECT_EQ(roundToMultiple(1000, 0.5f), 127.5f);
}

TEST(BlockScales, FactorizesEachChannel) {
  auto scales = BlockScales::factorize(Scales{0.75f, 1.25f, /**/ 6, 9, /**/ 0.1f, 0.1f}, 3);
  ASSERT_TRUE(scales);
  EXPECT_EQ(scales->units, (Scales{0.25f, 3, 0.1f}));
  EXPECT_EQ(scales->multiples, (Multiples{3, 5, 2, 3, 1, 1}));
}

TEST(BlockScales, HasNoMoreThan255Multiples) {
  EXPECT_TRUE(BlockScales::factorize(Scales{255, 1}, 1));
  EXPECT_FALSE(BlockScales::factorize(Scales{256, 1}, 1));
  EXPECT_FALSE(BlockScales::factorize(Scales{0.1f, 0.2f, 0.3f}, 1)); // 3 * 0.1f is no f32
}

TEST(BlockScales, FindsWhatWasRounded) {
  std::mt19937 random(1);
  std::lognormal_distribution<float> size(0, 2);
  for (int round = 0; round < 100; ++round) {
    float unit = unitOfScales(size(random));
    Scales scales;
    for (int block = 0; block < 8; ++block)
      scales.push_back(roundToMultiple(size(random), unit));
    auto found = BlockScales::factorize(scales, 1);
    ASSERT_TRUE(found);
    for (size_t block = 0; block < scales.size(); ++block)
      EXPECT_EQ(found->multiples[block] * found->units[0], scales[block]);
  }
}
