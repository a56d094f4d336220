// RUN: nnq-opt %s --split-input-file --nnq-lower-kernels=target=x86-avx512vnni --canonicalize --cse | FileCheck %s
// Activations of 16 bits: two to a step, by weights that stay bytes in memory.

#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (n, k)>
#y = affine_map<(m, n, k) -> (m, n)>

// The bytes of channel 0 are 1 and 2, then 3 beside nothing, for a step that loads one activation, where the input ends.
// CHECK: memref.global "private" constant @{{.*}} : memref<64xi8> = dense<[1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]>
// CHECK-LABEL: func.func private @two_to_a_step(
// CHECK: vector.load {{.*}} : memref<64xi8>, vector<32xi8>
// CHECK: vector.load {{.*}} : memref<3xi16>, vector<2xi16>
// CHECK: vector.contract {{.*}} : vector<2xi32>, vector<16x2xi32> into vector<16xi32>
// CHECK: vector.load {{.*}} : memref<3xi16>, vector<1xi16>
// CHECK: vector.contract
// CHECK-NOT: vector.contract
func.func private @two_to_a_step(%x: tensor<1x3xi16>) -> tensor<1x1xi32> attributes {nnq.kernel} {
  %w = arith.constant dense<[[1, 2, 3]]> : tensor<1x3xi8>
  %zero = arith.constant 0 : i32
  %e = tensor.empty() : tensor<1x1xi32>
  %init = linalg.fill ins(%zero : i32) outs(%e : tensor<1x1xi32>) -> tensor<1x1xi32>
  %acc = nnq_kernel.contract #nnq_kernel.bytes ins(%x, %w : tensor<1x3xi16>, tensor<1x3xi8>) outs(%init : tensor<1x1xi32>)
      {indexing_maps = [#x, #w, #y]}
  return %acc : tensor<1x1xi32>
}

// -----

#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (n, k)>
#y = affine_map<(m, n, k) -> (m, n)>

// Weights of 16 bits have no dot products.
// CHECK-LABEL: func.func private @wide_weights(
// CHECK-NOT: vector.contract
// CHECK: return
func.func private @wide_weights(%x: tensor<1x3xi16>) -> tensor<1x1xi32> attributes {nnq.kernel} {
  %w = arith.constant dense<[[1, 2, 300]]> : tensor<1x3xi16>
  %zero = arith.constant 0 : i32
  %e = tensor.empty() : tensor<1x1xi32>
  %init = linalg.fill ins(%zero : i32) outs(%e : tensor<1x1xi32>) -> tensor<1x1xi32>
  %acc = linalg.generic {indexing_maps = [#x, #w, #y], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<1x3xi16>, tensor<1x3xi16>) outs(%init : tensor<1x1xi32>) {
  ^bb0(%a: i16, %b: i16, %c: i32):
    %0 = arith.extsi %a : i16 to i32
    %1 = arith.extsi %b : i16 to i32
    %2 = arith.muli %0, %1 : i32
    %3 = arith.addi %c, %2 : i32
    linalg.yield %3 : i32
  } -> tensor<1x1xi32>
  return %acc : tensor<1x1xi32>
}
