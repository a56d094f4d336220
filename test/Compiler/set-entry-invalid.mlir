// RUN: not nnq-opt %s --nnq-set-entry="function=other symbol=model_run" 2>&1 | FileCheck %s --check-prefix=MISSING
// RUN: not nnq-opt %s --nnq-set-entry="function=declared symbol=model_run" 2>&1 | FileCheck %s --check-prefix=DECLARED
// RUN: not nnq-opt %s --nnq-set-entry="symbol=my-model" 2>&1 | FileCheck %s --check-prefix=SYMBOL
// RUN: not nnq-opt %s --nnq-set-entry="symbol=kernel" 2>&1 | FileCheck %s --check-prefix=TAKEN

// MISSING: error: there is no function 'other' of LLVM's dialect to be called 'model_run'; --nnq-lower-to-llvm-pipeline makes one of each network
// DECLARED: error: there is no function 'declared' of LLVM's dialect
// SYMBOL: error: a program can't call 'my-model'; a symbol is an identifier of C
// TAKEN: error: 'main' can't be called 'kernel' too; name it otherwise
// TAKEN: note: this is called so

llvm.func @main(%x: !llvm.ptr) {
  llvm.return
}
llvm.func @kernel(%x: !llvm.ptr) {
  llvm.return
}
llvm.func @declared(!llvm.ptr)
