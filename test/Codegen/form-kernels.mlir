// RUN: nnq-opt %s --nnq-decompose-layers --nnq-collapse-dims --nnq-form-kernels --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @absorbs_the_elementwise_operations_behind_a_root
// CHECK-SAME: (%[[X:.*]]: tensor<1x4x4x2xf32>, %[[S:.*]]: tensor<1x4x4x2xf32>)
// CHECK: %[[PADDED:.*]] = call @kernel_0_conv1_x(%[[X]])
// CHECK: %[[Y:.*]] = call @kernel_1_conv1_x(%[[PADDED]], %[[S]])
// CHECK: return %[[Y]]
// CHECK: func.func private @kernel_0_conv1_x({{.*}}) -> tensor<1x6x6x2xf32> attributes {nnq.kernel}
// CHECK: nnq.pad {{.*}} low = [0, 1, 1, 0] high = [0, 1, 1, 0] value = 0.0
// CHECK: func.func private @kernel_1_conv1_x({{.*}}) -> tensor<1x4x4x2xf32> attributes {nnq.kernel}
// CHECK-NEXT: nnq.constant
// CHECK-NEXT: nnq.conv2d {{.*}} pads = [0, 0, 0, 0]
// CHECK-NEXT: nnq.add
// CHECK-NEXT: nnq.clamp
// CHECK-NEXT: return
func.func @absorbs_the_elementwise_operations_behind_a_root(%x: tensor<1x4x4x2xf32>, %s: tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32> {
  %w = nnq.constant dense<1.0> : tensor<2x3x3x2xf32> -> tensor<2x3x3x2xf32>
  %0 = nnq.conv2d %x, %w strides = [1, 1] pads = [1, 1, 1, 1] dilations = [1, 1] groups = 1
     : tensor<1x4x4x2xf32>, tensor<2x3x3x2xf32> -> tensor<1x4x4x2xf32> loc("conv1/x")
  %1 = nnq.add %0, %s : tensor<1x4x4x2xf32>, tensor<1x4x4x2xf32> -> tensor<1x4x4x2xf32>
  %2 = nnq.clamp %1 min = 0.0 max = 6.0 : tensor<1x4x4x2xf32> -> tensor<1x4x4x2xf32>
  return %2 : tensor<1x4x4x2xf32>
}

// -----

// CHECK-LABEL: func.func @keeps_apart_what_is_used_twice
// CHECK: %[[SUM:.*]] = call @kernel_0_reduce
// CHECK: call @kernel_1_unary
// CHECK: return %[[SUM]],
func.func @keeps_apart_what_is_used_twice(%x: tensor<3x8xf32>) -> (tensor<3x1xf32>, tensor<3x1xf32>) {
  %0 = nnq.reduce sum %x axes = [1] : tensor<3x8xf32> -> tensor<3x1xf32>
  %1 = nnq.unary tanh %0 : tensor<3x1xf32> -> tensor<3x1xf32>
  return %0, %1 : tensor<3x1xf32>, tensor<3x1xf32>
}

// -----

// CHECK-LABEL: func.func @joins_the_operand_that_is_computed_last
// CHECK: %[[A:.*]] = call @kernel_0_softmax(%{{.*}})
// CHECK: %[[R:.*]] = call @kernel_1_transpose(%{{.*}}, %[[A]])
// CHECK: return %[[R]]
// CHECK: func.func private @kernel_1_transpose
// CHECK-NEXT: nnq.transpose
// CHECK-NEXT: nnq.add
func.func @joins_the_operand_that_is_computed_last(%x: tensor<3x3xf32>) -> tensor<3x3xf32> {
  %0 = nnq.softmax %x axis = 1 : tensor<3x3xf32> -> tensor<3x3xf32>
  %1 = nnq.transpose %x permutation = [1, 0] : tensor<3x3xf32> -> tensor<3x3xf32>
  %2 = nnq.add %0, %1 : tensor<3x3xf32>, tensor<3x3xf32> -> tensor<3x3xf32>
  return %2 : tensor<3x3xf32>
}

// -----

// CHECK-LABEL: func.func @makes_pointwise_convolutions_products_of_rank_2
// CHECK: %[[X:.*]] = nnq.reshape %{{.*}} : tensor<1x4x4x3xf32> -> tensor<16x3xf32>
// CHECK: %[[S:.*]] = nnq.reshape %{{.*}} : tensor<1x4x4x2xf32> -> tensor<16x2xf32>
// CHECK: %[[Y:.*]] = call @kernel_0_fully_connected(%[[X]], %[[S]])
// CHECK: nnq.reshape %[[Y]] : tensor<16x2xf32> -> tensor<1x4x4x2xf32>
// CHECK: func.func private @kernel_0_fully_connected
// CHECK: nnq.fully_connected {{.*}} : tensor<16x3xf32>, tensor<2x3xf32> -> tensor<16x2xf32>
// CHECK-NEXT: nnq.add {{.*}} : tensor<16x2xf32>, tensor<16x2xf32> -> tensor<16x2xf32>
func.func @makes_pointwise_convolutions_products_of_rank_2(%x: tensor<1x4x4x3xf32>, %s: tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32> {
  %w = nnq.constant dense<1.0> : tensor<2x1x1x3xf32> -> tensor<2x1x1x3xf32>
  %0 = nnq.conv2d %x, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1
     : tensor<1x4x4x3xf32>, tensor<2x1x1x3xf32> -> tensor<1x4x4x2xf32>
  %1 = nnq.add %0, %s : tensor<1x4x4x2xf32>, tensor<1x4x4x2xf32> -> tensor<1x4x4x2xf32>
  return %1 : tensor<1x4x4x2xf32>
}

// -----

// CHECK-LABEL: func.func @keeps_pointwise_convolutions_that_skip_pixels
// CHECK: func.func private
// CHECK: nnq.conv2d {{.*}} strides = [2, 2]
func.func @keeps_pointwise_convolutions_that_skip_pixels(%x: tensor<1x4x4x3xf32>) -> tensor<1x2x2x2xf32> {
  %w = nnq.constant dense<1.0> : tensor<2x1x1x3xf32> -> tensor<2x1x1x3xf32>
  %0 = nnq.conv2d %x, %w strides = [2, 2] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1
     : tensor<1x4x4x3xf32>, tensor<2x1x1x3xf32> -> tensor<1x2x2x2xf32>
  return %0 : tensor<1x2x2x2xf32>
}

// -----

// CHECK-LABEL: func.func @collapses_chains_of_elementwise_operations
// CHECK: func.func private @kernel_0_add(%{{.*}}: tensor<48xf32>, %{{.*}}: tensor<48xf32>) -> tensor<48xf32>
// CHECK: func.func private @kernel_1_mul(%{{.*}}: tensor<16x3xf32>) -> tensor<16x3xf32>
// CHECK-NEXT: nnq.constant {{.*}} -> tensor<3xf32>
// CHECK: func.func private @kernel_2_sub(%{{.*}}: tensor<1x4x4x3xf32>, %{{.*}}: tensor<1x4x1x1xf32>)
func.func @collapses_chains_of_elementwise_operations(%x: tensor<1x4x4x3xf32>, %y: tensor<1x4x1x1xf32>)
    -> (tensor<1x4x4x3xf32>, tensor<1x4x4x3xf32>, tensor<1x4x4x3xf32>) {
  %c = nnq.constant dense<[[[[1.0, 2.0, 3.0]]]]> : tensor<1x1x1x3xf32> -> tensor<1x1x1x3xf32>
  %0 = nnq.add %x, %x : tensor<1x4x4x3xf32>, tensor<1x4x4x3xf32> -> tensor<1x4x4x3xf32>
  %1 = nnq.mul %x, %c : tensor<1x4x4x3xf32>, tensor<1x1x1x3xf32> -> tensor<1x4x4x3xf32>
  %2 = nnq.sub %x, %y : tensor<1x4x4x3xf32>, tensor<1x4x1x1xf32> -> tensor<1x4x4x3xf32>
  return %0, %1, %2 : tensor<1x4x4x3xf32>, tensor<1x4x4x3xf32>, tensor<1x4x4x3xf32>
}

// -----

// CHECK-LABEL: func.func @pads_maximum_pooling_with_minus_infinity
// CHECK: nnq.pad {{.*}} value = 0xFF800000
// CHECK: nnq.max_pool2d {{.*}} pads = [0, 0, 0, 0]
// CHECK: nnq.avg_pool2d {{.*}} pads = [1, 1, 1, 1]
func.func @pads_maximum_pooling_with_minus_infinity(%x: tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32> {
  %0 = nnq.max_pool2d %x kernel = [3, 3] strides = [1, 1] pads = [1, 1, 1, 1] dilations = [1, 1] : tensor<1x4x4x2xf32> -> tensor<1x4x4x2xf32>
  %1 = nnq.avg_pool2d %0 kernel = [3, 3] strides = [1, 1] pads = [1, 1, 1, 1] : tensor<1x4x4x2xf32> -> tensor<1x4x4x2xf32>
  return %1 : tensor<1x4x4x2xf32>
}

// -----

// Zeros between and behind the pixels (stride 2), then a 2 x 2 filter turned by 180 degrees.
// CHECK-LABEL: func.func @makes_transposed_convolutions_convolutions
// CHECK: nnq.reshape %{{.*}} : tensor<1x2x2x1xf32> -> tensor<1x2x1x2x1x1xf32>
// CHECK: nnq.reshape %{{.*}} : tensor<1x2x2x2x2x1xf32> -> tensor<1x4x4x1xf32>
// CHECK: nnq.pad {{.*}} low = [0, 0, 0, 0, 0, 0] high = [0, 0, 1, 0, 1, 0]
// CHECK: nnq.pad {{.*}} low = [0, 1, 1, 0] high = [0, 0, 0, 0]
// CHECK: nnq.constant dense<{{\[\[\[\[}}4.000000e+00], [3.000000e+00]], {{\[\[}}2.000000e+00], [1.000000e+00]]]]>
// CHECK: nnq.conv2d {{.*}} strides = [1, 1] pads = [0, 0, 0, 0]
func.func @makes_transposed_convolutions_convolutions(%x: tensor<1x2x2x1xf32>) -> tensor<1x4x4x1xf32> {
  %w = nnq.constant dense<[[[[1.0], [2.0]], [[3.0], [4.0]]]]> : tensor<1x2x2x1xf32> -> tensor<1x2x2x1xf32>
  %0 = nnq.transposed_conv2d %x, %w strides = [2, 2] pads = [0, 0, 0, 0] output_pads = [0, 0] dilations = [1, 1] groups = 1
     : tensor<1x2x2x1xf32>, tensor<1x2x2x1xf32> -> tensor<1x4x4x1xf32>
  return %0 : tensor<1x4x4x1xf32>
}

// -----

// CHECK-LABEL: func.func @computes_constant_results_in_kernels
// CHECK: %[[R:.*]] = call @kernel_0_constant()
// CHECK: return %[[R]]
func.func @computes_constant_results_in_kernels() -> tensor<2xf32> {
  %0 = nnq.constant dense<[1.0, 2.0]> : tensor<2xf32> -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

// CHECK: func.func private @given(%{{.*}}: tensor<2xf32>) -> tensor<2xf32> attributes {nnq.kernel}
// CHECK-NEXT: nnq.unary
func.func private @given(%x: tensor<2xf32>) -> tensor<2xf32> attributes {nnq.kernel} {
  %0 = nnq.unary tanh %x : tensor<2xf32> -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

// A bias that is computed is added behind the layer, in the same kernel.
// CHECK-LABEL: func.func @adds_a_computed_bias_behind
// CHECK: %[[Y:.*]] = nnq.conv2d %{{.*}}, %{{.*}} strides = [1, 1] {{.*}} : tensor<1x4x4x1xf32>, tensor<2x3x3x1xf32> -> tensor<1x2x2x2xf32>
// CHECK-NEXT: nnq.add %[[Y]], %{{.*}} : tensor<1x2x2x2xf32>, tensor<2xf32> -> tensor<1x2x2x2xf32>
func.func @adds_a_computed_bias_behind(%x: tensor<1x4x4x1xf32>, %b: tensor<2xf32>) -> tensor<1x2x2x2xf32> {
  %w = nnq.constant dense<1.0> : tensor<2x3x3x1xf32> -> tensor<2x3x3x1xf32>
  %0 = nnq.conv2d %x, %w, %b strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1
     : tensor<1x4x4x1xf32>, tensor<2x3x3x1xf32>, tensor<2xf32> -> tensor<1x2x2x2xf32>
  return %0 : tensor<1x2x2x2xf32>
}

// -----

// A filter that is computed is turned by slices: its rows in reverse, then its columns.
// CHECK-LABEL: func.func @turns_a_computed_filter
// CHECK-COUNT-5: call @kernel_{{[0-9]+}}_slice
// CHECK: call @kernel_{{[0-9]+}}_conv2d
func.func @turns_a_computed_filter(%x: tensor<1x2x2x1xf32>, %w: tensor<1x2x3x1xf32>) -> tensor<1x3x4x1xf32> {
  %0 = nnq.transposed_conv2d %x, %w strides = [1, 1] pads = [0, 0, 0, 0] output_pads = [0, 0] dilations = [1, 1] groups = 1
     : tensor<1x2x2x1xf32>, tensor<1x2x3x1xf32> -> tensor<1x3x4x1xf32>
  return %0 : tensor<1x3x4x1xf32>
}
