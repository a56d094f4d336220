// Sums of products: which taps take part, what the accumulator becomes.

#include "ReferenceTest.h"

using namespace nnq::reference;

namespace {
class MatrixTest : public ReferenceTest {};

TEST_F(MatrixTest, conv_adds_bias_and_requantizes_with_half_to_even) {
  // x - z = [1, 3], [2, 0]; acc = 2 a + 1 b + bias; m = 0.5 * 0.5 / 0.5 = 0.5.
  EXPECT_EQ(codes(R"mlir(
    !x = tensor<1x1x2x2x!quant.uniform<u8:f32, 0.5:1>>
    !w = tensor<2x1x1x2x!quant.uniform<i8:f32, 0.5>>
    !b = tensor<2x!quant.uniform<i32:f32, 0.25>>
    !y = tensor<1x1x2x2x!quant.uniform<u8:f32, 0.5:10>>
    func.func @f(%x: !x) -> !y {
      %w = nnq.constant dense<[[[[2, 1]]], [[[1, -1]]]]> : tensor<2x1x1x2xi8> -> !w
      %b = nnq.constant dense<[0, 7]> : tensor<2xi32> -> !b
      %y = nnq.conv2d %x, %w, %b strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 : !x, !w, !b -> !y
      return %y : !y
    })mlir",
                  {Codes{2, 4, 3, 1}}),
            // acc 5 -> 2.5 -> 2, 5 -> 2.5 -> 2; 4 -> 2, 9 -> 4.5 -> 4; each plus 10
            (Codes{12, 12, 12, 14}));
}

TEST_F(MatrixTest, conv_scales_per_output_channel_and_saturates) {
  EXPECT_EQ(codes(R"mlir(
    !x = tensor<1x1x1x1x!quant.uniform<i8:f32, 1.0>>
    !w = tensor<3x1x1x1x!quant.uniform<i8:f32:0, {1.0, 0.25, 4.0}>>
    !y = tensor<1x1x1x3x!quant.uniform<i8:f32, 1.0:-5>>
    func.func @f(%x: !x) -> !y {
      %w = nnq.constant dense<[[[[1]]], [[[1]]], [[[-127]]]]> : tensor<3x1x1x1xi8> -> !w
      %y = nnq.conv2d %x, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 : !x, !w -> !y
      return %y : !y
    })mlir",
                  {Codes{10}}),
            (Codes{5, -3, -128})); // 10 - 5, rint(2.5) - 5, saturated
}

TEST_F(MatrixTest, multiplier_is_the_product_of_input_and_weight_scale_over_the_result_scale) {
  // (0.3 * 1.5) / 0.7 * 63 is 40.500004 in f32; 0.3 * (1.5 / 0.7) * 63 would be 40.5, a tie, and
  // round to 40.
  EXPECT_EQ(codes(R"mlir(
    !x = tensor<1x1x!quant.uniform<i8:f32, 0.3>>
    !w = tensor<1x1x!quant.uniform<i8:f32, 1.5>>
    !y = tensor<1x1x!quant.uniform<i8:f32, 0.7>>
    func.func @f(%x: !x, %w: !w) -> !y {
      %y = nnq.fully_connected %x, %w : !x, !w -> !y
      return %y : !y
    })mlir",
                  {Codes{63}, Codes{1}}),
            (Codes{41}));
}

TEST_F(MatrixTest, conv_padding_is_real_zero_not_code_zero) {
  // One pixel, q = 5, z = 3: every 2x2 window holds it once, the rest is padding. acc = 2 * w.
  EXPECT_EQ(codes(R"mlir(
    !x = tensor<1x1x1x1x!quant.uniform<u8:f32, 1.0:3>>
    !w = tensor<1x2x2x1x!quant.uniform<i8:f32, 1.0>>
    !y = tensor<1x2x2x1x!quant.uniform<u8:f32, 1.0:100>>
    func.func @f(%x: !x) -> !y {
      %w = nnq.constant dense<[[[[1], [2]], [[3], [4]]]]> : tensor<1x2x2x1xi8> -> !w
      %y = nnq.conv2d %x, %w strides = [1, 1] pads = [1, 1, 1, 1] dilations = [1, 1] groups = 1 : !x, !w -> !y
      return %y : !y
    })mlir",
                  {Codes{5}}),
            (Codes{108, 106, 104, 102}));
}

