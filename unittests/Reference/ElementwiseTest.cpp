// Rounding and saturation, arithmetic with broadcasting, functions of one variable.

#include "ReferenceTest.h"

#include <cmath>
#include <limits>

using namespace nnq::reference;

namespace {
constexpr float inf = std::numeric_limits<float>::infinity();

class ElementwiseTest : public ReferenceTest {
protected:
  /// Runs one operation of one operand.
  std::string unary(llvm::StringRef op, llvm::StringRef from, llvm::StringRef to) {
    return ("func.func @f(%x: " + from + ") -> " + to + " { %y = nnq." + op + " : " + from +
            " -> " + to + " return %y : " + to + " }")
        .str();
  }
};

TEST_F(ElementwiseTest, quantize_rounds_half_to_even_before_the_zero_point) {
  // An odd zero point shows the order: rint(0.5) + 1 is 1, rint(1.5) would be 2.
  EXPECT_EQ(
      codes(unary("requantize %x", "tensor<6xf32>", "tensor<6x!quant.uniform<i8:f32, 1.0:1>>"),
            {Floats{0.5f, 1.5f, 2.5f, -0.5f, -1.5f, -2.5f}}),
      (Codes{1, 3, 3, 1, -1, -1}));
}

TEST_F(ElementwiseTest, quantize_saturates_and_gives_nan_the_least_code) {
  EXPECT_EQ(codes(unary("requantize %x", "tensor<6xf32>",
                        "tensor<6x!quant.uniform<u8<1:254>:f32, 0.5:128>>"),
                  {Floats{1e30f, -1e30f, inf, -inf, std::nanf(""), 63.0f}}),
            (Codes{254, 1, 254, 1, 1, 254}));
}

TEST_F(ElementwiseTest, quantize_divides_by_the_scale) {
  // 4.48499966 / 0.39 is 11.5 in f32, a tie; times the reciprocal it would be 11.499999.
  EXPECT_EQ(codes(unary("requantize %x", "tensor<1xf32>", "tensor<1x!quant.uniform<u8:f32, 0.39>>"),
                  {Floats{11.5f * 0.39f}}),
            (Codes{12}));
}

TEST_F(ElementwiseTest, quantize_to_i32_saturates_exactly) {
  EXPECT_EQ(codes(unary("requantize %x", "tensor<2xf32>", "tensor<2x!quant.uniform<i32:f32, 1.0>>"),
                  {Floats{3e9f, -3e9f}}),
            (Codes{std::numeric_limits<int32_t>::max(), std::numeric_limits<int32_t>::min()}));
}

TEST_F(ElementwiseTest, dequantize_per_axis) {
  EXPECT_EQ(floats(unary("requantize %x", "tensor<2x2x!quant.uniform<i8:f32:1, {0.5:1, 2.0:-1}>>",
                         "tensor<2x2xf32>"),
                   {Codes{1, 1, 5, -2}}),
            (Floats{0, 4, 2, -2}));
}

TEST_F(ElementwiseTest, requantize_between_types_passes_through_f32) {
  // (q - 10) * 0.5 = 0.5, 1.5, 2.5 -> / 1 -> 0, 2, 2
  EXPECT_EQ(codes(unary("requantize %x", "tensor<3x!quant.uniform<u8:f32, 0.5:10>>",
                        "tensor<3x!quant.uniform<i8:f32, 1.0>>"),
                  {Codes{11, 13, 15}}),
            (Codes{0, 2, 2}));
}

TEST_F(ElementwiseTest, requantize_accumulators_per_channel) {
  EXPECT_EQ(codes(unary("requantize %x", "tensor<2x2x!quant.uniform<i32:f32:1, {0.25, 0.5}>>",
                        "tensor<2x2x!quant.uniform<u8:f32, 0.5:100>>"),
                  {Codes{5, 5, -7, 1000}}),
            (Codes{102, 105, 96, 255})); // 2.5 -> 2, 5, -3.5 -> -4, saturated
}

TEST_F(ElementwiseTest, requantize_of_an_accumulator_is_that_of_the_fused_layer) {
  // 63 * ((0.3 * 1.5) / 0.7) is 40.500004 in f32, as in the layer; dequantized first, (63 * 0.45) /
  // 0.7 is the tie 40.5.
  EXPECT_EQ(codes(unary("requantize %x", "tensor<1x!quant.uniform<i32:f32, 0.45000001788139343>>",
                        "tensor<1x!quant.uniform<i8:f32, 0.7>>"),
                  {Codes{63}}),
            (Codes{41}));
}

TEST_F(ElementwiseTest, add_broadcasts_and_rescales_both_operands) {
  EXPECT_EQ(codes(R"mlir(
    !a = tensor<2x2x!quant.uniform<u8:f32, 0.5:10>>
    !b = tensor<2x!quant.uniform<i8:f32, 0.25>>
    !y = tensor<2x2x!quant.uniform<i8:f32, 1.0>>
    func.func @f(%a: !a, %b: !b) -> !y {
      %y = nnq.add %a, %b : !a, !b -> !y
      return %y : !y
    })mlir",
                  {Codes{10, 11, 12, 13}, Codes{2, -4}}),
            (Codes{0, 0, 2, 0})); // 0.5, -0.5, 1.5, 0.5
}

