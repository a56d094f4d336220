// RUN: nnq-opt %s --nnq-lower-kernels=target=x86-avx512vnni --canonicalize --cse | FileCheck %s

#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (n, k)>
#y = affine_map<(m, n, k) -> (m, n)>

// CHECK-LABEL: func.func private @kernel(
// CHECK: scf.for {{.*}} iter_args
// CHECK: vector.contract {{.*}} : vector<4xi32>, vector<16x4xi32> into vector<16xi32>
// CHECK: vector.store

func.func private @kernel(%x: tensor<1x8xi8>) -> tensor<1x16xi32> attributes {nnq.kernel} {
  %w = arith.constant dense<3> : tensor<16x8xi8>
  %start = arith.constant dense<7> : tensor<1x16xi32>
  %sum = nnq_kernel.contract #nnq_kernel.bytes ins(%x, %w : tensor<1x8xi8>, tensor<16x8xi8>) outs(%start : tensor<1x16xi32>)
      {indexing_maps = [#x, #w, #y], unsigned_input, tiling = #nnq_kernel.tiling<rows = 1, columns = 1>}
  return %sum : tensor<1x16xi32>
}
