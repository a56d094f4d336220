#include "CorrelatedLayer.h"
#include "nnq/Quantization/BlockScales.h"
#include "nnq/Quantization/Codebook.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cmath>

using namespace nnq;
using namespace nnq::test;
using namespace llvm;

static RoundingOptions uniform(int bits) {
  RoundingOptions options;
  options.bits = bits;
  return options;
}

static RoundingOptions fixed(int entries) {
  RoundingOptions options;
  options.codebook = valueOf(initialLevels(entries));
  return options;
}

static RoundingOptions learned(int entries) {
  RoundingOptions options = fixed(entries);
  options.learnCodebook = true;
  return options;
}

/// The last error of a layer that is rounded.
static double errorWith(const CorrelatedLayer &layer, const RoundingOptions &options) {
  return valueOf(roundWeights(layer.w, layer.rows, layer.moments, options)).steps.back().error;
}

/// Weights with more of them near 0 and far from it than those of a normal distribution.
static void makeTails(CorrelatedLayer &layer) {
  for (float &w : layer.w)
    w *= 10 * std::fabs(w);
}

TEST(LearnCodebook, LearnedLevelsBeatFixedOnesAndUniformGrids) {
  CorrelatedLayer layer(32, 256, 1000);
  EXPECT_LT(errorWith(layer, fixed(16)), 0.85 * errorWith(layer, uniform(4)));
  EXPECT_LT(errorWith(layer, learned(16)), 0.99 * errorWith(layer, fixed(16)));
  EXPECT_LT(errorWith(layer, learned(4)), 0.85 * errorWith(layer, uniform(2)));
  makeTails(layer);
  EXPECT_LT(errorWith(layer, fixed(16)), 0.7 * errorWith(layer, uniform(4)));
  EXPECT_LT(errorWith(layer, learned(16)), 0.85 * errorWith(layer, fixed(16)));
  EXPECT_LT(errorWith(layer, learned(4)), 0.85 * errorWith(layer, fixed(4)));
  EXPECT_LT(errorWith(layer, learned(4)), 0.9 * errorWith(layer, uniform(2)));
}

TEST(LearnCodebook, ErrorsFallAndLevelsAreBytesOfACodebook) {
  for (int entries : {4, 16})
    for (int64_t blockSize : {0, 32})
      for (int64_t sectionWidth : {96, 40}) {
        CorrelatedLayer layer(8, 96, 300, sectionWidth);
        RoundingOptions options = learned(entries);
        options.blockSize = blockSize;
        RoundedWeights rounded = valueOf(roundWeights(layer.w, 8, layer.moments, options));
        ASSERT_EQ(rounded.steps.size(), 4u);
        EXPECT_EQ(rounded.steps[3].name, "levels");
        EXPECT_LT(rounded.steps[1].error, rounded.steps[0].error);
        EXPECT_LT(rounded.steps[2].error, rounded.steps[1].error);
        EXPECT_LE(rounded.steps[3].error, rounded.steps[2].error);
        EXPECT_EQ(rounded.levels.size(), size_t(entries));
        EXPECT_EQ(errorOf(checkLevels(rounded.levels)), "");
        EXPECT_EQ(std::max(-rounded.levels.front(), +rounded.levels.back()), 127);
        EXPECT_TRUE(
            llvm::all_of(rounded.codes, [&](int8_t code) { return code >= 0 && code < entries; }));
        EXPECT_LT(rounded.steps[3].error, errorWith(layer, uniform(entries == 4 ? 2 : 4)));
      }
}

TEST(LearnCodebook, TheErrorIsThatOfTheBytes) {
  CorrelatedLayer layer(5, 60, 300);
  makeTails(layer);
  RoundingOptions options = learned(16);
  options.refit = 0;
  RoundedWeights rounded = valueOf(roundWeights(layer.w, 5, layer.moments, options));
  CentredMoments moments = layer.moments.centred();
  const std::vector<float> &h = moments.sections[0].covariance;
  double mean = 0;
  for (int64_t j = 0; j < 60; ++j)
    mean += h[j * 61] / 60;
  double error = 0, energy = 0;
  for (int64_t row = 0; row < 5; ++row)
    for (int64_t j = 0; j < 60; ++j)
      for (int64_t k = 0; k < 60; ++k) {
        double curvature = h[j * 60 + k] + (j == k ? 0.01 * mean : 0);
        auto change = [&](int64_t i) {
          int64_t at = row * 60 + i;
          return double(rounded.levels[rounded.codes[at]]) * rounded.scales[row] - layer.w[at];
        };
        error += change(j) * curvature * change(k);
        energy += double(layer.w[row * 60 + j]) * curvature * layer.w[row * 60 + k];
      }
  EXPECT_NEAR(rounded.steps.back().error, error / energy, 1e-4 * error / energy);
}

