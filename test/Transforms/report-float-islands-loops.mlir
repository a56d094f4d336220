// RUN: nnq-opt %s --nnq-report-float-islands 2>/dev/null | FileCheck %s

// What an operation in float shares a loop with decides whether it is an island.

!x = !quant.uniform<u8:f32, 0.5:128>
!w = !quant.uniform<i8:f32, 0.25>

// An elementwise operation behind a product of codes is its epilogue.
// CHECK-LABEL: @epilogue
// CHECK-NOT: nnq.float_island
func.func @epilogue(%x: tensor<1x2x!x>, %s: tensor<1x2xf32>) -> tensor<1x2x!x> {
  %w = nnq.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8> -> tensor<2x2x!w>
  %0 = nnq.fully_connected %x, %w : tensor<1x2x!x>, tensor<2x2x!w> -> tensor<1x2xf32>
  %1 = nnq.mul %0, %s : tensor<1x2xf32>, tensor<1x2xf32> -> tensor<1x2xf32>
  %2 = nnq.requantize %1 : tensor<1x2xf32> -> tensor<1x2x!x>
  return %2 : tensor<1x2x!x>
}

// One in front of a sum of codes is part of that.
// CHECK-LABEL: @prologue
// CHECK-NOT: nnq.float_island
func.func @prologue(%a: tensor<1x2xf32>, %b: tensor<1x2x!x>) -> tensor<1x2x!x> {
  %0 = nnq.mul %a, %a : tensor<1x2xf32>, tensor<1x2xf32> -> tensor<1x2xf32>
  %1 = nnq.add %0, %b : tensor<1x2xf32>, tensor<1x2x!x> -> tensor<1x2x!x>
  return %1 : tensor<1x2x!x>
}

// What is rounded in between is computed in float, also where one kernel holds both.
// CHECK-LABEL: @rounded_between
// CHECK: nnq.mul {{.*}}nnq.float_island
// CHECK: nnq.requantize
// CHECK-NOT: nnq.float_island
func.func @rounded_between(%a: tensor<1x2xf32>, %b: tensor<1x2x!x>) -> tensor<1x2x!x> {
  %0 = nnq.mul %a, %a : tensor<1x2xf32>, tensor<1x2xf32> -> tensor<1x2xf32>
  %1 = nnq.requantize %0 : tensor<1x2xf32> -> tensor<1x2x!x>
  %2 = nnq.add %1, %b : tensor<1x2x!x>, tensor<1x2x!x> -> tensor<1x2x!x>
  return %2 : tensor<1x2x!x>
}

// So is what is no elementwise operation, whatever follows.
// CHECK-LABEL: @softmax
// CHECK: nnq.softmax {{.*}}nnq.float_island
// CHECK-NOT: nnq.float_island
func.func @softmax(%a: tensor<1x2xf32>, %b: tensor<1x2x!x>) -> tensor<1x2x!x> {
  %0 = nnq.softmax %a axis = 1 : tensor<1x2xf32> -> tensor<1x2xf32>
  %1 = nnq.add %0, %b : tensor<1x2xf32>, tensor<1x2x!x> -> tensor<1x2x!x>
  return %1 : tensor<1x2x!x>
}
