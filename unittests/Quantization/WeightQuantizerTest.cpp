#include "nnq/Quantization/WeightQuantizer.h"
#include "ExpectedMatchers.h"
#include "nnq/Quantization/BlockScales.h"
#include "nnq/Quantization/QuantParams.h"
#include <cmath>

using namespace nnq;
using namespace nnq::test;
using Codes = std::vector<int8_t>;
using Scales = llvm::SmallVector<float>;

TEST(WeightQuantizer, PerTensorUsesTheLargestMagnitude) {
  QuantizedWeights q = valueOf(quantizeWeights({0.5f, -2.54f, 0.03f, 0}, {2, 2}, std::nullopt));
  EXPECT_EQ(q.scales, (Scales{0.02f}));
  EXPECT_EQ(q.values, (Codes{25, -127, 2, 0})); // 1.5 steps round to 2
  EXPECT_EQ(q.storageMin, -127);
  EXPECT_EQ(q.storageMax, 127);
}

TEST(WeightQuantizer, ScalesFollowTheAxis) {
  std::vector<float> w = {1.27f, 0.01f, 1.27f, -2.54f, 0.04f, 0.02f};
  QuantizedWeights rows = valueOf(quantizeWeights(w, {2, 3}, 0));
  EXPECT_EQ(rows.scales, (Scales{0.01f, 0.02f}));
  EXPECT_EQ(rows.values, (Codes{127, 1, 127, -127, 2, 1}));
  QuantizedWeights columns = valueOf(quantizeWeights(w, {2, 3}, 1));
  EXPECT_EQ(columns.scales, (Scales{0.02f, 0.04f / 127, 0.01f}));
  EXPECT_EQ(columns.values, (Codes{64, 32, 127, -127, 127, 2})); // 63.5 and 31.75 steps
}

TEST(WeightQuantizer, MiddleAxisOfThreeDimensions) {
  std::vector<float> w = {127, 1, 254, 2, /**/ 3, 4, 6, 8};
  QuantizedWeights q = valueOf(quantizeWeights(w, {2, 2, 2}, 1));
  EXPECT_EQ(q.scales, (Scales{1, 2}));
  EXPECT_EQ(q.values, (Codes{127, 1, 127, 1, 3, 4, 3, 4}));
}

TEST(WeightQuantizer, FewerBitsUseSmallerCodes) {
  QuantizedWeights q = valueOf(quantizeWeights({7, -7, 2, 0.4f}, {4}, std::nullopt, 4));
  EXPECT_EQ(q.values, (Codes{7, -7, 2, 0}));
  EXPECT_EQ(q.storageMin, -8);
  EXPECT_EQ(q.storageMax, 7);
  EXPECT_EQ(valueOf(quantizeWeights({3, -1}, {2}, 0, 2)).values, (Codes{1, -1}));
}

TEST(WeightQuantizer, BlocksRunOverInputChannelsAndAllTaps) {
  // Two outputs, two taps, four inputs: each scale is of two inputs at both taps.
  std::vector<float> w = {7, 1, 3.5f, 0, /**/ 2, -3, 0, -1, /**/ 14, 0, 0, 28, /**/ 0, 2, 8, 0};
  QuantizedWeights q = valueOf(quantizeWeightsInBlocks(w, {2, 2, 4}, 2, 4));
  // Of 255ths of 1 and of 4.
  for (auto [scale, expected] : llvm::zip_equal(q.scales, Scales{1, 127 / 255.0f, 2, 4}))
    EXPECT_NEAR(scale, expected, 1 / 128.0f * expected);
  EXPECT_EQ(q.values, (Codes{7, 1, 7, 0, 2, -3, 0, -2, 7, 0, 0, 7, 0, 1, 2, 0}));
  EXPECT_EQ(q.storageMin, -8);
}

TEST(WeightQuantizer, RoundingErrorsCancelWithinABlock) {
  // Those of the first block of four add up to -1.15: the one rounded furthest moves.
  std::vector<float> w = {7, 1.375f, 2.4f, 3.375f, /**/ 7, 1, 2, 3};
  QuantizedWeights q = valueOf(quantizeWeightsInBlocks(w, {1, 8}, 4, 4));
  EXPECT_EQ(q.values, (Codes{7, 1, 3, 3, 7, 1, 2, 3}));
}

TEST(WeightQuantizer, ScalesOfBlocksAreMultiplesOfAUnit) {
  // 255 and 255 * 0.3 = 76.5 of the first channel's unit, 255 and 0.1 of the second's.
  std::vector<float> w = {7, 2.1f, /**/ 0.7f, 0.0003f};
  QuantizedWeights q = valueOf(quantizeWeightsInBlocks(w, {2, 2}, 1, 4));
  std::optional<BlockScales> scales = BlockScales::factorize(q.scales, 2);
  ASSERT_TRUE(scales);
  EXPECT_EQ(scales->multiples, (std::vector<uint8_t>{255, 76, 255, 1}));
  EXPECT_NEAR(q.scales[0], 1, 0x1p-16); // what the unit is rounded by
  EXPECT_EQ(q.values, (Codes{7, 7, 7, 1}));
}

