// RUN: nnq-opt %s --nnq-decompose-layers | FileCheck %s

// Keys of attention, [batch, token, head, channel]: what is left of their transpose moves rows of channels.
// CHECK-LABEL: @scores
// CHECK: %[[KEYS:.*]] = nnq.transpose %arg1 permutation = [0, 2, 1, 3] : tensor<1x9x2x4xf32> -> tensor<1x2x9x4xf32>
// CHECK: nnq.matmul %arg0, %[[KEYS]] {transpose_rhs} : tensor<1x2x5x4xf32>, tensor<1x2x9x4xf32> -> tensor<1x2x5x9xf32>
func.func @scores(%q: tensor<1x2x5x4xf32>, %k: tensor<1x9x2x4xf32>) -> tensor<1x2x5x9xf32> {
  %0 = nnq.transpose %k permutation = [0, 2, 3, 1] : tensor<1x9x2x4xf32> -> tensor<1x2x4x9xf32>
  %1 = nnq.matmul %q, %0 : tensor<1x2x5x4xf32>, tensor<1x2x4x9xf32> -> tensor<1x2x5x9xf32>
  return %1 : tensor<1x2x5x9xf32>
}

// Two transposes are none.
// CHECK-LABEL: @turned_twice
// CHECK-NEXT: nnq.matmul %arg0, %arg1 : tensor<5x4xf32>, tensor<4x9xf32> -> tensor<5x9xf32>
func.func @turned_twice(%a: tensor<5x4xf32>, %b: tensor<4x9xf32>) -> tensor<5x9xf32> {
  %0 = nnq.transpose %b permutation = [1, 0] : tensor<4x9xf32> -> tensor<9x4xf32>
  %1 = nnq.matmul %a, %0 {transpose_rhs} : tensor<5x4xf32>, tensor<9x4xf32> -> tensor<5x9xf32>
  return %1 : tensor<5x9xf32>
}

// One that moves whole rows stays, and one that others read.
// CHECK-LABEL: @rows
// CHECK: nnq.transpose %arg1 permutation = [1, 0, 2]
// CHECK-NOT: transpose_rhs
func.func @rows(%a: tensor<2x5x4xf32>, %b: tensor<4x2x9xf32>) -> tensor<2x5x9xf32> {
  %0 = nnq.transpose %b permutation = [1, 0, 2] : tensor<4x2x9xf32> -> tensor<2x4x9xf32>
  %1 = nnq.matmul %a, %0 : tensor<2x5x4xf32>, tensor<2x4x9xf32> -> tensor<2x5x9xf32>
  return %1 : tensor<2x5x9xf32>
}

// CHECK-LABEL: @shared
// CHECK: %[[TURNED:.*]] = nnq.transpose %arg1 permutation = [1, 0]
// CHECK: nnq.matmul %arg0, %[[TURNED]] :
func.func @shared(%a: tensor<5x4xf32>, %b: tensor<9x4xf32>) -> (tensor<5x9xf32>, tensor<4x9xf32>) {
  %0 = nnq.transpose %b permutation = [1, 0] : tensor<9x4xf32> -> tensor<4x9xf32>
  %1 = nnq.matmul %a, %0 : tensor<5x4xf32>, tensor<4x9xf32> -> tensor<5x9xf32>
  return %1, %0 : tensor<5x9xf32>, tensor<4x9xf32>
}
