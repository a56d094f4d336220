// What encodings hold, and how they put weights together.

#include "nnq/Dialect/Kernel/IR/KernelDialect.h"
#include "nnq/Dialect/NNQ/IR/ConstantData.h"

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/MLIRContext.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace nnq;

namespace {

class WeightEncodingTest : public testing::Test {
protected:
  WeightEncodingTest() { context.loadDialect<KernelDialect>(); }

  Type integer(unsigned bits) { return IntegerType::get(&context, bits); }
  Type real() { return Float32Type::get(&context); }

  std::vector<int> pack(WeightEncoding encoding, unsigned bits, ArrayRef<int8_t> codes,
                        int64_t size, llvm::function_ref<int64_t(int64_t, int64_t)> source) {
    auto type = RankedTensorType::get({static_cast<int64_t>(codes.size())}, integer(bits));
    ElementsAttr packed = encoding.pack(makeConstant<int8_t>(type, codes), size, source);
    ConstantData data = *ConstantData::get(packed);
    std::vector<int> bytes;
    for (int64_t i = 0; i < data.size(); ++i)
      bytes.push_back(static_cast<int>(data.getInteger(i, /*isSigned=*/true)));
    return bytes;
  }

  MLIRContext context;
};

using testing::ElementsAre;

TEST_F(WeightEncodingTest, FewestBitsStandFirst) {
  std::vector<std::string> names;
  for (Attribute encoding : context.getLoadedDialect<KernelDialect>()->getWeightEncodings())
    names.push_back(cast<WeightEncoding>(encoding).getEncodingName().str());
  auto place = [&](StringRef name) {
    EXPECT_TRUE(llvm::is_contained(names, name.str())) << name.str();
    return llvm::find(names, name.str()) - names.begin();
  };
  EXPECT_LT(place("signs"), place("crumbs"));
  EXPECT_LT(place("crumbs"), place("nibbles"));
  EXPECT_LT(place("nibbles"), place("bytes"));
  EXPECT_LT(place("bytes"), place("integers"));
}

TEST_F(WeightEncodingTest, HoldsWhatItSays) {
  WeightEncoding bytes = BytesAttr::get(&context), nibbles = NibblesAttr::get(&context),
                 floats = FloatsAttr::get(&context);
  EXPECT_TRUE(bytes.supports(integer(8), integer(8)));
  EXPECT_TRUE(bytes.supports(integer(16), integer(4)));
  EXPECT_FALSE(bytes.supports(integer(8), integer(16)));
  EXPECT_FALSE(bytes.supports(real(), integer(8)));
  EXPECT_TRUE(nibbles.supports(real(), integer(4)));
  EXPECT_FALSE(nibbles.supports(integer(16), integer(4)));
  EXPECT_TRUE(floats.supports(real(), real()));
  EXPECT_FALSE(floats.supports(integer(8), real()));
}

TEST_F(WeightEncodingTest, BytesAreInTheOrderOfTheLoops) {
  EXPECT_THAT(pack(BytesAttr::get(&context), 8, {1, -2, 3}, 4,
                   [](int64_t at, int64_t) { return at < 3 ? 2 - at : -1; }),
              ElementsAre(3, -2, 1, 0));
}

TEST_F(WeightEncodingTest, NibblesOfTwoStepsShareAByte) {
  // The first step in the low halves, the second in the high ones; nothing is 0.
  EXPECT_THAT(pack(NibblesAttr::get(&context), 4, {1, -1, 7}, 2,
                   [](int64_t at, int64_t step) { return at + 2 * step < 3 ? at + 2 * step : -1; }),
              ElementsAre(0x71, 0x0f));
}

TEST_F(WeightEncodingTest, CrumbsOfFourStepsShareAByte) {
  // 1, -2, -1 and nothing, the first step in the lowest bits.
  EXPECT_THAT(pack(CrumbsAttr::get(&context), 2, {1, -2, -1}, 1,
                   [](int64_t, int64_t step) { return step < 3 ? step : -1; }),
              ElementsAre(0b00'11'10'01));
}

TEST_F(WeightEncodingTest, LevelsChooseTheCodebook) {
  WeightEncoding any = CodebookAttr::get(&context), signs = SignsAttr::get(&context),
                 bytes = BytesAttr::get(&context);
  auto name = [](WeightEncoding encoding, ArrayRef<int64_t> levels) {
    Attribute found = encoding.withLevels(levels);
    return found ? cast<WeightEncoding>(found).getEncodingName() : "";
  };
  EXPECT_EQ(name(any, {-127, 0, 5, 127}), "codebook4");
  EXPECT_EQ(name(any, {-127, 0, 5, 9, 127}), "codebook16");
  EXPECT_EQ(name(any, {}), "");
  EXPECT_EQ(name(signs, {-1, 1}), "signs");
  EXPECT_EQ(name(signs, {-2, 1}), "");
  EXPECT_EQ(name(signs, {}), "");
  EXPECT_EQ(name(bytes, {-127, 0, 5, 127}), "bytes");
}

TEST_F(WeightEncodingTest, PositionsOfACodebookShareAByte) {
  auto next = [](int64_t at, int64_t step) { return at + step < 3 ? at + step : -1; };
  EXPECT_THAT(pack(CodebookAttr::get(&context, {-9, 0, 5, 9}), 8, {9, -9, 5}, 1, next),
              ElementsAre(0b00'10'00'11));
  EXPECT_THAT(pack(CodebookAttr::get(&context, {-9, 0, 4, 5, 9}), 8, {9, -9, 5}, 2, next),
              ElementsAre(0x04, 0x30));
}

TEST_F(WeightEncodingTest, SignsOfEightStepsShareAByte) {
  EXPECT_THAT(pack(SignsAttr::get(&context), 8, {-1, 1, -1}, 1,
                   [](int64_t, int64_t step) { return step < 3 ? step : -1; }),
              ElementsAre(0b101));
}

TEST_F(WeightEncodingTest, WeightsThatAreNoLevelsAreNotPacked) {
  auto type = RankedTensorType::get({2}, integer(8));
  ElementsAttr weights = makeConstant<int8_t>(type, ArrayRef<int8_t>{1, 3});
  auto one = [](int64_t at, int64_t) { return at; };
  EXPECT_FALSE(WeightEncoding(SignsAttr::get(&context)).pack(weights, 2, one));
  EXPECT_FALSE(WeightEncoding(CodebookAttr::get(&context, {-1, 1, 2})).pack(weights, 2, one));
  EXPECT_TRUE(WeightEncoding(CodebookAttr::get(&context, {1, 3})).pack(weights, 2, one));
}

/// What is stored of a step with one column of one lane that reads `weights`.
static std::vector<int> packStep(WeightEncoding encoding, ArrayRef<int8_t> weights) {
  std::vector<int8_t> bytes(encoding.getDotsPerStep() * 4 + encoding.getIndexBytes(1));
  auto get = [&](int64_t, int64_t, int64_t input) {
    return input < static_cast<int64_t>(weights.size()) ? weights[input] : int8_t(0);
  };
  if (failed(encoding.packStep(/*columns=*/1, /*channels=*/1, /*depth=*/4, get, bytes)))
    return {};
  return std::vector<int>(bytes.begin(), bytes.end());
}

TEST_F(WeightEncodingTest, KeptWeightsHaveTheirPlacesBehindThem) {
  std::vector<int> stored = packStep(KeptAttr::get(&context, 8), {0, 5, 0, -6, 0, 0, 7, 8});
  ASSERT_FALSE(stored.empty());
  stored.resize(6);
  EXPECT_THAT(stored, ElementsAre(5, -6, 7, 8, 0x31, 0x76));
  EXPECT_TRUE(packStep(KeptAttr::get(&context, 8), {1, 5, 0, -6, 0, 0, 7, 8}).empty());
}

TEST_F(WeightEncodingTest, WindowsHaveOnePlaceForAllChannels) {
  std::vector<int8_t> weights(64);
  weights[3] = 9;
  weights[60] = -2;
  EXPECT_THAT(packStep(WindowsAttr::get(&context, 4), weights),
              ElementsAre(9, -2, 0, 0, 3, 60, 0, 0));
  for (int i : {10, 20, 30})
    weights[i] = 1;
  EXPECT_TRUE(packStep(WindowsAttr::get(&context, 4), weights).empty());
}

TEST_F(WeightEncodingTest, PatternsChooseWhatIsStored) {
  auto *dialect = context.getLoadedDialect<KernelDialect>();
  auto name = [&](StringRef pattern) -> std::string {
    WeightEncoding found =
        dialect->findSparseEncoding(integer(8), integer(8), *PruningPattern::parse(pattern));
    return found ? found.getEncodingName().str() : "";
  };
  EXPECT_EQ(name("2:4"), "kept4of8");
  EXPECT_EQ(name("4:8"), "kept4of8");
  EXPECT_EQ(name("4:16"), "kept4of16");
  EXPECT_EQ(name("4:32"), "kept4of32");
  EXPECT_EQ(name("1x32=50%"), "windows");
  EXPECT_EQ(name("4x16=50%"), "");
  EXPECT_FALSE(dialect->findSparseEncoding(integer(16), integer(8), *PruningPattern::parse("4:8")));
}

// A product of 255 and -8, 16 times as large, is 32640: i32 holds so many of them.
TEST_F(WeightEncodingTest, NibblesLimitTheirSums) {
  int64_t limit = WeightEncoding(NibblesAttr::get(&context)).getProductLimit();
  EXPECT_LE(limit * 255 * 8 * 16, int64_t(1) << 31);
  EXPECT_EQ(limit, 65792);
}

} // namespace
