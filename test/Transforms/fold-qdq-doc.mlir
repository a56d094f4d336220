// RUN: nnq-opt %s --nnq-fold-qdq --canonicalize | FileCheck %s

// CHECK: nnq.fully_connected %arg0, {{.*}} -> tensor<1x2xf32>
// CHECK-NEXT: nnq.requantize
// CHECK-NEXT: return

!x = !quant.uniform<u8:f32, 0.5:128>
!w = !quant.uniform<i8:f32, 0.25>
!y = !quant.uniform<u8:f32, 2.0:10>

func.func @dequantize_fully_connected_quantize(%x: tensor<1x2x!x>) -> tensor<1x2x!y> {
  %w = nnq.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8> -> tensor<2x2x!w>
  %0 = nnq.requantize %x : tensor<1x2x!x> -> tensor<1x2xf32>
  %1 = nnq.requantize %w : tensor<2x2x!w> -> tensor<2x2xf32>
  %2 = nnq.fully_connected %0, %1 : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  %3 = nnq.requantize %2 : tensor<1x2xf32> -> tensor<1x2x!y>
  return %3 : tensor<1x2x!y>
}