TEST_F(MatrixTest, conv_pads_are_top_left_bottom_right) {
  EXPECT_EQ(floats(R"mlir(
    !x = tensor<1x2x2x1xf32>
    !w = tensor<1x2x2x1xf32>
    !y = tensor<1x2x2x1xf32>
    func.func @f(%x: !x, %w: !w) -> !y {
      %y = nnq.conv2d %x, %w strides = [1, 1] pads = [1, 0, 0, 1] dilations = [1, 1] groups = 1 : !x, !w -> !y
      return %y : !y
    })mlir",
                   {Floats{1, 2, 3, 4}, Floats{1, 10, 100, 1000}}),
            (Floats{2100, 200, 4321, 402}));
}

TEST_F(MatrixTest, conv_strides_and_dilations_choose_the_taps) {
  // Rows of 7; taps at x and x + 2, steps of 3: (0, 2) and (3, 5).
  EXPECT_EQ(codes(R"mlir(
    !x = tensor<1x1x7x1x!quant.uniform<u8:f32, 1.0>>
    !w = tensor<1x1x2x1x!quant.uniform<i8:f32, 1.0>>
    !y = tensor<1x1x2x1x!quant.uniform<u8:f32, 1.0>>
    func.func @f(%x: !x, %w: !w) -> !y {
      %y = nnq.conv2d %x, %w strides = [1, 3] pads = [0, 0, 0, 0] dilations = [1, 2] groups = 1 : !x, !w -> !y
      return %y : !y
    })mlir",
                  {Codes{1, 2, 3, 4, 5, 6, 7}, Codes{1, 10}}),
            (Codes{31, 64}));
}

TEST_F(MatrixTest, conv_groups_read_their_own_channels) {
  // 4 channels in 2 groups, 2 output channels each.
  EXPECT_EQ(codes(R"mlir(
    !x = tensor<1x1x1x4x!quant.uniform<u8:f32, 1.0:1>>
    !w = tensor<4x1x1x2x!quant.uniform<i8:f32, 1.0>>
    !y = tensor<1x1x1x4x!quant.uniform<i8:f32, 1.0>>
    func.func @f(%x: !x, %w: !w) -> !y {
      %y = nnq.conv2d %x, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 2 : !x, !w -> !y
      return %y : !y
    })mlir",
                  {Codes{2, 3, 4, 5}, Codes{1, 0, 0, 1, 1, 1, 1, -1}}),
            (Codes{1, 2, 7, -1}));
}

TEST_F(MatrixTest, depthwise_conv_keeps_channels_apart) {
  EXPECT_EQ(codes(R"mlir(
    !x = tensor<1x1x3x2x!quant.uniform<u8:f32, 1.0>>
    !w = tensor<2x1x2x1x!quant.uniform<i8:f32:0, {1.0, 0.5}>>
    !y = tensor<1x1x2x2x!quant.uniform<i8:f32, 1.0>>
    func.func @f(%x: !x, %w: !w) -> !y {
      %y = nnq.conv2d %x, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 2 : !x, !w -> !y
      return %y : !y
    })mlir",
                  {Codes{1, 10, 2, 20, 3, 31}, Codes{1, 2, -1, 1}}),
            (Codes{5, 5, 8, 6})); // 31 - 20 = 11 -> 5.5 -> 6
}

TEST_F(MatrixTest, float_result_rounds_the_accumulator_to_f32_first) {
  // 2^24 + 1 becomes 2^24 in f32; the exact product with 0.75 would round to 12582913.
  EXPECT_EQ(floats(R"mlir(
    !x = tensor<1x1x!quant.uniform<u8:f32, 0.75>>
    !w = tensor<1x1x!quant.uniform<i8:f32, 1.0>>
    !b = tensor<1x!quant.uniform<i32:f32, 0.75>>
    func.func @f(%x: !x, %w: !w, %b: !b) -> tensor<1x1xf32> {
      %y = nnq.fully_connected %x, %w, %b : !x, !w, !b -> tensor<1x1xf32>
      return %y : tensor<1x1xf32>
    })mlir",
                   {Codes{1}, Codes{1}, Codes{1 << 24}}),
            (Floats{12582912.0f}));
}

