// RUN: nnq-opt %s --nnq-fuse-requantize | FileCheck %s
// RUN: nnq-opt %s --nnq-fuse-requantize --nnq-fuse-requantize | FileCheck %s

!x = !quant.uniform<u8:f32, 0.5:128>
!w = !quant.uniform<i8:f32, 0.25>
!y = !quant.uniform<u8:f32, 2.0>
!z = !quant.uniform<u8:f32, 2.0:10>

// The type of the result starts at 0, so the rectifier is in it, and its name in the float network goes with it.
// CHECK-LABEL: @accumulation_and_rectifier
// CHECK: %[[Y:.*]] = nnq.fully_connected {{.*}} {nnq.observation = "relu"} : {{.*}} -> tensor<1x2x!quant.uniform<u8:f32, 2.000000e+00>>
// CHECK-NEXT: return %[[Y]]
func.func @accumulation_and_rectifier(%x: tensor<1x2x!x>) -> tensor<1x2x!y> {
  %w = nnq.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8> -> tensor<2x2x!w>
  %0 = nnq.fully_connected %x, %w : tensor<1x2x!x>, tensor<2x2x!w> -> tensor<1x2xf32>
  %1 = nnq.clamp %0 min = 0.0 max = 0x7F800000 {nnq.observation = "relu"} : tensor<1x2xf32> -> tensor<1x2xf32>
  %2 = nnq.requantize %1 : tensor<1x2xf32> -> tensor<1x2x!y>
  return %2 : tensor<1x2x!y>
}

// The type goes down to -20: the clamp stays, and gives the type itself.
// CHECK-LABEL: @keeps_clamp_inside_the_type
// CHECK: %[[F:.*]] = nnq.fully_connected {{.*}} -> tensor<1x2xf32>
// CHECK: nnq.clamp %[[F]] {{.*}} : tensor<1x2xf32> -> tensor<1x2x!quant.uniform<u8:f32, 2.000000e+00:10>>
func.func @keeps_clamp_inside_the_type(%x: tensor<1x2x!x>) -> tensor<1x2x!z> {
  %w = nnq.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8> -> tensor<2x2x!w>
  %0 = nnq.fully_connected %x, %w : tensor<1x2x!x>, tensor<2x2x!w> -> tensor<1x2xf32>
  %1 = nnq.clamp %0 min = 0.0 max = 0x7F800000 : tensor<1x2xf32> -> tensor<1x2xf32>
  %2 = nnq.requantize %1 : tensor<1x2xf32> -> tensor<1x2x!z>
  return %2 : tensor<1x2x!z>
}

// A residual add, a rectifier, and a pool behind them.
// CHECK-LABEL: @residual_and_pool
// CHECK: %[[F:.*]] = nnq.conv2d {{.*}} -> tensor<1x2x2x1xf32>
// CHECK: %[[S:.*]] = nnq.add %[[F]], %arg0 : tensor<1x2x2x1xf32>, {{.*}} -> tensor<1x2x2x1x!quant.uniform<u8:f32, 2.000000e+00>>
// CHECK: nnq.max_pool2d %[[S]] {{.*}} -> tensor<1x1x1x1x!quant.uniform<u8:f32, 2.000000e+00>>
func.func @residual_and_pool(%x: tensor<1x2x2x1x!x>) -> tensor<1x1x1x1x!y> {
  %w = nnq.constant dense<1> : tensor<1x1x1x1xi8> -> tensor<1x1x1x1x!w>
  %0 = nnq.conv2d %x, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 : tensor<1x2x2x1x!x>, tensor<1x1x1x1x!w> -> tensor<1x2x2x1xf32>
  %1 = nnq.add %0, %x : tensor<1x2x2x1xf32>, tensor<1x2x2x1x!x> -> tensor<1x2x2x1xf32>
  %2 = nnq.clamp %1 min = 0.0 max = 0x7F800000 : tensor<1x2x2x1xf32> -> tensor<1x2x2x1xf32>
  %3 = nnq.max_pool2d %2 kernel = [2, 2] strides = [2, 2] pads = [0, 0, 0, 0] dilations = [1, 1] : tensor<1x2x2x1xf32> -> tensor<1x1x1x1xf32>
  %4 = nnq.requantize %3 : tensor<1x1x1x1xf32> -> tensor<1x1x1x1x!y>
  return %4 : tensor<1x1x1x1x!y>
}

// CHECK-LABEL: @keeps_float_result_with_another_use
// CHECK: %[[F:.*]] = nnq.fully_connected {{.*}} -> tensor<1x2xf32>
// CHECK: nnq.requantize %[[F]]
func.func @keeps_float_result_with_another_use(%x: tensor<1x2x!x>) -> (tensor<1x2xf32>, tensor<1x2x!y>) {
  %w = nnq.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8> -> tensor<2x2x!w>
  %0 = nnq.fully_connected %x, %w : tensor<1x2x!x>, tensor<2x2x!w> -> tensor<1x2xf32>
  %1 = nnq.requantize %0 : tensor<1x2xf32> -> tensor<1x2x!y>
  return %0, %1 : tensor<1x2xf32>, tensor<1x2x!y>
}

// CHECK-LABEL: @keeps_float_operations
// CHECK: %[[F:.*]] = nnq.fully_connected {{.*}} -> tensor<1x2xf32>
// CHECK: nnq.requantize %[[F]]
func.func @keeps_float_operations(%x: tensor<1x2xf32>) -> tensor<1x2x!y> {
  %w = nnq.constant dense<1.0> : tensor<2x2xf32> -> tensor<2x2xf32>
  %0 = nnq.fully_connected %x, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  %1 = nnq.requantize %0 : tensor<1x2xf32> -> tensor<1x2x!y>
  return %1 : tensor<1x2x!y>
}

