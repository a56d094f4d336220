#include "ExpectedMatchers.h"
#include "nnq/Quantization/Pruning.h"
#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <numeric>
#include <random>

using namespace nnq;
using namespace nnq::test;
using namespace llvm;

static PruningPattern patternOf(StringRef text) { return valueOf(PruningPattern::parse(text)); }

/// A mask at random that uses up what the pattern allows.
static WeightMask plant(StringRef text, const WeightShape &shape) {
  std::mt19937 random(1);
  PruningPattern pattern = patternOf(text);
  WeightMask mask{shape, std::vector<uint8_t>(shape.rows * shape.inputs())};
  auto choose = [&](int64_t from, int64_t number) {
    std::vector<int64_t> all(from);
    std::iota(all.begin(), all.end(), 0);
    std::shuffle(all.begin(), all.end(), random);
    all.resize(number);
    return all;
  };
  for (int64_t group = 0; group < shape.groups; ++group) {
    int64_t groupFirst = group * shape.groupRows(), groupEnd = groupFirst + shape.groupRows();
    if (pattern.kind == PruningPattern::Kind::Channels)
      for (int64_t row : choose(shape.groupRows(), shape.groupRows() - pattern.removedRows(shape)))
        std::fill_n(mask.kept.begin() + (groupFirst + row) * shape.inputs(), shape.inputs(), 1);
    for (int64_t first = groupFirst; first < groupEnd; first += pattern.maskRows())
      for (const PruningPattern::Window &window : pattern.windows(shape))
        for (int64_t unit : choose((window.end - window.first) / pattern.unit(), window.kept))
          for (int64_t row = first; row < std::min(first + pattern.maskRows(), groupEnd); ++row)
            std::fill_n(mask.kept.begin() + row * shape.inputs() + window.first +
                            unit * pattern.unit(),
                        pattern.unit(), 1);
  }
  return mask;
}

static std::vector<int64_t> shuffled(int64_t count) {
  std::vector<int64_t> order(count);
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), std::mt19937(2));
  return order;
}

TEST(PruningPattern, NamesAreRead) {
  for (StringRef name :
       {"1x32=50%", "1x32=6.25%", "1x32=93.75%", "4x16=25%", "4x16=81.25%", "channels=0.01%",
        "channels=33.33%", "channels=99.99%", "2:4", "4:8", "4:16", "4:32"})
    EXPECT_EQ(patternOf(name).str(), name);
  EXPECT_EQ(patternOf("1x32=50.0%").str(), "1x32=50%");
  EXPECT_EQ(patternOf("1x32=75%").share(), 0.75);
  EXPECT_EQ(patternOf("4:32").share(), 0.875);
  EXPECT_EQ(patternOf("1x32=75%"), patternOf("1x32=75.00%"));
  EXPECT_NE(patternOf("1x32=75%"), patternOf("4x16=75%"));
  EXPECT_NE(patternOf("1x32=75%"), patternOf("1x32=50%"));
}

TEST(PruningPattern, OtherNamesAreErrors) {
  auto errorOfName = [](StringRef text) { return errorOf(PruningPattern::parse(text)); };
  for (StringRef name : {"", "1x16=50%", "8:16", "6:8", "4:8 ", "dense", "=50%"})
    EXPECT_EQ(errorOfName(name), "pruning pattern '" + name.str() +
                                     "' is none of 1x32, 4x16 and channels with a share, such as "
                                     "1x32=50%, and of 2:4, 4:8, 4:16 and 4:32");
  EXPECT_EQ(errorOfName("4:8=50%"), "pruning pattern '4:8=50%' says a share, but that of 4:8 is in "
                                    "its name; write 4:8");
  for (StringRef name : {"1x32", "1x32=", "1x32=50", "1x32=%", "1x32=half%"})
    EXPECT_EQ(errorOfName(name),
              "pruning pattern '" + name.str() +
                  "' does not say the share of weights that it removes; write 1x32=50%");
  for (StringRef share : {"0%", "100%", "-50%", "33%", "96.875%", "1000%", "nan%", "inf%"}) {
    EXPECT_EQ(errorOfName(("1x32=" + share).str()),
              "pruning pattern '1x32=" + share.str() +
                  "': 1x32 removes 6.25% to 93.75% in steps of 6.25%");
    EXPECT_EQ(errorOfName(("4x16=" + share).str()),
              "pruning pattern '4x16=" + share.str() +
                  "': 4x16 removes 6.25% to 93.75% in steps of 6.25%");
  }
  EXPECT_EQ(errorOfName("channels=100%"),
            "pruning pattern 'channels=100%': channels removes 0.01% to 99.99% in steps of 0.01%");
}

