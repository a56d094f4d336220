#include "nnq/Quantization/Rounding.h"
#include "ExpectedMatchers.h"
#include "nnq/Quantization/BlockScales.h"
#include "nnq/Quantization/WeightQuantizer.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cmath>
#include <random>

using namespace nnq;
using namespace nnq::test;
using namespace llvm;

namespace {
/// A layer with inputs that are correlated and, in the quantized network, off by some codes.
struct Layer {
  Layer(int64_t rows, int64_t inputs, int64_t columns, int64_t blockWidth = 0)
      : rows(rows), inputs(inputs), moments(inputs, blockWidth ? blockWidth : inputs, 0.125f) {
    std::mt19937 random(static_cast<unsigned>(rows * 1000 + inputs));
    std::normal_distribution<float> normal;
    for (int64_t i = 0; i < rows * inputs; ++i)
      w.push_back(normal(random) * 0.1f);
    for (int64_t c = 0; c < columns; ++c) {
      float common = normal(random);
      for (int64_t j = 0; j < inputs; ++j) {
        float code = std::clamp(40 + 20 * (common + normal(random)), 0.0f, 255.0f);
        codes.push_back(static_cast<int16_t>(code));
        reals.push_back((1.1f * code + 3 * normal(random)) * 0.125f);
      }
    }
    EXPECT_EQ(errorOf(moments.add(reals, codes)), "");
  }

  /// The rounding before any step, damped as `roundWeights` does.
  LayerRounding start(const RoundingGrid &grid, int64_t blockSize = 0) const {
    LayerRounding rounding(w, rows, moments.centred(), grid,
                           ScaleBlocks{inputs, blockSize ? blockSize : inputs},
                           std::vector<float>(rows, 1e-6f));
    rounding.dampen(0.01);
    rounding.chooseScales();
    return rounding;
  }

