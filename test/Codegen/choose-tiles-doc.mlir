// RUN: nnq-opt %s --nnq-choose-tiles=target=x86-avx512vnni | FileCheck %s

#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (n, k)>
#y = affine_map<(m, n, k) -> (m, n)>

// CHECK: tiling = #nnq_kernel.tiling<rows = 7, columns = 3>

func.func private @kernel(%x: tensor<49x64xi8>, %start: tensor<49x48xi32>) -> tensor<49x48xi32> attributes {nnq.kernel} {
  %w = arith.constant dense<3> : tensor<48x64xi8>
  %sum = nnq_kernel.contract #nnq_kernel.bytes ins(%x, %w : tensor<49x64xi8>, tensor<48x64xi8>) outs(%start : tensor<49x48xi32>)
      {indexing_maps = [#x, #w, #y], unsigned_input}
  return %sum : tensor<49x48xi32>
}
