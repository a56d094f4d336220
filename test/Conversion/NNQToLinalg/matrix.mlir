// RUN: nnq-opt %s --convert-nnq-to-linalg --split-input-file --verify-diagnostics | FileCheck %s

!x = !quant.uniform<u8:f32, 5.0e-01:128>
!y = !quant.uniform<i8:f32, 2.5e-01:3>
!w = !quant.uniform<i8:f32:0, {5.0e-01, 2.5e-01}>
!b = !quant.uniform<i32:f32:0, {2.5e-01, 1.25e-01}>

// CHECK-DAG: #[[$CHANNEL:.*]] = affine_map<(d0, d1, d2, d3) -> (d3)>
// CHECK-DAG: #[[$INPUT:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1 * 2 + d4, d2 + d5 * 3, d6)>
// CHECK-DAG: #[[$FILTER:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d3, d4, d5, d6)>
// CHECK-DAG: #[[$RESULT:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1, d2, d3)>

// The bias is b[c] - 128 * sum of w[c]: 5 - 128 * 4 and -6 + 128 * 4. The multipliers are 0.5 * w / 0.25.
// CHECK-LABEL: func.func @folds_the_zero_point_into_the_bias
// CHECK-SAME: (%[[X:.*]]: tensor<1x5x5x1xi8> {nnq.type = {{.*}}}) -> (tensor<1x2x2x2xi8> {nnq.type = {{.*}}})
// CHECK: %[[BIAS:.*]] = arith.constant dense<[-507, 506]> : tensor<2xi32>
// CHECK: %[[INIT:.*]] = linalg.generic {indexing_maps = [#[[$CHANNEL]], {{.*}} ins(%[[BIAS]] : tensor<2xi32>)
// CHECK: %[[ACC:.*]] = linalg.generic {indexing_maps = [#[[$INPUT]], #[[$FILTER]], #[[$RESULT]]], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]} ins(%[[X]], %{{.*}} : tensor<1x5x5x1xi8>, tensor<2x2x2x1xi8>) outs(%[[INIT]] : tensor<1x2x2x2xi32>)
// CHECK-NEXT: ^bb0(%[[A:.*]]: i8, %[[B:.*]]: i8, %[[C:.*]]: i32):
// CHECK-NEXT: %[[WA:.*]] = arith.extui %[[A]]
// CHECK-NEXT: %[[WB:.*]] = arith.extsi %[[B]]
// CHECK-NEXT: %[[P:.*]] = arith.muli %[[WA]], %[[WB]]
// CHECK-NEXT: arith.addi %[[C]], %[[P]]
// CHECK: %[[M:.*]] = arith.constant dense<[1.000000e+00, 5.000000e-01]> : tensor<2xf32>
// CHECK: linalg.generic {{.*}} ins(%[[ACC]], %[[M]] : tensor<1x2x2x2xi32>, tensor<2xf32>)
// CHECK-NEXT: ^bb0(%[[V:.*]]: i32, %[[F:.*]]: f32, %{{.*}}: i8):
// CHECK-NEXT: %[[R:.*]] = arith.sitofp %[[V]]
// CHECK-NEXT: %[[S:.*]] = arith.mulf %[[R]], %[[F]]
// CHECK-DAG: arith.constant -1.310000e+02 : f32
// CHECK-DAG: arith.constant 1.240000e+02 : f32
// CHECK: arith.maxnumf
// CHECK-NEXT: arith.minnumf
// CHECK-NEXT: math.roundeven
// CHECK-NEXT: arith.fptosi
// CHECK: arith.addi
// CHECK-NEXT: arith.trunci
func.func @folds_the_zero_point_into_the_bias(%x: tensor<1x5x5x1x!x>) -> tensor<1x2x2x2x!y> {
  %w = nnq.constant dense<[[[[1], [1]], [[1], [1]]], [[[-1], [-1]], [[-1], [-1]]]]> : tensor<2x2x2x1xi8> -> tensor<2x2x2x1x!w>
  %b = nnq.constant dense<[5, -6]> : tensor<2xi32> -> tensor<2x!b>
  %0 = nnq.conv2d %x, %w, %b strides = [2, 1] pads = [0, 0, 0, 0] dilations = [1, 3] groups = 1
     : tensor<1x5x5x1x!x>, tensor<2x2x2x1x!w>, tensor<2x!b> -> tensor<1x2x2x2x!y>
  return %0 : tensor<1x2x2x2x!y>
}

