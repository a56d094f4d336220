#include "nnq/Quantization/LayerNoise.h"
#include "ExpectedMatchers.h"

using namespace nnq;
using namespace nnq::test;
using namespace llvm;

/// Moments of columns of codes, row-major, that the float network sees as they are.
static InputMoments momentsOf(int64_t inputs, std::vector<int16_t> codes, int64_t sectionWidth = 0,
                              float scale = 0.5f) {
  InputMoments moments(inputs, sectionWidth ? sectionWidth : inputs, scale);
  std::vector<float> reals;
  for (int16_t code : codes)
    reals.push_back(scale * code);
  EXPECT_EQ(errorOf(moments.add(reals, codes)), "");
  return moments;
}

static LayerNoise noiseOf(ArrayRef<float> weights, int64_t rows, const InputMoments &moments) {
  return cantFail(LayerNoise::create(weights, rows, moments));
}

// Variances 1 and 4, no covariance, and a third input that is always 7.
static const std::vector<int16_t> independent = {0, 0, 7, 2, 0, 7, 0, 4, 7, 2, 4, 7};

TEST(LayerNoise, ErrorsOfWeightsCountByTheVarianceOfTheirInputs) {
  std::vector<float> w = {1, 0.5f, 3}; // energy 1 * 1 + 0.25 * 4
  LayerNoise noise = noiseOf(w, 1, momentsOf(3, independent));
  EXPECT_EQ(noise.ofWeights(w), 0);
  EXPECT_DOUBLE_EQ(noise.ofWeights({1.25f, 0.5f, 3}), 0.0625 / 2);
  EXPECT_DOUBLE_EQ(noise.ofWeights({1, 0.75f, 3}), 0.0625 * 4 / 2);
  EXPECT_DOUBLE_EQ(noise.ofWeights({1, 0.5f, 9}), 0); // only the mean moves
}

TEST(LayerNoise, ErrorsThatCancelAreNone) {
  std::vector<float> w = {1, 1};
  LayerNoise noise = noiseOf(w, 1, momentsOf(2, {0, 0, 2, 2}));
  EXPECT_DOUBLE_EQ(noise.ofWeights({2, 0}), 0);
  EXPECT_DOUBLE_EQ(noise.ofWeights({2, 1}), 1.0 / 4);
}

TEST(LayerNoise, RoundedInputsCountByTheSquaresOfTheirWeights) {
  std::vector<float> w = {1, 0.5f, 3};
  LayerNoise noise = noiseOf(w, 1, momentsOf(3, independent));
  EXPECT_DOUBLE_EQ(noise.ofInput(0.5), 1.25 / 12 / 2); // a code of the moments
  EXPECT_DOUBLE_EQ(noise.ofInput(1), 4 * 1.25 / 12 / 2);
  EXPECT_DOUBLE_EQ(noise.ofInput(0), 0);
}

TEST(LayerNoise, RowsAddUp) {
  std::vector<float> w = {1, 0.5f, 0, 0, 1, 0}; // energies 2 and 4
  LayerNoise noise = noiseOf(w, 2, momentsOf(3, independent));
  EXPECT_DOUBLE_EQ(noise.ofWeights({2, 0.5f, 0, 0, 2, 0}), (1.0 + 4) / 6);
  EXPECT_DOUBLE_EQ(noise.ofInput(0.5), 2.25 / 12 / 6);
}

TEST(LayerNoise, GroupsReadTheirOwnInputs) {
  // Two groups of two rows each: the first reads the input of variance 1.
  std::vector<float> w = {1, 2, 3, 4}; // energies 1 + 4 and 4 * (9 + 16)
  LayerNoise noise = noiseOf(w, 4, momentsOf(2, {0, 0, 2, 0, 0, 4, 2, 4}, 1));
  EXPECT_DOUBLE_EQ(noise.ofWeights({2, 2, 3, 4}), 1.0 / 105);
  EXPECT_DOUBLE_EQ(noise.ofWeights({1, 2, 3, 5}), 4.0 / 105);
  EXPECT_DOUBLE_EQ(noise.ofInput(0.5), 30.0 / 12 / 105);
}

TEST(LayerNoise, MomentsBetweenSectionsOfAWideLayerCountAsZero) {
  std::vector<float> w = {1, 1};
  LayerNoise noise = noiseOf(w, 1, momentsOf(2, {0, 0, 2, 2}, 1));
  EXPECT_DOUBLE_EQ(noise.ofWeights({2, 0}), 2.0 / 2);
}

TEST(LayerNoise, NothingDisturbsAnOutputThatNeverVaries) {
  std::vector<float> w = {0, 0, 3};
  LayerNoise noise = noiseOf(w, 1, momentsOf(3, independent));
  EXPECT_EQ(noise.ofWeights({1, 1, 1}), 0);
  EXPECT_EQ(noise.ofInput(1), 0);
}

TEST(LayerNoise, RefusesWhatDoesNotReadTheseInputs) {
  std::vector<float> w = {1, 2, 3, 4};
  EXPECT_EQ(errorOf(LayerNoise::create(w, 2, momentsOf(3, independent))),
            "2 rows of 2 weights do not read 3 inputs in sections of 3");
  EXPECT_EQ(errorOf(LayerNoise::create(w, 3, momentsOf(3, independent))),
            "4 weights are not 3 rows");
  EXPECT_EQ(errorOf(LayerNoise::create(w, 1, InputMoments(4, 4, 0.5f))),
            "no inputs were seen; add columns to the moments");
}
