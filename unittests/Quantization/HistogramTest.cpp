#include "nnq/Quantization/Histogram.h"
#include "gtest/gtest.h"
#include <cmath>
#include <limits>
#include <random>

using namespace nnq;
using Entries = std::vector<Histogram::Entry>;

TEST(Histogram, BinsAreSignExponentAndSevenMantissaBits) {
  EXPECT_EQ(Histogram::binOf(1.0f), 127 << 7);
  EXPECT_EQ(Histogram::binOf(1.0f + 1.0f / 128), (127 << 7) + 1);
  EXPECT_EQ(Histogram::binOf(-2.5f), -((128 << 7) + 32));
  EXPECT_EQ(Histogram::binOf(std::numeric_limits<float>::max()), Histogram::lastBin);
}

TEST(Histogram, MagnitudesBelowTwoToTheMinus40AreZero) {
  EXPECT_EQ(Histogram::binOf(0.0f), 0);
  EXPECT_EQ(Histogram::binOf(-0.0f), 0);
  EXPECT_EQ(Histogram::binOf(std::nextafter(0x1p-40f, 0.0f)), 0);
  EXPECT_EQ(Histogram::binOf(-std::numeric_limits<float>::denorm_min()), 0);
  EXPECT_EQ(Histogram::binOf(0x1p-40f), Histogram::firstBin);
  EXPECT_EQ(Histogram::binOf(-0x1p-40f), -Histogram::firstBin);
}

TEST(Histogram, EdgesEncloseTheValuesOfABin) {
  EXPECT_EQ(Histogram::lowerEdge(127 << 7), 1.0);
  EXPECT_EQ(Histogram::upperEdge(127 << 7), 1.0 + 1.0 / 128);
  EXPECT_EQ(Histogram::lowerEdge(-(127 << 7)), -1.0 - 1.0 / 128);
  EXPECT_EQ(Histogram::upperEdge(-(127 << 7)), -1.0);
  EXPECT_EQ(Histogram::upperEdge(Histogram::lastBin), 0x1p128);
  EXPECT_EQ(Histogram::lowerEdge(Histogram::firstBin), 0x1p-40);
}

TEST(Histogram, OnlyBinsOfFiniteValuesAreBins) {
  EXPECT_TRUE(Histogram::isBin(0));
  EXPECT_TRUE(Histogram::isBin(-Histogram::lastBin));
  EXPECT_FALSE(Histogram::isBin(1));
  EXPECT_FALSE(Histogram::isBin(Histogram::firstBin - 1));
  EXPECT_FALSE(Histogram::isBin(Histogram::lastBin + 1)); // infinity
  EXPECT_FALSE(Histogram::isBin(std::numeric_limits<int64_t>::max()));
}

TEST(Histogram, CountsAscendByValue) {
  Histogram histogram;
  histogram.add({2.0f, -1.0f, 0.0f, -0.0f, 2.001f, -4.0f, 1e-20f});
  EXPECT_EQ(histogram.entries(),
            (Entries{{-(129 << 7), 1}, {-(127 << 7), 1}, {0, 3}, {128 << 7, 2}}));
  EXPECT_EQ(histogram.total(), 7u);
}

TEST(Histogram, ExtremeOctavesAreCounted) {
  Histogram histogram;
  float max = std::numeric_limits<float>::max();
  histogram.add({max, -max, 0x1p-40f, -0x1p-40f});
  EXPECT_EQ(histogram.entries(), (Entries{{-Histogram::lastBin, 1},
                                          {-Histogram::firstBin, 1},
                                          {Histogram::firstBin, 1},
                                          {Histogram::lastBin, 1}}));
}

TEST(Histogram, MergedShardsEqualOnePassInAnyOrder) {
  std::mt19937 random(1);
  std::vector<float> values(3000);
  for (float &value : values)
    value = std::ldexp(float(random()) / 0x1p31f - 1, int(random() % 60) - 45);
  llvm::ArrayRef<float> all(values);
  Histogram whole, a, b, c;
  whole.add(all);
  a.add(all.take_front(10));
  b.add(all.slice(10, 2000));
  c.add(all.drop_front(2010));
  Histogram abc = a, cba = c;
  abc.merge(b);
  abc.merge(c);
  cba.merge(b);
  cba.merge(a);
  EXPECT_EQ(abc.entries(), whole.entries());
  EXPECT_EQ(cba.entries(), whole.entries());
  EXPECT_EQ(cba.total(), 3000u);
}

TEST(Histogram, ManyValuesAreCountedAsFewAre) {
  std::mt19937 random(8);
  std::normal_distribution<float> normal;
  std::vector<float> values(300001);
  for (float &value : values)
    value = std::max(0.0f, normal(random)) * (random() % 50 ? 1 : -1e-13f);
  Histogram many, few;
  many.add(values);
  for (llvm::ArrayRef<float> rest = values; !rest.empty(); rest = rest.drop_front(1))
    few.add(rest.take_front(1));
  EXPECT_EQ(many, few);
  EXPECT_EQ(many.total(), values.size());
}
