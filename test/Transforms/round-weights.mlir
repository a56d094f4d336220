// RUN: %python %S/../Compiler/Inputs/write-moments.py %t.logits.moments %S/Inputs/rounding-layers.json && cmp %t.logits.moments %S/Inputs/rounding.moments
// RUN: sed 's/"logits"/"relu"/' %S/Inputs/rounding-layers.json > %t.json && %python %S/../Compiler/Inputs/write-moments.py %t.moments %t.json

// RUN: nnq-opt %s --nnq-round-weights="moments=%t.moments output=%t.rounded" -o %t.out 2>&1 | FileCheck %s --check-prefix=REMARK --implicit-check-not=remark
// RUN: nnq-opt %s -o %t.in && cmp %t.in %t.out
// RUN: nnq-opt %t.rounded | FileCheck %s
// RUN: nnq-opt %s --nnq-insert-observers --nnq-round-weights="moments=%t.moments output=%t.observed" && cmp %t.rounded %t.observed

// RUN: nnq-opt %s --nnq-round-weights="moments=%t.moments output=%t.nearest second-order=false sweeps=0" && nnq-opt %t.nearest | FileCheck %s --check-prefix=NEAREST
// RUN: nnq-opt %s --nnq-round-weights="moments=%t.moments output=%t.second sweeps=0" && nnq-opt %t.second | FileCheck %s --check-prefix=SECOND
// RUN: nnq-opt %s --nnq-round-weights="moments=%t.moments output=%t.damped sweeps=0 damping=20" && nnq-opt %t.damped | FileCheck %s --check-prefix=NEAREST
// RUN: nnq-opt %s --nnq-round-weights="moments=%t.moments output=%t.blocks weight-block=2" && nnq-opt %t.blocks | FileCheck %s --check-prefix=BLOCKS
// RUN: nnq-opt %s --nnq-round-weights="moments=%t.moments output=%t.odd weight-block=4" 2>&1 | FileCheck %s --check-prefix=ODD
// RUN: cmp %t.rounded %t.odd

// Layers of 8 bits are none of its business, and the clamp's name is that of the layer in front.
// REMARK: remark: {{.*}}'hidden' has no moments in {{.*}}.moments, and is left to --nnq-quantize
// REMARK: remark: {{.*}}'variable' has no constant weights and bias in f32, or no windows of its input, and is left to --nnq-quantize

// ODD: remark: {{.*}}'conv' has 6 input channels, no multiple of 4: its weights have one scale per output channel

// Two and two inputs are equal: their codes add up to 5. The bias has what clipping and scale take.
// CHECK-COUNT-1: func.func
// CHECK-SAME: @relu() -> (tensor<1x1x1x6x!quant.uniform<i4:f32:0, {0.12499{{[0-9]*}}}>>, tensor<1xf32>) attributes {nnq.input_scale = 5.000000e-01 : f32}
// CHECK: nnq.constant dense<{{\[+}}7, 5, 3, 2, 2, 3]]]]>
// CHECK: nnq.constant dense<1.000{{[0-9]*}}>

// NEAREST: nnq.constant dense<{{\[+}}7, 5, 2, 2, 3, 3]]]]>
// SECOND: @relu() -> (tensor<1x1x1x6x!quant.uniform<i4:f32:0, {0.12489{{[0-9]*}}}>>
// SECOND: nnq.constant dense<{{\[+}}7, 5, 3, 2, 2, 3]]]]>
// BLOCKS: @relu() -> (tensor<1x1x1x6x!quant.uniform<i4:f32:{0:1, 3:2}, {{.*}}0.12489{{[0-9]*}}, 0.0431{{[0-9]*}}, 0.0465{{[0-9]*}}}
// BLOCKS: nnq.constant dense<{{\[+}}7, 5, 7, 7, 7, 7]]]]>

func.func @main(%x: tensor<1x1x1x6xf32> {nnq.name = "x"}, %v: tensor<1x1x1x1xf32> {nnq.name = "v"}) -> tensor<1x1x1x1xf32> {
  %w = nnq.constant dense<[[[[0.875, 0.625, 0.3, 0.3, 0.325, 0.325]]]]> : tensor<1x1x1x6xf32> -> tensor<1x1x1x6xf32>
  %b = nnq.constant dense<1.0> : tensor<1xf32> -> tensor<1xf32>
  %u = nnq.constant dense<1.0> : tensor<1x1x1x1xf32> -> tensor<1x1x1x1xf32>
  %0 = nnq.conv2d %x, %w, %b strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 {nnq.bit_width = "w4a8"} : tensor<1x1x1x6xf32>, tensor<1x1x1x6xf32>, tensor<1xf32> -> tensor<1x1x1x1xf32> loc("conv")
  %1 = nnq.clamp %0 min = 0.0 max = 6.0 : tensor<1x1x1x1xf32> -> tensor<1x1x1x1xf32> loc("relu")
  %2 = nnq.conv2d %1, %u strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 {nnq.bit_width = "w2a8"} : tensor<1x1x1x1xf32>, tensor<1x1x1x1xf32> -> tensor<1x1x1x1xf32> loc("hidden")
  %3 = nnq.conv2d %2, %v strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 {nnq.bit_width = "w4a8"} : tensor<1x1x1x1xf32>, tensor<1x1x1x1xf32> -> tensor<1x1x1x1xf32> loc("variable")
  %4 = nnq.conv2d %3, %u strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 {nnq.bit_width = "w8a16"} : tensor<1x1x1x1xf32>, tensor<1x1x1x1xf32> -> tensor<1x1x1x1xf32> loc("wide")
  %5 = nnq.conv2d %4, %u strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 {nnq.bit_width = "float"} : tensor<1x1x1x1xf32>, tensor<1x1x1x1xf32> -> tensor<1x1x1x1xf32> loc("float")
  return %5 : tensor<1x1x1x1xf32>
}
