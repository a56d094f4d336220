// RUN: nnq-opt %s --convert-nnq-to-linalg --split-input-file | FileCheck %s

!a = !quant.uniform<u8:f32, 5.0e-01:200>

// CHECK-LABEL: func.func @keeps_names_and_types_of_arguments_as_attributes
// CHECK-SAME: (%{{.*}}: tensor<2x3xi8> {nnq.name = "x", nnq.type = tensor<2x3x!quant.uniform<u8:f32, 5.000000e-01:200>>})
// CHECK-SAME: -> (tensor<6xi8> {nnq.name = "y", nnq.type = tensor<6x!quant.uniform<u8:f32, 5.000000e-01:200>>})
// CHECK: %[[Y:.*]] = call @kernel(%{{.*}}) : (tensor<2x3xi8>) -> tensor<3x2xi8>
// CHECK: tensor.collapse_shape %[[Y]] {{\[\[}}0, 1]] : tensor<3x2xi8> into tensor<6xi8>
// CHECK: func.func private @kernel(%{{.*}}: tensor<2x3xi8>) -> tensor<3x2xi8> attributes {nnq.kernel}
func.func @keeps_names_and_types_of_arguments_as_attributes(%x: tensor<2x3x!a> {nnq.name = "x"}) -> (tensor<6x!a> {nnq.name = "y"}) {
  %0 = call @kernel(%x) : (tensor<2x3x!a>) -> tensor<3x2x!a>
  %1 = nnq.reshape %0 : tensor<3x2x!a> -> tensor<6x!a>
  return %1 : tensor<6x!a>
}
func.func private @kernel(%x: tensor<2x3x!a>) -> tensor<3x2x!a> attributes {nnq.kernel} {
  %0 = nnq.transpose %x permutation = [1, 0] : tensor<2x3x!a> -> tensor<3x2x!a>
  return %0 : tensor<3x2x!a>
}

// -----

// CHECK-LABEL: func.func @reshapes_by_way_of_rank_1
// CHECK: tensor.collapse_shape %{{.*}} {{\[\[}}0, 1]] : tensor<4x3xf32> into tensor<12xf32>
// CHECK: tensor.expand_shape %{{.*}} {{\[\[}}0, 1]] output_shape [6, 2] : tensor<12xf32> into tensor<6x2xf32>
func.func @reshapes_by_way_of_rank_1(%x: tensor<4x3xf32>) -> tensor<6x2xf32> {
  %0 = nnq.reshape %x : tensor<4x3xf32> -> tensor<6x2xf32>
  return %0 : tensor<6x2xf32>
}

// -----

!a = !quant.uniform<u8:f32, 5.0e-01:200>

// CHECK-LABEL: func.func @pads_with_the_code_of_the_value
// CHECK: arith.constant -54 : i8
// CHECK: linalg.fill
// CHECK: tensor.insert_slice %{{.*}} into %{{.*}}[0, 1] [2, 3] [1, 1] : tensor<2x3xi8> into tensor<3x5xi8>
func.func @pads_with_the_code_of_the_value(%x: tensor<2x3x!a>) -> tensor<3x5x!a> {
  %0 = nnq.pad %x low = [0, 1] high = [1, 1] value = 1.0 : tensor<2x3x!a> -> tensor<3x5x!a>
  return %0 : tensor<3x5x!a>
}

// -----

