// RUN: nnq-opt %s --nnq-simulate-rounding --split-input-file | FileCheck %s
// RUN: not nnq-opt %s --nnq-simulate-rounding="weight-bits=9" --split-input-file 2>&1 | FileCheck %s --check-prefix=WIDTH
// RUN: not nnq-opt %s --nnq-simulate-rounding="rules=name:nothing=float" --split-input-file 2>&1 | FileCheck %s --check-prefix=RULE
// WIDTH: weights of 9 bits; 2 to 8 are supported
// RULE: rule 'name:nothing=float' matches no operation

// A layer and the rectifier behind it are rounded once, under the name of what was observed; what is moved has been rounded before.
// CHECK-LABEL: @rectifier_and_reshape
// CHECK-SAME: nnq.switches = {{\[\[}}"x"], ["relu"{{\]\]}}
// CHECK: nnq.clamp
// CHECK-NEXT: nnq.slice %arg1 starts = [1]
// CHECK: nnq.reshape
// CHECK-NOT: nnq.requantize
// CHECK: return
func.func @rectifier_and_reshape(%x: tensor<1x2xf32> {nnq.observation = "x", nnq.range = array<f32: -1.0, 1.0>}) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1.0, 0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %0 = nnq.fully_connected %x, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  %1 = nnq.clamp %0 min = 0.0 max = 6.0 {nnq.observation = "relu", nnq.range = array<f32: 0.0, 2.0>} : tensor<1x2xf32> -> tensor<1x2xf32>
  %2 = nnq.reshape %1 : tensor<1x2xf32> -> tensor<2xf32>
  %3 = nnq.fully_connected %2, %w {nnq.range = array<f32: -3.0, 3.0>} : tensor<2xf32>, tensor<2x2xf32> -> tensor<2xf32>
  %4 = nnq.reshape %3 : tensor<2xf32> -> tensor<1x2xf32>
  return %4 : tensor<1x2xf32>
}

// -----

// Without ranges nothing would be rounded: no switches.
// CHECK-LABEL: @no_ranges
// CHECK-NOT: nnq.switches
func.func @no_ranges(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1.0, 0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %0 = nnq.fully_connected %x, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

// What a layer reads of a norm that stays in float is rounded for the layer, and for nothing else.
// CHECK-LABEL: @behind_a_norm
// CHECK-SAME: nnq.switches = {{\[\[}}"norm"{{\]\]}}
// CHECK: %[[N:.*]] = nnq.layer_norm
// CHECK: nnq.requantize %[[N]]
// CHECK: %[[R:.*]] = nnq.add %[[N]],
// CHECK: %[[L:.*]] = nnq.fully_connected %[[R]],
// CHECK: return %[[L]], %[[N]]
func.func @behind_a_norm(%x: tensor<1x2xf32>) -> (tensor<1x2xf32>, tensor<1x2xf32>) {
  %w = nnq.constant dense<[[1.0, 0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %g = nnq.constant dense<1.0> : tensor<2xf32> -> tensor<2xf32>
  %0 = nnq.layer_norm %x, %g, %g epsilon = 1.0e-5 {nnq.observation = "norm", nnq.range = array<f32: -2.0, 2.0>} : tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32> -> tensor<1x2xf32>
  %1 = nnq.fully_connected %0, %w {nnq.range = array<f32: -9.0, 9.0>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  return %1, %0 : tensor<1x2xf32>, tensor<1x2xf32>
}
