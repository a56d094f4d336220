#include "nnq/Quantization/InputMoments.h"
#include "ExpectedMatchers.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <random>

using namespace nnq;
using namespace nnq::test;
using namespace llvm;

//===----------------------------------------------------------------------===//
// Columns
//===----------------------------------------------------------------------===//

TEST(ChoosePositions, DistinctAscendingAndInRange) {
  for (int64_t count : {101, 150, 12544}) {
    std::vector<int64_t> positions = choosePositions(count, 3, "conv1");
    EXPECT_EQ(positions.size(), 100u);
    EXPECT_EQ(std::adjacent_find(positions.begin(), positions.end(), std::greater_equal<>()),
              positions.end());
    EXPECT_GE(positions.front(), 0);
    EXPECT_LT(positions.back(), count);
  }
}

TEST(ChoosePositions, AllOfFew) {
  EXPECT_EQ(choosePositions(3, 9, "fc"), (std::vector<int64_t>{0, 1, 2}));
  EXPECT_EQ(choosePositions(3, 9, "fc", 3), (std::vector<int64_t>{0, 1, 2}));
  EXPECT_TRUE(choosePositions(0, 9, "fc").empty());
}

TEST(ChoosePositions, DependOnSampleAndLayerAlone) {
  EXPECT_EQ(choosePositions(1000, 1, "a"), choosePositions(1000, 1, "a"));
  EXPECT_NE(choosePositions(1000, 1, "a"), choosePositions(1000, 2, "a"));
  EXPECT_NE(choosePositions(1000, 1, "a"), choosePositions(1000, 1, "b"));
}

TEST(ChoosePositions, EachPositionIsAsLikely) {
  std::vector<int> hits(20);
  for (uint64_t sample = 0; sample < 4000; ++sample)
    for (int64_t position : choosePositions(20, sample, "conv", 5))
      ++hits[position];
  for (int hit : hits)
    EXPECT_NEAR(hit, 1000, 150); // five standard deviations
}

/// Input (y, x, c) of sample b, or the padding.
template <typename T>
static T at(ArrayRef<T> tensor, const InputWindow &w, int64_t b, int64_t y, int64_t x, int64_t c,
            T padding) {
  if (y < 0 || y >= w.height || x < 0 || x >= w.width)
    return padding;
  return tensor[((b * w.height + y) * w.width + x) * w.channels + c];
}

TEST(GatherColumns, EqualsTheDefinition) {
  InputWindow w;
  w.batch = 2, w.height = 7, w.width = 5, w.channels = 6;
  w.kernelHeight = 3, w.kernelWidth = 2;
  w.strideHeight = 2, w.strideWidth = 1, w.dilationHeight = 1, w.dilationWidth = 2;
  w.padTop = 1, w.padLeft = 2;
  w.outputHeight = 4, w.outputWidth = 6;
  std::vector<float> reals(w.batch * w.height * w.width * w.channels);
  std::vector<uint8_t> bytes;
  std::vector<int8_t> signedBytes;
  for (auto [i, value] : enumerate(reals)) {
    value = float(i) + 0.5f;
    bytes.push_back(static_cast<uint8_t>(i));
    signedBytes.push_back(static_cast<int8_t>(i));
  }
  for (int64_t groups : {1, 2, 6}) {
    w.groups = groups;
    std::vector<int64_t> positions = {0, 5, 7, 23, 24, 47};
    std::vector<float> found = valueOf(gatherColumns(reals, w, positions));
    std::vector<int16_t> codes = valueOf(gatherColumns(bytes, 100, w, positions));
    std::vector<int16_t> signedCodes = valueOf(gatherColumns(signedBytes, -3, w, positions));
    ASSERT_EQ(found.size(), positions.size() * 36);
    size_t next = 0;
    for (int64_t position : positions)
      for (int64_t g = 0; g < groups; ++g)
        for (int64_t ky = 0; ky < 3; ++ky)
          for (int64_t kx = 0; kx < 2; ++kx)
            for (int64_t c = g * 6 / groups; c < (g + 1) * 6 / groups; ++c, ++next) {
              int64_t b = position / 24, y = position / 6 % 4, x = position % 6;
              int64_t row = y * 2 + ky - 1, col = x + kx * 2 - 2;
              EXPECT_EQ(found[next], at<float>(reals, w, b, row, col, c, 0));
              EXPECT_EQ(codes[next], at<uint8_t>(bytes, w, b, row, col, c, 100) - 100);
              EXPECT_EQ(signedCodes[next], at<int8_t>(signedBytes, w, b, row, col, c, -3) + 3);
            }
  }
}

