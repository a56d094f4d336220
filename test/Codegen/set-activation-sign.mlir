// RUN: nnq-opt %s --split-input-file --pass-pipeline='builtin.module(func.func(nnq-set-activation-sign{target=aarch64-neon-dotprod}))' | FileCheck %s
// RUN: nnq-opt %s --split-input-file --pass-pipeline='builtin.module(func.func(nnq-set-activation-sign{target=x86-avx2}))' | FileCheck %s --check-prefix=UNSIGNED

!u = !quant.uniform<u8:f32, 0.5:130>

// Inside, storage and zero point move by 128; the boundary keeps its type.
// CHECK-LABEL: @moves_storage_and_zero_point_by_128
// CHECK-SAME: %[[X:.*]]: tensor<1x4x4x2x!quant.uniform<u8:f32, 5.000000e-01:130>>
// CHECK: %[[S:.*]] = nnq.requantize %[[X]] : {{.*}} -> tensor<1x4x4x2x!quant.uniform<i8:f32, 5.000000e-01:2>>
// CHECK: %[[P:.*]] = nnq.max_pool2d %[[S]] {{.*}} -> tensor<1x2x2x2x!quant.uniform<i8:f32, 5.000000e-01:2>>
// CHECK: nnq.requantize %[[P]] : {{.*}} -> tensor<1x2x2x2x!quant.uniform<u8:f32, 5.000000e-01:130>>
// UNSIGNED-LABEL: @moves_storage_and_zero_point_by_128
// UNSIGNED-NOT: nnq.requantize
func.func @moves_storage_and_zero_point_by_128(%x: tensor<1x4x4x2x!u>) -> tensor<1x2x2x2x!u> {
  %y = nnq.max_pool2d %x kernel = [2, 2] strides = [2, 2] pads = [0, 0, 0, 0] dilations = [1, 1] : tensor<1x4x4x2x!u> -> tensor<1x2x2x2x!u>
  return %y : tensor<1x2x2x2x!u>
}

// -----

!u = !quant.uniform<u8:f32, 0.5:128>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// Weights are signed on every target.
// CHECK-LABEL: @leaves_weights_and_wide_integers_alone
// CHECK: nnq.fully_connected {{.*}} : tensor<1x4x!quant.uniform<i8:f32, 5.000000e-01>>, tensor<2x4x!quant.uniform<i8<-127:127>:f32, 2.500000e-01>> -> tensor<1x2x!quant.uniform<i32:f32, 1.250000e-01>>
// UNSIGNED-LABEL: @leaves_weights_and_wide_integers_alone
// UNSIGNED: nnq.fully_connected {{.*}} : tensor<1x4x!quant.uniform<u8:f32, 5.000000e-01:128>>, tensor<2x4x!quant.uniform<i8<-127:127>:f32, 2.500000e-01>>
func.func @leaves_weights_and_wide_integers_alone(%x: tensor<1x4xf32>) -> tensor<1x2x!quant.uniform<i32:f32, 0.125>> {
  %w = nnq.constant dense<1> : tensor<2x4xi8> -> tensor<2x4x!w>
  %q = nnq.requantize %x : tensor<1x4xf32> -> tensor<1x4x!u>
  %y = nnq.fully_connected %q, %w : tensor<1x4x!u>, tensor<2x4x!w> -> tensor<1x2x!quant.uniform<i32:f32, 0.125>>
  return %y : tensor<1x2x!quant.uniform<i32:f32, 0.125>>
}

// -----

!u = !quant.uniform<u8:f32, 0.5:130>
!i = !quant.uniform<i8:f32, 0.25:1>

// A sum of bytes is rounded with its zero point: how far codes moved is written down. A difference is not.
// CHECK-LABEL: @keeps_the_codes_of_the_model
// CHECK: nnq.add {{.*}} {nnq.code_offsets = array<i64: 128, 0, 128>} : tensor<4x!quant.uniform<i8:f32, 5.000000e-01:2>>, tensor<4x!quant.uniform<i8:f32, 2.500000e-01:1>>
// CHECK: nnq.sub
// CHECK-NOT: code_offsets
// UNSIGNED-LABEL: @keeps_the_codes_of_the_model
// UNSIGNED: nnq.add {{.*}} {nnq.code_offsets = array<i64: 0, -128, 0>}
func.func @keeps_the_codes_of_the_model(%x: tensor<4x!u>, %y: tensor<4x!i>) -> tensor<4x!u> {
  %0 = nnq.add %x, %y : tensor<4x!u>, tensor<4x!i> -> tensor<4x!u>
  %1 = nnq.sub %0, %x : tensor<4x!u>, tensor<4x!u> -> tensor<4x!u>
  return %1 : tensor<4x!u>
}

// -----

!u = !quant.uniform<u16:f32, 0.5:32770>

// No target has dot products of unsigned words.
// CHECK-LABEL: @moves_words_by_32768
// CHECK: nnq.max_pool2d {{.*}} -> tensor<1x2x2x2x!quant.uniform<i16:f32, 5.000000e-01:2>>
// CHECK: nnq.requantize {{.*}} -> tensor<1x2x2x2x!quant.uniform<u16:f32, 5.000000e-01:32770>>
// UNSIGNED-LABEL: @moves_words_by_32768
// UNSIGNED: nnq.max_pool2d {{.*}} -> tensor<1x2x2x2x!quant.uniform<i16:f32, 5.000000e-01:2>>
func.func @moves_words_by_32768(%x: tensor<1x4x4x2x!u>) -> tensor<1x2x2x2x!u> {
  %y = nnq.max_pool2d %x kernel = [2, 2] strides = [2, 2] pads = [0, 0, 0, 0] dilations = [1, 1] : tensor<1x4x4x2x!u> -> tensor<1x2x2x2x!u>
  return %y : tensor<1x2x2x2x!u>
}

// -----

!u = !quant.uniform<u8:f32, 0.5:130>

// A constant is stored with the other sign, at no cost at run time; codes that are integers are counted as before.
// CHECK-LABEL: @constants_and_integers
// CHECK: %[[T:.*]] = nnq.constant dense<[-128, 127, 2]> : tensor<3xi8> -> tensor<3x!quant.uniform<i8:f32, 5.000000e-01:2>>
// CHECK: %[[G:.*]] = nnq.gather %[[T]], %{{.*}} axis = 0 : {{.*}} -> tensor<2x!quant.uniform<i8:f32, 5.000000e-01:2>>
// CHECK: nnq.storage_cast %[[G]] {nnq.code_offsets = array<i64: 128, 0>} : tensor<2x!quant.uniform<i8:f32, 5.000000e-01:2>> -> tensor<2xui8>
// CHECK: nnq.storage_cast %{{.*}} {nnq.code_offsets = array<i64: 0, 128>} : tensor<2xui8> -> tensor<2x!quant.uniform<i8:f32, 5.000000e-01:2>>
// UNSIGNED-LABEL: @constants_and_integers
// UNSIGNED-NOT: nnq.code_offsets
func.func @constants_and_integers(%i: tensor<2xi64>, %x: tensor<2xui8>) -> (tensor<2xui8>, tensor<2x!u>) {
  %t = nnq.constant dense<[0, 255, 130]> : tensor<3xi8> -> tensor<3x!u>
  %0 = nnq.gather %t, %i axis = 0 : tensor<3x!u>, tensor<2xi64> -> tensor<2x!u>
  %1 = nnq.storage_cast %0 : tensor<2x!u> -> tensor<2xui8>
  %2 = nnq.storage_cast %x : tensor<2xui8> -> tensor<2x!u>
  return %1, %2 : tensor<2xui8>, tensor<2x!u>
}
