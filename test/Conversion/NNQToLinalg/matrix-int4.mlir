// RUN: nnq-opt %s --convert-nnq-to-linalg --split-input-file --verify-diagnostics | FileCheck %s

// Weights of 4 bits stay so where dot products multiply them.
!x = !quant.uniform<u8:f32, 5.0e-01:128>
!w = !quant.uniform<i4:f32:0, {5.0e-01, 2.5e-01}>

// CHECK-LABEL: func.func @keeps_four_bits
// CHECK: arith.constant dense<{{\[}}[7, -8], [1, 0]]> : tensor<2x2xi4>
// CHECK: linalg.generic {{.*}} ins(%{{.*}}, %{{.*}} : tensor<1x2xi8>, tensor<2x2xi4>)
// CHECK: arith.extsi %{{.*}} : i4 to i32
func.func @keeps_four_bits(%x: tensor<1x2x!x>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[7, -8], [1, 0]]> : tensor<2x2xi4> -> tensor<2x2x!w>
  %0 = nnq.fully_connected %x, %w : tensor<1x2x!x>, tensor<2x2x!w> -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

// Codes less their zero point, 8, are signed.
!x = !quant.uniform<u8:f32, 5.0e-01:128>
!w = !quant.uniform<u4:f32, 5.0e-01:8>

// CHECK-LABEL: func.func @moves_unsigned_codes
// CHECK: arith.constant dense<{{\[}}[7, -8], [1, 0]]> : tensor<2x2xi4>
// CHECK-NOT: arith.constant {{.*}}xi8>
func.func @moves_unsigned_codes(%x: tensor<1x2x!x>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[15, 0], [9, 8]]> : tensor<2x2xi4> -> tensor<2x2x!w>
  %0 = nnq.fully_connected %x, %w : tensor<1x2x!x>, tensor<2x2x!w> -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

// With another zero point a factor has five bits, of which all weights have one part in common: a sum over the row.
!x = !quant.uniform<u8:f32, 5.0e-01:128>
!w = !quant.uniform<u4:f32, 5.0e-01:11>

// CHECK-LABEL: func.func @sums_the_row_for_a_fifth_bit
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "reduction"]
// CHECK: arith.subi
// CHECK: arith.constant dense<{{\[}}[7, -8], [1, 0]]> : tensor<2x2xi4>
func.func @sums_the_row_for_a_fifth_bit(%x: tensor<1x2x!x>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[15, 0], [9, 8]]> : tensor<2x2xi4> -> tensor<2x2x!w>
  %0 = nnq.fully_connected %x, %w : tensor<1x2x!x>, tensor<2x2x!w> -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

// A depthwise convolution has no dot products; its kernel unpacks first.
!x = !quant.uniform<u8:f32, 5.0e-01:128>
!w = !quant.uniform<i4:f32, 5.0e-01>

// CHECK-LABEL: func.func @depthwise_weights
// CHECK: arith.constant dense<{{.*}}> : tensor<1x2x2xi4>
func.func @depthwise_weights(%x: tensor<1x1x2x2x!x>) -> tensor<1x1x1x2xf32> {
  %w = nnq.constant dense<[[[[7], [-8]]], [[[1], [0]]]]> : tensor<2x1x2x1xi4> -> tensor<2x1x2x1x!w>
  %0 = nnq.conv2d %x, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 2 : tensor<1x1x2x2x!x>, tensor<2x1x2x1x!w> -> tensor<1x1x1x2xf32>
  return %0 : tensor<1x1x1x2xf32>
}

// -----

// Blocks: exact sums, then one fma in f32 for each. Scales, by block and channel, are multiples of the channels' units; the input's is 0.5.
!x = !quant.uniform<u8:f32, 5.0e-01:128>
!w = !quant.uniform<i4:f32:{0:1, 1:2}, {{5.0e-01, 2.5e-01}, {1.0, 2.0}, {6.0, 14.0}}>
!y = !quant.uniform<u8:f32, 1.0:3>

