// Windows and their padding, reductions, softmax, normalizations.

#include "ReferenceTest.h"

using namespace nnq::reference;

namespace {
class PoolingTest : public ReferenceTest {};

TEST_F(PoolingTest, max_pool_ignores_padding) {
  // All codes are below the zero point: were padding the real 0, it would win.
  EXPECT_EQ(codes(R"mlir(
    !x = tensor<1x1x3x1x!quant.uniform<u8:f32, 1.0:128>>
    !y = tensor<1x1x3x1x!quant.uniform<u8:f32, 1.0:128>>
    func.func @f(%x: !x) -> !y {
      %y = nnq.max_pool2d %x kernel = [1, 2] strides = [1, 1] pads = [0, 1, 0, 0] dilations = [1, 1] : !x -> !y
      return %y : !y
    })mlir",
                  {Codes{3, 2, 7}}),
            (Codes{3, 3, 7}));
}

TEST_F(PoolingTest, max_pool_dilates) {
  EXPECT_EQ(floats(R"mlir(
    !x = tensor<1x1x4x1xf32>
    !y = tensor<1x1x2x1xf32>
    func.func @f(%x: !x) -> !y {
      %y = nnq.max_pool2d %x kernel = [1, 2] strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 2] : !x -> !y
      return %y : !y
    })mlir",
                   {Floats{-1, 9, -3, 4}}),
            (Floats{-1, 9}));
}

constexpr const char *avgPool = R"mlir(
    !x = tensor<1x1x3x1x!quant.uniform<u8:f32, 1.0:2>>
    !y = tensor<1x1x2x1x!quant.uniform<u8:f32, 1.0:10>>
    func.func @f(%x: !x) -> !y {
      %y = nnq.avg_pool2d %x kernel = [1, 3] strides = [1, 2] pads = [0, 1, 0, 1] ATTR : !x -> !y
      return %y : !y
    })mlir";

TEST_F(PoolingTest, avg_pool_counts_pixels_inside) {
  // Reals 2, 3, 4: 5 / 2 -> 2.5 -> 2, 7 / 2 -> 3.5 -> 4.
  std::string text = avgPool;
  EXPECT_EQ(codes(text.replace(text.find("ATTR"), 4, ""), {Codes{4, 5, 6}}), (Codes{12, 14}));
}

TEST_F(PoolingTest, avg_pool_counts_padding_if_asked) {
  // 5 / 3 -> 2, 7 / 3 -> 2.
  std::string text = avgPool;
  EXPECT_EQ(codes(text.replace(text.find("ATTR"), 4, "{count_padding}"), {Codes{4, 5, 6}}),
            (Codes{12, 12}));
}

TEST_F(PoolingTest, mean_multiplies_count_and_result_scale_first) {
  // 45 * (0.2 / (3 * 0.4)) is 7.4999995 in f32; 45 * ((0.2 / 3) / 0.4) would be 7.5, a tie, and
  // round to 8.
  EXPECT_EQ(codes(R"mlir(
    !x = tensor<3x!quant.uniform<u8:f32, 0.2>>
    !y = tensor<1x!quant.uniform<u8:f32, 0.4>>
    func.func @f(%x: !x) -> !y {
      %y = nnq.reduce mean %x axes = [0] : !x -> !y
      return %y : !y
    })mlir",
                  {Codes{15, 15, 15}}),
            (Codes{7}));
}

TEST_F(PoolingTest, avg_pool_to_float) {
  EXPECT_EQ(floats(R"mlir(
    !x = tensor<1x1x4x1x!quant.uniform<u8:f32, 0.5:1>>
    !y = tensor<1x1x1x1xf32>
    func.func @f(%x: !x) -> !y {
      %y = nnq.avg_pool2d %x kernel = [1, 4] strides = [1, 1] pads = [0, 0, 0, 0] : !x -> !y
      return %y : !y
    })mlir",
                   {Codes{2, 3, 4, 6}}),
            (Floats{1.375f})); // (0.5 + 1 + 1.5 + 2.5) / 4
}

TEST_F(PoolingTest, reduce_sums_along_axes) {
  EXPECT_EQ(codes(R"mlir(
    !x = tensor<2x2x2x!quant.uniform<u8:f32, 1.0:1>>
    !y = tensor<1x2x1x!quant.uniform<i8:f32, 2.0:3>>
    func.func @f(%x: !x) -> !y {
      %y = nnq.reduce sum %x axes = [0, 2] : !x -> !y
      return %y : !y
    })mlir",
                  {Codes{1, 2, 3, 4, 5, 6, 7, 8}}),
            (Codes{8, 12})); // sums 10 and 18; 10 / 2 + 3, 18 / 2 + 3
}

TEST_F(PoolingTest, reduce_min_and_max_select_codes) {
  constexpr const char *text = R"mlir(
    !x = tensor<2x2x!quant.uniform<i8:f32, 0.5:-3>>
    !y = tensor<2x1x!quant.uniform<i8:f32, 0.5:-3>>
    func.func @f(%x: !x) -> (!y, !y) {
      %min = nnq.reduce min %x axes = [1] : !x -> !y
      %max = nnq.reduce max %x axes = [1] : !x -> !y
      return %min, %max : !y, !y
    })mlir";
  auto results = run(text, {Codes{4, -5, -128, -127}});
  ASSERT_TRUE(succeeded(results));
  EXPECT_EQ((*results)[0].integers(), (Codes{-5, -128}));
  EXPECT_EQ((*results)[1].integers(), (Codes{4, -127}));
}

