// RUN: nnq-opt %s --nnq-approximate-math | FileCheck %s

// CHECK-LABEL: @expands_exp_and_tanh_of_vectors_and_scalars
// CHECK-NOT: math.exp
// CHECK-NOT: math.tanh
// CHECK: math.fma {{.*}} vector<16xf32>
// CHECK: math.fma {{.*}} f32
func.func @expands_exp_and_tanh_of_vectors_and_scalars(%x: vector<16xf32>, %y: f32) -> (vector<16xf32>, f32) {
  %0 = math.exp %x : vector<16xf32>
  %1 = math.tanh %y : f32
  return %0, %1 : vector<16xf32>, f32
}

// CHECK-LABEL: @keeps_powf_for_the_c_library
// CHECK: math.powf
func.func @keeps_powf_for_the_c_library(%x: f32, %y: f32) -> f32 {
  %0 = math.powf %x, %y : f32
  return %0 : f32
}

// CHECK-LABEL: @reduces_arguments_of_sin_and_cos_in_f64
// CHECK-NOT: math.sin
// CHECK-NOT: math.cos
// CHECK: math.roundeven {{.*}} vector<16xf64>
// CHECK: math.roundeven {{.*}} f64
func.func @reduces_arguments_of_sin_and_cos_in_f64(%x: vector<16xf32>, %y: f32) -> (vector<16xf32>, f32) {
  %0 = math.sin %x : vector<16xf32>
  %1 = math.cos %y : f32
  return %0, %1 : vector<16xf32>, f32
}

// A subnormal argument is scaled up first.
// CHECK-LABEL: @takes_logarithms_of_subnormal_numbers
// CHECK-DAG: %[[LEAST:.*]] = arith.constant 1.17549435E-38 : f32
// CHECK-DAG: %[[UP:.*]] = arith.constant 0x4B000000 : f32
// CHECK: %[[TINY:.*]] = arith.cmpf ogt, %[[LEAST]], %arg0
// CHECK: %[[SCALED:.*]] = arith.mulf %arg0, %[[UP]]
// CHECK: arith.select %[[TINY]], %[[SCALED]], %arg0
// CHECK-NOT: math.log
func.func @takes_logarithms_of_subnormal_numbers(%x: f32) -> f32 {
  %0 = math.log %x : f32
  return %0 : f32
}
