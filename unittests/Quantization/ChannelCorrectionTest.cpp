#include "nnq/Quantization/ChannelCorrection.h"
#include "gtest/gtest.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>
#include <limits>

using namespace nnq;

static constexpr float infinity = std::numeric_limits<float>::infinity();

/// 100 rows of two channels: found = x, expected = gain * x + offset.
static ChannelMoments affineMoments(float lo = -infinity, float hi = infinity) {
  std::vector<float> expected, found;
  for (int i = 0; i < 100; ++i) {
    float x = 0.1f * static_cast<float>(i) - 3;
    found.insert(found.end(), {x, 2 * x});
    expected.insert(expected.end(), {1.125f * x + 0.5f, 0.875f * (2 * x) - 1});
  }
  ChannelMoments moments;
  EXPECT_FALSE(moments.add(expected, found, 2, lo, hi));
  return moments;
}

TEST(ChannelCorrection, FindsGainAndOffsetOfEachChannel) {
  ChannelCorrection fit = affineMoments().fit(/*fitsGain=*/true);
  ASSERT_EQ(fit.gain.size(), 2u);
  EXPECT_NEAR(fit.gain[0], 1.125, 1e-5);
  EXPECT_NEAR(fit.offset[0], 0.5, 1e-5);
  EXPECT_NEAR(fit.gain[1], 0.875, 1e-5);
  EXPECT_NEAR(fit.offset[1], -1, 1e-5);
}

TEST(ChannelCorrection, OffsetAloneBringsTheMeansTogether) {
  ChannelCorrection fit = affineMoments().fit(/*fitsGain=*/false);
  EXPECT_EQ(fit.gain[0], 1);
  EXPECT_NEAR(fit.offset[0], 0.125 * 1.95 + 0.5, 1e-4); // the mean of x is 1.95
}

TEST(ChannelCorrection, GainIsBounded) {
  std::vector<float> expected, found;
  for (int i = 0; i < 100; ++i) {
    found.push_back(static_cast<float>(i));
    expected.push_back(2 * static_cast<float>(i));
  }
  ChannelMoments moments;
  ASSERT_FALSE(moments.add(expected, found, 1, -infinity, infinity));
  ChannelCorrection fit = moments.fit(/*fitsGain=*/true);
  EXPECT_FLOAT_EQ(fit.gain[0], 1.25f);
  EXPECT_FLOAT_EQ(fit.offset[0], 99 - 1.25f * 49.5f); // the means agree nevertheless
}

TEST(ChannelCorrection, SaturatedElementsAreLeftOut) {
  // Wrong where the layer saturates at 0 and 6, right between.
  std::vector<float> expected, found;
  for (int i = 0; i < 200; ++i) {
    float x = i % 4 == 0 ? 0.0f : i % 4 == 1 ? 6.0f : 0.02f * static_cast<float>(i) + 1;
    found.push_back(x);
    expected.push_back(i % 4 < 2 ? 3.0f : x + 0.25f);
  }
  ChannelMoments moments;
  ASSERT_FALSE(moments.add(expected, found, 1, 0, 6));
  ChannelCorrection fit = moments.fit(/*fitsGain=*/true);
  EXPECT_NEAR(fit.gain[0], 1, 1e-5);
  EXPECT_NEAR(fit.offset[0], 0.25, 1e-5);
}

TEST(ChannelCorrection, FewOrConstantElementsAreNotFitted) {
  ChannelMoments few, constant;
  std::vector<float> expected(63, 2.0f), found(63);
  for (int i = 0; i < 63; ++i)
    found[i] = static_cast<float>(i);
  ASSERT_FALSE(few.add(expected, found, 1, -infinity, infinity));
  EXPECT_EQ(few.fit(/*fitsGain=*/true).gain[0], 1);
  EXPECT_EQ(few.fit(/*fitsGain=*/true).offset[0], 0);
  ASSERT_FALSE(constant.add(std::vector<float>(100, 2.0f), std::vector<float>(100, 1.0f), 1,
                            -infinity, infinity));
  EXPECT_EQ(constant.fit(/*fitsGain=*/true).gain[0], 1);
  EXPECT_EQ(constant.fit(/*fitsGain=*/true).offset[0], 0);
}

TEST(ChannelCorrection, ShiftsThatExplainLittleAreLeft) {
  // Errors of 0.9 and -1.1 in turn: their mean, -0.1, is a hundredth of their mean square.
  std::vector<float> expected, found;
  for (int i = 0; i < 200; ++i) {
    found.push_back(static_cast<float>(i / 2));
    expected.push_back(found.back() + (i % 2 ? 0.9f : -1.1f));
  }
  ChannelMoments moments;
  ASSERT_FALSE(moments.add(expected, found, 1, -infinity, infinity));
  ChannelCorrection fit = moments.fit(/*fitsGain=*/true);
  EXPECT_EQ(fit.gain[0], 1);
  EXPECT_EQ(fit.offset[0], 0);
}

TEST(ChannelCorrection, SizesMustAgree) {
  ChannelMoments moments;
  EXPECT_EQ(llvm::toString(moments.add(std::vector<float>(4), std::vector<float>(5), 1, 0, 1)),
            "4 expected and 5 found elements do not make 1 channels");
  EXPECT_EQ(llvm::toString(moments.add(std::vector<float>(4), std::vector<float>(4), 3, 0, 1)),
            "4 expected and 4 found elements do not make 3 channels");
}

TEST(CorrectionFile, ReadsWhatItWrote) {
  llvm::SmallString<64> path;
  ASSERT_FALSE(llvm::sys::fs::createTemporaryFile("correction", "json", path));
  llvm::FileRemover remover(path);
  CorrectionFile file;
  file.layers["a \"layer\""] = affineMoments().fit(/*fitsGain=*/true);
  ASSERT_FALSE(file.write(path));
  auto read = CorrectionFile::read(path);
  ASSERT_TRUE(static_cast<bool>(read)) << llvm::toString(read.takeError());
  EXPECT_EQ(read->layers["a \"layer\""].gain, file.layers["a \"layer\""].gain);
  EXPECT_EQ(read->layers["a \"layer\""].offset, file.layers["a \"layer\""].offset);
}

TEST(CorrectionFile, RefusesOtherFiles) {
  llvm::SmallString<64> path;
  ASSERT_FALSE(llvm::sys::fs::createTemporaryFile("correction", "json", path));
  llvm::FileRemover remover(path);
  auto errorOf = [&](llvm::StringRef text) {
    std::error_code code;
    llvm::raw_fd_ostream(path, code) << text;
    auto read = CorrectionFile::read(path);
    return read ? "" : llvm::StringRef(llvm::toString(read.takeError())).split(": ").second.str();
  };
  EXPECT_EQ(errorOf("{}"), "is no correction file of version 1");
  EXPECT_EQ(errorOf(R"({"nnq-correction": 2, "layers": {}})"),
            "is no correction file of version 1");
  EXPECT_EQ(errorOf(R"({"nnq-correction": 1, "layers": {"c": {"gain": [1], "offset": []}}})"),
            "layer 'c' needs as many finite gains as offsets");
  EXPECT_NE(errorOf("{"), "");
}
