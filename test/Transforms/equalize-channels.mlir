// RUN: nnq-opt %s --split-input-file --nnq-equalize-channels --verify-diagnostics | FileCheck %s

// Expansion, depthwise convolution, projection: per channel the ranges are 64, 8, 1 and 1, 8, 1, so that all
// three come to 8 in the first and to 2 in the second.
// CHECK-LABEL: func @chain_of_three
// CHECK: %[[W1:.*]] = nnq.constant dense<{{.*}}8.000000e+00{{.*}}2.000000e+00{{.*}}> : tensor<2x1x1x1xf32>
// CHECK: %[[B1:.*]] = nnq.constant dense<[1.250000e-01, 2.000000e+00]>
// CHECK: nnq.conv2d %{{.*}}, %[[W1]], %[[B1]]
// CHECK: nnq.clamp
// CHECK: %[[W2:.*]] = nnq.constant dense<{{.*}}8.000000e+00{{.*}}2.000000e+00{{.*}}> : tensor<2x1x1x1xf32>
// CHECK: nnq.conv2d %{{.*}}, %[[W2]]
// CHECK: %[[W3:.*]] = nnq.constant dense<{{.*}}8.000000e+00, 2.000000e+00{{.*}}> : tensor<1x1x1x2xf32>
// CHECK: nnq.conv2d %{{.*}}, %[[W3]]
func.func @chain_of_three(%x: tensor<1x4x4x1xf32>) -> tensor<1x4x4x1xf32> {
  %w1 = nnq.constant dense<[[[[64.0]]], [[[1.0]]]]> : tensor<2x1x1x1xf32> -> tensor<2x1x1x1xf32>
  %b1 = nnq.constant dense<1.0> : tensor<2xf32> -> tensor<2xf32>
  %w2 = nnq.constant dense<[[[[8.0]]], [[[8.0]]]]> : tensor<2x1x1x1xf32> -> tensor<2x1x1x1xf32>
  %w3 = nnq.constant dense<1.0> : tensor<1x1x1x2xf32> -> tensor<1x1x1x2xf32>
  %0 = nnq.conv2d %x, %w1, %b1 strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1
    : tensor<1x4x4x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32> -> tensor<1x4x4x2xf32>
  %1 = nnq.clamp %0 min = 0.0 max = 0x7F800000 : tensor<1x4x4x2xf32> -> tensor<1x4x4x2xf32>
  // expected-remark @below {{channels are divided by 2^-1 to 2^3 behind 'conv2d' and multiplied in this layer}}
  %2 = nnq.conv2d %1, %w2 strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 2
    : tensor<1x4x4x2xf32>, tensor<2x1x1x1xf32> -> tensor<1x4x4x2xf32>
  // expected-remark @below {{channels are divided by 2^1 to 2^3 behind 'conv2d' and multiplied in this layer}}
  %3 = nnq.conv2d %2, %w3 strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1
    : tensor<1x4x4x2xf32>, tensor<1x1x1x2xf32> -> tensor<1x4x4x1xf32>
  return %3 : tensor<1x4x4x1xf32>
}

// -----

// Pools and flattened pixels keep channels: both pixels of the first are multiplied by 4.
// CHECK-LABEL: func @pools_and_pixels
// CHECK: nnq.constant dense<{{.*}}4.000000e+00{{.*}}1.000000e+00{{.*}}> : tensor<2x1x1x1xf32>
// CHECK: nnq.constant dense<{{.*}}4.000000e+00, 1.000000e+00, 4.000000e+00, 1.000000e+00{{.*}}> : tensor<1x4xf32>
func.func @pools_and_pixels(%x: tensor<1x2x2x1xf32>) -> tensor<1x1xf32> {
  %w1 = nnq.constant dense<[[[[16.0]]], [[[1.0]]]]> : tensor<2x1x1x1xf32> -> tensor<2x1x1x1xf32>
  %w2 = nnq.constant dense<1.0> : tensor<1x4xf32> -> tensor<1x4xf32>
  %0 = nnq.conv2d %x, %w1 strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1
    : tensor<1x2x2x1xf32>, tensor<2x1x1x1xf32> -> tensor<1x2x2x2xf32>
  %1 = nnq.max_pool2d %0 kernel = [1, 1] strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1]
    : tensor<1x2x2x2xf32> -> tensor<1x2x2x2xf32>
  %2 = nnq.reduce mean %1 axes = [2] : tensor<1x2x2x2xf32> -> tensor<1x2x1x2xf32>
  %3 = nnq.reshape %2 : tensor<1x2x1x2xf32> -> tensor<1x4xf32>
  // expected-remark @below {{channels are divided by 2^0 to 2^2}}
  %4 = nnq.fully_connected %3, %w2 : tensor<1x4xf32>, tensor<1x4xf32> -> tensor<1x1xf32>
  return %4 : tensor<1x1xf32>
}

// -----

// Left alone: a residual, another function, a clamp with a bound below 0, a sum over channels.
// CHECK-LABEL: func @left_alone
// CHECK: %[[W:.*]] = nnq.constant dense<{{.}}[1.600000e+01, 1.000000e+00], [1.000000e+00, 1.000000e+00]]>
// CHECK-NOT: nnq.constant
// CHECK: return
func.func @left_alone(%x: tensor<1x2xf32>) -> (tensor<1x2xf32>, tensor<1x2xf32>) {
  %w = nnq.constant dense<[[16.0, 1.0], [1.0, 1.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %0 = nnq.fully_connected %x, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  %1 = nnq.fully_connected %0, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  %2 = nnq.add %0, %1 : tensor<1x2xf32>, tensor<1x2xf32> -> tensor<1x2xf32>
  %3 = nnq.fully_connected %2, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  %4 = nnq.unary sigmoid %3 : tensor<1x2xf32> -> tensor<1x2xf32>
  %5 = nnq.fully_connected %4, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  %6 = nnq.clamp %5 min = -1.0 max = 1.0 : tensor<1x2xf32> -> tensor<1x2xf32>
  %7 = nnq.fully_connected %6, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  return %2, %7 : tensor<1x2xf32>, tensor<1x2xf32>
}

// -----

// Left alone: weights that are no constants.
// CHECK-LABEL: func @weights_that_come
// CHECK-NOT: nnq.constant dense<{{.}}[4.0
func.func @weights_that_come(%x: tensor<1x1xf32>, %w2: tensor<1x2xf32>) -> tensor<1x1xf32> {
  %w1 = nnq.constant dense<[[16.0], [1.0]]> : tensor<2x1xf32> -> tensor<2x1xf32>
  %0 = nnq.fully_connected %x, %w1 : tensor<1x1xf32>, tensor<2x1xf32> -> tensor<1x2xf32>
  %1 = nnq.fully_connected %0, %w2 : tensor<1x2xf32>, tensor<1x2xf32> -> tensor<1x1xf32>
  return %1 : tensor<1x1xf32>
}
