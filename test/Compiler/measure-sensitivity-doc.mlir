// RUN: nnq-opt %s --nnq-measure-sensitivity="calibration=%S/Inputs/calibration.json moments=%S/Inputs/network.moments output=%t.json target=x86-avx512vnni" --nnq-pick-bit-widths="sensitivity=%t.json bops=75%" | FileCheck %s

// 384 bit operations of 512: the layer that bears it better has 4 bits.
// CHECK: nnq.fully_connected %arg0, %0 {nnq.bit_width = "w4a8"}
// CHECK: nnq.fully_connected %2, %1 {nnq.bit_width = "w8a8"}

func.func @main(%x: tensor<1x2xf32> {nnq.name = "x"}) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[0.875, 0.375], [0.875, -0.625]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %v = nnq.constant dense<[[1.0, 0.4], [0.3, -0.7]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %0 = nnq.fully_connected %x, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("hidden")
  %1 = nnq.fully_connected %0, %v : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("logits")
  return %1 : tensor<1x2xf32>
}
