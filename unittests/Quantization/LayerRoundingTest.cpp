#include "CorrelatedLayer.h"
#include "ExpectedMatchers.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cmath>

using namespace nnq;
using namespace nnq::test;
using namespace llvm;

namespace {
/// The damped H of one section, in double.
struct Covariance {
  explicit Covariance(const CorrelatedLayer &layer) : n(layer.inputs) {
    CentredMoments moments = layer.moments.centred();
    h.assign(moments.sections[0].covariance.begin(), moments.sections[0].covariance.end());
    double trace = 0;
    for (int64_t i = 0; i < n; ++i)
      trace += h[i * n + i];
    for (int64_t i = 0; i < n; ++i)
      h[i * n + i] += 0.01 * trace / n;
  }
  double error(ArrayRef<float> target, ArrayRef<float> rounded) const {
    double sum = 0;
    for (int64_t row = 0; row < static_cast<int64_t>(target.size()) / n; ++row)
      for (int64_t i = 0; i < n; ++i)
        for (int64_t j = 0; j < n; ++j)
          sum += (double(rounded[row * n + i]) - target[row * n + i]) * h[i * n + j] *
                 (double(rounded[row * n + j]) - target[row * n + j]);
    return sum;
  }
  int64_t n;
  std::vector<double> h;
};
} // namespace

/// Q of whole rows with one scale each.
static std::vector<float> dequantize(const LayerRounding &rounding, const RoundingGrid &grid,
                                     int64_t rows) {
  std::vector<float> result;
  std::vector<int8_t> codes = rounding.codes();
  std::vector<float> scales = rounding.scales();
  size_t scaleSize = codes.size() / scales.size();
  for (auto [i, code] : enumerate(codes))
    result.push_back(grid.level(code) * scales[i / scaleSize]);
  return result;
}

/// Solves a x = b by elimination; a is n x n and symmetric positive definite.
static std::vector<double> solveDirectly(std::vector<double> a, std::vector<double> b) {
  size_t n = b.size();
  for (size_t i = 0; i < n; ++i)
    for (size_t k = i + 1; k < n; ++k) {
      double factor = a[k * n + i] / a[i * n + i];
      for (size_t j = i; j < n; ++j)
        a[k * n + j] -= factor * a[i * n + j];
      b[k] -= factor * b[i];
    }
  for (size_t i = n; i-- > 0;) {
    for (size_t j = i + 1; j < n; ++j)
      b[i] -= a[i * n + j] * b[j];
    b[i] /= a[i * n + i];
  }
  return b;
}

TEST(LayerRounding, RefitSolvesTheRidgeProblem) {
  // More inputs than are eliminated at a time.
  CorrelatedLayer layer(3, 150, 600);
  CentredMoments moments = layer.moments.centred();
  for (double lambda : {0.1, 1.0}) {
    LayerRounding rounding(layer.w, 3, moments, gridOf(4), {150, 150},
                           std::vector<float>(3, 1e-6f));
    EXPECT_EQ(errorOf(rounding.refitTarget(lambda)), "");
    std::vector<double> ridge(moments.sections[0].covariance.begin(),
                              moments.sections[0].covariance.end());
    double trace = 0;
    for (int64_t i = 0; i < 150; ++i)
      trace += ridge[i * 151];
    for (int64_t i = 0; i < 150; ++i)
      ridge[i * 151] += lambda * trace / 150;
    std::vector<float> target = rounding.target();
    for (int64_t row = 0; row < 3; ++row) {
      std::vector<double> product(150);
      for (int64_t i = 0; i < 150; ++i)
        for (int64_t j = 0; j < 150; ++j)
          product[j] += double(layer.w[row * 150 + i]) * moments.sections[0].cross[i * 150 + j];
      std::vector<double> change = solveDirectly(ridge, product);
      for (int64_t j = 0; j < 150; ++j)
        EXPECT_NEAR(target[row * 150 + j], layer.w[row * 150 + j] + change[j], 2e-6);
    }
  }
}

