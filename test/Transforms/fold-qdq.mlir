// RUN: nnq-opt %s --nnq-fold-qdq --canonicalize | FileCheck %s
// RUN: nnq-opt %s --nnq-fold-qdq --nnq-fold-qdq --canonicalize | FileCheck %s
// RUN: nnq-opt %s --nnq-fold-qdq -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

!x = !quant.uniform<u8:f32, 0.5:128>
!w = !quant.uniform<i8:f32:0, {0.25, 0.5}>
!b = !quant.uniform<i32:f32:0, {0.125, 0.25}>
!y = !quant.uniform<u8:f32, 2.0:10>

// CHECK-LABEL: @accumulation
// CHECK: %[[Y:.*]] = nnq.fully_connected %arg0, %{{.*}}, %{{.*}} : tensor<1x2x!quant.uniform<u8:f32, 5.000000e-01:128>>, tensor<2x2x!quant.uniform<i8:f32:0, {2.500000e-01,5.000000e-01}>>, tensor<2x!quant.uniform<i32:f32:0, {1.250000e-01,2.500000e-01}>> -> tensor<1x2xf32>
// CHECK: nnq.requantize %[[Y]]
func.func @accumulation(%x: tensor<1x2x!x>) -> tensor<1x2x!y> {
  %w = nnq.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8> -> tensor<2x2x!w>
  %b = nnq.constant dense<[5, 6]> : tensor<2xi32> -> tensor<2x!b>
  %0 = nnq.requantize %x : tensor<1x2x!x> -> tensor<1x2xf32>
  %1 = nnq.requantize %w : tensor<2x2x!w> -> tensor<2x2xf32>
  %2 = nnq.requantize %b : tensor<2x!b> -> tensor<2xf32>
  %3 = nnq.fully_connected %0, %1, %2 : tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32> -> tensor<1x2xf32>
  %4 = nnq.requantize %3 : tensor<1x2xf32> -> tensor<1x2x!y>
  return %4 : tensor<1x2x!y>
}

// A float bias in front of a quantization is rounded to units of the products: 1.0 / 0.125 and 1.6 / 0.25.
// CHECK-LABEL: @float_bias
// CHECK: nnq.constant dense<[8, 6]> : tensor<2xi32> -> tensor<2x!quant.uniform<i32:f32:0, {1.250000e-01,2.500000e-01}>>
// CHECK-NOT: nnq.add
func.func @float_bias(%x: tensor<1x2x!x>) -> tensor<2x!y> {
  %w = nnq.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8> -> tensor<2x2x!w>
  %b = nnq.constant dense<[1.0, 1.6]> : tensor<2xf32> -> tensor<2xf32>
  %0 = nnq.requantize %x : tensor<1x2x!x> -> tensor<1x2xf32>
  %1 = nnq.requantize %w : tensor<2x2x!w> -> tensor<2x2xf32>
  %2 = nnq.fully_connected %0, %1, %b : tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32> -> tensor<1x2xf32>
  %3 = nnq.clamp %2 min = -1.0 max = 2.0 : tensor<1x2xf32> -> tensor<1x2xf32>
  %4 = nnq.reshape %3 : tensor<1x2xf32> -> tensor<2xf32>
  %5 = nnq.requantize %4 : tensor<2xf32> -> tensor<2x!y>
  return %5 : tensor<2x!y>
}

// Where nothing quantizes the result, it is added to that in f32.
// CHECK-LABEL: @float_bias_of_float_result
// CHECK: %[[B:.*]] = nnq.constant dense<[1.000000e+00, 1.600000e+00]> : tensor<2xf32>
// CHECK: %[[P:.*]] = nnq.fully_connected %arg0, %{{[^,]*}} : tensor<1x2x!quant{{.*}}>, tensor<2x2x!quant{{.*}}> -> tensor<1x2xf32>
// CHECK: %[[S:.*]] = nnq.add %[[P]], %[[B]] : tensor<1x2xf32>, tensor<2xf32> -> tensor<1x2xf32>
// CHECK: return %[[S]]
func.func @float_bias_of_float_result(%x: tensor<1x2x!x>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8> -> tensor<2x2x!w>
  %b = nnq.constant dense<[1.0, 1.6]> : tensor<2xf32> -> tensor<2xf32>
  %0 = nnq.requantize %x : tensor<1x2x!x> -> tensor<1x2xf32>
  %1 = nnq.requantize %w : tensor<2x2x!w> -> tensor<2x2xf32>
  %3 = nnq.fully_connected %0, %1, %b : tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32> -> tensor<1x2xf32>
  return %3 : tensor<1x2xf32>
}

