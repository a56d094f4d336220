// RUN: nnq-opt %s --pass-pipeline='builtin.module(func.func(nnq-expose-observers))' | FileCheck %s

// CHECK-LABEL: @adds_one_result_per_observer
// CHECK-SAME: -> (tensor<4xf32> {nnq.name = "y"}, tensor<4xf32> {nnq.name = "x", nnq.observed}, tensor<4xf32> {nnq.name = "sigmoid", nnq.observed})
// CHECK-NOT: nnq.observe
// CHECK: return %[[Y:.*]], %arg0, %[[Y]]
func.func @adds_one_result_per_observer(%x: tensor<4xf32>) -> (tensor<4xf32> {nnq.name = "y"}) {
  nnq.observe %x name = "x" : tensor<4xf32>
  %y = nnq.unary sigmoid %x : tensor<4xf32> -> tensor<4xf32>
  nnq.observe %y name = "sigmoid" : tensor<4xf32>
  return %y : tensor<4xf32>
}

// CHECK-LABEL: @leaves_a_function_without_observers_alone
// CHECK-SAME: (%[[X:.*]]: tensor<4xf32>) -> tensor<4xf32> {
func.func @leaves_a_function_without_observers_alone(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
