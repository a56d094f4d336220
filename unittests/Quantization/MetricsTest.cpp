#include "nnq/Quantization/Metrics.h"
#include "ExpectedMatchers.h"
#include <cmath>

using namespace nnq;
using namespace nnq::test;

TEST(Metrics, SqnrIsTheRatioOfEnergies) {
  // 25 over 0.25.
  EXPECT_NEAR(valueOf(sqnrDb({3, 4}, {3, 4.5f})), 20, 1e-12);
  EXPECT_TRUE(std::isinf(valueOf(sqnrDb({3, 4}, {3, 4}))));
  EXPECT_EQ(valueOf(sqnrDb({0, 0}, {0, 1})), -INFINITY);
}

TEST(Metrics, CentredSqnrIgnoresAnOffsetPerRow) {
  std::vector<float> ref = {1, 2, 3, /**/ 4, 8, 6};
  std::vector<float> shifted = {11, 12, 13, /**/ 3, 7, 5};
  EXPECT_TRUE(std::isinf(valueOf(centredSqnrDb(ref, shifted, 3))));
  // Centred, ref is -1 0 1 and got -1.1 0.2 0.9: 2 over 0.06.
  EXPECT_NEAR(valueOf(centredSqnrDb({1, 2, 3}, {0.9f, 2.2f, 2.9f}, 3)), 10 * std::log10(2 / 0.06),
              1e-5);
}

TEST(Metrics, GainUndoesAShrinkOfTheLogits) {
  std::vector<float> ref = {-2, 0, 2, /**/ 1, 5, 3}, half = {-1, 0, 1, /**/ 0, 2, 1};
  EXPECT_EQ(valueOf(bestFitGain(ref, half, 3)), 2);
  EXPECT_TRUE(std::isinf(valueOf(centredSqnrDb(ref, half, 3, 2))));
  EXPECT_NEAR(valueOf(centredSqnrDb(ref, half, 3)), 10 * std::log10(4), 1e-12);
  EXPECT_EQ(valueOf(bestFitGain(ref, {1, 1, 1, 2, 2, 2}, 3)), 1);
}

TEST(Metrics, KlIsTheMeanOverRows) {
  // Row 1: p = (1/2, 1/2), q = (3/4, 1/4): ln(2/3)/2 + ln(2)/2. Row 2: equal up to an offset.
  float ln3 = std::log(3.0f);
  double expected = (std::log(2.0 / 3) + std::log(2.0)) / 2 / 2;
  EXPECT_NEAR(valueOf(klDivergence({0, 0, 1, 2}, {ln3, 0, 101, 102}, 2)), expected, 1e-7);
}

TEST(Metrics, KlOfLargeLogitsIsFinite) {
  EXPECT_NEAR(valueOf(klDivergence({1000, 0}, {0, 1000}, 2)), 1000, 1e-9);
}

TEST(Metrics, TopKCountsLabelsAmongTheGreatest) {
  std::vector<float> logits = {1, 3, 2, /**/ 5, 4, 6, /**/ 2, 2, 1};
  EXPECT_NEAR(valueOf(topK(logits, {1, 0, 0}, 3, 1)), 2.0 / 3, 1e-15);
  EXPECT_EQ(valueOf(topK(logits, {2, 0, 1}, 3, 2)), 1);
  EXPECT_NEAR(valueOf(topK(logits, {0, 1, 2}, 3, 2)), 0, 0);
}

TEST(Metrics, TiesGoToTheLowerClass) {
  EXPECT_EQ(valueOf(topK({2, 2}, {0}, 2, 1)), 1);
  EXPECT_EQ(valueOf(topK({2, 2}, {1}, 2, 1)), 0);
}

TEST(Metrics, NaNIsNeverRight) {
  EXPECT_EQ(valueOf(topK({NAN, 1}, {0}, 2, 1)), 0);
  EXPECT_EQ(valueOf(agreement({NAN, NAN}, {NAN, NAN}, 2)), 0);
}

TEST(Metrics, AgreementComparesTheTopClass) {
  EXPECT_EQ(valueOf(agreement({1, 2, 4, 3}, {5, 9, 1, 2}, 2)), 0.5);
}

TEST(Metrics, RejectsSizesThatDoNotMatch) {
  EXPECT_EQ(errorOf(sqnrDb({1, 2}, {1})), "2 reference values against 1 values");
  EXPECT_EQ(errorOf(sqnrDb({}, {})), "no values to measure: 0 reference values against 0");
  EXPECT_EQ(errorOf(klDivergence({1, 2, 3}, {1, 2, 3}, 2)), "3 logits are not rows of 2 classes");
  EXPECT_EQ(errorOf(centredSqnrDb({1}, {1}, 0)), "1 logits are not rows of 0 classes");
  EXPECT_EQ(errorOf(topK({1, 2}, {0, 1}, 2, 1)), "2 labels for 1 rows of logits");
  EXPECT_EQ(errorOf(topK({1, 2}, {2}, 2, 1)), "label 0 is 2, outside the 2 classes");
  EXPECT_EQ(errorOf(topK({1, 2}, {1}, 2, 0)), "k is 0, but must be at least 1");
}
