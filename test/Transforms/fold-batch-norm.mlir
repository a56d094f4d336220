// RUN: nnq-opt %s --nnq-fold-batch-norm | FileCheck %s

// g / sqrt(v + e) = [2, 6 / 3]; the bias has to be made.
// CHECK-LABEL: @behind_convolution_without_bias
// CHECK-DAG: %[[W:.*]] = nnq.constant dense<{{.*}}2.000000e+00{{.*}}6.000000e+00{{.*}}> : tensor<2x1x1x1xf32>
// CHECK-DAG: %[[B:.*]] = nnq.constant dense<[-1.900000e+01, -3.800000e+01]> : tensor<2xf32>
// CHECK: %[[Y:.*]] = nnq.conv2d %arg0, %[[W]], %[[B]]
// CHECK-NEXT: return %[[Y]]
func.func @behind_convolution_without_bias(%x: tensor<1x2x2x1xf32>) -> tensor<1x2x2x2xf32> {
  %w = nnq.constant dense<[[[[1.0]]], [[[3.0]]]]> : tensor<2x1x1x1xf32> -> tensor<2x1x1x1xf32>
  %g = nnq.constant dense<[2.0, 4.0]> : tensor<2xf32> -> tensor<2xf32>
  %b = nnq.constant dense<[1.0, 2.0]> : tensor<2xf32> -> tensor<2xf32>
  %m = nnq.constant dense<[10.0, 20.0]> : tensor<2xf32> -> tensor<2xf32>
  %v = nnq.constant dense<[0.5, 3.5]> : tensor<2xf32> -> tensor<2xf32>
  %0 = nnq.conv2d %x, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 : tensor<1x2x2x1xf32>, tensor<2x1x1x1xf32> -> tensor<1x2x2x2xf32>
  %1 = nnq.batch_norm %0, %g, %b, %m, %v epsilon = 0.5 : tensor<1x2x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32> -> tensor<1x2x2x2xf32>
  return %1 : tensor<1x2x2x2xf32>
}

// A scale, then an offset, behind a layer that has a bias: (w x + b) * s + t.
// CHECK-LABEL: @scale_and_offset_behind_fully_connected
// CHECK-DAG: %[[W:.*]] = nnq.constant dense<{{\[\[}}2.000000e+00], [8.000000e+00]]>
// CHECK-DAG: %[[B:.*]] = nnq.constant dense<[1.500000e+01, 2.100000e+01]>
// CHECK: %[[Y:.*]] = nnq.fully_connected %arg0, %[[W]], %[[B]]
// CHECK-NEXT: return %[[Y]]
func.func @scale_and_offset_behind_fully_connected(%x: tensor<1x1xf32>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1.0], [4.0]]> : tensor<2x1xf32> -> tensor<2x1xf32>
  %b = nnq.constant dense<[5.0, 8.0]> : tensor<2xf32> -> tensor<2xf32>
  %s = nnq.constant dense<2.0> : tensor<f32> -> tensor<f32>
  %t = nnq.constant dense<5.0> : tensor<2xf32> -> tensor<2xf32>
  %0 = nnq.fully_connected %x, %w, %b : tensor<1x1xf32>, tensor<2x1xf32>, tensor<2xf32> -> tensor<1x2xf32>
  %1 = nnq.mul %s, %0 : tensor<f32>, tensor<1x2xf32> -> tensor<1x2xf32>
  %2 = nnq.add %1, %t : tensor<1x2xf32>, tensor<2xf32> -> tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}

