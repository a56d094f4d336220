// RUN: nnq-opt %s --nnq-simulate-rounding --split-input-file | FileCheck %s
// RUN: not nnq-opt %s --nnq-simulate-rounding="weight-bits=9" --split-input-file 2>&1 | FileCheck %s --check-prefix=WIDTH
// WIDTH: weights of 9 bits; 2 to 8 are supported

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
