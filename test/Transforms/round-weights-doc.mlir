// RUN: nnq-opt %s --nnq-round-weights="moments=%S/Inputs/rounding.moments output=%t" --nnq-quantize-pipeline=calibration=%S/Inputs/rounding-calibration.json --nnq-replace-weights=file=%t --canonicalize | FileCheck %s

// CHECK-DAG: %[[W:.*]] = nnq.constant dense<{{\[\[}}7, 5, 3, 2, 2, 3]]> : tensor<1x6xi4> -> tensor<1x6x!quant.uniform<i4:f32:0, {0.12499{{[0-9]*}}}>>
// CHECK-DAG: %[[B:.*]] = nnq.constant dense<0> : tensor<1xi32>
// CHECK: nnq.fully_connected %{{.*}}, %[[W]], %[[B]]

// The layer always reads equal values at 2 and 3, and at 4 and 5. So sums of two weights count: 0.6 and 0.65 are nearest to 5 steps of
// 0.125, which is what their codes add up to. Rounded to nearest, the codes would be 2, 2, 3 and 3.

func.func @main(%x: tensor<1x6xf32> {nnq.name = "x"}) -> tensor<1x1xf32> {
  %w = nnq.constant dense<[[0.875, 0.625, 0.3, 0.3, 0.325, 0.325]]> : tensor<1x6xf32> -> tensor<1x6xf32>
  %0 = nnq.fully_connected %x, %w {nnq.bit_width = "w4a8"} : tensor<1x6xf32>, tensor<1x6xf32> -> tensor<1x1xf32> loc("logits")
  return %0 : tensor<1x1xf32>
}
