// RUN: nnq-opt %s --nnq-prune-weights="fewest-weights=16 fewest-outputs=2" | FileCheck %s

// CHECK: nnq.fully_connected %arg0, %0 :
// CHECK: nnq.fully_connected %1, %0 {nnq.bit_width = "w8a8-4:8"}
// CHECK: nnq.fully_connected %2, %0 :

func.func @main(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
  %w = nnq.constant dense<0.5> : tensor<8x8xf32> -> tensor<8x8xf32>
  %0 = nnq.fully_connected %x, %w : tensor<1x8xf32>, tensor<8x8xf32> -> tensor<1x8xf32> loc("first")
  %1 = nnq.fully_connected %0, %w : tensor<1x8xf32>, tensor<8x8xf32> -> tensor<1x8xf32> loc("hidden")
  %2 = nnq.fully_connected %1, %w : tensor<1x8xf32>, tensor<8x8xf32> -> tensor<1x8xf32> loc("last")
  return %2 : tensor<1x8xf32>
}
