// RUN: nnq-opt %s --pass-pipeline='builtin.module(func.func(nnq-time-kernels{target=z80}))' --verify-diagnostics

// expected-error @below {{unknown target 'z80'}}
func.func @network(%x: memref<4xf32>) {
  return
}
