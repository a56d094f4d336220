// RUN: nnq-opt %s --nnq-parallelize-calls | FileCheck %s

// CHECK: llvm.func @net_run(%arg0: !llvm.ptr)
// CHECK: llvm.call @part(
// CHECK: llvm.func @net_run_parallel(%arg0: !llvm.ptr, %[[FOR:.*]]: !llvm.ptr, %[[POOL:.*]]: !llvm.ptr)
// CHECK: %[[TASK:.*]] = llvm.mlir.addressof @task_part
// CHECK: llvm.call %[[FOR]](%[[POOL]], %[[TASK]],
// CHECK: llvm.func internal @task_part(

llvm.func @net_run(%x: !llvm.ptr) {
  %begin = llvm.mlir.constant(0 : i64) : i64
  %end = llvm.mlir.constant(25 : i64) : i64
  llvm.call @part(%x, %begin, %end) : (!llvm.ptr, i64, i64) -> ()
  llvm.return
}
llvm.func @part(%x: !llvm.ptr, %begin: i64, %end: i64) attributes {nnq.parallel = 25 : i64, sym_visibility = "private"} {
  llvm.return
}
