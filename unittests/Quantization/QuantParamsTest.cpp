#include "nnq/Quantization/QuantParams.h"
#include "ExpectedMatchers.h"
#include <cmath>
#include <limits>

using namespace nnq;
using namespace nnq::test;

static constexpr float inf = std::numeric_limits<float>::infinity();
static constexpr float notANumber = std::numeric_limits<float>::quiet_NaN();

TEST(QuantParams, AffineCoversARangeAcrossZero) {
  // 255 steps over 2.55: the scale is 0.01, and -1 is 100 steps below zero.
  EXPECT_EQ(valueOf(chooseAffine(-1, 1.55, 0, 255)), (QuantParams{0.01f, 100, 0, 255}));
  EXPECT_EQ(valueOf(chooseAffine(-1, 1.55, -128, 127)), (QuantParams{0.01f, -28, -128, 127}));
}

TEST(QuantParams, AffineWidensARangeOfOneSignToZero) {
  EXPECT_EQ(valueOf(chooseAffine(1, 2.55, 0, 255)), (QuantParams{0.01f, 0, 0, 255}));
  EXPECT_EQ(valueOf(chooseAffine(-2.55, -1, 0, 255)), (QuantParams{0.01f, 255, 0, 255}));
}

TEST(QuantParams, AffineRoundsTheZeroPointHalfToEven) {
  // Scale 1: the zero points are 1.5 and 2.5 before rounding.
  EXPECT_EQ(valueOf(chooseAffine(-1.5, 253.5, 0, 255)).zeroPoint, 2);
  EXPECT_EQ(valueOf(chooseAffine(-2.5, 252.5, 0, 255)).zeroPoint, 2);
}

TEST(QuantParams, AffineGivesAllZeroTensorsTheMinimumScale) {
  EXPECT_EQ(valueOf(chooseAffine(0, 0, 0, 255)), (QuantParams{minimumScale, 0, 0, 255}));
  EXPECT_EQ(valueOf(chooseAffine(-1e-300, 1e-300, -128, 127)).scale, minimumScale);
}

TEST(QuantParams, AffineRejectsWhatIsNoRange) {
  EXPECT_EQ(errorOf(chooseAffine(notANumber, 1, 0, 255)), "range [nan, 1] is not finite");
  EXPECT_EQ(errorOf(chooseAffine(0, inf, 0, 255)), "range [0, inf] is not finite");
  EXPECT_EQ(errorOf(chooseAffine(2, 1, 0, 255)), "range [2, 1] is empty");
  EXPECT_EQ(errorOf(chooseAffine(0, 1, 3, 3)), "storage range [3, 3] has fewer than two codes");
  EXPECT_EQ(errorOf(chooseAffine(0, 1e300, 0, 1)), "scale 1e+300 is beyond the range of f32");
}

TEST(QuantParams, SymmetricScaleClipsNeitherSide) {
  EXPECT_EQ(valueOf(chooseSymmetric(1.27, -127, 127)), (QuantParams{0.01f, 0, -127, 127}));
  EXPECT_EQ(valueOf(chooseSymmetric(1.4, -8, 7)), (QuantParams{0.2f, 0, -8, 7}));
  EXPECT_EQ(valueOf(chooseSymmetric(2.55, 0, 255)), (QuantParams{0.01f, 0, 0, 255}));
  EXPECT_EQ(valueOf(chooseSymmetric(0, -127, 127)).scale, minimumScale);
}

TEST(QuantParams, SymmetricRejectsImpossibleRanges) {
  EXPECT_EQ(errorOf(chooseSymmetric(-1, -127, 127)),
            "largest magnitude -1 is not a finite, non-negative number");
  EXPECT_EQ(errorOf(chooseSymmetric(notANumber, -127, 127)),
            "largest magnitude nan is not a finite, non-negative number");
  EXPECT_EQ(errorOf(chooseSymmetric(1, 1, 255)),
            "storage range [1, 255] must hold zero and a positive code");
}

TEST(QuantParams, QuantizeRoundsHalfToEvenAndSaturates) {
  QuantParams params{0.5f, 10, 0, 255};
  EXPECT_EQ(quantizeValue(0.25f, params), 10); // 0.5 steps
  EXPECT_EQ(quantizeValue(0.75f, params), 12); // 1.5 steps
  EXPECT_EQ(quantizeValue(-0.75f, params), 8); // -1.5 steps
  EXPECT_EQ(quantizeValue(-5.25f, params), 0); // -10.5 steps
  EXPECT_EQ(quantizeValue(-6.0f, params), 0);
  EXPECT_EQ(quantizeValue(122.5f, params), 255);
  EXPECT_EQ(quantizeValue(1e30f, params), 255);
  EXPECT_EQ(quantizeValue(-inf, params), 0);
  EXPECT_EQ(quantizeValue(inf, params), 255);
  EXPECT_EQ(quantizeValue(notANumber, params), 0);
}

TEST(QuantParams, QuantizeDividesInF32) {
  // In f32 0.35 / 0.1 rounds to 3.5 exactly, a tie; in double the quotient of the two f32 is
  // 3.49999983.
  ASSERT_LT(double(0.35f) / double(0.1f), 3.5);
  EXPECT_EQ(quantizeValue(0.35f, {0.1f, 0, 0, 255}), 4);
}

TEST(QuantParams, QuantizeFiniteNamesTheValue) {
  EXPECT_EQ(valueOf(quantizeFinite(2.0f, {1.0f, 0, 0, 255})), 2);
  EXPECT_EQ(errorOf(quantizeFinite(notANumber, {})), "cannot quantize nan: not a finite number");
  EXPECT_EQ(errorOf(quantizeFinite(-inf, {})), "cannot quantize -inf: not a finite number");
}

TEST(QuantParams, DequantizeIsOneF32Product) {
  EXPECT_EQ(dequantizeValue(13, {0.1f, 10, 0, 255}), 3.0f * 0.1f);
  EXPECT_EQ(dequantizeValue(-128, {0.25f, 127, -128, 127}), -63.75f);
}

TEST(QuantParams, EveryCodeSurvivesARoundTrip) {
  QuantParams params = valueOf(chooseAffine(-0.3, 6, -128, 127));
  EXPECT_EQ(dequantizeValue(params.zeroPoint, params), 0.0f);
  for (int32_t code = -128; code <= 127; ++code)
    EXPECT_EQ(quantizeValue(dequantizeValue(code, params), params), code);
}
