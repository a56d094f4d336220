// RUN: nnq-opt %s --nnq-verify-integer --split-input-file --verify-diagnostics

!x = !quant.uniform<u8:f32, 0.5:128>
!w = !quant.uniform<i8:f32, 0.25>

// Quantization at the input, a float result of the last layer, a scale fused behind it, a marked island, a reshape.
func.func @accepts(%x: tensor<1x2xf32>) -> tensor<2xf32> {
  %w = nnq.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8> -> tensor<2x2x!w>
  %s = nnq.constant dense<3.0> : tensor<f32> -> tensor<f32>
  %0 = nnq.requantize %x : tensor<1x2xf32> -> tensor<1x2x!x>
  %1 = nnq.fully_connected %0, %w : tensor<1x2x!x>, tensor<2x2x!w> -> tensor<1x2xf32>
  %2 = nnq.mul %1, %s : tensor<1x2xf32>, tensor<f32> -> tensor<1x2xf32>
  %3 = nnq.softmax %2 axis = 1 {nnq.float_island = "it has no integer form"} : tensor<1x2xf32> -> tensor<1x2xf32>
  %4 = nnq.reshape %3 : tensor<1x2xf32> -> tensor<2xf32>
  return %4 : tensor<2xf32>
}

// A chain that ends in a quantized tensor is one loop.
func.func @accepts_loop_that_quantizes(%x: tensor<1x2xf32>) -> tensor<1x2x!x> {
  %s = nnq.constant dense<3.0> : tensor<f32> -> tensor<f32>
  %0 = nnq.mul %x, %s : tensor<1x2xf32>, tensor<f32> -> tensor<1x2xf32>
  %1 = nnq.add %0, %s : tensor<1x2xf32>, tensor<f32> -> tensor<1x2x!x>
  return %1 : tensor<1x2x!x>
}

// -----

func.func @float_layer(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<1.0> : tensor<2x2xf32> -> tensor<2x2xf32>
  // expected-error @below {{'fully_connected' computes in float on 'tensor<1x2xf32>'}}
  // expected-note @below {{keep it so by a rule of --nnq-quantize}}
  %0 = nnq.fully_connected %x, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

// Behind a requantization to float stands a loop of its own.
func.func @float_loop(%x: tensor<1x2x!quant.uniform<u8:f32, 0.5>>) -> tensor<1x2xf32> {
  %0 = nnq.requantize %x : tensor<1x2x!quant.uniform<u8:f32, 0.5>> -> tensor<1x2xf32>
  // expected-error @below {{'add' computes in float}}
  // expected-note @below {{keep it so}}
  %1 = nnq.add %0, %0 : tensor<1x2xf32>, tensor<1x2xf32> -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}
