// RUN: nnq-opt %s --nnq-split-layers | FileCheck %s

// CHECK: func.func @main.0({{.*}} -> (tensor<1x2xf32> {nnq.name = "a"})
// CHECK: nnq.fully_connected
// CHECK: func.func @main.1({{.*}}: tensor<1x2xf32> {nnq.name = "a"})
// CHECK: nnq.requantize
// CHECK: nnq.add

!x = !quant.uniform<u8:f32, 0.5:128>
!w = !quant.uniform<i8:f32:0, {0.25, 0.5}>
!y = !quant.uniform<u8:f32, 2.0>

func.func @main(%x: tensor<1x2x!x>) -> tensor<1x2x!y> {
  %w = nnq.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8> -> tensor<2x2x!w>
  %0 = nnq.fully_connected %x, %w {nnq.observation = "a"} : tensor<1x2x!x>, tensor<2x2x!w> -> tensor<1x2x!y>
  %1 = nnq.add %0, %0 : tensor<1x2x!y>, tensor<1x2x!y> -> tensor<1x2x!y>
  return %1 : tensor<1x2x!y>
}
