#include "nnq/Quantization/SoftmaxTable.h"
#include "gtest/gtest.h"
#include <cmath>
#include <limits>

using namespace nnq;

static constexpr float inf = std::numeric_limits<float>::infinity();

TEST(SoftmaxTable, LargestRowHasAFiniteSum) {
  for (int64_t length : {2, 10, 1000, 1000000}) {
    SoftmaxTable table = softmaxTable(0.1f, length);
    EXPECT_LT(table[0] * static_cast<float>(length), inf) << length;
    EXPECT_NEAR(table[0] * static_cast<double>(length) /
                    static_cast<double>(std::numeric_limits<float>::max()),
                std::exp(-5), 1e-6)
        << length;
  }
}

TEST(SoftmaxTable, NeighboursDifferByTheExponentialOfTheScale) {
  SoftmaxTable table = softmaxTable(0.25f, 10);
  for (int d : {0, 1, 100, 254})
    EXPECT_NEAR(table[d + 1] / table[d], std::exp(-0.25), 1e-6) << d;
}

TEST(SoftmaxTable, FarCodesVanish) {
  SoftmaxTable table = softmaxTable(3.0f, 10);
  EXPECT_GT(table[50], 0);
  EXPECT_EQ(table[255], 0);
}
