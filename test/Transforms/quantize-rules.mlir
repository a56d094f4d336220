// RUN: nnq-opt %s --nnq-quantize="rules=keep=head.*" 2>/dev/null | FileCheck %s --check-prefix=KEEP
// RUN: nnq-opt %s --nnq-quantize="rules=index:0=float" 2>/dev/null | FileCheck %s --check-prefix=INDEX
// RUN: nnq-opt %s --nnq-quantize="rules=op:nnq.fully_connected=float" 2>/dev/null | FileCheck %s --check-prefix=OP
// RUN: nnq-opt %s --nnq-quantize="rules=name:first=per_tensor" | FileCheck %s --check-prefix=PINNED
// RUN: nnq-opt %s --nnq-quantize="rules=name:head.*=activations16" | FileCheck %s --check-prefix=WIDE
// RUN: nnq-opt %s --nnq-quantize="weight-bits=4" | FileCheck %s --check-prefix=BITS
// RUN: nnq-opt %s --nnq-quantize="weight-bits=4 rules=index:0=bits8,name:head.*=bits2" | FileCheck %s --check-prefix=MIXED
// RUN: nnq-opt %s --nnq-quantize="weight-bits=4 weight-block=1 rules=name:first=per_tensor" | FileCheck %s --check-prefix=BLOCK
// RUN: nnq-opt %s --nnq-quantize="weight-block=3" 2>&1 | FileCheck %s --check-prefix=NODIVISOR
// RUN: nnq-opt %s --nnq-quantize="weight-granularity=per_tensor activations=symmetric" | FileCheck %s --check-prefix=SYMMETRIC

// RUN: nnq-opt %s --nnq-quantize="rules=exact:head_2=float" 2>/dev/null | FileCheck %s --check-prefix=EXACT
// RUN: not nnq-opt %s --nnq-quantize="rules=exact:head..=float" 2>&1 | FileCheck %s --check-prefix=NOTEXACT

// A name is no regular expression.
// EXACT: nnq.float_islands = [{name = "head_2", op = "nnq.fully_connected", reason = "rule 'exact:head_2=float'"}]
// NOTEXACT: error: {{.*}}'exact:head..=float' matches no operation

// KEEP: nnq.float_islands = [{name = "head_2", op = "nnq.fully_connected", reason = "rule 'keep=head.*'"}]
// KEEP: nnq.fully_connected {{.*}}, tensor<2x2x!quant{{.*}} -> tensor<1x2xf32>
// KEEP: nnq.fully_connected {{.*}} {nnq.float_island = "rule 'keep=head.*'"} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>

// INDEX: nnq.fully_connected {{.*}} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
// INDEX: nnq.requantize
// INDEX: nnq.fully_connected {{.*}}!quant

// OP-NOT: !quant

// PINNED: nnq.fully_connected {{.*}} tensor<2x2x!quant.uniform<i8<-127:127>:f32, {{[^{]*}} -> tensor<1x2x!quant.uniform<u8:f32, {{.*}}:127>>
// PINNED: nnq.fully_connected {{.*}} tensor<2x2x!quant.uniform<i8<-127:127>:f32:0, {

// What the second layer reads is wide, so that is what the first one gives.
// WIDE: nnq.fully_connected {{.*}} : tensor<1x2x!quant.uniform<u8:f32, {{.*}}> -> tensor<1x2x!quant.uniform<i16<-32767:32767>:f32, {{.*}}>>
// WIDE: nnq.fully_connected {{.*}} : tensor<1x2x!quant.uniform<i16<-32767:32767>:f32, {{.*}}>>, tensor<2x2x!quant.uniform<i8<-127:127>:f32:0, {

// BITS: nnq.constant dense<{{.*}}[7, -4], [5, 7]{{.*}}> : tensor<2x2xi4> -> tensor<2x2x!quant.uniform<i4:f32:0, {0.142857{{[0-9]*}},0.428571{{[0-9]*}}}>>
// BITS-COUNT-2: nnq.fully_connected {{.*}}!quant.uniform<i4:f32:0, {

// MIXED: nnq.fully_connected {{.*}}!quant.uniform<i8<-127:127>:f32:0, {
// MIXED: nnq.fully_connected {{.*}}!quant.uniform<i2:f32:0, {

// BLOCK: nnq.fully_connected {{.*}}!quant.uniform<i4:f32, 0.42857{{[0-9]*}}>
// BLOCK: nnq.fully_connected {{.*}}!quant.uniform<i4:f32:{0:1, 1:1}, {

// NODIVISOR: remark: {{.*}}has 2 input channels, no multiple of 3: its weights have one scale per output channel
// NODIVISOR: nnq.fully_connected {{.*}}!quant.uniform<i8<-127:127>:f32:0, {

// SYMMETRIC: nnq.requantize %arg0 : tensor<1x2xf32> -> tensor<1x2x!quant.uniform<i8:f32, 0.0078740{{[0-9]*}}>>
// SYMMETRIC: nnq.fully_connected {{.*}} tensor<2x2x!quant.uniform<i8<-127:127>:f32, {{[^{]*}} -> tensor<1x2x!quant.uniform<i8:f32, 0.0157480{{[0-9]*}}>>
func.func @two_layers(%x: tensor<1x2xf32> {nnq.range = array<f32: -1.0, 1.0>}) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1.0, -0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %0 = nnq.fully_connected %x, %w {nnq.range = array<f32: -2.0, 2.0>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("first")
  %1 = nnq.fully_connected %0, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("head_2")
  return %1 : tensor<1x2xf32>
}
