#include "nnq/Quantization/Codebook.h"
#include "ExpectedMatchers.h"
#include <cmath>
#include <random>

using namespace nnq;
using namespace nnq::test;
using namespace llvm;

using Levels = std::vector<int8_t>;

TEST(Codebook, NF4IsTheTableOfThePaperInBytes) {
  EXPECT_EQ(nf4Levels(),
            (Levels{-127, -88, -67, -50, -36, -23, -12, 0, 10, 20, 31, 43, 56, 71, 92, 127}));
}

TEST(Codebook, LearningStartsFromKnownLevels) {
  EXPECT_EQ(valueOf(initialLevels(16)), nf4Levels());
  EXPECT_EQ(valueOf(initialLevels(4)), (Levels{-127, -38, 38, 127}));
  EXPECT_EQ(valueOf(initialLevels(2)), (Levels{-1, 1}));
  for (int entries : {2, 4, 16})
    EXPECT_EQ(errorOf(checkLevels(valueOf(initialLevels(entries)))), "");
  EXPECT_EQ(errorOf(initialLevels(3)),
            "no levels to start a codebook of 3 from; 2, 4 and 16 are supported");
}

TEST(Codebook, FourLevelsAreTheCentroidsOfANormalDistribution) {
  std::mt19937 random(1);
  std::normal_distribution<double> normal;
  Levels levels = valueOf(initialLevels(4));
  double sums[4] = {}, scale = 1.5104 / 127;
  int counts[4] = {};
  for (int i = 0; i < 200000; ++i) {
    double value = normal(random);
    int nearest = 0;
    for (int k = 1; k < 4; ++k)
      nearest += value / scale > (levels[k - 1] + levels[k]) / 2.0;
    sums[nearest] += value;
    ++counts[nearest];
  }
  for (int k = 0; k < 4; ++k)
    EXPECT_NEAR(sums[k] / counts[k], levels[k] * scale, 0.01);
}

TEST(Codebook, NumbersBecomeTheNearestDistinctBytes) {
  EXPECT_EQ(toLevels({-2, -0.5, 0, 1}), (Levels{-127, -32, 0, 64})); // halves to even
  EXPECT_EQ(toLevels({-0.5, 0.26, 2}), (Levels{-32, 17, 127}));
  // Numbers of one byte spread upwards, at the greatest downwards.
  EXPECT_EQ(toLevels({-1, 0.001, 0.002, 0.003, 1}), (Levels{-127, 0, 1, 2, 127}));
  EXPECT_EQ(toLevels({0.1, 0.998, 0.999, 1}), (Levels{13, 125, 126, 127}));
  EXPECT_EQ(toLevels({-1, -0.999, -0.998, 0.5}), (Levels{-127, -126, -125, 64}));
  // The last one stays above 0.
  EXPECT_EQ(toLevels({-1, -0.002, -0.001, 0.001}), (Levels{-127, 0, 1, 2}));
  EXPECT_EQ(toLevels({-1, -0.5, 0.001}), (Levels{-127, -64, 1}));
}

TEST(Codebook, WhatNumbersBecomeIsACodebook) {
  std::mt19937 random(2);
  std::uniform_real_distribution<double> step(1e-9, 1), exponent(-6, 0);
  for (int i = 0; i < 2000; ++i) {
    std::vector<double> numbers(2 + i % 15, -step(random));
    for (size_t k = 1; k < numbers.size(); ++k)
      numbers[k] = numbers[k - 1] + step(random) * std::pow(10, exponent(random));
    if (numbers.back() <= 0)
      numbers.back() = 1e-7;
    EXPECT_EQ(errorOf(checkLevels(toLevels(numbers))), "");
  }
}

TEST(Codebook, RejectsBadLevels) {
  EXPECT_EQ(errorOf(checkLevels({-127, 127})), "");
  EXPECT_EQ(errorOf(checkLevels({})), "a codebook of 0 levels; 2 to 16 are supported");
  EXPECT_EQ(errorOf(checkLevels({1})), "a codebook of 1 levels; 2 to 16 are supported");
  EXPECT_EQ(errorOf(checkLevels(Levels(17))), "a codebook of 17 levels; 2 to 16 are supported");
  EXPECT_EQ(errorOf(checkLevels({-128, 1})), "level 0 of the codebook is -128, below -127");
  EXPECT_EQ(errorOf(checkLevels({0, 5, 5})), "level 2 of the codebook is 5, not above the last, 5");
  EXPECT_EQ(errorOf(checkLevels({0, -3, 5})),
            "level 1 of the codebook is -3, not above the last, 0");
  EXPECT_EQ(errorOf(checkLevels({-5, 0})), "the levels of the codebook end with 0, not above 0");
}
