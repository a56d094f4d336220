// RUN: nnq-opt %s --nnq-fold-calibration="file=%S/Inputs/calibration.json" --verify-diagnostics
// RUN: not nnq-opt %s --nnq-fold-calibration="file=%S/Inputs/missing.json" 2>&1 | FileCheck %s --check-prefix=MISSING
// RUN: not nnq-opt %s --nnq-fold-calibration 2>&1 | FileCheck %s --check-prefix=NOFILE
// MISSING: error: {{.*}}missing.json
// NOFILE: needs file=PATH

// expected-error @below {{tensor 'relu_7' has no statistics in}}
// expected-note @below {{run the calibration on this network again}}
func.func @unobserved(%x: tensor<4xf32> {nnq.name = "image"}) -> tensor<4xf32> {
  nnq.observe %x name = "relu_7" : tensor<4xf32>
  return %x : tensor<4xf32>
}
