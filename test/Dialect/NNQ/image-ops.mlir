// Operations of NNQImageOps.td: round trip, and what they canonicalize to.

// RUN: nnq-opt %s | nnq-opt | FileCheck %s
// RUN: nnq-opt %s --canonicalize | FileCheck %s --check-prefix=CANONICAL

!x = tensor<1x4x4x2xf32>
!u8 = !quant.uniform<u8:f32, 0.5:128>

// CHECK-LABEL: func.func @prelu
// CHECK: nnq.prelu %{{.*}}, %{{.*}} : tensor<1x4x4x2xf32>, tensor<2xf32> -> tensor<1x4x4x2xf32>
// CHECK: nnq.prelu %{{.*}}, %{{.*}} : tensor<1x4x4x2x!quant.uniform<u8:f32, {{.*}}:128>>, tensor<2xf32> -> tensor<1x4x4x2x!quant.uniform<u8:f32, {{.*}}:128>>
func.func @prelu(%x: !x, %q: tensor<1x4x4x2x!u8>, %s: tensor<2xf32>) -> (!x, tensor<1x4x4x2x!u8>) {
  %0 = nnq.prelu %x, %s : !x, tensor<2xf32> -> !x
  %1 = nnq.prelu %q, %s : tensor<1x4x4x2x!u8>, tensor<2xf32> -> tensor<1x4x4x2x!u8>
  return %0, %1 : !x, tensor<1x4x4x2x!u8>
}

// CANONICAL-LABEL: func.func @one_slope
// CANONICAL-NEXT: nnq.unary leaky_relu %arg0 {alpha = 2.500000e-01 : f32}
// CANONICAL-NEXT: return
func.func @one_slope(%x: !x) -> !x {
  %s = nnq.constant dense<0.25> : tensor<2xf32> -> tensor<2xf32>
  %0 = nnq.prelu %x, %s : !x, tensor<2xf32> -> !x
  return %0 : !x
}

// CANONICAL-LABEL: func.func @two_slopes
// CANONICAL: nnq.prelu
func.func @two_slopes(%x: !x) -> !x {
  %s = nnq.constant dense<[0.25, 0.5]> : tensor<2xf32> -> tensor<2xf32>
  %0 = nnq.prelu %x, %s : !x, tensor<2xf32> -> !x
  return %0 : !x
}

// CHECK-LABEL: func.func @normalizations
// CHECK: nnq.group_norm %{{.*}}, %{{.*}}, %{{.*}} groups = 2 epsilon = {{.*}} : tensor<1x4x4x2xf32>, tensor<2xf32>, tensor<2xf32> -> tensor<1x4x4x2xf32>
// CHECK: nnq.local_response_norm %{{.*}} size = 5 alpha = {{.*}} beta = {{.*}} bias = {{.*}} : tensor<1x4x4x2xf32> -> tensor<1x4x4x2xf32>
func.func @normalizations(%x: !x, %s: tensor<2xf32>) -> !x {
  %0 = nnq.group_norm %x, %s, %s groups = 2 epsilon = 1.0e-5 : !x, tensor<2xf32>, tensor<2xf32> -> !x
  %1 = nnq.local_response_norm %0 size = 5 alpha = 1.0e-4 beta = 0.75 bias = 1.0 : !x -> !x
  return %1 : !x
}

// CHECK-LABEL: func.func @interpolations
// CHECK: nnq.interpolate %{{.*}}, %{{.*}}, %{{.*}} axis = 1 : tensor<1x4x4x2xf32>, tensor<3x2xi32>, tensor<3x2xf32> -> tensor<1x3x4x2xf32>
// CHECK: nnq.grid_sample bicubic %{{.*}}, %{{.*}} padding = reflection {align_corners} : tensor<1x3x4x2xf32>, tensor<1x5x6x2xf32> -> tensor<1x5x6x2xf32>
func.func @interpolations(%x: !x, %g: tensor<1x5x6x2xf32>) -> tensor<1x5x6x2xf32> {
  %i = nnq.constant dense<[[0, 1], [1, 2], [2, 3]]> : tensor<3x2xi32> -> tensor<3x2xi32>
  %w = nnq.constant dense<0.5> : tensor<3x2xf32> -> tensor<3x2xf32>
  %0 = nnq.interpolate %x, %i, %w axis = 1 : !x, tensor<3x2xi32>, tensor<3x2xf32> -> tensor<1x3x4x2xf32>
  %1 = nnq.grid_sample bicubic %0, %g padding = reflection {align_corners} : tensor<1x3x4x2xf32>, tensor<1x5x6x2xf32> -> tensor<1x5x6x2xf32>
  return %1 : tensor<1x5x6x2xf32>
}