TEST(WeightQuantizer, BlocksDivideTheInputChannels) {
  std::vector<float> w(12, 1.0f);
  EXPECT_EQ(errorOf(quantizeWeightsInBlocks(w, {3, 4}, 3, 4)),
            "blocks of 3 do not divide 4 input channels");
  EXPECT_EQ(errorOf(quantizeWeightsInBlocks(w, {3, 4}, 0, 4)),
            "blocks of 0 do not divide 4 input channels");
  EXPECT_EQ(errorOf(quantizeWeightsInBlocks(w, {12}, 4, 4)),
            "weights of 1 dimensions have no input channels");
}

TEST(WeightQuantizer, ZeroChannelsHaveTheMinimumScale) {
  QuantizedWeights q = valueOf(quantizeWeights({0, 0, 127, 1}, {2, 2}, 0));
  EXPECT_EQ(q.scales, (Scales{minimumScale, 1}));
  EXPECT_EQ(q.values, (Codes{0, 0, 127, 1}));
}

TEST(WeightQuantizer, MinimumScalesRaiseOnlySmallerScales) {
  QuantizedWeights q = valueOf(quantizeWeights({1e-20f, 0, 127, 1}, {2, 2}, 0, 8, {0.25f, 0.25f}));
  EXPECT_EQ(q.scales, (Scales{0.25f, 1}));
  EXPECT_EQ(q.values, (Codes{0, 0, 127, 1}));
}

/// Rounds by row with scale 1, since the first weight of each is 127, then balances.
static Codes balanced(std::vector<float> w, int64_t rows, std::optional<int64_t> axis = 0) {
  int64_t size = static_cast<int64_t>(w.size()) / rows;
  QuantizedWeights q = valueOf(quantizeWeights(w, {rows, size}, axis));
  balanceRounding(q, w, rows);
  return q.values;
}

TEST(BalanceRounding, MovesTheCodesThatWereRoundedFurthest) {
  // Errors -0.25, -0.375, -0.375, -0.125: they add up to more than a step.
  EXPECT_EQ(balanced({127, 1.25f, 2.375f, 3.375f, 4.125f}, 1), (Codes{127, 1, 3, 3, 4}));
  EXPECT_EQ(balanced({127, -1.25f, -2.375f, -3.375f, -4.125f}, 1), (Codes{127, -1, -3, -3, -4}));
}

TEST(BalanceRounding, LeavesSumsOfAtMostHalfAStep) {
  EXPECT_EQ(balanced({127, 1.25f, 2.25f, 0, 0}, 1), (Codes{127, 1, 2, 0, 0}));
  EXPECT_EQ(balanced({127, 1.375f, 1.625f, 2.375f, 2.625f}, 1), (Codes{127, 1, 2, 2, 3}));
}

TEST(BalanceRounding, RowsAreApart) {
  EXPECT_EQ(balanced({127, 1.375f, 1.375f, /**/ 127, 1.625f, 1.625f}, 2),
            (Codes{127, 2, 1, 127, 1, 2}));
  EXPECT_EQ(balanced({127, 1.375f, 1.375f, /**/ 127, 1.625f, 1.625f}, 2, std::nullopt),
            (Codes{127, 2, 1, 127, 1, 2}));
}

TEST(BalanceRounding, KeepsExactWeightsAndTheStorageRange) {
  std::vector<float> w = {0, 0, 0.375f, 0.375f, 0.375f, 127.375f, 127.375f};
  QuantizedWeights q{{1}, {0, 0, 0, 0, 0, 127, 127}, -127, 127};
  balanceRounding(q, w, 1); // the errors add up to -1.875
  EXPECT_EQ(q.values, (Codes{0, 0, 1, 1, 0, 127, 127}));
}

TEST(BalanceRounding, NoWeights) {
  EXPECT_TRUE(balanced({}, 1).empty());
  QuantizedWeights q = valueOf(quantizeWeights({}, {0, 3}, 0));
  balanceRounding(q, {}, 0);
  EXPECT_TRUE(q.values.empty());
}

TEST(WeightQuantizer, EmptyAndScalarShapes) {
  EXPECT_TRUE(valueOf(quantizeWeights({}, {0, 3}, 1)).values.empty());
  EXPECT_EQ(valueOf(quantizeWeights({-5.0f}, {}, std::nullopt)).values, (Codes{-127}));
}

TEST(WeightQuantizer, RejectsBadInput) {
  EXPECT_EQ(errorOf(quantizeWeights({1, 2}, {3}, 0)),
            "2 weights do not fill a shape of 3 elements");
  EXPECT_EQ(errorOf(quantizeWeights({1, 2}, {2}, 1)), "axis 1 is outside a shape of 1 dimensions");
  EXPECT_EQ(errorOf(quantizeWeights({1, 2}, {-1, -2}, 1)), "dimension 0 is -1, not a size");
  EXPECT_EQ(errorOf(quantizeWeights({}, {int64_t(1) << 32, int64_t(1) << 32}, 0)),
            "a shape of more than 2^63 elements");
  EXPECT_EQ(errorOf(quantizeWeights({1, 2}, {2}, 0, 9)), "weights of 9 bits; 2 to 8 are supported");
  EXPECT_EQ(errorOf(quantizeWeights({1, std::nanf("")}, {2}, 0)),
            "weight 1 is nan, not a finite number");
  EXPECT_EQ(errorOf(quantizeWeights({1, 2}, {2}, 0, 8, {1.0f})), "1 minimum scales for 2 scales");
  EXPECT_EQ(errorOf(quantizeWeights({1, 2}, {2}, std::nullopt, 8, {INFINITY})),
            "minimum scale inf is not a positive, finite number");
}
