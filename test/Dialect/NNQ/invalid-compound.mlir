// Each message of the verifiers of NNQCompoundOps.td. A function is named for the rule of docs/Semantics.md that it breaks.

// RUN: nnq-opt %s --split-input-file --verify-diagnostics

func.func @activation_of_another_shape(%x: tensor<4xf32>) {
  // expected-error @+1 {{'nnq.cube' op has a result of shape [5] where its operands and attributes give [4]}}
  %0 = nnq.cube %x : tensor<4xf32> -> tensor<5xf32>
  return
}

// -----

func.func @normalize_c1_no_such_axis(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'nnq.normalize' op has axis 2 for an input of rank 2}}
  %0 = nnq.normalize rms %x axes = [2] epsilon = 1.0 inside : tensor<2x3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @normalize_c2_no_axis(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'nnq.normalize' op has axes []; it needs one or more, each once, in ascending order}}
  %0 = nnq.normalize rms %x axes = [] epsilon = 1.0 inside : tensor<2x3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @normalize_c2_descending_axes(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'nnq.normalize' op has axes [1, 0]; it needs one or more, each once, in ascending order}}
  %0 = nnq.normalize rms %x axes = [1, 0] epsilon = 1.0 inside : tensor<2x3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @normalize_c3_scale_of_lower_rank(%x: tensor<2x3xf32>, %g: tensor<3xf32>) {
  // expected-error @+1 {{'nnq.normalize' op has a parameter of shape [3] for an input of shape [2, 3]; each of its dimensions must be 1 or the input's}}
  %0 = nnq.normalize rms %x scale %g : tensor<3xf32> axes = [1] epsilon = 1.0 inside : tensor<2x3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @normalize_c3_bias_of_another_size(%x: tensor<2x3xf32>, %b: tensor<1x2xf32>) {
  // expected-error @+1 {{'nnq.normalize' op has a parameter of shape [1, 2] for an input of shape [2, 3]; each of its dimensions must be 1 or the input's}}
  %0 = nnq.normalize rms %x bias %b : tensor<1x2xf32> axes = [1] epsilon = 1.0 inside : tensor<2x3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @normalize_c4_negative_epsilon(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'nnq.normalize' op has epsilon -1.000000e+00; it must be 0 or above, and finite}}
  %0 = nnq.normalize rms %x axes = [1] epsilon = -1.0 inside : tensor<2x3xf32> -> tensor<2x3xf32>
  return
}