TEST_F(MatrixTest, requantizing_rounds_the_accumulator_to_f32_first) {
  // f32(21430561) * m is the tie 50.5; the exact accumulator would give 50.5000038 and 51.
  EXPECT_EQ(codes(R"mlir(
    !x = tensor<1x1x!quant.uniform<u8:f32, 2.35644802e-06>>
    !w = tensor<1x1x!quant.uniform<i8:f32, 1.0>>
    !b = tensor<1x!quant.uniform<i32:f32, 2.35644802e-06>>
    !y = tensor<1x1x!quant.uniform<u8:f32, 1.0>>
    func.func @f(%x: !x, %w: !w, %b: !b) -> !y {
      %y = nnq.fully_connected %x, %w, %b : !x, !w, !b -> !y
      return %y : !y
    })mlir",
                  {Codes{1}, Codes{1}, Codes{21430560}}),
            (Codes{50}));
}

constexpr const char *toAccumulator = R"mlir(
    !x = tensor<1x1x!quant.uniform<u8:f32, 0.5>>
    !w = tensor<2x1x!quant.uniform<i8:f32:0, {0.5, 0.25}>>
    !b = tensor<2x!quant.uniform<i32:f32:0, {0.25, 0.125}>>
    !y = tensor<1x2x!quant.uniform<i32:f32:1, {0.25, 0.125}>>
    func.func @f(%x: !x, %w: !w, %b: !b) -> !y {
      %y = nnq.fully_connected %x, %w, %b : !x, !w, !b -> !y
      return %y : !y
    })mlir";

TEST_F(MatrixTest, i32_result_is_the_accumulator_itself) {
  EXPECT_EQ(codes(toAccumulator, {Codes{3}, Codes{5, -7}, Codes{(1 << 24) + 2, 0}}),
            (Codes{(1 << 24) + 17, -21}));
}

TEST_F(MatrixTest, accumulator_overflow_by_the_bias_is_an_error) {
  expectError(toAccumulator, {Codes{3}, Codes{5, -7}, Codes{0x7fffffff, 0}},
              "overflows its i32 result at element 0: 2147483662");
}

TEST_F(MatrixTest, weights_are_taken_less_the_zero_points_of_their_channels) {
  // x - z = [-1, 2]; w - z = [200 - 131, 0 - 131] and [200 - 7, 0 - 7].
  EXPECT_EQ(floats(R"mlir(
    !x = tensor<1x2x!quant.uniform<u8:f32, 1.0:4>>
    !w = tensor<2x2x!quant.uniform<u8:f32:0, {1.0:131, 0.5:7}>>
    func.func @f(%x: !x, %w: !w) -> tensor<1x2xf32> {
      %y = nnq.fully_connected %x, %w : !x, !w -> tensor<1x2xf32>
      return %y : tensor<1x2xf32>
    })mlir",
                   {Codes{3, 6}, Codes{200, 0, 200, 0}}),
            (Floats{-331.0f, -103.5f})); // -69 - 262, (-193 - 14) / 2
}

TEST_F(MatrixTest, sums_beyond_i32_are_exact) {
  // 2 * 65535 * 32767 + 5 = 4294770695, rounded once to f32.
  EXPECT_EQ(floats(R"mlir(
    !x = tensor<1x2x!quant.uniform<u16:f32, 1.0>>
    !w = tensor<1x2x!quant.uniform<i16:f32, 1.0>>
    !b = tensor<1x!quant.uniform<i32:f32, 1.0>>
    func.func @f(%x: !x, %w: !w, %b: !b) -> tensor<1x1xf32> {
      %y = nnq.fully_connected %x, %w, %b : !x, !w, !b -> tensor<1x1xf32>
      return %y : tensor<1x1xf32>
    })mlir",
                   {Codes{65535, 65535}, Codes{32767, 32767}, Codes{5}}),
            (Floats{4294770695.0f}));
}

TEST_F(MatrixTest, i32_result_of_another_scale_is_an_error) {
  expectError(R"mlir(
    !x = tensor<1x1x!quant.uniform<u8:f32, 0.5>>
    !w = tensor<1x1x!quant.uniform<i8:f32, 0.5>>
    !y = tensor<1x1x!quant.uniform<i32:f32, 0.5>>
    func.func @f(%x: !x, %w: !w) -> !y {
      %y = nnq.fully_connected %x, %w : !x, !w -> !y
      return %y : !y
    })mlir",
              {Codes{3}, Codes{5}}, "an accumulator has scale");
}

