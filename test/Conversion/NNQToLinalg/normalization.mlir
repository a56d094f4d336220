// RUN: nnq-opt %s --split-input-file --convert-nnq-to-linalg | FileCheck %s

// The axes run innermost; the mean of squares is taken of the input itself.
// CHECK-DAG: #[[IN:.*]] = affine_map<(d0, d1, d2) -> (d0, d2, d1)>
// CHECK-DAG: #[[MEAN:.*]] = affine_map<(d0, d1, d2) -> (d0, d1)>
// CHECK-DAG: #[[SCALE:.*]] = affine_map<(d0, d1, d2) -> (0, d1, 0)>
// CHECK-LABEL: func.func @root_mean_square
// CHECK: linalg.generic {indexing_maps = [#[[IN]], #[[MEAN]]], iterator_types = ["parallel", "parallel", "reduction"]}
// CHECK: arith.mulf
// CHECK: arith.addf
// CHECK: arith.divf
// CHECK: linalg.generic
// CHECK-SAME: #[[SCALE]]
// CHECK: math.sqrt
// CHECK: arith.addf
// CHECK: arith.divf
// CHECK: arith.mulf
// CHECK-NOT: arith.addf
func.func @root_mean_square(%x: tensor<2x3x4xf32>, %g: tensor<1x3x1xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.normalize rms %x scale %g : tensor<1x3x1xf32> axes = [1] epsilon = 1.0e-6 outside : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  return %0 : tensor<2x3x4xf32>
}

// -----

// CHECK-LABEL: func.func @at_least
// CHECK: math.sqrt
// CHECK: arith.maximumf
func.func @at_least(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = nnq.normalize standard %x axes = [0, 1] epsilon = 1.0e-6 at_least : tensor<2x3xf32> -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// -----

// CHECK-LABEL: func.func @log_of_a_sigmoid_does_not_overflow
// CHECK: math.log1p
// CHECK-NOT: math.log %
func.func @log_of_a_sigmoid_does_not_overflow(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = nnq.log_sigmoid %x : tensor<2x3xf32> -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}