/// "first-end:kept" of each window.
static std::string windowsOf(StringRef text, const WeightShape &shape) {
  std::string result;
  for (const PruningPattern::Window &window : patternOf(text).windows(shape))
    result += std::to_string(window.first) + "-" + std::to_string(window.end) + ":" +
              std::to_string(window.kept) + " ";
  return result;
}

TEST(PruningPattern, WindowsEndWithTheirTap) {
  EXPECT_EQ(windowsOf("1x32=50%", {32, 2, 96}), "0-64:32 64-96:16 96-160:32 160-192:16 ");
  EXPECT_EQ(windowsOf("1x32=75%", {32, 1, 74}), "0-64:16 64-74:4 ");
  EXPECT_EQ(windowsOf("1x32=25%", {32, 1, 66}), "0-64:48 64-66:2 ");
  EXPECT_EQ(windowsOf("1x32=75%", {32, 1, 30}), "0-30:8 ");
  EXPECT_EQ(windowsOf("1x32=6.25%", {32, 1, 30}), "0-30:30 ");
  EXPECT_EQ(windowsOf("4x16=50%", {32, 3, 12}), "0-36:5 ");
  EXPECT_EQ(windowsOf("4:8", {32, 2, 16}), "0-8:4 8-16:4 16-24:4 24-32:4 ");
  EXPECT_EQ(windowsOf("2:4", {32, 1, 8}), "0-4:2 4-8:2 ");
  EXPECT_EQ(windowsOf("channels=50%", {32, 1, 8}), "");
  EXPECT_EQ(patternOf("channels=25%").removedRows({10, 1, 8}), 3);
  EXPECT_EQ(patternOf("channels=25%").removedRows({20, 1, 8, 2}), 3);
}

TEST(PruningPattern, ShapesThatItDoesNotSuitAreErrors) {
  auto errorFor = [](StringRef text, const WeightShape &shape) {
    return errorOf(patternOf(text).checkSuits(shape));
  };
  EXPECT_EQ(errorFor("1x32=50%", {7, 9, 30}), "");
  EXPECT_EQ(errorFor("4x16=50%", {7, 9, 4}), "");
  EXPECT_EQ(errorFor("4:8", {7, 9, 16}), "");
  EXPECT_EQ(errorFor("channels=50%", {8, 1, 3}), "");
  EXPECT_EQ(errorFor("4x16=50%", {32, 9, 30}),
            "4x16=50% needs a multiple of 4 channels at each tap, but there are 30");
  EXPECT_EQ(errorFor("4:32", {32, 9, 48}),
            "4:32 needs a multiple of 32 channels at each tap, but there are 48");
  EXPECT_EQ(errorFor("1x32=50%", {32, 9, 3}),
            "1x32=50% removes nothing from rows of 3 channels at 9 taps: too few");
  EXPECT_EQ(errorFor("4x16=50%", {32, 1, 4}),
            "4x16=50% removes nothing from rows of 4 channels at 1 taps: too few");
  EXPECT_EQ(errorFor("channels=1%", {8, 9, 3}), "channels=1% removes 0 of the 8 rows that read the "
                                                "same inputs; some must go and some must stay");
  EXPECT_EQ(errorFor("channels=90%", {8, 9, 3, 4}),
            "channels=90% removes 2 of the 2 rows that read the same inputs; some must go and some "
            "must stay");
  EXPECT_EQ(errorFor("4:8", {0, 1, 8}),
            "0 rows of 8 channels at 1 taps in 1 groups; each is 1 to 1048576");
  EXPECT_EQ(errorFor("4:8", {10, 1, 8, 3}), "10 rows do not make 3 groups");
}

