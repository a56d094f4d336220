// RUN: nnq-opt %s --nnq-fuse-requantize | FileCheck %s

// CHECK: nnq.fully_connected {{.*}} -> tensor<1x2x!quant.uniform<u8:f32, 2.000000e+00>>
// CHECK-NEXT: return

!x = !quant.uniform<u8:f32, 0.5:128>
!w = !quant.uniform<i8:f32, 0.25>
!y = !quant.uniform<u8:f32, 2.0>

func.func @fully_connected_relu(%x: tensor<1x2x!x>) -> tensor<1x2x!y> {
  %w = nnq.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8> -> tensor<2x2x!w>
  %0 = nnq.fully_connected %x, %w : tensor<1x2x!x>, tensor<2x2x!w> -> tensor<1x2xf32>
  %1 = nnq.clamp %0 min = 0.0 max = 0x7F800000 : tensor<1x2xf32> -> tensor<1x2xf32>
  %2 = nnq.requantize %1 : tensor<1x2xf32> -> tensor<1x2x!y>
  return %2 : tensor<1x2x!y>
}
