// RUN: nnq-opt %s --split-input-file --nnq-correct-channels=file=%S/Inputs/corrections.json --verify-diagnostics | FileCheck %s
// RUN: not nnq-opt %s --split-input-file --nnq-correct-channels=file=%t.missing 2>&1 | FileCheck %s --check-prefix=MISSING

// MISSING: error: {{.*}}.missing: can't be read: No such file or directory

!x = !quant.uniform<u8:f32, 0.5:128>
!w = !quant.uniform<i8:f32:0, {0.25, 0.5}>

// A layer without a bias gets one; a layer that the file does not name stays.
// CHECK-LABEL: @adds_a_bias
// CHECK-DAG: %[[B:.*]] = nnq.constant dense<[2, 0]> : tensor<2xi32>
// CHECK: nnq.fully_connected %arg0, %{{.*}}, %[[B]] {nnq.observation = "logits"}
// CHECK: nnq.fully_connected %arg0, %{{.*}} {nnq.observation = "other"} : tensor<1x2x!quant.uniform<u8:f32, 5.000000e-01:128>>, tensor<2x2x!quant.uniform<i8:f32:0, {2.500000e-01,5.000000e-01}>> -> tensor<1x2xf32>
func.func @adds_a_bias(%x: tensor<1x2x!x>) -> (tensor<1x2xf32>, tensor<1x2xf32>) {
  %w = nnq.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8> -> tensor<2x2x!w>
  %0 = nnq.fully_connected %x, %w {nnq.observation = "logits"} : tensor<1x2x!x>, tensor<2x2x!w> -> tensor<1x2xf32>
  %1 = nnq.fully_connected %x, %w {nnq.observation = "other"} : tensor<1x2x!x>, tensor<2x2x!w> -> tensor<1x2xf32>
  return %0, %1 : tensor<1x2xf32>, tensor<1x2xf32>
}

// -----

!x = !quant.uniform<u8:f32, 0.5:128>
!w = !quant.uniform<i8:f32:0, {0.25, 0.5, 1.0}>

func.func @other_channels(%x: tensor<1x2x!x>) -> tensor<1x3xf32> {
  %w = nnq.constant dense<1> : tensor<3x2xi8> -> tensor<3x2x!w>
  // expected-error @+1 {{'fully_connected' has 3 channels, but a correction of 2}}
  %0 = nnq.fully_connected %x, %w {nnq.observation = "logits"} : tensor<1x2x!x>, tensor<3x2x!w> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

!x = !quant.uniform<u8:f32, 0.5:128>
!w = !quant.uniform<i8:f32, 0.25>

func.func @per_tensor(%x: tensor<1x2x!x>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<1> : tensor<2x2xi8> -> tensor<2x2x!w>
  // expected-error @+1 {{'fully_connected' has a correction, but no constant weights per channel or in blocks}}
  %0 = nnq.fully_connected %x, %w {nnq.observation = "logits"} : tensor<1x2x!x>, tensor<2x2x!w> -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

!x = !quant.uniform<u8:f32, 0.5:128>
!w = !quant.uniform<i8:f32:0, {0.25, 0.5}>

func.func @computed_bias(%x: tensor<1x2x!x>, %b: tensor<2x!quant.uniform<i32:f32:0, {0.125, 0.25}>>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<1> : tensor<2x2xi8> -> tensor<2x2x!w>
  // expected-error @+1 {{'fully_connected' has a bias that is not constant, or leaves i32 by its correction}}
  %0 = nnq.fully_connected %x, %w, %b {nnq.observation = "logits"} : tensor<1x2x!x>, tensor<2x2x!w>, tensor<2x!quant.uniform<i32:f32:0, {0.125, 0.25}>> -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

!x = !quant.uniform<u8:f32, 0.5:128>
!w = !quant.uniform<i4:f32:{0:1, 1:1}, {{0.25, 0.5}, {1.0, 2.0}}>

// All scales of a channel have its gain, and so has the bias: 1 + 0.25, 1.25 * -2.
// CHECK-LABEL: @blocks
// CHECK: %[[B:.*]] = nnq.constant dense<[1.250000e+00, -2.500000e+00]> : tensor<2xf32>
// CHECK: nnq.fully_connected %arg0, %{{.*}}, %[[B]] {nnq.observation = "logits"} : {{.*}}{2.500000e-01, 5.000000e-01}, {1.250000e+00, 2.500000e+00{{[}][}]}}>>, tensor<2xf32>
func.func @blocks(%x: tensor<1x2x!x>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi4> -> tensor<2x2x!w>
  %b = nnq.constant dense<[1.0, -2.0]> : tensor<2xf32> -> tensor<2xf32>
  %0 = nnq.fully_connected %x, %w, %b {nnq.observation = "logits"} : tensor<1x2x!x>, tensor<2x2x!w>, tensor<2xf32> -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

!x = !quant.uniform<u8:f32, 0.5:128>
!w = !quant.uniform<i4:f32:{0:1, 1:1}, {{0.25, 0.5}, {1.000030517578125, 255.007781982421875}}>

// 1 and 255 of 0x1.0002p0. Of 1.25 times that, 0x1.40028p0, 16 significant bits are 0x1.4002p0. The layer gets a bias.
// CHECK-LABEL: @multiples_of_a_unit
// CHECK: nnq.constant dense<[2.500000e-01, 0.000000e+00]> : tensor<2xf32>
// CHECK: nnq.fully_connected {{.*}}{2.500000e-01, 5.000000e-01}, {1.25003052, 318.757782{{[}][}]}}>>, tensor<2xf32>
func.func @multiples_of_a_unit(%x: tensor<1x2x!x>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi4> -> tensor<2x2x!w>
  %0 = nnq.fully_connected %x, %w {nnq.observation = "logits"} : tensor<1x2x!x>, tensor<2x2x!w> -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}