/// The mean square of W (x - m) - V (x^ - m^), in squares of codes.
static double outputError(const CorrelatedLayer &layer, ArrayRef<float> v) {
  int64_t columns = layer.moments.columns(), n = layer.inputs;
  CentredMoments moments = layer.moments.centred();
  double sum = 0;
  for (int64_t c = 0; c < columns; ++c)
    for (int64_t row = 0; row < layer.rows; ++row) {
      double error = 0;
      for (int64_t j = 0; j < n; ++j)
        error += layer.w[row * n + j] * (layer.reals[c * n + j] - moments.expectedMean[j]) / 0.125 -
                 v[row * n + j] * (layer.codes[c * n + j] - moments.foundMean[j] / 0.125);
      sum += error * error;
    }
  return sum / columns;
}

TEST(LayerRounding, RefitGainIsWhatTheOutputErrorLoses) {
  CorrelatedLayer layer(2, 9, 200);
  LayerRounding rounding(layer.w, 2, layer.moments.centred(), gridOf(4), {9, 9}, {1e-6f, 1e-6f});
  EXPECT_EQ(rounding.refitGain(), 0);
  EXPECT_EQ(errorOf(rounding.refitTarget(0.1)), "");
  double before = outputError(layer, layer.w), after = outputError(layer, rounding.target());
  EXPECT_LT(after, 0.9 * before);
  EXPECT_NEAR(rounding.refitGain(), before - after, 1e-3 * before);
}

TEST(LayerRounding, ScalesHaveTheLeastWeightedError) {
  CorrelatedLayer layer(4, 24, 100);
  RoundingGrid grid = gridOf(3);
  LayerRounding rounding = layer.start(grid);
  Covariance covariance(layer);
  std::vector<float> scales = rounding.scales();
  for (int64_t row = 0; row < 4; ++row) {
    auto errorWith = [&](float scale) {
      double sum = 0;
      for (int64_t j = 0; j < 24; ++j) {
        float w = layer.w[row * 24 + j];
        float q = std::clamp(std::nearbyint(w / scale), -4.0f, 3.0f) * scale;
        sum += covariance.h[j * 25] * (w - q) * (w - q);
      }
      return sum;
    };
    float greatest = 0;
    for (int64_t j = 0; j < 24; ++j)
      greatest = std::max(greatest, std::fabs(layer.w[row * 24 + j]));
    for (int i = 0; i < 60; ++i)
      EXPECT_LE(errorWith(scales[row]),
                errorWith(greatest / 3 * (0.25f + 0.85f * i / 59)) * (1 + 1e-5));
    EXPECT_LT(errorWith(scales[row]), errorWith(greatest / 3));
  }
}

TEST(LayerRounding, ErrorIsTheDefinition) {
  CorrelatedLayer layer(3, 20, 100);
  RoundingGrid grid = gridOf(3);
  LayerRounding rounding = layer.start(grid);
  Covariance covariance(layer);
  double expected = covariance.error(layer.w, dequantize(rounding, grid, 3));
  EXPECT_NEAR(rounding.error(), expected, 1e-4 * expected);
  double energy = covariance.error(layer.w, std::vector<float>(layer.w.size()));
  EXPECT_NEAR(rounding.energy(), energy, 1e-4 * energy);
}

/// GPTQ as in its paper, by the inverse of H: one row.
static std::vector<int8_t> roundByInverse(std::vector<double> w, const Covariance &covariance,
                                          double scale, double least, double greatest) {
  int64_t n = covariance.n;
  std::vector<double> h = covariance.h;
  std::vector<int64_t> left;
  for (int64_t i = 0; i < n; ++i)
    left.push_back(i);
  llvm::sort(left, [&](int64_t i, int64_t j) {
    return std::make_pair(h[i * n + i], i) > std::make_pair(h[j * n + j], j);
  });
  std::vector<int8_t> codes(n);
  while (!left.empty()) {
    // The first column of the inverse over what is left says how the rest makes up for an error.
    size_t m = left.size();
    std::vector<double> part, unit(m);
    for (int64_t i : left)
      for (int64_t j : left)
        part.push_back(h[i * n + j]);
    unit[0] = 1;
    std::vector<double> inverse = solveDirectly(part, unit);
    int64_t input = left.front();
    double code = std::clamp(std::nearbyint(w[input] / scale), least, greatest);
    codes[input] = static_cast<int8_t>(code);
    double error = (w[input] - code * scale) / inverse[0];
    for (size_t k = 0; k < m; ++k)
      w[left[k]] -= error * inverse[k];
    left.erase(left.begin());
  }
  return codes;
}

