#include "ExpectedMatchers.h"
#include "nnq/Quantization/Pruning.h"
#include "nnq/Quantization/WeightQuantizer.h"
#include "llvm/ADT/STLExtras.h"
#include <cmath>
#include <random>

using namespace nnq;
using namespace nnq::test;
using namespace llvm;

static PruningOptions optionsFor(StringRef pattern, int bits = 8) {
  PruningOptions options;
  options.pattern = valueOf(PruningPattern::parse(pattern));
  options.bits = bits;
  return options;
}

static std::vector<float> weightsOf(const WeightShape &shape) {
  std::mt19937 random(7);
  std::normal_distribution<float> normal;
  std::vector<float> w(shape.rows * shape.inputs());
  for (float &weight : w)
    weight = normal(random);
  return w;
}

TEST(PruneToNearest, KeepsTheGreatestSquares) {
  WeightShape pairs{2, 1, 8};
  std::vector<float> w = {8, 1, -7, 2, 6, 3, -5, 4, /*ties*/ 1, 1, 1, 1, 1, 1, 1, 1};
  PrunedWeights pruned = valueOf(pruneToNearest(w, pairs, optionsFor("4:8")));
  EXPECT_EQ(pruned.kept, (std::vector<uint8_t>{1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 0, 0, 0, 0}));
  EXPECT_EQ(pruned.codes,
            (std::vector<int8_t>{127, 0, -111, 0, 95, 0, -79, 0, 127, 127, 127, 127, 0, 0, 0, 0}));
  EXPECT_EQ(pruned.scales, (std::vector<float>{8.0f / 127, 1.0f / 127}));
  EXPECT_EQ(pruned.order, (std::vector<int64_t>{0, 1}));
  // 1 + 4 + 9 + 16 of 204 and 4 of 8.
  ASSERT_EQ(pruned.steps.size(), 2u);
  EXPECT_EQ(pruned.steps[0].name, "pruned");
  EXPECT_DOUBLE_EQ(pruned.steps[0].error, 34.0 / 212);
  EXPECT_EQ(pruned.steps[1].name, "rounded");
  EXPECT_NEAR(pruned.steps[1].error, 34.0 / 212, 1e-3);
}

TEST(PruneToNearest, ChannelsGoByTheirOwnGroup) {
  // The second group is greater throughout, and loses a row all the same.
  WeightShape shape{4, 1, 2, 2};
  std::vector<float> w = {1, 1, 2, 2, 10, 10, 9, 9};
  PrunedWeights pruned = valueOf(pruneToNearest(w, shape, optionsFor("channels=50%")));
  EXPECT_EQ(pruned.kept, (std::vector<uint8_t>{0, 0, 1, 1, 1, 1, 0, 0}));
}

TEST(PruneToNearest, MasksFitThePattern) {
  for (WeightShape shape : {WeightShape{40, 2, 96}, WeightShape{80, 9, 32, 2}})
    for (StringRef name : {"1x32=25%", "1x32=75%", "4x16=50%", "2:4", "4:32", "channels=10%"})
      for (int bits : {8, 4, 2}) {
        PruningOptions options = optionsFor(name, bits);
        PrunedWeights pruned = valueOf(pruneToNearest(weightsOf(shape), shape, options));
        WeightMask found = valueOf(WeightMask::of(ArrayRef(pruned.codes), shape));
        EXPECT_EQ(errorOf(verifyPattern(found, options.pattern)), "") << name.str();
        WeightMask kept = valueOf(WeightMask::of(
            ArrayRef(reinterpret_cast<const int8_t *>(pruned.kept.data()), pruned.kept.size()),
            shape));
        EXPECT_NEAR(kept.zeroShare(), options.pattern.share(), 0.03) << name.str();
        EXPECT_LE(pruned.steps[0].error, pruned.steps[1].error);
      }
}

TEST(PruneToNearest, KeepsAGivenMaskAndLeastScales) {
  PruningOptions options = optionsFor("4:8");
  options.kept = {0, 1, 0, 1, 0, 1, 0, 1};
  options.minimumScales = {1};
  PrunedWeights pruned =
      valueOf(pruneToNearest({8, 1, -7, 2, 6, 3, -5, 4}, WeightShape{1, 1, 8}, options));
  EXPECT_EQ(pruned.codes, (std::vector<int8_t>{0, 1, 0, 2, 0, 3, 0, 4}));
  EXPECT_EQ(pruned.scales, std::vector<float>{1});
}

TEST(PruneToNearest, NamesWhatIsWrong) {
  WeightShape shape{2, 1, 8};
  auto errorWith = [&](StringRef pattern, ArrayRef<float> w, int bits = 8) {
    return errorOf(pruneToNearest(w, shape, optionsFor(pattern, bits)));
  };
  std::vector<float> w(16, 1.0f);
  EXPECT_EQ(errorWith("4:16", w),
            "4:16 needs a multiple of 16 channels at each tap, but there are 8");
  EXPECT_EQ(errorWith("4:8", std::vector<float>(15)),
            "15 weights are not 2 rows of 8 channels at 1 taps");
  EXPECT_EQ(errorWith("4:8", w, 9), errorOf(RoundingGrid::uniform(9)));
  w[3] = NAN;
  EXPECT_EQ(errorWith("4:8", w), "weight 3 is nan, not a finite number");
}
