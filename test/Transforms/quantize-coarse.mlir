// RUN: nnq-opt %s --nnq-quantize --split-input-file --verify-diagnostics | FileCheck %s

// Near its pole a logarithm turns one step of 8 bits into anything: it reads what the layer in front computes, unrounded, and that layer
// reads 16 bits.
// CHECK-LABEL: @log
// CHECK: nnq.requantize %arg0 : tensor<1x2xf32> -> tensor<1x2x!quant.uniform<i16<-32767:32767>:f32
// CHECK: %[[S:.*]] = nnq.fully_connected {{.*}} -> tensor<1x2xf32>
// CHECK: nnq.unary log %[[S]] : tensor<1x2xf32> -> tensor<1x2x!quant.uniform<u8:f32
// expected-remark @+1 {{'arg0' has more than 8 bits: a step of 8 bits, 0.392}}
func.func @log(%x: tensor<1x2xf32> {nnq.range = array<f32: 0.0, 1.0>}) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1.0, 0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  // expected-remark @+1 {{has more than 8 bits: a step of 8 bits, 0.392, changes the result of 'unary' without bound near 0}}
  %0 = nnq.fully_connected %x, %w {nnq.range = array<f32: 0.01, 100.0>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  %1 = nnq.unary log %0 {nnq.range = array<f32: -4.6, 4.6>} : tensor<1x2xf32> -> tensor<1x2xf32>
  %2 = nnq.fully_connected %1, %w {nnq.range = array<f32: -9.0, 9.0>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}

// -----

// Where a step of 16 bits leads to the pole as well, the layer computes in float.
// CHECK-LABEL: @log_of_a_wide_range
// CHECK: %[[S:.*]] = nnq.fully_connected %arg0, {{.*}} {nnq.float_island = "a step of 8 bits, 3.92e+03, changes the result of 'unary' without bound near 0"} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
// CHECK: nnq.unary log %[[S]] : tensor<1x2xf32> -> tensor<1x2x!quant.uniform<u8:f32
// expected-remark @+1 {{'arg0' has more than 8 bits: a step of 8 bits, 3.92e+03}}
func.func @log_of_a_wide_range(%x: tensor<1x2xf32> {nnq.range = array<f32: 0.0, 1.0>}) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1.0, 0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  // expected-remark @+2 {{'fully_connected' stays in float: a step of 8 bits, 3.92e+03, changes the result of 'unary' without bound near 0}}
  // expected-remark @+1 {{has more than 8 bits}}
  %0 = nnq.fully_connected %x, %w {nnq.range = array<f32: 0.01, 1000000.0>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  %1 = nnq.unary log %0 {nnq.range = array<f32: -4.6, 13.8>} : tensor<1x2xf32> -> tensor<1x2xf32>
  %2 = nnq.fully_connected %1, %w {nnq.range = array<f32: -9.0, 9.0>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}

// -----

// Far from the pole it is a function like others, on codes.
// CHECK-LABEL: @log_far_from_its_pole
// CHECK: nnq.unary log %{{.*}} : tensor<1x2x!quant.uniform<u8:f32, {{.*}} -> tensor<1x2x!quant.uniform<u8:f32
func.func @log_far_from_its_pole(%x: tensor<1x2xf32> {nnq.range = array<f32: 0.0, 1.0>}) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1.0, 0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %0 = nnq.fully_connected %x, %w {nnq.range = array<f32: 20.0, 100.0>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  %1 = nnq.unary log %0 {nnq.range = array<f32: 3.0, 4.6>} : tensor<1x2xf32> -> tensor<1x2xf32>
  %2 = nnq.fully_connected %1, %w {nnq.range = array<f32: -9.0, 9.0>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}

// -----

// A divisor that is a sum: neither it nor what is summed up is rounded. A sum of codes would be no finer than they are. The layer in
// front of the function reads 8 bits as others do.
// CHECK-LABEL: @divided_by_a_sum
// CHECK: nnq.requantize %arg0 : tensor<1x2xf32> -> tensor<1x2x!quant.uniform<u8
// CHECK: %[[E:.*]] = nnq.unary exp %{{.*}} -> tensor<1x2xf32>
// CHECK: %[[S:.*]] = nnq.reduce sum %[[E]] axes = [1] {nnq.float_island = "a step of 8 bits, 0.784, changes the result of 'div' without bound near 0"} : tensor<1x2xf32> -> tensor<1x1xf32>
// CHECK: nnq.div %[[E]], %[[S]]
func.func @divided_by_a_sum(%x: tensor<1x2xf32> {nnq.range = array<f32: 0.0, 1.0>}) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1.0, 0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  // expected-remark @+1 {{has more than 8 bits: a step of 8 bits}}
  %0 = nnq.fully_connected %x, %w {nnq.range = array<f32: -5.0, 5.0>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  // expected-remark @+1 {{has more than 8 bits: a step of 8 bits}}
  %1 = nnq.unary exp %0 {nnq.range = array<f32: 0.0, 150.0>} : tensor<1x2xf32> -> tensor<1x2xf32>
  // expected-remark @+2 {{'reduce' stays in float: a step of 8 bits, 0.784, changes the result of 'div' without bound near 0}}
  // expected-remark @+1 {{has more than 8 bits: a step of 8 bits}}
  %2 = nnq.reduce sum %1 axes = [1] {nnq.range = array<f32: 0.02, 200.0>} : tensor<1x2xf32> -> tensor<1x1xf32>
  %3 = nnq.div %1, %2 {nnq.range = array<f32: 0.0, 1.0>} : tensor<1x2xf32>, tensor<1x1xf32> -> tensor<1x2xf32>
  %4 = nnq.fully_connected %3, %w {nnq.range = array<f32: -9.0, 9.0>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  return %4 : tensor<1x2xf32>
}

// -----

// A jump of the function is none of the rounding's: sign and floor read codes.
// CHECK-LABEL: @jumps
// CHECK: nnq.unary floor %{{.*}} : tensor<1x2x!quant.uniform<u8:f32, {{.*}} -> tensor<1x2x!quant.uniform<u8:f32
func.func @jumps(%x: tensor<1x2xf32> {nnq.range = array<f32: 0.0, 1.0>}) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1.0, 0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %0 = nnq.fully_connected %x, %w {nnq.range = array<f32: 0.0, 3.9>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  %1 = nnq.unary floor %0 {nnq.range = array<f32: 0.0, 3.0>} : tensor<1x2xf32> -> tensor<1x2xf32>
  %2 = nnq.fully_connected %1, %w {nnq.range = array<f32: -9.0, 9.0>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}

// -----

// A slope that is steep beside the step is none: values around 0 would be -1, 0 or 1.
// CHECK-LABEL: @steep
// CHECK: %[[S:.*]] = nnq.fully_connected {{.*}} -> tensor<1x2xf32>
// CHECK: nnq.unary tanh %[[S]] : tensor<1x2xf32> -> tensor<1x2x!quant.uniform<u8:f32
func.func @steep(%x: tensor<1x2xf32> {nnq.range = array<f32: 0.0, 1.0>}) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1.0, 0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  // expected-remark @+1 {{has more than 8 bits: a step of 8 bits, 15.7, changes the result of 'unary' by 50 % of its range}}
  %0 = nnq.fully_connected %x, %w {nnq.range = array<f32: -2000.0, 2000.0>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  %1 = nnq.unary tanh %0 {nnq.range = array<f32: -1.0, 1.0>} : tensor<1x2xf32> -> tensor<1x2xf32>
  %2 = nnq.fully_connected %1, %w {nnq.range = array<f32: -9.0, 9.0>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}

// -----

// What is marked wide has 16 bits where a layer with weights reads it, and stays f32 where loops alone do.
// CHECK-LABEL: @wide
// CHECK: %[[A:.*]] = nnq.fully_connected {{.*}} -> tensor<1x2x!quant.uniform<i16<-32767:32767>:f32
// CHECK: %[[B:.*]] = nnq.fully_connected %[[A]], {{.*}} -> tensor<1x2xf32>
// CHECK: nnq.unary sigmoid %[[B]] : tensor<1x2xf32> -> tensor<1x2x!quant.uniform<u8:f32
func.func @wide(%x: tensor<1x2xf32> {nnq.range = array<f32: 0.0, 1.0>}) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1.0, 0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %0 = nnq.fully_connected %x, %w {nnq.range = array<f32: -2.0, 2.0>, nnq.wide} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  %1 = nnq.fully_connected %0, %w {nnq.range = array<f32: -3.0, 3.0>, nnq.wide} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  %2 = nnq.unary sigmoid %1 : tensor<1x2xf32> -> tensor<1x2xf32>
  %3 = nnq.fully_connected %2, %w {nnq.range = array<f32: -9.0, 9.0>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  return %3 : tensor<1x2xf32>
}

// -----

// A wide tensor that is a result of the network as well is f32 for all.
// CHECK-LABEL: @wide_result
// CHECK: %[[A:.*]] = nnq.fully_connected {{.*}} -> tensor<1x2xf32>
// CHECK: %[[B:.*]] = nnq.unary sigmoid %[[A]] : tensor<1x2xf32> ->
// CHECK: return %[[A]], {{.*}} : tensor<1x2xf32>
func.func @wide_result(%x: tensor<1x2xf32> {nnq.range = array<f32: 0.0, 1.0>}) -> (tensor<1x2xf32>, tensor<1x2xf32>) {
  %w = nnq.constant dense<[[1.0, 0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %0 = nnq.fully_connected %x, %w {nnq.range = array<f32: -2.0, 2.0>, nnq.wide} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  %1 = nnq.unary sigmoid %0 : tensor<1x2xf32> -> tensor<1x2xf32>
  %2 = nnq.fully_connected %1, %w {nnq.range = array<f32: -9.0, 9.0>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  return %0, %2 : tensor<1x2xf32>, tensor<1x2xf32>
}

// -----

// A clamp behind a quotient hides its range, and not its pole.
// CHECK-LABEL: @clamped_quotient
// CHECK: %[[S:.*]] = nnq.fully_connected {{.*}} -> tensor<1x2xf32>
// CHECK: nnq.div %{{.*}}, %[[S]]
func.func @clamped_quotient(%x: tensor<1x2xf32> {nnq.range = array<f32: 0.0, 1.0>}, %y: tensor<1x2xf32> {nnq.range = array<f32: 0.0, 1.0>}) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1.0, 0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  // expected-remark @+1 {{has more than 8 bits: a step of 8 bits, 0.0196, changes the result of 'div' by}}
  %0 = nnq.fully_connected %x, %w {nnq.range = array<f32: 0.1, 5.0>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  %1 = nnq.fully_connected %y, %w {nnq.range = array<f32: 1.0, 5.0>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  %2 = nnq.div %1, %0 : tensor<1x2xf32>, tensor<1x2xf32> -> tensor<1x2xf32>
  %3 = nnq.clamp %2 min = 0.0 max = 6.0 {nnq.range = array<f32: 0.0, 6.0>} : tensor<1x2xf32> -> tensor<1x2xf32>
  %4 = nnq.fully_connected %3, %w {nnq.range = array<f32: -9.0, 9.0>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  return %4 : tensor<1x2xf32>
}

// -----

// What a norm in float gives is read in 16 bits where it is wide.
// CHECK-LABEL: @wide_result_of_a_float_island
// CHECK: %[[N:.*]] = nnq.layer_norm
// CHECK: nnq.requantize %[[N]] {{.*}} -> tensor<1x2x!quant.uniform<i16
func.func @wide_result_of_a_float_island(%x: tensor<1x2xf32> {nnq.range = array<f32: 0.0, 1.0>}) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1.0, 0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %g = nnq.constant dense<1.0> : tensor<2xf32> -> tensor<2xf32>
  // expected-remark @+1 {{stays in float: it has no integer form}}
  %0 = nnq.layer_norm %x, %g, %g epsilon = 1.0e-5 {nnq.range = array<f32: -2.0, 2.0>, nnq.wide} : tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32> -> tensor<1x2xf32>
  %1 = nnq.fully_connected %0, %w {nnq.range = array<f32: -9.0, 9.0>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// -----

// The quotient reads what is moved in f32; a layer reads codes of the same, in the range that is known in front of the move.
// CHECK-LABEL: @moved_in_float_and_read_by_a_layer
// CHECK: %[[T:.*]] = nnq.transpose %arg0 {{.*}} -> tensor<2x1xf32>
// CHECK: %[[Q:.*]] = nnq.requantize %[[T]] : tensor<2x1xf32> -> tensor<2x1x!quant.uniform<
// CHECK: nnq.fully_connected %[[Q]]
// CHECK: nnq.div %[[T]]
// expected-remark @+1 {{'arg0' has more than 8 bits: a step of 8 bits}}
func.func @moved_in_float_and_read_by_a_layer(%x: tensor<1x2xf32> {nnq.range = array<f32: 0.0, 1.0>}) -> tensor<2x1xf32> {
  %w = nnq.constant dense<[[1.5]]> : tensor<1x1xf32> -> tensor<1x1xf32>
  // expected-remark @+1 {{has more than 8 bits: a step of 8 bits, 0.00392, changes the result of 'div'}}
  %0 = nnq.transpose %x permutation = [1, 0] : tensor<1x2xf32> -> tensor<2x1xf32>
  // expected-remark @+1 {{has more than 8 bits: a step of 8 bits, 0.00392, changes the result of 'div'}}
  %1 = nnq.fully_connected %0, %w {nnq.range = array<f32: 0.0, 1.5>} : tensor<2x1xf32>, tensor<1x1xf32> -> tensor<2x1xf32>
  // expected-remark @+1 {{has more than 8 bits: a step of 8 bits, 0.00392, changes the result of 'div'}}
  %2 = nnq.clamp %1 min = 0.0001 max = 1.0 {nnq.range = array<f32: 0.0001, 1.0>} : tensor<2x1xf32> -> tensor<2x1xf32>
  %3 = nnq.div %0, %2 : tensor<2x1xf32>, tensor<2x1xf32> -> tensor<2x1xf32>
  %4 = nnq.clamp %3 min = 0.0 max = 1.0 {nnq.range = array<f32: 0.0, 1.0>} : tensor<2x1xf32> -> tensor<2x1xf32>
  return %4 : tensor<2x1xf32>
}