TEST(LayerRounding, SecondOrderIsGPTQ) {
  CorrelatedLayer layer(6, 140, 400);
  LayerRounding rounding = layer.start(gridOf(4));
  std::vector<float> scales = rounding.scales();
  EXPECT_EQ(errorOf(rounding.roundSecondOrder()), "");
  std::vector<int8_t> codes = rounding.codes();
  Covariance covariance(layer);
  int64_t different = 0;
  for (int64_t row = 0; row < 6; ++row) {
    std::vector<double> w(layer.w.begin() + row * 140, layer.w.begin() + (row + 1) * 140);
    std::vector<int8_t> expected = roundByInverse(w, covariance, scales[row], -8, 7);
    for (int64_t j = 0; j < 140; ++j)
      different += expected[j] != codes[row * 140 + j];
  }
  EXPECT_EQ(different, 0);
}

TEST(LayerRounding, SecondOrderBeatsNearestAndNeverLosesARow) {
  for (int bits : {2, 3, 4, 8}) {
    CorrelatedLayer layer(12, 40, 200);
    RoundingGrid grid = gridOf(bits);
    LayerRounding rounding = layer.start(grid);
    std::vector<float> nearest = dequantize(rounding, grid, 12);
    EXPECT_EQ(errorOf(rounding.roundSecondOrder()), "");
    std::vector<float> rounded = dequantize(rounding, grid, 12);
    Covariance covariance(layer);
    for (int64_t row = 0; row < 12; ++row) {
      auto errorOfRow = [&](ArrayRef<float> q) {
        return covariance.error(ArrayRef<float>(layer.w).slice(row * 40, 40),
                                q.slice(row * 40, 40));
      };
      EXPECT_LE(errorOfRow(rounded), errorOfRow(nearest) * (1 + 1e-5)) << bits;
    }
    EXPECT_LT(covariance.error(layer.w, rounded), 0.7 * covariance.error(layer.w, nearest)) << bits;
  }
}

TEST(LayerRounding, AllCodesTriedShowHowNearTheStepsComeToTheBest) {
  CorrelatedLayer layer(5, 6, 100);
  RoundingGrid grid = gridOf(2);
  LayerRounding rounding = layer.start(grid);
  Covariance covariance(layer);
  double nearest = rounding.error();
  EXPECT_EQ(errorOf(rounding.roundSecondOrder()), "");
  rounding.descendCoordinates(20);
  std::vector<float> scales = rounding.scales(), rounded = dequantize(rounding, grid, 5);
  double best = 0;
  for (int64_t row = 0; row < 5; ++row) {
    double least = INFINITY;
    for (int combination = 0; combination < 4096; ++combination) {
      std::vector<float> q;
      for (int j = 0; j < 6; ++j)
        q.push_back(float((combination >> 2 * j & 3) - 2) * scales[row]);
      least = std::min(least, covariance.error(ArrayRef<float>(layer.w).slice(row * 6, 6), q));
    }
    best += least;
  }
  double found = covariance.error(layer.w, rounded);
  EXPECT_GE(found, best * (1 - 1e-5));
  EXPECT_LT(found - best, 0.3 * (nearest - best));
}

TEST(LayerRounding, DescentEndsWhereNoMoveHelps) {
  for (int64_t blockSize : {30, 10}) {
    CorrelatedLayer layer(3, 30, 100);
    RoundingGrid grid = gridOf(3);
    LayerRounding rounding = layer.start(grid, blockSize);
    rounding.descendCoordinates(100);
    std::vector<float> scales = rounding.scales(), rounded = dequantize(rounding, grid, 3);
    std::vector<int8_t> codes = rounding.codes();
    Covariance covariance(layer);
    double least = covariance.error(layer.w, rounded) * (1 - 1e-5);
    for (int64_t i = 0; i < 90; ++i)
      for (int step : {-1, 1}) {
        if (codes[i] + step < -4 || codes[i] + step > 3)
          continue;
        std::vector<float> moved = rounded;
        moved[i] += step * scales[i / blockSize];
        EXPECT_GE(covariance.error(layer.w, moved), least);
      }
    for (int64_t block = 0; block < 90 / blockSize; ++block)
      for (float factor : {0.999f, 1.001f}) {
        std::vector<float> moved = rounded;
        for (float &value : MutableArrayRef<float>(moved).slice(block * blockSize, blockSize))
          value *= factor;
        EXPECT_GE(covariance.error(layer.w, moved), least);
      }
  }
}