TEST(GatherColumns, RejectsBadInput) {
  InputWindow w;
  w.height = 2, w.width = 3, w.channels = 4, w.outputHeight = 2, w.outputWidth = 3;
  std::vector<float> tensor(24);
  EXPECT_EQ(errorOf(gatherColumns(ArrayRef<float>(tensor).drop_back(), w, {0})),
            "23 elements are no tensor of 1x2x3x4");
  EXPECT_EQ(errorOf(gatherColumns(tensor, w, {0, 6})), "position 6 is outside the 6 of the output");
  EXPECT_EQ(errorOf(gatherColumns(tensor, w, {-1})), "position -1 is outside the 6 of the output");
  w.groups = 3;
  EXPECT_EQ(errorOf(gatherColumns(tensor, w, {0})), "4 channels do not make 3 groups");
}

//===----------------------------------------------------------------------===//
// Moments
//===----------------------------------------------------------------------===//

namespace {
/// Random columns: reals and the codes (0 to 200) that a quantized network might see instead.
struct Columns {
  Columns(int64_t inputs, int64_t count, unsigned seed) : inputs(inputs) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    for (int64_t i = 0; i < inputs * count; ++i) {
      float code = std::fabs(normal(random)) * 40;
      codes.push_back(static_cast<int16_t>(std::min(code, 200.0f)));
      reals.push_back((code + normal(random)) * scale);
    }
  }
  InputMoments moments(int64_t sectionWidth) const {
    InputMoments result(inputs, sectionWidth, scale);
    EXPECT_EQ(errorOf(result.add(reals, codes)), "");
    return result;
  }

  static constexpr float scale = 0.03f;
  int64_t inputs;
  std::vector<float> reals;
  std::vector<int16_t> codes;
};

} // namespace

static std::string bytesOf(const InputMoments &moments) {
  std::string bytes;
  raw_string_ostream os(bytes);
  moments.write(os);
  return bytes;
}

TEST(InputMomentsTest, CentredMomentsEqualTheirDefinition) {
  constexpr int64_t inputs = 11, count = 700;
  Columns data(inputs, count, 1);
  CentredMoments moments = data.moments(inputs).centred();
  ASSERT_EQ(moments.sections.size(), 1u);
  EXPECT_EQ(moments.columns, count);
  auto mean = [&](auto valueOfColumn) {
    double sum = 0;
    for (int64_t c = 0; c < count; ++c)
      sum += valueOfColumn(c * inputs);
    return sum / count;
  };
  auto code = [&](int64_t i) { return double(data.codes[i]); };
  auto error = [&](int64_t i) { return data.reals[i] / double(Columns::scale) - data.codes[i]; };
  for (int64_t i = 0; i < inputs; ++i) {
    double meanCode = mean([&](int64_t c) { return code(c + i); });
    double meanError = mean([&](int64_t c) { return error(c + i); });
    EXPECT_NEAR(moments.foundMean[i], meanCode * Columns::scale, 1e-6);
    EXPECT_NEAR(moments.expectedMean[i], (meanCode + meanError) * Columns::scale, 1e-4);
    for (int64_t j = 0; j < inputs; ++j) {
      double otherMean = mean([&](int64_t c) { return code(c + j); });
      double h =
          mean([&](int64_t c) { return (code(c + i) - meanCode) * (code(c + j) - otherMean); });
      double d =
          mean([&](int64_t c) { return (error(c + i) - meanError) * (code(c + j) - otherMean); });
      EXPECT_NEAR(moments.sections[0].covariance[i * inputs + j], h, 1e-3);
      EXPECT_NEAR(moments.sections[0].cross[i * inputs + j], d, 1e-2); // x is rounded
    }
  }
}