// On the input, and in front of an activation: a multiplication and an addition.
// CHECK-LABEL: @alone
// CHECK-DAG: %[[S:.*]] = nnq.constant dense<2.000000e+00>
// CHECK-DAG: %[[T:.*]] = nnq.constant dense<[-1.900000e+01, -3.800000e+01]>
// CHECK: %[[M:.*]] = nnq.mul %arg0, %[[S]] : tensor<1x2x2x2xf32>, tensor<2xf32>
// CHECK: %[[A:.*]] = nnq.add %[[M]], %[[T]]
// CHECK: nnq.clamp %[[A]]
func.func @alone(%x: tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32> {
  %g = nnq.constant dense<[2.0, 4.0]> : tensor<2xf32> -> tensor<2xf32>
  %b = nnq.constant dense<[1.0, 2.0]> : tensor<2xf32> -> tensor<2xf32>
  %m = nnq.constant dense<[10.0, 20.0]> : tensor<2xf32> -> tensor<2xf32>
  %v = nnq.constant dense<[0.5, 3.5]> : tensor<2xf32> -> tensor<2xf32>
  %0 = nnq.batch_norm %x, %g, %b, %m, %v epsilon = 0.5 : tensor<1x2x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32> -> tensor<1x2x2x2xf32>
  %1 = nnq.clamp %0 min = 0.0 max = 6.0 : tensor<1x2x2x2xf32> -> tensor<1x2x2x2xf32>
  return %1 : tensor<1x2x2x2xf32>
}

// CHECK-LABEL: @keeps_scale_behind_a_result_with_two_uses
// CHECK: %[[Y:.*]] = nnq.fully_connected %arg0
// CHECK: nnq.mul %[[Y]]
func.func @keeps_scale_behind_a_result_with_two_uses(%x: tensor<1x1xf32>) -> (tensor<1x2xf32>, tensor<1x2xf32>) {
  %w = nnq.constant dense<[[1.0], [4.0]]> : tensor<2x1xf32> -> tensor<2x1xf32>
  %s = nnq.constant dense<2.0> : tensor<f32> -> tensor<f32>
  %0 = nnq.fully_connected %x, %w : tensor<1x1xf32>, tensor<2x1xf32> -> tensor<1x2xf32>
  %1 = nnq.mul %0, %s : tensor<1x2xf32>, tensor<f32> -> tensor<1x2xf32>
  return %0, %1 : tensor<1x2xf32>, tensor<1x2xf32>
}

// One number per row is not one per channel.
// CHECK-LABEL: @keeps_offset_along_another_dimension
// CHECK: nnq.add
func.func @keeps_offset_along_another_dimension(%x: tensor<2x1xf32>) -> tensor<2x2xf32> {
  %w = nnq.constant dense<[[1.0], [4.0]]> : tensor<2x1xf32> -> tensor<2x1xf32>
  %t = nnq.constant dense<[[5.0], [6.0]]> : tensor<2x1xf32> -> tensor<2x1xf32>
  %0 = nnq.fully_connected %x, %w : tensor<2x1xf32>, tensor<2x1xf32> -> tensor<2x2xf32>
  %1 = nnq.add %0, %t : tensor<2x2xf32>, tensor<2x1xf32> -> tensor<2x2xf32>
  return %1 : tensor<2x2xf32>
}

// CHECK-LABEL: @keeps_computed_statistics
// CHECK: nnq.batch_norm
func.func @keeps_computed_statistics(%x: tensor<1x2xf32>, %m: tensor<2xf32>) -> tensor<1x2xf32> {
  %g = nnq.constant dense<[2.0, 4.0]> : tensor<2xf32> -> tensor<2xf32>
  %0 = nnq.batch_norm %x, %g, %g, %m, %g epsilon = 0.5 : tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32> -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// relu(conv(x)) * s = relu(conv(x) * s) for s > 0, and the same through a max pool.
// CHECK-LABEL: @scale_behind_rectifier_and_max_pool
// CHECK-DAG: %[[W:.*]] = nnq.constant dense<{{.*}}2.000000e+00{{.*}}1.200000e+01{{.*}}> : tensor<2x1x1x1xf32>
// CHECK-DAG: %[[B:.*]] = nnq.constant dense<[1.000000e+01, 3.200000e+01]> : tensor<2xf32>
// CHECK: %[[Y:.*]] = nnq.conv2d %arg0, %[[W]], %[[B]]
// CHECK-NEXT: %[[R:.*]] = nnq.clamp %[[Y]]
// CHECK-NEXT: %[[P:.*]] = nnq.max_pool2d %[[R]]
// CHECK-NEXT: return %[[P]]
func.func @scale_behind_rectifier_and_max_pool(%x: tensor<1x2x2x1xf32>) -> tensor<1x1x1x2xf32> {
  %w = nnq.constant dense<[[[[1.0]]], [[[3.0]]]]> : tensor<2x1x1x1xf32> -> tensor<2x1x1x1xf32>
  %b = nnq.constant dense<[5.0, 8.0]> : tensor<2xf32> -> tensor<2xf32>
  %s = nnq.constant dense<[2.0, 4.0]> : tensor<2xf32> -> tensor<2xf32>
  %0 = nnq.conv2d %x, %w, %b strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 : tensor<1x2x2x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32> -> tensor<1x2x2x2xf32>
  %1 = nnq.clamp %0 min = 0.0 max = 0x7F800000 : tensor<1x2x2x2xf32> -> tensor<1x2x2x2xf32>
  %2 = nnq.max_pool2d %1 kernel = [2, 2] strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] : tensor<1x2x2x2xf32> -> tensor<1x1x1x2xf32>
  %3 = nnq.mul %2, %s : tensor<1x1x1x2xf32>, tensor<2xf32> -> tensor<1x1x1x2xf32>
  return %3 : tensor<1x1x1x2xf32>
}

// Signs stay behind the rectifier, and so does 0, which would leave no weights.
// CHECK-LABEL: @signs_stay_behind_rectifier
// CHECK-DAG: %[[W:.*]] = nnq.constant dense<{{\[\[}}2.000000e+00], [1.200000e+01], [5.000000e+00]]>
// CHECK-DAG: %[[S:.*]] = nnq.constant dense<[1.000000e+00, -1.000000e+00, 0.000000e+00]>
// CHECK: %[[Y:.*]] = nnq.fully_connected %arg0, %[[W]]
// CHECK-NEXT: %[[R:.*]] = nnq.clamp %[[Y]]
// CHECK-NEXT: %[[M:.*]] = nnq.mul %[[R]], %[[S]]
// CHECK-NEXT: return %[[M]]
func.func @signs_stay_behind_rectifier(%x: tensor<1x1xf32>) -> tensor<1x3xf32> {
  %w = nnq.constant dense<[[1.0], [3.0], [5.0]]> : tensor<3x1xf32> -> tensor<3x1xf32>
  %s = nnq.constant dense<[2.0, -4.0, 0.0]> : tensor<3xf32> -> tensor<3xf32>
  %0 = nnq.fully_connected %x, %w : tensor<1x1xf32>, tensor<3x1xf32> -> tensor<1x3xf32>
  %1 = nnq.clamp %0 min = 0.0 max = 0x7F800000 : tensor<1x3xf32> -> tensor<1x3xf32>
  %2 = nnq.mul %1, %s : tensor<1x3xf32>, tensor<3xf32> -> tensor<1x3xf32>
  return %2 : tensor<1x3xf32>
}

// CHECK-LABEL: @keeps_scale_behind_relu6
// CHECK: nnq.clamp
// CHECK-NEXT: nnq.mul
func.func @keeps_scale_behind_relu6(%x: tensor<1x1xf32>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1.0], [3.0]]> : tensor<2x1xf32> -> tensor<2x1xf32>
  %s = nnq.constant dense<[2.0, 4.0]> : tensor<2xf32> -> tensor<2xf32>
  %0 = nnq.fully_connected %x, %w : tensor<1x1xf32>, tensor<2x1xf32> -> tensor<1x2xf32>
  %1 = nnq.clamp %0 min = 0.0 max = 6.0 : tensor<1x2xf32> -> tensor<1x2xf32>
  %2 = nnq.mul %1, %s : tensor<1x2xf32>, tensor<2xf32> -> tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}

