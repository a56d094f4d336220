// RUN: not nnq-opt %s --nnq-widen-inputs 2>&1 | FileCheck %s --check-prefix=NOFILE
// RUN: not nnq-opt %s --nnq-widen-inputs=calibration=%t/missing.json 2>&1 | FileCheck %s --check-prefix=MISSING
// RUN: not nnq-opt %s --nnq-widen-inputs=calibration=%S/Inputs/calibration.json 2>&1 | FileCheck %s --check-prefix=OTHER
// RUN: not nnq-opt %s --nnq-widen-inputs="calibration=%S/Inputs/widen-inputs.json range-method=guess" 2>&1 | FileCheck %s --check-prefix=METHOD

// NOFILE: error: --nnq-widen-inputs needs calibration=PATH of a file of the network's statistics, or always=true
// MISSING: error: {{.*}}missing.json: cannot be read: No such file or directory
// OTHER: error: {{.*}}tensor 'first' has no statistics in {{.*}}calibration.json
// METHOD: Cannot find option named 'guess'
// METHOD: error: --nnq-widen-inputs quantizes a copy of the network, and not by these options

func.func @main(%x: tensor<1x2xf32> {nnq.name = "x"}) -> tensor<1x40xf32> {
  %w = nnq.constant dense<[[1.0, -0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %v = nnq.constant dense<0.5> : tensor<40x2xf32> -> tensor<40x2xf32>
  %0 = nnq.fully_connected %x, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("first")
  %1 = nnq.fully_connected %0, %v : tensor<1x2xf32>, tensor<40x2xf32> -> tensor<1x40xf32> loc("second")
  return %1 : tensor<1x40xf32>
}
