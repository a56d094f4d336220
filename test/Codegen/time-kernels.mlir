// RUN: nnq-opt %s --pass-pipeline='builtin.module(func.func(nnq-time-kernels{target=x86-avx2}))' | FileCheck %s -DCOUNTER=llvm.readcyclecounter
// RUN: nnq-opt %s --pass-pipeline='builtin.module(func.func(nnq-time-kernels{target=aarch64-neon}))' | FileCheck %s -DCOUNTER=llvm.readsteadycounter

// One reading in front of the first call and one behind each; names are those of the calls' locations, else of the kernels.
// CHECK-LABEL: func.func @network
// CHECK-SAME: %[[X:.*]]: memref<4xf32>, %[[Y:.*]]: memref<4xf32> {nnq.output}, %[[TICKS:.*]]: memref<2xi64> {nnq.name = "ticks", nnq.output}, %[[ARENA:.*]]: memref<64xi8> {nnq.arena}
// CHECK-SAME: nnq.kernels = ["conv1", "double"]
// CHECK: %[[BEGIN:.*]] = llvm.call_intrinsic "[[COUNTER]]"() : () -> i64
// CHECK-NEXT: call @double
// CHECK-NEXT: %[[MIDDLE:.*]] = llvm.call_intrinsic "[[COUNTER]]"() : () -> i64
// CHECK: %[[FIRST:.*]] = arith.subi %[[MIDDLE]], %[[BEGIN]] : i64
// CHECK-NEXT: memref.store %[[FIRST]], %[[TICKS]][%c0
// CHECK-NEXT: call @double
// CHECK-NEXT: %[[END:.*]] = llvm.call_intrinsic "[[COUNTER]]"() : () -> i64
// CHECK: %[[SECOND:.*]] = arith.subi %[[END]], %[[MIDDLE]] : i64
// CHECK-NEXT: memref.store %[[SECOND]], %[[TICKS]][%c1
// CHECK-NEXT: return
func.func @network(%x: memref<4xf32>, %y: memref<4xf32> {nnq.output}, %arena: memref<64xi8> {nnq.arena}) {
  call @double(%x, %y) : (memref<4xf32>, memref<4xf32>) -> () loc("conv1")
  call @double(%x, %y) : (memref<4xf32>, memref<4xf32>) -> ()
  return
}

// A kernel is what is measured.
// CHECK-LABEL: func.func private @double
// CHECK-SAME: (%{{.*}}: memref<4xf32>, %{{.*}}: memref<4xf32>) attributes {nnq.kernel}
// CHECK-NOT: llvm.call_intrinsic
func.func private @double(%x: memref<4xf32>, %y: memref<4xf32>) attributes {nnq.kernel} {
  memref.copy %x, %y : memref<4xf32> to memref<4xf32>
  return
}