TEST(LearnCodebook, FixedLevelsAreTheGivenOnes) {
  CorrelatedLayer layer(4, 40, 200);
  RoundedWeights rounded = valueOf(roundWeights(layer.w, 4, layer.moments, fixed(16)));
  EXPECT_EQ(rounded.levels, nf4Levels());
  EXPECT_EQ(rounded.steps.size(), 3u);
  EXPECT_TRUE(valueOf(roundWeights(layer.w, 4, layer.moments)).levels.empty());
}

TEST(LearnCodebook, WithoutOtherStepsTheWeightedErrorOfWeightsIsLess) {
  CorrelatedLayer layer(16, 64, 300);
  makeTails(layer);
  CentredMoments moments = layer.moments.centred();
  auto weightedError = [&](RoundingOptions options) {
    options.refit = 0;
    options.secondOrder = false;
    options.sweeps = 0;
    RoundedWeights rounded = valueOf(roundWeights(layer.w, 16, layer.moments, options));
    EXPECT_EQ(rounded.steps.size(), 1u);
    double sum = 0;
    for (int64_t i = 0; i < 16 * 64; ++i) {
      double q = double(rounded.scales[i / 64]) * rounded.levels[rounded.codes[i]];
      sum += moments.sections[0].covariance[i % 64 * 65] * (layer.w[i] - q) * (layer.w[i] - q);
    }
    return sum;
  };
  EXPECT_LT(weightedError(learned(16)), 0.85 * weightedError(fixed(16)));
  EXPECT_LT(weightedError(learned(4)), 0.9 * weightedError(fixed(4)));
}

TEST(LearnCodebook, RefinementMovesBadLevelsToBetterOnes) {
  CorrelatedLayer layer(24, 120, 500);
  for (int64_t blockSize : {120, 40}) {
    RoundingGrid grid = cantFail(RoundingGrid::codebook({-127, -100, -80, 60, 70, 127}));
    std::vector<LayerRounding> groups = {layer.start(grid, blockSize)};
    EXPECT_EQ(errorOf(groups[0].roundSecondOrder()), "");
    groups[0].descendCoordinates(20);
    double last = groups[0].error(), first = last;
    for (int i = 0; i < 4; ++i) {
      LayerRounding::refineCodebook(groups, 1);
      EXPECT_LE(groups[0].error(), last);
      last = groups[0].error();
    }
    EXPECT_LT(last, 0.7 * first);
    for (float number : groups[0].numbers())
      EXPECT_EQ(number, std::nearbyint(number));
  }
}

TEST(LearnCodebook, AGoodCodebookStaysAsItIs) {
  // Weights that are levels already.
  CorrelatedLayer layer(6, 48, 300);
  std::vector<int8_t> levels = {-127, -30, 40, 90};
  for (auto [i, w] : enumerate(layer.w))
    w = 0.01f * levels[i * i % 7 % 4];
  std::vector<LayerRounding> groups = {
      layer.start(cantFail(RoundingGrid::codebook({levels.begin(), levels.end()})))};
  groups[0].descendCoordinates(20);
  EXPECT_LT(groups[0].error(), 1e-6 * groups[0].energy());
  std::vector<int8_t> codes = groups[0].codes();
  LayerRounding::refineCodebook(groups, 3);
  EXPECT_EQ(groups[0].codes(), codes);
  EXPECT_EQ(groups[0].numbers(), ArrayRef<float>({-127, -30, 40, 90}));
}

TEST(LearnCodebook, GroupsShareTheLevels) {
  // Four rows for each of 3 groups of 9 inputs.
  CorrelatedLayer layer(4, 27, 200, 9);
  makeTails(layer);
  RoundedWeights all = valueOf(roundWeights(layer.w, 12, layer.moments, learned(4)));
  ASSERT_EQ(all.steps.size(), 4u);
  for (size_t i = 1; i < 4; ++i)
    EXPECT_LE(all.steps[i].error, all.steps[i - 1].error);
  EXPECT_EQ(all.levels.size(), 4u);
  EXPECT_EQ(all.codes.size(), 108u);
  EXPECT_EQ(all.scales.size(), 12u);
  EXPECT_LT(all.steps.back().error,
            valueOf(roundWeights(layer.w, 12, layer.moments, fixed(4))).steps.back().error);

  // Equal groups have the levels of one of them.
  CorrelatedLayer one(4, 9, 100);
  std::vector<float> w, reals;
  std::vector<int16_t> codes;
  for (int g = 0; g < 2; ++g)
    llvm::append_range(w, one.w);
  for (int64_t c = 0; c < 100; ++c)
    for (int g = 0; g < 2; ++g) {
      llvm::append_range(reals, ArrayRef<float>(one.reals).slice(c * 9, 9));
      llvm::append_range(codes, ArrayRef<int16_t>(one.codes).slice(c * 9, 9));
    }
  InputMoments twice(18, 9, 0.125f);
  EXPECT_EQ(errorOf(twice.add(reals, codes)), "");
  RoundedWeights both = valueOf(roundWeights(w, 8, twice, learned(4)));
  RoundedWeights single = valueOf(roundWeights(one.w, 4, one.moments, learned(4)));
  EXPECT_EQ(both.levels, single.levels);
  EXPECT_EQ(ArrayRef<int8_t>(both.codes).take_front(36), ArrayRef<int8_t>(single.codes));
  EXPECT_EQ(ArrayRef<int8_t>(both.codes).drop_front(36), ArrayRef<int8_t>(single.codes));
}

