// RUN: nnq-opt %s --nnq-quantize | FileCheck %s

// CHECK: nnq.requantize %arg0 : tensor<1x2xf32> -> tensor<1x2x!quant.uniform<u8:f32, 5.000000e-01:128>>
// CHECK-NEXT: nnq.constant dense<{{.*}}> : tensor<2x2xi8> -> tensor<2x2x!quant.uniform<i8<-127:127>:f32:0, {1.000000e+00,5.000000e-01}>>
// CHECK: nnq.fully_connected {{.*}} -> tensor<1x2x!quant.uniform<u8:f32, 2.000000e+00>>
// CHECK: nnq.fully_connected {{.*}} -> tensor<1x2xf32>
// CHECK-NEXT: return

func.func @two_layers(%x: tensor<1x2xf32> {nnq.range = array<f32: -64.0, 63.5>}) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[127.0, -3.0], [2.0, 63.5]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %b = nnq.constant dense<[1.0, 2.0]> : tensor<2xf32> -> tensor<2xf32>
  %0 = nnq.fully_connected %x, %w, %b : tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32> -> tensor<1x2xf32>
  %1 = nnq.clamp %0 min = 0.0 max = 0x7F800000 {nnq.range = array<f32: 0.0, 510.0>} : tensor<1x2xf32> -> tensor<1x2xf32>
  %2 = nnq.fully_connected %1, %w, %b {nnq.range = array<f32: -9.0, 9.0>} : tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32> -> tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}
