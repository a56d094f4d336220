// RUN: nnq-opt %s --nnq-simulate-rounding | FileCheck %s

// CHECK-LABEL: @two_layers
// CHECK-SAME: %arg1: tensor<2xf32> {nnq.name = "nnq.switches", nnq.switches = {{\[\[}}"x"], ["hidden"{{\]\]}}}
// CHECK: %[[S:.*]] = nnq.slice %arg1 starts = [0] sizes = [1] strides = [1]
// CHECK: %[[Q:.*]] = nnq.requantize %arg0 : tensor<1x2xf32> -> tensor<1x2x!quant.uniform<u8:f32
// CHECK: %[[R:.*]] = nnq.requantize %[[Q]]
// CHECK: %[[E:.*]] = nnq.sub %[[R]], %arg0
// CHECK: %[[ON:.*]] = nnq.mul %[[E]], %[[S]]
// CHECK: %[[X:.*]] = nnq.add %arg0, %[[ON]]
// CHECK: nnq.fully_connected %[[X]], {{.*}} -> tensor<1x2xf32>

func.func @two_layers(%x: tensor<1x2xf32> {nnq.observation = "x", nnq.range = array<f32: -1.0, 1.0>}) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1.0, 0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %0 = nnq.fully_connected %x, %w {nnq.observation = "hidden", nnq.range = array<f32: -2.0, 2.0>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  %1 = nnq.fully_connected %0, %w {nnq.observation = "logits", nnq.range = array<f32: -3.0, 3.0>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}