// So it is behind a move, and where the input is no matrix, if more than the quantization follows.
// CHECK-LABEL: @float_bias_of_moved_result
// CHECK: nnq.fully_connected {{.*}} -> tensor<1x2xf32>
// CHECK: nnq.add
// CHECK: nnq.fully_connected {{.*}} -> tensor<1x1x2xf32>
// CHECK: nnq.add
// CHECK: nnq.fully_connected {{.*}}tensor<2x!quant.uniform<i32{{.*}} -> tensor<1x1x2xf32>
// CHECK-NOT: nnq.add
func.func @float_bias_of_moved_result(%x: tensor<1x2x!x>, %z: tensor<1x1x2x!x>) -> (tensor<2x!y>, tensor<1x1x2x!y>, tensor<1x1x2x!y>) {
  %w = nnq.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8> -> tensor<2x2x!w>
  %b = nnq.constant dense<[1.0, 1.6]> : tensor<2xf32> -> tensor<2xf32>
  %0 = nnq.requantize %x : tensor<1x2x!x> -> tensor<1x2xf32>
  %1 = nnq.requantize %w : tensor<2x2x!w> -> tensor<2x2xf32>
  %2 = nnq.fully_connected %0, %1, %b : tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32> -> tensor<1x2xf32>
  %3 = nnq.reshape %2 : tensor<1x2xf32> -> tensor<2xf32>
  %4 = nnq.clamp %3 min = -1.0 max = 2.0 : tensor<2xf32> -> tensor<2xf32>
  %5 = nnq.requantize %4 : tensor<2xf32> -> tensor<2x!y>
  %6 = nnq.requantize %z : tensor<1x1x2x!x> -> tensor<1x1x2xf32>
  %7 = nnq.fully_connected %6, %1, %b : tensor<1x1x2xf32>, tensor<2x2xf32>, tensor<2xf32> -> tensor<1x1x2xf32>
  %8 = nnq.clamp %7 min = -1.0 max = 2.0 : tensor<1x1x2xf32> -> tensor<1x1x2xf32>
  %9 = nnq.requantize %8 : tensor<1x1x2xf32> -> tensor<1x1x2x!y>
  %10 = nnq.fully_connected %6, %1, %b : tensor<1x1x2xf32>, tensor<2x2xf32>, tensor<2xf32> -> tensor<1x1x2xf32>
  %11 = nnq.requantize %10 : tensor<1x1x2xf32> -> tensor<1x1x2x!y>
  return %5, %9, %11 : tensor<2x!y>, tensor<1x1x2x!y>, tensor<1x1x2x!y>
}

// 3.0 / 0.5 + 128 = 134, -122 in a signed byte.
// CHECK-LABEL: @constant
// CHECK: nnq.constant dense<-122> : tensor<2xi8> -> tensor<2x!quant.uniform<u8:f32, 5.000000e-01:128>>
func.func @constant() -> tensor<2x!x> {
  %c = nnq.constant dense<3.0> : tensor<2xf32> -> tensor<2xf32>
  %0 = nnq.requantize %c : tensor<2xf32> -> tensor<2x!x>
  return %0 : tensor<2x!x>
}

// CHECK-LABEL: @elementwise_and_moves
// CHECK: %[[P:.*]] = nnq.reshape %arg0 : tensor<1x2x!quant{{.*}} -> tensor<2x!quant
// CHECK: %[[S:.*]] = nnq.add %[[P]], %[[P]] : {{.*}}!quant{{.*}} -> tensor<2xf32>
// CHECK: return %[[S]]
func.func @elementwise_and_moves(%x: tensor<1x2x!x>) -> tensor<2xf32> {
  %0 = nnq.requantize %x : tensor<1x2x!x> -> tensor<1x2xf32>
  %1 = nnq.reshape %0 : tensor<1x2xf32> -> tensor<2xf32>
  %2 = nnq.add %1, %1 : tensor<2xf32>, tensor<2xf32> -> tensor<2xf32>
  return %2 : tensor<2xf32>
}

// CHECK-LABEL: @through_float
// CHECK-NEXT: %[[Y:.*]] = nnq.requantize %arg0 : tensor<2x!quant{{.*}} -> tensor<2x!quant
// CHECK-NEXT: return %[[Y]]
func.func @through_float(%x: tensor<2x!x>) -> tensor<2x!y> {
  %0 = nnq.requantize %x : tensor<2x!x> -> tensor<2xf32>
  %1 = nnq.requantize %0 : tensor<2xf32> -> tensor<2x!y>
  return %1 : tensor<2x!y>
}

// Two roundings are not one.
// CHECK-LABEL: @keeps_two_roundings
// CHECK: nnq.requantize
// CHECK: nnq.requantize
func.func @keeps_two_roundings(%x: tensor<2xf32>) -> tensor<2x!y> {
  %0 = nnq.requantize %x : tensor<2xf32> -> tensor<2x!x>
  %1 = nnq.requantize %0 : tensor<2x!x> -> tensor<2x!y>
  return %1 : tensor<2x!y>
}

