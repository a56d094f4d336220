// RUN: nnq-opt %s --split-input-file --verify-diagnostics

#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (n, k)>
func.func @maps(%x: tensor<4x16xi8>, %w: tensor<8x16xi8>, %s: tensor<4x8xi32>) -> tensor<4x8xi32> {
  // expected-error @+1 {{has 2 indexing maps for 3 operands: input, weights, scales and start have one each}}
  %y = nnq_kernel.contract #nnq_kernel.bytes ins(%x, %w : tensor<4x16xi8>, tensor<8x16xi8>) outs(%s : tensor<4x8xi32>) {indexing_maps = [#x, #w]}
  return %y : tensor<4x8xi32>
}

// -----

#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (n, k)>
#y = affine_map<(m, n, k) -> (m)>
func.func @rank(%x: tensor<4x16xi8>, %w: tensor<8x16xi8>, %s: tensor<4x8xi32>) -> tensor<4x8xi32> {
  // expected-error @+1 {{must lead from 3 loops to the 2 dimensions of its operand}}
  %y = nnq_kernel.contract #nnq_kernel.bytes ins(%x, %w : tensor<4x16xi8>, tensor<8x16xi8>) outs(%s : tensor<4x8xi32>) {indexing_maps = [#x, #w, #y]}
  return %y : tensor<4x8xi32>
}

// -----

#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (n, k)>
#y = affine_map<(m, n, k) -> (n, m)>
func.func @order(%x: tensor<4x16xi8>, %w: tensor<8x16xi8>, %s: tensor<8x4xi32>) -> tensor<8x4xi32> {
  // expected-error @+1 {{must be the parallel loops in their order}}
  %y = nnq_kernel.contract #nnq_kernel.bytes ins(%x, %w : tensor<4x16xi8>, tensor<8x16xi8>) outs(%s : tensor<8x4xi32>) {indexing_maps = [#x, #w, #y]}
  return %y : tensor<8x4xi32>
}

// -----

#x = affine_map<(m, c, k) -> (m, c)>
#w = affine_map<(m, c, k) -> (c, k)>
#y = affine_map<(m, c, k) -> (m, c)>
func.func @depthwise(%x: tensor<4x8xi8>, %w: tensor<8x16xi8>, %s: tensor<4x8xi32>) -> tensor<4x8xi32> {
  // expected-error @+1 {{the last parallel loop, d1, must be one of the weights and not of the input: output channels}}
  %y = nnq_kernel.contract #nnq_kernel.bytes ins(%x, %w : tensor<4x8xi8>, tensor<8x16xi8>) outs(%s : tensor<4x8xi32>) {indexing_maps = [#x, #w, #y]}
  return %y : tensor<4x8xi32>
}

// -----

#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (n, k)>
#y = affine_map<(m, n, k) -> (m, n)>
func.func @extents(%x: tensor<4x15xi8>, %w: tensor<8x16xi8>, %s: tensor<4x8xi32>) -> tensor<4x8xi32> {
  // expected-error @+1 {{loops run to 15 in dimension 1 of 'tensor<4x15xi8>', beyond its end}}
  %y = nnq_kernel.contract #nnq_kernel.bytes ins(%x, %w : tensor<4x15xi8>, tensor<8x16xi8>) outs(%s : tensor<4x8xi32>) {indexing_maps = [#x, #w, #y]}
  return %y : tensor<4x8xi32>
}

// -----

#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (n, k)>
#y = affine_map<(m, n, k) -> (m, n)>
func.func @elements(%x: tensor<4x16xi16>, %w: tensor<8x16xi4>, %s: tensor<4x8xi32>) -> tensor<4x8xi32> {
  // expected-error @+1 {{has weights of 'i4' below 'i16' as #nnq_kernel.nibbles, which holds i4 below i8 or f32}}
  %y = nnq_kernel.contract #nnq_kernel.nibbles ins(%x, %w : tensor<4x16xi16>, tensor<8x16xi4>) outs(%s : tensor<4x8xi32>) {indexing_maps = [#x, #w, #y]}
  return %y : tensor<4x8xi32>
}

// -----

#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (n, k)>
#y = affine_map<(m, n, k) -> (m, n)>
func.func @limit(%x: tensor<1x65796xi8>, %w: tensor<2x65796xi4>, %s: tensor<1x2xi32>) -> tensor<1x2xi32> {
  // expected-error @+1 {{sums 65796 products of weights as #nnq_kernel.nibbles, of which i32 holds at most 65792; take another encoding}}
  %y = nnq_kernel.contract #nnq_kernel.nibbles ins(%x, %w : tensor<1x65796xi8>, tensor<2x65796xi4>) outs(%s : tensor<1x2xi32>) {indexing_maps = [#x, #w, #y]}
  return %y : tensor<1x2xi32>
}

