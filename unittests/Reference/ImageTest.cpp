// Operations of NNQImageOps.td in the reference: values computed by hand.

#include "ReferenceTest.h"

using namespace nnq::reference;

namespace {
using ImageTest = ReferenceTest;

TEST_F(ImageTest, prelu_has_a_slope_for_each_channel) {
  EXPECT_EQ(floats(R"mlir(
    func.func @f(%x: tensor<2x2xf32>, %s: tensor<2xf32>) -> tensor<2x2xf32> {
      %y = nnq.prelu %x, %s : tensor<2x2xf32>, tensor<2xf32> -> tensor<2x2xf32>
      return %y : tensor<2x2xf32>
    })mlir",
                   {Floats{-2, -2, 3, 0}, Floats{0.5f, -1}}),
            (Floats{-1, 2, 3, 0}));
}

TEST_F(ImageTest, prelu_of_codes_is_rounded_once) {
  // -3 * 0.25 is -0.75, 1.5 steps below 0: to even.
  EXPECT_EQ(codes(R"mlir(
    !x = tensor<2x!quant.uniform<u8:f32, 1.0:100>>
    !y = tensor<2x!quant.uniform<u8:f32, 0.5:10>>
    func.func @f(%x: !x, %s: tensor<2xf32>) -> !y {
      %y = nnq.prelu %x, %s : !x, tensor<2xf32> -> !y
      return %y : !y
    })mlir",
                  {Codes{97, 104}, Floats{0.25f, 9}}),
            (Codes{8, 18}));
}

TEST_F(ImageTest, group_norm_takes_each_image_and_group_by_itself) {
  // Two images of two pixels; groups of one channel: (1, 5), (0, 2) and (3, 3), (-4, 4).
  EXPECT_EQ(floats(R"mlir(
    !x = tensor<2x2x2xf32>
    func.func @f(%x: !x, %s: tensor<2xf32>, %b: tensor<2xf32>) -> !x {
      %y = nnq.group_norm %x, %s, %b groups = 2 epsilon = 0.0 : !x, tensor<2xf32>, tensor<2xf32> -> !x
      return %y : !x
    })mlir",
                   {Floats{1, 0, 5, 2, 2, -4, 4, 4}, Floats{1, 10}, Floats{0, 1}}),
            (Floats{-1, -9, 1, 11, -1, -9, 1, 11}));
}

TEST_F(ImageTest, group_norm_of_one_group_is_over_channels_too) {
  // mean 3, variance 4 over both channels.
  EXPECT_EQ(floats(R"mlir(
    !x = tensor<1x1x2xf32>
    func.func @f(%x: !x, %s: tensor<2xf32>, %b: tensor<2xf32>) -> !x {
      %y = nnq.group_norm %x, %s, %b groups = 1 epsilon = 0.0 : !x, tensor<2xf32>, tensor<2xf32> -> !x
      return %y : !x
    })mlir",
                   {Floats{1, 5}, Floats{10, 20}, Floats{1, 2}}),
            (Floats{-9, 22}));
}

TEST_F(ImageTest, local_response_norm_ends_with_the_channels) {
  // Of a size of 2, the window is a channel and the next one: 1 + 4, 4 + 9, 9; by 2, plus 1.
  EXPECT_EQ(floats(R"mlir(
    func.func @f(%x: tensor<3xf32>) -> tensor<3xf32> {
      %y = nnq.local_response_norm %x size = 2 alpha = 2.0 beta = 1.0 bias = 1.0 : tensor<3xf32> -> tensor<3xf32>
      return %y : tensor<3xf32>
    })mlir",
                   {Floats{1, 2, 3}}),
            (Floats{1.0f / 6, 2.0f / 14, 0.3f}));
}

TEST_F(ImageTest, interpolate_mixes_along_its_axis) {
  EXPECT_EQ(floats(R"mlir(
    func.func @f(%x: tensor<2x3x1xf32>) -> tensor<2x2x1xf32> {
      %i = nnq.constant dense<[[0, 1], [2, 2]]> : tensor<2x2xi32> -> tensor<2x2xi32>
      %w = nnq.constant dense<[[0.5, 2.0], [1.0, 0.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
      %y = nnq.interpolate %x, %i, %w axis = 1 : tensor<2x3x1xf32>, tensor<2x2xi32>, tensor<2x2xf32> -> tensor<2x2x1xf32>
      return %y : tensor<2x2x1xf32>
    })mlir",
                   {Floats{2, 3, 4, 10, 20, 30}}),
            (Floats{7, 4, 45, 30}));
}

/// A row of pixels 1, 2, 4 at the places `xs` of its grid.
std::string sampleRow(llvm::StringRef mode, llvm::StringRef padding, llvm::StringRef flags) {
  return ("func.func @f(%x: tensor<1x1x3x1xf32>, %g: tensor<1x1x4x2xf32>) -> tensor<1x1x4x1xf32> "
          "{\n"
          "  %y = nnq.grid_sample " +
          mode + " %x, %g padding = " + padding + flags +
          " : tensor<1x1x3x1xf32>, tensor<1x1x4x2xf32> -> tensor<1x1x4x1xf32>\n"
          "  return %y : tensor<1x1x4x1xf32>\n}")
      .str();
}

TEST_F(ImageTest, grid_sample_reaches_the_padding) {
  // With corners aligned, -1, 0 and 1 are the pixels' centres; -1.5 is half a pixel outside, -2
  // one.
  Floats row{1, 2, 4}, grid{-1, 0, 0.5f, 0, -1.5f, 0, -2, 0};
  EXPECT_EQ(floats(sampleRow("bilinear", "zeros", " {align_corners}"), {row, grid}),
            (Floats{1, 3, 0.5f, 0}));
  EXPECT_EQ(floats(sampleRow("bilinear", "border", " {align_corners}"), {row, grid}),
            (Floats{1, 3, 1, 1}));
  EXPECT_EQ(floats(sampleRow("bilinear", "reflection", " {align_corners}"), {row, grid}),
            (Floats{1, 3, 1.5f, 2}));
}

TEST_F(ImageTest, grid_sample_without_aligned_corners_counts_edges) {
  // -1 is the edge, half a pixel in front of the first; 2/3 is the centre of the last.
  EXPECT_EQ(floats(sampleRow("bilinear", "zeros", ""),
                   {Floats{1, 2, 4}, Floats{-1, 0, 0, 0, 2.0f / 3, 0, 3, 0}}),
            (Floats{0.5f, 2, 4, 0}));
}

TEST_F(ImageTest, grid_sample_cubic_goes_through_the_pixels) {
  // At 1/2 the weights are -0.09375, 0.59375, 0.59375, -0.09375; the border stands for what is
  // outside.
  EXPECT_EQ(floats(sampleRow("bicubic", "border", " {align_corners}"),
                   {Floats{1, 2, 4}, Floats{-1, 0, 0, 0, 1, 0, -0.5f, 0}}),
            (Floats{1, 2, 4, 1.3125f}));
}
} // namespace