// -----

!x = !quant.uniform<u8:f32, 5.0e-01:128>
!w = !quant.uniform<i8:f32, 5.0e-01>
!y = !quant.uniform<u8:f32, 1.0:3>

// The product of any i32 and 1/4 stays far inside of i32: no clamp in front of the conversion.
// CHECK-LABEL: func.func @clamps_integers_where_the_multiplier_is_small
// CHECK: arith.sitofp
// CHECK-NEXT: arith.mulf
// CHECK-NEXT: math.roundeven
// CHECK-NEXT: arith.fptosi
// CHECK: arith.addi
// CHECK: arith.maxsi
// CHECK: arith.minsi
// CHECK-NEXT: arith.trunci
func.func @clamps_integers_where_the_multiplier_is_small(%x: tensor<1x2x!x>) -> tensor<1x2x!y> {
  %w = nnq.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8> -> tensor<2x2x!w>
  %0 = nnq.fully_connected %x, %w : tensor<1x2x!x>, tensor<2x2x!w> -> tensor<1x2x!y>
  return %0 : tensor<1x2x!y>
}

// -----

!x = !quant.uniform<u8:f32, 5.0e-01:128>
!w = !quant.uniform<i8:f32, 5.0e-01>

// CHECK-LABEL: func.func @makes_float_results_of_accumulators
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "reduction"]
// CHECK: %[[UNIT:.*]] = arith.constant 2.500000e-01 : f32
// CHECK: %[[R:.*]] = arith.sitofp
// CHECK: arith.mulf %[[R]], %[[UNIT]]
// CHECK-NEXT: linalg.yield
func.func @makes_float_results_of_accumulators(%x: tensor<2x3x!x>) -> tensor<2x4xf32> {
  %w = nnq.constant dense<1> : tensor<4x3xi8> -> tensor<4x3x!w>
  %0 = nnq.fully_connected %x, %w : tensor<2x3x!x>, tensor<4x3x!w> -> tensor<2x4xf32>
  return %0 : tensor<2x4xf32>
}

// -----

!w = !quant.uniform<i8:f32:0, {5.0e-01, 2.5e-01}>

// CHECK-LABEL: func.func @dequantizes_weights_of_float_layers_at_compile_time
// CHECK-NOT: sitofp
// CHECK: arith.constant dense<{{\[\[}}5.000000e-01, 1.000000e+00], [7.500000e-01, -1.000000e+00]]> : tensor<2x2xf32>
// CHECK-NOT: sitofp
// CHECK: arith.mulf
// CHECK-NEXT: arith.addf
func.func @dequantizes_weights_of_float_layers_at_compile_time(%x: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %w = nnq.constant dense<[[1, 2], [3, -4]]> : tensor<2x2xi8> -> tensor<2x2x!w>
  %0 = nnq.fully_connected %x, %w : tensor<3x2xf32>, tensor<2x2x!w> -> tensor<3x2xf32>
  return %0 : tensor<3x2xf32>
}

// -----

// CHECK-LABEL: func.func @dequantizes_blocks_of_weights
// CHECK: dense<{{\[\[}}1.000000e+00, 2.000000e+00, 6.000000e+00, 8.000000e+00]]> : tensor<1x4xf32>
func.func @dequantizes_blocks_of_weights(%x: tensor<3x4xf32>) -> tensor<3x1xf32> {
  %w = nnq.constant dense<[[1, 2, 3, 4]]> : tensor<1x4xi8> -> tensor<1x4x!quant.uniform<i8:f32:{0:1, 1:2}, {{1.0, 2.0}}>>
  %0 = nnq.fully_connected %x, %w : tensor<3x4xf32>, tensor<1x4x!quant.uniform<i8:f32:{0:1, 1:2}, {{1.0, 2.0}}>> -> tensor<3x1xf32>
  return %0 : tensor<3x1xf32>
}

