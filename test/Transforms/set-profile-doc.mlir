// RUN: nnq-opt %s --nnq-set-profile=profile=onnx | FileCheck %s
// RUN: nnq-opt %s --nnq-set-profile | nnq-opt | FileCheck %s
// RUN: not nnq-opt %s --nnq-set-profile=profile=tflite 2>&1 | FileCheck %s --check-prefix=CHECK-UNKNOWN
// RUN: not nnq-opt %s "--pass-pipeline=builtin.module(nnq-quantize-pipeline{profile=tflite})" 2>&1 | FileCheck %s --check-prefix=CHECK-UNKNOWN

// CHECK: module attributes {nnq.profile = #nnq.onnx}
// CHECK-UNKNOWN: numerics profile 'tflite' is not known; there are: onnx

// An exception stays.
// CHECK: nnq.add {{.*}} {nnq.profile = #nnq.onnx}
func.func @twice(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nnq.add %x, %x {nnq.profile = #nnq.onnx} : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
