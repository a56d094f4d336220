#include "ExpectedMatchers.h"
#include "nnq/Quantization/Rounding.h"
#include <cmath>

using namespace nnq;
using namespace nnq::test;
using namespace llvm;

TEST(RoundingGrid, UniformRoundsHalfToEvenAndSaturates) {
  std::vector<float> values = {0.5f, 1.5f, -0.5f, -2.5f, 7.4f, 7.5f, 1e30f, -8.6f, -INFINITY};
  RoundingGrid grid = cantFail(RoundingGrid::uniform(4));
  grid.round(values);
  EXPECT_EQ(values, (std::vector<float>{0, 2, 0, -2, 7, 7, 7, -8, -8}));
  EXPECT_EQ(grid.code(-8), -8);
  EXPECT_EQ(cantFail(RoundingGrid::uniform(8)).code(-127), -127);
  EXPECT_EQ(cantFail(RoundingGrid::uniform(2)).level(1), 1);
}

TEST(RoundingGrid, CodebookTakesTheNearestNumber) {
  RoundingGrid grid = cantFail(RoundingGrid::codebook({-1, -0.25f, 0, 0.5f, 2}));
  std::vector<float> values = {-9, -0.7f, -0.6f, 0.25f, 0.26f, 1.25f, 1.3f, 9};
  grid.round(values);
  EXPECT_EQ(values, (std::vector<float>{-1, -1, -0.25f, 0, 0.5f, 0.5f, 2, 2}));
  for (int8_t code = 0; code < 5; ++code)
    EXPECT_EQ(grid.code(grid.level(code)), code);
}

TEST(RoundingGrid, TernaryIsMinusOneToOne) {
  RoundingGrid grid = RoundingGrid::ternary();
  std::vector<float> values = {-7, -0.6f, -0.5f, 0.5f, 0.51f, 1.5f, 9};
  grid.round(values);
  EXPECT_EQ(values, (std::vector<float>{-1, -1, 0, 0, 1, 1, 1}));
  for (int8_t code : {-1, 0, 1}) {
    EXPECT_EQ(grid.level(code), code);
    EXPECT_EQ(grid.code(code), code);
  }
  EXPECT_EQ(grid.greatest(), 1);
}

TEST(RoundingGrid, TheGreatestOfACodebookMayBeBelowZero) {
  EXPECT_EQ(cantFail(RoundingGrid::codebook({-3, 0, 2})).greatest(), 3);
  EXPECT_EQ(cantFail(RoundingGrid::codebook({0, 2})).greatest(), 2);
  EXPECT_EQ(cantFail(RoundingGrid::uniform(4)).greatest(), 7);
}

TEST(RoundingGrid, NearestCodesAreThoseOfRoundedValues) {
  std::vector<float> numbers = {-5, -4.5f, -1, 0.25f, 0.5f, 3, 7};
  RoundingGrid grid = cantFail(RoundingGrid::codebook(numbers));
  for (int count : {1, 15, 16, 17, 100}) { // with and without a part of a vector
    std::vector<float> values;
    for (int i = 0; i < count; ++i)
      values.push_back(static_cast<float>((i * 37 + count) % 60) * 0.25f - 7);
    std::vector<int8_t> codes(values.size());
    grid.nearestCodes(values, codes);
    std::vector<float> rounded = values;
    grid.round(rounded);
    for (int i = 0; i < count; ++i) {
      EXPECT_EQ(grid.level(codes[i]), rounded[i]);
      for (float number : numbers) // of two at the same distance, the lower
        EXPECT_TRUE(std::fabs(number - values[i]) > std::fabs(rounded[i] - values[i]) ||
                    (std::fabs(number - values[i]) == std::fabs(rounded[i] - values[i]) &&
                     number >= rounded[i]));
    }
  }
}

TEST(RoundingGrid, RejectsBadLevels) {
  EXPECT_EQ(errorOf(RoundingGrid::uniform(9)), "weights of 9 bits; 2 to 8 are supported");
  EXPECT_EQ(errorOf(RoundingGrid::codebook({1})),
            "a codebook of 1 numbers; 2 to 128 are supported");
  EXPECT_EQ(errorOf(RoundingGrid::codebook({0, 1, 1})),
            "number 2 of the codebook is 1, not finite and above the last");
  EXPECT_EQ(errorOf(RoundingGrid::codebook({0, std::nanf("")})),
            "number 1 of the codebook is nan, not finite and above the last");
  EXPECT_EQ(errorOf(RoundingGrid::codebook({-2, 0})), "the codebook ends with 0, not above 0");
}