// CHECK-DAG: #[[$PERMUTED:.*]] = affine_map<(d0, d1, d2) -> (d1, d2, d0)>
// CHECK-DAG: #[[$STRIDED:.*]] = affine_map<(d0, d1, d2) -> (d0, d1 + 1, d2 * 2 + 1)>
// CHECK-DAG: #[[$BACKWARD:.*]] = affine_map<(d0, d1, d2) -> (d0, d1, -d2 + 3)>
// CHECK-DAG: #[[$BROADCAST:.*]] = affine_map<(d0, d1, d2) -> (0, d2)>
// CHECK-LABEL: func.func @moves_along_affine_maps
// CHECK: indexing_maps = [#[[$PERMUTED]],
// CHECK: indexing_maps = [#[[$STRIDED]],
// CHECK: indexing_maps = [#[[$BACKWARD]],
// CHECK: indexing_maps = [#[[$BROADCAST]],
func.func @moves_along_affine_maps(%x: tensor<2x3x4xf32>, %y: tensor<1x4xf32>)
    -> (tensor<4x2x3xf32>, tensor<2x2x2xf32>, tensor<2x3x4xf32>, tensor<2x3x4xf32>) {
  %0 = nnq.transpose %x permutation = [2, 0, 1] : tensor<2x3x4xf32> -> tensor<4x2x3xf32>
  %1 = nnq.slice %x starts = [0, 1, 1] sizes = [2, 2, 2] strides = [1, 1, 2] : tensor<2x3x4xf32> -> tensor<2x2x2xf32>
  %2 = nnq.slice %x starts = [0, 0, 3] sizes = [2, 3, 4] strides = [1, 1, -1] : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %3 = nnq.broadcast %y : tensor<1x4xf32> -> tensor<2x3x4xf32>
  return %0, %1, %2, %3 : tensor<4x2x3xf32>, tensor<2x2x2xf32>, tensor<2x3x4xf32>, tensor<2x3x4xf32>
}

// -----

// CHECK-LABEL: func.func @inserts_operands_behind_each_other
// CHECK: %[[E:.*]] = tensor.empty() : tensor<2x5xf32>
// CHECK: %[[A:.*]] = tensor.insert_slice %{{.*}} into %[[E]][0, 0] [2, 3] [1, 1]
// CHECK: tensor.insert_slice %{{.*}} into %[[A]][0, 3] [2, 2] [1, 1]
func.func @inserts_operands_behind_each_other(%x: tensor<2x3xf32>, %y: tensor<2x2xf32>) -> tensor<2x5xf32> {
  %0 = nnq.concat %x, %y axis = 1 : tensor<2x3xf32>, tensor<2x2xf32> -> tensor<2x5xf32>
  return %0 : tensor<2x5xf32>
}

// -----

// CHECK-DAG: #[[$ENLARGED:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1 floordiv 2, d2 * 2 + 1, d3)>
// CHECK-LABEL: func.func @resizes_by_integers_along_a_map
// CHECK: indexing_maps = [#[[$ENLARGED]],
// CHECK-NOT: tensor.extract
func.func @resizes_by_integers_along_a_map(%x: tensor<1x4x4x3xf32>) -> tensor<1x8x2x3xf32> {
  %0 = nnq.resize nearest %x coordinates = half_pixel rounding = round_prefer_ceil scales = [2.0, 0.5] : tensor<1x4x4x3xf32> -> tensor<1x8x2x3xf32>
  return %0 : tensor<1x8x2x3xf32>
}

// -----

// CHECK-LABEL: func.func @looks_up_the_places_of_other_resizes
// CHECK: arith.constant dense<[0, 1, 1, 2]> : tensor<4xi64>
// CHECK: arith.constant dense<[0, 1]> : tensor<2xi64>
// CHECK: tensor.extract
func.func @looks_up_the_places_of_other_resizes(%x: tensor<1x3x2x3xf32>) -> tensor<1x4x2x3xf32> {
  %0 = nnq.resize nearest %x coordinates = half_pixel rounding = round_prefer_floor scales = [1.333333, 1.0] : tensor<1x3x2x3xf32> -> tensor<1x4x2x3xf32>
  return %0 : tensor<1x4x2x3xf32>
}

// -----

!a = !quant.uniform<u8:f32, 5.0e-01:200>

// CHECK-LABEL: func.func @mixes_four_pixels
// CHECK-COUNT-4: tensor.extract
// CHECK: math.roundeven
func.func @mixes_four_pixels(%x: tensor<1x2x2x3x!a>) -> tensor<1x4x4x3x!a> {
  %0 = nnq.resize bilinear %x coordinates = half_pixel rounding = floor scales = [2.0, 2.0] : tensor<1x2x2x3x!a> -> tensor<1x4x4x3x!a>
  return %0 : tensor<1x4x4x3x!a>
}
