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
