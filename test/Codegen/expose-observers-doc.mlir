// RUN: nnq-opt %s --pass-pipeline='builtin.module(func.func(nnq-expose-observers))' | FileCheck %s

// CHECK: -> (tensor<4xf32> {nnq.name = "y"}, tensor<4xf32> {nnq.name = "conv1", nnq.observed})
// CHECK-NOT: nnq.observe %
// CHECK: return %1, %0

func.func @main(%x: tensor<4xf32>) -> (tensor<4xf32> {nnq.name = "y"}) {
  %0 = nnq.unary sigmoid %x : tensor<4xf32> -> tensor<4xf32>
  nnq.observe %0 name = "conv1" : tensor<4xf32>
  %1 = nnq.unary tanh %0 : tensor<4xf32> -> tensor<4xf32>
  return %1 : tensor<4xf32>
}
