// RUN: nnq-opt %s --nnq-narrow-weights=fewest-weights=4 | FileCheck %s

// CHECK: nnq.fully_connected %arg0, %0 :
// CHECK: nnq.fully_connected %1, %0 {nnq.bit_width = "w4a8"}
// CHECK: nnq.fully_connected %2, %0 :

func.func @main(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1.0, -0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %0 = nnq.fully_connected %x, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("first")
  %1 = nnq.fully_connected %0, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("hidden")
  %2 = nnq.fully_connected %1, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("last")
  return %2 : tensor<1x2xf32>
}
