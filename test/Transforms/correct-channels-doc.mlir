// RUN: nnq-opt %s --nnq-correct-channels=file=%S/Inputs/corrections.json | FileCheck %s

// CHECK-DAG: nnq.constant {{.*}} -> tensor<2x2x!quant.uniform<i8:f32:0, {2.500000e-01,6.250000e-01}>>
// CHECK-DAG: nnq.constant dense<[12, 20]> : tensor<2xi32> -> tensor<2x!quant.uniform<i32:f32:0, {1.250000e-01,3.125000e-01}>>
// CHECK: nnq.fully_connected

!x = !quant.uniform<u8:f32, 0.5:128>
!w = !quant.uniform<i8:f32:0, {0.25, 0.5}>
!b = !quant.uniform<i32:f32:0, {0.125, 0.25}>

func.func @layer(%x: tensor<1x2x!x>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8> -> tensor<2x2x!w>
  %b = nnq.constant dense<[10, 20]> : tensor<2xi32> -> tensor<2x!b>
  %0 = nnq.fully_connected %x, %w, %b {nnq.observation = "logits"} : tensor<1x2x!x>, tensor<2x2x!w>, tensor<2x!b> -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}