TEST(LearnCodebook, MultiplesOfAUnitStaySo) {
  CorrelatedLayer layer(20, 160, 500);
  makeTails(layer);
  for (int entries : {4, 16}) {
    RoundingOptions options = learned(entries), given = fixed(entries);
    options.blockSize = given.blockSize = 32;
    options.sharedUnits = given.sharedUnits = true;
    RoundedWeights rounded = valueOf(roundWeights(layer.w, 20, layer.moments, options));
    EXPECT_TRUE(BlockScales::factorize(rounded.scales, 20).has_value());
    EXPECT_LE(rounded.steps[3].error, rounded.steps[2].error);
    EXPECT_LT(rounded.steps[3].error, errorWith(layer, given));
  }
}

TEST(LearnCodebook, ScalesAreAtLeastTheirMinimum) {
  CorrelatedLayer layer(3, 40, 200);
  std::fill_n(layer.w.begin(), 40, 0.0f);
  RoundingOptions options = learned(16);
  options.minimumScales = {0.25f, 0.004f, 1e-9f};
  RoundedWeights rounded = valueOf(roundWeights(layer.w, 3, layer.moments, options));
  EXPECT_EQ(rounded.scales[0], 0.25f);
  EXPECT_GE(rounded.scales[1], 0.004f);
  EXPECT_LT(rounded.scales[2], 0.004f);
}

TEST(LearnCodebook, OddLayersHaveLevels) {
  // Inputs that never vary, weights of 0, few columns, weights below 0 alone, weights all equal.
  InputMoments still(4, 4, 1), few(4, 4, 1);
  EXPECT_EQ(errorOf(still.add({1, 2, 3, 4}, {1, 2, 3, 4})), "");
  EXPECT_EQ(errorOf(few.add({1, 5, 3, 4, 2, 0, 3, 9}, {1, 5, 3, 4, 2, 0, 3, 9})), "");
  std::vector<std::vector<float>> layers = {{0, 0, 0, 0, 0, 0, 0, 0},
                                            {-1, -2, -0.5, -0.1f, -3, -2, -1, -9},
                                            {-1, -1, -1, -1, -1, -1, -1, -1},
                                            {1, 1, 1, 1, 1, 1, 1, 1},
                                            {1e-30f, 1, 1e30f, -1e30f, 0, 0, 0, 1}};
  for (const InputMoments &moments : {still, few})
    for (const std::vector<float> &w : layers)
      for (int entries : {2, 4, 16}) {
        RoundedWeights rounded = valueOf(roundWeights(w, 2, moments, learned(entries)));
        EXPECT_EQ(errorOf(checkLevels(rounded.levels)), "");
        EXPECT_TRUE(
            llvm::all_of(rounded.scales, [](float s) { return s > 0 && std::isfinite(s); }));
        for (size_t i = 1; i < rounded.steps.size(); ++i)
          EXPECT_LE(rounded.steps[i].error, rounded.steps[i - 1].error);
      }
}

TEST(LearnCodebook, BinaryWeightsLearnScalesAlone) {
  CorrelatedLayer layer(8, 96, 400);
  RoundedWeights rounded = valueOf(roundWeights(layer.w, 8, layer.moments, learned(2)));
  RoundedWeights given = valueOf(roundWeights(layer.w, 8, layer.moments, fixed(2)));
  EXPECT_EQ(rounded.levels, (std::vector<int8_t>{-1, 1}));
  EXPECT_EQ(rounded.codes, given.codes);
  EXPECT_EQ(rounded.scales, given.scales);
  EXPECT_EQ(rounded.steps.size(), 3u);
  EXPECT_LT(rounded.steps[2].error, 0.5);
}
