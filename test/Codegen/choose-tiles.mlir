// RUN: nnq-opt %s --split-input-file --nnq-choose-tiles=target=x86-avx512vnni --verify-diagnostics | FileCheck %s

#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (n, k)>
#y = affine_map<(m, n, k) -> (m, n)>

// A tile that is there stays, and has to fit.
// CHECK-LABEL: @keeps
// CHECK: tiling = #nnq_kernel.tiling<rows = 2, columns = 3>
func.func private @keeps(%x: tensor<49x64xi8>, %start: tensor<49x48xi32>) -> tensor<49x48xi32> attributes {nnq.kernel} {
  %w = arith.constant dense<3> : tensor<48x64xi8>
  %sum = nnq_kernel.contract #nnq_kernel.bytes ins(%x, %w : tensor<49x64xi8>, tensor<48x64xi8>) outs(%start : tensor<49x48xi32>)
      {indexing_maps = [#x, #w, #y], unsigned_input, tiling = #nnq_kernel.tiling<rows = 2, columns = 3>}
  return %sum : tensor<49x48xi32>
}

// -----

#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (n, k)>
#y = affine_map<(m, n, k) -> (m, n)>

func.func private @registers(%x: tensor<49x64xi8>, %start: tensor<49x80xi32>) -> tensor<49x80xi32> attributes {nnq.kernel} {
  %w = arith.constant dense<3> : tensor<80x64xi8>
  // expected-error @+1 {{can't have a tile of 8 rows and 4 columns on x86-avx512vnni: its sums take 32 registers, and at least 2 are for what is multiplied, but there are 32}}
  %sum = nnq_kernel.contract #nnq_kernel.bytes ins(%x, %w : tensor<49x64xi8>, tensor<80x64xi8>) outs(%start : tensor<49x80xi32>)
      {indexing_maps = [#x, #w, #y], unsigned_input, tiling = #nnq_kernel.tiling<rows = 8, columns = 4>}
  return %sum : tensor<49x80xi32>
}

// -----

#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (n, k)>
#y = affine_map<(m, n, k) -> (m, n)>

func.func private @columns(%x: tensor<49x64xi8>, %start: tensor<49x48xi32>) -> tensor<49x48xi32> attributes {nnq.kernel} {
  %w = arith.constant dense<3> : tensor<48x64xi8>
  // expected-error @+1 {{can't have a tile of 2 rows and 4 columns on x86-avx512vnni: there are 3 columns of 16 output channels}}
  %sum = nnq_kernel.contract #nnq_kernel.bytes ins(%x, %w : tensor<49x64xi8>, tensor<48x64xi8>) outs(%start : tensor<49x48xi32>)
      {indexing_maps = [#x, #w, #y], unsigned_input, tiling = #nnq_kernel.tiling<rows = 2, columns = 4>}
  return %sum : tensor<49x48xi32>
}

// -----

#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (n, k)>
#y = affine_map<(m, n, k) -> (m, n)>

// What can't be tiled becomes linalg.generic, and says why.
// CHECK-LABEL: @integers_of_16_bits
// CHECK: linalg.generic
func.func private @integers_of_16_bits(%x: tensor<4x64xi8>, %start: tensor<4x48xi32>) -> tensor<4x48xi32> attributes {nnq.kernel} {
  %w = arith.constant dense<3> : tensor<48x64xi16>
  // expected-remark @+1 {{is a product that runs without dot products: the target does not multiply i8 by integers}}
  %sum = nnq_kernel.contract #nnq_kernel.integers ins(%x, %w : tensor<4x64xi8>, tensor<48x64xi16>) outs(%start : tensor<4x48xi32>)
      {indexing_maps = [#x, #w, #y], unsigned_input}
  return %sum : tensor<4x48xi32>
}

// -----

#x = affine_map<(b, m, n, k) -> (b, m, k)>
#w = affine_map<(b, m, n, k) -> (b, k, n)>
#y = affine_map<(b, m, n, k) -> (b, m, n)>

// Weights may be computed: of bytes and floats.
// CHECK-LABEL: @computed
// CHECK: nnq_kernel.contract #nnq_kernel.bytes {{.*}} tiling = #nnq_kernel.tiling
func.func private @computed(%x: tensor<3x4x64xi8>, %w: tensor<3x64x48xi8>, %start: tensor<3x4x48xi32>) -> tensor<3x4x48xi32> attributes {nnq.kernel} {
  %sum = nnq_kernel.contract #nnq_kernel.bytes ins(%x, %w : tensor<3x4x64xi8>, tensor<3x64x48xi8>) outs(%start : tensor<3x4x48xi32>)
      {indexing_maps = [#x, #w, #y], unsigned_input}
  return %sum : tensor<3x4x48xi32>
}

// -----

#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (n, k)>
#y = affine_map<(m, n, k) -> (m, n)>

// CHECK-LABEL: @computed_nibbles
// CHECK: linalg.generic
func.func private @computed_nibbles(%x: tensor<4x64xi8>, %w: tensor<48x64xi4>, %start: tensor<4x48xi32>) -> tensor<4x48xi32> attributes {nnq.kernel} {
  // expected-remark @+1 {{is a product that runs without dot products: its weights are computed, and nibbles of i4 are packed when they are compiled}}
  %sum = nnq_kernel.contract #nnq_kernel.nibbles ins(%x, %w : tensor<4x64xi8>, tensor<48x64xi4>) outs(%start : tensor<4x48xi32>)
      {indexing_maps = [#x, #w, #y], unsigned_input}
  return %sum : tensor<4x48xi32>
}

// -----

#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (n, k)>
#y = affine_map<(m, n, k) -> (m, n)>

// CHECK-LABEL: @computed_for_few_rows
// CHECK: linalg.generic
func.func private @computed_for_few_rows(%x: tensor<3x64xf32>, %w: tensor<48x64xf32>, %start: tensor<3x48xf32>) -> tensor<3x48xf32> attributes {nnq.kernel} {
  // expected-remark @+1 {{is a product that runs without dot products: its weights are computed, for one output channel or less than 4 rows}}
  %sum = nnq_kernel.contract #nnq_kernel.floats ins(%x, %w : tensor<3x64xf32>, tensor<48x64xf32>) outs(%start : tensor<3x48xf32>)
      {indexing_maps = [#x, #w, #y]}
  return %sum : tensor<3x48xf32>
}

// -----

#x = affine_map<(m, n, i, k) -> (m, i, k)>
#w = affine_map<(m, n, i, k) -> (n, k, i)>
#y = affine_map<(m, n, i, k) -> (m, n)>

// CHECK-LABEL: @computed_in_another_order
// CHECK: linalg.generic
func.func private @computed_in_another_order(%x: tensor<4x2x8xf32>, %w: tensor<48x8x2xf32>, %start: tensor<4x48xf32>) -> tensor<4x48xf32> attributes {nnq.kernel} {
  // expected-remark @+1 {{is a product that runs without dot products: its weights are computed, in another order than its input}}
  %sum = nnq_kernel.contract #nnq_kernel.floats ins(%x, %w : tensor<4x2x8xf32>, tensor<48x8x2xf32>) outs(%start : tensor<4x48xf32>)
      {indexing_maps = [#x, #w, #y]}
  return %sum : tensor<4x48xf32>
}

// -----

#x = affine_map<(b, m, n, k) -> (b, m, k)>
#w = affine_map<(b, m, n, k) -> (n, k, b)>
#y = affine_map<(b, m, n, k) -> (b, m, n)>

// CHECK-LABEL: @computed_apart
// CHECK: linalg.generic
func.func private @computed_apart(%x: tensor<2x4x8xf32>, %w: tensor<48x8x2xf32>, %start: tensor<2x4x48xf32>) -> tensor<2x4x48xf32> attributes {nnq.kernel} {
  // expected-remark @+1 {{is a product that runs without dot products: its weights are computed, and neither its output channels nor its reduction are neighbours in memory}}
  %sum = nnq_kernel.contract #nnq_kernel.floats ins(%x, %w : tensor<2x4x8xf32>, tensor<48x8x2xf32>) outs(%start : tensor<2x4x48xf32>)
      {indexing_maps = [#x, #w, #y]}
  return %sum : tensor<2x4x48xf32>
}

// -----

#x = affine_map<(m, n, k) -> (k, m)>
#w = affine_map<(m, n, k) -> (n, k)>
#y = affine_map<(m, n, k) -> (m, n)>

// CHECK-LABEL: @transposed
// CHECK: linalg.generic
func.func private @transposed(%x: tensor<64x4xi8>, %start: tensor<4x48xi32>) -> tensor<4x48xi32> attributes {nnq.kernel} {
  %w = arith.constant dense<3> : tensor<48x64xi8>
  // expected-remark @+1 {{is a product that runs without dot products: its innermost reduction is not contiguous in memory}}
  %sum = nnq_kernel.contract #nnq_kernel.bytes ins(%x, %w : tensor<64x4xi8>, tensor<48x64xi8>) outs(%start : tensor<4x48xi32>)
      {indexing_maps = [#x, #w, #y], unsigned_input}
  return %sum : tensor<4x48xi32>
}

// -----

#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (n, k)>
#y = affine_map<(m, n, k) -> (m, n)>

// CHECK-LABEL: @signed
// CHECK: linalg.generic
func.func private @signed(%x: tensor<4x64xi8>, %start: tensor<4x48xi32>) -> tensor<4x48xi32> attributes {nnq.kernel} {
  %w = arith.constant dense<3> : tensor<48x64xi8>
  // expected-remark @+1 {{is a product that runs without dot products: the target multiplies activations without a sign}}
  %sum = nnq_kernel.contract #nnq_kernel.bytes ins(%x, %w : tensor<4x64xi8>, tensor<48x64xi8>) outs(%start : tensor<4x48xi32>)
      {indexing_maps = [#x, #w, #y]}
  return %sum : tensor<4x48xi32>
}

// -----

#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (n, k)>
#y = affine_map<(m, n, k) -> (m, n)>

// CHECK-LABEL: @no_channels
// CHECK: linalg.generic
func.func private @no_channels(%x: tensor<4x64xi8>, %start: tensor<4x0xi32>) -> tensor<4x0xi32> attributes {nnq.kernel} {
  %w = arith.constant dense<3> : tensor<0x64xi8>
  // expected-remark @+1 {{is a product that runs without dot products: a loop of it never runs}}
  %sum = nnq_kernel.contract #nnq_kernel.bytes ins(%x, %w : tensor<4x64xi8>, tensor<0x64xi8>) outs(%start : tensor<4x0xi32>)
      {indexing_maps = [#x, #w, #y], unsigned_input}
  return %sum : tensor<4x0xi32>
}