// -----

#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (n, k)>
#y = affine_map<(m, n, k) -> (m, n)>
func.func @start(%x: tensor<4x16xi8>, %w: tensor<8x16xi8>, %s: tensor<4x8xf32>) -> tensor<4x8xf32> {
  // expected-error @+1 {{sums of 'i32' start at 'i32', not 'f32'}}
  %y = nnq_kernel.contract #nnq_kernel.bytes ins(%x, %w : tensor<4x16xi8>, tensor<8x16xi8>) outs(%s : tensor<4x8xf32>) {indexing_maps = [#x, #w, #y]}
  return %y : tensor<4x8xf32>
}

// -----

#x = affine_map<(m, n, b, k) -> (m, b, k)>
#w = affine_map<(m, n, b, k) -> (n, b, k)>
#s = affine_map<(m, n, b, k) -> (n, b)>
#y = affine_map<(m, n, b, k) -> (m, n)>
func.func @scales(%x: tensor<4x2x8xi8>, %w: tensor<8x2x8xi8>, %scales: tensor<8x2xf32>, %s: tensor<4x8xf32>) -> tensor<4x8xf32> {
  // expected-error @+1 {{scales 0 must be read along affine_map<(d0, d1, d2, d3) -> (d2, d1)>: blocks are the first reduction}}
  %y = nnq_kernel.contract #nnq_kernel.bytes ins(%x, %w : tensor<4x2x8xi8>, tensor<8x2x8xi8>) scales(%scales : tensor<8x2xf32>) outs(%s : tensor<4x8xf32>)
      {indexing_maps = [#x, #w, #s, #y], accumulation = #nnq_kernel.blocks<input_scale = 1.0 : f32, input_zero_point = 0>}
  return %y : tensor<4x8xf32>
}

// -----

// expected-error @+1 {{a tile has at least one row and one column, not 0 and 2}}
func.func private @tile() attributes {x = #nnq_kernel.tiling<rows = 0, columns = 2>}

// -----

#x = affine_map<(m, n, k) -> (m, k - 1)>
#w = affine_map<(m, n, k) -> (n, k)>
#y = affine_map<(m, n, k) -> (m, n)>
func.func @in_front(%x: tensor<4x16xi8>, %w: tensor<8x16xi8>, %s: tensor<4x8xi32>) -> tensor<4x8xi32> {
  // expected-error @+1 {{loops run to -1 in dimension 1 of 'tensor<4x16xi8>', in front of it}}
  %y = nnq_kernel.contract #nnq_kernel.bytes ins(%x, %w : tensor<4x16xi8>, tensor<8x16xi8>) outs(%s : tensor<4x8xi32>) {indexing_maps = [#x, #w, #y]}
  return %y : tensor<4x8xi32>
}

// -----

#x = affine_map<(m, n, k) -> (m, k mod 4)>
#w = affine_map<(m, n, k) -> (n, k)>
#y = affine_map<(m, n, k) -> (m, n)>
func.func @remainder(%x: tensor<4x2xi8>, %w: tensor<8x9xi8>, %s: tensor<4x8xi32>) -> tensor<4x8xi32> {
  // expected-error @+1 {{loops run to 3 in dimension 1 of 'tensor<4x2xi8>', beyond its end}}
  %y = nnq_kernel.contract #nnq_kernel.bytes ins(%x, %w : tensor<4x2xi8>, tensor<8x9xi8>) outs(%s : tensor<4x8xi32>) {indexing_maps = [#x, #w, #y]}
  return %y : tensor<4x8xi32>
}

// -----

// What is constant is checked beside what is not.
#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (n, k)>
#y = affine_map<(m, n, k) -> (m, n)>
func.func @dynamic(%x: tensor<?x6xi8>, %w: tensor<8x7xi8>, %s: tensor<?x8xi32>) -> tensor<?x8xi32> {
  // expected-error @+1 {{loops run to 6 in dimension 1 of 'tensor<?x6xi8>', beyond its end}}
  %y = nnq_kernel.contract #nnq_kernel.bytes ins(%x, %w : tensor<?x6xi8>, tensor<8x7xi8>) outs(%s : tensor<?x8xi32>) {indexing_maps = [#x, #w, #y]}
  return %y : tensor<?x8xi32>
}

// -----

#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (n, k)>
#y = affine_map<(m, n, k) -> (m, n)>
func.func @part_of_the_input(%x: tensor<5x16xi8>, %w: tensor<8x8xi8>, %s: tensor<5x8xi32>) -> tensor<5x8xi32> {
  // expected-error @+1 {{loops run to 7 in dimension 1 of 'tensor<5x16xi8>', not to its end}}
  %y = nnq_kernel.contract #nnq_kernel.bytes ins(%x, %w : tensor<5x16xi8>, tensor<8x8xi8>) outs(%s : tensor<5x8xi32>) {indexing_maps = [#x, #w, #y]}
  return %y : tensor<5x8xi32>
}

// -----

#x = affine_map<(m, n, k, j) -> (m, k, j)>
#w = affine_map<(m, n, k, j) -> (n, k, j)>
#y = affine_map<(m, n, k, j) -> (m, n)>
func.func @more_products_than_can_be_counted(%x: tensor<1x4294967296x4294967296xi8>, %w: tensor<2x4294967296x4294967296xi4>, %s: tensor<1x2xi32>) -> tensor<1x2xi32> {
  // expected-error @+1 {{sums 9223372036854775807 products of weights as #nnq_kernel.nibbles}}
  %y = nnq_kernel.contract #nnq_kernel.nibbles ins(%x, %w : tensor<1x4294967296x4294967296xi8>, tensor<2x4294967296x4294967296xi4>) outs(%s : tensor<1x2xi32>) {indexing_maps = [#x, #w, #y]}
  return %y : tensor<1x2xi32>
}

// -----

#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (n, k)>
#y = affine_map<(m, n, k) -> (m, n)>
func.func @wider_than_sums(%x: tensor<4x16xi16>, %w: tensor<8x16xi64>, %s: tensor<4x8xi32>) -> tensor<4x8xi32> {
  // expected-error @+1 {{has integers of 'i16' and 'i64'; they are signless, of at most the 32 bits of sums, or sums are wide}}
  %y = nnq_kernel.contract #nnq_kernel.integers ins(%x, %w : tensor<4x16xi16>, tensor<8x16xi64>) outs(%s : tensor<4x8xi32>) {indexing_maps = [#x, #w, #y]}
  return %y : tensor<4x8xi32>
}

// -----

#x = affine_map<(m, n, b, k) -> (m, b, k)>
#w = affine_map<(m, n, b, k) -> (n, b, k)>
#s = affine_map<(m, n, b, k) -> (b, n)>
#y = affine_map<(m, n, b, k) -> (m, n)>
func.func @zero_point(%x: tensor<4x2x8xi8>, %w: tensor<8x2x8xi8>, %scales: tensor<2x8xf32>, %s: tensor<4x8xf32>) -> tensor<4x8xf32> {
  // expected-error @+1 {{takes a zero point of 300 from inputs of 8 bits without a sign, which is none of their codes}}
  %y = nnq_kernel.contract #nnq_kernel.bytes ins(%x, %w : tensor<4x2x8xi8>, tensor<8x2x8xi8>) scales(%scales : tensor<2x8xf32>) outs(%s : tensor<4x8xf32>)
      {indexing_maps = [#x, #w, #s, #y], unsigned_input, accumulation = #nnq_kernel.blocks<input_scale = 0.25 : f32, input_zero_point = 300>}
  return %y : tensor<4x8xf32>
}

// -----

// expected-error @+1 {{the scale of inputs is a finite f32 above 0, not 1.000000e+00 : f64}}
func.func private @scale() attributes {a = #nnq_kernel.blocks<input_scale = 1.0 : f64, input_zero_point = 0>}

// -----

// expected-error @+1 {{the scale of inputs is a finite f32 above 0, not 0.000000e+00 : f32}}
func.func private @no_scale() attributes {a = #nnq_kernel.blocks<input_scale = 0.0 : f32, input_zero_point = 0>}

// -----

// expected-error @+1 {{a codebook has 2 to 16 levels, not 1}}
func.func private @one_level() attributes {a = #nnq_kernel.codebook<[1]>}

// -----

// expected-error @+1 {{levels of a codebook are signed bytes}}
func.func private @wide_level() attributes {a = #nnq_kernel.codebook<[1, 128]>}

// -----

// expected-error @+1 {{levels of a codebook ascend}}
func.func private @equal_levels() attributes {a = #nnq_kernel.codebook<[1, 1]>}

// -----

func.func @lookup_table(%i: vector<16xi8>, %t: vector<17xi8>) -> vector<16xi8> {
  // expected-error @+1 {{operand #1 must be vector of 8-bit signless integer values of length 8/16/64}}
  %0 = nnq_kernel.lookup %i in %t : vector<16xi8>, vector<17xi8>
  return %0 : vector<16xi8>
}

// -----

// expected-error @+1 {{4 weights are kept of 8, 16 or 32, not of 12}}
func.func private @kept_of() attributes {a = #nnq_kernel.kept<of = 12>}

// -----

// expected-error @+1 {{of a window of 64 inputs are kept 4, 8, ... or 60, not 6}}
func.func private @kept_of_window() attributes {a = #nnq_kernel.windows<kept = 6>}
