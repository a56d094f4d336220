// RUN: nnq-opt %s --convert-nnq-to-linalg --split-input-file | FileCheck %s

// A rectifier with a slope of its own is elementwise: its codes are dequantized and its result is rounded once.
// CHECK-LABEL: func.func @prelu
// CHECK: linalg.generic
// CHECK: arith.sitofp
// CHECK: %[[X:.*]] = arith.mulf
// CHECK: %[[POSITIVE:.*]] = arith.cmpf oge, %[[X]]
// CHECK: %[[SCALED:.*]] = arith.mulf %[[X]]
// CHECK: arith.select %[[POSITIVE]], %[[X]], %[[SCALED]]
// CHECK: arith.divf
// CHECK: math.roundeven
!u8 = !quant.uniform<u8:f32, 0.5:128>
func.func @prelu(%x: tensor<4x2x!u8>) -> tensor<4x2x!u8> {
  %s = nnq.constant dense<[0.25, 0.5]> : tensor<2xf32> -> tensor<2xf32>
  %0 = nnq.prelu %x, %s : tensor<4x2x!u8>, tensor<2xf32> -> tensor<4x2x!u8>
  return %0 : tensor<4x2x!u8>
}

// -----

// Sums over the pixels, lanes along the channels; with groups, over their channels too.
// CHECK-DAG: #[[$PIXELS:.*]] = affine_map<(d0, d1, d2) -> (d0, d2, d1)>
// CHECK-DAG: #[[$GROUP:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d2, d1, d3)>
// CHECK-LABEL: func.func @group_norm
// CHECK: tensor.collapse_shape %{{.*}} {{\[\[}}0], [1, 2], [3]] : tensor<1x3x3x4xf32> into tensor<1x9x4xf32>
// CHECK-COUNT-2: linalg.generic {indexing_maps = [#[[$PIXELS]]
// CHECK: math.sqrt
// CHECK-LABEL: func.func @groups
// CHECK-COUNT-2: linalg.generic {indexing_maps = [#[[$GROUP]]
// CHECK: math.sqrt
func.func @group_norm(%x: tensor<1x3x3x4xf32>, %s: tensor<4xf32>) -> tensor<1x3x3x4xf32> {
  %0 = nnq.group_norm %x, %s, %s groups = 4 epsilon = 1.0e-5 : tensor<1x3x3x4xf32>, tensor<4xf32>, tensor<4xf32> -> tensor<1x3x3x4xf32>
  return %0 : tensor<1x3x3x4xf32>
}
func.func @groups(%x: tensor<1x3x3x4xf32>, %s: tensor<4xf32>) -> tensor<1x3x3x4xf32> {
  %0 = nnq.group_norm %x, %s, %s groups = 2 epsilon = 1.0e-5 : tensor<1x3x3x4xf32>, tensor<4xf32>, tensor<4xf32> -> tensor<1x3x3x4xf32>
  return %0 : tensor<1x3x3x4xf32>
}

// -----

// CHECK-DAG: #[[$WINDOW:.*]] = affine_map<(d0, d1, d2) -> (d0, d1 + d2)>
// CHECK-LABEL: func.func @local_response_norm
// CHECK: tensor.insert_slice %{{.*}}[0, 1] [3, 4] [1, 1] : tensor<3x4xf32> into tensor<3x6xf32>
// CHECK: linalg.generic {indexing_maps = [#[[$WINDOW]]
// CHECK: math.log
// CHECK: math.exp
func.func @local_response_norm(%x: tensor<3x4xf32>) -> tensor<3x4xf32> {
  %0 = nnq.local_response_norm %x size = 3 alpha = 1.0 beta = 0.75 bias = 1.0 : tensor<3x4xf32> -> tensor<3x4xf32>
  return %0 : tensor<3x4xf32>
}

// -----

// CHECK-DAG: #[[$FIRST:.*]] = affine_map<(d0, d1, d2) -> (d1, 0)>
// CHECK-DAG: #[[$SECOND:.*]] = affine_map<(d0, d1, d2) -> (d1, 1)>
// CHECK-LABEL: func.func @interpolate
// CHECK: linalg.generic {indexing_maps = [#[[$FIRST]], #[[$FIRST]], #[[$SECOND]], #[[$SECOND]]
// CHECK-COUNT-2: tensor.extract
func.func @interpolate(%x: tensor<1x4x2x3xf32>) -> tensor<1x2x2x3xf32> {
  %i = nnq.constant dense<[[0, 1], [2, 3]]> : tensor<2x2xi32> -> tensor<2x2xi32>
  %w = nnq.constant dense<[[0.5, 0.5], [0.25, 0.75]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %0 = nnq.interpolate %x, %i, %w axis = 1 : tensor<1x4x2x3xf32>, tensor<2x2xi32>, tensor<2x2xf32> -> tensor<1x2x2x3xf32>
  return %0 : tensor<1x2x2x3xf32>
}

// -----

// The nearest pixel is one; two along each axis are four.
// CHECK-LABEL: func.func @grid_sample
// CHECK: math.roundeven
// CHECK: tensor.extract
// CHECK-NOT: tensor.extract
// CHECK-LABEL: func.func @grid_sample_bilinear
// CHECK: math.floor
// CHECK-COUNT-4: tensor.extract
func.func @grid_sample(%x: tensor<1x4x4x3xf32>, %g: tensor<1x5x6x2xf32>) -> tensor<1x5x6x3xf32> {
  %0 = nnq.grid_sample nearest %x, %g padding = border : tensor<1x4x4x3xf32>, tensor<1x5x6x2xf32> -> tensor<1x5x6x3xf32>
  return %0 : tensor<1x5x6x3xf32>
}
func.func @grid_sample_bilinear(%x: tensor<1x4x4x3xf32>, %g: tensor<1x5x6x2xf32>) -> tensor<1x5x6x3xf32> {
  %0 = nnq.grid_sample bilinear %x, %g padding = reflection : tensor<1x4x4x3xf32>, tensor<1x5x6x2xf32> -> tensor<1x5x6x3xf32>
  return %0 : tensor<1x5x6x3xf32>
}
