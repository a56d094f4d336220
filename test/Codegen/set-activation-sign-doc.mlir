// RUN: nnq-opt %s --pass-pipeline='builtin.module(func.func(nnq-set-activation-sign{target=aarch64-neon-dotprod}))' | FileCheck %s

// CHECK: %[[X:.*]] = nnq.requantize %arg0 : {{.*}} -> tensor<1x4x!quant.uniform<i8:f32, 5.000000e-01:2>>
// CHECK: %[[Y:.*]] = nnq.add %[[X]], %[[X]] {nnq.code_offsets = array<i64: 128, 128, 128>}
// CHECK: nnq.requantize %[[Y]] : {{.*}} -> tensor<1x4x!quant.uniform<u8:f32, 5.000000e-01:130>>

!u = !quant.uniform<u8:f32, 0.5:130>

func.func @main(%x: tensor<1x4x!u>) -> tensor<1x4x!u> {
  %0 = nnq.add %x, %x : tensor<1x4x!u>, tensor<1x4x!u> -> tensor<1x4x!u>
  return %0 : tensor<1x4x!u>
}
