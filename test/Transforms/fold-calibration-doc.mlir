// RUN: nnq-opt %s --nnq-fold-calibration="file=%S/Inputs/calibration.json range-method=min_max" | FileCheck %s

// CHECK: nnq.observation = "image", nnq.range = array<f32: -1.000000e+00, 2.500000e+00>
// CHECK-NOT: nnq.observe %
// CHECK: nnq.observation = "relu_1", nnq.range = array<f32: 0.000000e+00, 2.500000e+00>

func.func @main(%x: tensor<1x4xf32> {nnq.name = "image"}) -> tensor<1x4xf32> {
  nnq.observe %x name = "image" : tensor<1x4xf32>
  %0 = nnq.clamp %x min = 0.0 max = 0x7F800000 : tensor<1x4xf32> -> tensor<1x4xf32> loc("relu_1")
  nnq.observe %0 name = "relu_1" : tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}
