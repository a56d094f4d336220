#include "CorrelatedLayer.h"
#include "ExpectedMatchers.h"
#include "nnq/Quantization/BlockScales.h"
#include "nnq/Quantization/WeightQuantizer.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cmath>

using namespace nnq;
using namespace nnq::test;
using namespace llvm;

TEST(RoundWeights, ErrorsFallStepByStep) {
  for (int bits : {2, 3, 4, 8})
    for (int64_t blockSize : {0, 32})
      for (int64_t sectionWidth : {96, 40}) {
        CorrelatedLayer layer(8, 96, 300, sectionWidth);
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
  CorrelatedLayer layer(5, 30, 100);
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
  CorrelatedLayer layer(4, 50, 200);
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
  CorrelatedLayer layer(3, 27, 100, 9);
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

TEST(RoundWeights, BlocksOfAllTapsAreThoseOfNeighboursInAnotherOrder) {
  // Five taps of 12 channels; a block has 4 of them at each tap.
  constexpr int64_t rows = 6, taps = 5, channels = 12, size = 4, inputs = taps * channels;
  CorrelatedLayer layer(rows, inputs, 300);
  auto place = [](int64_t input) { // with the weights of a block side by side
    int64_t tap = input / channels, channel = input % channels;
    return (channel / size * taps + tap) * size + channel % size;
  };
  CorrelatedLayer sorted(rows, inputs, 1);
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

TEST(RoundWeights, MultiplesOfAUnitStaySoAndDescentLowersTheError) {
  CorrelatedLayer layer(20, 160, 500);
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

TEST(RoundWeights, CodebooksTakeTheSameSteps) {
  CorrelatedLayer layer(6, 40, 200);
  RoundingOptions options;
  options.codebook = {-100, -70, -50, -30, -10, 0, 10, 30, 50, 70, 100};
  RoundedWeights rounded = valueOf(roundWeights(layer.w, 6, layer.moments, options));
  EXPECT_LT(rounded.steps[1].error, rounded.steps[0].error);
  EXPECT_LT(rounded.steps[2].error, rounded.steps[1].error);
  for (int8_t code : rounded.codes)
    EXPECT_TRUE(code >= 0 && code < 11);
}

TEST(RoundWeights, TernaryWeightsTakeTheSameSteps) {
  CorrelatedLayer layer(8, 96, 400);
  RoundingOptions options;
  options.ternary = true;
  RoundedWeights rounded = valueOf(roundWeights(layer.w, 8, layer.moments, options));
  EXPECT_LT(rounded.steps[1].error, rounded.steps[0].error);
  EXPECT_LT(rounded.steps[2].error, rounded.steps[1].error);
  EXPECT_LT(rounded.steps[2].error, 0.2);
  EXPECT_TRUE(rounded.levels.empty());
  for (int8_t number : {-1, 0, 1})
    EXPECT_GT(llvm::count(rounded.codes, number), 100);
  EXPECT_TRUE(llvm::all_of(rounded.codes, [](int8_t code) { return code >= -1 && code <= 1; }));
}

TEST(RoundWeights, ScalesAreAtLeastTheirMinimum) {
  CorrelatedLayer layer(3, 20, 100);
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
  CorrelatedLayer few(2, 20, 39), enough(2, 20, 40);
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
  CorrelatedLayer layer(2, 6, 20, 3);
  ArrayRef<float> w(layer.w);
  EXPECT_EQ(errorOf(roundWeights(w, 0, layer.moments)), "12 weights are not 0 rows");
  EXPECT_EQ(errorOf(roundWeights(w, 5, layer.moments)), "12 weights are not 5 rows");
  EXPECT_EQ(errorOf(roundWeights(w, 3, layer.moments)),
            "3 rows of 4 weights do not read 6 inputs in sections of 3");
  EXPECT_EQ(errorOf(roundWeights(w.take_front(9), 3, layer.moments)),
            "3 rows of 3 weights do not read 6 inputs in sections of 3");
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
            "a codebook of 1 levels; 2 to 16 are supported");
  EXPECT_EQ(errorWith([](RoundingOptions &o) { o.learnCodebook = true; }),
            "no codebook to start learning from");
  EXPECT_EQ(errorWith([](RoundingOptions &o) {
              o.ternary = true;
              o.codebook = {-1, 1};
            }),
            "weights are either ternary or of a codebook, not both");
  EXPECT_EQ(errorWith([](RoundingOptions &o) { o.blockSize = 4; }),
            "blocks of 4 do not divide 6 channels");
  EXPECT_EQ(errorWith([](RoundingOptions &o) { o.refit = -1; }),
            "refit by -1, not a finite number of at least 0");
  EXPECT_EQ(errorWith([](RoundingOptions &o) { o.damping = 0; }),
            "damping by 0, not a positive, finite number");
  EXPECT_EQ(errorWith([](RoundingOptions &o) { o.sweeps = -1; }), "-1 sweeps, not at least 0");
  EXPECT_EQ(errorWith([](RoundingOptions &o) { o.minimumScales = {1}; }),
            "1 minimum scales for 2 rows");
  EXPECT_EQ(errorWith([](RoundingOptions &o) {
              o.minimumScales = {1, 0};
            }),
            "minimum scale 0 is not a positive, finite number");
  layer.w[7] = INFINITY;
  EXPECT_EQ(errorOf(roundWeights(layer.w, 2, layer.moments)),
            "weight 7 is inf, not a finite number");
}
