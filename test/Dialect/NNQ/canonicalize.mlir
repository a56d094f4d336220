// The rewrite patterns of --canonicalize: each where it applies, and where it must not.

// RUN: nnq-opt %s --canonicalize --split-input-file | FileCheck %s

// conv2d(pad(x)) -> conv2d with larger pads.
// CHECK-LABEL: func.func @folds_zero_pad_into_conv
// CHECK-SAME: (%[[X:.*]]: tensor<1x4x4x1xf32>,
// CHECK-NEXT: nnq.conv2d %[[X]], %{{.*}} strides = [1, 1] pads = [1, 2, 4, 1] dilations = [1, 1] groups = 1 : tensor<1x4x4x1xf32>
// CHECK-NOT: nnq.pad
func.func @folds_zero_pad_into_conv(%x: tensor<1x4x4x1xf32>, %w: tensor<1x3x3x1xf32>) -> tensor<1x7x5x1xf32> {
  %0 = nnq.pad %x low = [0, 1, 2, 0] high = [0, 3, 1, 0] value = 0.0 : tensor<1x4x4x1xf32> -> tensor<1x8x7x1xf32>
  %1 = nnq.conv2d %0, %w strides = [1, 1] pads = [0, 0, 1, 0] dilations = [1, 1] groups = 1 : tensor<1x8x7x1xf32>, tensor<1x3x3x1xf32> -> tensor<1x7x5x1xf32>
  return %1 : tensor<1x7x5x1xf32>
}

// -----

// The border of the real 0 is the zero point, which is what a convolution puts there too.
!u8 = !quant.uniform<u8:f32, 0.5:128>
!w8 = !quant.uniform<i8<-127:127>:f32, 0.25>
// CHECK-LABEL: func.func @folds_quantized_zero_pad_into_conv
// CHECK-NEXT: nnq.conv2d %arg0, %arg1 strides = [1, 1] pads = [1, 1, 1, 1]
func.func @folds_quantized_zero_pad_into_conv(%x: tensor<1x4x4x1x!u8>, %w: tensor<1x3x3x1x!w8>) -> tensor<1x4x4x1x!u8> {
  %0 = nnq.pad %x low = [0, 1, 1, 0] high = [0, 1, 1, 0] value = 0.0 : tensor<1x4x4x1x!u8> -> tensor<1x6x6x1x!u8>
  %1 = nnq.conv2d %0, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 : tensor<1x6x6x1x!u8>, tensor<1x3x3x1x!w8> -> tensor<1x4x4x1x!u8>
  return %1 : tensor<1x4x4x1x!u8>
}

// -----

// CHECK-LABEL: func.func @keeps_pad_with_another_value
// CHECK-NEXT: nnq.pad
// CHECK-NEXT: nnq.conv2d {{.*}} pads = [0, 0, 0, 0]
func.func @keeps_pad_with_another_value(%x: tensor<1x4x4x1xf32>, %w: tensor<1x3x3x1xf32>) -> tensor<1x4x4x1xf32> {
  %0 = nnq.pad %x low = [0, 1, 1, 0] high = [0, 1, 1, 0] value = 1.0 : tensor<1x4x4x1xf32> -> tensor<1x6x6x1xf32>
  %1 = nnq.conv2d %0, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 : tensor<1x6x6x1xf32>, tensor<1x3x3x1xf32> -> tensor<1x4x4x1xf32>
  return %1 : tensor<1x4x4x1xf32>
}

// -----

// CHECK-LABEL: func.func @keeps_pad_of_channels
// CHECK-NEXT: nnq.pad
// CHECK-NEXT: nnq.conv2d {{.*}} pads = [0, 0, 0, 0]
func.func @keeps_pad_of_channels(%x: tensor<1x4x4x1xf32>, %w: tensor<1x3x3x2xf32>) -> tensor<1x2x2x1xf32> {
  %0 = nnq.pad %x low = [0, 0, 0, 0] high = [0, 0, 0, 1] value = 0.0 : tensor<1x4x4x1xf32> -> tensor<1x4x4x2xf32>
  %1 = nnq.conv2d %0, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 : tensor<1x4x4x2xf32>, tensor<1x3x3x2xf32> -> tensor<1x2x2x1xf32>
  return %1 : tensor<1x2x2x1xf32>
}

