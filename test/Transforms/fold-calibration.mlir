// RUN: nnq-opt %s --nnq-insert-observers --nnq-fold-calibration="file=%S/Inputs/calibration.json range-method=min_max" | FileCheck %s
// RUN: nnq-opt %s --nnq-fold-calibration="file=%S/Inputs/calibration.json range-method=min_max" | FileCheck %s
// RUN: nnq-opt %s --nnq-fold-calibration="file=%S/Inputs/calibration.json range-method=moving_average averaging-constant=0.5" | FileCheck %s --check-prefix=AVERAGE
// RUN: nnq-opt %s --nnq-fold-calibration="file=%S/Inputs/calibration.json range-method=min_max symmetric" | FileCheck %s --check-prefix=SYMMETRIC

// CHECK-LABEL: @network
// CHECK-SAME: nnq.name = "image", nnq.observation = "image", nnq.range = array<f32: -1.000000e+00, 2.500000e+00>
// CHECK-NOT: nnq.observe
// CHECK: nnq.conv2d
// CHECK-NOT: nnq.range
// CHECK: nnq.clamp {{.*}} {nnq.observation = "relu_1", nnq.range = array<f32: 0.000000e+00, 2.500000e+00>}
// 1 + 0.5 * (2.5 - 1)
// AVERAGE: nnq.clamp {{.*}} {nnq.observation = "relu_1", nnq.range = array<f32: 0.000000e+00, 1.750000e+00>}
// SYMMETRIC: nnq.clamp {{.*}} {nnq.observation = "relu_1", nnq.range = array<f32: -2.500000e+00, 2.500000e+00>}
func.func @network(%x: tensor<1x4x4x1xf32> {nnq.name = "image"}) -> tensor<1x4x4x1xf32> {
  %w = nnq.constant dense<1.0> : tensor<1x1x1x1xf32> -> tensor<1x1x1x1xf32>
  %0 = nnq.conv2d %x, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 : tensor<1x4x4x1xf32>, tensor<1x1x1x1xf32> -> tensor<1x4x4x1xf32> loc("conv_1")
  %1 = nnq.clamp %0 min = 0.0 max = 0x7F800000 : tensor<1x4x4x1xf32> -> tensor<1x4x4x1xf32> loc("relu_1")
  return %1 : tensor<1x4x4x1xf32>
}

// The sums of all steps have one range, that of both; the first step's product has its own, as it is of another kind.
// CHECK-LABEL: @steps
// CHECK: nnq.mul {{.*}}nnq.observation = "product", nnq.range = array<f32: -1.000000e+00, 2.500000e+00>
// CHECK: nnq.add {{.*}}nnq.observation = "step_0", nnq.range = array<f32: -4.000000e+00, 2.500000e+00>
// CHECK: nnq.add {{.*}}nnq.observation = "step_1", nnq.range = array<f32: -4.000000e+00, 2.500000e+00>
func.func @steps(%x: tensor<4xf32> {nnq.name = "image"}) -> tensor<4xf32> {
  %0 = nnq.mul %x, %x {nnq.step = "rnn/sum"} : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32> loc("product")
  %1 = nnq.add %0, %x {nnq.step = "rnn/sum"} : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32> loc("step_0")
  %2 = nnq.add %1, %x {nnq.step = "rnn/sum"} : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32> loc("step_1")
  return %2 : tensor<4xf32>
}
