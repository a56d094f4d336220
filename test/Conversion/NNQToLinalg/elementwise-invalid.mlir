// RUN: nnq-opt %s --convert-nnq-to-linalg --verify-diagnostics

!a = !quant.uniform<i8:f32:1, {5.0e-01, 2.5e-01}>
func.func @activations_with_a_scale_per_channel(%a: tensor<3x2x!a>) -> tensor<3x2xf32> {
  // expected-error @+2 {{what is not constant has one scale per tensor}}
  // expected-error @+1 {{failed to legalize operation 'nnq.unary'}}
  %0 = nnq.unary abs %a : tensor<3x2x!a> -> tensor<3x2xf32>
  return %0 : tensor<3x2xf32>
}
