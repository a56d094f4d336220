// RUN: nnq-opt %s --nnq-deduplicate-kernels | FileCheck %s

// CHECK-LABEL: @calls_equal_kernels_under_one_name
// CHECK-NEXT: call @first
// CHECK-NEXT: call @first
// CHECK-NEXT: call @other
func.func @calls_equal_kernels_under_one_name(%x: memref<4xf32>) {
  call @first(%x) : (memref<4xf32>) -> ()
  call @second(%x) : (memref<4xf32>) -> ()
  call @other(%x) : (memref<4xf32>) -> ()
  return
}
// CHECK: func.func private @first
func.func private @first(%x: memref<4xf32>) attributes {nnq.kernel} {
  %c0 = arith.constant 0 : index
  %f = arith.constant 1.0 : f32
  memref.store %f, %x[%c0] : memref<4xf32>
  return
}
// CHECK-NOT: @second
func.func private @second(%y: memref<4xf32>) attributes {nnq.kernel} {
  %c0 = arith.constant 0 : index
  %f = arith.constant 1.0 : f32
  memref.store %f, %y[%c0] : memref<4xf32>
  return
}
// A constant in the body tells kernels apart.
// CHECK: func.func private @other
func.func private @other(%x: memref<4xf32>) attributes {nnq.kernel} {
  %c0 = arith.constant 0 : index
  %f = arith.constant 2.0 : f32
  memref.store %f, %x[%c0] : memref<4xf32>
  return
}