TEST(PruningPattern, MasksAreThoseOfWeights) {
  WeightMask mask = valueOf(WeightMask::of(ArrayRef<float>{0, -0.5f, -0.0f, 2}, {2, 1, 2}));
  EXPECT_EQ(mask.kept, (std::vector<uint8_t>{0, 1, 0, 1}));
  EXPECT_EQ(mask.zeroShare(), 0.5);
  EXPECT_EQ(mask.reordered({1, 0}).kept, (std::vector<uint8_t>{0, 1, 0, 1}));
  mask = valueOf(WeightMask::of(ArrayRef<int8_t>{0, -128, 0, 0}, {2, 2, 1}));
  EXPECT_EQ(mask.kept, (std::vector<uint8_t>{0, 1, 0, 0}));
  EXPECT_EQ(mask.reordered({1, 0}).kept, (std::vector<uint8_t>{0, 0, 0, 1}));
  EXPECT_EQ(errorOf(WeightMask::of(ArrayRef<int8_t>{1, 2, 3}, {2, 1, 2})),
            "3 weights are not 2 rows of 2 channels at 1 taps");
  EXPECT_EQ(errorOf(WeightMask::of(ArrayRef<float>{1, 2}, {1, -1, 2})),
            "1 rows of 2 channels at -1 taps in 1 groups; each is 1 to 1048576");
}

TEST(PruningPattern, WhatFitsIsVerifiedAndTheFirstMisfitNamed) {
  auto errorWith = [](StringRef text, WeightMask mask, ArrayRef<int64_t> added) {
    for (int64_t i : added)
      mask.kept[i] = 1;
    return errorOf(verifyPattern(mask, patternOf(text)));
  };
  auto firstRemoved = [](const WeightMask &mask, int64_t from) {
    return llvm::find(ArrayRef<uint8_t>(mask.kept).drop_front(from), 0) - mask.kept.data();
  };
  // A last window of 32 inputs and a last group of 8 rows.
  WeightShape shape{40, 2, 96};
  WeightMask mask = plant("1x32=50%", shape);
  EXPECT_EQ(errorWith("1x32=50%", mask, {}), "");
  EXPECT_EQ(errorWith("1x32=43.75%", mask, {}), "");
  EXPECT_EQ(errorWith("1x32=50%", mask, {firstRemoved(mask, 3 * 192 + 64)}),
            "rows 0 to 31, inputs 64 to 95: 17 inputs are not zero, but 1x32=50% keeps 16");
  EXPECT_EQ(errorWith("1x32=50%", mask, {firstRemoved(mask, 35 * 192 + 96)}),
            "rows 32 to 39, inputs 96 to 159: 33 inputs are not zero, but 1x32=50% keeps 32");
  EXPECT_EQ(errorWith("1x32=56.25%", mask, {}),
            "rows 0 to 31, inputs 0 to 63: 32 inputs are not zero, but 1x32=56.25% keeps 28");
  mask = plant("4x16=75%", shape);
  EXPECT_EQ(errorWith("4x16=75%", mask, {}), "");
  EXPECT_EQ(
      errorWith("4x16=75%", mask, {firstRemoved(mask, 39 * 192)}),
      "rows 32 to 39, inputs 0 to 191: 13 blocks of 4 inputs are not zero, but 4x16=75% keeps "
      "12");
  mask = plant("4:16", shape);
  EXPECT_EQ(errorWith("4:16", mask, {}), "");
  EXPECT_EQ(errorWith("4:16", mask, {firstRemoved(mask, 7 * 192 + 32)}),
            "row 7, inputs 32 to 47: 5 inputs are not zero, but 4:16 keeps 4");
  mask = plant("channels=50%", {8, 1, 4, 2});
  EXPECT_EQ(errorWith("channels=50%", mask, {}), "");
  EXPECT_EQ(errorWith("channels=50%", mask, {firstRemoved(mask, 16)}),
            "rows 4 to 7: 1 are zero, but channels=50% needs 2");
  EXPECT_EQ(errorWith("4:8", mask, {}),
            "4:8 needs a multiple of 8 channels at each tap, but there are 4");
}

