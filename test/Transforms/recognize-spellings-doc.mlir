// RUN: nnq-opt %s --nnq-recognize-spellings | FileCheck %s

// CHECK: %[[N:.*]] = nnq.normalize rms %arg0 axes = [1] epsilon = 9.99999997E-7 inside
// CHECK-NEXT: nnq.unary silu %[[N]]
// CHECK-NEXT: return

func.func @rms_norm_and_silu(%x: tensor<6x32xf32>) -> tensor<6x32xf32> {
  %epsilon = nnq.constant dense<1.0e-6> : tensor<f32> -> tensor<f32>
  %0 = nnq.unary square %x : tensor<6x32xf32> -> tensor<6x32xf32>
  %1 = nnq.reduce mean %0 axes = [1] : tensor<6x32xf32> -> tensor<6x1xf32>
  %2 = nnq.add %1, %epsilon : tensor<6x1xf32>, tensor<f32> -> tensor<6x1xf32>
  %3 = nnq.unary sqrt %2 : tensor<6x1xf32> -> tensor<6x1xf32>
  %4 = nnq.div %x, %3 : tensor<6x32xf32>, tensor<6x1xf32> -> tensor<6x32xf32>
  %5 = nnq.unary sigmoid %4 : tensor<6x32xf32> -> tensor<6x32xf32>
  %6 = nnq.mul %4, %5 : tensor<6x32xf32>, tensor<6x32xf32> -> tensor<6x32xf32>
  return %6 : tensor<6x32xf32>
}
