#include "nnq/Quantization/ChannelEqualization.h"
#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"
#include <cmath>
#include <random>

using namespace nnq;
using namespace llvm;

namespace {
struct Weights {
  Weights(int64_t outputs, int64_t taps, int64_t groups, int64_t inputsOfGroup, uint32_t seed)
      : values(outputs * taps * inputsOfGroup) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal, spread(0, 3);
    for (int64_t o = 0; o < outputs; ++o) {
      float size = std::exp2(spread(random));
      for (int64_t i = 0; i < taps * inputsOfGroup; ++i)
        values[o * taps * inputsOfGroup + i] = normal(random) * size;
    }
    view = {values, outputs, taps, groups};
  }
  std::vector<float> values;
  LayerWeights view;
};
} // namespace

/// max |w| of output channel c, or of input channel c modulo `channels`.
static double rangeOfOutput(const LayerWeights &w, int64_t c) {
  double most = 0;
  int64_t row = w.taps * w.inputsOfGroup();
  for (float value : w.values.slice(c * row, row))
    most = std::max(most, std::fabs(double(value)));
  return most;
}
static double rangeOfInput(const LayerWeights &w, int64_t c, int64_t channels) {
  double most = 0;
  for (int64_t o = 0; o < w.outputs; ++o)
    for (int64_t t = 0; t < w.taps; ++t)
      for (int64_t i = 0; i < w.inputsOfGroup(); ++i)
        if ((o / (w.outputs / w.groups) * w.inputsOfGroup() + i) % channels == c)
          most =
              std::max(most, std::fabs(double(w.values[(o * w.taps + t) * w.inputsOfGroup() + i])));
  return most;
}

TEST(EqualizeChannels, IsTheNearestPowerOfTwoOfDFQsFormula) {
  Weights first(5, 9, 1, 3, 1), second(4, 1, 1, 5, 2);
  auto exponents = equalizeChannels({first.view, second.view}, {{0, 1}});
  ASSERT_EQ(exponents.size(), 1u);
  for (int64_t c = 0; c < 5; ++c) {
    double r1 = rangeOfOutput(first.view, c), r2 = rangeOfInput(second.view, c, 5);
    EXPECT_EQ(exponents[0][c], std::nearbyint(std::log2(std::sqrt(r1 * r2) / r2))) << c;
  }
}

TEST(EqualizeChannels, AChainWithADepthwiseLayerConverges) {
  Weights expand(6, 1, 1, 4, 3), depthwise(6, 9, 6, 1, 4), project(3, 1, 1, 6, 5);
  auto exponents = equalizeChannels({expand.view, depthwise.view, project.view}, {{0, 1}, {1, 2}});
  std::vector<float> a = scaleChannels(expand.view, exponents[0], {}),
                     b = scaleChannels(depthwise.view, exponents[1], exponents[0]),
                     c = scaleChannels(project.view, {}, exponents[1]);
  for (int64_t i = 0; i < 6; ++i) {
    // All three are the geometric mean, to a rounded exponent on either side.
    double r1 = rangeOfOutput({a, 6, 1, 1}, i), r2 = rangeOfOutput({b, 6, 9, 6}, i),
           r3 = rangeOfInput({c, 3, 1, 1}, i, 6);
    double mean = std::cbrt(rangeOfOutput(expand.view, i) * rangeOfOutput(depthwise.view, i) *
                            rangeOfInput(project.view, i, 6));
    EXPECT_LE(std::fabs(std::log2(r1 / mean)), 0.55);
    EXPECT_LE(std::fabs(std::log2(r2 / mean)), 1.05);
    EXPECT_LE(std::fabs(std::log2(r3 / mean)), 0.55);
  }
}

TEST(EqualizeChannels, GroupsAndFlattenedPixelsReadTheirChannels) {
  // Two groups of two inputs; then a matrix that reads three pixels of four channels.
  Weights grouped(4, 9, 2, 2, 6), flattened(2, 1, 1, 12, 7);
  auto exponents = equalizeChannels({grouped.view, flattened.view}, {{0, 1}});
  for (int64_t c = 0; c < 4; ++c) {
    double r1 = rangeOfOutput(grouped.view, c), r2 = rangeOfInput(flattened.view, c, 4);
    EXPECT_EQ(exponents[0][c], std::nearbyint(0.5 * std::log2(r1 / r2))) << c;
  }
  std::vector<int> by{1, -2, 0, 3};
  std::vector<float> scaled = scaleChannels(flattened.view, {}, by);
  for (int64_t i = 0; i < 24; ++i)
    EXPECT_EQ(scaled[i], std::ldexp(flattened.values[i], by[i % 12 % 4])) << i;
  scaled = scaleChannels(grouped.view, {}, by);
  for (int64_t i = 0; i < 72; ++i)
    EXPECT_EQ(scaled[i], std::ldexp(grouped.values[i], by[i / 36 * 2 + i % 2])) << i;
}

TEST(EqualizeChannels, DeadChannelsKeepTheirScale) {
  std::vector<float> first{0, 64, 1e-21f, 0x1p-4f, 0x1p-2f}, second{1, 1, 1, 1, 1}, none{0, 0};
  auto exponents = equalizeChannels({{first, 5, 1, 1}, {second, 1, 1, 1}}, {{0, 1}});
  EXPECT_EQ(exponents[0], (std::vector<int>{0, 3, 0, 0, -1}));
  for (const std::vector<float> &other : {none, {1, 1}})
    EXPECT_EQ(equalizeChannels({{none, 2, 1, 1}, {other, 1, 1, 1}}, {{0, 1}})[0],
              (std::vector<int>{0, 0}));
}

TEST(EqualizeChannels, ChannelsThatNobodyReadsAreMadeSmall) {
  std::vector<float> first{4, 256, 256}, second{4, 0, 1e-21f}, none{0, 0, 0};
  auto exponents = equalizeChannels({{first, 3, 1, 1}, {second, 1, 1, 1}}, {{0, 1}});
  EXPECT_EQ(exponents[0], (std::vector<int>{0, maxEqualizationExponent, maxEqualizationExponent}));
  EXPECT_EQ(equalizeChannels({{first, 3, 1, 1}, {none, 1, 1, 1}}, {{0, 1}})[0],
            (std::vector<int>{0, 0, 0}));
}

TEST(EqualizeChannels, WithoutLinksThereIsNothing) {
  Weights alone(2, 1, 1, 2, 8);
  EXPECT_TRUE(equalizeChannels({alone.view}, {}).empty());
  EXPECT_EQ(scaleChannels(alone.view, {}, {}), alone.values);
}
