#include "nnq/Quantization/ValueGrid.h"
#include "gtest/gtest.h"
#include <cmath>
#include <vector>

using namespace nnq;

using Values = std::set<float>;

TEST(ValueGrid, FindsTheStepOfCodes) {
  Values values;
  for (int code = -3; code < 250; code += 2)
    values.insert(0.0371f * code);
  std::optional<ValueGrid> grid = findValueGrid(values, 256);
  ASSERT_TRUE(grid);
  EXPECT_NEAR(grid->step, 0.0371, 1e-8);
  EXPECT_EQ(grid->least, -3);
  EXPECT_EQ(grid->greatest, 249);
}

TEST(ValueGrid, NeedsNoNeighbours) {
  std::optional<ValueGrid> grid = findValueGrid(Values{0.6f, 1, 1.5f}, 256); // 6, 10, 15
  ASSERT_TRUE(grid);
  EXPECT_NEAR(grid->step, 0.1, 1e-7);
  EXPECT_EQ(grid->least, 0);
  EXPECT_EQ(grid->greatest, 15);
}

TEST(ValueGrid, IsTheCoarsest) {
  std::optional<ValueGrid> grid = findValueGrid(Values{-8, 0, 4}, 256);
  ASSERT_TRUE(grid);
  EXPECT_EQ(grid->step, 4);
  EXPECT_EQ(grid->least, -2);
  EXPECT_EQ(grid->greatest, 1);
}

TEST(ValueGrid, TakesRoundingErrorsButNoMore) {
  EXPECT_TRUE(findValueGrid(Values{1, std::nextafter(2.0f, 3.0f), 3}, 256));
  EXPECT_TRUE(findValueGrid(Values{1e-9f, 1, 2}, 256)); // as good as 0
  EXPECT_FALSE(findValueGrid(Values{1, 2.003f, 3}, 256));
}

TEST(ValueGrid, HoldsZero) {
  // Codes times 1/127.5, less 1: 0 is between two of them.
  Values values;
  for (int code = 0; code < 256; ++code)
    values.insert(code / 127.5f - 1);
  EXPECT_FALSE(findValueGrid(values, 256));
  EXPECT_TRUE(findValueGrid(values, 511));
}

TEST(ValueGrid, HasAtMostSoManyNumbers) {
  Values values;
  for (int code = 0; code <= 200; ++code)
    values.insert(0.1f * code);
  EXPECT_TRUE(findValueGrid(values, 201));
  EXPECT_FALSE(findValueGrid(values, 200));
}

TEST(ValueGrid, NothingIsOnNone) {
  EXPECT_FALSE(findValueGrid(Values{}, 256));
  EXPECT_FALSE(findValueGrid(Values{0}, 256));
}
