// Operations that --nnq-recognize-spellings makes, in both forms: as text, in the generic form, and as bytecode.

// RUN: nnq-opt %s | nnq-opt | FileCheck %s
// RUN: nnq-opt %s --mlir-print-op-generic | nnq-opt | FileCheck %s
// RUN: nnq-opt %s --emit-bytecode | nnq-opt | FileCheck %s

!u8 = !quant.uniform<u8:f32, 0.5:128>

// CHECK-LABEL: func.func @activations
// CHECK-NEXT: nnq.swish %{{.*}} beta = 1.702000e+00 : tensor<4xf32> -> tensor<4xf32>
// CHECK-NEXT: nnq.celu %{{.*}} alpha = 2.000000e+00 : tensor<4xf32> -> tensor<4xf32>
// CHECK-NEXT: nnq.log_sigmoid %{{.*}} : tensor<4xf32> -> tensor<4x!quant.uniform<u8:f32, 5.000000e-01:128>>
// CHECK-NEXT: nnq.softsign %{{.*}} : tensor<4x!quant.uniform<u8:f32, 5.000000e-01:128>> -> tensor<4x!quant.uniform<u8:f32, 5.000000e-01:128>>
// CHECK-NEXT: nnq.tanh_shrink %{{.*}} : tensor<4x!quant.uniform<u8:f32, 5.000000e-01:128>> -> tensor<4xf32>
// CHECK-NEXT: nnq.cube %{{.*}} : tensor<4xf32> -> tensor<4xf32>
func.func @activations(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nnq.swish %x beta = 1.702 : tensor<4xf32> -> tensor<4xf32>
  %1 = nnq.celu %0 alpha = 2.0 : tensor<4xf32> -> tensor<4xf32>
  %2 = nnq.log_sigmoid %1 : tensor<4xf32> -> tensor<4x!u8>
  %3 = nnq.softsign %2 : tensor<4x!u8> -> tensor<4x!u8>
  %4 = nnq.tanh_shrink %3 : tensor<4x!u8> -> tensor<4xf32>
  %5 = nnq.cube %4 : tensor<4xf32> -> tensor<4xf32>
  return %5 : tensor<4xf32>
}

// CHECK-LABEL: func.func @normalize
// CHECK-NEXT: nnq.normalize standard %{{.*}} scale %{{.*}} : tensor<1x1x4xf32> bias %{{.*}} : tensor<1x3x1xf32> axes = [1, 2] epsilon = 1.000000e+00 inside : tensor<2x3x4xf32> -> tensor<2x3x4x!quant.uniform<u8:f32, 5.000000e-01:128>>
// CHECK-NEXT: nnq.normalize rms %{{.*}} scale %{{.*}} : tensor<1x1x4xf32> axes = [2] epsilon = 0.000000e+00 outside : tensor<2x3x4x!quant.uniform<u8:f32, 5.000000e-01:128>> -> tensor<2x3x4xf32>
// CHECK-NEXT: nnq.normalize rms %{{.*}} bias %{{.*}} : tensor<1x3x1xf32> axes = [0] epsilon = 1.000000e+00 at_least : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
// CHECK-NEXT: nnq.normalize rms %{{.*}} axes = [0] epsilon = 1.000000e+00 inside : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
func.func @normalize(%x: tensor<2x3x4xf32>, %g: tensor<1x1x4xf32>, %b: tensor<1x3x1xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.normalize standard %x scale %g : tensor<1x1x4xf32> bias %b : tensor<1x3x1xf32> axes = [1, 2] epsilon = 1.0 inside : tensor<2x3x4xf32> -> tensor<2x3x4x!u8>
  %1 = nnq.normalize rms %0 scale %g : tensor<1x1x4xf32> axes = [2] epsilon = 0.0 outside : tensor<2x3x4x!u8> -> tensor<2x3x4xf32>
  %2 = nnq.normalize rms %1 bias %b : tensor<1x3x1xf32> axes = [0] epsilon = 1.0 at_least : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %3 = nnq.normalize rms %2 axes = [0] epsilon = 1.0 inside : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  return %3 : tensor<2x3x4xf32>
}
