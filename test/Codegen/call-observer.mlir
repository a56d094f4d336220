// RUN: nnq-opt %s --pass-pipeline='builtin.module(func.func(nnq-call-observer))' | FileCheck %s
// RUN: nnq-opt %s --pass-pipeline='builtin.module(func.func(nnq-call-observer,nnq-plan-memory))' | FileCheck %s --check-prefix=ARENA

// Tensors are told of in the order in which they are computed, by the number of their output; what is written through a view, too.
// CHECK-LABEL: func.func @order
// CHECK-SAME: nnq.observed = [{{.*}}nnq.name = "second"{{.*}}nnq.name = "first"
// CHECK: call @kernel(%{{.*}}, %[[FIRST:.*]]) :
// CHECK: %[[ONE:.*]] = arith.constant 1 : i64
// CHECK: llvm.call %[[CALLEE:.*]](%{{.*}}, %[[ONE]], %{{.*}})
// CHECK: call @kernel(%[[FIRST]], %{{.*}})
// CHECK: %[[ZERO:.*]] = arith.constant 0 : i64
// CHECK: llvm.call %[[CALLEE]](%{{.*}}, %[[ZERO]], %{{.*}})
// CHECK: call @kernel
// The first is dead when the third kernel runs, which writes into its memory: 256 bytes hold three buffers of 128.
// ARENA-LABEL: func.func @order
// ARENA-SAME: nnq.arena_bytes = 256
func.func @order(%x: memref<32xf32>, %y: memref<32xf32> {nnq.output},
                 %second: memref<4x8xf32> {nnq.name = "second", nnq.observed, nnq.output},
                 %first: memref<32xf32> {nnq.name = "first", nnq.observed, nnq.output}) {
  call @kernel(%x, %first) : (memref<32xf32>, memref<32xf32>) -> ()
  %flat = memref.collapse_shape %second [[0, 1]] : memref<4x8xf32> into memref<32xf32>
  call @kernel(%first, %flat) : (memref<32xf32>, memref<32xf32>) -> ()
  %third = memref.alloc() : memref<32xf32>
  call @kernel(%flat, %third) : (memref<32xf32>, memref<32xf32>) -> ()
  call @kernel(%third, %y) : (memref<32xf32>, memref<32xf32>) -> ()
  return
}

// A loop that copies writes its result as a kernel does.
// CHECK-LABEL: func.func @copied
// CHECK: scf.for
// CHECK: }
// CHECK: llvm.call
func.func @copied(%x: memref<8xf32>, %seen: memref<8xf32> {nnq.name = "x", nnq.observed, nnq.output}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  scf.for %i = %c0 to %c8 step %c1 {
    %0 = memref.load %x[%i] : memref<8xf32>
    memref.store %0, %seen[%i] : memref<8xf32>
  }
  return
}

// CHECK-LABEL: func.func @unobserved
// CHECK-SAME: (%{{.*}}: memref<4xf32>, %{{.*}}: memref<4xf32> {nnq.output}) {
// CHECK-NEXT: call @kernel4
func.func @unobserved(%x: memref<4xf32>, %y: memref<4xf32> {nnq.output}) {
  call @kernel4(%x, %y) : (memref<4xf32>, memref<4xf32>) -> ()
  return
}

func.func private @kernel(memref<32xf32>, memref<32xf32>) attributes {nnq.kernel}
func.func private @kernel4(memref<4xf32>, memref<4xf32>) attributes {nnq.kernel}
