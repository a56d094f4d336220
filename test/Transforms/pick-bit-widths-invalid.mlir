// RUN: not nnq-opt %s --nnq-pick-bit-widths=bytes=300 2>&1 | FileCheck %s --check-prefix=NOFILE
// RUN: not nnq-opt %s --nnq-pick-bit-widths="sensitivity=%S/Inputs/bit-widths.json" 2>&1 | FileCheck %s --check-prefix=OTHER
// RUN: not nnq-opt %s --nnq-pick-bit-widths="sensitivity=%S/Inputs/sensitivity.json bytes=10%" 2>&1 | FileCheck %s --check-prefix=BYTES
// RUN: not nnq-opt %s --nnq-pick-bit-widths="sensitivity=%S/Inputs/sensitivity.json bytes=300 time=5" 2>&1 | FileCheck %s --check-prefix=BOTH
// RUN: not nnq-opt %s --nnq-pick-bit-widths="sensitivity=%S/Inputs/sensitivity.json time=fast" 2>&1 | FileCheck %s --check-prefix=BUDGET
// RUN: not nnq-opt %s --nnq-pick-bit-widths="sensitivity=%S/Inputs/sensitivity.json output=%t/no/such/folder.json" 2>&1 | FileCheck %s --check-prefix=OUTPUT
// RUN: sed s/logits/head/ %s | not nnq-opt --nnq-pick-bit-widths="sensitivity=%S/Inputs/sensitivity.json" 2>&1 | FileCheck %s --check-prefix=LAYER

// RUN: not nnq-opt %s --nnq-pick-bit-widths="sensitivity=%S/Inputs/sensitivity.json metric=top1" 2>&1 | FileCheck %s --check-prefix=METRIC
// RUN: not nnq-opt %s --nnq-pick-bit-widths="sensitivity=%S/Inputs/sensitivity.json metric=kl" 2>&1 | FileCheck %s --check-prefix=KL

// METRIC: error: metric 'top1' is none of sqnr, kl, agreement
// KL: error: {{.*}}sensitivity.json: layer 'hidden', w8a8: has no "kl" to choose by, as where the network's first output is no row of classes; choose by sqnr
// NOFILE: error: --nnq-pick-bit-widths needs sensitivity=PATH of a file of sensitivities
// OTHER: error: {{.*}}bit-widths.json: the key "nnq-sensitivity" is missing
// BYTES: error: {{.*}}sensitivity.json: the budget of 50 bytes can't be met: these candidates need at least 250 bytes
// BOTH: error: {{.*}}sensitivity.json: the budgets can't be met together; the least of each within the others: 500 bytes in place of 300 bytes, 5.5 microseconds in place of 5 microseconds
// BUDGET: error: budget of time 'fast' is neither a number of at least 0 nor a percentage of w8a8 such as 75%
// OUTPUT: error: {{.*}}folder.json: cannot be written: No such file or directory
// LAYER: error: {{.*}}sensitivity.json: 'logits' is no layer in float of this network
// LAYER: note: its layers with weights: 'hidden' 'head'
func.func @main(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1.0, -0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %0 = nnq.fully_connected %x, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("hidden")
  %1 = nnq.fully_connected %0, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("logits")
  return %1 : tensor<1x2xf32>
}
