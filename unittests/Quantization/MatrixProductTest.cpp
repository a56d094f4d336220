#include "../../lib/Quantization/MatrixProduct.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <vector>

using namespace nnq;

namespace {
/// Random operands with rows longer than needed, and what `addProduct` promises, element by
/// element.
template <typename T> struct Operands {
  Operands(int64_t m, int64_t n, int64_t k)
      : m(m), n(n), k(k), bStride(n + 3), cStride(n + 1), a(m * k), b(k * bStride), c(m * cStride) {
    std::mt19937 random(7);
    std::normal_distribution<T> normal;
    for (std::vector<T> *values : {&a, &b, &c})
      for (T &value : *values)
        value = normal(random);
  }

  std::vector<T> chain(LeftFactor<T> left, Sign sign, bool upperOnly) const {
    std::vector<T> result = c;
    for (int64_t i = 0; i < m; ++i)
      for (int64_t j = upperOnly ? i : 0; j < n; ++j)
        for (int64_t p = 0; p < k; ++p) {
          T factor = left.data[i * left.rowStride + p * left.columnStride];
          T &sum = result[i * cStride + j];
          sum = std::fma(sign == Sign::Plus ? factor : -factor, b[p * bStride + j], sum);
        }
    return result;
  }

  /// c after `addProduct`; below the diagonal as it was if `upperOnly`.
  std::vector<T> product(LeftFactor<T> left, Sign sign, bool upperOnly) const {
    std::vector<T> result = c;
    addProduct<T>(m, n, k, left, b.data(), bStride, result.data(), cStride, sign, upperOnly);
    for (int64_t i = 0; upperOnly && i < m; ++i)
      std::copy_n(c.data() + i * cStride, std::min(i, n), result.data() + i * cStride);
    return result;
  }

  void check(Sign sign = Sign::Plus, bool upperOnly = false) const {
    for (LeftFactor<T> left : {LeftFactor<T>{a.data(), k, 1}, LeftFactor<T>{a.data(), 1, m}})
      EXPECT_TRUE(product(left, sign, upperOnly) == chain(left, sign, upperOnly))
          << m << " x " << n << " x " << k;
  }

  int64_t m, n, k, bStride, cStride;
  std::vector<T> a, b, c;
};
} // namespace

// Equal bits mean that neither tiles nor vectors nor threads change the order of summation.
TEST(MatrixProduct, EachElementIsAChainOfFusedMultiplyAdds) {
  for (auto [m, n, k] : {std::array<int64_t, 3>{1, 1, 1}, {6, 16, 4}, {7, 17, 300}, {5, 9, 2}}) {
    Operands<float>(m, n, k).check();
    Operands<double>(m, n, k).check();
  }
}

TEST(MatrixProduct, LargeProductsOnAllProcessors) {
  Operands<float>(200, 600, 40).check();
  Operands<double>(200, 300, 80).check();
}

TEST(MatrixProduct, Subtracts) { Operands<float>(10, 20, 30).check(Sign::Minus); }

TEST(MatrixProduct, ComputesAllOfTheUpperTriangle) {
  Operands<float>(700, 700, 9).check(Sign::Plus, /*upperOnly=*/true);
  Operands<double>(300, 300, 50).check(Sign::Minus, /*upperOnly=*/true);
}

TEST(MatrixProduct, EmptyProductsChangeNothing) {
  Operands<float>(3, 4, 0).check();
  Operands<float>(0, 4, 2).check();
  Operands<float>(3, 0, 2).check();
}