// -----

!x = !quant.uniform<u8:f32, 5.0e-01:3>

// 131 less than each code fits a signed byte: no sum over the input. The bias is -3 * (-3 + 69).
// CHECK-LABEL: func.func @centres_weights_that_fit_a_byte
// CHECK: arith.constant dense<-198> : tensor<1xi32>
// CHECK: arith.constant dense<{{\[\[}}-3, 69]]> : tensor<1x2xi8>
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "reduction"]
// CHECK-NOT: "reduction"
func.func @centres_weights_that_fit_a_byte(%x: tensor<3x2x!x>) -> tensor<3x1xf32> {
  %w = nnq.constant dense<[[128, 200]]> : tensor<1x2xi8> -> tensor<1x2x!quant.uniform<u8:f32, 0.5:131>>
  %0 = nnq.fully_connected %x, %w : tensor<3x2x!x>, tensor<1x2x!quant.uniform<u8:f32, 0.5:131>> -> tensor<3x1xf32>
  return %0 : tensor<3x1xf32>
}

// -----

!x = !quant.uniform<u8:f32, 5.0e-01:3>

// -130 and 69 are -128 and 71, and -2 times the sum of the input. The bias is -3 * (-130 + 69).
// CHECK-DAG: #[[$ROW:.*]] = affine_map<(d0, d1) -> (d0)>
// CHECK-LABEL: func.func @adds_a_sum_over_the_input_where_weights_need_nine_bits
// CHECK-DAG: %[[BIAS:.*]] = arith.constant dense<183> : tensor<1xi32>
// CHECK: %[[SUMS:.*]] = linalg.generic {indexing_maps = [#{{.*}}, #[[$ROW]]], iterator_types = ["parallel", "reduction"]} ins(%arg0 : tensor<3x2xi8>) outs(%{{.*}} : tensor<3xi32>)
// CHECK: arith.extui
// CHECK: arith.constant 2 : i32
// CHECK-NEXT: arith.muli
// CHECK-NEXT: arith.addi
// CHECK: %[[INIT:.*]] = linalg.generic {{.*}} ins(%[[BIAS]], %[[SUMS]] : tensor<1xi32>, tensor<3xi32>)
// CHECK: arith.subi
// CHECK: arith.constant dense<{{\[\[}}-128, 71]]> : tensor<1x2xi8>
// CHECK: linalg.generic {{.*}} outs(%[[INIT]] : tensor<3x1xi32>)
func.func @adds_a_sum_over_the_input_where_weights_need_nine_bits(%x: tensor<3x2x!x>) -> tensor<3x1xf32> {
  %w = nnq.constant dense<[[1, 200]]> : tensor<1x2xi8> -> tensor<1x2x!quant.uniform<u8:f32, 0.5:131>>
  %0 = nnq.fully_connected %x, %w : tensor<3x2x!x>, tensor<1x2x!quant.uniform<u8:f32, 0.5:131>> -> tensor<3x1xf32>
  return %0 : tensor<3x1xf32>
}

// -----

!x = !quant.uniform<u8:f32, 5.0e-01:3>
!w = !quant.uniform<u8:f32:0, {0.5:255, 0.5:0}>

// -255 and 255 have no common split: -128 - 127 * s and 127 + 128 * s.
// CHECK-LABEL: func.func @splits_each_channel_where_one_number_does_not_fit_all
// CHECK: arith.constant dense<[-127, 128]> : tensor<2xi32>
// CHECK: arith.muli
// CHECK-NEXT: arith.addi
// CHECK: arith.constant dense<{{\[\[\[\[}}-128], [127]]], {{\[\[\[}}127], [-128]]]]> : tensor<2x1x2x1xi8>
func.func @splits_each_channel_where_one_number_does_not_fit_all(%x: tensor<1x3x3x1x!x>) -> tensor<1x3x2x2xf32> {
  %w = nnq.constant dense<[[[[0], [255]]], [[[255], [0]]]]> : tensor<2x1x2x1xi8> -> tensor<2x1x2x1x!w>
  %0 = nnq.conv2d %x, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1
     : tensor<1x3x3x1x!x>, tensor<2x1x2x1x!w> -> tensor<1x3x2x2xf32>
  return %0 : tensor<1x3x2x2xf32>
}