// -----

// CHECK-LABEL: func.func @keeps_pad_of_the_batch
// CHECK-NEXT: nnq.pad
// CHECK-NEXT: nnq.conv2d
func.func @keeps_pad_of_the_batch(%x: tensor<1x4x4x1xf32>, %w: tensor<1x3x3x1xf32>) -> tensor<2x2x2x1xf32> {
  %0 = nnq.pad %x low = [1, 0, 0, 0] high = [0, 0, 0, 0] value = 0.0 : tensor<1x4x4x1xf32> -> tensor<2x4x4x1xf32>
  %1 = nnq.conv2d %0, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 : tensor<2x4x4x1xf32>, tensor<1x3x3x1xf32> -> tensor<2x2x2x1xf32>
  return %1 : tensor<2x2x2x1xf32>
}

// -----

// The other use of the padded image keeps the pad, the convolution does without it.
// CHECK-LABEL: func.func @folds_pad_that_has_another_use
// CHECK: %[[PAD:.*]] = nnq.pad %[[X:.*]] low
// CHECK: nnq.conv2d %[[X]], %{{.*}} pads = [1, 1, 1, 1]
// CHECK: return %[[PAD]]
func.func @folds_pad_that_has_another_use(%x: tensor<1x4x4x1xf32>, %w: tensor<1x3x3x1xf32>) -> (tensor<1x6x6x1xf32>, tensor<1x4x4x1xf32>) {
  %0 = nnq.pad %x low = [0, 1, 1, 0] high = [0, 1, 1, 0] value = 0.0 : tensor<1x4x4x1xf32> -> tensor<1x6x6x1xf32>
  %1 = nnq.conv2d %0, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 : tensor<1x6x6x1xf32>, tensor<1x3x3x1xf32> -> tensor<1x4x4x1xf32>
  return %0, %1 : tensor<1x6x6x1xf32>, tensor<1x4x4x1xf32>
}

// -----

