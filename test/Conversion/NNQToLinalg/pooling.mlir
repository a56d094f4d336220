// RUN: nnq-opt %s --convert-nnq-to-linalg --split-input-file | FileCheck %s

!a = !quant.uniform<u8:f32, 5.0e-01:200>

// CHECK-DAG: #[[$INPUT:.*]] = affine_map<(d0, d1, d2, d3, d4, d5) -> (d0, d1 * 2 + d4, d2 + d5, d3)>
// CHECK-LABEL: func.func @takes_the_largest_code
// CHECK: %[[WINDOW:.*]] = tensor.empty() : tensor<3x2xi8>
// CHECK: arith.constant 0 : i8
// CHECK: linalg.fill
// CHECK: linalg.generic {indexing_maps = [#[[$INPUT]], {{.*}} ins(%{{.*}}, %[[WINDOW]] : tensor<1x5x4x3xi8>, tensor<3x2xi8>)
// CHECK: arith.maxui
func.func @takes_the_largest_code(%a: tensor<1x5x4x3x!a>) -> tensor<1x2x3x3x!a> {
  %0 = nnq.max_pool2d %a kernel = [3, 2] strides = [2, 1] pads = [0, 0, 0, 0] dilations = [1, 1]
     : tensor<1x5x4x3x!a> -> tensor<1x2x3x3x!a>
  return %0 : tensor<1x2x3x3x!a>
}

// -----

!a = !quant.uniform<u8:f32, 5.0e-01:200>

// Padded with the zero point (200, as i8 -56), which is the real 0; 4, 6 or 9 pixels lie inside. The product is not contracted with
// the addition behind it, and pixels are added in order.
// CHECK-LABEL: func.func @divides_by_the_pixels_inside
// CHECK: %c-56_i8 = arith.constant -56 : i8
// CHECK: tensor.insert_slice
// CHECK: arith.subi
// CHECK: %[[REAL:.*]] = arith.mulf
// CHECK: %[[ONE:.*]] = arith.constant 1.000000e+00 : f32
// CHECK: math.fma %[[REAL]], %[[ONE]]
// CHECK: arith.constant dense<{{\[\[}}4.000000e+00, 6.000000e+00, 4.000000e+00], [6.000000e+00, 9.000000e+00, 6.000000e+00], [4.000000e+00, 6.000000e+00, 4.000000e+00]]> : tensor<3x3xf32>
// CHECK: arith.divf
// CHECK: arith.divf
// CHECK: %[[ZERO:.*]] = arith.constant 2.000000e+02 : f32
// CHECK: arith.addf %{{.*}}, %[[ZERO]]
// CHECK: math.roundeven
func.func @divides_by_the_pixels_inside(%a: tensor<1x3x3x2x!a>) -> tensor<1x3x3x2x!a> {
  %0 = nnq.avg_pool2d %a kernel = [3, 3] strides = [1, 1] pads = [1, 1, 1, 1] : tensor<1x3x3x2x!a> -> tensor<1x3x3x2x!a>
  return %0 : tensor<1x3x3x2x!a>
}

// -----

// CHECK-LABEL: func.func @divides_by_the_window_when_padding_counts
// CHECK: arith.constant 9.000000e+00 : f32
// CHECK: arith.divf
func.func @divides_by_the_window_when_padding_counts(%a: tensor<1x3x3x2xf32>) -> tensor<1x3x3x2xf32> {
  %0 = nnq.avg_pool2d %a kernel = [3, 3] strides = [1, 1] pads = [1, 1, 1, 1] {count_padding} : tensor<1x3x3x2xf32> -> tensor<1x3x3x2xf32>
  return %0 : tensor<1x3x3x2xf32>
}

// -----

!a = !quant.uniform<i8:f32, 5.0e-01:-1>

// CHECK-DAG: #[[$INPUT:.*]] = affine_map<(d0, d1, d2, d3, d4, d5) -> (d0, d4, d5, d3)>
// CHECK-DAG: #[[$RESULT:.*]] = affine_map<(d0, d1, d2, d3, d4, d5) -> (d0, d1, d2, d3)>
// CHECK-LABEL: func.func @keeps_reduced_dimensions_as_loops_of_one_step
// CHECK: arith.constant 49 : i32
// CHECK: linalg.generic {indexing_maps = [#[[$INPUT]], #[[$RESULT]]]
// CHECK: arith.extsi
// CHECK-NEXT: arith.addi
// CHECK: arith.constant 0.0204081628 : f32
func.func @keeps_reduced_dimensions_as_loops_of_one_step(%a: tensor<1x7x7x8x!a>) -> tensor<1x1x1x8x!a> {
  %0 = nnq.reduce mean %a axes = [1, 2] : tensor<1x7x7x8x!a> -> tensor<1x1x1x8x!a>
  return %0 : tensor<1x1x1x8x!a>
}