// -----

!x = !quant.uniform<u8:f32, 5.0e-01:3>

// Few channels: the rows of each window from every byte of an image's row on, then its rows; a pixel finds its sum 2 * 3 further.
// CHECK-DAG: #[[$LINES:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2 + d3 * 3 + d4)>
// CHECK-DAG: #[[$WINDOWS:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1 * 2 + d3, d2)>
// CHECK-DAG: #[[$PIXELS:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2 * 6)>
// CHECK-LABEL: func.func @sums_lines_first_where_channels_are_few
// CHECK: linalg.generic {indexing_maps = [#[[$LINES]], {{.*}} ins(%{{.*}}, %{{.*}} : tensor<1x5x15xi8>, tensor<3x3xi32>) outs(%{{.*}} : tensor<1x5x7xi16>)
// CHECK: linalg.generic {indexing_maps = [#[[$WINDOWS]], {{.*}} ins(%{{.*}}, %{{.*}} : tensor<1x5x7xi16>, tensor<3xi32>) outs(%{{.*}} : tensor<1x2x7xi32>)
// CHECK: linalg.generic {indexing_maps = [#{{.*}}, #[[$PIXELS]], {{.*}} ins(%{{.*}}, %{{.*}} : tensor<1xi32>, tensor<1x2x7xi32>)
func.func @sums_lines_first_where_channels_are_few(%x: tensor<1x5x5x3x!x>) -> tensor<1x2x2x1xf32> {
  %w = nnq.constant dense<0> : tensor<1x3x3x3xi8> -> tensor<1x3x3x3x!quant.uniform<u8:f32, 0.5:131>>
  %0 = nnq.conv2d %x, %w strides = [2, 2] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1
     : tensor<1x5x5x3x!x>, tensor<1x3x3x3x!quant.uniform<u8:f32, 0.5:131>> -> tensor<1x2x2x1xf32>
  return %0 : tensor<1x2x2x1xf32>
}

// -----

!x = !quant.uniform<u8:f32, 5.0e-01:3>

// Many channels: those of each pixel, then each window.
// CHECK-LABEL: func.func @sums_pixels_first_where_channels_are_many
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]} ins(%{{.*}} : tensor<25x16xi8>) outs(%{{.*}} : tensor<25xi32>)
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "parallel", "reduction", "reduction"]} ins(%{{.*}}, %{{.*}} : tensor<1x5x5xi32>, tensor<3x3xi32>) outs(%{{.*}} : tensor<1x3x3xi32>)
func.func @sums_pixels_first_where_channels_are_many(%x: tensor<1x5x5x16x!x>) -> tensor<1x3x3x1xf32> {
  %w = nnq.constant dense<0> : tensor<1x3x3x16xi8> -> tensor<1x3x3x16x!quant.uniform<u8:f32, 0.5:131>>
  %0 = nnq.conv2d %x, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1
     : tensor<1x5x5x16x!x>, tensor<1x3x3x16x!quant.uniform<u8:f32, 0.5:131>> -> tensor<1x3x3x1xf32>
  return %0 : tensor<1x3x3x1xf32>
}

// -----

!x = !quant.uniform<u8:f32, 5.0e-01>

// CHECK-LABEL: func.func @keeps_nine_bits_of_depthwise_weights
// CHECK: arith.constant dense<{{\[\[\[}}-130, 69]]]> : tensor<1x1x2xi16>
func.func @keeps_nine_bits_of_depthwise_weights(%x: tensor<1x3x3x2x!x>) -> tensor<1x3x3x2xf32> {
  %w = nnq.constant dense<[[[[1]]], [[[200]]]]> : tensor<2x1x1x1xi8> -> tensor<2x1x1x1x!quant.uniform<u8:f32, 0.5:131>>
  %0 = nnq.conv2d %x, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 2
     : tensor<1x3x3x2x!x>, tensor<2x1x1x1x!quant.uniform<u8:f32, 0.5:131>> -> tensor<1x3x3x2xf32>
  return %0 : tensor<1x3x3x2xf32>
}

