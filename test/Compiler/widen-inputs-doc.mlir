// RUN: nnq-opt %s --nnq-widen-inputs=calibration=%S/Inputs/widen-inputs.json | FileCheck %s

// CHECK: nnq.fully_connected %arg0, %0 {nnq.bit_width = "w8a16"}
// CHECK: nnq.fully_connected %2, %1 :

func.func @main(%x: tensor<1x2xf32> {nnq.name = "x"}) -> tensor<1x40xf32> {
  %w = nnq.constant dense<[[1.0, -0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %v = nnq.constant dense<0.5> : tensor<40x2xf32> -> tensor<40x2xf32>
  %0 = nnq.fully_connected %x, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("first")
  %1 = nnq.fully_connected %0, %v : tensor<1x2xf32>, tensor<40x2xf32> -> tensor<1x40xf32> loc("second")
  return %1 : tensor<1x40xf32>
}
