// RUN: nnq-opt %s --nnq-equalize-channels | FileCheck %s

// The first channel is divided by 4 and multiplied behind; the bound of its clamp is 6 / 4.
// CHECK: %[[W1:.*]] = nnq.constant dense<{{.}}[4.000000e+00], [1.000000e+00]]>
// CHECK: %[[X:.*]] = nnq.fully_connected %{{.*}}, %[[W1]]
// CHECK: %[[BOUNDS:.*]] = nnq.constant dense<[1.500000e+00, 6.000000e+00]>
// CHECK: %[[MIN:.*]] = nnq.min %[[X]], %[[BOUNDS]]
// CHECK: %[[Y:.*]] = nnq.clamp %[[MIN]] min = 0.0{{.*}} max = 0x7F800000
// CHECK: %[[W2:.*]] = nnq.constant dense<{{.}}[4.000000e+00, 1.000000e+00]]>
// CHECK: nnq.fully_connected %[[Y]], %[[W2]]

func.func @two_layers(%x: tensor<1x1xf32>) -> tensor<1x1xf32> {
  %w1 = nnq.constant dense<[[16.0], [1.0]]> : tensor<2x1xf32> -> tensor<2x1xf32>
  %w2 = nnq.constant dense<[[1.0, 1.0]]> : tensor<1x2xf32> -> tensor<1x2xf32>
  %0 = nnq.fully_connected %x, %w1 : tensor<1x1xf32>, tensor<2x1xf32> -> tensor<1x2xf32>
  %1 = nnq.clamp %0 min = 0.0 max = 6.0 : tensor<1x2xf32> -> tensor<1x2xf32>
  %2 = nnq.fully_connected %1, %w2 : tensor<1x2xf32>, tensor<1x2xf32> -> tensor<1x1xf32>
  return %2 : tensor<1x1xf32>
}
