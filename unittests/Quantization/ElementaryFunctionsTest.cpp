#include "nnq/Quantization/ElementaryFunctions.h"
#include "gtest/gtest.h"

using namespace nnq;

static constexpr float inf = std::numeric_limits<float>::infinity();

static ElementaryFunctions<ElementaryOps> f{ElementaryOps()};

/// The distance of `got` from the real number `want` in units of the last place that an f32 near it
/// has.
static long double errorInUnits(float got, long double want) {
  int exponent = std::max(std::ilogb(want), -126);
  return std::fabs(got - want) / std::ldexp(1.0L, exponent - 23);
}

/// Calls `visit` with numbers of every exponent and sign: powers of two and their neighbours, and
/// some between them, which a multiplicative congruential generator makes.
template <typename Visit> static void forEachMagnitude(Visit visit) {
  uint32_t random = 1;
  for (uint32_t exponent = 0; exponent < 255; ++exponent) {
    auto both = [&](uint32_t mantissa) {
      float x = llvm::bit_cast<float>(exponent << 23 | (mantissa & 0x7fffff));
      visit(x);
      visit(-x);
    };
    for (uint32_t mantissa : {0u, 1u, 0x400000u, 0x7fffffu})
      both(mantissa);
    for (int i = 0; i < 500; ++i)
      both((random = random * 48271u % 2147483647u));
  }
}

TEST(ElementaryFunctions, ExpIsWithinAUnitFromSubnormalResultsToOverflow) {
  float worst = 0, at = 0;
  for (float x = -103.5f; x < 88.72f; x += 0x1p-10f) {
    long double units = errorInUnits(f.exp(x), std::exp(static_cast<long double>(x)));
    if (units > worst)
      worst = units, at = x;
  }
  EXPECT_LT(worst, 1.1f) << at;
}

TEST(ElementaryFunctions, ExpOfSpecialNumbers) {
  EXPECT_EQ(f.exp(0), 1);
  EXPECT_EQ(f.exp(-104), 0);
  EXPECT_EQ(f.exp(-inf), 0);
  EXPECT_EQ(f.exp(88.8f), inf);
  EXPECT_EQ(f.exp(inf), inf);
  EXPECT_TRUE(std::isnan(f.exp(NAN)));
}

TEST(ElementaryFunctions, LogIsWithinAUnitOfSubnormalAndOtherNumbers) {
  float worst = 0, at = 0;
  forEachMagnitude([&](float x) {
    if (!(x > 0) || x == 1)
      return;
    long double units = errorInUnits(f.log(x), std::log(static_cast<long double>(x)));
    if (units > worst)
      worst = units, at = x;
  });
  EXPECT_LT(worst, 1.1f) << at;
}

TEST(ElementaryFunctions, LogOfSpecialNumbers) {
  EXPECT_EQ(f.log(1), 0);
  EXPECT_EQ(f.log(0.0f), -inf);
  EXPECT_EQ(f.log(-0.0f), -inf);
  EXPECT_EQ(f.log(inf), inf);
  EXPECT_TRUE(std::isnan(f.log(-1)));
  EXPECT_TRUE(std::isnan(f.log(-inf)));
  EXPECT_TRUE(std::isnan(f.log(-1e-45f)));
  EXPECT_TRUE(std::isnan(f.log(NAN)));
}

TEST(ElementaryFunctions, SinAndCosOfAnySizeAreRoundedNearlyCorrectly) {
  float worst = 0, at = 0;
  auto check = [&](float x) {
    long double units = std::max(errorInUnits(f.sin(x), std::sin(static_cast<long double>(x))),
                                 errorInUnits(f.cos(x), std::cos(static_cast<long double>(x))));
    if (units > worst)
      worst = units, at = x;
  };
  forEachMagnitude([&](float x) { x == 0 ? void() : check(x); });
  // Multiples of a quarter turn, which f32 hardly tells from a zero.
  for (int k = 1; k < 20000; ++k)
    check(static_cast<float>(k * 1.57079632679489661923L));
  // The f32 that are nearest to a multiple of a quarter turn, of all (by continued fractions).
  for (float x : {16367173.0f * 0x1p72f, 0x1.6ac5b2p+5f, 0x1.921fb6p+1f, 0x1.921fb6p+0f})
    check(x);
  EXPECT_LT(worst, 0.51f) << at;
}

TEST(ElementaryFunctions, SinAndCosOfSpecialNumbers) {
  EXPECT_EQ(f.cos(0), 1);
  EXPECT_EQ(f.sin(0.0f), 0);
  EXPECT_TRUE(std::signbit(f.sin(-0.0f)));
  EXPECT_EQ(f.sin(1e-45f), 1e-45f);
  for (float x : {inf, -inf, NAN}) {
    EXPECT_TRUE(std::isnan(f.sin(x)));
    EXPECT_TRUE(std::isnan(f.cos(x)));
  }
}