// -----

// CHECK-DAG: #[[$FILTER:.*]] = affine_map<(d0, d1, d2, d3, d4, d5) -> (d4, d5, d3)>
// CHECK-LABEL: func.func @turns_depthwise_filters_so_that_channels_are_neighbours
// CHECK: arith.constant dense<{{\[\[}}[1.000000e+00, 3.000000e+00], [2.000000e+00, 4.000000e+00]]]> : tensor<1x2x2xf32>
// CHECK: indexing_maps = [#{{.*}}, #[[$FILTER]], #{{.*}}], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]
func.func @turns_depthwise_filters_so_that_channels_are_neighbours(%x: tensor<1x3x3x2xf32>) -> tensor<1x3x2x2xf32> {
  %w = nnq.constant dense<[[[[1.0], [2.0]]], [[[3.0], [4.0]]]]> : tensor<2x1x2x1xf32> -> tensor<2x1x2x1xf32>
  %0 = nnq.conv2d %x, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 2
     : tensor<1x3x3x2xf32>, tensor<2x1x2x1xf32> -> tensor<1x3x2x2xf32>
  return %0 : tensor<1x3x2x2xf32>
}

// -----

// CHECK-LABEL: func.func @expands_channels_of_grouped_convolutions
// CHECK: tensor.expand_shape {{.*}} : tensor<1x3x3x4xf32> into tensor<1x3x3x2x2xf32>
// CHECK: iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]
// CHECK: tensor.collapse_shape {{.*}} : tensor<1x3x3x2x3xf32> into tensor<1x3x3x6xf32>
func.func @expands_channels_of_grouped_convolutions(%x: tensor<1x3x3x4xf32>) -> tensor<1x3x3x6xf32> {
  %w = nnq.constant dense<1.0> : tensor<6x1x1x2xf32> -> tensor<6x1x1x2xf32>
  %0 = nnq.conv2d %x, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 2
     : tensor<1x3x3x4xf32>, tensor<6x1x1x2xf32> -> tensor<1x3x3x6xf32>
  return %0 : tensor<1x3x3x6xf32>
}

// -----

!a = !quant.uniform<u8:f32, 5.0e-01:128>
!b = !quant.uniform<i8:f32, 2.5e-01:-3>

// The product is that of the codes: 3 times the sum of a row of the left ones, -128 times that of a column of the right ones, and
// 4 * 128 * -3 are what the zero points add.
// CHECK-DAG: #[[$LHS:.*]] = affine_map<(d0, d1, d2, d3) -> (0, d1, d3)>
// CHECK-DAG: #[[$RHS:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>
// CHECK-DAG: #[[$ROWS:.*]] = affine_map<(d0, d1, d2) -> (d0, d1)>
// CHECK-DAG: #[[$COLUMNS:.*]] = affine_map<(d0, d1, d2) -> (d0, d2)>
// CHECK-LABEL: func.func @multiplies_quantized_activations_without_their_zero_points
// CHECK: arith.constant 3 : i32
// CHECK: arith.constant -128 : i32
// CHECK: linalg.generic {indexing_maps = [#[[$ROWS]], #[[$COLUMNS]], #{{.*}}], iterator_types = ["parallel", "parallel", "parallel"]}
// CHECK: arith.constant -1536 : i32
// CHECK: linalg.generic {indexing_maps = [#[[$LHS]], #[[$RHS]], #{{.*}}], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%arg0, %arg1
// CHECK-NEXT: ^bb0
// CHECK-NEXT: arith.extui
// CHECK-NEXT: arith.extsi
// CHECK-NEXT: arith.muli
// CHECK-NEXT: arith.addi
// CHECK: arith.constant 1.250000e-01 : f32
func.func @multiplies_quantized_activations_without_their_zero_points(%a: tensor<1x4x4x!a>, %b: tensor<2x5x4x!b>) -> tensor<2x4x5xf32> {
  %0 = nnq.matmul %a, %b {transpose_rhs} : tensor<1x4x4x!a>, tensor<2x5x4x!b> -> tensor<2x4x5xf32>
  return %0 : tensor<2x4x5xf32>
}

