// RUN: split-file %s %t
// RUN: nnq-opt %t/network.mlir --nnq-set-bit-widths=file=%t/narrow.json --nnq-quantize | FileCheck %s --check-prefix=NARROW
// RUN: nnq-opt %t/network.mlir --nnq-set-bit-widths=file=%t/narrow.json --nnq-quantize="weight-bits=2 rules=name:logits=bits5" | FileCheck %s --check-prefix=RULE
// RUN: nnq-opt %t/network.mlir --nnq-set-bit-widths=file=%t/float.json --nnq-quantize 2>&1 | FileCheck %s --check-prefix=FLOAT
// RUN: nnq-opt %t/network.mlir --nnq-set-bit-widths=file=%t/float.json --nnq-quantize="rules=name:hidden=bits8" 2>&1 | FileCheck %s --check-prefix=WIDER
// RUN: nnq-opt %t/network.mlir --nnq-set-bit-widths=file=%t/float.json --nnq-quantize="rules=name:hidden=activations8" 2>&1 | FileCheck %s --check-prefix=WIDER
// RUN: nnq-opt %t/network.mlir --nnq-set-bit-widths=file=%t/float.json --nnq-quantize="rules=name:hidden=symmetric,keep=hidden" 2>&1 | FileCheck %s --check-prefix=KEEP
// RUN: not nnq-opt %t/network.mlir --nnq-quantize="rules=name:hidden=activations4" 2>&1 | FileCheck %s --check-prefix=INVALID

// The width outranks the options, and a rule the width. The attribute goes.
// NARROW-NOT: nnq.bit_width
// NARROW: nnq.fully_connected {{.*}}!quant.uniform<i8<-127:127>:f32:0, {
// NARROW: nnq.fully_connected {{.*}}!quant.uniform<i3:f32:0, {
// NARROW-NOT: nnq.bit_width
// RULE: nnq.fully_connected {{.*}}!quant.uniform<i2:f32:0, {
// RULE: nnq.fully_connected {{.*}}!quant.uniform<i5:f32:0, {

// FLOAT: remark: {{.*}}'hidden' stays in float: bit width 'float'
// FLOAT: nnq.float_islands = [{name = "hidden", op = "nnq.fully_connected", reason = "bit width 'float'"}]
// FLOAT-NOT: nnq.bit_width
// FLOAT: nnq.fully_connected {{.*}} {nnq.float_island = "bit width 'float'"} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>

// WIDER-NOT: float_island
// WIDER: nnq.fully_connected {{.*}}!quant.uniform<i8<-127:127>:f32:0, {
// KEEP: remark: {{.*}}'hidden' stays in float: rule 'keep=hidden'

// INVALID: error: rule 'name:hidden=activations4': activations of 4 bits; 8 and 16 are supported

//--- narrow.json
{"nnq-bit-widths": 1, "layers": {"logits": "w3a8"}}
//--- float.json
{"nnq-bit-widths": 1, "layers": {"hidden": "float"}}
//--- network.mlir
func.func @main(%x: tensor<1x2xf32> {nnq.range = array<f32: -1.0, 1.0>}) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1.0, -0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %0 = nnq.fully_connected %x, %w {nnq.range = array<f32: -2.0, 2.0>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("hidden")
  %1 = nnq.fully_connected %0, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("logits")
  return %1 : tensor<1x2xf32>
}
