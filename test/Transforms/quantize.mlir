// RUN: nnq-opt %s --nnq-quantize --split-input-file --verify-diagnostics | FileCheck %s

// Scale of the input 2 / 255, rounded up to f32, so that the zero point is 127; the rectifier goes into the type of the convolution, and its bound needs no operation.
// The result of the last layer stays f32. Names of observations stay with the values, ranges go.
// CHECK-LABEL: @conv_relu_fc
// CHECK-SAME: (%[[ARG:.*]]: tensor<1x2x2x1xf32>) -> tensor<1x2xf32>
// -63.5 lies between two codes; the row as a whole is then half a step too high or too low, and -63 is nearer to the row's sum.
// CHECK-DAG: %[[W:.*]] = nnq.constant dense<{{.*}}127{{.*}}-63{{.*}}> : tensor<1x1x1x2xi8> -> tensor<1x1x1x2x!quant.uniform<i8<-127:127>:f32:0, {0.00787401
// CHECK-DAG: %[[X:.*]] = nnq.requantize %[[ARG]] {nnq.observation = "x"} : tensor<1x2x2x1xf32> -> tensor<1x2x2x1x!quant.uniform<u8:f32, 0.0078431377{{[0-9]*}}:127>>
// CHECK-DAG: %[[C:.*]] = nnq.concat %[[X]], %[[X]]
// CHECK: %[[Y:.*]] = nnq.conv2d %[[C]], %[[W]], %{{.*}} {nnq.observation = "relu"} : {{.*}}, tensor<1x!quant.uniform<i32:f32:0, {6.17{{[0-9]*}}E-5}>> -> tensor<1x2x2x1x!quant.uniform<u8:f32, 0.015686275{{[0-9]*}}>>
// CHECK-NOT: nnq.clamp
// CHECK: %[[F:.*]] = nnq.reshape %[[Y]]
// CHECK: %[[L:.*]] = nnq.fully_connected %[[F]], {{.*}} -> tensor<1x2xf32>
// CHECK-NEXT: return %[[L]]
func.func @conv_relu_fc(%x: tensor<1x2x2x1xf32> {nnq.observation = "x", nnq.range = array<f32: -1.0, 1.0>}) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[[[1.0, -0.5]]]]> : tensor<1x1x1x2xf32> -> tensor<1x1x1x2xf32>
  %b = nnq.constant dense<[1.0]> : tensor<1xf32> -> tensor<1xf32>
  %v = nnq.constant dense<[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]]> : tensor<2x4xf32> -> tensor<2x4xf32>
  %xx = nnq.concat %x, %x axis = 3 : tensor<1x2x2x1xf32>, tensor<1x2x2x1xf32> -> tensor<1x2x2x2xf32>
  %0 = nnq.conv2d %xx, %w, %b strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 : tensor<1x2x2x2xf32>, tensor<1x1x1x2xf32>, tensor<1xf32> -> tensor<1x2x2x1xf32>
  %1 = nnq.clamp %0 min = 0.0 max = 0x7F800000 {nnq.observation = "relu", nnq.range = array<f32: 0.0, 4.0>} : tensor<1x2x2x1xf32> -> tensor<1x2x2x1xf32>
  %2 = nnq.reshape %1 : tensor<1x2x2x1xf32> -> tensor<1x4xf32>
  %3 = nnq.fully_connected %2, %v {nnq.range = array<f32: -9.0, 9.0>} : tensor<1x4xf32>, tensor<2x4xf32> -> tensor<1x2xf32>
  return %3 : tensor<1x2xf32>
}

// -----