// clamp(clamp(x, a, b), c, d) -> clamp(x, max(a, c), min(b, d)).
// CHECK-LABEL: func.func @merges_clamps
// CHECK-NEXT: nnq.clamp %arg0 min = 0.000000e+00 max = 3.000000e+00 : tensor<4xf32> -> tensor<4xf32>
// CHECK-NEXT: return
func.func @merges_clamps(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nnq.clamp %x min = 0.0 max = 6.0 : tensor<4xf32> -> tensor<4xf32>
  %1 = nnq.clamp %0 min = -1.0 max = 3.0 : tensor<4xf32> -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// -----

!u8 = !quant.uniform<u8:f32, 0.5:128>
// CHECK-LABEL: func.func @merges_clamps_of_one_quantized_type
// CHECK-NEXT: nnq.clamp %arg0 min = 0.000000e+00 max = 3.000000e+00
// CHECK-NEXT: return
func.func @merges_clamps_of_one_quantized_type(%x: tensor<4x!u8>) -> tensor<4x!u8> {
  %0 = nnq.clamp %x min = 0.0 max = 6.0 : tensor<4x!u8> -> tensor<4x!u8>
  %1 = nnq.clamp %0 min = -1.0 max = 3.0 : tensor<4x!u8> -> tensor<4x!u8>
  return %1 : tensor<4x!u8>
}

// -----

// All values end at 2, the second clamp's lower bound; no single interval says that.
// CHECK-LABEL: func.func @keeps_clamps_whose_intervals_do_not_meet
// CHECK-COUNT-2: nnq.clamp
func.func @keeps_clamps_whose_intervals_do_not_meet(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nnq.clamp %x min = 0.0 max = 1.0 : tensor<4xf32> -> tensor<4xf32>
  %1 = nnq.clamp %0 min = 2.0 max = 3.0 : tensor<4xf32> -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// -----

// The first clamp rounds to the type between them.
!u8 = !quant.uniform<u8:f32, 0.5:128>
// CHECK-LABEL: func.func @keeps_clamps_with_a_rounding_between
// CHECK-COUNT-2: nnq.clamp
func.func @keeps_clamps_with_a_rounding_between(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nnq.clamp %x min = 0.0 max = 6.0 : tensor<4xf32> -> tensor<4x!u8>
  %1 = nnq.clamp %0 min = 0.0 max = 3.0 : tensor<4x!u8> -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// -----

// requantize(requantize(q : A -> f32) : f32 -> A) -> q.
!u8 = !quant.uniform<u8:f32, 0.1:7>
// CHECK-LABEL: func.func @folds_dequantize_quantize_round_trip
// CHECK-NEXT: return %arg0
func.func @folds_dequantize_quantize_round_trip(%q: tensor<4x!u8>) -> tensor<4x!u8> {
  %0 = nnq.requantize %q : tensor<4x!u8> -> tensor<4xf32>
  %1 = nnq.requantize %0 : tensor<4xf32> -> tensor<4x!u8>
  return %1 : tensor<4x!u8>
}

// -----

!u8 = !quant.uniform<u8:f32, 0.1:7>
!other = !quant.uniform<u8:f32, 0.2:7>
// CHECK-LABEL: func.func @keeps_round_trip_to_another_type
// CHECK-COUNT-2: nnq.requantize
func.func @keeps_round_trip_to_another_type(%q: tensor<4x!u8>) -> tensor<4x!other> {
  %0 = nnq.requantize %q : tensor<4x!u8> -> tensor<4xf32>
  %1 = nnq.requantize %0 : tensor<4xf32> -> tensor<4x!other>
  return %1 : tensor<4x!other>
}

// -----

// The type between the two is coarser: it rounds.
!u8 = !quant.uniform<u8:f32, 0.1:7>
!coarse = !quant.uniform<u8:f32, 0.2:7>
// CHECK-LABEL: func.func @keeps_round_trip_through_a_quantized_type
// CHECK-COUNT-2: nnq.requantize
func.func @keeps_round_trip_through_a_quantized_type(%q: tensor<4x!u8>) -> tensor<4x!u8> {
  %0 = nnq.requantize %q : tensor<4x!u8> -> tensor<4x!coarse>
  %1 = nnq.requantize %0 : tensor<4x!coarse> -> tensor<4x!u8>
  return %1 : tensor<4x!u8>
}

// -----

// Quantization rounds: the way there and back changes floats.
!u8 = !quant.uniform<u8:f32, 0.1:7>
// CHECK-LABEL: func.func @keeps_quantize_dequantize
// CHECK-COUNT-2: nnq.requantize
func.func @keeps_quantize_dequantize(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nnq.requantize %x : tensor<4xf32> -> tensor<4x!u8>
  %1 = nnq.requantize %0 : tensor<4x!u8> -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// -----

// f32 rounds a code of 32 bits above 2^24, and with it the way back.
!acc = !quant.uniform<i32:f32, 0.1>
// CHECK-LABEL: func.func @keeps_round_trip_of_accumulators
// CHECK-COUNT-2: nnq.requantize
func.func @keeps_round_trip_of_accumulators(%q: tensor<4x!acc>) -> tensor<4x!acc> {
  %0 = nnq.requantize %q : tensor<4x!acc> -> tensor<4xf32>
  %1 = nnq.requantize %0 : tensor<4xf32> -> tensor<4x!acc>
  return %1 : tensor<4x!acc>
}

// -----

// CHECK-LABEL: func.func @merges_reshapes
// CHECK-NEXT: nnq.reshape %arg0 : tensor<2x6xf32> -> tensor<3x4xf32>
// CHECK-NEXT: return
func.func @merges_reshapes(%x: tensor<2x6xf32>) -> tensor<3x4xf32> {
  %0 = nnq.reshape %x : tensor<2x6xf32> -> tensor<12xf32>
  %1 = nnq.reshape %0 : tensor<12xf32> -> tensor<3x4xf32>
  return %1 : tensor<3x4xf32>
}

// -----

// CHECK-LABEL: func.func @keeps_reshapes_around_a_transpose
// CHECK-NEXT: nnq.reshape
// CHECK-NEXT: nnq.transpose
// CHECK-NEXT: nnq.reshape
func.func @keeps_reshapes_around_a_transpose(%x: tensor<2x6xf32>) -> tensor<12xf32> {
  %0 = nnq.reshape %x : tensor<2x6xf32> -> tensor<3x4xf32>
  %1 = nnq.transpose %0 permutation = [1, 0] : tensor<3x4xf32> -> tensor<4x3xf32>
  %2 = nnq.reshape %1 : tensor<4x3xf32> -> tensor<12xf32>
  return %2 : tensor<12xf32>
}

// -----

// Dimension i of the result is permutation[i] of the input, twice: 2 <- 0 <- 1, 0 <- 1 <- 2, 1 <- 2 <- 0.
// CHECK-LABEL: func.func @merges_transposes
// CHECK-NEXT: nnq.transpose %arg0 permutation = [2, 0, 1] : tensor<2x3x4xf32> -> tensor<4x2x3xf32>
// CHECK-NEXT: return
func.func @merges_transposes(%x: tensor<2x3x4xf32>) -> tensor<4x2x3xf32> {
  %0 = nnq.transpose %x permutation = [1, 2, 0] : tensor<2x3x4xf32> -> tensor<3x4x2xf32>
  %1 = nnq.transpose %0 permutation = [1, 2, 0] : tensor<3x4x2xf32> -> tensor<4x2x3xf32>
  return %1 : tensor<4x2x3xf32>
}

// -----

// CHECK-LABEL: func.func @cancels_inverse_transposes
// CHECK-NEXT: return %arg0
func.func @cancels_inverse_transposes(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.transpose %x permutation = [1, 2, 0] : tensor<2x3x4xf32> -> tensor<3x4x2xf32>
  %1 = nnq.transpose %0 permutation = [2, 0, 1] : tensor<3x4x2xf32> -> tensor<2x3x4xf32>
  return %1 : tensor<2x3x4xf32>
}

// -----

// CHECK-LABEL: func.func @keeps_transposes_with_an_operation_between
// CHECK-NEXT: nnq.transpose
// CHECK-NEXT: nnq.unary
// CHECK-NEXT: nnq.transpose
func.func @keeps_transposes_with_an_operation_between(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = nnq.transpose %x permutation = [1, 0] : tensor<2x3xf32> -> tensor<3x2xf32>
  %1 = nnq.unary exp %0 : tensor<3x2xf32> -> tensor<3x2xf32>
  %2 = nnq.transpose %1 permutation = [1, 0] : tensor<3x2xf32> -> tensor<2x3xf32>
  return %2 : tensor<2x3xf32>
}

// -----

// CHECK-LABEL: func.func @transpose_of_unit_dims_is_a_reshape
// CHECK-NEXT: nnq.reshape %arg0 : tensor<1x3x1x5xf32> -> tensor<3x5x1x1xf32>
func.func @transpose_of_unit_dims_is_a_reshape(%x: tensor<1x3x1x5xf32>) -> tensor<3x5x1x1xf32> {
  %0 = nnq.transpose %x permutation = [1, 3, 0, 2] : tensor<1x3x1x5xf32> -> tensor<3x5x1x1xf32>
  return %0 : tensor<3x5x1x1xf32>
}

// -----

// CHECK-LABEL: func.func @transpose_of_larger_dims_is_none
// CHECK-NEXT: nnq.transpose
func.func @transpose_of_larger_dims_is_none(%x: tensor<1x3x1x5xf32>) -> tensor<5x3x1x1xf32> {
  %0 = nnq.transpose %x permutation = [3, 1, 0, 2] : tensor<1x3x1x5xf32> -> tensor<5x3x1x1xf32>
  return %0 : tensor<5x3x1x1xf32>
}

// -----

// Both sides of the quantized dimension keep their place: the reshape that comes out is as valid as the transpose.
!w8 = !quant.uniform<i8:f32:1, {0.25, 0.5}>
// CHECK-LABEL: func.func @transpose_of_unit_dims_around_an_axis_is_a_reshape
// CHECK-NEXT: nnq.reshape %arg0 : tensor<1x2x3x1x!quant.uniform<i8:f32:1, {{.*}}>> -> tensor<1x2x1x3x
func.func @transpose_of_unit_dims_around_an_axis_is_a_reshape(%x: tensor<1x2x3x1x!w8>) -> tensor<1x2x1x3x!w8> {
  %0 = nnq.transpose %x permutation = [0, 1, 3, 2] : tensor<1x2x3x1x!w8> -> tensor<1x2x1x3x!w8>
  return %0 : tensor<1x2x1x3x!w8>
}

// -----

// CHECK-LABEL: func.func @split_becomes_slices
// CHECK-DAG: %[[A:.*]] = nnq.slice %arg0 starts = [0, 0] sizes = [2, 3] strides = [1, 1] : tensor<2x8xf32> -> tensor<2x3xf32>
// CHECK-DAG: %[[B:.*]] = nnq.slice %arg0 starts = [0, 3] sizes = [2, 5] strides = [1, 1] : tensor<2x8xf32> -> tensor<2x5xf32>
// CHECK: return %[[A]], %[[B]]
func.func @split_becomes_slices(%x: tensor<2x8xf32>) -> (tensor<2x3xf32>, tensor<2x5xf32>) {
  %0, %1 = nnq.split %x axis = 1 : tensor<2x8xf32> -> tensor<2x3xf32>, tensor<2x5xf32>
  return %0, %1 : tensor<2x3xf32>, tensor<2x5xf32>
}

// -----

// An unused part leaves nothing behind, and a part that is all of the input is the input.
// CHECK-LABEL: func.func @split_into_one_part_disappears
// CHECK-NEXT: return %arg0
func.func @split_into_one_part_disappears(%x: tensor<2x8xf32>) -> tensor<2x8xf32> {
  %0 = nnq.split %x axis = 1 : tensor<2x8xf32> -> tensor<2x8xf32>
  %1, %2 = nnq.split %x axis = 0 : tensor<2x8xf32> -> tensor<1x8xf32>, tensor<1x8xf32>
  return %0 : tensor<2x8xf32>
}

// -----

// Constants move to the right of a commutative operation, where the folders look for them, and only of those.
// CHECK-LABEL: func.func @moves_constants_right
// CHECK: %[[C:.*]] = nnq.constant
// CHECK: nnq.add %arg0, %[[C]]
// CHECK: nnq.sub %[[C]], %arg0
func.func @moves_constants_right(%x: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %c = nnq.constant dense<[1.0, 2.0]> : tensor<2xf32> -> tensor<2xf32>
  %0 = nnq.add %c, %x : tensor<2xf32>, tensor<2xf32> -> tensor<2xf32>
  %1 = nnq.sub %c, %x : tensor<2xf32>, tensor<2xf32> -> tensor<2xf32>
  return %0, %1 : tensor<2xf32>, tensor<2xf32>
}

// -----

!q = !quant.uniform<u8:f32, 0.5:3>

// A sum of codes is rounded in the order of its operands.
// CHECK-LABEL: func.func @keeps_constants_of_codes_left
// CHECK: %[[C:.*]] = nnq.constant
// CHECK: nnq.add %[[C]], %arg0 : {{.*}} -> tensor<2x!quant
// CHECK: nnq.add %[[C]], %arg0 : {{.*}} -> tensor<2xf32>
func.func @keeps_constants_of_codes_left(%x: tensor<2x!q>) -> (tensor<2x!q>, tensor<2xf32>) {
  %c = nnq.constant dense<[1, 2]> : tensor<2xi8> -> tensor<2x!q>
  %0 = nnq.add %c, %x : tensor<2x!q>, tensor<2x!q> -> tensor<2x!q>
  %1 = nnq.add %c, %x : tensor<2x!q>, tensor<2x!q> -> tensor<2xf32>
  return %0, %1 : tensor<2x!q>, tensor<2xf32>
}

// -----

// Marks are no dead code; what has no use and no effect is.
// CHECK-LABEL: func.func @observe_stays
// CHECK-NEXT: nnq.observe %arg0
// CHECK-NEXT: return
func.func @observe_stays(%x: tensor<2xf32>) {
  nnq.observe %x name = "x" : tensor<2xf32>
  %0 = nnq.unary exp %x : tensor<2xf32> -> tensor<2xf32>
  return
}

// -----

// Codes that are given a type twice have the last one; those of a constant have it from the start.
!raw = !quant.uniform<u8:f32, 1.0>
!a = !quant.uniform<u8:f32, 0.5:1>
!b = !quant.uniform<u8:f32, 0.25:2>
// CHECK-LABEL: func.func @reinterprets_once
// CHECK-DAG: %[[C:.*]] = nnq.constant dense<[1, 2]> : tensor<2xi8> -> tensor<2x!quant.uniform<u8:f32, 2.500000e-01:2>>
// CHECK-DAG: %[[X:.*]] = nnq.reinterpret %arg0 : tensor<2x!quant.uniform<u8:f32, 1.000000e+00>> -> tensor<2x!quant.uniform<u8:f32, 2.500000e-01:2>>
// CHECK: return %[[X]], %[[C]], %arg0
func.func @reinterprets_once(%x: tensor<2x!raw>) -> (tensor<2x!b>, tensor<2x!b>, tensor<2x!raw>) {
  %c = nnq.constant dense<[1, 2]> : tensor<2xi8> -> tensor<2x!raw>
  %0 = nnq.reinterpret %x : tensor<2x!raw> -> tensor<2x!a>
  %1 = nnq.reinterpret %0 : tensor<2x!a> -> tensor<2x!b>
  %2 = nnq.reinterpret %c : tensor<2x!raw> -> tensor<2x!b>
  %3 = nnq.reinterpret %x : tensor<2x!raw> -> tensor<2x!raw>
  return %1, %2, %3 : tensor<2x!b>, tensor<2x!b>, tensor<2x!raw>
}

// -----

// The mean of a window that is the whole image is exact on integers. Of codes it stays, whose rounding is another.
// CHECK-LABEL: func.func @average_of_the_whole_image
// CHECK-NEXT: nnq.reduce mean %arg0 axes = [1, 2] : tensor<1x2x3x4xf32> -> tensor<1x1x1x4xf32>
// CHECK-NEXT: nnq.avg_pool2d %arg0 kernel = [2, 2]
// CHECK-NEXT: nnq.avg_pool2d %arg1
func.func @average_of_the_whole_image(%x: tensor<1x2x3x4xf32>, %q: tensor<1x2x3x4x!quant.uniform<u8:f32, 0.5>>)
    -> (tensor<1x1x1x4xf32>, tensor<1x1x2x4xf32>, tensor<1x1x1x4xf32>) {
  %0 = nnq.avg_pool2d %x kernel = [2, 3] strides = [1, 1] pads = [0, 0, 0, 0] : tensor<1x2x3x4xf32> -> tensor<1x1x1x4xf32>
  %1 = nnq.avg_pool2d %x kernel = [2, 2] strides = [1, 1] pads = [0, 0, 0, 0] : tensor<1x2x3x4xf32> -> tensor<1x1x2x4xf32>
  %2 = nnq.avg_pool2d %q kernel = [2, 3] strides = [1, 1] pads = [0, 0, 0, 0]
     : tensor<1x2x3x4x!quant.uniform<u8:f32, 0.5>> -> tensor<1x1x1x4xf32>
  return %0, %1, %2 : tensor<1x1x1x4xf32>, tensor<1x1x2x4xf32>, tensor<1x1x1x4xf32>
}

// -----

// Logarithms of what may have become 0 or infinity are what they stand for.
// CHECK-LABEL: func.func @logarithms_of_exponentials
// CHECK-NEXT: %[[A:.*]] = nnq.log_softmax %arg0 axis = 1
// CHECK-NEXT: %[[B:.*]] = nnq.log_softmax %arg0 axis = 0
// CHECK-NEXT: %[[R:.*]] = nnq.reshape %[[B]]
// CHECK-NEXT: %[[N:.*]] = nnq.unary neg %arg0
// CHECK-NEXT: %[[P:.*]] = nnq.unary softplus %[[N]]
// CHECK-NEXT: %[[S:.*]] = nnq.unary neg %[[P]]
// CHECK-NEXT: %[[L:.*]] = nnq.unary softplus %arg0
// CHECK-NEXT: return %[[A]], %[[R]], %[[S]], %[[L]]
func.func @logarithms_of_exponentials(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<6xf32>, tensor<2x3xf32>, tensor<2x3xf32>) {
  %one = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %0 = nnq.softmax %x axis = 1 : tensor<2x3xf32> -> tensor<2x3xf32>
  %1 = nnq.unary log %0 : tensor<2x3xf32> -> tensor<2x3xf32>
  %2 = nnq.softmax %x axis = 0 : tensor<2x3xf32> -> tensor<2x3xf32>
  %3 = nnq.reshape %2 : tensor<2x3xf32> -> tensor<6xf32>
  %4 = nnq.unary log %3 : tensor<6xf32> -> tensor<6xf32>
  %5 = nnq.unary sigmoid %x : tensor<2x3xf32> -> tensor<2x3xf32>
  %6 = nnq.unary log %5 : tensor<2x3xf32> -> tensor<2x3xf32>
  %7 = nnq.unary exp %x : tensor<2x3xf32> -> tensor<2x3xf32>
  %8 = nnq.add %7, %one : tensor<2x3xf32>, tensor<f32> -> tensor<2x3xf32>
  %9 = nnq.unary log %8 : tensor<2x3xf32> -> tensor<2x3xf32>
  return %1, %4, %6, %9 : tensor<2x3xf32>, tensor<6xf32>, tensor<2x3xf32>, tensor<2x3xf32>
}

// -----

// Codes in between are rounded, and 2 is not 1.
!q = !quant.uniform<u8:f32, 0.00390625>
// CHECK-LABEL: func.func @keeps_other_logarithms
// CHECK-NOT: log_softmax
// CHECK-NOT: softplus
func.func @keeps_other_logarithms(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>) {
  %two = nnq.constant dense<2.0> : tensor<f32> -> tensor<f32>
  %0 = nnq.softmax %x axis = 1 : tensor<2x3xf32> -> tensor<2x3x!q>
  %1 = nnq.unary log %0 : tensor<2x3x!q> -> tensor<2x3xf32>
  %2 = nnq.unary sigmoid %x : tensor<2x3xf32> -> tensor<2x3x!q>
  %3 = nnq.unary log %2 : tensor<2x3x!q> -> tensor<2x3xf32>
  %4 = nnq.unary exp %x : tensor<2x3xf32> -> tensor<2x3xf32>
  %5 = nnq.add %4, %two : tensor<2x3xf32>, tensor<f32> -> tensor<2x3xf32>
  %6 = nnq.unary log %5 : tensor<2x3xf32> -> tensor<2x3xf32>
  return %1, %3, %6 : tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>
}