// -----

!a = !quant.uniform<u8:f32, 5.0e-01:200>
!p = !quant.uniform<u8:f32, 3.90625e-03>

// The table begins with exp(ln(f32max / 10) - 5), little endian; the sum is in order, and multiplied codes are divided by it.
// CHECK-LABEL: func.func @sums_exponentials_of_codes_from_a_table
// CHECK: arith.maxui
// CHECK: %[[TABLE:.*]] = arith.constant dense<"0x{{.*}}"> : tensor<256xf32>
// CHECK: tensor.extract %[[TABLE]]
// CHECK: math.fma
// CHECK: %[[K:.*]] = arith.constant 2.560000e+02 : f32
// CHECK: arith.mulf %{{.*}}, %[[K]]
// CHECK: arith.divf
// CHECK: math.roundeven
func.func @sums_exponentials_of_codes_from_a_table(%a: tensor<2x10x!a>) -> tensor<2x10x!p> {
  %0 = nnq.softmax %a axis = 1 : tensor<2x10x!a> -> tensor<2x10x!p>
  return %0 : tensor<2x10x!p>
}

// -----

!a = !quant.uniform<u16:f32, 5.0e-01:200>
// CHECK-LABEL: func.func @dequantizes_codes_of_16_bits
// CHECK-NOT: tensor.extract
// CHECK: math.exp
func.func @dequantizes_codes_of_16_bits(%a: tensor<2x256x!a>) -> tensor<2x256xf32> {
  %0 = nnq.softmax %a axis = 1 : tensor<2x256x!a> -> tensor<2x256xf32>
  return %0 : tensor<2x256xf32>
}

// -----

// CHECK-LABEL: func.func @subtracts_the_largest_before_exponentials
// CHECK: arith.maximumf
// CHECK: arith.subf
// CHECK-NEXT: math.exp
// CHECK: arith.addf
// CHECK: arith.divf
func.func @subtracts_the_largest_before_exponentials(%a: tensor<2x10xf32>) -> tensor<2x10xf32> {
  %0 = nnq.softmax %a axis = 0 : tensor<2x10xf32> -> tensor<2x10xf32>
  return %0 : tensor<2x10xf32>
}

// -----

// CHECK-LABEL: func.func @takes_the_logarithm_of_the_sum_alone
// CHECK: arith.maximumf
// CHECK: arith.subf
// CHECK-NEXT: math.exp
// CHECK-NEXT: arith.addf
// CHECK: math.log
// CHECK: arith.subf
// CHECK: arith.subf
// CHECK-NOT: arith.divf
func.func @takes_the_logarithm_of_the_sum_alone(%a: tensor<2x10xf32>) -> tensor<2x10xf32> {
  %0 = nnq.log_softmax %a axis = 1 : tensor<2x10xf32> -> tensor<2x10xf32>
  return %0 : tensor<2x10xf32>
}

// -----

// CHECK-LABEL: func.func @normalizes_rows
// CHECK: arith.addf
// CHECK: arith.divf
// CHECK: arith.subf
// CHECK: arith.mulf
// CHECK: math.sqrt
func.func @normalizes_rows(%a: tensor<2x4xf32>, %g: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<2x4xf32> {
  %0 = nnq.layer_norm %a, %g, %b epsilon = 1.0e-5 : tensor<2x4xf32>, tensor<4xf32>, tensor<4xf32> -> tensor<2x4xf32>
  return %0 : tensor<2x4xf32>
}

// -----

// scale / sqrt(variance + epsilon) = 2 / 2, bias - mean * 1 = 3 - 1.
// CHECK-LABEL: func.func @folds_the_statistics_of_batch_norm
// CHECK: arith.constant dense<1.000000e+00> : tensor<2xf32>
// CHECK: arith.constant dense<2.000000e+00> : tensor<2xf32>
// CHECK-NOT: math.sqrt
func.func @folds_the_statistics_of_batch_norm(%a: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %g = nnq.constant dense<2.0> : tensor<2xf32> -> tensor<2xf32>
  %b = nnq.constant dense<3.0> : tensor<2xf32> -> tensor<2xf32>
  %m = nnq.constant dense<1.0> : tensor<2xf32> -> tensor<2xf32>
  %v = nnq.constant dense<3.5> : tensor<2xf32> -> tensor<2xf32>
  %0 = nnq.batch_norm %a, %g, %b, %m, %v epsilon = 5.0e-01
     : tensor<3x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32> -> tensor<3x2xf32>
  return %0 : tensor<3x2xf32>
}
