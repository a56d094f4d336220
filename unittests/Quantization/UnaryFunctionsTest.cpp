#include "nnq/Quantization/UnaryFunctions.h"
#include "gtest/gtest.h"
#include <array>
#include <cmath>
#include <limits>

using namespace nnq;
using F = UnaryFunction;

static constexpr double inf = std::numeric_limits<double>::infinity();

static double f(F kind, double x, double alpha = 0, double beta = 0) {
  return evaluateUnary(kind, x, alpha, beta);
}

TEST(UnaryFunctions, PiecewiseLinearOnes) {
  EXPECT_EQ(f(F::Relu, -2), 0);
  EXPECT_EQ(f(F::Relu, 2), 2);
  EXPECT_EQ(f(F::LeakyRelu, -2, 0.25), -0.5);
  EXPECT_EQ(f(F::LeakyRelu, 2, 0.25), 2);
  EXPECT_EQ(f(F::HardSigmoid, 1, 0.25, 0.5), 0.75);
  EXPECT_EQ(f(F::HardSigmoid, -9, 0.25, 0.5), 0);
  EXPECT_EQ(f(F::HardSigmoid, 9, 0.25, 0.5), 1);
  EXPECT_EQ(f(F::HardSwish, -3), 0);
  EXPECT_EQ(f(F::HardSwish, 1.5), 1.125);
  EXPECT_EQ(f(F::HardSwish, 4), 4);
  EXPECT_EQ(f(F::Abs, -2), 2);
  EXPECT_EQ(f(F::Neg, -2), 2);
  EXPECT_EQ(f(F::Square, -3), 9);
}

TEST(UnaryFunctions, RoundingOnes) {
  EXPECT_EQ(f(F::Floor, -1.5), -2);
  EXPECT_EQ(f(F::Ceil, -1.5), -1);
  EXPECT_EQ(f(F::Round, 0.5), 0);
  EXPECT_EQ(f(F::Round, 1.5), 2);
  EXPECT_EQ(f(F::Round, -2.5), -2);
  EXPECT_EQ(f(F::Sign, -0.1), -1);
  EXPECT_EQ(f(F::Sign, 0), 0);
  EXPECT_EQ(f(F::Sign, 7), 1);
}

// Values by mpmath, with 30 digits.
TEST(UnaryFunctions, TranscendentalOnes) {
  EXPECT_NEAR(f(F::Elu, -1, 2), -1.26424111765712, 1e-14);
  EXPECT_NEAR(f(F::Selu, -1, 1.67326319217681884765625, 1.05070102214813232421875),
              -1.111330741286478, 1e-15);
  EXPECT_NEAR(f(F::Selu, 2, 1.5, 1.25), 2.5, 0);
  EXPECT_NEAR(f(F::Sigmoid, 1), 0.731058578630005, 1e-7);
  EXPECT_NEAR(f(F::Sigmoid, -1), 0.268941421369995, 1e-7);
  EXPECT_NEAR(f(F::Tanh, 0.5), 0.462117157260010, 1e-7);
  EXPECT_NEAR(f(F::Gelu, 1), 0.841344746068543, 1e-7);
  EXPECT_NEAR(f(F::GeluTanh, 1), 0.841191990608276, 1e-7);
  EXPECT_NEAR(f(F::Silu, 1), 0.731058578630005, 1e-7);
  EXPECT_NEAR(f(F::Exp, 1), 2.718281828459045, 1e-15);
  EXPECT_NEAR(f(F::Log, 2), 0.693147180559945, 1e-15);
  EXPECT_EQ(f(F::Sqrt, 2.25), 1.5);
  EXPECT_EQ(f(F::Rsqrt, 4), 0.5);
  EXPECT_EQ(f(F::Reciprocal, 4), 0.25);
  EXPECT_NEAR(f(F::Erf, 0.5), 0.520499877813047, 1e-7);
  EXPECT_NEAR(f(F::Softplus, 0), 0.693147180559945, 1e-15);
  EXPECT_NEAR(f(F::Softplus, 1), 1.313261687518223, 1e-15);
  EXPECT_NEAR(f(F::Sin, 1), 0.841470984807897, 1e-15);
  EXPECT_NEAR(f(F::Cos, 1), 0.540302305868140, 1e-15);
  EXPECT_NEAR(f(F::Mish, 1), 0.865098388267310, 1e-14);
}

