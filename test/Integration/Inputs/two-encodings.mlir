// A product of bytes, which the project's pass takes for its own encoding, and one of floats, which it leaves.
#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (n, k)>
#y = affine_map<(m, n, k) -> (m, n)>

func.func @bytes(%x: tensor<4x16xi8>, %w: tensor<8x16xi8>, %s: tensor<4x8xi32>) -> tensor<4x8xi32> {
  %y = nnq_kernel.contract #nnq_kernel.bytes ins(%x, %w : tensor<4x16xi8>, tensor<8x16xi8>) outs(%s : tensor<4x8xi32>)
      {indexing_maps = [#x, #w, #y], unsigned_input, tiling = #nnq_kernel.tiling<rows = 4, columns = 1>}
  return %y : tensor<4x8xi32>
}

func.func @floats(%x: tensor<4x16xf32>, %w: tensor<8x16xf32>, %s: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %y = nnq_kernel.contract #nnq_kernel.floats ins(%x, %w : tensor<4x16xf32>, tensor<8x16xf32>) outs(%s : tensor<4x8xf32>)
      {indexing_maps = [#x, #w, #y], tiling = #nnq_kernel.tiling<rows = 4, columns = 1>}
  return %y : tensor<4x8xf32>
}