TEST(InputMomentsTest, ShardsAddToTheSameBitsInAnyOrder) {
  constexpr int64_t inputs = 37;
  Columns data(inputs, 1000, 2);
  std::vector<InputMoments> shards(4, InputMoments(inputs, 20, Columns::scale));
  for (auto [shard, start, end] :
       {std::array<int64_t, 3>{0, 0, 1}, {1, 1, 300}, {2, 300, 999}, {3, 999, 1000}})
    EXPECT_EQ(errorOf(shards[shard].add(
                  ArrayRef<float>(data.reals).slice(start * inputs, (end - start) * inputs),
                  ArrayRef<int16_t>(data.codes).slice(start * inputs, (end - start) * inputs))),
              "");
  InputMoments whole = data.moments(20);
  std::vector<int> order = {0, 1, 2, 3};
  do {
    InputMoments merged(inputs, 20, Columns::scale);
    for (int shard : order)
      EXPECT_EQ(errorOf(merged.merge(shards[shard])), "");
    ASSERT_TRUE(merged == whole);
  } while (std::next_permutation(order.begin(), order.end()));
  EXPECT_FALSE(shards[0] == whole);
}

TEST(InputMomentsTest, SectionsAreTheDiagonalOfAllMoments) {
  Columns data(11, 100, 3);
  InputMoments moments = data.moments(4);
  EXPECT_EQ(moments.sectionCount(), 3);
  CentredMoments sections = moments.centred(), all = data.moments(11).centred();
  EXPECT_EQ(sections.foundMean, all.foundMean);
  EXPECT_EQ(sections.expectedMean, all.expectedMean);
  for (const CentredMoments::Section &section : sections.sections)
    for (int64_t i = 0; i < section.width; ++i)
      for (int64_t j = 0; j < section.width; ++j) {
        int64_t inSection = i * section.width + j,
                inAll = (section.first + i) * 11 + section.first + j;
        EXPECT_EQ(section.covariance[inSection], all.sections[0].covariance[inAll]);
        EXPECT_EQ(section.cross[inSection], all.sections[0].cross[inAll]);
      }
  CentredMoments last = moments.centred(2, 1);
  EXPECT_EQ(last.inputs(), 3);
  EXPECT_EQ(last.sections[0].first, 0);
  EXPECT_EQ(last.sections[0].covariance, sections.sections[2].covariance);
  EXPECT_EQ(last.foundMean[2], all.foundMean[10]);
}

TEST(InputMomentsTest, ConstantInputsHaveNoVariance) {
  InputMoments moments(2, 2, 0.1f);
  for (int16_t i = 0; i < 3; ++i)
    EXPECT_EQ(errorOf(moments.add({0.7f * i, 1}, {int16_t(7 * i), 9})), "");
  CentredMoments centred = moments.centred();
  EXPECT_GT(centred.sections[0].covariance[0], 0);
  EXPECT_EQ(centred.sections[0].covariance,
            (std::vector<float>{centred.sections[0].covariance[0], 0, 0, 0}));
}

TEST(InputMomentsTest, RejectsBadColumnsAndKeepsTheSums) {
  InputMoments moments(2, 2, 0.5f);
  EXPECT_EQ(errorOf(moments.add({1, 2}, {2, 4})), "");
  InputMoments before = moments;
  EXPECT_EQ(errorOf(moments.add({1, 2, 3}, {1, 2, 3})),
            "3 expected and 3 found inputs are no columns of 2");
  EXPECT_EQ(errorOf(moments.add({1, 2}, {1, 2, 3, 4})),
            "2 expected and 4 found inputs are no columns of 2");
  EXPECT_EQ(errorOf(moments.add({1, INFINITY}, {1, 2})),
            "input 1 of the float network is inf, not a finite number");
  EXPECT_EQ(errorOf(moments.add({1, 2}, {-256, 2})),
            "code 0 less its zero point is -256, outside [-255, 255]");
  EXPECT_EQ(errorOf(moments.merge(InputMoments(2, 1, 0.5f))),
            "moments of 2 inputs in sections of 1 with scale 0.5 do not add to those of 2, 2 and "
            "0.5");
  EXPECT_TRUE(moments == before);
}