// -----

!a = !quant.uniform<u8:f32, 5.0e-01:128>

// The sums would take as long as a product of three rows.
// CHECK-LABEL: func.func @takes_zero_points_off_few_rows
// CHECK: arith.extui
// CHECK: arith.subi
// CHECK: arith.extui
// CHECK: arith.subi
// CHECK: arith.muli
func.func @takes_zero_points_off_few_rows(%a: tensor<3x4x!a>, %b: tensor<4x5x!a>) -> tensor<3x5xf32> {
  // expected-remark @+1 {{'matmul' is a product that runs without dot products: its right operand is computed, for less than 4 rows}}
  %0 = nnq.matmul %a, %b : tensor<3x4x!a>, tensor<4x5x!a> -> tensor<3x5xf32>
  return %0 : tensor<3x5xf32>
}

// -----

!a = !quant.uniform<u8:f32, 5.0e-01:128>

// Right codes get a sign, by their highest bit: 128 is no zero point then. The batches of the left repeat it.
// CHECK-DAG: #[[$RHS:.*]] = affine_map<(d0, d1, d2, d3) -> (d3, d2)>
// CHECK-LABEL: func.func @gives_unsigned_weights_a_sign
// CHECK: %[[SIGNED:.*]] = linalg.generic {{.*}} ins(%arg1 : tensor<1x4x5xi8>)
// CHECK: arith.xori %{{.*}}, %c-128_i8
// CHECK: %[[RIGHT:.*]] = tensor.collapse_shape %[[SIGNED]] {{.*}} : tensor<1x4x5xi8> into tensor<4x5xi8>
// CHECK: linalg.generic {indexing_maps = [#{{.*}}, #[[$RHS]], #{{.*}}], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%arg0, %[[RIGHT]]
func.func @gives_unsigned_weights_a_sign(%a: tensor<2x4x4x!a>, %b: tensor<1x4x5x!a>) -> tensor<2x4x5xf32> {
  %0 = nnq.matmul %a, %b : tensor<2x4x4x!a>, tensor<1x4x5x!a> -> tensor<2x4x5xf32>
  return %0 : tensor<2x4x5xf32>
}

// -----

// 40000 products of up to 255 * 255 exceed i32.
!a = !quant.uniform<u8:f32, 5.0e-01>
// CHECK-LABEL: func.func @accumulates_long_products_in_i64
// CHECK: arith.muli {{.*}} : i64
func.func @accumulates_long_products_in_i64(%a: tensor<1x40000x!a>, %b: tensor<40000x1x!a>) -> tensor<1x1xf32> {
  // expected-remark @+1 {{is a product that runs without dot products: its sums have 64 bits}}
  %0 = nnq.matmul %a, %b : tensor<1x40000x!a>, tensor<40000x1x!a> -> tensor<1x1xf32>
  return %0 : tensor<1x1xf32>
}

// -----

// Weights that are computed are read as they lie.
// CHECK-LABEL: func.func @computed_weights
// CHECK-SAME: (%[[X:.*]]: tensor<1x4x4x2xf32> {{.*}}, %[[W:.*]]: tensor<3x2x2x2xf32>
// CHECK: %[[ZERO:.*]] = linalg.fill
// CHECK: linalg.generic {{.*}} ins(%[[X]], %[[W]] : tensor<1x4x4x2xf32>, tensor<3x2x2x2xf32>) outs(%[[ZERO]] : tensor<1x3x3x3xf32>)
func.func @computed_weights(%x: tensor<1x4x4x2xf32>, %w: tensor<3x2x2x2xf32>) -> tensor<1x3x3x3xf32> {
  %0 = nnq.conv2d %x, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1
     : tensor<1x4x4x2xf32>, tensor<3x2x2x2xf32> -> tensor<1x3x3x3xf32>
  return %0 : tensor<1x3x3x3xf32>
}
