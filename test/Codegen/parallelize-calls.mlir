// RUN: nnq-opt %s --nnq-parallelize-calls --split-input-file --verify-diagnostics | FileCheck %s

// CHECK-LABEL: llvm.func @net_run(
// CHECK: llvm.call @part(
// CHECK: llvm.call @rest(
// CHECK: llvm.call @part(

// CHECK-LABEL: llvm.func @net_run_parallel(
// CHECK-SAME: %[[X:.*]]: !llvm.ptr, %[[Y:.*]]: !llvm.ptr, %[[FOR:.*]]: !llvm.ptr, %[[POOL:.*]]: !llvm.ptr)
// CHECK: %[[SIZE:.*]] = llvm.mlir.constant(2 : i64) : i64
// CHECK: %[[ARRAY:.*]] = llvm.alloca %[[SIZE]] x !llvm.ptr
// CHECK-NOT: llvm.alloca
// CHECK: %[[COUNT:.*]] = llvm.mlir.constant(25 : i64) : i64
// CHECK: %[[FIRST:.*]] = llvm.getelementptr %[[ARRAY]][0]
// CHECK: llvm.store %[[X]], %[[FIRST]]
// CHECK: %[[SECOND:.*]] = llvm.getelementptr %[[ARRAY]][1]
// CHECK: llvm.store %[[Y]], %[[SECOND]]
// CHECK: %[[TASK:.*]] = llvm.mlir.addressof @task_part
// CHECK: llvm.call %[[FOR]](%[[POOL]], %[[TASK]], %[[ARRAY]], %[[COUNT]]) : !llvm.ptr, (!llvm.ptr, !llvm.ptr, !llvm.ptr, i64) -> ()
// CHECK: llvm.call @rest(%[[Y]])
// CHECK: llvm.call %[[FOR]](%[[POOL]],
// CHECK: llvm.return
llvm.func @net_run(%x: !llvm.ptr, %y: !llvm.ptr) {
  %begin = llvm.mlir.constant(0 : i64) : i64
  %end = llvm.mlir.constant(25 : i64) : i64
  llvm.call @part(%x, %y, %begin, %end) : (!llvm.ptr, !llvm.ptr, i64, i64) -> ()
  llvm.call @rest(%y) : (!llvm.ptr) -> ()
  llvm.call @part(%y, %x, %begin, %end) : (!llvm.ptr, !llvm.ptr, i64, i64) -> ()
  llvm.return
}
// One task for both calls.
// CHECK: llvm.func internal @task_part(%[[ARGS:.*]]: !llvm.ptr, %[[BEGIN:.*]]: i64, %[[END:.*]]: i64)
// CHECK: %[[ADDRESS:.*]] = llvm.getelementptr %[[ARGS]][0]
// CHECK: %[[FIRST:.*]] = llvm.load %[[ADDRESS]] : !llvm.ptr -> !llvm.ptr
// CHECK: %[[SECOND:.*]] = llvm.load
// CHECK: llvm.call @part(%[[FIRST]], %[[SECOND]], %[[BEGIN]], %[[END]])
// CHECK-NOT: @task_
llvm.func @part(%x: !llvm.ptr, %y: !llvm.ptr, %begin: i64, %end: i64) attributes {nnq.kernel, nnq.parallel = 25 : i64, sym_visibility = "private"} {
  llvm.return
}
llvm.func @rest(%y: !llvm.ptr) attributes {nnq.kernel, sym_visibility = "private"} {
  llvm.return
}

// -----

// CHECK-LABEL: llvm.func @without_parallel_parts_parallel(
// CHECK-SAME: !llvm.ptr {llvm.noalias}, %{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr)
// CHECK-NOT: llvm.alloca
// CHECK: llvm.call @rest(
llvm.func @without_parallel_parts(%y: !llvm.ptr {llvm.noalias}) {
  llvm.call @rest(%y) : (!llvm.ptr) -> ()
  llvm.return
}
llvm.func @rest(%y: !llvm.ptr) attributes {sym_visibility = "private"} {
  llvm.return
}

// -----

llvm.func @calls(%x: f32, %n: i64) {
  llvm.call @takes_a_number(%x, %n, %n) : (f32, i64, i64) -> ()
  llvm.return
}
// expected-error @+1 {{'takes_a_number' is parallel; it needs pointers and then the first and last iteration, but has type '!llvm.func<void (f32, i64, i64)>'}}
llvm.func @takes_a_number(%x: f32, %begin: i64, %end: i64) attributes {nnq.parallel = 25 : i64, sym_visibility = "private"} {
  llvm.return
}