  int64_t rows, inputs;
  InputMoments moments;
  std::vector<float> w, reals;
  std::vector<int16_t> codes;
};

/// The damped H of one block, in double.
struct Covariance {
  explicit Covariance(const Layer &layer) : n(layer.inputs) {
    CentredMoments moments = layer.moments.centred();
    h.assign(moments.blocks[0].covariance.begin(), moments.blocks[0].covariance.end());
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

static RoundingGrid gridOf(int bits) { return cantFail(RoundingGrid::uniform(bits)); }

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

//===----------------------------------------------------------------------===//
// Grids
//===----------------------------------------------------------------------===//

TEST(RoundingGrid, UniformRoundsHalfToEvenAndSaturates) {
  std::vector<float> values = {0.5f, 1.5f, -0.5f, -2.5f, 7.4f, 7.5f, 1e30f, -8.6f, -INFINITY};
  gridOf(4).round(values);
  EXPECT_EQ(values, (std::vector<float>{0, 2, 0, -2, 7, 7, 7, -8, -8}));
  EXPECT_EQ(gridOf(4).code(-8), -8);
  EXPECT_EQ(gridOf(8).code(-127), -127);
  EXPECT_EQ(gridOf(2).level(1), 1);
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

//===----------------------------------------------------------------------===//
// Steps
//===----------------------------------------------------------------------===//

TEST(LayerRounding, RefitSolvesTheRidgeProblem) {
  // More inputs than are eliminated at a time.
  Layer layer(3, 150, 600);
  CentredMoments moments = layer.moments.centred();
  for (double lambda : {0.1, 1.0}) {
    LayerRounding rounding(layer.w, 3, moments, gridOf(4), {150, 150},
                           std::vector<float>(3, 1e-6f));
    EXPECT_EQ(errorOf(rounding.refitTarget(lambda)), "");
    std::vector<double> ridge(moments.blocks[0].covariance.begin(),
                              moments.blocks[0].covariance.end());
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
          product[j] += double(layer.w[row * 150 + i]) * moments.blocks[0].cross[i * 150 + j];
      std::vector<double> change = solveDirectly(ridge, product);
      for (int64_t j = 0; j < 150; ++j)
        EXPECT_NEAR(target[row * 150 + j], layer.w[row * 150 + j] + change[j], 2e-6);
    }
  }
}

/// The mean square of W (x - m) - V (x^ - m^), in squares of codes.
static double outputError(const Layer &layer, ArrayRef<float> v) {
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
  Layer layer(2, 9, 200);
  LayerRounding rounding(layer.w, 2, layer.moments.centred(), gridOf(4), {9, 9}, {1e-6f, 1e-6f});
  EXPECT_EQ(rounding.refitGain(), 0);
  EXPECT_EQ(errorOf(rounding.refitTarget(0.1)), "");
  double before = outputError(layer, layer.w), after = outputError(layer, rounding.target());
  EXPECT_LT(after, 0.9 * before);
  EXPECT_NEAR(rounding.refitGain(), before - after, 1e-3 * before);
}

TEST(LayerRounding, ScalesHaveTheLeastWeightedError) {
  Layer layer(4, 24, 100);
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
  Layer layer(3, 20, 100);
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
  Layer layer(6, 140, 400);
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
    Layer layer(12, 40, 200);
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
  Layer layer(5, 6, 100);
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
    Layer layer(3, 30, 100);
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
    Layer layer(20, 160, 500);
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

TEST(LayerRounding, BlocksOfAllTapsAreThoseOfNeighboursInAnotherOrder) {
  // Five taps of 12 channels; a block has 4 of them at each tap.
  constexpr int64_t rows = 6, taps = 5, channels = 12, size = 4, inputs = taps * channels;
  Layer layer(rows, inputs, 300);
  auto place = [](int64_t input) { // with the weights of a block side by side
    int64_t tap = input / channels, channel = input % channels;
    return (channel / size * taps + tap) * size + channel % size;
  };
  Layer sorted(rows, inputs, 1);
  sorted.moments = InputMoments(inputs, inputs, 0.125f);
  std::vector<float> reals(layer.reals.size());
  std::vector<int16_t> codes(layer.codes.size());
  for (int64_t i = 0; i < rows * inputs; ++i)
    sorted.w[i / inputs * inputs + place(i % inputs)] = layer.w[i];
  for (auto [i, code] : enumerate(layer.codes)) {
    size_t to = i / inputs * inputs + place(i % inputs);
    codes[to] = code;
    reals[to] = layer.reals[i];
  }
  EXPECT_EQ(errorOf(sorted.moments.add(reals, codes)), "");

  RoundingOptions options;
  options.bits = 3;
  options.refit = 0;  // a solver takes inputs in their order, which shows in last bits
  options.sweeps = 0; // as do sweeps
  options.blockSize = taps * size;
  RoundedWeights expected = cantFail(roundWeights(sorted.w, rows, sorted.moments, options));
  options.blockSize = size;
  options.channels = channels;
  RoundedWeights found = cantFail(roundWeights(layer.w, rows, layer.moments, options));
  EXPECT_EQ(found.scales.size(), size_t(rows * channels / size));
  EXPECT_EQ(found.scales, expected.scales);
  for (int64_t i = 0; i < rows * inputs; ++i)
    EXPECT_EQ(found.codes[i], expected.codes[i / inputs * inputs + place(i % inputs)]);

  options.sweeps = 4;
  RoundedWeights swept = cantFail(roundWeights(layer.w, rows, layer.moments, options));
  EXPECT_LT(swept.steps.back().error, found.steps.back().error);
}

TEST(LayerRounding, MultiplesOfAUnitStaySoAndDescentLowersTheError) {
  Layer layer(20, 160, 500);
  RoundingOptions options;
  options.blockSize = 32;
  options.sharedUnits = true;
  RoundedWeights rounded = cantFail(roundWeights(layer.w, 20, layer.moments, options));
  EXPECT_TRUE(BlockScales::factorize(rounded.scales, 20).has_value());
  EXPECT_LT(rounded.steps[1].error, rounded.steps[0].error);
  EXPECT_LT(rounded.steps[2].error, rounded.steps[1].error);
  options.sharedUnits = false;
  RoundedWeights exact = cantFail(roundWeights(layer.w, 20, layer.moments, options));
  EXPECT_FALSE(BlockScales::factorize(exact.scales, 20).has_value());
  EXPECT_LT(rounded.steps[2].error, 1.05 * exact.steps[2].error);
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

//===----------------------------------------------------------------------===//
// The recipe
//===----------------------------------------------------------------------===//

TEST(RoundWeights, ErrorsFallStepByStep) {
  for (int bits : {2, 3, 4, 8})
    for (int64_t blockSize : {0, 32})
      for (int64_t blockWidth : {96, 40}) {
        Layer layer(8, 96, 300, blockWidth);
        RoundingOptions options;
        options.bits = bits;
        options.blockSize = blockSize;
        RoundedWeights rounded = valueOf(roundWeights(layer.w, 8, layer.moments, options));
        ASSERT_EQ(rounded.steps.size(), 3u);
        EXPECT_EQ(rounded.steps[0].name, "nearest");
        EXPECT_LT(rounded.steps[1].error, rounded.steps[0].error);
        EXPECT_LT(rounded.steps[2].error, rounded.steps[1].error);
        EXPECT_GT(rounded.steps[2].error, 0);
        EXPECT_GT(rounded.refitGain, 0);
        EXPECT_EQ(rounded.codes.size(), 8u * 96u);
        EXPECT_EQ(rounded.scales.size(), blockSize ? 8u * 3u : 8u);
        EXPECT_EQ(rounded.biasShift.size(), 8u);
      }
}

TEST(RoundWeights, WithoutStepsIsTheWeightQuantizer) {
  Layer layer(5, 30, 100);
  RoundingOptions options;
  options.bits = 8;
  options.refit = 0;
  options.secondOrder = false;
  options.sweeps = 0;
  RoundedWeights rounded = valueOf(roundWeights(layer.w, 5, layer.moments, options));
  QuantizedWeights nearest = valueOf(quantizeWeights(layer.w, {5, 30}, 0));
  EXPECT_EQ(rounded.codes, nearest.values);
  EXPECT_EQ(ArrayRef<float>(rounded.scales), ArrayRef<float>(nearest.scales));
  ASSERT_EQ(rounded.steps.size(), 1u);
  EXPECT_EQ(rounded.refitGain, 0);
}

TEST(RoundWeights, BiasShiftKeepsTheMeanOfTheOutput) {
  Layer layer(4, 50, 200);
  RoundedWeights rounded = valueOf(roundWeights(layer.w, 4, layer.moments));
  for (int64_t row = 0; row < 4; ++row) {
    double expected = 0, found = 0;
    for (int64_t c = 0; c < 200; ++c)
      for (int64_t j = 0; j < 50; ++j) {
        expected += layer.w[row * 50 + j] * layer.reals[c * 50 + j];
        found +=
            rounded.codes[row * 50 + j] * rounded.scales[row] * layer.codes[c * 50 + j] * 0.125;
      }
    EXPECT_NEAR(found / 200 + rounded.biasShift[row], expected / 200, 1e-3);
  }
}

TEST(RoundWeights, GroupsAreLayersOfTheirOwn) {
  // Two rows for each of 3 groups of 9 inputs, as in a depthwise convolution of multiplier 2.
  Layer layer(3, 27, 100, 9);
  RoundedWeights all =
      valueOf(roundWeights(ArrayRef<float>(layer.w).take_front(54), 6, layer.moments));
  for (int64_t g = 0; g < 3; ++g) {
    InputMoments moments(9, 9, 0.125f);
    for (int64_t c = 0; c < 100; ++c)
      EXPECT_EQ(errorOf(moments.add(ArrayRef<float>(layer.reals).slice(c * 27 + g * 9, 9),
                                    ArrayRef<int16_t>(layer.codes).slice(c * 27 + g * 9, 9))),
                "");
    RoundedWeights one =
        valueOf(roundWeights(ArrayRef<float>(layer.w).slice(g * 18, 18), 2, moments));
    EXPECT_EQ(ArrayRef<int8_t>(all.codes).slice(g * 18, 18), ArrayRef<int8_t>(one.codes));
    EXPECT_EQ(ArrayRef<float>(all.scales).slice(g * 2, 2), ArrayRef<float>(one.scales));
    EXPECT_EQ(ArrayRef<float>(all.biasShift).slice(g * 2, 2), ArrayRef<float>(one.biasShift));
  }
}

TEST(RoundWeights, CodebooksTakeTheSameSteps) {
  Layer layer(6, 40, 200);
  RoundingOptions options;
  options.codebook = {-1, -0.7f, -0.5f, -0.3f, -0.1f, 0, 0.1f, 0.3f, 0.5f, 0.7f, 1};
  RoundedWeights rounded = valueOf(roundWeights(layer.w, 6, layer.moments, options));
  EXPECT_LT(rounded.steps[1].error, rounded.steps[0].error);
  EXPECT_LT(rounded.steps[2].error, rounded.steps[1].error);
  for (int8_t code : rounded.codes)
    EXPECT_TRUE(code >= 0 && code < 11);
}

TEST(RoundWeights, ScalesAreAtLeastTheirMinimum) {
  Layer layer(3, 20, 100);
  std::fill_n(layer.w.begin(), 20, 0.0f);
  RoundingOptions options;
  options.minimumScales = {0.25f, 0.5f, 1e-9f};
  RoundedWeights rounded = valueOf(roundWeights(layer.w, 3, layer.moments, options));
  EXPECT_EQ(rounded.scales[0], 0.25f);
  EXPECT_EQ(rounded.scales[1], 0.5f);
  EXPECT_LT(rounded.scales[2], 0.25f);
  EXPECT_TRUE(llvm::all_of(ArrayRef<int8_t>(rounded.codes).take_front(20),
                           [](int8_t code) { return code == 0; }));

  // Minima somewhat above the best scales, to which descent would return.
  options.minimumScales = {1e-9f, 1e-9f, 1e-9f};
  std::vector<float> best = valueOf(roundWeights(layer.w, 3, layer.moments, options)).scales;
  int held = 0;
  for (float factor = 1; factor < 2; factor += 0.05f)
    for (int64_t row : {1, 2}) {
      options.minimumScales[row] = factor * best[row];
      float scale = valueOf(roundWeights(layer.w, 3, layer.moments, options)).scales[row];
      EXPECT_GE(scale, options.minimumScales[row]);
      held += scale == options.minimumScales[row];
    }
  EXPECT_GT(held, 10);
}

TEST(RoundWeights, FewColumnsAreNotFitted) {
  Layer few(2, 20, 39), enough(2, 20, 40);
  RoundedWeights rounded = valueOf(roundWeights(few.w, 2, few.moments));
  EXPECT_EQ(rounded.refitGain, 0);
  LayerRounding rounding = few.start(gridOf(4));
  rounding.dampen(0.09 / 1.01); // after the 0.01 of `start`
  rounding.chooseScales();
  EXPECT_NEAR(rounded.steps[0].error, rounding.error() / rounding.energy(),
              1e-4 * rounded.steps[0].error);
  EXPECT_GT(valueOf(roundWeights(enough.w, 2, enough.moments)).refitGain, 0);
}

TEST(RoundWeights, RejectsBadInput) {
  Layer layer(2, 6, 20, 3);
  ArrayRef<float> w(layer.w);
  EXPECT_EQ(errorOf(roundWeights(w, 0, layer.moments)), "12 weights are not 0 rows");
  EXPECT_EQ(errorOf(roundWeights(w, 5, layer.moments)), "12 weights are not 5 rows");
  EXPECT_EQ(errorOf(roundWeights(w, 3, layer.moments)),
            "3 rows of 4 weights do not read 6 inputs in blocks of 3");
  EXPECT_EQ(errorOf(roundWeights(w.take_front(9), 3, layer.moments)),
            "3 rows of 3 weights do not read 6 inputs in blocks of 3");
  EXPECT_EQ(errorOf(roundWeights(w, 2, InputMoments(6, 6, 1))),
            "no inputs were seen; add columns to the moments");
  auto errorWith = [&](auto change) {
    RoundingOptions options;
    change(options);
    return errorOf(roundWeights(w, 2, layer.moments, options));
  };
  EXPECT_EQ(errorWith([](RoundingOptions &o) { o.bits = 1; }),
            "weights of 1 bits; 2 to 8 are supported");
  EXPECT_EQ(errorWith([](RoundingOptions &o) { o.codebook = {1}; }),
            "a codebook of 1 numbers; 2 to 128 are supported");
  EXPECT_EQ(errorWith([](RoundingOptions &o) { o.blockSize = 4; }),
            "blocks of 4 do not divide 6 channels");
  EXPECT_EQ(errorWith([](RoundingOptions &o) { o.refit = -1; }),
            "refit by -1, not a finite number of at least 0");
  EXPECT_EQ(errorWith([](RoundingOptions &o) { o.damping = 0; }),
            "damping by 0, not a positive, finite number");
  EXPECT_EQ(errorWith([](RoundingOptions &o) { o.sweeps = -1; }), "-1 sweeps, not at least 0");
  EXPECT_EQ(errorWith([](RoundingOptions &o) { o.minimumScales = {1}; }),
            "1 minimum scales for 2 rows");
  EXPECT_EQ(errorWith([](RoundingOptions &o) { o.minimumScales = {1, 0}; }),
            "minimum scale 0 is not a positive, finite number");
  layer.w[7] = INFINITY;
  EXPECT_EQ(errorOf(roundWeights(layer.w, 2, layer.moments)),
            "weight 7 is inf, not a finite number");
}
