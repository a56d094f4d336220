// RUN: nnq-opt %s --nnq-propagate-layout | FileCheck %s

// CHECK: nnq.transpose %arg0
// CHECK-NEXT: nnq.conv2d
// CHECK-NEXT: nnq.clamp {{.*}} tensor<1x8x8x4xf32> -> tensor<1x8x8x4xf32>
// CHECK-NEXT: nnq.max_pool2d
// CHECK-NEXT: nnq.transpose
// CHECK-NEXT: return

func.func @conv_relu_pool(%x: tensor<1x4x8x8xf32>, %w: tensor<4x1x1x4xf32>) -> tensor<1x4x4x4xf32> {
  %0 = nnq.transpose %x permutation = [0, 2, 3, 1] : tensor<1x4x8x8xf32> -> tensor<1x8x8x4xf32>
  %1 = nnq.conv2d %0, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 : tensor<1x8x8x4xf32>, tensor<4x1x1x4xf32> -> tensor<1x8x8x4xf32>
  %2 = nnq.transpose %1 permutation = [0, 3, 1, 2] : tensor<1x8x8x4xf32> -> tensor<1x4x8x8xf32>
  %3 = nnq.clamp %2 min = 0.0 max = 0x7F800000 : tensor<1x4x8x8xf32> -> tensor<1x4x8x8xf32>
  %4 = nnq.transpose %3 permutation = [0, 2, 3, 1] : tensor<1x4x8x8xf32> -> tensor<1x8x8x4xf32>
  %5 = nnq.max_pool2d %4 kernel = [2, 2] strides = [2, 2] pads = [0, 0, 0, 0] dilations = [1, 1] : tensor<1x8x8x4xf32> -> tensor<1x4x4x4xf32>
  %6 = nnq.transpose %5 permutation = [0, 3, 1, 2] : tensor<1x4x4x4xf32> -> tensor<1x4x4x4xf32>
  return %6 : tensor<1x4x4x4xf32>
}
