// RUN: nnq-opt %s --convert-nnq-to-linalg --split-input-file --verify-diagnostics

func.func @codes_of_weights_that_are_computed(%x: tensor<2x3xf32>, %w: tensor<4x3x!quant.uniform<i8:f32, 0.5>>) -> tensor<2x4xf32> {
  // expected-error @+2 {{'nnq.fully_connected' op computes its weights, 'tensor<4x3x!quant.uniform<i8:f32, 5.000000e-01>>', for an input of 'tensor<2x3xf32>'; both must be f32 then, and the bias constant}}
  // expected-error @+1 {{failed to legalize operation 'nnq.fully_connected'}}
  %0 = nnq.fully_connected %x, %w : tensor<2x3xf32>, tensor<4x3x!quant.uniform<i8:f32, 0.5>> -> tensor<2x4xf32>
  return %0 : tensor<2x4xf32>
}

// -----

func.func @padding_that_is_not_explicit(%x: tensor<1x3x3x1xf32>) -> tensor<1x3x3x1xf32> {
  %w = nnq.constant dense<1.0> : tensor<1x3x3x1xf32> -> tensor<1x3x3x1xf32>
  // expected-error @+2 {{has padding, which must be an nnq.pad of its own here; run --nnq-decompose-layers first}}
  // expected-error @+1 {{failed to legalize operation 'nnq.conv2d'}}
  %0 = nnq.conv2d %x, %w strides = [1, 1] pads = [1, 1, 1, 1] dilations = [1, 1] groups = 1
     : tensor<1x3x3x1xf32>, tensor<1x3x3x1xf32> -> tensor<1x3x3x1xf32>
  return %0 : tensor<1x3x3x1xf32>
}
