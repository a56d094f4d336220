// RUN: split-file %s %t
// RUN: not nnq-opt %t/network.mlir --nnq-replace-weights=file=%t/none.mlir 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: not nnq-opt %t/network.mlir --nnq-replace-weights=file=%t/other-layer.mlir 2>&1 | FileCheck %s --check-prefix=LAYER
// RUN: not nnq-opt %t/network.mlir --nnq-replace-weights=file=%t/other-shape.mlir 2>&1 | FileCheck %s --check-prefix=SHAPE
// RUN: not nnq-opt %t/network.mlir --nnq-replace-weights=file=%t/no-bias.mlir 2>&1 | FileCheck %s --check-prefix=BIAS
// RUN: not nnq-opt %t/network.mlir --nnq-replace-weights=file=%t/large-bias.mlir 2>&1 | FileCheck %s --check-prefix=LARGE

// NONE: error: {{.*}}none.mlir: is no module of weights
// LAYER: error: {{.*}}other-layer.mlir: 'conv' is no layer of this network
// SHAPE: error: {{.*}}other-shape.mlir: 'logits' has weights or a bias of another shape than the layer
// BIAS: error: {{.*}}no-bias.mlir: 'logits' does not return constant weights and a constant bias
// LARGE: error: {{.*}}large-bias.mlir: 'logits' has a bias that is not in f32, or leaves i32 in units of the accumulator

//--- network.mlir
!x = !quant.uniform<u8:f32, 0.5:128>
!w = !quant.uniform<i8:f32:0, {0.25, 0.5}>
func.func @main(%x: tensor<1x2x!x>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8> -> tensor<2x2x!w>
  %0 = nnq.fully_connected %x, %w {nnq.observation = "logits"} : tensor<1x2x!x>, tensor<2x2x!w> -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

//--- other-layer.mlir
!w = !quant.uniform<i4:f32:0, {0.5, 0.25}>
func.func @conv() -> (tensor<2x2x!w>, tensor<2xf32>) {
  %w = nnq.constant dense<1> : tensor<2x2xi4> -> tensor<2x2x!w>
  %b = nnq.constant dense<1.0> : tensor<2xf32> -> tensor<2xf32>
  return %w, %b : tensor<2x2x!w>, tensor<2xf32>
}

//--- other-shape.mlir
!w = !quant.uniform<i4:f32:0, {0.5, 0.25}>
func.func @logits() -> (tensor<2x3x!w>, tensor<2xf32>) {
  %w = nnq.constant dense<1> : tensor<2x3xi4> -> tensor<2x3x!w>
  %b = nnq.constant dense<1.0> : tensor<2xf32> -> tensor<2xf32>
  return %w, %b : tensor<2x3x!w>, tensor<2xf32>
}

//--- no-bias.mlir
!w = !quant.uniform<i4:f32:0, {0.5, 0.25}>
func.func @logits() -> tensor<2x2x!w> {
  %w = nnq.constant dense<1> : tensor<2x2xi4> -> tensor<2x2x!w>
  return %w : tensor<2x2x!w>
}

//--- large-bias.mlir
!w = !quant.uniform<i4:f32:0, {0.5, 0.25}>
func.func @logits() -> (tensor<2x2x!w>, tensor<2xf32>) {
  %w = nnq.constant dense<1> : tensor<2x2xi4> -> tensor<2x2x!w>
  %b = nnq.constant dense<1.0e9> : tensor<2xf32> -> tensor<2xf32>
  return %w, %b : tensor<2x2x!w>, tensor<2xf32>
}
