// RUN: nnq-opt %s --nnq-pick-bit-widths="sensitivity=%S/Inputs/sensitivity.json" | FileCheck %s --check-prefix=BEST
// RUN: nnq-opt %s --nnq-pick-bit-widths="sensitivity=%S/Inputs/sensitivity.json bops=100%" | FileCheck %s --check-prefix=BASE
// RUN: nnq-opt %s --nnq-pick-bit-widths="sensitivity=%S/Inputs/sensitivity.json bytes=450 time=5.25" | FileCheck %s --check-prefix=LOGITS
// RUN: nnq-opt %s --nnq-pick-bit-widths="sensitivity=%S/Inputs/sensitivity.json bytes=300 bops=20000 time=5.5 output=%t.json" | FileCheck %s --check-prefix=HIDDEN
// RUN: FileCheck %s --check-prefix=FILE --input-file=%t.json
// RUN: nnq-opt %s --nnq-set-bit-widths=file=%t.json | FileCheck %s --check-prefix=HIDDEN
// RUN: sed 's/"noise": \([-0-9.]*\)/"noise": 0, "agreement": \1/' %S/Inputs/sensitivity.json > %t.agreement.json
// RUN: nnq-opt %s --nnq-pick-bit-widths="sensitivity=%t.agreement.json metric=agreement" | FileCheck %s --check-prefix=AGREEMENT

// The metric says what is added up.
// AGREEMENT: nnq.fully_connected %arg0, %0 {nnq.bit_width = "w4a8"}
// AGREEMENT: nnq.fully_connected %1, %0 {nnq.bit_width = "w4a8"}

// Without a budget the least noise wins, at any cost.
// BEST: nnq.fully_connected %arg0, %0 {nnq.bit_width = "float"}
// BEST: nnq.fully_connected %1, %0 {nnq.bit_width = "w8a16"}

// BASE: nnq.fully_connected %arg0, %0 {nnq.bit_width = "w8a8"}
// BASE: nnq.fully_connected %1, %0 {nnq.bit_width = "w8a8"}

// 4 bits are slower here, and 5.25 microseconds allow them only where they cost most.
// LOGITS: nnq.fully_connected %arg0, %0 {nnq.bit_width = "w8a8"}
// LOGITS: nnq.fully_connected %1, %0 {nnq.bit_width = "w4a8"}

// HIDDEN: nnq.fully_connected %arg0, %0 {nnq.bit_width = "w4a8"}
// HIDDEN: nnq.fully_connected %1, %0 {nnq.bit_width = "w8a8"}

// FILE: {"nnq-bit-widths": 1,
// FILE-NEXT: "budgets": {"bytes": 300, "bops": 20000, "time_us": 5.5},
// FILE-NEXT: "totals": {"noise": 0.00{{[0-9]*}}, "bytes": 300, "bops": 19200, "time_us": 5.5},
// FILE-NEXT: "layers": {
// FILE-NEXT: "hidden": "w4a8",
// FILE-NEXT: "logits": "w8a8"
// FILE-NEXT: }}
func.func @main(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1.0, -0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %0 = nnq.fully_connected %x, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("hidden")
  %1 = nnq.fully_connected %0, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("logits")
  return %1 : tensor<1x2xf32>
}