!p = !quant.uniform<u8:f32, 0.00390625>

// CHECK-LABEL: @softmax_between_bytes
// CHECK: nnq.softmax %arg0 axis = 1 : tensor<1x2x!quant.uniform<u8:f32, 5.000000e-01:128>> -> tensor<1x2x!quant.uniform<u8:f32, 3.906250e-03>>
func.func @softmax_between_bytes(%x: tensor<1x2x!x>) -> tensor<1x2x!p> {
  %0 = nnq.requantize %x : tensor<1x2x!x> -> tensor<1x2xf32>
  %1 = nnq.softmax %0 axis = 1 : tensor<1x2xf32> -> tensor<1x2xf32>
  %2 = nnq.requantize %1 : tensor<1x2xf32> -> tensor<1x2x!p>
  return %2 : tensor<1x2x!p>
}

// CHECK-LABEL: @bilinear_resize_between_bytes
// CHECK: nnq.resize bilinear %arg0 {{.*}} -> tensor<1x4x4x1x!quant.uniform<u8:f32, 2.000000e+00:10>>
func.func @bilinear_resize_between_bytes(%x: tensor<1x2x2x1x!x>) -> tensor<1x4x4x1x!z> {
  %0 = nnq.requantize %x : tensor<1x2x2x1x!x> -> tensor<1x2x2x1xf32>
  %1 = nnq.resize bilinear %0 coordinates = half_pixel rounding = floor scales = [2.0, 2.0] : tensor<1x2x2x1xf32> -> tensor<1x4x4x1xf32>
  %2 = nnq.requantize %1 : tensor<1x4x4x1xf32> -> tensor<1x4x4x1x!z>
  return %2 : tensor<1x4x4x1x!z>
}

// CHECK-LABEL: @keeps_softmax_of_floats
// CHECK: nnq.softmax %arg0 axis = 1 : tensor<1x2xf32> -> tensor<1x2xf32>
func.func @keeps_softmax_of_floats(%x: tensor<1x2xf32>) -> tensor<1x2x!p> {
  %0 = nnq.softmax %x axis = 1 : tensor<1x2xf32> -> tensor<1x2xf32>
  %1 = nnq.requantize %0 : tensor<1x2xf32> -> tensor<1x2x!p>
  return %1 : tensor<1x2x!p>
}

// ONNX Runtime has a sum of bytes where all have one type; of others, one of floats.
// CHECK-LABEL: @keeps_sum_of_different_bytes
// CHECK: %[[F:.*]] = nnq.add %arg0, %arg1 : {{.*}} -> tensor<1x2xf32>
// CHECK: nnq.requantize %[[F]]
func.func @keeps_sum_of_different_bytes(%x: tensor<1x2x!x>, %w: tensor<1x2x!w>) -> tensor<1x2x!y> {
  %0 = nnq.add %x, %w : tensor<1x2x!x>, tensor<1x2x!w> -> tensor<1x2xf32>
  %1 = nnq.requantize %0 : tensor<1x2xf32> -> tensor<1x2x!y>
  return %1 : tensor<1x2x!y>
}

// CHECK-LABEL: @keeps_softmax_to_another_type
// CHECK: nnq.softmax {{.*}} : tensor<1x2xf32> -> tensor<1x2xf32>
func.func @keeps_softmax_to_another_type(%x: tensor<1x2x!x>) -> tensor<1x2x!w> {
  %0 = nnq.requantize %x : tensor<1x2x!x> -> tensor<1x2xf32>
  %1 = nnq.softmax %0 axis = 1 : tensor<1x2xf32> -> tensor<1x2xf32>
  %2 = nnq.requantize %1 : tensor<1x2xf32> -> tensor<1x2x!w>
  return %2 : tensor<1x2x!w>
}

// CHECK-LABEL: @keeps_softmax_of_one_element
// CHECK: nnq.softmax {{.*}} : tensor<2x1xf32> -> tensor<2x1xf32>
func.func @keeps_softmax_of_one_element(%x: tensor<2x1x!x>) -> tensor<2x1x!y> {
  %0 = nnq.requantize %x : tensor<2x1x!x> -> tensor<2x1xf32>
  %1 = nnq.softmax %0 axis = 1 : tensor<2x1xf32> -> tensor<2x1xf32>
  %2 = nnq.requantize %1 : tensor<2x1xf32> -> tensor<2x1x!y>
  return %2 : tensor<2x1x!y>
}

// What a gather takes values from is quantized in front of it, and not what says the places.
// CHECK-LABEL: @gather
// CHECK: %[[Q:.*]] = nnq.requantize %arg0 : tensor<4x2xf32> -> tensor<4x2x!quant
// CHECK: nnq.gather %[[Q]], %arg1 axis = 0 : tensor<4x2x!quant{{.*}}>, tensor<3xi64> -> tensor<3x2x!quant
func.func @gather(%x: tensor<4x2xf32>, %i: tensor<3xi64>) -> tensor<3x2x!x> {
  %0 = nnq.gather %x, %i axis = 0 : tensor<4x2xf32>, tensor<3xi64> -> tensor<3x2xf32>
  %1 = nnq.requantize %0 : tensor<3x2xf32> -> tensor<3x2x!x>
  return %1 : tensor<3x2x!x>
}
