// RUN: nnq-opt %s --nnq-insert-observers | FileCheck %s

// CHECK: nnq.observe %arg0 name = "image"
// CHECK: nnq.fully_connected
// CHECK-NEXT: nnq.clamp
// CHECK-NEXT: nnq.observe

func.func @fully_connected_relu(%x: tensor<1x2xf32> {nnq.name = "image"}) -> tensor<1x2xf32> {
  %w = nnq.constant dense<1.0> : tensor<2x2xf32> -> tensor<2x2xf32>
  %0 = nnq.fully_connected %x, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("fc1")
  %1 = nnq.clamp %0 min = 0.0 max = 0x7F800000 : tensor<1x2xf32> -> tensor<1x2xf32> loc("relu1")
  return %1 : tensor<1x2xf32>
}
