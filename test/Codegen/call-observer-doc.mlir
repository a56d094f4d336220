// RUN: nnq-opt %s --pass-pipeline='builtin.module(func.func(nnq-call-observer))' | FileCheck %s

// CHECK: func.func @network(%[[X:.*]]: memref<4xf32>, %[[OBSERVER:.*]]: memref<2xi64> {nnq.name = "observer"}, %[[Y:.*]]: memref<4xf32> {nnq.output})
// CHECK-SAME: nnq.observed = [{nnq.memory = memref<4xf32>, nnq.name = "conv1", nnq.observed, nnq.output}]
// CHECK-DAG: %[[BUFFER:.*]] = memref.alloc() : memref<4xf32>
// CHECK-DAG: %[[ADDRESS:.*]] = memref.load %[[OBSERVER]][%c0] : memref<2xi64>
// CHECK-DAG: %[[CONTEXT:.*]] = memref.load %[[OBSERVER]][%c1] : memref<2xi64>
// CHECK-DAG: %[[CALLEE:.*]] = llvm.inttoptr %[[ADDRESS]]
// CHECK: call @conv(%[[X]], %[[BUFFER]])
// CHECK: %[[DATA:.*]] = memref.extract_aligned_pointer_as_index %[[BUFFER]]
// CHECK: llvm.call %[[CALLEE]](%[[CONTEXT]], %{{.*}}, %{{.*}}) : !llvm.ptr, (i64, i64, i64) -> ()
// CHECK: call @relu(%[[BUFFER]], %[[Y]])

func.func @network(%x: memref<4xf32>, %y: memref<4xf32> {nnq.output}, %seen: memref<4xf32> {nnq.name = "conv1", nnq.observed, nnq.output}) {
  call @conv(%x, %seen) : (memref<4xf32>, memref<4xf32>) -> ()
  call @relu(%seen, %y) : (memref<4xf32>, memref<4xf32>) -> ()
  return
}
func.func private @conv(memref<4xf32>, memref<4xf32>) attributes {nnq.kernel}
func.func private @relu(memref<4xf32>, memref<4xf32>) attributes {nnq.kernel}
