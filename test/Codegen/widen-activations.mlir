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
  %sum = linalg.generic {indexing_maps = [#x, #w, #y], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<4x16xi8>, tensor<8x16xi8>) outs(%start : tensor<4x8xi32>) {
  ^bb0(%a: i8, %b: i8, %c: i32):
    %0 = arith.extsi %a : i8 to i32
    %1 = arith.extsi %b : i8 to i32
    %2 = arith.muli %0, %1 : i32
    %3 = arith.addi %c, %2 : i32
    linalg.yield %3 : i32
  } -> tensor<4x8xi32>
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
  %sum = linalg.generic {indexing_maps = [#x, #w, #y], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<4x16xi8>, tensor<8x16xi4>) outs(%start : tensor<4x8xi32>) {
  ^bb0(%a: i8, %b: i4, %c: i32):
    %0 = arith.extui %a : i8 to i32
    %1 = arith.extsi %b : i4 to i32
    %2 = arith.muli %0, %1 : i32
    %3 = arith.addi %c, %2 : i32
    linalg.yield %3 : i32
  } -> tensor<4x8xi32>
  return %sum : tensor<4x8xi32>
}

// -----

#x = affine_map<(m, b, n, k) -> (m, b, k)>
#w = affine_map<(m, b, n, k) -> (n, b, k)>
#sums = affine_map<(m, b, n, k) -> (m, b, n)>
#s = affine_map<(m, n, b) -> (m, b, n)>
#u = affine_map<(m, n, b) -> (b, n)>
#y = affine_map<(m, n, b) -> (m, n)>

// A product in blocks is one product; the zero point is taken from the word.
// CHECK-LABEL: @blocks
// AVX2-COUNT-1: outs(%{{.*}} : tensor<1x2x8xi16>)
// AVX2-NOT: outs(%{{.*}} : tensor<1x2x8xi16>)
// AVX2: %[[WIDE:.*]] = arith.extsi %{{.*}} : i16 to i32
// AVX2: arith.subi %[[WIDE]], %c3_i32
// VNNI-NOT: i16
func.func private @blocks(%x: tensor<1x2x8xi8>) -> tensor<1x2xf32> attributes {nnq.kernel} {
  %w = arith.constant dense<3> : tensor<2x2x8xi8>
  %scales = arith.constant dense<[[0.5, 1.0], [0.25, 4.0]]> : tensor<2x2xf32>
  %inputScale = arith.constant 0.1 : f32
  %bias = arith.constant dense<[[1.0, 2.0]]> : tensor<1x2xf32>
  %zero = arith.constant 0 : i32
  %three = arith.constant 3 : i32
  %e = tensor.empty() : tensor<1x2x2xi32>
  %zeros = linalg.fill ins(%zero : i32) outs(%e : tensor<1x2x2xi32>) -> tensor<1x2x2xi32>
  %sums = linalg.generic {indexing_maps = [#x, #w, #sums], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<1x2x8xi8>, tensor<2x2x8xi8>) outs(%zeros : tensor<1x2x2xi32>) {
  ^bb0(%a: i8, %b: i8, %c: i32):
    %0 = arith.extui %a : i8 to i32
    %1 = arith.subi %0, %three : i32
    %2 = arith.extsi %b : i8 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %c, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<1x2x2xi32>
  %reals = linalg.generic {indexing_maps = [#s, #u, #y], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%sums, %scales : tensor<1x2x2xi32>, tensor<2x2xf32>) outs(%bias : tensor<1x2xf32>) {
  ^bb0(%a: i32, %b: f32, %c: f32):
    %0 = arith.sitofp %a : i32 to f32
    %1 = arith.mulf %b, %inputScale : f32
    %2 = math.fma %0, %1, %c : f32
    linalg.yield %2 : f32
  } -> tensor<1x2xf32>
  return %reals : tensor<1x2xf32>
}
