// RUN: nnq-opt %s --nnq-pick-bit-widths="sensitivity=%S/Inputs/sensitivity.json bytes=60%" | FileCheck %s

// 300 bytes of 500: the layer that bears it has 4 bits.
// CHECK: nnq.fully_connected %arg0, %0 {nnq.bit_width = "w4a8"}
// CHECK: nnq.fully_connected %1, %0 {nnq.bit_width = "w8a16"}

func.func @main(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1.0, -0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %0 = nnq.fully_connected %x, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("hidden")
  %1 = nnq.fully_connected %0, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("logits")
  return %1 : tensor<1x2xf32>
}
