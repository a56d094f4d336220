// RUN: nnq-opt %s --split-input-file --nnq-widen-activations=target=x86-avx2 | FileCheck %s --check-prefixes=CHECK,AVX2
// RUN: nnq-opt %s --split-input-file --nnq-widen-activations=target=x86-avx512vnni | FileCheck %s --check-prefixes=CHECK,VNNI
// RUN: not nnq-opt %s --split-input-file --nnq-widen-activations=target=z80 2>&1 | FileCheck %s --check-prefix=UNKNOWN

#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (n, k)>
#y = affine_map<(m, n, k) -> (m, n)>

// A target with a dot product of bytes keeps bytes. Signed ones keep their sign.
// UNKNOWN: error: {{.*}}z80
// CHECK-LABEL: @signed
// AVX2: arith.extsi %{{.*}} : i8 to i16
// AVX2: ins(%{{.*}}, %{{.*}} : tensor<4x16xi16>, tensor<8x16xi8>)
// VNNI-NOT: i16
func.func private @signed(%x: tensor<4x16xi8>) -> tensor<4x8xi32> attributes {nnq.kernel} {
  %w = arith.constant dense<3> : tensor<8x16xi8>
  %start = arith.constant dense<0> : tensor<4x8xi32>
  %sum = nnq_kernel.contract #nnq_kernel.bytes ins(%x, %w : tensor<4x16xi8>, tensor<8x16xi8>) outs(%start : tensor<4x8xi32>)
      {indexing_maps = [#x, #w, #y]}
  return %sum : tensor<4x8xi32>
}

// -----

#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (n, k)>
#y = affine_map<(m, n, k) -> (m, n)>

// Weights of 4 bits are unpacked to bytes, beside bytes.
// CHECK-LABEL: @nibbles
// CHECK-NOT: i16
func.func private @nibbles(%x: tensor<4x16xi8>) -> tensor<4x8xi32> attributes {nnq.kernel} {
  %w = arith.constant dense<3> : tensor<8x16xi4>
  %start = arith.constant dense<0> : tensor<4x8xi32>
  %sum = nnq_kernel.contract #nnq_kernel.nibbles ins(%x, %w : tensor<4x16xi8>, tensor<8x16xi4>) outs(%start : tensor<4x8xi32>)
      {indexing_maps = [#x, #w, #y], unsigned_input}
  return %sum : tensor<4x8xi32>
}

// -----

#x = affine_map<(m, n, b, k) -> (m, b, k)>
#w = affine_map<(m, n, b, k) -> (n, b, k)>
#u = affine_map<(m, n, b, k) -> (b, n)>
#y = affine_map<(m, n, b, k) -> (m, n)>

// A product in blocks is one product; the zero point is taken from the word.
// CHECK-LABEL: @blocks
// AVX2-COUNT-1: outs(%{{.*}} : tensor<1x2x8xi16>)
// AVX2: nnq_kernel.contract #nnq_kernel.bytes ins(%{{.*}}, %{{.*}} : tensor<1x2x8xi16>, tensor<2x2x8xi8>)
// AVX2-NOT: unsigned_input
// VNNI-NOT: i16
func.func private @blocks(%x: tensor<1x2x8xi8>) -> tensor<1x2xf32> attributes {nnq.kernel} {
  %w = arith.constant dense<3> : tensor<2x2x8xi8>
  %scales = arith.constant dense<[[0.5, 1.0], [0.25, 4.0]]> : tensor<2x2xf32>
  %bias = arith.constant dense<[[1.0, 2.0]]> : tensor<1x2xf32>
  %reals = nnq_kernel.contract #nnq_kernel.bytes ins(%x, %w : tensor<1x2x8xi8>, tensor<2x2x8xi8>)
      scales(%scales : tensor<2x2xf32>) outs(%bias : tensor<1x2xf32>)
      {indexing_maps = [#x, #w, #u, #y], unsigned_input, accumulation = #nnq_kernel.blocks<input_scale = 0.1 : f32, input_zero_point = 3>}
  return %reals : tensor<1x2xf32>
}
