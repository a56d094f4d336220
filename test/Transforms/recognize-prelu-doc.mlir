// RUN: nnq-opt %s --nnq-recognize-prelu | FileCheck %s

// CHECK: %[[SLOPE:.*]] = nnq.constant dense<[2.500000e-01, 5.000000e-01]>
// CHECK: %[[Y:.*]] = nnq.prelu %arg0, %[[SLOPE]]
// CHECK-NEXT: return %[[Y]]

func.func @relu_minus_scaled_relu(%x: tensor<1x4x2xf32>) -> tensor<1x4x2xf32> {
  %slope = nnq.constant dense<[0.25, 0.5]> : tensor<2xf32> -> tensor<2xf32>
  %0 = nnq.clamp %x min = 0.0 max = 0x7F800000 : tensor<1x4x2xf32> -> tensor<1x4x2xf32>
  %1 = nnq.unary neg %x : tensor<1x4x2xf32> -> tensor<1x4x2xf32>
  %2 = nnq.clamp %1 min = 0.0 max = 0x7F800000 : tensor<1x4x2xf32> -> tensor<1x4x2xf32>
  %3 = nnq.mul %2, %slope : tensor<1x4x2xf32>, tensor<2xf32> -> tensor<1x4x2xf32>
  %4 = nnq.sub %0, %3 : tensor<1x4x2xf32>, tensor<1x4x2xf32> -> tensor<1x4x2xf32>
  return %4 : tensor<1x4x2xf32>
}
