// RUN: nnq-opt %s --nnq-set-profile=profile=onnx | FileCheck %s
// RUN: nnq-opt %s --nnq-set-profile | nnq-opt | FileCheck %s
// RUN: not nnq-opt %s --nnq-set-profile=profile=tflite 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: not nnq-opt %s "--pass-pipeline=builtin.module(nnq-quantize-pipeline{profile=tflite})" 2>&1 | FileCheck %s --check-prefix=UNKNOWN

// CHECK: module attributes {nnq.profile = #nnq<profile onnx>}
// UNKNOWN: Cannot find option named 'tflite'

func.func @identity(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