TEST(PruningPattern, GroupsOfConvolutionsDoNotShareMasks) {
  // Two groups of 16 rows: the masks of 1x32 end with them.
  WeightMask mask = plant("1x32=50%", {32, 1, 64, 2});
  EXPECT_EQ(errorOf(verifyPattern(mask, patternOf("1x32=50%"))), "");
  mask.shape.groups = 1;
  EXPECT_NE(errorOf(verifyPattern(mask, patternOf("1x32=50%"))), "");
}

TEST(FindPattern, PlantedPatternsAreFound) {
  for (StringRef name : {"1x32=25%", "1x32=50%", "1x32=87.5%", "4x16=50%", "4x16=75%", "2:4", "4:8",
                         "4:16", "4:32", "channels=25%", "channels=41.67%"}) {
    WeightMask mask = plant(name, {96, 3, 128});
    std::optional<PruningPattern> found = findPattern(mask);
    ASSERT_TRUE(found) << name.str();
    EXPECT_EQ(found->str(), name);
  }
  for (StringRef name : {"1x32=50%", "4x16=50%", "4:8", "channels=50%"})
    EXPECT_EQ(findPattern(plant(name, {72, 1, 64, 3}))->str(), name);
}

TEST(FindPattern, FurtherZerosFit) {
  std::mt19937 random(3);
  for (StringRef name : {"1x32=50%", "4x16=50%", "4:8"}) {
    WeightMask mask = plant(name, {64, 1, 256});
    for (uint8_t &kept : mask.kept)
      kept &= random() % 50 != 0;
    EXPECT_EQ(findPattern(mask)->str(), name);
  }
}

TEST(FindPattern, NothingForWeightsWithoutOne) {
  std::mt19937 random(4);
  WeightMask mask{{64, 1, 256}, std::vector<uint8_t>(64 * 256, 1)};
  EXPECT_FALSE(findPattern(mask));
  for (uint8_t &kept : mask.kept) // unstructured: half of each row, somewhere
    kept = random() % 2;
  EXPECT_FALSE(findPattern(mask));
}

TEST(FindPattern, AllZerosAreTheSparsest) {
  EXPECT_EQ(findPattern({{64, 1, 64}, std::vector<uint8_t>(64 * 64)})->str(), "channels=98.44%");
  EXPECT_EQ(findPattern({{1, 1, 64}, std::vector<uint8_t>(64)})->str(), "1x32=93.75%");
}

TEST(FindRowOrder, RowsWithLikeMasksComeTogether) {
  for (int64_t groups : {1, 2}) {
    std::mt19937 random(5);
    WeightMask planted = plant("1x32=50%", {128 * groups, 1, 256, groups});
    for (uint8_t &kept : planted.kept) // zeros among what is kept
      kept &= random() % 100 != 0;
    std::vector<int64_t> places;
    for (int64_t g = 0; g < groups; ++g)
      for (int64_t place : shuffled(128))
        places.push_back(g * 128 + place);
    WeightMask mask = planted.reordered(places);
    EXPECT_FALSE(findPattern(mask));
    std::vector<int64_t> order = findRowOrder(mask);
    EXPECT_EQ(findPattern(mask.reordered(order))->str(), "1x32=50%");
    for (int64_t row = 0; row < 128 * groups; ++row)
      EXPECT_EQ(order[row] / 128, row / 128);
    std::vector<int64_t> sorted = order;
    llvm::sort(sorted);
    EXPECT_EQ(std::unique(sorted.begin(), sorted.end()) - sorted.begin(), 128 * groups);
  }
}

TEST(FindRowOrder, StaysWhereNoOtherIsBetter) {
  auto isAscending = [](ArrayRef<int64_t> order) { return llvm::is_sorted(order); };
  EXPECT_TRUE(isAscending(findRowOrder(plant("1x32=50%", {96, 1, 64}))));
  EXPECT_TRUE(isAscending(findRowOrder(plant("4:8", {96, 1, 64}))));
  EXPECT_TRUE(isAscending(findRowOrder({{5, 1, 64}, std::vector<uint8_t>(5 * 64, 1)})));
}