TEST_F(MatrixTest, float_input_dequantizes_weights_quantized_in_blocks) {
  // Two blocks of two input channels: scales 1 and 10.
  EXPECT_EQ(floats(R"mlir(
    !x = tensor<1x4xf32>
    !w = tensor<1x4x!quant.uniform<i8:f32:{1:2}, {{1.0, 10.0}}>>
    !b = tensor<1xf32>
    func.func @f(%x: !x, %w: !w, %b: !b) -> tensor<1x1xf32> {
      %y = nnq.fully_connected %x, %w, %b : !x, !w, !b -> tensor<1x1xf32>
      return %y : tensor<1x1xf32>
    })mlir",
                   {Floats{1, 2, 3, 4}, Codes{1, 1, 1, 2}, Floats{0.5f}}),
            (Floats{113.5f}));
}

TEST_F(MatrixTest, blocks_of_weights_have_exact_sums_that_are_added_in_order) {
  // Sums 1, 11 and -5 at units 2^25, 1 and 2^25, from 1 on: 2^25 + 1 is 2^25 in f32, and 11 more
  // are 12.
  EXPECT_EQ(floats(R"mlir(
    !x = tensor<1x6x!quant.uniform<u8:f32, 1.0:1>>
    !w = tensor<1x6x!quant.uniform<i4:f32:{0:1, 1:2}, {{33554432.0, 1.0:1, 33554432.0}}>>
    !b = tensor<1xf32>
    func.func @f(%x: !x, %w: !w, %b: !b) -> tensor<1x1xf32> {
      %y = nnq.fully_connected %x, %w, %b : !x, !w, !b -> tensor<1x1xf32>
      return %y : tensor<1x1xf32>
    })mlir",
                   {Codes{4, 3, 8, 5, 1, 6}, Codes{1, -1, 2, 2, 7, -1}, Floats{1}}),
            (Floats{33554432.0f + 12.0f - 5 * 33554432.0f}));
}

TEST_F(MatrixTest, blocks_of_a_convolution_run_over_its_taps) {
  // Channel 0 of two pixels: 1 + 3 = 4, at 0.5; channel 1: 2 * 2 + 4 = 8, at 0.25: 4, and 4 / 0.5.
  EXPECT_EQ(codes(R"mlir(
    !x = tensor<1x1x2x2x!quant.uniform<u8:f32, 1.0>>
    !w = tensor<1x1x2x2x!quant.uniform<i4:f32:{0:1, 3:1}, {{{{0.5, 0.25}}}}>>
    !y = tensor<1x1x1x1x!quant.uniform<u8:f32, 0.5:3>>
    func.func @f(%x: !x, %w: !w) -> !y {
      %y = nnq.conv2d %x, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 : !x, !w -> !y
      return %y : !y
    })mlir",
                  {Codes{1, 2, 3, 4}, Codes{1, 2, 1, 1}}),
            (Codes{11}));
}

TEST_F(MatrixTest, float_input_with_quantized_result_quantizes_the_float_layer) {
  EXPECT_EQ(codes(R"mlir(
    !y = tensor<1x1x!quant.uniform<u8:f32, 0.5:3>>
    func.func @f(%x: tensor<1x2xf32>, %w: tensor<1x2xf32>) -> !y {
      %y = nnq.fully_connected %x, %w : tensor<1x2xf32>, tensor<1x2xf32> -> !y
      return %y : !y
    })mlir",
                  {Floats{1, 2}, Floats{3, 4}}),
            (Codes{25}));
}

TEST_F(MatrixTest, transposed_conv_scatters_windows) {
  // Rows of 2, stride 2, kernel 3: 1 * [1 2 3] at 0, 2 * [1 2 3] at 2; z = 1.
  EXPECT_EQ(codes(R"mlir(
    !x = tensor<1x1x2x1x!quant.uniform<u8:f32, 1.0:1>>
    !w = tensor<1x1x3x1x!quant.uniform<i8:f32, 1.0>>
    !y = tensor<1x1x5x1x!quant.uniform<u8:f32, 1.0:10>>
    func.func @f(%x: !x, %w: !w) -> !y {
      %y = nnq.transposed_conv2d %x, %w strides = [1, 2] pads = [0, 0, 0, 0] output_pads = [0, 0] dilations = [1, 1] groups = 1
        : !x, !w -> !y
      return %y : !y
    })mlir",
                  {Codes{2, 3}, Codes{1, 2, 3}}),
            (Codes{11, 12, 15, 14, 16}));
}

