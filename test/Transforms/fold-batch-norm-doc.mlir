// RUN: nnq-opt %s --nnq-fold-batch-norm | FileCheck %s

// CHECK-DAG: nnq.constant dense<{{.*}}1.000000e+00], [2.000000e+00
// CHECK-DAG: nnq.constant dense<[-1.000000e+00, 4.000000e+00]>
// CHECK: nnq.fully_connected
// CHECK-NEXT: return

func.func @fully_connected_and_batch_norm(%x: tensor<1x1xf32>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1.0], [4.0]]> : tensor<2x1xf32> -> tensor<2x1xf32>
  %gain = nnq.constant dense<[2.0, 1.0]> : tensor<2xf32> -> tensor<2xf32>
  %offset = nnq.constant dense<[0.0, 5.0]> : tensor<2xf32> -> tensor<2xf32>
  %mean = nnq.constant dense<[1.0, 2.0]> : tensor<2xf32> -> tensor<2xf32>
  %variance = nnq.constant dense<3.0> : tensor<2xf32> -> tensor<2xf32>
  %0 = nnq.fully_connected %x, %w : tensor<1x1xf32>, tensor<2x1xf32> -> tensor<1x2xf32>
  %1 = nnq.batch_norm %0, %gain, %offset, %mean, %variance epsilon = 1.0 : tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32> -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}
