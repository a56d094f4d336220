// RUN: nnq-opt %s --convert-nnq-to-linalg | FileCheck %s

!x = !quant.uniform<u8:f32, 0.5:128>
!w = !quant.uniform<i8:f32, 0.25>

// The input's zero point is in the bias: -128 * (1 + 2) and -128 * (3 + 4).
// CHECK: arith.constant dense<[-384, -896]> : tensor<2xi32>
// CHECK: arith.muli
// CHECK: arith.mulf

func.func @main(%x: tensor<1x2x!x>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8> -> tensor<2x2x!w>
  %y = nnq.fully_connected %x, %w : tensor<1x2x!x>, tensor<2x2x!w> -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}
