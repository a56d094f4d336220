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
