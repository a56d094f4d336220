// RUN: nnq-opt %s --split-input-file --nnq-lower-kernels=target=x86-avx512vnni --canonicalize --cse | FileCheck %s
// Reductions along memory: lanes of 16 neighbouring results are combined together.

#x = affine_map<(m, k) -> (m, k)>
#y = affine_map<(m, k) -> (m)>

// 70 bytes are 64 and, beside zeros, 4 and 2; as signed bytes, each lacks 3 * 128. The last of 17 results is summed alone.
// CHECK-LABEL: func.func private @sums_of_bytes_are_dot_products(
// CHECK-DAG: arith.constant dense<3> : vector<4xi8>
// CHECK-DAG: arith.constant dense<-128> : vector<64xi8>
// CHECK-DAG: arith.constant dense<26880> : vector<16xi32>
// CHECK-COUNT-32: vector.contract {{.*}} : vector<4xi8>, vector<16x4xi8> into vector<16xi32>
// CHECK-COUNT-8: vector.shuffle
// CHECK: vector.store {{.*}} vector<16xi32>
// CHECK: vector.reduction <add>
// CHECK: memref.store
func.func private @sums_of_bytes_are_dot_products(%x: tensor<17x70xi8>) -> tensor<17xi32> attributes {nnq.kernel} {
  %zero = arith.constant 0 : i32
  %sums = tensor.empty() : tensor<17xi32>
  %init = linalg.fill ins(%zero : i32) outs(%sums : tensor<17xi32>) -> tensor<17xi32>
  %acc = linalg.generic {indexing_maps = [#x, #y], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<17x70xi8>) outs(%init : tensor<17xi32>) {
  ^bb0(%a: i8, %c: i32):
    %three = arith.constant 3 : i32
    %0 = arith.extui %a : i8 to i32
    %1 = arith.muli %0, %three : i32
    %2 = arith.addi %c, %1 : i32
    linalg.yield %2 : i32
  } -> tensor<17xi32>
  return %acc : tensor<17xi32>
}

// -----

#x = affine_map<(m, k) -> (m, k)>
#y = affine_map<(m, k) -> (m)>

// CHECK-LABEL: func.func private @maxima_of_codes(
// CHECK-NOT: vector.contract
// CHECK-COUNT-15: arith.maxsi {{.*}} : vector<16xi8>
// CHECK: vector.store {{.*}} vector<16xi8>
func.func private @maxima_of_codes(%x: tensor<16x16xi8>) -> tensor<16xi8> attributes {nnq.kernel} {
  %least = arith.constant -128 : i8
  %e = tensor.empty() : tensor<16xi8>
  %init = linalg.fill ins(%least : i8) outs(%e : tensor<16xi8>) -> tensor<16xi8>
  %acc = linalg.generic {indexing_maps = [#x, #y], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<16x16xi8>) outs(%init : tensor<16xi8>) {
  ^bb0(%a: i8, %c: i8):
    %0 = arith.maxsi %c, %a : i8
    linalg.yield %0 : i8
  } -> tensor<16xi8>
  return %acc : tensor<16xi8>
}

// -----

#x = affine_map<(m, k) -> (m, k)>
#y = affine_map<(m, k) -> (m)>

// Floats keep their order: one result at a time.
// CHECK-LABEL: func.func private @sums_of_floats_have_one_order(
// CHECK-NOT: vector.shuffle
// CHECK: vector.reduction <add>
func.func private @sums_of_floats_have_one_order(%x: tensor<16x16xf32>) -> tensor<16xf32> attributes {nnq.kernel} {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<16xf32>
  %init = linalg.fill ins(%zero : f32) outs(%e : tensor<16xf32>) -> tensor<16xf32>
  %acc = linalg.generic {indexing_maps = [#x, #y], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<16x16xf32>) outs(%init : tensor<16xf32>) {
  ^bb0(%a: f32, %c: f32):
    %0 = arith.addf %c, %a : f32
    linalg.yield %0 : f32
  } -> tensor<16xf32>
  return %acc : tensor<16xf32>
}