// CHECK-LABEL: @weights_with_zero_point
// CHECK: nnq.fully_connected {{.*}} : tensor<1x2x!quant{{.*}}>, tensor<2x2x!quant.uniform<u8:f32, 5.000000e-01:131>> -> tensor<1x2xf32>
func.func @weights_with_zero_point(%x: tensor<1x2x!x>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8> -> tensor<2x2x!quant.uniform<u8:f32, 0.5:131>>
  %0 = nnq.requantize %x : tensor<1x2x!x> -> tensor<1x2xf32>
  %1 = nnq.requantize %w : tensor<2x2x!quant.uniform<u8:f32, 0.5:131>> -> tensor<2x2xf32>
  %2 = nnq.fully_connected %0, %1 : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}

// Activations of 16 bits, weights of 4; their sums are bounded by no rule.
// CHECK-LABEL: @wide_activations_and_narrow_weights
// CHECK: nnq.fully_connected {{.*}} : tensor<1x2x!quant.uniform<u16:f32, 5.000000e-01:3>>, tensor<2x2x!quant.uniform<i4:f32, 5.000000e-01>> -> tensor<1x2xf32>
func.func @wide_activations_and_narrow_weights(%x: tensor<1x2x!quant.uniform<u16:f32, 0.5:3>>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi4> -> tensor<2x2x!quant.uniform<i4:f32, 0.5>>
  %0 = nnq.requantize %x : tensor<1x2x!quant.uniform<u16:f32, 0.5:3>> -> tensor<1x2xf32>
  %1 = nnq.requantize %w : tensor<2x2x!quant.uniform<i4:f32, 0.5>> -> tensor<2x2xf32>
  %2 = nnq.fully_connected %0, %1 : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}

// Weights in blocks have no common unit: they stay quantized, and the layer computes in float.
// CHECK-LABEL: @weights_in_blocks
// CHECK: nnq.fully_connected {{.*}} : tensor<1x2xf32>, tensor<2x2x!quant.uniform<i8:f32:{0:1, 1:1},
func.func @weights_in_blocks(%x: tensor<1x2x!x>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8> -> tensor<2x2x!quant.uniform<i8:f32:{0:1, 1:1}, {{0.5, 0.25}, {0.5, 0.125}}>>
  %0 = nnq.requantize %x : tensor<1x2x!x> -> tensor<1x2xf32>
  %1 = nnq.requantize %w : tensor<2x2x!quant.uniform<i8:f32:{0:1, 1:1}, {{0.5, 0.25}, {0.5, 0.125}}>> -> tensor<2x2xf32>
  %2 = nnq.fully_connected %0, %1 : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}

// An input of 32 bits enters in float.
// CHECK-LABEL: @keeps_factors_of_32_bits
// CHECK: nnq.fully_connected {{.*}} : tensor<1x2xf32>, tensor<2x2x!quant.uniform<i8:f32:0,
func.func @keeps_factors_of_32_bits(%x: tensor<1x2x!quant.uniform<i32:f32, 0.5>>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8> -> tensor<2x2x!w>
  %0 = nnq.requantize %x : tensor<1x2x!quant.uniform<i32:f32, 0.5>> -> tensor<1x2xf32>
  %1 = nnq.requantize %w : tensor<2x2x!w> -> tensor<2x2xf32>
  %2 = nnq.fully_connected %0, %1 : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}

// CHECK-LABEL: @product_of_activations
// CHECK: nnq.matmul %arg0, %arg1 : tensor<1x2x!quant{{.*}}>, tensor<2x1x!quant{{.*}}> -> tensor<1x1xf32>
func.func @product_of_activations(%x: tensor<1x2x!x>, %y: tensor<2x1x!y>) -> tensor<1x1xf32> {
  %0 = nnq.requantize %x : tensor<1x2x!x> -> tensor<1x2xf32>
  %1 = nnq.requantize %y : tensor<2x1x!y> -> tensor<2x1xf32>
  %2 = nnq.matmul %0, %1 : tensor<1x2xf32>, tensor<2x1xf32> -> tensor<1x1xf32>
  return %2 : tensor<1x1xf32>
}

// CHECK-LABEL: @keeps_product_with_a_float
// CHECK: nnq.matmul {{.*}} : tensor<1x2xf32>, tensor<2x1xf32>
func.func @keeps_product_with_a_float(%x: tensor<1x2x!x>, %y: tensor<2x1xf32>) -> tensor<1x1xf32> {
  %0 = nnq.requantize %x : tensor<1x2x!x> -> tensor<1x2xf32>
  %1 = nnq.matmul %0, %y : tensor<1x2xf32>, tensor<2x1xf32> -> tensor<1x1xf32>
  return %1 : tensor<1x1xf32>
}

