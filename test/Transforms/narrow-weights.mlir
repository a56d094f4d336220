// RUN: nnq-opt %s --nnq-narrow-weights | FileCheck %s
// RUN: nnq-opt %s --nnq-narrow-weights="width=w4a8b32 all=true except=large,first" | FileCheck %s --check-prefix=ALL
// RUN: nnq-opt %s --nnq-narrow-weights=fewest-weights=10001 -o /dev/null 2>&1 | FileCheck %s --check-prefix=NONE

// Ends, depthwise convolutions and layers of less than 10,000 weights keep their weights.
// CHECK: nnq.fully_connected {{[^{]*}} : {{.*}} -> tensor<1x100xf32>
// CHECK: nnq.fully_connected {{.*}} {nnq.bit_width = "w4a8"} : {{.*}} -> tensor<1x100xf32>
// CHECK: nnq.fully_connected {{[^{]*}} : {{.*}} -> tensor<1x99xf32>
// CHECK: nnq.conv2d {{.*}} groups = 11 :
// CHECK: nnq.fully_connected {{[^{]*}} : {{.*}} -> tensor<1x200xf32>

// Names take the place of the rule. Two layers of one name have one width.
// ALL: nnq.fully_connected {{[^{]*}} : {{.*}} -> tensor<1x100xf32>
// ALL: nnq.fully_connected {{[^{]*}} : {{.*}} -> tensor<1x100xf32>
// ALL: nnq.fully_connected {{.*}} {nnq.bit_width = "w4a8b32"} : {{.*}} -> tensor<1x99xf32>
// ALL: nnq.conv2d {{.*}}nnq.bit_width = "w4a8b32"
// ALL: nnq.fully_connected {{.*}} {nnq.bit_width = "w4a8b32"} : {{.*}} -> tensor<1x200xf32>

// NONE: remark: no layer has its weights in w4a8: none is worth it, or all are excepted

func.func @main(%x: tensor<1x100xf32>) -> tensor<1x200xf32> {
  %square = nnq.constant dense<0.5> : tensor<100x100xf32> -> tensor<100x100xf32>
  %less = nnq.constant dense<0.5> : tensor<99x100xf32> -> tensor<99x100xf32>
  %taps = nnq.constant dense<0.5> : tensor<11x31x31x1xf32> -> tensor<11x31x31x1xf32>
  %wide = nnq.constant dense<0.5> : tensor<200x99xf32> -> tensor<200x99xf32>
  %0 = nnq.fully_connected %x, %square : tensor<1x100xf32>, tensor<100x100xf32> -> tensor<1x100xf32> loc("first")
  %1 = nnq.fully_connected %0, %square : tensor<1x100xf32>, tensor<100x100xf32> -> tensor<1x100xf32> loc("large")
  %2 = nnq.fully_connected %1, %less : tensor<1x100xf32>, tensor<99x100xf32> -> tensor<1x99xf32> loc("small")
  %3 = nnq.reshape %2 : tensor<1x99xf32> -> tensor<1x3x3x11xf32>
  %4 = nnq.conv2d %3, %taps strides = [1, 1] pads = [15, 15, 15, 15] dilations = [1, 1] groups = 11
    : tensor<1x3x3x11xf32>, tensor<11x31x31x1xf32> -> tensor<1x3x3x11xf32> loc("depthwise")
  %5 = nnq.reshape %4 : tensor<1x3x3x11xf32> -> tensor<1x99xf32>
  %6 = nnq.fully_connected %5, %wide : tensor<1x99xf32>, tensor<200x99xf32> -> tensor<1x200xf32> loc("last")
  return %6 : tensor<1x200xf32>
}
