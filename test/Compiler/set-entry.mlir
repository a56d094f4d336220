// RUN: nnq-opt %s --nnq-set-entry | FileCheck %s
// RUN: nnq-opt %s --nnq-set-entry="function=second symbol=main" | FileCheck %s --check-prefix=SAME
// RUN: nnq-opt %s --nnq-set-entry="function=second symbol=second" | FileCheck %s --check-prefix=SECOND

// Without a symbol, public functions keep their names.
// CHECK: llvm.func @first(%arg0: !llvm.ptr) {
// CHECK: llvm.func @second(%arg0: !llvm.ptr) {
// CHECK: llvm.func internal @kernel(%arg0: !llvm.ptr {nnq.name = "k"}) attributes {no_inline, sym_visibility = "private"}

// Calls follow the name, and so a function that calls another entry.
// SAME: llvm.func internal @first(%arg0: !llvm.ptr {nnq.name = "x"}) attributes {no_inline, sym_visibility = "private"} {
// SAME-NEXT: llvm.call @main(%arg0)
// SAME: llvm.func @main(%arg0: !llvm.ptr) {

// A function may keep its name, and all others become private.
// SECOND: llvm.func internal @first({{.*}}) attributes {no_inline, sym_visibility = "private"}
// SECOND: llvm.func @second(%arg0: !llvm.ptr) {

llvm.func @first(%x: !llvm.ptr {nnq.name = "x"}) {
  llvm.call @second(%x) : (!llvm.ptr) -> ()
  llvm.return
}
llvm.func @second(%x: !llvm.ptr {nnq.name = "y"}) {
  llvm.call @kernel(%x) : (!llvm.ptr) -> ()
  llvm.return
}
llvm.func @kernel(%x: !llvm.ptr {nnq.name = "k"}) attributes {sym_visibility = "private"} {
  llvm.return
}