/// A binary operation on bytes, its results of an odd zero point.
static std::string ofBytes(llvm::StringRef op, llvm::StringRef attributes = "") {
  return ("!x = tensor<3x!quant.uniform<u8:f32, 0.02:3>> !y = tensor<3x!quant.uniform<u8:f32, "
          "0.02:7>>"
          "!z = tensor<3x!quant.uniform<u8:f32, 0.04:5>>"
          "func.func @f(%a: !x, %b: !y) -> !z { %z = nnq." +
          op + " %a, %b " + attributes + " : !x, !y -> !z return %z : !z }")
      .str();
}

TEST_F(ElementwiseTest, sum_of_bytes_rounds_with_the_zero_points) {
  // (a - 3) / 2 + (b - 7) / 2 + 5 is (a + b) / 2, which is rounded: 0.5, 1.5 and 2.5. Without the
  // zero point, of 5, ties would go to odd codes.
  EXPECT_EQ(codes(ofBytes("add"), {Codes{1, 2, 3}, Codes{0, 1, 2}}), (Codes{0, 2, 2}));
}

TEST_F(ElementwiseTest, difference_of_bytes_rounds_before_the_zero_point) {
  // (4 - 0) / 2 + 5, (4 - 1) / 2 -> 2 + 5, (4 + 1) / 2 -> 2 + 5
  EXPECT_EQ(codes(ofBytes("sub"), {Codes{7, 7, 7}, Codes{7, 8, 6}}), (Codes{7, 7, 7}));
}

TEST_F(ElementwiseTest, product_of_bytes_rounds_with_the_zero_point) {
  // 0.02f * 0.02f / 0.04f is 0.01 in f32; 50 * 0.01 + 5 and 150 * 0.01 + 5 are ties.
  EXPECT_EQ(codes(ofBytes("mul"), {Codes{53, 153, 103}, Codes{8, 8, 8}}), (Codes{6, 6, 6}));
}

TEST_F(ElementwiseTest, sum_of_bytes_takes_the_left_operand_last) {
  // A sum near a tie, which the two orders round differently.
  auto sum = [&](llvm::StringRef operands) {
    return codes(
        ("!a = tensor<1x!quant.uniform<u8:f32, 0.0861:100>> !b = tensor<1x!quant.uniform<u8:f32, "
         "0.1353:17>> !z = tensor<1x!quant.uniform<u8:f32, 0.3198:64>>"
         "func.func @f(%a: !a, %b: !b) -> !z { %z = nnq.add " +
         operands + " -> !z return %z : !z }")
            .str(),
        {Codes{2}, Codes{64}});
  };
  EXPECT_EQ(sum("%a, %b : !a, !b"), (Codes{57}));
  EXPECT_EQ(sum("%b, %a : !b, !a"), (Codes{58}));
}

