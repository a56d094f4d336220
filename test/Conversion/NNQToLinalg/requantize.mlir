// RUN: nnq-opt %s --convert-nnq-to-linalg --split-input-file | FileCheck %s

!q = !quant.uniform<i8:f32:1, {5.0e-01:1, 2.5e-01:-2}>

// CHECK-DAG: #[[$CHANNEL:.*]] = affine_map<(d0, d1) -> (d1)>
// CHECK-LABEL: func.func @dequantizes_per_axis
// CHECK-DAG: %[[Z:.*]] = arith.constant dense<[1, -2]> : tensor<2xi32>
// CHECK-DAG: %[[S:.*]] = arith.constant dense<[5.000000e-01, 2.500000e-01]> : tensor<2xf32>
// CHECK: linalg.generic {indexing_maps = [{{.*}}, #[[$CHANNEL]], #[[$CHANNEL]], {{.*}}]
// CHECK: arith.extsi
// CHECK: arith.subi
// CHECK: arith.sitofp
// CHECK-NEXT: arith.mulf
func.func @dequantizes_per_axis(%x: tensor<3x2x!q>) -> tensor<3x2xf32> {
  %0 = nnq.requantize %x : tensor<3x2x!q> -> tensor<3x2xf32>
  return %0 : tensor<3x2xf32>
}

// -----

!q = !quant.uniform<u4:f32:{0:1, 1:2}, {{5.0e-01:1, 2.5e-01:2}, {1.0:3, 2.0:4}}>

// Codes of 4 bits have a byte each.
// CHECK-DAG: #[[$BLOCK:.*]] = affine_map<(d0, d1) -> (d0, d1 floordiv 2)>
// CHECK-LABEL: func.func @quantizes_in_blocks
// CHECK-SAME: -> (tensor<2x4xi8>
// CHECK-DAG: arith.constant dense<{{\[\[}}1, 2], [3, 4]]> : tensor<2x2xi32>
// CHECK-DAG: arith.constant dense<{{\[\[}}5.000000e-01, 2.500000e-01], [1.000000e+00, 2.000000e+00]]> : tensor<2x2xf32>
// CHECK: linalg.generic {indexing_maps = [{{.*}}, #[[$BLOCK]], #[[$BLOCK]], {{.*}}]
// CHECK: arith.divf
// CHECK-DAG: arith.constant -1.500000e+01 : f32
// CHECK-DAG: arith.constant 1.500000e+01 : f32
// CHECK: math.roundeven
// CHECK: arith.addi
// CHECK: arith.maxsi
// CHECK: arith.minsi
// CHECK: arith.trunci {{.*}} : i32 to i8
func.func @quantizes_in_blocks(%x: tensor<2x4xf32>) -> tensor<2x4x!q> {
  %0 = nnq.requantize %x : tensor<2x4xf32> -> tensor<2x4x!q>
  return %0 : tensor<2x4x!q>
}

// -----

!a = !quant.uniform<i32:f32:1, {5.0e-01, 2.5e-01}>
!y = !quant.uniform<i8:f32:1, {1.0:3, 2.0:3}>

// Accumulators meet the ratio of the scales, and equal zero points are one.
// CHECK-LABEL: func.func @rescales_accumulators_per_axis
// CHECK: arith.constant dense<[5.000000e-01, 1.250000e-01]> : tensor<2xf32>
// CHECK: arith.sitofp
// CHECK-NEXT: arith.mulf
// CHECK-NOT: arith.divf
// CHECK: arith.constant 3 : i32
func.func @rescales_accumulators_per_axis(%x: tensor<3x2x!a>) -> tensor<3x2x!y> {
  %0 = nnq.requantize %x : tensor<3x2x!a> -> tensor<3x2x!y>
  return %0 : tensor<3x2x!y>
}

// -----

!q = !quant.uniform<i32:f32, 5.0e-01>

// f32 does not hold 2^31 - 1: what is larger than the f32 below gets it by a selection.
// CHECK-LABEL: func.func @saturates_32_bits_exactly
// CHECK: arith.cmpf ogt
// CHECK: arith.select %{{.*}}, %c2147483647_i32
func.func @saturates_32_bits_exactly(%x: tensor<3xf32>) -> tensor<3x!q> {
  %0 = nnq.requantize %x : tensor<3xf32> -> tensor<3x!q>
  return %0 : tensor<3x!q>
}

// -----

!q = !quant.uniform<i4:f32, 5.0e-01>

// CHECK-LABEL: func.func @stores_constants_of_4_bits_in_bytes
// CHECK: arith.constant dense<[-8, 7]> : tensor<2xi8>
func.func @stores_constants_of_4_bits_in_bytes() -> tensor<2x!q> {
  %0 = nnq.constant dense<[-8, 7]> : tensor<2xi4> -> tensor<2x!q>
  return %0 : tensor<2x!q>
}
