// RUN: %python %S/Inputs/write-moments.py %t.moments %S/Inputs/layers.json && cmp %t.moments %S/Inputs/network.moments
// RUN: nnq-opt %s --nnq-measure-sensitivity="calibration=%S/Inputs/calibration.json moments=%t.moments output=%t.json target=x86-avx512vnni widths=float,w8a16,w4a8,w8a16" | FileCheck %s
// RUN: FileCheck %s --check-prefix=FILE --input-file=%t.json
// RUN: nnq-opt %s --nnq-pick-bit-widths="sensitivity=%t.json bops=75%" | FileCheck %s --check-prefix=PICK
// RUN: nnq-opt %s --nnq-measure-sensitivity="calibration=%S/Inputs/calibration.json moments=%t.moments output=%t-default.json target=aarch64-neon-dotprod"
// RUN: FileCheck %s --check-prefix=DEFAULT --input-file=%t-default.json
// RUN: nnq-opt %s --nnq-set-bit-widths=file=%S/Inputs/bit-widths.json --nnq-measure-sensitivity="calibration=%S/Inputs/calibration.json moments=%t.moments output=%t-given.json target=x86-avx512vnni widths=float,w8a16,w4a8"
// RUN: cmp %t-given.json %t.json

// The network stays as it is.
// CHECK: func.func @main(%arg0: tensor<1x2xf32> {nnq.name = "x"}) -> tensor<1x2xf32>
// CHECK: nnq.fully_connected %arg0, %0 : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
// CHECK: nnq.fully_connected %2, %1 : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>

// hidden reads codes of variances 1 and 4 without covariance, in the unit of its input, 0.5. Its output has 2 * 0.875^2 + 4 * (0.375^2 +
// 0.625^2) = 3.65625; the squares of its weights have the sum 2.0625. Codes of 4 bits hold the weights exactly: 2.0625 / 12 / 3.65625.
// Those of 8 bits, [127, 54] and [127, -91] times 0.875 / 127, add 4 * ((54 * 0.875 / 127 - 0.375)^2 + (91 * 0.875 / 127 - 0.625)^2).
// Activations of 16 bits have the scale 127.5 / 32767.
// FILE: {"nnq-sensitivity": 1, "network": "", "target": "x86-avx512vnni", "samples": 1, "layers": [
// FILE-NEXT: {"name": "hidden", "candidates": [
// FILE-NEXT: {"width": "w4a8", "noise": 0.047008{{[0-9]*}}, "sqnr_db": 13.278, "bytes": {{[1-9][0-9]*}}, "bops": 128, "time_us": {{0.[0-9]+}}},
// FILE-NEXT: {"width": "w8a8", "noise": 0.047022{{[0-9]*}}, "sqnr_db": 13.277, "bytes": {{[1-9][0-9]*}}, "bops": 256, "time_us": {{0.[0-9]+}}},
// FILE-NEXT: {"width": "w8a16", "noise": 1.6624{{[0-9]*}}e-05, "sqnr_db": 47.792, "bytes": {{[1-9][0-9]*}}, "bops": 512, "time_us": {{0.[0-9]+}}},
// FILE-NEXT: {"width": "float", "noise": 0, "bytes": {{[1-9][0-9]*}}, "bops": 4096, "time_us": {{0.[0-9]+}}}]},

// What logits reads has variances 13 and 2 and the covariance 3: an output of 16.61, squares of 1.74. Its weights take more than 4 bits.
// FILE-NEXT: {"name": "logits", "candidates": [
// FILE-NEXT: {"width": "w4a8", "noise": 0.0087{{[5-9][0-9]*}}, "sqnr_db": 20.{{[0-9]+}}, "bytes": {{[1-9][0-9]*}}, "bops": 128,
// FILE-NEXT: {"width": "w8a8", "noise": 0.00873{{[0-9]*}}, "sqnr_db": 20.588, "bytes": {{[1-9][0-9]*}}, "bops": 256,
// FILE-NEXT: {"width": "w8a16", "noise": 5.19{{[0-9]*}}e-06, "sqnr_db": 52.84{{[0-9]*}}, "bytes": {{[1-9][0-9]*}}, "bops": 512,
// FILE-NEXT: {"width": "float", "noise": 0, "bytes": {{[1-9][0-9]*}}, "bops": 4096,

// Without a budget for more, the layer that bears 4 bits has them.
// PICK: nnq.fully_connected %arg0, %0 {nnq.bit_width = "w4a8"}
// PICK: nnq.fully_connected %2, %1 {nnq.bit_width = "w8a8"}

// DEFAULT: "target": "aarch64-neon-dotprod"
// DEFAULT-NEXT: {"name": "hidden", "candidates": [
// DEFAULT-NEXT: {"width": "w4a8",
// DEFAULT-NEXT: {"width": "w8a8",
// DEFAULT-NOT: width
// DEFAULT: {"name": "logits"
func.func @main(%x: tensor<1x2xf32> {nnq.name = "x"}) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[0.875, 0.375], [0.875, -0.625]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %v = nnq.constant dense<[[1.0, 0.4], [0.3, -0.7]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %0 = nnq.fully_connected %x, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("hidden")
  %1 = nnq.fully_connected %0, %v : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("logits")
  return %1 : tensor<1x2xf32>
}
