// RUN: nnq-opt %s --nnq-decompose-layers | FileCheck %s

// CHECK: %[[PADDED:.*]] = nnq.pad %arg0
// CHECK: nnq.conv2d %[[PADDED]], {{.*}} pads = [0, 0, 0, 0]

func.func @network(%x: tensor<1x8x8x4xf32>) -> tensor<1x8x8x16xf32> {
  %w = nnq.constant dense<0.5> : tensor<16x3x3x4xf32> -> tensor<16x3x3x4xf32>
  %y = nnq.conv2d %x, %w strides = [1, 1] pads = [1, 1, 1, 1] dilations = [1, 1] groups = 1
    : tensor<1x8x8x4xf32>, tensor<16x3x3x4xf32> -> tensor<1x8x8x16xf32>
  return %y : tensor<1x8x8x16xf32>
}