TEST_F(ElementwiseTest, code_offsets_keep_the_rounding_of_the_model) {
  // The operands and the result of `ofBytes` stored as i8: codes and zero points are 128 lower.
  std::string text =
      "!x = tensor<3x!quant.uniform<i8:f32, 0.02:-125>> !y = tensor<3x!quant.uniform<i8:f32, "
      "0.02:-121>> !z = tensor<3x!quant.uniform<i8:f32, 0.04:-123>>"
      "func.func @f(%a: !x, %b: !y) -> !z { %z = nnq.add %a, %b {nnq.code_offsets = array<i64: "
      "128, 128, 128>} : !x, !y -> !z return %z : !z }";
  EXPECT_EQ(codes(text, {Codes{-127, -126, -125}, Codes{-128, -127, -126}}),
            (Codes{-128, -126, -126}));
}

TEST_F(ElementwiseTest, sum_of_16_bits_is_dequantized) {
  // (1 - 0) * 0.5 / 1 = 0.5 -> 0, then the zero point: not rint(0.5 + 1).
  EXPECT_EQ(codes(R"mlir(
    !x = tensor<1x!quant.uniform<u16:f32, 0.5>>
    !z = tensor<1x!quant.uniform<u16:f32, 1.0:1>>
    func.func @f(%a: !x, %b: !x) -> !z {
      %z = nnq.add %a, %b : !x, !x -> !z
      return %z : !z
    })mlir",
                  {Codes{1}, Codes{0}}),
            (Codes{1}));
}

TEST_F(ElementwiseTest, binary_functions_on_floats) {
  auto run = [&](llvm::StringRef op, float a, float b) {
    std::string text =
        ("func.func @f(%a: tensor<f32>, %b: tensor<1xf32>) -> tensor<1xf32> { %y = nnq." + op +
         " %a, %b : tensor<f32>, tensor<1xf32> -> tensor<1xf32> return %y : tensor<1xf32> }")
            .str();
    return floats(text, {Floats{a}, Floats{b}}).at(0);
  };
  EXPECT_EQ(run("add", 1, 2), 3);
  EXPECT_EQ(run("sub", 1, 2), -1);
  EXPECT_EQ(run("mul", 3, 2), 6);
  EXPECT_EQ(run("div", 1, 2), 0.5f);
  EXPECT_EQ(run("max", 1, 2), 2);
  EXPECT_EQ(run("min", 1, 2), 1);
  for (llvm::StringRef op : {"max", "min"}) {
    EXPECT_TRUE(std::isnan(run(op, 1, std::nanf(""))));
    EXPECT_TRUE(std::isnan(run(op, std::nanf(""), 1)));
  }
  EXPECT_EQ(run("pow", 2, 10), 1024);
}

TEST_F(ElementwiseTest, clamp_of_one_type_is_a_clamp_of_codes) {
  // Bounds [0, 6] at scale 0.5, zero point 10: codes 10 to 22.
  std::string type = "tensor<4x!quant.uniform<u8:f32, 0.5:10>>";
  EXPECT_EQ(codes(unary("clamp %x min = 0.0 max = 6.0", type, type), {Codes{0, 10, 22, 255}}),
            (Codes{10, 10, 22, 22}));
}

TEST_F(ElementwiseTest, clamp_bound_at_infinity_is_none) {
  std::string type = "tensor<3x!quant.uniform<i8:f32, 0.5:-10>>";
  EXPECT_EQ(codes(unary("clamp %x min = 0.0 max = 0x7F800000", type, type), {Codes{-128, -9, 127}}),
            (Codes{-10, -9, 127}));
}

