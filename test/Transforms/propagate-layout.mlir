// RUN: nnq-opt %s --nnq-propagate-layout | FileCheck %s

// The transposes between two convolutions, a rectifier and a pool cancel; those at input and output stay.
// CHECK-LABEL: @cancels_between_convolutions
// CHECK-NEXT: nnq.constant
// CHECK-NEXT: %[[X:.*]] = nnq.transpose %arg0 permutation = [0, 2, 3, 1]
// CHECK-NEXT: %[[C:.*]] = nnq.conv2d %[[X]]
// CHECK-NEXT: %[[R:.*]] = nnq.clamp %[[C]] {{.*}} : tensor<1x8x8x4xf32> -> tensor<1x8x8x4xf32>
// CHECK-NEXT: %[[D:.*]] = nnq.conv2d %[[R]]
// CHECK-NEXT: %[[Y:.*]] = nnq.transpose %[[D]] permutation = [0, 3, 1, 2]
// CHECK-NEXT: return %[[Y]]
func.func @cancels_between_convolutions(%x: tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32> {
  %w = nnq.constant dense<1.0> : tensor<4x1x1x4xf32> -> tensor<4x1x1x4xf32>
  %0 = nnq.transpose %x permutation = [0, 2, 3, 1] : tensor<1x4x8x8xf32> -> tensor<1x8x8x4xf32>
  %1 = nnq.conv2d %0, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 : tensor<1x8x8x4xf32>, tensor<4x1x1x4xf32> -> tensor<1x8x8x4xf32>
  %2 = nnq.transpose %1 permutation = [0, 3, 1, 2] : tensor<1x8x8x4xf32> -> tensor<1x4x8x8xf32>
  %3 = nnq.clamp %2 min = 0.0 max = 0x7F800000 : tensor<1x4x8x8xf32> -> tensor<1x4x8x8xf32>
  %4 = nnq.transpose %3 permutation = [0, 2, 3, 1] : tensor<1x4x8x8xf32> -> tensor<1x8x8x4xf32>
  %5 = nnq.conv2d %4, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 : tensor<1x8x8x4xf32>, tensor<4x1x1x4xf32> -> tensor<1x8x8x4xf32>
  %6 = nnq.transpose %5 permutation = [0, 3, 1, 2] : tensor<1x8x8x4xf32> -> tensor<1x4x8x8xf32>
  return %6 : tensor<1x4x8x8xf32>
}

// A residual: the other operand comes in channels-first order and gets the inverse transpose, which meets the one of the input.
// CHECK-LABEL: @residual_of_the_input
// CHECK: %[[T:.*]] = nnq.transpose %arg0 permutation = [0, 2, 3, 1]
// CHECK: %[[C:.*]] = nnq.conv2d
// CHECK: %[[X:.*]] = nnq.transpose %arg0 permutation = [0, 2, 3, 1]
// CHECK: %[[S:.*]] = nnq.add %[[C]], %[[X]] : tensor<1x8x8x4xf32>, tensor<1x8x8x4xf32>
// CHECK: nnq.transpose %[[S]] permutation = [0, 3, 1, 2]
func.func @residual_of_the_input(%x: tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32> {
  %w = nnq.constant dense<1.0> : tensor<4x1x1x4xf32> -> tensor<4x1x1x4xf32>
  %0 = nnq.transpose %x permutation = [0, 2, 3, 1] : tensor<1x4x8x8xf32> -> tensor<1x8x8x4xf32>
  %1 = nnq.conv2d %0, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 : tensor<1x8x8x4xf32>, tensor<4x1x1x4xf32> -> tensor<1x8x8x4xf32>
  %2 = nnq.transpose %1 permutation = [0, 3, 1, 2] : tensor<1x8x8x4xf32> -> tensor<1x4x8x8xf32>
  %3 = nnq.add %2, %x : tensor<1x4x8x8xf32>, tensor<1x4x8x8xf32> -> tensor<1x4x8x8xf32>
  return %3 : tensor<1x4x8x8xf32>
}

// Constants that broadcast are aligned right, permuted, and lose their leading 1s.
// CHECK-LABEL: @constant_of_rank_3_and_scalar
// CHECK-DAG: %[[C:.*]] = nnq.constant dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>
// CHECK-DAG: %[[S:.*]] = nnq.constant dense<3.000000e+00> : tensor<f32>
// CHECK: %[[A:.*]] = nnq.add %arg0, %[[C]] : tensor<1x3x3x2xf32>, tensor<2xf32>
// CHECK: nnq.mul %[[A]], %[[S]] : tensor<1x3x3x2xf32>, tensor<f32>
func.func @constant_of_rank_3_and_scalar(%x: tensor<1x3x3x2xf32>) -> tensor<1x2x3x3xf32> {
  %c = nnq.constant dense<[[[1.0]], [[2.0]]]> : tensor<2x1x1xf32> -> tensor<2x1x1xf32>
  %s = nnq.constant dense<3.0> : tensor<f32> -> tensor<f32>
  %0 = nnq.transpose %x permutation = [0, 3, 1, 2] : tensor<1x3x3x2xf32> -> tensor<1x2x3x3xf32>
  %1 = nnq.add %0, %c : tensor<1x2x3x3xf32>, tensor<2x1x1xf32> -> tensor<1x2x3x3xf32>
  %2 = nnq.mul %1, %s : tensor<1x2x3x3xf32>, tensor<f32> -> tensor<1x2x3x3xf32>
  return %2 : tensor<1x2x3x3xf32>
}

// A vector along W in channels-first order is no vector along C behind it.
// CHECK-LABEL: @constant_along_width
// CHECK: nnq.constant dense<{{\[\[}}1.000000e+00], [2.000000e+00], [3.000000e+00]]> : tensor<3x1xf32>
// CHECK: nnq.add %arg0, %{{.*}} : tensor<1x3x3x2xf32>, tensor<3x1xf32>
func.func @constant_along_width(%x: tensor<1x3x3x2xf32>) -> tensor<1x2x3x3xf32> {
  %c = nnq.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32> -> tensor<3xf32>
  %0 = nnq.transpose %x permutation = [0, 3, 1, 2] : tensor<1x3x3x2xf32> -> tensor<1x2x3x3xf32>
  %1 = nnq.add %0, %c : tensor<1x2x3x3xf32>, tensor<3xf32> -> tensor<1x2x3x3xf32>
  return %1 : tensor<1x2x3x3xf32>
}

// Slice and pad (the shortcut of small ResNets), concat and mean rename their dimensions.
// CHECK-LABEL: @renames_dimensions
// CHECK: %[[S:.*]] = nnq.slice %arg0 starts = [0, 0, 0, 0] sizes = [1, 4, 4, 2] strides = [1, 2, 2, 1]
// CHECK: %[[P:.*]] = nnq.pad %[[S]] low = [0, 0, 0, 1] high = [0, 0, 0, 1]
// CHECK: %[[C:.*]] = nnq.concat %[[P]], %[[P]] axis = 3
// CHECK: %[[M:.*]] = nnq.reduce mean %[[C]] axes = [1, 2] : tensor<1x4x4x8xf32> -> tensor<1x1x1x8xf32>
// CHECK: nnq.reshape %[[M]] : tensor<1x1x1x8xf32> -> tensor<1x8xf32>
// CHECK-NOT: nnq.transpose
func.func @renames_dimensions(%x: tensor<1x8x8x2xf32>) -> tensor<1x8xf32> {
  %0 = nnq.transpose %x permutation = [0, 3, 1, 2] : tensor<1x8x8x2xf32> -> tensor<1x2x8x8xf32>
  %1 = nnq.slice %0 starts = [0, 0, 0, 0] sizes = [1, 2, 4, 4] strides = [1, 1, 2, 2] : tensor<1x2x8x8xf32> -> tensor<1x2x4x4xf32>
  %2 = nnq.pad %1 low = [0, 1, 0, 0] high = [0, 1, 0, 0] value = 0.0 : tensor<1x2x4x4xf32> -> tensor<1x4x4x4xf32>
  %3 = nnq.concat %2, %2 axis = 1 : tensor<1x4x4x4xf32>, tensor<1x4x4x4xf32> -> tensor<1x8x4x4xf32>
  %4 = nnq.reduce mean %3 axes = [2, 3] : tensor<1x8x4x4xf32> -> tensor<1x8x1x1xf32>
  %5 = nnq.reshape %4 : tensor<1x8x1x1xf32> -> tensor<1x8xf32>
  return %5 : tensor<1x8xf32>
}

// Squeeze and excitation: the gate has only unit dimensions off the channels.
// CHECK-LABEL: @gate_of_unit_dimensions
// CHECK: nnq.mul %arg0, %arg1 : tensor<1x8x8x2xf32>, tensor<1x1x1x2xf32>
func.func @gate_of_unit_dimensions(%x: tensor<1x8x8x2xf32>, %g: tensor<1x1x1x2xf32>) -> tensor<1x2x8x8xf32> {
  %0 = nnq.transpose %x permutation = [0, 3, 1, 2] : tensor<1x8x8x2xf32> -> tensor<1x2x8x8xf32>
  %1 = nnq.transpose %g permutation = [0, 3, 1, 2] : tensor<1x1x1x2xf32> -> tensor<1x2x1x1xf32>
  %2 = nnq.mul %0, %1 : tensor<1x2x8x8xf32>, tensor<1x2x1x1xf32> -> tensor<1x2x8x8xf32>
  return %2 : tensor<1x2x8x8xf32>
}

// The columns of the matrix are put in the order of the channels-last image: c * 2 + w becomes w * 3 + c.
// CHECK-LABEL: @flatten_in_front_of_weights
// CHECK-SAME: %[[X:.*]]: tensor<1x1x2x3xf32>
// CHECK: %[[W:.*]] = nnq.constant dense<{{\[\[}}0.000000e+00, 2.000000e+00, 4.000000e+00, 1.000000e+00, 3.000000e+00, 5.000000e+00]]>
// CHECK: %[[F:.*]] = nnq.reshape %[[X]] : tensor<1x1x2x3xf32> -> tensor<1x6xf32>
// CHECK: nnq.fully_connected %[[F]], %[[W]]
func.func @flatten_in_front_of_weights(%x: tensor<1x1x2x3xf32>) -> tensor<1x1xf32> {
  %w = nnq.constant dense<[[0.0, 1.0, 2.0, 3.0, 4.0, 5.0]]> : tensor<1x6xf32> -> tensor<1x6xf32>
  %0 = nnq.transpose %x permutation = [0, 3, 1, 2] : tensor<1x1x2x3xf32> -> tensor<1x3x1x2xf32>
  %1 = nnq.reshape %0 : tensor<1x3x1x2xf32> -> tensor<1x6xf32>
  %2 = nnq.fully_connected %1, %w : tensor<1x6xf32>, tensor<1x6xf32> -> tensor<1x1xf32>
  return %2 : tensor<1x1xf32>
}

// Preprocessing in front of the first convolution moves behind the transpose of the input.
// CHECK-LABEL: @hoists_above_preprocessing
// CHECK: %[[T:.*]] = nnq.transpose %arg0 permutation = [0, 2, 3, 1]
// CHECK: %[[M:.*]] = nnq.mul %[[T]], %{{.*}} : tensor<1x4x4x3xf32>, tensor<3xf32>
// CHECK: return %[[M]]
func.func @hoists_above_preprocessing(%x: tensor<1x3x4x4xf32>) -> tensor<1x4x4x3xf32> {
  %c = nnq.constant dense<[[[[1.0]], [[2.0]], [[3.0]]]]> : tensor<1x3x1x1xf32> -> tensor<1x3x1x1xf32>
  %0 = nnq.mul %x, %c : tensor<1x3x4x4xf32>, tensor<1x3x1x1xf32> -> tensor<1x3x4x4xf32>
  %1 = nnq.transpose %0 permutation = [0, 2, 3, 1] : tensor<1x3x4x4xf32> -> tensor<1x4x4x3xf32>
  return %1 : tensor<1x4x4x3xf32>
}

// Heads of attention: no layout of images, left alone.
// CHECK-LABEL: @keeps_other_permutations
// CHECK: %[[T:.*]] = nnq.transpose %arg0 permutation = [0, 2, 1, 3]
// CHECK: nnq.mul %[[T]]
func.func @keeps_other_permutations(%x: tensor<1x4x5x6xf32>) -> tensor<1x5x4x6xf32> {
  %s = nnq.constant dense<3.0> : tensor<f32> -> tensor<f32>
  %0 = nnq.transpose %x permutation = [0, 2, 1, 3] : tensor<1x4x5x6xf32> -> tensor<1x5x4x6xf32>
  %1 = nnq.mul %0, %s : tensor<1x5x4x6xf32>, tensor<f32> -> tensor<1x5x4x6xf32>
  return %1 : tensor<1x5x4x6xf32>
}

// Three dimensions: the permutation is its own inverse, so nothing that would need a new one is touched.
// CHECK-LABEL: @rank_3_ends
// CHECK: %[[T:.*]] = nnq.transpose %arg0 permutation = [0, 2, 1]
// CHECK: nnq.add %[[T]], %arg1
func.func @rank_3_ends(%x: tensor<1x4x5xf32>, %y: tensor<1x5x4xf32>) -> tensor<1x5x4xf32> {
  %0 = nnq.transpose %x permutation = [0, 2, 1] : tensor<1x4x5xf32> -> tensor<1x5x4xf32>
  %1 = nnq.add %0, %y : tensor<1x5x4xf32>, tensor<1x5x4xf32> -> tensor<1x5x4xf32>
  return %1 : tensor<1x5x4xf32>
}

// CHECK-LABEL: @folds_constants
// CHECK: %[[C:.*]] = nnq.constant dense<[1.000000e+00, 3.000000e+00, 2.000000e+00, 4.000000e+00]> : tensor<4xf32>
// CHECK: return %[[C]]
func.func @folds_constants() -> tensor<4xf32> {
  %c = nnq.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %0 = nnq.transpose %c permutation = [1, 0] : tensor<2x2xf32> -> tensor<2x2xf32>
  %1 = nnq.reshape %0 : tensor<2x2xf32> -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// The axes and the parameters of a normalization move with its input.
// CHECK-LABEL: @sinks_below_normalization
// CHECK: %[[S:.*]] = nnq.constant {{.*}} -> tensor<1x1x1x3xf32>
// CHECK: %[[N:.*]] = nnq.normalize rms %arg0 scale %[[S]] : tensor<1x1x1x3xf32> axes = [3] epsilon = 1.000000e+00 inside : tensor<1x4x5x3xf32>
// CHECK: nnq.transpose %[[N]] permutation = [0, 3, 1, 2]
func.func @sinks_below_normalization(%x: tensor<1x4x5x3xf32>) -> tensor<1x3x4x5xf32> {
  %s = nnq.constant dense<[[[[1.0]], [[2.0]], [[3.0]]]]> : tensor<1x3x1x1xf32> -> tensor<1x3x1x1xf32>
  %0 = nnq.transpose %x permutation = [0, 3, 1, 2] : tensor<1x4x5x3xf32> -> tensor<1x3x4x5xf32>
  %1 = nnq.normalize rms %0 scale %s : tensor<1x3x1x1xf32> axes = [1] epsilon = 1.0 inside : tensor<1x3x4x5xf32> -> tensor<1x3x4x5xf32>
  return %1 : tensor<1x3x4x5xf32>
}
