// RUN: nnq-opt %s --nnq-generalize-contractions | FileCheck %s

#x = affine_map<(m, n, b, k) -> (m, b, k)>
#w = affine_map<(m, n, b, k) -> (n, b, k)>
#s = affine_map<(m, n, b, k) -> (b, n)>
#y = affine_map<(m, n, b, k) -> (m, n)>

// Sums of blocks are as many as there are rows and blocks, whatever these are.
// CHECK-LABEL: @dynamic_blocks
// CHECK-SAME: %[[X:[a-z0-9]*]]: tensor<?x?x8xi8>, %[[W:[a-z0-9]*]]: tensor<8x?x8xi8>, %{{.*}}: tensor<?x8xf32>, %[[START:[a-z0-9]*]]: tensor<?x8xf32>
// CHECK-DAG: %[[ROWS:.*]] = tensor.dim %[[START]], %c0
// CHECK-DAG: %[[BLOCKS:.*]] = tensor.dim %[[W]], %c1
// CHECK: tensor.empty(%[[ROWS]], %[[BLOCKS]]) : tensor<?x?x8xi32>
func.func @dynamic_blocks(%x: tensor<?x?x8xi8>, %w: tensor<8x?x8xi8>, %scales: tensor<?x8xf32>, %s: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %y = nnq_kernel.contract #nnq_kernel.bytes ins(%x, %w : tensor<?x?x8xi8>, tensor<8x?x8xi8>) scales(%scales : tensor<?x8xf32>) outs(%s : tensor<?x8xf32>)
      {indexing_maps = [#x, #w, #s, #y], unsigned_input, accumulation = #nnq_kernel.blocks<input_scale = 0.25 : f32, input_zero_point = 3>}
  return %y : tensor<?x8xf32>
}
