// RUN: nnq-opt %s --pass-pipeline='builtin.module(func.func(nnq-number-layers))' --mlir-print-debuginfo --mlir-print-local-scope | FileCheck %s

// CHECK: nnq.constant {{.*}} loc("weights")
// CHECK: nnq.fully_connected {{.*}} loc(fused<0 : i64>["hidden"])
// CHECK: nnq.reshape {{.*}} loc("flat")
// CHECK: nnq.clamp {{.*}} loc(fused<1 : i64>["hidden"])

func.func @main(%x: tensor<1x2xf32>) -> tensor<2xf32> {
  %w = nnq.constant dense<[[1.0, -0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32> loc("weights")
  %0 = nnq.fully_connected %x, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("hidden")
  %1 = nnq.reshape %0 : tensor<1x2xf32> -> tensor<2xf32> loc("flat")
  %2 = nnq.clamp %1 min = 0.0 max = 6.0 : tensor<2xf32> -> tensor<2xf32> loc("hidden")
  return %2 : tensor<2xf32>
}
