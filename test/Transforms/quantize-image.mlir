// RUN: nnq-opt %s --nnq-quantize --split-input-file --verify-diagnostics | FileCheck %s

// The layer in front gives f32, and the rectifier rounds, once, in its loop.
// CHECK-LABEL: @prelu
// CHECK: %[[A:.*]] = nnq.fully_connected {{.*}} -> tensor<1x2xf32>
// CHECK: %[[Y:.*]] = nnq.prelu %[[A]], %{{.*}} : tensor<1x2xf32>, tensor<2xf32> -> tensor<1x2x!quant.uniform<u8:f32, {{.*}}:51>>
// CHECK: nnq.fully_connected %[[Y]]
func.func @prelu(%x: tensor<1x2xf32> {nnq.range = array<f32: -1.0, 1.0>}) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1.0, -0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %s = nnq.constant dense<[0.25, 0.125]> : tensor<2xf32> -> tensor<2xf32>
  %0 = nnq.fully_connected %x, %w {nnq.range = array<f32: -4.0, 4.0>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  %1 = nnq.prelu %0, %s {nnq.range = array<f32: -1.0, 4.0>} : tensor<1x2xf32>, tensor<2xf32> -> tensor<1x2xf32>
  %2 = nnq.fully_connected %1, %w {nnq.range = array<f32: -9.0, 9.0>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}

// -----

// A normalization has no form on integers, and the layer in front gives it f32.
// CHECK-LABEL: @group_norm
// CHECK: nnq.fully_connected {{.*}} -> tensor<1x2xf32>
// CHECK: nnq.group_norm {{.*}} {nnq.float_island = "it has no integer form"} : tensor<1x2xf32>
func.func @group_norm(%x: tensor<1x2xf32> {nnq.range = array<f32: -1.0, 1.0>}) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1.0, -0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %s = nnq.constant dense<[0.25, 0.125]> : tensor<2xf32> -> tensor<2xf32>
  %0 = nnq.fully_connected %x, %w {nnq.range = array<f32: -4.0, 4.0>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  // expected-remark @below {{'group_norm' stays in float: it has no integer form}}
  %1 = nnq.group_norm %0, %s, %s groups = 1 epsilon = 1.0e-5 {nnq.range = array<f32: -1.0, 1.0>} : tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32> -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}