TEST(LayerRounding, EverySweepLowersTheError) {
  for (int64_t blockSize : {160, 32}) {
    CorrelatedLayer layer(20, 160, 500);
    LayerRounding rounding = layer.start(gridOf(2), blockSize);
    double last = rounding.error();
    for (int i = 0; i < 4; ++i) {
      rounding.descendCoordinates(1);
      EXPECT_LE(rounding.error(), last * (1 + 1e-6));
      last = rounding.error();
    }
    EXPECT_LT(last, 0.8 * layer.start(gridOf(2), blockSize).error());
  }
}

TEST(LayerRounding, IndependentInputsRoundToNearest) {
  // Columns (+-1, +-1, +-1) in all combinations: H is the identity.
  InputMoments moments(3, 3, 1);
  for (int i = 0; i < 8; ++i) {
    auto bit = [&](int j) { return static_cast<int16_t>((i >> j & 1) * 2 - 1); };
    EXPECT_EQ(errorOf(moments.add({float(bit(0)), float(bit(1)), float(bit(2))},
                                  {bit(0), bit(1), bit(2)})),
              "");
  }
  LayerRounding rounding({0.7f, -0.33f, 0.12f}, 1, moments.centred(), gridOf(4), {3, 3}, {1e-6f});
  rounding.chooseScales();
  std::vector<int8_t> nearest = rounding.codes();
  EXPECT_EQ(errorOf(rounding.roundSecondOrder()), "");
  EXPECT_EQ(rounding.codes(), nearest);
}

TEST(LayerRounding, InputsThatNeverVaryRoundToNearest) {
  InputMoments moments(3, 3, 1);
  for (int16_t i = 0; i < 8; ++i)
    EXPECT_EQ(errorOf(moments.add({float(i), 5, float(2 * i)}, {i, 5, int16_t(2 * i)})), "");
  LayerRounding rounding({0.7f, -0.33f, 0.12f}, 1, moments.centred(), gridOf(4), {3, 3}, {1e-6f});
  EXPECT_EQ(errorOf(rounding.refitTarget(1)), "");
  rounding.dampen(0.01);
  rounding.chooseScales();
  EXPECT_EQ(errorOf(rounding.roundSecondOrder()), "");
  rounding.descendCoordinates(4);
  EXPECT_EQ(rounding.codes()[1], std::nearbyint(-0.33f / rounding.scales()[0]));

  // None of them varies.
  InputMoments constant(2, 2, 1);
  EXPECT_EQ(errorOf(constant.add({1, 2}, {1, 2})), "");
  LayerRounding still({0.7f, -0.3f}, 1, constant.centred(), gridOf(4), {2, 2}, {1e-6f});
  EXPECT_EQ(errorOf(still.refitTarget(1)), "");
  still.dampen(0.01);
  still.chooseScales();
  EXPECT_EQ(errorOf(still.roundSecondOrder()), "");
  still.descendCoordinates(4);
  EXPECT_LT(still.error(), 0.01);
}

TEST(LayerRounding, SingularMomentsAreDampedUntilTheyFactorize) {
  // Two equal inputs, and nothing was damped.
  InputMoments moments(2, 2, 1);
  for (int16_t i = 0; i < 8; ++i)
    EXPECT_EQ(errorOf(moments.add({float(i), float(i)}, {i, i})), "");
  LayerRounding rounding({0.34f, 0.27f}, 1, moments.centred(), gridOf(2), {2, 2}, {1e-6f});
  rounding.chooseScales();
  double nearest = rounding.error();
  EXPECT_EQ(errorOf(rounding.roundSecondOrder()), "");
  EXPECT_LE(rounding.error(), nearest);
  LayerRounding refit({0.34f, 0.27f}, 1, moments.centred(), gridOf(2), {2, 2}, {1e-6f});
  EXPECT_EQ(errorOf(refit.refitTarget(1e-12)),
            "the inputs' second moments plus 1e-12 of their mean are not positive definite in f32; "
            "refit with a larger lambda");
}
