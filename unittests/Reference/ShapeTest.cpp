// Moves of elements, constants, resizes.

#include "ReferenceTest.h"

#include "llvm/Support/FormatVariadic.h"

using namespace nnq::reference;

namespace {
class ShapeTest : public ReferenceTest {};

TEST_F(ShapeTest, transpose_puts_input_dimensions_in_the_order_of_the_permutation) {
  EXPECT_EQ(codes(R"mlir(
    !x = tensor<1x2x3x!quant.uniform<u8:f32, 1.0:1>>
    !y = tensor<3x1x2x!quant.uniform<u8:f32, 1.0:1>>
    func.func @f(%x: !x) -> !y {
      %y = nnq.transpose %x permutation = [2, 0, 1] : !x -> !y
      return %y : !y
    })mlir",
                  {Codes{0, 1, 2, 3, 4, 5}}),
            (Codes{0, 3, 1, 4, 2, 5}));
}

TEST_F(ShapeTest, concat_and_split_along_an_inner_axis_are_inverse) {
  constexpr const char *text = R"mlir(
    func.func @f(%a: tensor<2x1xf32>, %b: tensor<2x2xf32>) -> (tensor<2x3xf32>, tensor<2x2xf32>, tensor<2x1xf32>) {
      %y = nnq.concat %a, %b axis = 1 : tensor<2x1xf32>, tensor<2x2xf32> -> tensor<2x3xf32>
      %c, %d = nnq.split %y axis = 1 : tensor<2x3xf32> -> tensor<2x2xf32>, tensor<2x1xf32>
      return %y, %c, %d : tensor<2x3xf32>, tensor<2x2xf32>, tensor<2x1xf32>
    })mlir";
  auto results = run(text, {Floats{1, 2}, Floats{3, 4, 5, 6}});
  ASSERT_TRUE(succeeded(results));
  EXPECT_EQ((*results)[0].floats(), (Floats{1, 3, 4, 2, 5, 6}));
  EXPECT_EQ((*results)[1].floats(), (Floats{1, 3, 2, 5}));
  EXPECT_EQ((*results)[2].floats(), (Floats{4, 6}));
}

TEST_F(ShapeTest, slice_steps) {
  EXPECT_EQ(floats(R"mlir(
    func.func @f(%x: tensor<3x4xf32>) -> tensor<2x2xf32> {
      %y = nnq.slice %x starts = [0, 1] sizes = [2, 2] strides = [2, 2] : tensor<3x4xf32> -> tensor<2x2xf32>
      return %y : tensor<2x2xf32>
    })mlir",
                   {Floats{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}}),
            (Floats{1, 3, 9, 11}));
}

TEST_F(ShapeTest, slice_backward) {
  EXPECT_EQ(floats(R"mlir(
    func.func @f(%x: tensor<2x4xf32>) -> tensor<2x2xf32> {
      %y = nnq.slice %x starts = [1, 3] sizes = [2, 2] strides = [-1, -2] : tensor<2x4xf32> -> tensor<2x2xf32>
      return %y : tensor<2x2xf32>
    })mlir",
                   {Floats{0, 1, 2, 3, 4, 5, 6, 7}}),
            (Floats{7, 5, 3, 1}));
}

TEST_F(ShapeTest, pad_quantizes_its_value) {
  EXPECT_EQ(codes(R"mlir(
    !x = tensor<1x2x!quant.uniform<u8:f32, 0.5:10>>
    !y = tensor<2x4x!quant.uniform<u8:f32, 0.5:10>>
    func.func @f(%x: !x) -> !y {
      %y = nnq.pad %x low = [0, 1] high = [1, 1] value = 1.5 : !x -> !y
      return %y : !y
    })mlir",
                  {Codes{1, 2}}),
            (Codes{13, 1, 2, 13, 13, 13, 13, 13}));
}

TEST_F(ShapeTest, broadcast_and_reshape_of_plain_integers) {
  EXPECT_EQ(codes(R"mlir(
    func.func @f(%x: tensor<2x1xi64>) -> tensor<12xi64> {
      %y = nnq.broadcast %x : tensor<2x1xi64> -> tensor<2x2x3xi64>
      %z = nnq.reshape %y : tensor<2x2x3xi64> -> tensor<12xi64>
      return %z : tensor<12xi64>
    })mlir",
                  {Codes{7, -8}}),
            (Codes{7, 7, 7, -8, -8, -8, 7, 7, 7, -8, -8, -8}));
}

