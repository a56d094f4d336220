// RUN: nnq-opt %s --convert-nnq-to-linalg --split-input-file | FileCheck %s

// Booleans have a byte in memory, integers no sign; what they were is said to the caller.
// CHECK-LABEL: func.func @comparison
// CHECK-SAME: (%{{.*}}: tensor<4xi8> {nnq.type = tensor<4xui8>}, %{{.*}}: tensor<4xi8> {nnq.type = tensor<4xi1>}) -> (tensor<4xi8> {nnq.type = tensor<4xi1>})
// CHECK: linalg.generic
// CHECK: %[[LESS:.*]] = arith.cmpi ult
// CHECK: arith.extui %[[LESS]] : i1 to i8
// CHECK: linalg.generic
// CHECK: arith.cmpi ne
// CHECK: arith.andi {{.*}} : i1
func.func @comparison(%x: tensor<4xui8>, %m: tensor<4xi1>) -> tensor<4xi1> {
  %c = nnq.constant dense<7> : tensor<i8> -> tensor<ui8>
  %0 = nnq.compare lt %x, %c : tensor<4xui8>, tensor<ui8> -> tensor<4xi1>
  %1 = nnq.integer and %0, %m : tensor<4xi1>, tensor<4xi1> -> tensor<4xi1>
  return %1 : tensor<4xi1>
}

// -----

// Nothing traps: of 0, another divisor is taken, and the result is not.
// CHECK-LABEL: func.func @division
// CHECK: %[[ZERO:.*]] = arith.cmpi eq, %[[B:.*]], %{{.*}} : i32
// CHECK: %[[SAFE:.*]] = arith.select %{{.*}}, %{{.*}}, %[[B]] : i32
// CHECK: arith.divsi %{{.*}}, %[[SAFE]] : i32
// CHECK: arith.select %[[ZERO]]
func.func @division(%x: tensor<4xi32>, %y: tensor<4xi32>) -> tensor<4xi32> {
  %0 = nnq.integer div %x, %y : tensor<4xi32>, tensor<4xi32> -> tensor<4xi32>
  return %0 : tensor<4xi32>
}

// -----

// No operation, unless codes were given another sign.
!u8 = !quant.uniform<u8:f32, 0.5:128>
// CHECK-LABEL: func.func @codes
// CHECK-SAME: (%[[X:.*]]: tensor<4xi8>
// CHECK: %[[MOVED:.*]] = linalg.generic {{.*}} ins(%[[X]]
// CHECK: arith.addi %{{.*}}, %{{.*}} : i8
// CHECK: return %[[X]], %[[MOVED]]
func.func @codes(%x: tensor<4x!u8>) -> (tensor<4xui8>, tensor<4xui8>) {
  %0 = nnq.storage_cast %x : tensor<4x!u8> -> tensor<4xui8>
  %1 = nnq.storage_cast %x {nnq.code_offsets = array<i64: 128, 0>} : tensor<4x!u8> -> tensor<4xui8>
  return %0, %1 : tensor<4xui8>, tensor<4xui8>
}

// -----

// An index is counted from the end if it is negative, and never leaves the tensor.
// CHECK-LABEL: func.func @gather
// CHECK-SAME: (%[[X:.*]]: tensor<5x3xf32>
// CHECK: linalg.generic
// CHECK: %[[WRAPPED:.*]] = arith.select
// CHECK: %[[LOW:.*]] = arith.maxsi %[[WRAPPED]]
// CHECK: %[[PLACE:.*]] = arith.minsi %[[LOW]]
// CHECK: %[[ROW:.*]] = arith.index_cast %[[PLACE]]
// CHECK: tensor.extract %[[X]][%[[ROW]], %{{.*}}]
func.func @gather(%x: tensor<5x3xf32>, %i: tensor<4xi64>) -> tensor<4x3xf32> {
  %0 = nnq.gather %x, %i axis = 0 : tensor<5x3xf32>, tensor<4xi64> -> tensor<4x3xf32>
  return %0 : tensor<4x3xf32>
}

// -----

// The extreme key, then the first place that has it; of codes, their order.
!i8 = !quant.uniform<i8:f32, 0.5:3>
// CHECK-LABEL: func.func @arg_reduce
// CHECK: arith.extsi %{{.*}} : i8 to i32
// CHECK: arith.maxsi {{.*}} : i32
// CHECK: arith.cmpi eq
// CHECK: arith.minsi {{.*}} : i64
func.func @arg_reduce(%x: tensor<4x9x!i8>) -> tensor<4x1xi64> {
  %0 = nnq.arg_reduce max %x axis = 1 : tensor<4x9x!i8> -> tensor<4x1xi64>
  return %0 : tensor<4x1xi64>
}

// -----

// How many are before each number, then which number has each rank.
// CHECK-LABEL: func.func @top_k
// CHECK: arith.cmpi sgt
// CHECK: arith.cmpi ult
// CHECK: arith.addi {{.*}} : i32
// CHECK: arith.addi {{.*}} : i64
func.func @top_k(%x: tensor<4x9xi32>) -> tensor<4x2xi64> {
  %0 = nnq.top_k %x k = 2 axis = 1 : tensor<4x9xi32> -> tensor<4x2xi64>
  return %0 : tensor<4x2xi64>
}

// -----

// The greatest from the least number on, by the sign of the type; sums of the low bits.
// CHECK-LABEL: func.func @reduce
// CHECK: arith.constant 0 : i8
// CHECK: arith.maxui {{.*}} : i8
// CHECK: arith.constant 9223372036854775807 : i64
// CHECK: arith.minsi {{.*}} : i64
// CHECK: arith.constant 0 : i64
// CHECK: arith.addi {{.*}} : i64
func.func @reduce(%x: tensor<4x9xui8>, %y: tensor<4x9xi64>) -> (tensor<4x1xui8>, tensor<1x9xi64>, tensor<4x1xi64>) {
  %0 = nnq.reduce max %x axes = [1] : tensor<4x9xui8> -> tensor<4x1xui8>
  %1 = nnq.reduce min %y axes = [0] : tensor<4x9xi64> -> tensor<1x9xi64>
  %2 = nnq.reduce sum %y axes = [1] : tensor<4x9xi64> -> tensor<4x1xi64>
  return %0, %1, %2 : tensor<4x1xui8>, tensor<1x9xi64>, tensor<4x1xi64>
}
