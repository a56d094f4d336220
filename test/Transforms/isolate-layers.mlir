// RUN: nnq-opt %s --nnq-isolate-layers | FileCheck %s

!x = !quant.uniform<u8:f32, 0.5:128>
!w = !quant.uniform<i8:f32:0, {0.25, 0.5}>
!y = !quant.uniform<u8:f32, 2.0>

// What a layer reads is moved from what was observed; a tensor that several layers read is one argument. The layer on a computed tensor
// that nothing observed is out, and so is the one in float.
// CHECK-LABEL: func.func @chain
// CHECK-SAME: (%[[X:.*]]: tensor<1x2x2x2xf32> {nnq.name = "x"}) -> (tensor<1x1x1x2xf32> {nnq.name = "a", nnq.observed}, tensor<1x2xf32> {nnq.name = "b", nnq.observed})
// CHECK: %[[Q:.*]] = nnq.requantize %[[X]] : tensor<1x2x2x2xf32> -> tensor<1x2x2x2x!quant.uniform<u8:f32, 5.000000e-01:128>>
// CHECK: %[[P:.*]] = nnq.max_pool2d %[[Q]]
// CHECK: %[[A:.*]] = nnq.conv2d %[[P]], {{.*}} -> tensor<1x1x1x2xf32>
// CHECK: %[[R:.*]] = nnq.reshape %[[P]]
// CHECK: %[[B:.*]] = nnq.fully_connected %[[R]], {{.*}} -> tensor<1x2xf32>
// CHECK-NEXT: return %[[A]], %[[B]]
func.func @chain(%x: tensor<1x2x2x2xf32>, %f: tensor<1x2xf32>, %v: tensor<2x2xf32>) -> (tensor<1x1x1x2x!y>, tensor<1x2x!y>, tensor<1x2x!y>, tensor<1x2xf32>) {
  %w = nnq.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8> -> tensor<2x2x!w>
  %k = nnq.constant dense<[[[[1, 2]]], [[[3, 4]]]]> : tensor<2x1x1x2xi8> -> tensor<2x1x1x2x!w>
  %q = nnq.requantize %x {nnq.observation = "x"} : tensor<1x2x2x2xf32> -> tensor<1x2x2x2x!x>
  %p = nnq.max_pool2d %q kernel = [2, 2] strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] : tensor<1x2x2x2x!x> -> tensor<1x1x1x2x!x>
  %0 = nnq.conv2d %p, %k strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 {nnq.observation = "a"} : tensor<1x1x1x2x!x>, tensor<2x1x1x2x!w> -> tensor<1x1x1x2x!y>
  %r = nnq.reshape %p : tensor<1x1x1x2x!x> -> tensor<1x2x!x>
  %1 = nnq.fully_connected %r, %w {nnq.observation = "b"} : tensor<1x2x!x>, tensor<2x2x!w> -> tensor<1x2x!y>
  %s = nnq.add %1, %1 : tensor<1x2x!y>, tensor<1x2x!y> -> tensor<1x2x!y>
  %2 = nnq.fully_connected %s, %w {nnq.observation = "c"} : tensor<1x2x!y>, tensor<2x2x!w> -> tensor<1x2x!y>
  %3 = nnq.fully_connected %f, %v {nnq.observation = "d"} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  return %0, %1, %2, %3 : tensor<1x1x1x2x!y>, tensor<1x2x!y>, tensor<1x2x!y>, tensor<1x2xf32>
}
