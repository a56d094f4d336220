// RUN: nnq-opt %s --nnq-set-entry=symbol=digits_run | FileCheck %s

// CHECK: llvm.func @digits_run(%arg0: !llvm.ptr, %arg1: !llvm.ptr) {
// CHECK: llvm.call @conv(%arg0, %arg1)
// CHECK: llvm.func internal @conv(%arg0: !llvm.ptr {nnq.name = "x"}, %arg1: !llvm.ptr)
// CHECK-SAME: no_inline
// CHECK-SAME: sym_visibility = "private"
// CHECK: llvm.func @expf(f32) -> f32{{$}}

llvm.func @main(%x: !llvm.ptr {nnq.name = "image"}, %y: !llvm.ptr {nnq.output}) {
  llvm.call @conv(%x, %y) : (!llvm.ptr, !llvm.ptr) -> ()
  llvm.return
}
llvm.func @conv(%x: !llvm.ptr {nnq.name = "x"}, %y: !llvm.ptr) {
  llvm.return
}
llvm.func @expf(f32) -> f32