// CHECK-DAG: #[[$X:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1, d3)>
// CHECK-DAG: #[[$W:.*]] = affine_map<(d0, d1, d2, d3) -> (d2, d1, d3)>
// CHECK-DAG: #[[$SUMS:.*]] = affine_map<(d0, d1, d2) -> (d0, d2, d1)>
// CHECK-DAG: #[[$SCALES:.*]] = affine_map<(d0, d1, d2) -> (d2, d1)>
// CHECK-DAG: #[[$UNITS:.*]] = affine_map<(d0, d1, d2) -> (d1)>
// CHECK-LABEL: func.func @adds_up_blocks_in_f32
// CHECK: %[[SCALES:.*]] = arith.constant dense<{{\[}}[2, 1, 3], [1, 2, 7]]> : tensor<2x3xi8>
// CHECK: %[[UNITS:.*]] = arith.constant dense<[2.500000e-01, 1.000000e+00, 2.000000e+00]> : tensor<3xf32>
// CHECK: linalg.generic {indexing_maps = [#[[$X]], #[[$W]], {{.*}}], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%{{.*}}, %{{.*}} : tensor<1x2x2xi8>, tensor<3x2x2xi4>) outs(%{{.*}} : tensor<1x2x3xi32>)
// CHECK: arith.extui
// CHECK: arith.subi %{{.*}}, %c128
// CHECK: arith.extsi
// CHECK: linalg.generic {indexing_maps = [#[[$SUMS]], #[[$SCALES]], #[[$UNITS]], {{.*}}], iterator_types = ["parallel", "parallel", "reduction"]} ins(%{{.*}}, %[[SCALES]], %[[UNITS]] : tensor<1x2x3xi32>, tensor<2x3xi8>, tensor<3xf32>)
// CHECK: %[[MULTIPLE:.*]] = arith.uitofp %{{.*}} : i8 to f32
// CHECK: %[[SCALE:.*]] = arith.mulf %[[MULTIPLE]], %{{.*}} : f32
// CHECK: %[[UNIT:.*]] = arith.mulf %[[SCALE]], %cst
// CHECK: %[[REAL:.*]] = arith.sitofp
// CHECK: math.fma %[[REAL]], %[[UNIT]], %{{.*}} : f32
// CHECK: math.roundeven
func.func @adds_up_blocks_in_f32(%x: tensor<1x4x!x>) -> tensor<1x3x!y> {
  %w = nnq.constant dense<[[7, -8, 1, 0], [1, 2, 3, 4], [5, 6, 7, -1]]> : tensor<3x4xi4> -> tensor<3x4x!w>
  %b = nnq.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32> -> tensor<3xf32>
  %0 = nnq.fully_connected %x, %w, %b : tensor<1x4x!x>, tensor<3x4x!w>, tensor<3xf32> -> tensor<1x3x!y>
  return %0 : tensor<1x3x!y>
}

// -----

// 0.5 and 0.1f are multiples of 0x1p-27 alone.
!x = !quant.uniform<u8:f32, 5.0e-01>
!w = !quant.uniform<i4:f32:{0:1, 1:2}, {{5.0e-01, 1.0e-01}}>

// CHECK-LABEL: func.func @scales_in_f32
// CHECK-NOT: arith.subi
// CHECK: tensor<2x1xf32>
// CHECK-NOT: arith.uitofp
func.func @scales_in_f32(%x: tensor<1x4x!x>) -> tensor<1x1xf32> {
  %w = nnq.constant dense<[[7, -8, 1, 0]]> : tensor<1x4xi4> -> tensor<1x4x!w>
  %0 = nnq.fully_connected %x, %w : tensor<1x4x!x>, tensor<1x4x!w> -> tensor<1x1xf32>
  return %0 : tensor<1x1xf32>
}

// -----