// The rectifier's other use needs the values as they are.
// CHECK-LABEL: @keeps_scale_behind_a_rectifier_with_two_uses
// CHECK: nnq.clamp
// CHECK-NEXT: nnq.mul
func.func @keeps_scale_behind_a_rectifier_with_two_uses(%x: tensor<1x1xf32>) -> (tensor<1x2xf32>, tensor<1x2xf32>) {
  %w = nnq.constant dense<[[1.0], [3.0]]> : tensor<2x1xf32> -> tensor<2x1xf32>
  %s = nnq.constant dense<[2.0, 4.0]> : tensor<2xf32> -> tensor<2xf32>
  %0 = nnq.fully_connected %x, %w : tensor<1x1xf32>, tensor<2x1xf32> -> tensor<1x2xf32>
  %1 = nnq.clamp %0 min = 0.0 max = 0x7F800000 : tensor<1x2xf32> -> tensor<1x2xf32>
  %2 = nnq.mul %1, %s : tensor<1x2xf32>, tensor<2xf32> -> tensor<1x2xf32>
  return %1, %2 : tensor<1x2xf32>, tensor<1x2xf32>
}

// The scale and the offset that a group normalization is exported with.
// CHECK-LABEL: @scale_and_offset_behind_group_norm
// CHECK-DAG: %[[S:.*]] = nnq.constant dense<[2.000000e+00, 6.000000e+00]>
// CHECK-DAG: %[[B:.*]] = nnq.constant dense<[3.000000e+00, 7.000000e+00]>
// CHECK: %[[Y:.*]] = nnq.group_norm %arg0, %[[S]], %[[B]] groups = 1 epsilon = 5.000000e-01
// CHECK-NEXT: return %[[Y]]
func.func @scale_and_offset_behind_group_norm(%x: tensor<1x4x2xf32>) -> tensor<1x4x2xf32> {
  %one = nnq.constant dense<[1.0, 2.0]> : tensor<2xf32> -> tensor<2xf32>
  %s = nnq.constant dense<[[[2.0, 3.0]]]> : tensor<1x1x2xf32> -> tensor<1x1x2xf32>
  %t = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %0 = nnq.group_norm %x, %one, %one groups = 1 epsilon = 0.5 : tensor<1x4x2xf32>, tensor<2xf32>, tensor<2xf32> -> tensor<1x4x2xf32>
  %1 = nnq.mul %0, %s : tensor<1x4x2xf32>, tensor<1x1x2xf32> -> tensor<1x4x2xf32>
  %2 = nnq.add %1, %t : tensor<1x4x2xf32>, tensor<f32> -> tensor<1x4x2xf32>
  return %2 : tensor<1x4x2xf32>
}
