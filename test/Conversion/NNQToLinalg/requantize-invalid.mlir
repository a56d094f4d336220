// RUN: nnq-opt %s --convert-nnq-to-linalg --verify-diagnostics

!q = !quant.uniform<i32:f32:0, {5.0e-01:1, 2.5e-01:2}>
func.func @zero_points_of_32_bits_differ(%x: tensor<2xf32>) -> tensor<2x!q> {
  // expected-error @+3 {{has a result of 32 bits whose zero points differ; give it one zero point}}
  // expected-error @+2 {{what is not constant has one scale per tensor}}
  // expected-error @+1 {{failed to legalize operation 'nnq.requantize'}}
  %0 = nnq.requantize %x : tensor<2xf32> -> tensor<2x!q>
  return %0 : tensor<2x!q>
}
