// The rules of docs/Semantics.md for the operations of NNQImageOps.td.

// RUN: nnq-opt %s --split-input-file --verify-diagnostics

func.func @prelu_c1_slope_that_is_larger(%x: tensor<1x4x4x1xf32>, %s: tensor<3xf32>) {
  // expected-error @+1 {{'nnq.prelu' op has a slope of shape [3] that does not broadcast to the input's shape [1, 4, 4, 1]}}
  %0 = nnq.prelu %x, %s : tensor<1x4x4x1xf32>, tensor<3xf32> -> tensor<1x4x4x3xf32>
  return
}

// -----

func.func @elementwise_c1_slope_of_another_size(%x: tensor<1x4x4x2xf32>, %s: tensor<3xf32>) {
  // expected-error @+1 {{'nnq.prelu' op has operands of shapes [1, 4, 4, 2] and [3] that can't be broadcast}}
  %0 = nnq.prelu %x, %s : tensor<1x4x4x2xf32>, tensor<3xf32> -> tensor<1x4x4x2xf32>
  return
}

// -----

func.func @group_norm_c1_rank(%x: tensor<4xf32>, %s: tensor<4xf32>) {
  // expected-error @+1 {{'nnq.group_norm' op has an input of rank 1; it needs images and channels}}
  %0 = nnq.group_norm %x, %s, %s groups = 2 epsilon = 0.0 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  return
}

// -----

func.func @group_norm_c2_groups(%x: tensor<1x8x4xf32>, %s: tensor<4xf32>) {
  // expected-error @+1 {{'nnq.group_norm' op has 3 groups, which do not divide 4 channels}}
  %0 = nnq.group_norm %x, %s, %s groups = 3 epsilon = 0.0 : tensor<1x8x4xf32>, tensor<4xf32>, tensor<4xf32> -> tensor<1x8x4xf32>
  return
}

// -----

func.func @group_norm_c3_parameters(%x: tensor<1x8x4xf32>, %s: tensor<4xf32>, %b: tensor<2xf32>) {
  // expected-error @+1 {{'nnq.group_norm' op has 4 channels but a parameter of shape [2]}}
  %0 = nnq.group_norm %x, %s, %b groups = 2 epsilon = 0.0 : tensor<1x8x4xf32>, tensor<4xf32>, tensor<2xf32> -> tensor<1x8x4xf32>
  return
}

// -----

func.func @local_response_norm_c1_size(%x: tensor<1x8x4xf32>) {
  // expected-error @+1 {{'nnq.local_response_norm' op normalizes over 0 channels of an input of rank 3; it needs at least 1 of each}}
  %0 = nnq.local_response_norm %x size = 0 alpha = 1.0 beta = 1.0 bias = 1.0 : tensor<1x8x4xf32> -> tensor<1x8x4xf32>
  return
}

// -----

func.func @interpolate_c1_axis(%x: tensor<4xf32>) {
  %i = nnq.constant dense<0> : tensor<2x1xi32> -> tensor<2x1xi32>
  %w = nnq.constant dense<1.0> : tensor<2x1xf32> -> tensor<2x1xf32>
  // expected-error @+1 {{'nnq.interpolate' op has axis 1 for an input of rank 1}}
  %0 = nnq.interpolate %x, %i, %w axis = 1 : tensor<4xf32>, tensor<2x1xi32>, tensor<2x1xf32> -> tensor<2xf32>
  return
}

// -----

func.func @interpolate_c2_shapes(%x: tensor<4xf32>) {
  %i = nnq.constant dense<0> : tensor<2x1xi32> -> tensor<2x1xi32>
  %w = nnq.constant dense<1.0> : tensor<2x2xf32> -> tensor<2x2xf32>
  // expected-error @+1 {{'nnq.interpolate' op has indices of shape [2, 1] and weights of shape [2, 2]; it needs a row for each element of the result in both}}
  %0 = nnq.interpolate %x, %i, %w axis = 0 : tensor<4xf32>, tensor<2x1xi32>, tensor<2x2xf32> -> tensor<2xf32>
  return
}

// -----

func.func @interpolate_c3_computed(%x: tensor<4xf32>, %w: tensor<2x1xf32>) {
  %i = nnq.constant dense<0> : tensor<2x1xi32> -> tensor<2x1xi32>
  // expected-error @+1 {{'nnq.interpolate' op has weights that are computed; they must be constant}}
  %0 = nnq.interpolate %x, %i, %w axis = 0 : tensor<4xf32>, tensor<2x1xi32>, tensor<2x1xf32> -> tensor<2xf32>
  return
}

// -----

func.func @interpolate_c4_outside(%x: tensor<4xf32>) {
  %i = nnq.constant dense<[[0], [4]]> : tensor<2x1xi32> -> tensor<2x1xi32>
  %w = nnq.constant dense<1.0> : tensor<2x1xf32> -> tensor<2x1xf32>
  // expected-error @+1 {{'nnq.interpolate' op has the index 4 along an axis of 4 elements}}
  %0 = nnq.interpolate %x, %i, %w axis = 0 : tensor<4xf32>, tensor<2x1xi32>, tensor<2x1xf32> -> tensor<2xf32>
  return
}

// -----

func.func @grid_sample_c1_batch(%x: tensor<2x4x4x1xf32>, %g: tensor<1x3x3x2xf32>) {
  // expected-error @+1 {{'nnq.grid_sample' op samples [2, 4, 4, 1] along a grid of [1, 3, 3, 2]; it needs N x H x W x C and N x H x W x 2}}
  %0 = nnq.grid_sample nearest %x, %g padding = zeros : tensor<2x4x4x1xf32>, tensor<1x3x3x2xf32> -> tensor<2x3x3x1xf32>
  return
}

// -----

func.func @normalization_of_codes(%x: tensor<1x8x4x!quant.uniform<u8:f32, 1.0>>, %s: tensor<4xf32>) {
  // expected-error @+1 {{operand #0 must be statically shaped tensor of 32-bit float values}}
  %0 = nnq.group_norm %x, %s, %s groups = 2 epsilon = 0.0 : tensor<1x8x4x!quant.uniform<u8:f32, 1.0>>, tensor<4xf32>, tensor<4xf32> -> tensor<1x8x4xf32>
  return
}