TEST_F(MatrixTest, transposed_conv_cuts_pads_and_adds_output_pads_with_bias) {
  // As above without the first and last pixel, then one more at the end that no window reaches
  // beyond what was cut.
  EXPECT_EQ(floats(R"mlir(
    !x = tensor<1x1x2x1xf32>
    !w = tensor<1x1x3x1xf32>
    !b = tensor<1xf32>
    !y = tensor<1x1x5x1xf32>
    func.func @f(%x: !x, %w: !w, %b: !b) -> !y {
      %y = nnq.transposed_conv2d %x, %w, %b strides = [1, 2] pads = [0, 1, 0, 1] output_pads = [0, 2] dilations = [1, 1] groups = 1
        : !x, !w, !b -> !y
      return %y : !y
    })mlir",
                   {Floats{1, 2}, Floats{1, 2, 3}, Floats{100}}),
            (Floats{102, 105, 104, 106, 100}));
}

TEST_F(MatrixTest, transposed_conv_groups_and_dilations) {
  // Two channels, each its own group; taps two apart.
  EXPECT_EQ(floats(R"mlir(
    !x = tensor<1x1x1x2xf32>
    !w = tensor<2x1x2x1xf32>
    !y = tensor<1x1x3x2xf32>
    func.func @f(%x: !x, %w: !w) -> !y {
      %y = nnq.transposed_conv2d %x, %w strides = [1, 1] pads = [0, 0, 0, 0] output_pads = [0, 0] dilations = [1, 2] groups = 2
        : !x, !w -> !y
      return %y : !y
    })mlir",
                   {Floats{1, 10}, Floats{1, 2, 3, 4}}),
            (Floats{1, 30, 0, 0, 2, 40}));
}

TEST_F(MatrixTest, fully_connected_keeps_leading_dimensions) {
  EXPECT_EQ(floats(R"mlir(
    !x = tensor<2x1x2xf32>
    !w = tensor<3x2xf32>
    !y = tensor<2x1x3xf32>
    func.func @f(%x: !x, %w: !w) -> !y {
      %y = nnq.fully_connected %x, %w : !x, !w -> !y
      return %y : !y
    })mlir",
                   {Floats{1, 2, 3, 4}, Floats{1, 0, 0, 1, 1, 1}}),
            (Floats{1, 2, 3, 3, 4, 7}));
}

TEST_F(MatrixTest, matmul_subtracts_both_zero_points) {
  // [1 2] [3 4; 5 6] in reals of scale 1: 13, 16; m = 1 / 2 -> 6.5 -> 6, 8.
  EXPECT_EQ(codes(R"mlir(
    !a = tensor<1x2x!quant.uniform<u8:f32, 1.0:10>>
    !b = tensor<2x2x!quant.uniform<i8:f32, 1.0:-2>>
    !y = tensor<1x2x!quant.uniform<u8:f32, 2.0:1>>
    func.func @f(%a: !a, %b: !b) -> !y {
      %y = nnq.matmul %a, %b : !a, !b -> !y
      return %y : !y
    })mlir",
                  {Codes{11, 12}, Codes{1, 2, 3, 4}}),
            (Codes{7, 9}));
}

TEST_F(MatrixTest, matmul_broadcasts_batches_and_transposes_rhs) {
  EXPECT_EQ(floats(R"mlir(
    !a = tensor<2x1x2xf32>
    !b = tensor<2x2xf32>
    !y = tensor<2x1x2xf32>
    func.func @f(%a: !a, %b: !b) -> !y {
      %y = nnq.matmul %a, %b {transpose_rhs} : !a, !b -> !y
      return %y : !y
    })mlir",
                   {Floats{1, 2, 3, 4}, Floats{1, 0, 10, 1}}),
            (Floats{1, 12, 3, 34}));
}
} // namespace
