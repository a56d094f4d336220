// RUN: nnq-opt %s --nnq-form-kernels | FileCheck %s

// CHECK-LABEL: func.func @main
// CHECK: %[[SUM:.*]] = call @kernel_0_fc(%arg0, %arg1)
// CHECK: %[[FLAT:.*]] = nnq.reshape %[[SUM]]
// CHECK: return %[[FLAT]]
// CHECK: func.func private @kernel_0_fc({{.*}}) -> tensor<1x3xf32> attributes {nnq.kernel}
// CHECK: nnq.fully_connected
// CHECK: nnq.add
// CHECK: nnq.clamp

func.func @main(%x: tensor<1x2xf32>, %skip: tensor<1x3xf32>) -> tensor<3xf32> {
  %w = nnq.constant dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]> : tensor<3x2xf32> -> tensor<3x2xf32>
  %0 = nnq.fully_connected %x, %w : tensor<1x2xf32>, tensor<3x2xf32> -> tensor<1x3xf32> loc("fc")
  %1 = nnq.add %0, %skip : tensor<1x3xf32>, tensor<1x3xf32> -> tensor<1x3xf32> loc("sum")
  %2 = nnq.clamp %1 min = 0.0 max = 6.0 : tensor<1x3xf32> -> tensor<1x3xf32> loc("relu6")
  %3 = nnq.reshape %2 : tensor<1x3xf32> -> tensor<3xf32>
  return %3 : tensor<3xf32>
}
