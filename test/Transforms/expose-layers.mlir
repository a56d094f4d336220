// RUN: nnq-opt %s --pass-pipeline='builtin.module(func.func(nnq-expose-layers))' | FileCheck %s
// RUN: nnq-opt %S/fold-calibration.mlir --pass-pipeline='builtin.module(nnq-fold-calibration{file=%S/Inputs/calibration.json},nnq-quantize,func.func(nnq-expose-layers))' | FileCheck %s --check-prefix=PIPELINE

!x = !quant.uniform<u8:f32, 0.5:128>
!w = !quant.uniform<i8:f32, 0.25>

// A quantized result goes out through a requantization, an f32 one as it is; the reshape has no name.
// CHECK-LABEL: @network
// CHECK-SAME: -> (tensor<2xf32> {nnq.name = "y"}, tensor<1x2xf32> {nnq.name = "x", nnq.observed}, tensor<1x2xf32> {nnq.name = "fc", nnq.observed})
// CHECK: %[[X:.*]] = nnq.requantize %arg0
// CHECK: %[[Y:.*]] = nnq.fully_connected %[[X]]
// CHECK: %[[FLAT:.*]] = nnq.reshape %[[Y]]
// CHECK: %[[F:.*]] = nnq.requantize %[[X]] : {{.*}} -> tensor<1x2xf32>
// CHECK: return %[[FLAT]], %[[F]], %[[Y]]
func.func @network(%arg0: tensor<1x2xf32>) -> (tensor<2xf32> {nnq.name = "y"}) {
  %w = nnq.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8> -> tensor<2x2x!w>
  %0 = nnq.requantize %arg0 {nnq.observation = "x"} : tensor<1x2xf32> -> tensor<1x2x!x>
  %1 = nnq.fully_connected %0, %w {nnq.observation = "fc"} : tensor<1x2x!x>, tensor<2x2x!w> -> tensor<1x2xf32>
  %2 = nnq.reshape %1 : tensor<1x2xf32> -> tensor<2xf32>
  return %2 : tensor<2xf32>
}

// Names come from calibration: the clamp's result is the one that is observed. The type of the input says its range, so nothing else is named.
// PIPELINE-LABEL: @network
// PIPELINE-SAME: tensor<1x4x4x1xf32> {nnq.name = "image"}) -> (tensor<1x4x4x1xf32>, tensor<1x4x4x1xf32> {nnq.name = "image", nnq.observed}, tensor<1x4x4x1xf32> {nnq.name = "relu_1", nnq.observed})
