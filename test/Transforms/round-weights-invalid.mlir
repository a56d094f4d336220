// RUN: rm -rf %t && split-file %s %t
// RUN: sed 's/"codes": \[/"codes": [[1, 2]]}}/; 2,$d' %S/Inputs/rounding-layers.json > %t/inputs.json && %python %S/../Compiler/Inputs/write-moments.py %t/inputs.moments %t/inputs.json
// RUN: echo '{}' > %t/none.json && %python %S/../Compiler/Inputs/write-moments.py %t/none.moments %t/none.json
// RUN: not nnq-opt %t/network.mlir --nnq-round-weights=output=o 2>&1 | FileCheck %s --check-prefix=MOMENTS
// RUN: not nnq-opt %t/network.mlir --nnq-round-weights=moments=m 2>&1 | FileCheck %s --check-prefix=OUTPUT
// RUN: not nnq-opt %t/network.mlir --nnq-round-weights="moments=%t/absent output=o" 2>&1 | FileCheck %s --check-prefix=ABSENT
// RUN: not nnq-opt %t/network.mlir --nnq-round-weights="moments=%t/none.json output=o" 2>&1 | FileCheck %s --check-prefix=FILE
// RUN: not nnq-opt %t/network.mlir --nnq-round-weights="moments=%t/none.moments output=%t/o" 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: not nnq-opt %t/wide.mlir --nnq-round-weights="moments=%S/Inputs/rounding.moments output=%t/o" 2>&1 | FileCheck %s --check-prefix=WIDE
// RUN: not nnq-opt %t/attribute.mlir --nnq-round-weights="moments=%S/Inputs/rounding.moments output=%t/o" 2>&1 | FileCheck %s --check-prefix=ATTRIBUTE
// RUN: not nnq-opt %t/network.mlir --nnq-round-weights="moments=%t/inputs.moments output=%t/o" 2>&1 | FileCheck %s --check-prefix=INPUTS
// RUN: not nnq-opt %t/network.mlir --nnq-round-weights="moments=%S/Inputs/rounding.moments output=%t/o refit=-1" 2>&1 | FileCheck %s --check-prefix=REFIT
// RUN: not nnq-opt %t/network.mlir --nnq-round-weights="moments=%S/Inputs/rounding.moments output=%t/o damping=0" 2>&1 | FileCheck %s --check-prefix=DAMPING
// RUN: not nnq-opt %t/network.mlir --nnq-round-weights="moments=%S/Inputs/rounding.moments output=%t/o sweeps=-1" 2>&1 | FileCheck %s --check-prefix=SWEEPS
// RUN: not ls %t/o
// RUN: not nnq-opt %t/network.mlir --nnq-round-weights="moments=%S/Inputs/rounding.moments output=%t/no/such/folder.mlirbc" 2>&1 | FileCheck %s --check-prefix=FOLDER

// Moments of other statistics show when the weights are to be replaced.
// RUN: sed 's/"scale": 0.5/"scale": 0.25/' %S/Inputs/rounding-layers.json > %t/scale.json && %python %S/../Compiler/Inputs/write-moments.py %t/scale.moments %t/scale.json
// RUN: not nnq-opt %t/network.mlir --nnq-round-weights="moments=%t/scale.moments output=%t/o" --nnq-quantize-pipeline=calibration=%S/Inputs/rounding-calibration.json --nnq-replace-weights=file=%t/o 2>&1 | FileCheck %s --check-prefix=SCALE
// RUN: not nnq-opt %t/network.mlir --nnq-round-weights="moments=%t/scale.moments output=%t/o" --nnq-quantize-pipeline="calibration=%S/Inputs/rounding-calibration.json rules=keep=logits" --nnq-replace-weights=file=%t/o 2>&1 | FileCheck %s --check-prefix=FLOAT

// MOMENTS: error: --nnq-round-weights needs moments=PATH of a file of moments of what its layers read
// OUTPUT: error: --nnq-round-weights needs output=PATH of a file of weights to write
// ABSENT: error: {{.*}}absent: cannot be read: No such file or directory
// FILE: error: {{.*}}none.json: is no file of moments of version 1
// NONE: remark: {{.*}}'logits' has no moments in {{.*}}none.moments, and is left to --nnq-quantize
// NONE: error: {{.*}}none.moments: has no moments of a layer of few bits
// WIDE: error: {{.*}}no layer has weights of fewer than 8 bits or zeros in a pattern; give layers widths by --nnq-set-bit-widths or --nnq-pick-bit-widths
// ATTRIBUTE: error: {{.*}}nnq.bit_width of 'logits': width 'w16a8' is neither float nor a format of weights
// INPUTS: error: {{.*}}inputs.moments: layer 'logits': 1 rows of 6 weights do not read 2 inputs in sections of 2
// REFIT: error: {{.*}}rounding.moments: layer 'logits': refit by -1, not a finite number of at least 0
// DAMPING: error: {{.*}}rounding.moments: layer 'logits': damping by 0, not a positive, finite number
// SWEEPS: error: {{.*}}rounding.moments: layer 'logits': -1 sweeps, not at least 0
// FOLDER: error: {{.*}}folder.mlirbc: cannot be written: No such file or directory
// SCALE: error: {{.*}}o: 'logits' is rounded for integers of scale 0.25, and the layer reads such of scale 0.5; gather moments with the statistics, ranges and activations that the network is quantized with
// FLOAT: error: {{.*}}o: 'logits' is rounded for integers of scale 0.25, and the layer reads none

//--- network.mlir
func.func @main(%x: tensor<1x6xf32> {nnq.name = "x"}) -> tensor<1x1xf32> {
  %w = nnq.constant dense<0.5> : tensor<1x6xf32> -> tensor<1x6xf32>
  %0 = nnq.fully_connected %x, %w {nnq.bit_width = "w4a8"} : tensor<1x6xf32>, tensor<1x6xf32> -> tensor<1x1xf32> loc("logits")
  return %0 : tensor<1x1xf32>
}

//--- wide.mlir
func.func @main(%x: tensor<1x6xf32> {nnq.name = "x"}) -> tensor<1x1xf32> {
  %w = nnq.constant dense<0.5> : tensor<1x6xf32> -> tensor<1x6xf32>
  %0 = nnq.fully_connected %x, %w {nnq.bit_width = "w8a8"} : tensor<1x6xf32>, tensor<1x6xf32> -> tensor<1x1xf32> loc("logits")
  return %0 : tensor<1x1xf32>
}

//--- attribute.mlir
func.func @main(%x: tensor<1x6xf32> {nnq.name = "x"}) -> tensor<1x1xf32> {
  %w = nnq.constant dense<0.5> : tensor<1x6xf32> -> tensor<1x6xf32>
  %0 = nnq.fully_connected %x, %w {nnq.bit_width = "w16a8"} : tensor<1x6xf32>, tensor<1x6xf32> -> tensor<1x1xf32> loc("logits")
  return %0 : tensor<1x1xf32>
}
