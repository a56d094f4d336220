// RUN: nnq-opt %s --nnq-deduplicate-kernels | FileCheck %s

// CHECK: call @conv1(%arg0, %arg1)
// CHECK-NEXT: call @conv1(%arg1, %arg0)
// CHECK: func.func private @conv1
// CHECK-NOT: @conv2

func.func @main(%x: memref<4xf32>, %y: memref<4xf32>) {
  call @conv1(%x, %y) : (memref<4xf32>, memref<4xf32>) -> ()
  call @conv2(%y, %x) : (memref<4xf32>, memref<4xf32>) -> ()
  return
}
func.func private @conv1(%x: memref<4xf32>, %y: memref<4xf32>) attributes {nnq.kernel} {
  memref.copy %x, %y : memref<4xf32> to memref<4xf32>
  return
}
func.func private @conv2(%x: memref<4xf32>, %y: memref<4xf32>) attributes {nnq.kernel} {
  memref.copy %x, %y : memref<4xf32> to memref<4xf32>
  return
}
