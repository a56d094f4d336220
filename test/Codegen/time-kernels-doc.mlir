// RUN: nnq-opt %s --pass-pipeline='builtin.module(func.func(nnq-time-kernels{target=x86-avx2}))' | FileCheck %s

// CHECK: func.func @main(%{{.*}}: memref<4xf32>, %{{.*}}: memref<4xf32> {nnq.output}, %[[TICKS:.*]]: memref<1xi64> {nnq.name = "ticks", nnq.output}, %{{.*}}: memref<64xi8> {nnq.arena}) attributes {nnq.kernels = ["conv1"]}
// CHECK: %[[BEGIN:.*]] = llvm.call_intrinsic "llvm.readcyclecounter"
// CHECK-NEXT: call @kernel
// CHECK-NEXT: %[[END:.*]] = llvm.call_intrinsic "llvm.readcyclecounter"
// CHECK: %[[SPENT:.*]] = arith.subi %[[END]], %[[BEGIN]]
// CHECK: memref.store %[[SPENT]], %[[TICKS]]

func.func @main(%x: memref<4xf32>, %y: memref<4xf32> {nnq.output}, %arena: memref<64xi8> {nnq.arena}) {
  call @kernel(%x, %y) : (memref<4xf32>, memref<4xf32>) -> () loc("conv1")
  return
}
func.func private @kernel(memref<4xf32>, memref<4xf32>) attributes {nnq.kernel}