TEST_F(ElementwiseTest, clamp_between_types_clamps_reals) {
  EXPECT_EQ(codes(unary("clamp %x min = 0.0 max = 6.0", "tensor<3xf32>",
                        "tensor<3x!quant.uniform<u8:f32, 0.5:10>>"),
                  {Floats{-1, 1.25f, 100}}),
            (Codes{10, 12, 22}));
  EXPECT_EQ(codes(unary("clamp %x min = 0.0 max = 6.0", "tensor<1xf32>",
                        "tensor<1x!quant.uniform<u8:f32, 0.5:10>>"),
                  {Floats{std::nanf("")}}),
            Codes{0}); // NaN is not clamped
}

TEST_F(ElementwiseTest, unary_functions_on_floats) {
  auto run = [&](llvm::StringRef op, float x) {
    return floats(unary(op, "tensor<1xf32>", "tensor<1xf32>"), {Floats{x}}).at(0);
  };
  EXPECT_FLOAT_EQ(run("unary leaky_relu %x {alpha = 0.1 : f32}", -2), -0.2f);
  EXPECT_FLOAT_EQ(run("unary elu %x {alpha = 2.0 : f32}", -1), -1.2642411f);
  EXPECT_FLOAT_EQ(run("unary selu %x {alpha = 2.0 : f32, beta = 3.0 : f32}", -1), -3.7927234f);
  EXPECT_EQ(run("unary sigmoid %x", 0.5f), 0x1.3eb2fcp-1f); // this and three more by ONNX Runtime
  EXPECT_EQ(run("unary tanh %x", -1.25f), -0x1.b2523cp-1f);
  EXPECT_EQ(run("unary erf %x", 0.5f), 0x1.0a7ef6p-1f);
  EXPECT_EQ(run("unary erf %x", -1.25f), -0x1.d8865ep-1f);
  EXPECT_EQ(run("unary sigmoid %x", -100), 0);
  EXPECT_FLOAT_EQ(run("unary hard_sigmoid %x {alpha = 0.25 : f32, beta = 0.5 : f32}", 1), 0.75f);
  EXPECT_FLOAT_EQ(run("unary hard_swish %x", 1.5f), 1.125f);
  EXPECT_FLOAT_EQ(run("unary gelu %x", 1), 0.8413447f);
  EXPECT_FLOAT_EQ(run("unary gelu_tanh %x", 1), 0.8411920f);
  EXPECT_FLOAT_EQ(run("unary silu %x", 1), 0.7310586f);
  EXPECT_EQ(run("unary silu %x", -inf), 0);
  EXPECT_FLOAT_EQ(run("unary rsqrt %x", 4), 0.5f);
  EXPECT_FLOAT_EQ(run("unary softplus %x", 0), 0.6931472f);
  EXPECT_FLOAT_EQ(run("unary softplus %x", 1000), 1000);
  EXPECT_FLOAT_EQ(run("unary mish %x", 1), 0.8650984f);
  EXPECT_EQ(run("unary round %x", 2.5f), 2);
  EXPECT_EQ(run("unary sign %x", -3), -1);
  EXPECT_TRUE(std::isnan(run("unary sign %x", NAN)));
  EXPECT_EQ(run("unary square %x", -3), 9);
}

TEST_F(ElementwiseTest, unary_function_of_codes_rounds_to_the_result_type) {
  // sigmoid(-2 .. 2) = 0.1192, 0.2689, 0.5, 0.7311, 0.8808, times 256.
  EXPECT_EQ(codes(unary("unary sigmoid %x", "tensor<5x!quant.uniform<i8:f32, 1.0:3>>",
                        "tensor<5x!quant.uniform<u8:f32, 0.00390625>>"),
                  {Codes{1, 2, 3, 4, 5}}),
            (Codes{31, 69, 128, 187, 225}));
}

TEST_F(ElementwiseTest, unary_function_without_a_value_gives_the_least_code) {
  EXPECT_EQ(codes(unary("unary log %x", "tensor<3x!quant.uniform<i8:f32, 1.0>>",
                        "tensor<3x!quant.uniform<u8:f32, 1.0:7>>"),
                  {Codes{-1, 0, 1}}),
            (Codes{0, 0, 7}));
}
} // namespace
