// RUN: nnq-opt %s --nnq-collapse-dims | FileCheck %s

// CHECK: %[[ROWS:.*]] = nnq.reshape %arg0 {{.*}} -> tensor<64x4xf32>
// CHECK: nnq.fully_connected %[[ROWS]]
// CHECK: nnq.clamp {{.*}} tensor<64x16xf32>
// CHECK: nnq.reshape {{.*}} -> tensor<1x8x8x16xf32>

func.func @network(%x: tensor<1x8x8x4xf32>) -> tensor<1x8x8x16xf32> {
  %w = nnq.constant dense<0.5> : tensor<16x1x1x4xf32> -> tensor<16x1x1x4xf32>
  %y = nnq.conv2d %x, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1
    : tensor<1x8x8x4xf32>, tensor<16x1x1x4xf32> -> tensor<1x8x8x16xf32>
  %z = nnq.clamp %y min = 0.0 max = 6.0 : tensor<1x8x8x16xf32> -> tensor<1x8x8x16xf32>
  return %z : tensor<1x8x8x16xf32>
}