TEST_F(PoolingTest, softmax_of_codes_to_float) {
  // Scale f32(ln 2): exponentials are in the ratio 4 to 2 to 1.
  Floats p = floats(R"mlir(
    !x = tensor<1x3x!quant.uniform<u8:f32, 0.69314718:5>>
    func.func @f(%x: !x) -> tensor<1x3xf32> {
      %y = nnq.softmax %x axis = 1 : !x -> tensor<1x3xf32>
      return %y : tensor<1x3xf32>
    })mlir",
                    {Codes{202, 201, 200}});
  ASSERT_EQ(p.size(), 3u);
  for (int i : {0, 1, 2})
    EXPECT_FLOAT_EQ(p[i], (4 >> i) / 7.0f);
}

TEST_F(PoolingTest, softmax_of_codes_scales_by_a_whole_number) {
  // floor(1 / 0.0031) is 322: the four quarters are 80.5 -> 80. Divided by the scale they would be
  // 80.6 -> 81.
  EXPECT_EQ(codes(R"mlir(
    !x = tensor<1x4x!quant.uniform<u8:f32, 0.1>>
    !y = tensor<1x4x!quant.uniform<u8:f32, 0.0031:3>>
    func.func @f(%x: !x) -> !y {
      %y = nnq.softmax %x axis = 1 : !x -> !y
      return %y : !y
    })mlir",
                  {Codes{9, 9, 9, 9}}),
            (Codes{83, 83, 83, 83}));
}

TEST_F(PoolingTest, log_softmax_is_finite_where_the_softmax_is_0) {
  // Columns (0, 200) and (1, 1).
  EXPECT_EQ(floats(R"mlir(
    func.func @f(%x: tensor<2x2xf32>) -> tensor<2x2xf32> {
      %y = nnq.log_softmax %x axis = 0 : tensor<2x2xf32> -> tensor<2x2xf32>
      return %y : tensor<2x2xf32>
    })mlir",
                   {Floats{0, 1, 200, 1}}),
            (Floats{-200, -0.69314718f, 0, -0.69314718f}));
}

TEST_F(PoolingTest, avg_pool_of_bytes_rounds_with_the_zero_point) {
  // (0.5 + 0) / 2 / 0.5 is 0.5: with the zero point 1 that is the tie 1.5.
  EXPECT_EQ(codes(R"mlir(
    !x = tensor<1x1x2x1x!quant.uniform<u8:f32, 0.5>>
    !y = tensor<1x1x1x1x!quant.uniform<u8:f32, 0.5:1>>
    func.func @f(%x: !x) -> !y {
      %y = nnq.avg_pool2d %x kernel = [1, 2] strides = [1, 1] pads = [0, 0, 0, 0] : !x -> !y
      return %y : !y
    })mlir",
                  {Codes{1, 0}}),
            (Codes{2}));
}

TEST_F(PoolingTest, softmax_quantizes_its_result_along_any_axis) {
  // Columns (0, 0) and (200, 0): 1/2, 1/2 and 1, 0.
  EXPECT_EQ(codes(R"mlir(
    !x = tensor<2x2x!quant.uniform<u8:f32, 1.0>>
    !y = tensor<2x2x!quant.uniform<i8:f32, 0.00390625:-128>>
    func.func @f(%x: !x) -> !y {
      %y = nnq.softmax %x axis = 0 : !x -> !y
      return %y : !y
    })mlir",
                  {Codes{0, 200, 0, 0}}),
            (Codes{0, 127, 0, -128}));
}

TEST_F(PoolingTest, softmax_of_floats_does_not_overflow) {
  EXPECT_EQ(floats(R"mlir(
    func.func @f(%x: tensor<2xf32>) -> tensor<2xf32> {
      %y = nnq.softmax %x axis = 0 : tensor<2xf32> -> tensor<2xf32>
      return %y : tensor<2xf32>
    })mlir",
                   {Floats{1e30f, 1e30f}}),
            (Floats{0.5f, 0.5f}));
}

TEST_F(PoolingTest, layer_norm_uses_the_biased_variance) {
  // mean 3, variance 4: (x - 3) / 2.
  EXPECT_EQ(floats(R"mlir(
    func.func @f(%x: tensor<1x2xf32>, %s: tensor<2xf32>, %b: tensor<2xf32>) -> tensor<1x2xf32> {
      %y = nnq.layer_norm %x, %s, %b epsilon = 0.0 : tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32> -> tensor<1x2xf32>
      return %y : tensor<1x2xf32>
    })mlir",
                   {Floats{1, 5}, Floats{10, 20}, Floats{1, 2}}),
            (Floats{-9, 22}));
}

TEST_F(PoolingTest, batch_norm_adds_epsilon_to_the_variance) {
  EXPECT_EQ(floats(R"mlir(
    !c = tensor<2xf32>
    func.func @f(%x: tensor<1x2xf32>, %s: !c, %b: !c, %m: !c, %v: !c) -> tensor<1x2xf32> {
      %y = nnq.batch_norm %x, %s, %b, %m, %v epsilon = 1.0 : tensor<1x2xf32>, !c, !c, !c, !c -> tensor<1x2xf32>
      return %y : tensor<1x2xf32>
    })mlir",
                   {Floats{5, 7}, Floats{2, 3}, Floats{1, 1}, Floats{1, 1}, Floats{3, 8}}),
            (Floats{5, 7})); // 4 * 2 / 2 + 1, 6 * 3 / 3 + 1
}
} // namespace
