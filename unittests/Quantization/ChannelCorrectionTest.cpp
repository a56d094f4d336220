#include "nnq/Quantization/ChannelCorrection.h"
#include "gtest/gtest.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>
#include <limits>

using namespace nnq;

static constexpr float infinity = std::numeric_limits<float>::infinity();

/// The fit that is judged by the elements that it was made of.
static ChannelCorrection fit(const ChannelMoments &moments,
                             CorrectionKind kind = CorrectionKind::Best) {
  auto fitted = moments.fit(moments, kind);
  EXPECT_TRUE(static_cast<bool>(fitted));
  return std::move(*fitted);
}

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
  ChannelCorrection result = fit(affineMoments());
  ASSERT_EQ(result.gain.size(), 2u);
  EXPECT_NEAR(result.gain[0], 1.125, 1e-5);
  EXPECT_NEAR(result.offset[0], 0.5, 1e-5);
  EXPECT_NEAR(result.gain[1], 0.875, 1e-5);
  EXPECT_NEAR(result.offset[1], -1, 1e-5);
}

TEST(ChannelCorrection, OffsetAloneBringsTheMeansTogether) {
  ChannelCorrection result = fit(affineMoments(), CorrectionKind::Bias);
  EXPECT_EQ(result.gain[0], 1);
  EXPECT_NEAR(result.offset[0], 0.125 * 1.95 + 0.5, 1e-4); // the mean of x is 1.95
}

TEST(ChannelCorrection, GainIsBounded) {
  std::vector<float> expected, found;
  for (int i = 0; i < 100; ++i) {
    found.push_back(static_cast<float>(i));
    expected.push_back(2 * static_cast<float>(i));
  }
  ChannelMoments moments;
  ASSERT_FALSE(moments.add(expected, found, 1, -infinity, infinity));
  ChannelCorrection result = fit(moments);
  EXPECT_FLOAT_EQ(result.gain[0], 1.25f);
  EXPECT_FLOAT_EQ(result.offset[0], 99 - 1.25f * 49.5f); // the means agree nevertheless
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
  ChannelCorrection result = fit(moments);
  EXPECT_NEAR(result.gain[0], 1, 1e-5);
  EXPECT_NEAR(result.offset[0], 0.25, 1e-5);
}

TEST(ChannelCorrection, FewElementsAreNotFitted) {
  std::vector<float> expected(64, 2.0f), found(64, 1.0f);
  ChannelMoments enough, few, fewHeldOut;
  ASSERT_FALSE(enough.add(expected, found, 1, -infinity, infinity));
  ASSERT_FALSE(few.add(llvm::ArrayRef(expected).drop_back(), llvm::ArrayRef(found).drop_back(), 1,
                       -infinity, infinity));
  ASSERT_FALSE(fewHeldOut.add(llvm::ArrayRef(expected).take_front(15),
                              llvm::ArrayRef(found).take_front(15), 1, -infinity, infinity));
  EXPECT_EQ(enough.fit(few)->offset[0], 1);
  EXPECT_EQ(few.fit(enough)->offset[0], 0);
  EXPECT_EQ(enough.fit(fewHeldOut)->offset[0], 0);
}

TEST(ChannelCorrection, ElementsHeldOutChooseWhatChanges) {
  // The fit is y = 1.125 x + 0.5; held out are elements for which y = x, y = x + 1, and the same.
  auto heldOut = [](float gain, float offset) {
    std::vector<float> expected, found;
    for (int i = 0; i < 100; ++i) {
      float x = 0.1f * static_cast<float>(i) - 3;
      found.insert(found.end(), {x, x});
      expected.insert(expected.end(), {gain * x + offset, gain * x + offset});
    }
    ChannelMoments moments;
    EXPECT_FALSE(moments.add(expected, found, 2, -infinity, infinity));
    return moments;
  };
  // What was chosen is fitted to both.
  ChannelMoments measured = affineMoments();
  auto nothing = measured.fit(heldOut(1, 0)), bias = measured.fit(heldOut(1, 1)),
       affine = measured.fit(heldOut(1.125f, 0.5f));
  EXPECT_EQ(nothing->gain[0], 1);
  EXPECT_EQ(nothing->offset[0], 0);
  EXPECT_EQ(bias->gain[0], 1);
  EXPECT_NEAR(bias->offset[0], (0.125 * 1.95 + 0.5 + 1) / 2, 1e-4);
  EXPECT_NEAR(affine->gain[0], 1.125, 1e-5);
}

TEST(ChannelCorrection, SizesMustAgree) {
  ChannelMoments moments;
  EXPECT_EQ(llvm::toString(moments.add(std::vector<float>(4), std::vector<float>(5), 1, 0, 1)),
            "4 expected and 5 found elements do not make 1 channels");
  EXPECT_EQ(llvm::toString(moments.add(std::vector<float>(4), std::vector<float>(4), 3, 0, 1)),
            "4 expected and 4 found elements do not make 3 channels");
  EXPECT_EQ(llvm::toString(affineMoments().fit(ChannelMoments()).takeError()),
            "moments of 2 channels are judged by those of 0");
}

TEST(CorrectionFile, ReadsWhatItWrote) {
  llvm::SmallString<64> path;
  ASSERT_FALSE(llvm::sys::fs::createTemporaryFile("correction", "json", path));
  llvm::FileRemover remover(path);
  CorrectionFile file;
  file.layers["a \"layer\""] = fit(affineMoments());
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
