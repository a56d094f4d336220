// RUN: split-file %s %t
// RUN: nnq-opt %t/network.mlir --nnq-replace-weights=file=%t/blocks.mlir | FileCheck %s
// Weights in blocks take the place of weights per channel, with scales for each block and a bias in f32.

// CHECK-DAG: %[[W:.*]] = nnq.constant dense<{{\[\[}}1, -8], [7, 0]]> : tensor<2x2xi4> -> tensor<2x2x!quant.uniform<i4:f32:{0:1, 1:1}, {{[{][{]}}5.000000e-01, 1.000000e+00}, {2.500000e-01, 2.000000e+00}}>>
// CHECK-DAG: %[[B:.*]] = nnq.constant dense<[1.100000e+00, -1.000000e+00]> : tensor<2xf32>
// CHECK: nnq.fully_connected %{{.*}}, %[[W]], %[[B]]

//--- network.mlir
!x = !quant.uniform<u8:f32, 0.5:128>
!w = !quant.uniform<i8:f32:0, {0.25, 0.5}>
func.func @main(%x: tensor<1x2x!x>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8> -> tensor<2x2x!w>
  %0 = nnq.fully_connected %x, %w {nnq.observation = "logits"} : tensor<1x2x!x>, tensor<2x2x!w> -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

//--- blocks.mlir
!w = !quant.uniform<i4:f32:{0:1, 1:1}, {{0.5, 1.0}, {0.25, 2.0}}>
func.func @logits() -> (tensor<2x2x!w>, tensor<2xf32>) {
  %w = nnq.constant dense<[[1, -8], [7, 0]]> : tensor<2x2xi4> -> tensor<2x2x!w>
  %b = nnq.constant dense<[1.1, -1.0]> : tensor<2xf32> -> tensor<2xf32>
  return %w, %b : tensor<2x2x!w>, tensor<2xf32>
}