// A residual: the layer computed last adds in f32, in its own loop; the other one is rounded to 8 bits. The clamp is in the type.
// CHECK-LABEL: @residual
// CHECK: %[[A:.*]] = nnq.fully_connected {{.*}} -> tensor<1x2x!quant.uniform<u8:f32, {{.*}}:127>>
// CHECK: %[[B:.*]] = nnq.fully_connected %[[A]], {{.*}} -> tensor<1x2xf32>
// CHECK: %[[S:.*]] = nnq.add %[[A]], %[[B]] : tensor<1x2x!quant.uniform<{{.*}}>>, tensor<1x2xf32> -> tensor<1x2x!quant.uniform<u8:f32, 0.00999{{[0-9]*}}>>
// CHECK-NOT: nnq.clamp
// CHECK: nnq.max_pool2d
// CHECK: nnq.reduce {{.*}} -> tensor<1x1x1x2xf32>
// CHECK-NEXT: return
func.func @residual(%x: tensor<1x2xf32> {nnq.range = array<f32: -1.0, 1.0>}) -> tensor<1x1x1x2xf32> {
  %w = nnq.constant dense<[[1.0, -0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %0 = nnq.fully_connected %x, %w {nnq.range = array<f32: -2.0, 2.0>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  %1 = nnq.fully_connected %0, %w {nnq.range = array<f32: -3.0, 3.0>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  %2 = nnq.add %0, %1 : tensor<1x2xf32>, tensor<1x2xf32> -> tensor<1x2xf32>
  %3 = nnq.clamp %2 min = 0.0 max = 6.0 {nnq.range = array<f32: 0.0, 2.55>} : tensor<1x2xf32> -> tensor<1x2xf32>
  %4 = nnq.reshape %3 : tensor<1x2xf32> -> tensor<1x1x1x2xf32>
  %5 = nnq.max_pool2d %4 kernel = [1, 1] strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] : tensor<1x1x1x2xf32> -> tensor<1x1x1x2xf32>
  %6 = nnq.reduce mean %5 axes = [1, 2] {nnq.range = array<f32: 0.0, 2.55>} : tensor<1x1x1x2xf32> -> tensor<1x1x1x2xf32>
  return %6 : tensor<1x1x1x2xf32>
}

// -----

// Concat: one type, the union of both ranges.
// CHECK-LABEL: @concat_shares_the_union
// CHECK-DAG: %[[X:.*]] = nnq.requantize %arg0 : tensor<1x2xf32> -> tensor<1x2x!quant.uniform<u8:f32, 0.015686{{[0-9]*}}:64>>
// CHECK-DAG: %[[Y:.*]] = nnq.requantize %arg1 : tensor<1x2xf32> -> tensor<1x2x!quant.uniform<u8:f32, 0.015686{{[0-9]*}}:64>>
// CHECK: %[[C:.*]] = nnq.concat {{.*}} -> tensor<1x4x!quant.uniform<u8:f32, 0.015686{{[0-9]*}}:64>>
// CHECK: nnq.unary sigmoid %[[C]] : {{.*}} -> tensor<1x4xf32>
func.func @concat_shares_the_union(%x: tensor<1x2xf32> {nnq.range = array<f32: -1.0, 1.0>}, %y: tensor<1x2xf32> {nnq.range = array<f32: 0.0, 3.0>}) -> tensor<1x4xf32> {
  %0 = nnq.concat %x, %y axis = 1 : tensor<1x2xf32>, tensor<1x2xf32> -> tensor<1x4xf32>
  %1 = nnq.unary sigmoid %0 : tensor<1x4xf32> -> tensor<1x4xf32>
  return %1 : tensor<1x4xf32>
}

// -----

// Softmax has no integer form: the layer in front gives f32.
// CHECK: module attributes {nnq.float_islands = [{name = "softmax", op = "nnq.softmax", reason = "it has no integer form"}]}
// CHECK-LABEL: @softmax
// CHECK: %[[L:.*]] = nnq.fully_connected {{.*}} -> tensor<1x2xf32>
// CHECK-NEXT: nnq.softmax %[[L]] axis = 1 {nnq.float_island = "it has no integer form"}
func.func @softmax(%x: tensor<1x2xf32> {nnq.range = array<f32: -1.0, 1.0>}) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1.0, -0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %0 = nnq.fully_connected %x, %w {nnq.range = array<f32: -2.0, 2.0>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  // expected-remark @below {{'softmax' stays in float: it has no integer form}}
  %1 = nnq.softmax %0 axis = 1 : tensor<1x2xf32> -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// -----

// An operation in float between integer ones is surrounded by requantizations.
// CHECK-LABEL: @softmax_inside
// CHECK: %[[L:.*]] = nnq.fully_connected {{.*}} -> tensor<1x2xf32>
// CHECK: %[[S:.*]] = nnq.softmax %[[L]]
// CHECK: %[[Q:.*]] = nnq.requantize %[[S]] : tensor<1x2xf32> -> tensor<1x2x!quant.uniform<u8:f32, 0.003921{{[0-9]*}}>>
// CHECK: nnq.fully_connected %[[Q]]
func.func @softmax_inside(%x: tensor<1x2xf32> {nnq.range = array<f32: -1.0, 1.0>}) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1.0, -0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %0 = nnq.fully_connected %x, %w {nnq.range = array<f32: -2.0, 2.0>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  // expected-remark @below {{stays in float}}
  %1 = nnq.softmax %0 axis = 1 : tensor<1x2xf32> -> tensor<1x2xf32>
  %2 = nnq.fully_connected %1, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}

// -----

// Scale and offset on the input (a batch normalization in front of an activation) are one fused loop, with constants in f32.
// CHECK-LABEL: @scale_and_offset
// CHECK-DAG: %[[S:.*]] = nnq.constant dense<[2.000000e+00, 3.000000e+00]>
// The loop reads the input in f32.
// CHECK: %[[M:.*]] = nnq.mul %arg0, %[[S]] : tensor<1x2xf32>, tensor<2xf32> -> tensor<1x2xf32>
// CHECK: %[[A:.*]] = nnq.add %[[M]], %{{.*}} : tensor<1x2xf32>, tensor<2xf32> -> tensor<1x2x!quant.uniform<u8:f32, {{[0-9.]*}}>>
// CHECK: nnq.fully_connected %[[A]]
func.func @scale_and_offset(%x: tensor<1x2xf32> {nnq.range = array<f32: -1.0, 1.0>}) -> tensor<1x2xf32> {
  %s = nnq.constant dense<[2.0, 3.0]> : tensor<2xf32> -> tensor<2xf32>
  %t = nnq.constant dense<[4.0, 5.0]> : tensor<2xf32> -> tensor<2xf32>
  %w = nnq.constant dense<[[1.0, -0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %0 = nnq.mul %x, %s {nnq.range = array<f32: -3.0, 3.0>} : tensor<1x2xf32>, tensor<2xf32> -> tensor<1x2xf32>
  %1 = nnq.add %0, %t : tensor<1x2xf32>, tensor<2xf32> -> tensor<1x2xf32>
  %2 = nnq.clamp %1 min = 0.0 max = 0x7F800000 {nnq.range = array<f32: 0.0, 8.0>} : tensor<1x2xf32> -> tensor<1x2xf32>
  %3 = nnq.fully_connected %2, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  return %3 : tensor<1x2xf32>
}

// -----

// A border of -4 widens the range of what it surrounds.
// CHECK-LABEL: @pad_with_a_value
// CHECK: nnq.requantize %arg0 : tensor<1x2xf32> -> tensor<1x2x!quant.uniform<u8:f32, 0.0196078{{[0-9]*}}:204>>
func.func @pad_with_a_value(%x: tensor<1x2xf32> {nnq.range = array<f32: -1.0, 1.0>}) -> tensor<1x1xf32> {
  %w = nnq.constant dense<1.0> : tensor<1x4xf32> -> tensor<1x4xf32>
  %0 = nnq.pad %x low = [0, 1] high = [0, 1] value = -4.0 : tensor<1x2xf32> -> tensor<1x4xf32>
  %1 = nnq.fully_connected %0, %w : tensor<1x4xf32>, tensor<1x4xf32> -> tensor<1x1xf32>
  return %1 : tensor<1x1xf32>
}

// -----

// A function of the input alone, for the caller alone, is computed in float.
// CHECK-LABEL: @float_from_input_to_output
// CHECK-NEXT: nnq.pad %arg0 {{.*}} : tensor<1x2xf32>
// CHECK-NEXT: nnq.unary {{.*}} : tensor<1x4xf32> -> tensor<1x4xf32>
func.func @float_from_input_to_output(%x: tensor<1x2xf32> {nnq.range = array<f32: -1.0, 1.0>}) -> tensor<1x4xf32> {
  %0 = nnq.pad %x low = [0, 1] high = [0, 1] value = -4.0 : tensor<1x2xf32> -> tensor<1x4xf32>
  // expected-remark @below {{'unary' stays in float: it stands between operations in float}}
  %1 = nnq.unary tanh %0 : tensor<1x4xf32> -> tensor<1x4xf32>
  return %1 : tensor<1x4xf32>
}

// -----

// What only moves from input to output is not rounded.
// CHECK-LABEL: @moves_only
// CHECK-NEXT: %[[Y:.*]] = nnq.reshape %arg0 : tensor<1x2xf32> -> tensor<2xf32>
// CHECK-NEXT: return %[[Y]]
func.func @moves_only(%x: tensor<1x2xf32> {nnq.range = array<f32: -1.0, 1.0>}) -> tensor<2xf32> {
  %0 = nnq.reshape %x : tensor<1x2xf32> -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

// No range was observed: the layers stay in float, and what stands between them too.
// CHECK-LABEL: @without_ranges
// CHECK-NOT: !quant
func.func @without_ranges(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1.0, -0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  // expected-remark @below {{'fully_connected' stays in float: no range is known for its input}}
  %0 = nnq.fully_connected %x, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  // expected-remark @below {{'clamp' stays in float: it stands between operations in float}}
  %1 = nnq.clamp %0 min = 0.0 max = 6.0 : tensor<1x2xf32> -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// -----

// A channel with weights near zero and a large bias: its scale grows until the bias fits.
// CHECK-LABEL: @switched_off_channel
// CHECK: nnq.constant {{.*}} : tensor<1xi32> -> tensor<1x!quant.uniform<i32:f32:0, {9.313{{[0-9]*}}E-10}>>
func.func @switched_off_channel(%x: tensor<1x2xf32> {nnq.range = array<f32: -1.0, 1.0>}) -> tensor<1x1xf32> {
  %w = nnq.constant dense<[[1.0e-30, 0.0]]> : tensor<1x2xf32> -> tensor<1x2xf32>
  %b = nnq.constant dense<[1.0]> : tensor<1xf32> -> tensor<1xf32>
  %0 = nnq.fully_connected %x, %w, %b : tensor<1x2xf32>, tensor<1x2xf32>, tensor<1xf32> -> tensor<1x1xf32>
  return %0 : tensor<1x1xf32>
}

// -----

// Masks of minus infinity have no range, and neither has what they are added to; its reader keeps its own codes.
// CHECK-LABEL: @infinite_masks_stay_in_float
// CHECK: nnq.add {{.*}} {nnq.float_island = "its result is not finite where constants of the network are not"} : tensor<1x2xf32>, tensor<2xf32> -> tensor<1x2xf32>
// CHECK: nnq.clamp {{.*}} -> tensor<1x2x!quant.uniform<u8
func.func @infinite_masks_stay_in_float(%x: tensor<1x2xf32> {nnq.range = array<f32: -1.0, 1.0>}) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1.0, -0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %mask = nnq.constant dense<[0.0, 0xFF800000]> : tensor<2xf32> -> tensor<2xf32>
  %0 = nnq.fully_connected %x, %w {nnq.range = array<f32: -2.0, 2.0>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  // expected-remark @+1 {{'add' stays in float: its result is not finite where constants of the network are not}}
  %1 = nnq.add %0, %mask : tensor<1x2xf32>, tensor<2xf32> -> tensor<1x2xf32>
  %2 = nnq.clamp %1 min = -1.0 max = 1.0 {nnq.range = array<f32: -1.0, 1.0>} : tensor<1x2xf32> -> tensor<1x2xf32>
  %3 = nnq.fully_connected %2, %w {nnq.range = array<f32: -2.0, 2.0>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  return %3 : tensor<1x2xf32>
}

// -----

// Scales do not reach 1e-20, and products of two of 1e20 leave f32.
// CHECK-LABEL: @magnitudes_beyond_scales_stay_in_float
// CHECK-NOT: quant.uniform
func.func @magnitudes_beyond_scales_stay_in_float(%x: tensor<1x2xf32> {nnq.range = array<f32: -1.0, 1.0>}) -> tensor<1x2xf32> {
  %small = nnq.constant dense<[[1.0e-20, -0.5e-20], [2.0e-20, 3.0e-20]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %large = nnq.constant dense<[[1.0e+20, -0.5e+20], [2.0e+20, 3.0e+20]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  // expected-remark @+1 {{'fully_connected' stays in float: its weights are at most 3e-20, too small for scales, which hold magnitudes from 1.1e-16 to 1.2e+18}}
  %0 = nnq.fully_connected %x, %small {nnq.range = array<f32: 0.0, 2.0e-20>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  // expected-remark @+1 {{'clamp' stays in float: what it reads is at most 2e-20, too small for scales}}
  %1 = nnq.clamp %0 min = 0.0 max = 0x7F800000 {nnq.range = array<f32: 0.0, 2.0e-20>} : tensor<1x2xf32> -> tensor<1x2xf32>
  // expected-remark @+1 {{'fully_connected' stays in float: its weights are at most 3e+20, too large for scales}}
  %2 = nnq.fully_connected %1, %large {nnq.range = array<f32: -2.0, 2.0>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}