// Beside blocks there is no sum over the row.
!x = !quant.uniform<u8:f32, 5.0e-01>
!w = !quant.uniform<u4:f32:{0:1, 1:2}, {{5.0e-01:0, 1.0:8}}>

// CHECK-LABEL: func.func @keeps_bytes_of_five_bits
// CHECK: tensor<1x4xi8>
func.func @keeps_bytes_of_five_bits(%x: tensor<1x4x!x>) -> tensor<1x1xf32> {
  %w = nnq.constant dense<[[7, 15, 1, 0]]> : tensor<1x4xi4> -> tensor<1x4x!w>
  // expected-remark @+1 {{weights of 4 bits of 'fully_connected' are up to 15 steps from their zero points: they are kept as bytes}}
  %0 = nnq.fully_connected %x, %w : tensor<1x4x!x>, tensor<1x4x!w> -> tensor<1x1xf32>
  return %0 : tensor<1x1xf32>
}

// -----

// Below floats they are multiplied as they are too, and their scale behind the sum.
// CHECK-LABEL: func.func @multiplies_floats
// CHECK: arith.constant dense<{{.*}}7, -8{{.*}}, {{.*}}1, 0{{.*}}> : tensor<2x1x2xi4>
// CHECK: arith.constant dense<{{\[}}[5.000000e-01, 2.500000e-01]]> : tensor<1x2xf32>
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel", "parallel", "reduction"]
// CHECK: %[[W:.*]] = arith.sitofp %{{.*}} : i4 to f32
// CHECK: %[[P:.*]] = arith.mulf %{{.*}}, %[[W]]
// CHECK: arith.addf %{{.*}}, %[[P]]
// CHECK: math.fma
func.func @multiplies_floats(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[7, -8], [1, 0]]> : tensor<2x2xi4> -> tensor<2x2x!quant.uniform<i4:f32:0, {5.0e-01, 2.5e-01}>>
  %0 = nnq.fully_connected %x, %w : tensor<1x2xf32>, tensor<2x2x!quant.uniform<i4:f32:0, {5.0e-01, 2.5e-01}>> -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

// CHECK-LABEL: func.func @dequantizes_five_bits
// CHECK: arith.constant dense<{{\[}}[7.500000e+00, 5.000000e-01]]> : tensor<1x2xf32>
func.func @dequantizes_five_bits(%x: tensor<1x2xf32>) -> tensor<1x1xf32> {
  %w = nnq.constant dense<[[15, 1]]> : tensor<1x2xi4> -> tensor<1x2x!quant.uniform<u4:f32, 0.5>>
  // expected-remark @+1 {{weights of 4 bits of 'fully_connected' are dequantized at compile time: they are up to 15 steps from their zero points, or in blocks of several output channels or a part of the kernel}}
  %0 = nnq.fully_connected %x, %w : tensor<1x2xf32>, tensor<1x2x!quant.uniform<u4:f32, 0.5>> -> tensor<1x1xf32>
  return %0 : tensor<1x1xf32>
}

// -----

// Beside activations of 16 bits, bytes; no zero point takes them out of those.
!x = !quant.uniform<i16:f32, 5.0e-01>
!w = !quant.uniform<u4:f32, 5.0e-01:11>

// CHECK-LABEL: func.func @keeps_bytes_beside_words
// CHECK: arith.constant dense<{{\[}}[4, -11], [-2, -3]]> : tensor<2x2xi8>
// CHECK: linalg.generic {{.*}} ins(%{{.*}}, %{{.*}} : tensor<1x2xi16>, tensor<2x2xi8>)
func.func @keeps_bytes_beside_words(%x: tensor<1x2x!x>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[15, 0], [9, 8]]> : tensor<2x2xi4> -> tensor<2x2x!w>
  // expected-remark @+1 {{weights of 4 bits of 'fully_connected' are multiplied by activations of 16 bits: they are kept as bytes}}
  %0 = nnq.fully_connected %x, %w : tensor<1x2x!x>, tensor<2x2x!w> -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}