// CHECK-LABEL: @keeps_softmax_in_float
// CHECK: %[[F:.*]] = nnq.requantize %arg0
// CHECK: nnq.softmax %[[F]]
func.func @keeps_softmax_in_float(%x: tensor<1x2x!x>) -> tensor<1x2xf32> {
  %0 = nnq.requantize %x : tensor<1x2x!x> -> tensor<1x2xf32>
  %1 = nnq.softmax %0 axis = 1 : tensor<1x2xf32> -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// The operands of a concat have different types.
// CHECK-LABEL: @keeps_concat_of_different_types
// CHECK: nnq.concat {{.*}} : tensor<1x2xf32>, tensor<1x2xf32>
func.func @keeps_concat_of_different_types(%x: tensor<1x2x!x>, %y: tensor<1x2x!y>) -> tensor<1x4xf32> {
  %0 = nnq.requantize %x : tensor<1x2x!x> -> tensor<1x2xf32>
  %1 = nnq.requantize %y : tensor<1x2x!y> -> tensor<1x2xf32>
  %2 = nnq.concat %0, %1 axis = 1 : tensor<1x2xf32>, tensor<1x2xf32> -> tensor<1x4xf32>
  return %2 : tensor<1x4xf32>
}

// Weights alone: the input stays in float, and so does the layer, which says so. Its bias is a float constant, 4 * 0.25 and 8 * 0.5.
// CHECK-LABEL: @weights_only
// CHECK-DAG: %[[W:.*]] = nnq.constant dense<{{.*}}> : tensor<2x2xi8> -> tensor<2x2x!quant.uniform<i8:f32:0, {2.500000e-01,5.000000e-01}>>
// CHECK-DAG: %[[B:.*]] = nnq.constant dense<[1.000000e+00, 4.000000e+00]> : tensor<2xf32>
// CHECK: nnq.fully_connected %arg0, %[[W]], %[[B]] : tensor<1x2xf32>
// REMARK: remark: 'fully_connected' computes in float: its weights are quantized, its input is not
func.func @weights_only(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8> -> tensor<2x2x!w>
  %b = nnq.constant dense<[4, 8]> : tensor<2xi32> -> tensor<2x!quant.uniform<i32:f32:0, {0.25, 0.5}>>
  %0 = nnq.requantize %w : tensor<2x2x!w> -> tensor<2x2xf32>
  %1 = nnq.requantize %b : tensor<2x!quant.uniform<i32:f32:0, {0.25, 0.5}>> -> tensor<2xf32>
  %2 = nnq.fully_connected %x, %0, %1 : tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32> -> tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}

// A padding moves codes where one of them stands for its value: 0.5, but not 0.3.
// CHECK-LABEL: @padding
// CHECK: %[[F:.*]] = nnq.requantize %arg0
// CHECK: %[[P:.*]] = nnq.pad %arg0 {{.*}} value = 5.000000e-01 : tensor<2x!quant
// CHECK: nnq.requantize %[[P]]
// CHECK: nnq.pad %[[F]] {{.*}} value = 3.000000e-01 : tensor<2xf32>
func.func @padding(%x: tensor<2x!quant.uniform<u8:f32, 0.25:3>>) -> (tensor<3xf32>, tensor<3xf32>) {
  %0 = nnq.requantize %x : tensor<2x!quant.uniform<u8:f32, 0.25:3>> -> tensor<2xf32>
  %1 = nnq.pad %0 low = [0] high = [1] value = 0.5 : tensor<2xf32> -> tensor<3xf32>
  %2 = nnq.pad %0 low = [0] high = [1] value = 0.3 : tensor<2xf32> -> tensor<3xf32>
  return %1, %2 : tensor<3xf32>, tensor<3xf32>
}

// An embedding from a table of codes gathers codes; what says the places stays as it is.
// CHECK-LABEL: @gather_from_codes
// CHECK: %[[T:.*]] = nnq.constant {{.*}} -> tensor<2x2x!quant.uniform<u8:f32, 5.000000e-01:128>>
// CHECK: %[[G:.*]] = nnq.gather %[[T]], %arg0 axis = 0 : tensor<2x2x!quant{{.*}}>, tensor<3xi64> -> tensor<3x2x!quant
// CHECK: nnq.requantize %[[G]] : {{.*}} -> tensor<3x2xf32>
func.func @gather_from_codes(%i: tensor<3xi64>) -> tensor<3x2xf32> {
  %t = nnq.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8> -> tensor<2x2x!quant.uniform<u8:f32, 0.5:128>>
  %0 = nnq.requantize %t : tensor<2x2x!quant.uniform<u8:f32, 0.5:128>> -> tensor<2x2xf32>
  %1 = nnq.gather %0, %i axis = 0 : tensor<2x2xf32>, tensor<3xi64> -> tensor<3x2xf32>
  return %1 : tensor<3x2xf32>
}
