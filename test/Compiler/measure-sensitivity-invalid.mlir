// RUN: sed 's/"logits"/"hidden"/' %s > %t-one-name.mlir
// RUN: sed 's/loc("hidden")//; s/loc("logits")//' %s > %t-no-names.mlir
// RUN: sed 's/"scale": 0.5/"scale": 0.25/' %S/Inputs/layers.json > %t-scale.json && %python %S/Inputs/write-moments.py %t-scale.moments %t-scale.json
// RUN: sed '2d; s/]},$/]}}/' %S/Inputs/layers.json > %t-hidden.json && %python %S/Inputs/write-moments.py %t-hidden.moments %t-hidden.json
// RUN: sed 's/"codes": .*/"codes": [[1, 2, 3]]},/; 2s/},/}}/' %S/Inputs/layers.json > %t-inputs.json && %python %S/Inputs/write-moments.py %t-inputs.moments %t-inputs.json
// RUN: not nnq-opt %s --nnq-measure-sensitivity="moments=m output=o" 2>&1 | FileCheck %s --check-prefix=CALIBRATION
// RUN: not nnq-opt %s --nnq-measure-sensitivity="calibration=c output=o" 2>&1 | FileCheck %s --check-prefix=MOMENTS
// RUN: not nnq-opt %s --nnq-measure-sensitivity="calibration=c moments=m" 2>&1 | FileCheck %s --check-prefix=OUTPUT
// RUN: not nnq-opt %s --nnq-measure-sensitivity="calibration=c moments=m output=o widths=w4a8,w9a8" 2>&1 | FileCheck %s --check-prefix=WIDTH
// RUN: not nnq-opt %s --nnq-measure-sensitivity="calibration=c moments=m output=o target=pdp11" 2>&1 | FileCheck %s --check-prefix=TARGET
// RUN: not nnq-opt %s --nnq-measure-sensitivity="calibration=%S/Inputs/calibration.json moments=%S/Inputs/calibration.json output=%t.json" 2>&1 | FileCheck %s --check-prefix=NOMOMENTS
// RUN: not nnq-opt %s --nnq-measure-sensitivity="calibration=%S/Inputs/layers.json moments=%S/Inputs/network.moments output=%t.json" 2>&1 | FileCheck %s --check-prefix=NOCALIBRATION
// RUN: not nnq-opt %s --nnq-measure-sensitivity="calibration=%S/Inputs/calibration.json moments=%t-scale.moments output=%t.json target=x86-avx2" 2>&1 | FileCheck %s --check-prefix=SCALE
// RUN: not nnq-opt %s --nnq-measure-sensitivity="calibration=%S/Inputs/calibration.json moments=%t-inputs.moments output=%t.json target=x86-avx2" 2>&1 | FileCheck %s --check-prefix=INPUTS
// RUN: not nnq-opt %s --nnq-measure-sensitivity="calibration=%S/Inputs/calibration.json moments=%S/Inputs/network.moments output=%t/no/such/folder.json target=x86-avx2" 2>&1 | FileCheck %s --check-prefix=FOLDER
// RUN: not nnq-opt %t-one-name.mlir --nnq-measure-sensitivity="calibration=%S/Inputs/calibration.json moments=%S/Inputs/network.moments output=%t.json target=x86-avx2" 2>&1 | FileCheck %s --check-prefix=NAMES
// RUN: not nnq-opt %t-no-names.mlir --nnq-measure-sensitivity="calibration=%S/Inputs/calibration.json moments=%S/Inputs/network.moments output=%t.json target=x86-avx2" 2>&1 | FileCheck %s --check-prefix=NAMES
// RUN: echo '{}' > %t-none.json && %python %S/Inputs/write-moments.py %t-none.moments %t-none.json
// RUN: not nnq-opt %s --nnq-measure-sensitivity="calibration=%S/Inputs/calibration.json moments=%t-none.moments output=%t.json target=x86-avx2" 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: nnq-opt %s --nnq-measure-sensitivity="calibration=%S/Inputs/calibration.json moments=%t-hidden.moments output=%t-hidden.out target=x86-avx2" 2>&1 | FileCheck %s --check-prefix=MISSING
// RUN: sed 's/connected %%x,/connected %%c,/' %s | nnq-opt --nnq-measure-sensitivity="calibration=%S/Inputs/calibration.json moments=%S/Inputs/network.moments output=%t.json target=x86-avx2" 2>&1 | FileCheck %s --check-prefix=ISLAND
// RUN: FileCheck %s --check-prefix=LEFT --input-file=%t-hidden.out --implicit-check-not=logits

// CALIBRATION: error: --nnq-measure-sensitivity needs calibration=PATH of a file of the network's statistics
// MOMENTS: error: --nnq-measure-sensitivity needs moments=PATH of a file of moments of what its layers read
// OUTPUT: error: --nnq-measure-sensitivity needs output=PATH of a file of sensitivities to write
// WIDTH: error: width 'w9a8' is neither float nor a format of weights
// TARGET: error: {{.*}}unknown target 'pdp11'; there are native, x86-avx512vbmi, x86-avx512vnni,
// NOMOMENTS: error: {{.*}}calibration.json: is no file of moments of version 1
// NOCALIBRATION: error: layers of w4a8: {{.*}}layers.json: the key "nnq-calibration" is missing
// SCALE: error: {{.*}}-scale.moments: has moments of another network: layer 'hidden' reads integers of scale 0.5, not 0.25; gather them with this calibration and otherwise default settings
// INPUTS: error: {{.*}}-inputs.moments: layer 'hidden': 2 rows of 2 weights do not read 3 inputs in sections of 3
// FOLDER: error: {{.*}}folder.json: cannot be written: No such file or directory
// NAMES-COUNT-2: remark: {{.*}}has no name of its own to have a width by, and is left out
// NAMES: error: {{.*}}the network has no layer in float with constant weights and a name of its own
// NONE: error: {{.*}}-none.moments: has no moments of a layer of this network
// MISSING: remark: loc("logits"): has no moments in {{.*}}-hidden.moments, and is left out
// ISLAND: remark: loc("hidden"): does not read integers when quantized, and is left out
// LEFT: {"name": "hidden"
func.func @main(%x: tensor<1x2xf32> {nnq.name = "x"}) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[0.875, 0.375], [0.875, -0.625]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %c = nnq.constant dense<[[1.0, 2.0]]> : tensor<1x2xf32> -> tensor<1x2xf32>
  %v = nnq.constant dense<[[1.0, 0.4], [0.3, -0.7]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %0 = nnq.fully_connected %x, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("hidden")
  %1 = nnq.fully_connected %0, %v : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("logits")
  return %1 : tensor<1x2xf32>
}
