// RUN: nnq-opt %s --split-input-file --verify-diagnostics --nnq-lower-kernels=target=x86-avx512vnni

func.func private @k(%x: tensor<2xf32>) -> tensor<2xf32> attributes {nnq.kernel} {
  %0 = tensor.cast %x : tensor<2xf32> to tensor<?xf32>
  // expected-error @below {{'tensor.cast' can't be lowered inside a kernel}}
  %1 = tensor.cast %0 : tensor<?xf32> to tensor<2xf32>
  return %1 : tensor<2xf32>
}

// -----

func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @below {{'nnq.unary' is left outside of kernels; run --nnq-form-kernels and --convert-nnq-to-linalg first}}
  %0 = nnq.unary sigmoid %x : tensor<2xf32> -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (n, k)>
#y = affine_map<(m, n, k) -> (m, n)>
func.func private @tile(%x: tensor<49x64xi8>, %start: tensor<49x80xi32>) -> tensor<49x80xi32> attributes {nnq.kernel} {
  %w = arith.constant dense<3> : tensor<80x64xi8>
  // expected-error @+1 {{can't have the tile that it brings, 8 rows and 4 columns, on x86-avx512vnni: its sums take 32 registers}}
  %sum = nnq_kernel.contract #nnq_kernel.bytes ins(%x, %w : tensor<49x64xi8>, tensor<80x64xi8>) outs(%start : tensor<49x80xi32>)
      {indexing_maps = [#x, #w, #y], unsigned_input, tiling = #nnq_kernel.tiling<rows = 8, columns = 4>}
  return %sum : tensor<49x80xi32>
}

// -----

#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (n, k)>
#y = affine_map<(m, n, k) -> (m, n)>
func.func private @sparse(%x: tensor<49x64xi8>, %start: tensor<49x80xi32>) -> tensor<49x80xi32> attributes {nnq.kernel} {
  %w = arith.constant sparse<[[1, 2]], [3]> : tensor<80x64xi8>
  // expected-error @+1 {{can't be tiled: the data of its constants can't be read}}
  %sum = nnq_kernel.contract #nnq_kernel.bytes ins(%x, %w : tensor<49x64xi8>, tensor<80x64xi8>) outs(%start : tensor<49x80xi32>)
      {indexing_maps = [#x, #w, #y], unsigned_input}
  return %sum : tensor<49x80xi32>
}

// -----

#id = affine_map<(m) -> (m)>
func.func private @sparse_operand(%x: tensor<64xf32>) -> tensor<64xf32> attributes {nnq.kernel} {
  // expected-error @+1 {{has values of 'tensor<64xf32>' that can't be read; they are dense, or a resource that comes with its data}}
  %w = arith.constant sparse<[[2]], [3.0]> : tensor<64xf32>
  %empty = tensor.empty() : tensor<64xf32>
  %y = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel"]} ins(%x, %w : tensor<64xf32>, tensor<64xf32>) outs(%empty : tensor<64xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %0 = arith.mulf %a, %b : f32
    linalg.yield %0 : f32
  } -> tensor<64xf32>
  return %y : tensor<64xf32>
}

// -----

#id = affine_map<(m) -> (m)>
func.func private @codes_without_a_sign(%x: tensor<4xi32>) -> tensor<4xi32> attributes {nnq.kernel} {
  // expected-error @+1 {{has elements of 'i4' that are read without a sign, which bytes in memory give them; widen them to i8 first}}
  %w = arith.constant dense<[1, 2, 3, -1]> : tensor<4xi4>
  %empty = tensor.empty() : tensor<4xi32>
  %y = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel"]} ins(%x, %w : tensor<4xi32>, tensor<4xi4>) outs(%empty : tensor<4xi32>) {
  ^bb0(%a: i32, %b: i4, %c: i32):
    %0 = arith.extui %b : i4 to i32
    %1 = arith.addi %0, %a : i32
    linalg.yield %1 : i32
  } -> tensor<4xi32>
  return %y : tensor<4xi32>
}
