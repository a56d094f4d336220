// RUN: nnq-opt %s | nnq-opt | FileCheck %s
// RUN: nnq-opt %s --mlir-print-op-generic | nnq-opt | FileCheck %s

#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (n, k)>
#y = affine_map<(m, n, k) -> (m, n)>

// CHECK-LABEL: func.func @bytes(
// CHECK: nnq_kernel.contract #nnq_kernel.bytes ins(%{{.*}}, %{{.*}} : tensor<4x16xi8>, tensor<8x16xi8>) outs(%{{.*}} : tensor<4x8xi32>) {indexing_maps = [#{{.*}}, #{{.*}}, #{{.*}}], tiling = #nnq_kernel.tiling<rows = 4, columns = 1>, unsigned_input}
func.func @bytes(%x: tensor<4x16xi8>, %w: tensor<8x16xi8>, %s: tensor<4x8xi32>) -> tensor<4x8xi32> {
  %y = nnq_kernel.contract #nnq_kernel.bytes ins(%x, %w : tensor<4x16xi8>, tensor<8x16xi8>) outs(%s : tensor<4x8xi32>)
      {indexing_maps = [#x, #w, #y], unsigned_input, tiling = #nnq_kernel.tiling<rows = 4, columns = 1>}
  return %y : tensor<4x8xi32>
}

// CHECK-LABEL: func.func @crumbs(
// CHECK: nnq_kernel.contract #nnq_kernel.crumbs ins(%{{.*}}, %{{.*}} : tensor<4x16xi8>, tensor<8x16xi2>)
func.func @crumbs(%x: tensor<4x16xi8>, %w: tensor<8x16xi2>, %s: tensor<4x8xi32>) -> tensor<4x8xi32> {
  %y = nnq_kernel.contract #nnq_kernel.crumbs ins(%x, %w : tensor<4x16xi8>, tensor<8x16xi2>) outs(%s : tensor<4x8xi32>)
      {indexing_maps = [#x, #w, #y]}
  return %y : tensor<4x8xi32>
}

// CHECK-LABEL: func.func @codebook(
// CHECK: nnq_kernel.contract #nnq_kernel.codebook<[-127, -38, 38, 127]> ins(%{{.*}}, %{{.*}} : tensor<4x16xi8>, tensor<8x16xi8>)
// CHECK: nnq_kernel.contract #nnq_kernel.signs ins(%{{.*}}, %{{.*}} : tensor<4x16xi8>, tensor<8x16xi8>)
func.func @codebook(%x: tensor<4x16xi8>, %w: tensor<8x16xi8>, %s: tensor<4x8xi32>) -> (tensor<4x8xi32>, tensor<4x8xi32>) {
  %y = nnq_kernel.contract #nnq_kernel.codebook<[-127, -38, 38, 127]> ins(%x, %w : tensor<4x16xi8>, tensor<8x16xi8>) outs(%s : tensor<4x8xi32>)
      {indexing_maps = [#x, #w, #y]}
  %z = nnq_kernel.contract #nnq_kernel.signs ins(%x, %w : tensor<4x16xi8>, tensor<8x16xi8>) outs(%s : tensor<4x8xi32>)
      {indexing_maps = [#x, #w, #y]}
  return %y, %z : tensor<4x8xi32>, tensor<4x8xi32>
}

// CHECK-LABEL: func.func @sparse(
// CHECK: nnq_kernel.contract #nnq_kernel.kept<of = 16> ins
// CHECK: nnq_kernel.contract #nnq_kernel.windows<kept = 32> ins
func.func @sparse(%x: tensor<4x16xi8>, %w: tensor<8x16xi8>, %s: tensor<4x8xi32>) -> (tensor<4x8xi32>, tensor<4x8xi32>) {
  %y = nnq_kernel.contract #nnq_kernel.kept<of = 16> ins(%x, %w : tensor<4x16xi8>, tensor<8x16xi8>) outs(%s : tensor<4x8xi32>)
      {indexing_maps = [#x, #w, #y]}
  %z = nnq_kernel.contract #nnq_kernel.windows<kept = 32> ins(%x, %w : tensor<4x16xi8>, tensor<8x16xi8>) outs(%s : tensor<4x8xi32>)
      {indexing_maps = [#x, #w, #y]}
  return %y, %z : tensor<4x8xi32>, tensor<4x8xi32>
}

// CHECK-LABEL: func.func @lookup(
// CHECK: nnq_kernel.lookup %{{.*}} in %{{.*}} : vector<64xi8>, vector<8xi8>
func.func @lookup(%i: vector<64xi8>, %t: vector<8xi8>) -> vector<64xi8> {
  %0 = nnq_kernel.lookup %i in %t : vector<64xi8>, vector<8xi8>
  return %0 : vector<64xi8>
}

// Extents need not be constant.
// CHECK-LABEL: func.func @dynamic(
// CHECK: nnq_kernel.contract #nnq_kernel.floats
func.func @dynamic(%x: tensor<?x16xf32>, %w: tensor<8x16xf32>, %s: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %y = nnq_kernel.contract #nnq_kernel.floats ins(%x, %w : tensor<?x16xf32>, tensor<8x16xf32>) outs(%s : tensor<?x8xf32>)
      {indexing_maps = [#x, #w, #y]}
  return %y : tensor<?x8xf32>
}

// CHECK-LABEL: func.func @wide(
// CHECK: nnq_kernel.contract #nnq_kernel.integers {{.*}} wide_sums
func.func @wide(%x: tensor<4x16xi16>, %w: tensor<8x16xi16>, %s: tensor<4x8xi64>) -> tensor<4x8xi64> {
  %y = nnq_kernel.contract #nnq_kernel.integers ins(%x, %w : tensor<4x16xi16>, tensor<8x16xi16>) outs(%s : tensor<4x8xi64>)
      {indexing_maps = [#x, #w, #y], wide_sums, accumulation = #nnq_kernel.plain}
  return %y : tensor<4x8xi64>
}

// Sums of 64 bits hold any number of products.
// CHECK-LABEL: func.func @wide_nibbles(
// CHECK: nnq_kernel.contract #nnq_kernel.nibbles {{.*}} wide_sums
func.func @wide_nibbles(%x: tensor<1x65796xi8>, %w: tensor<2x65796xi4>, %s: tensor<1x2xi64>) -> tensor<1x2xi64> {
  %y = nnq_kernel.contract #nnq_kernel.nibbles ins(%x, %w : tensor<1x65796xi8>, tensor<2x65796xi4>) outs(%s : tensor<1x2xi64>)
      {indexing_maps = [#x, #w, #y], wide_sums}
  return %y : tensor<1x2xi64>
}

#bx = affine_map<(m, n, b, k) -> (m, b, k)>
#bw = affine_map<(m, n, b, k) -> (n, b, k)>
#bs = affine_map<(m, n, b, k) -> (b, n)>
#bu = affine_map<(m, n, b, k) -> (n)>
#by = affine_map<(m, n, b, k) -> (m, n)>

// CHECK-LABEL: func.func @blocks(
// CHECK: nnq_kernel.contract #nnq_kernel.nibbles ins(%{{.*}}, %{{.*}} : tensor<4x2x8xi8>, tensor<8x2x8xi4>) scales(%{{.*}}, %{{.*}} : tensor<2x8xi8>, tensor<8xf32>) outs(%{{.*}} : tensor<4x8xf32>) {accumulation = #nnq_kernel.blocks<input_scale = 2.500000e-01 : f32, input_zero_point = 3>
func.func @blocks(%x: tensor<4x2x8xi8>, %w: tensor<8x2x8xi4>, %scales: tensor<2x8xi8>, %units: tensor<8xf32>, %s: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %y = nnq_kernel.contract #nnq_kernel.nibbles ins(%x, %w : tensor<4x2x8xi8>, tensor<8x2x8xi4>)
      scales(%scales, %units : tensor<2x8xi8>, tensor<8xf32>) outs(%s : tensor<4x8xf32>)
      {indexing_maps = [#bx, #bw, #bs, #bu, #by], unsigned_input, accumulation = #nnq_kernel.blocks<input_scale = 0.25 : f32, input_zero_point = 3>}
  return %y : tensor<4x8xf32>
}
