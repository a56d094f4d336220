// RUN: nnq-opt %s --nnq-expose-layers | FileCheck %s

!x = !quant.uniform<u8:f32, 0.5:128>

// CHECK: -> (tensor<2xf32>, tensor<2xf32> {nnq.name = "sum", nnq.observed})
// CHECK: nnq.requantize

func.func @main(%x: tensor<2x!x>) -> tensor<2xf32> {
  %0 = nnq.add %x, %x {nnq.observation = "sum"} : tensor<2x!x>, tensor<2x!x> -> tensor<2x!x>
  %1 = nnq.unary tanh %0 : tensor<2x!x> -> tensor<2xf32>
  return %1 : tensor<2xf32>
}
