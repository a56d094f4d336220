// RUN: nnq-opt %s --nnq-split-kernels="min-work=64 threads=2" --canonicalize --cse --split-input-file | FileCheck %s

// A kernel that is one loop keeps its name and gets the range as arguments.

// CHECK-LABEL: func.func @calls_one_loop_over_all_iterations
// CHECK-DAG: %[[ZERO:.*]] = arith.constant 0 : index
// CHECK-DAG: %[[COUNT:.*]] = arith.constant 25 : index
// CHECK: call @negate(%{{.*}}, %{{.*}}, %[[ZERO]], %[[COUNT]])
func.func @calls_one_loop_over_all_iterations(%x: memref<100xf32>, %y: memref<100xf32>) {
  call @negate(%x, %y) : (memref<100xf32>, memref<100xf32>) -> ()
  return
}
// CHECK: func.func private @negate(%[[X:.*]]: memref<100xf32> {llvm.noalias}, %[[Y:.*]]: memref<100xf32> {llvm.noalias}, %[[BEGIN:.*]]: index, %[[END:.*]]: index)
// CHECK-SAME: attributes {nnq.kernel, nnq.parallel = 25 : i64}
// CHECK: scf.for %[[I:.*]] = %[[BEGIN]] to %[[END]] step %{{.*}} {
// CHECK: %[[AT:.*]] = affine.apply {{.*}}(%[[I]])
// CHECK: vector.load %[[X]][%[[AT]]]
// CHECK: vector.store %{{.*}}, %[[Y]][%[[AT]]]
func.func private @negate(%x: memref<100xf32> {llvm.noalias}, %y: memref<100xf32> {llvm.noalias}) attributes {nnq.kernel} {
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

// -----

// Parts take the arguments that they use; views are made again in each; what is too little work stays sequential, with its neighbours.

// CHECK-LABEL: func.func @caller
// CHECK: call @pad_part0(%[[Y:[^,]*]], %{{.*}}, %{{.*}}) : (memref<40x4xf32>, index, index)
// CHECK: call @pad_part1(%[[X:.*]], %[[Y]], %{{.*}}, %{{.*}}) : (memref<32x4xf32>, memref<40x4xf32>, index, index)
// CHECK: call @pad_part2(%[[Y]]) : (memref<40x4xf32>)
// CHECK-NOT: call
func.func @caller(%x: memref<32x4xf32>, %y: memref<40x4xf32>) {
  call @pad(%x, %y) : (memref<32x4xf32>, memref<40x4xf32>) -> ()
  return
}
// CHECK: func.func private @pad_part0(%{{[^,]*}}: memref<40x4xf32>, %{{.*}}: index, %{{.*}}: index) attributes {nnq.kernel, nnq.parallel = 40 : i64}
// CHECK-NOT: subview
// CHECK: func.func private @pad_part1({{.*}}) attributes {nnq.kernel, nnq.parallel = 32 : i64}
// CHECK: memref.subview
// CHECK: func.func private @pad_part2({{.*}}) attributes {nnq.kernel} {
// CHECK: scf.for
// CHECK: vector.store
func.func private @pad(%x: memref<32x4xf32>, %y: memref<40x4xf32>) attributes {nnq.kernel} {
  %zero = arith.constant dense<0.0> : vector<4xf32>
  %one = arith.constant dense<1.0> : vector<4xf32>
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c32 = arith.constant 32 : index
  %c40 = arith.constant 40 : index
  scf.for %i = %c0 to %c40 step %c1 {
    %sum = arith.addf %zero, %one : vector<4xf32>
    vector.store %sum, %y[%i, %c0] : memref<40x4xf32>, vector<4xf32>
  }
  %inside = memref.subview %y[4, 0] [32, 4] [1, 1] : memref<40x4xf32> to memref<32x4xf32, strided<[4, 1], offset: 16>>
  scf.for %i = %c0 to %c32 step %c1 {
    %0 = vector.load %x[%i, %c0] : memref<32x4xf32>, vector<4xf32>
    vector.store %0, %inside[%i, %c0] : memref<32x4xf32, strided<[4, 1], offset: 16>>, vector<4xf32>
  }
  scf.for %i = %c0 to %c2 step %c1 {
    vector.store %one, %y[%i, %c0] : memref<40x4xf32>, vector<4xf32>
  }
  vector.store %one, %y[%c32, %c0] : memref<40x4xf32>, vector<4xf32>
  return
}

// -----

// Two tiles do not divide well among two threads' worth of work: 2 * (33 + 1) pieces do.

// CHECK-LABEL: func.func private @collapses_a_loop_with_the_loop_and_the_rest_in_it
// CHECK-SAME: nnq.parallel = 68 : i64
// CHECK-DAG: %[[INNER:.*]] = arith.constant 34 : index
// CHECK-DAG: %[[WHOLE:.*]] = arith.constant 33 : index
// CHECK: scf.for %[[I:.*]] =
// CHECK-DAG: %[[TILE:.*]] = arith.divui %[[I]], %[[INNER]]
// CHECK-DAG: %[[ROW:.*]] = arith.remui %[[I]], %[[INNER]]
// CHECK: %[[HERE:.*]] = arith.cmpi ult, %[[ROW]], %[[WHOLE]]
// CHECK: scf.if %[[HERE]]
// CHECK: vector.store %{{.*}}, %{{.*}}[%[[TILE]], %[[ROW]], %{{.*}}]
// CHECK: else
// CHECK: vector.store %{{.*}}, %{{.*}}[%[[TILE]], %[[WHOLE]], %{{.*}}]
func.func private @collapses_a_loop_with_the_loop_and_the_rest_in_it(%y: memref<2x34x4xf32>) attributes {nnq.kernel} {
  %one = arith.constant dense<1.0> : vector<4xf32>
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c33 = arith.constant 33 : index
  scf.for %i = %c0 to %c2 step %c1 {
    scf.for %j = %c0 to %c33 step %c1 {
      vector.store %one, %y[%i, %j, %c0] : memref<2x34x4xf32>, vector<4xf32>
    }
    vector.store %one, %y[%i, %c33, %c0] : memref<2x34x4xf32>, vector<4xf32>
  }
  return
}

// -----

// CHECK-LABEL: func.func private @leaves_a_loop_that_carries_a_value
// CHECK-NOT: nnq.parallel
func.func private @leaves_a_loop_that_carries_a_value(%x: memref<100xf32>, %y: memref<1xf32>) attributes {nnq.kernel} {
  %zero = arith.constant 0.0 : f32
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c100 = arith.constant 100 : index
  %sum = scf.for %i = %c0 to %c100 step %c1 iter_args(%s = %zero) -> f32 {
    %0 = memref.load %x[%i] : memref<100xf32>
    %1 = arith.addf %s, %0 : f32
    scf.yield %1 : f32
  }
  memref.store %sum, %y[%c0] : memref<1xf32>
  return
}

// -----

// CHECK-LABEL: func.func private @leaves_a_loop_that_reads_what_it_writes
// CHECK-NOT: nnq.parallel
func.func private @leaves_a_loop_that_reads_what_it_writes(%y: memref<101xf32>) attributes {nnq.kernel} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c100 = arith.constant 100 : index
  scf.for %i = %c0 to %c100 step %c1 {
    %0 = memref.load %y[%i] : memref<101xf32>
    %next = arith.addi %i, %c1 : index
    memref.store %0, %y[%next] : memref<101xf32>
  }
  return
}

// -----

// CHECK-LABEL: func.func private @leaves_a_loop_that_writes_one_place
// CHECK-NOT: nnq.parallel
func.func private @leaves_a_loop_that_writes_one_place(%x: memref<100xf32>, %y: memref<1xf32>) attributes {nnq.kernel} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c100 = arith.constant 100 : index
  scf.for %i = %c0 to %c100 step %c1 {
    %0 = memref.load %x[%i] : memref<100xf32>
    memref.store %0, %y[%c0] : memref<1xf32>
  }
  return
}

// -----

// A function that is no kernel stays, whatever it does.

// CHECK-LABEL: func.func @leaves_what_is_no_kernel
// CHECK-NOT: index)
func.func @leaves_what_is_no_kernel(%y: memref<100xf32>) {
  %one = arith.constant 1.0 : f32
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c100 = arith.constant 100 : index
  scf.for %i = %c0 to %c100 step %c1 {
    memref.store %one, %y[%i] : memref<100xf32>
  }
  return
}