class ResizeTest : public ReferenceTest {
protected:
  /// Resizes a row of pixels.
  Floats resize(llvm::StringRef how, float scale, Floats row, int64_t size) {
    std::string from = "tensor<1x1x" + std::to_string(row.size()) + "x1xf32>",
                to = "tensor<1x1x" + std::to_string(size) + "x1xf32>";
    auto [mode, rest] = how.split(' ');
    auto [coordinates, rounding] = rest.split(' ');
    std::string text = ("func.func @f(%x: " + from + ") -> " + to + " { %y = nnq.resize " + mode +
                        " %x coordinates = " + coordinates + " rounding = " + rounding +
                        " scales = [1.0, " + llvm::formatv("{0:e9}", scale).str() + "] : " + from +
                        " -> " + to + " return %y : " + to + " }")
                           .str();
    return floats(text, {row});
  }
};

TEST_F(ResizeTest, nearest_by_coordinates_and_rounding) {
  EXPECT_EQ(resize("nearest asymmetric floor", 2, {1, 2}, 4), (Floats{1, 1, 2, 2}));
  EXPECT_EQ(resize("nearest asymmetric ceil", 2, {1, 2}, 4), (Floats{1, 2, 2, 2}));
  // Halves: -0.5, 1.5 of the input at scale 0.5 by half_pixel.
  EXPECT_EQ(resize("nearest half_pixel round_prefer_floor", 0.5f, {1, 2, 3, 4}, 2), (Floats{1, 3}));
  EXPECT_EQ(resize("nearest half_pixel round_prefer_ceil", 0.5f, {1, 2, 3, 4}, 2), (Floats{2, 4}));
  EXPECT_EQ(resize("nearest align_corners round_prefer_floor", 2, {1, 2}, 4), (Floats{1, 1, 2, 2}));
  EXPECT_EQ(resize("nearest pytorch_half_pixel floor", 0.5f, {1, 2}, 1), (Floats{1}));
}

TEST_F(ResizeTest, ties_that_f32_has_moved_stay_ties) {
  // 20 to 6: pixel 4 lies at 14.5, where f32 has 14.499999; 24 to 28: pixel 17 at 14.5,
  // not 14.500001.
  Floats row;
  for (int i = 0; i < 24; ++i)
    row.push_back(i);
  Floats first20(row.begin(), row.begin() + 20);
  EXPECT_EQ(resize("nearest half_pixel round_prefer_ceil", 6 / 20.0f, first20, 6),
            (Floats{1, 5, 8, 11, 15, 18}));
  EXPECT_EQ(resize("nearest half_pixel round_prefer_floor", 6 / 20.0f, first20, 6),
            (Floats{1, 4, 8, 11, 14, 18}));
  EXPECT_EQ(resize("nearest half_pixel round_prefer_floor", 28 / 24.0f, row, 28)[17], 14);
}

TEST_F(ResizeTest, bilinear_mixes_neighbours_and_stops_at_the_border) {
  EXPECT_EQ(resize("bilinear half_pixel floor", 2, {1, 3}, 4), (Floats{1, 1.5f, 2.5f, 3}));
  EXPECT_EQ(resize("bilinear align_corners floor", 2, {1, 4}, 4), (Floats{1, 2, 3, 4}));
}

TEST_F(ResizeTest, nearest_moves_rows_of_channels) {
  EXPECT_EQ(codes(R"mlir(
    !x = tensor<1x2x1x2x!quant.uniform<u8:f32, 1.0:1>>
    !y = tensor<1x4x1x2x!quant.uniform<u8:f32, 1.0:1>>
    func.func @f(%x: !x) -> !y {
      %y = nnq.resize nearest %x coordinates = asymmetric rounding = floor scales = [2.0, 1.0] : !x -> !y
      return %y : !y
    })mlir",
                  {Codes{1, 2, 3, 4}}),
            (Codes{1, 2, 1, 2, 3, 4, 3, 4}));
}
} // namespace
