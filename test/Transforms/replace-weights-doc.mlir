// RUN: nnq-opt %s --nnq-replace-weights=file=%S/Inputs/weights.mlir | FileCheck %s

// CHECK-DAG: %[[W:.*]] = nnq.constant dense<{{\[\[}}1, -8], [7, 0]]> : tensor<2x2xi4> -> tensor<2x2x!quant.uniform<i4:f32:0, {5.000000e-01,2.500000e-01}>>
// CHECK-DAG: %[[B:.*]] = nnq.constant dense<[4, -8]> : tensor<2xi32> -> tensor<2x!quant.uniform<i32:f32:0, {2.500000e-01,1.250000e-01}>>
// CHECK: nnq.fully_connected %{{.*}}, %[[W]], %[[B]]

!x = !quant.uniform<u8:f32, 0.5:128>
!w = !quant.uniform<i8:f32:0, {0.25, 0.5}>

func.func @main(%x: tensor<1x2x!x>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8> -> tensor<2x2x!w>
  %0 = nnq.fully_connected %x, %w {nnq.observation = "logits"} : tensor<1x2x!x>, tensor<2x2x!w> -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}
