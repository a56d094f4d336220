// RUN: nnq-opt %s --nnq-isolate-layers | FileCheck %s

// CHECK: func.func @two_layers(%[[X:.*]]: tensor<1x2xf32> {nnq.name = "x"}, %[[R:.*]]: tensor<1x2xf32> {nnq.name = "relu"}) -> (tensor<1x2xf32> {nnq.name = "relu", nnq.observed}, tensor<1x2xf32> {nnq.name = "logits", nnq.observed})
// CHECK: nnq.requantize %[[X]]
// CHECK: nnq.fully_connected {{.*}} -> tensor<1x2xf32>
// CHECK: nnq.requantize %[[R]]
// CHECK: nnq.reshape
// CHECK: nnq.fully_connected {{.*}} -> tensor<1x2xf32>

!x = !quant.uniform<u8:f32, 0.5:128>
!w = !quant.uniform<i8:f32:0, {0.25, 0.5}>
!y = !quant.uniform<u8:f32, 2.0>

func.func @two_layers(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8> -> tensor<2x2x!w>
  %q = nnq.requantize %x {nnq.observation = "x"} : tensor<1x2xf32> -> tensor<1x2x!x>
  %0 = nnq.fully_connected %q, %w {nnq.observation = "relu"} : tensor<1x2x!x>, tensor<2x2x!w> -> tensor<1x2x!y>
  %1 = nnq.reshape %0 : tensor<1x2x!y> -> tensor<1x1x2x!y>
  %2 = nnq.reshape %1 : tensor<1x1x2x!y> -> tensor<1x2x!y>
  %3 = nnq.fully_connected %2, %w {nnq.observation = "logits"} : tensor<1x2x!y>, tensor<2x2x!w> -> tensor<1x2xf32>
  return %3 : tensor<1x2xf32>
}
