// RUN: nnq-opt %s --nnq-split-kernels=min-work=64 --canonicalize | FileCheck %s

// CHECK: call @negate(%arg0, %arg1, %c0, %c25)
// CHECK: func.func private @negate(%{{.*}}: memref<100xf32>, %{{.*}}: memref<100xf32>, %[[BEGIN:.*]]: index, %[[END:.*]]: index)
// CHECK-SAME: nnq.parallel = 25 : i64
// CHECK: scf.for %{{.*}} = %[[BEGIN]] to %[[END]]

func.func @main(%x: memref<100xf32>, %y: memref<100xf32>) {
  call @negate(%x, %y) : (memref<100xf32>, memref<100xf32>) -> ()
  return
}
func.func private @negate(%x: memref<100xf32>, %y: memref<100xf32>) attributes {nnq.kernel} {
  %c0 = arith.constant 0 : index
  %c4 = arith.constant 4 : index
  %c100 = arith.constant 100 : index
  scf.for %i = %c0 to %c100 step %c4 {
    %0 = vector.load %x[%i] : memref<100xf32>, vector<4xf32>
    %1 = arith.negf %0 : vector<4xf32>
    vector.store %1, %y[%i] : memref<100xf32>, vector<4xf32>
  }
  return
}