// Results of ONNX Runtime 1.30 for 0.5, -1.25, 3 and -7.5.
TEST(UnaryFunctions, FunctionsOfF32AreThoseOfOnnxRuntime) {
  auto expectAll = [](F kind, std::array<float, 4> expected, double alpha = 0, double beta = 0) {
    const double x[] = {0.5, -1.25, 3.0, -7.5};
    for (int i = 0; i < 4; ++i)
      EXPECT_EQ(f(kind, x[i], alpha, beta), expected[i]) << int(kind) << " of " << x[i];
  };
  expectAll(F::Sigmoid, {0x1.3eb2fcp-1f, 0x1.c81704p-3f, 0x1.e7b7ccp-1f, 0x1.21dp-11f});
  expectAll(F::Tanh, {0x1.d9353ep-2f, -0x1.b2523cp-1f, 0x1.fd77dp-1f, -0x1.ffffecp-1f});
  expectAll(F::Erf, {0x1.0a7ef6p-1f, -0x1.d8865ep-1f, 0x1.fffd1ap-1f, -1.0f});
  expectAll(F::Gelu, {0x1.62075ep-2f, -0x1.0e76a2p-3f, 0x1.7f7b4cp+1f, 0.0f});
  expectAll(F::GeluTanh, {0x1.6202dap-2f, -0x1.0eebd8p-3f, 0x1.7f88dp+1f, 0.0f});
  expectAll(F::HardSwish, {0x1.2aaaaap-2f, -0x1.755554p-2f, 3.0f, 0.0f});
  expectAll(F::HardSigmoid, {0x1.19999ap-1f, 0x1.9999ap-6f, 1.0f, 0.0f}, 0.3f, 0.4f);
}

TEST(UnaryFunctions, TailsNeitherOverflowNorCancel) {
  EXPECT_EQ(f(F::Softplus, 1000), 1000);
  EXPECT_EQ(f(F::Sigmoid, -1000), 0);
  EXPECT_EQ(f(F::Sigmoid, inf), 1);
  EXPECT_EQ(f(F::Silu, -inf), 0);
  EXPECT_EQ(f(F::Gelu, -inf), 0);
  EXPECT_EQ(f(F::GeluTanh, -1e200), 0);
  EXPECT_EQ(f(F::Mish, -inf), 0);
  EXPECT_EQ(f(F::HardSwish, -inf), 0);
}

TEST(UnaryFunctions, PolesAndInvalidArguments) {
  EXPECT_EQ(f(F::Log, 0), -inf);
  EXPECT_TRUE(std::isnan(f(F::Log, -1)));
  EXPECT_TRUE(std::isnan(f(F::Sqrt, -1)));
  EXPECT_EQ(f(F::Rsqrt, 0), inf);
  EXPECT_EQ(f(F::Reciprocal, 0), inf);
  for (int kind = 0; kind <= int(F::Sign); ++kind)
    EXPECT_TRUE(std::isnan(f(F(kind), std::nan(""), 1, 1))) << kind;
}

TEST(UnaryFunctions, TableOfUnsignedCodes) {
  QuantParams in{0.5f, 128, 0, 255}, out{0.25f, 10, 0, 255};
  CodeTable table = buildTable(F::Relu, 0, 0, in, out);
  EXPECT_EQ(table[0], 10);
  EXPECT_EQ(table[128], 10);
  EXPECT_EQ(table[129], 12);
  EXPECT_EQ(table[250], 254);
  EXPECT_EQ(table[251], 255); // 61.5 would be code 256
}

TEST(UnaryFunctions, TableOfSignedCodesIsIndexedByByte) {
  QuantParams in{1.0f, 0, -128, 127}, out{1.0f, 0, -128, 127};
  CodeTable table = buildTable(F::Neg, 0, 0, in, out);
  EXPECT_EQ(table[1], uint8_t(-1));
  EXPECT_EQ(table[uint8_t(-1)], 1);
  EXPECT_EQ(table[uint8_t(-127)], 127);
  EXPECT_EQ(table[uint8_t(-128)], 127); // saturated
}

TEST(UnaryFunctions, TableSaturatesPolesAndMapsNaNToTheLeastCode) {
  QuantParams in{1.0f, 0, -128, 127}, out{1.0f, 0, -100, 100};
  CodeTable reciprocal = buildTable(F::Reciprocal, 0, 0, in, out);
  EXPECT_EQ(reciprocal[0], 100);
  CodeTable log = buildTable(F::Log, 0, 0, in, out);
  EXPECT_EQ(log[0], uint8_t(-100));
  EXPECT_EQ(log[uint8_t(-5)], uint8_t(-100));
}

TEST(UnaryFunctions, TableOfASigmoidIsMonotone) {
  QuantParams in{0.05f, 128, 0, 255}, out{1.0f / 256, 0, 0, 255};
  CodeTable table = buildTable(F::Sigmoid, 0, 0, in, out);
  EXPECT_EQ(table[128], 128);
  EXPECT_EQ(table[148], 187); // sigmoid(1) = 0.731 * 256 = 187.15
  for (int i = 1; i < 256; ++i)
    EXPECT_LE(table[i - 1], table[i]);
}

TEST(UnaryFunctions, TableOfAChain) {
  QuantParams params{1.0f, 0, 0, 255};
  CodeTable table = buildTable([](double x) { return std::sqrt(x) + 1; }, params, params);
  EXPECT_EQ(table[16], 5);
}
