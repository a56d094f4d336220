// RUN: split-file %s %t
// RUN: not nnq-opt %t/network.mlir --nnq-set-bit-widths 2>&1 | FileCheck %s --check-prefix=NOFILE
// RUN: not nnq-opt %t/network.mlir --nnq-set-bit-widths=file=%t/missing.json 2>&1 | FileCheck %s --check-prefix=MISSING
// RUN: not nnq-opt %t/network.mlir --nnq-set-bit-widths=file=%t/other-layer.json 2>&1 | FileCheck %s --check-prefix=LAYER
// RUN: not nnq-opt %t/network.mlir --nnq-set-bit-widths=file=%t/other-width.json 2>&1 | FileCheck %s --check-prefix=WIDTH
// RUN: not nnq-opt %t/network.mlir --nnq-quantize --nnq-set-bit-widths=file=%t/good.json 2>&1 | FileCheck %s --check-prefix=QUANTIZED
// RUN: not nnq-opt %t/attribute.mlir --nnq-quantize 2>&1 | FileCheck %s --check-prefix=ATTRIBUTE

// NOFILE: error: --nnq-set-bit-widths needs file=PATH of a file of bit-widths
// MISSING: error: {{.*}}missing.json: cannot be read: No such file or directory
// LAYER: error: {{.*}}other-layer.json: 'conv7' is no layer in float of this network
// LAYER: note: its layers with weights: 'hidden' 'logits'
// WIDTH: error: {{.*}}other-width.json: layer 'hidden': width 'int4' is neither float nor a format of weights
// QUANTIZED: error: {{.*}}good.json: 'hidden' is no layer in float of this network
// ATTRIBUTE: error: {{.*}}nnq.bit_width of 'hidden': width 'w16a8' is neither float nor a format of weights

//--- good.json
{"nnq-bit-widths": 1, "layers": {"hidden": "w4a8"}}
//--- other-layer.json
{"nnq-bit-widths": 1, "layers": {"conv7": "w4a8", "hidden": "w4a8"}}
//--- other-width.json
{"nnq-bit-widths": 1, "layers": {"hidden": "int4"}}
//--- attribute.mlir
func.func @main(%x: tensor<1x2xf32> {nnq.range = array<f32: -1.0, 1.0>}) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1.0, -0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %0 = nnq.fully_connected %x, %w {nnq.bit_width = "w16a8", nnq.range = array<f32: -2.0, 2.0>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("hidden")
  %1 = nnq.fully_connected %0, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("logits")
  return %1 : tensor<1x2xf32>
}

//--- network.mlir
func.func @main(%x: tensor<1x2xf32> {nnq.range = array<f32: -1.0, 1.0>}) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1.0, -0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %0 = nnq.fully_connected %x, %w {nnq.range = array<f32: -2.0, 2.0>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("hidden")
  %1 = nnq.fully_connected %0, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("logits")
  return %1 : tensor<1x2xf32>
}