TEST(InputMomentsTest, ExactToTheLastColumn) {
  // The greatest sums that are possible, of both signs.
  constexpr int64_t half = InputMoments::maxColumns / 2;
  InputMoments moments(1, 1, 1);
  std::vector<float> reals(half, -1e9f);
  std::vector<int16_t> codes(half, 255);
  EXPECT_EQ(errorOf(moments.add(reals, codes)), "");
  EXPECT_EQ(errorOf(moments.merge(moments)), "");
  EXPECT_EQ(moments.centred().expectedMean[0], -32768);
  EXPECT_EQ(moments.centred().sections[0].covariance[0], 0);
  EXPECT_EQ(moments.centred().sections[0].cross[0], 0);
  EXPECT_EQ(errorOf(moments.add({1}, {1})), "2097152 and 1 columns are more than 2097152");
  EXPECT_EQ(errorOf(moments.merge(moments)), "2097152 and 2097152 columns are more than 2097152");
}

TEST(InputMomentsTest, ReadsWhatItWritesAndLeavesTheRest) {
  for (int64_t sectionWidth : {11, 4, 1}) {
    InputMoments moments = Columns(11, 50, 4).moments(sectionWidth);
    std::string bytes = bytesOf(moments) + "rest";
    StringRef from = bytes, skipped = bytes;
    InputMoments read = valueOf(InputMoments::read(from));
    EXPECT_TRUE(read == moments);
    EXPECT_EQ(bytesOf(read) + "rest", bytes);
    EXPECT_EQ(from, "rest");
    EXPECT_EQ(errorOf(InputMoments::skip(skipped)), "");
    EXPECT_EQ(skipped, "rest");
  }
}

TEST(InputMomentsTest, WritesTheDocumentedFormat) {
  InputMoments moments(1, 1, 0.5f);
  EXPECT_EQ(errorOf(moments.add({1.25f}, {2})), "");
  std::string bytes = bytesOf(moments);
  std::string header = "{\"columns\":1,\"inputs\":1,\"scale\":0.5,\"sectionWidth\":1}\n";
  ASSERT_EQ(bytes.size(), header.size() + 4 * 8);
  EXPECT_EQ(bytes.substr(0, header.size()), header);
  std::vector<double> sums(4);
  std::memcpy(sums.data(), bytes.data() + header.size(), 4 * 8);
  EXPECT_EQ(sums, (std::vector<double>{640, 2, 4, 256}));
}

TEST(InputMomentsTest, BadBytesHaveOneClearError) {
  auto errorOfBytes = [&](const std::string &bytes) {
    StringRef from = bytes;
    return errorOf(InputMoments::read(from));
  };
  std::string end = "\"sectionWidth\":1,\"columns\":1,\"scale\":0.5}\n";
  EXPECT_EQ(StringRef(errorOfBytes("\n")).take_front(14), "has no header:");
  EXPECT_EQ(errorOfBytes("[]\n"), "has a header that is no object");
  EXPECT_EQ(errorOfBytes("{\"inputs\":0," + end),
            "needs \"inputs\", an integer from 1 to 16777216");
  EXPECT_EQ(errorOfBytes("{\"inputs\":1,\"sectionWidth\":1}\n"),
            "needs \"columns\", an integer from 0 to 2097152");
  EXPECT_EQ(errorOfBytes("{\"inputs\":1,\"sectionWidth\":1,\"columns\":1,\"scale\":-1}\n"),
            "needs \"scale\", a positive f32");
  std::string whole = "{\"inputs\":1," + end;
  EXPECT_EQ(errorOfBytes(whole + std::string(31, '\0')), "has 31 bytes of sums instead of 32");
  EXPECT_EQ(errorOfBytes("{\"inputs\":16777216," + end),
            "has 0 bytes of sums instead of 536870912");
  EXPECT_EQ(errorOfBytes(whole + std::string(24, '\0') + std::string("\0\0\0\0\0\0\xe0\x3f", 8)),
            "holds a sum that is no integer below 2^53");
  EXPECT_EQ(errorOfBytes(whole + std::string(24, '\0') + std::string(8, '\xff')),
            "holds a sum that is no integer below 2^53");
  EXPECT_EQ(errorOfBytes(whole + std::string(32, '\0')), "");
}
