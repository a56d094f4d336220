// Each message of the verifiers. A function is named for the rule of docs/Semantics.md that it breaks: scripts/check-labels.py.

// RUN: nnq-opt %s --split-input-file --verify-diagnostics

//===----------------------------------------------------------------------===//
// What every operand has
//===----------------------------------------------------------------------===//

func.func @needs_static_shapes(%x: tensor<?xf32>) {
  // expected-error @+1 {{'nnq.unary' op operand #0 must be statically shaped tensor of 32-bit float or quantized type values, but got 'tensor<?xf32>'}}
  %0 = nnq.unary exp %x : tensor<?xf32> -> tensor<?xf32>
  return
}

// -----

func.func @needs_a_rank(%x: tensor<*xf32>) {
  // expected-error @+1 {{invalid kind of type specified: expected builtin.tensor, but found 'tensor<*xf32>'}}
  %0 = nnq.reshape %x : tensor<*xf32> -> tensor<4xf32>
  return
}

// -----

func.func @needs_f32(%x: tensor<4xf16>) {
  // expected-error @+1 {{'nnq.add' op operand #0 must be statically shaped tensor of 32-bit float or quantized type values, but got 'tensor<4xf16>'}}
  %0 = nnq.add %x, %x : tensor<4xf16>, tensor<4xf16> -> tensor<4xf16>
  return
}

// -----

!t = !quant.any<i8:f32>
func.func @types_t5_needs_uniform_types(%x: tensor<4x!t>) {
  // expected-error @+1 {{'nnq.add' op has elements of '!quant.any<i8:f32>'; quantized tensors hold !quant.uniform types that express f32}}
  %0 = nnq.add %x, %x : tensor<4x!t>, tensor<4x!t> -> tensor<4x!t>
  return
}

// -----

// expected-error @+1 {{a codebook has positions of i1, i2 or i4, not 'i3'}}
func.func @types_t6_storage(%x: tensor<4x!nnq.quantile<i3:!quant.uniform<i8:f32, 0.5>, {-1, 1}>>) { return }

// -----

// expected-error @+1 {{positions of 'i2' are of a codebook of 2 to 4 levels, not 5}}
func.func @types_t6_count(%x: tensor<4x!nnq.quantile<i2:!quant.uniform<i8:f32, 0.5>, {-2, -1, 0, 1, 2}>>) { return }

// -----

// expected-error @+1 {{levels of a codebook are codes of i8 with zero point 0, not of '!quant.uniform<i8:f32, 5.000000e-01:3>'}}
func.func @types_t6_expressed(%x: tensor<4x!nnq.quantile<i1:!quant.uniform<i8:f32, 0.5:3>, {-1, 1}>>) { return }

// -----

// expected-error @+1 {{level 1 of a codebook is 127, which is no code of '!quant.uniform<i8<-100:100>:f32, 5.000000e-01>'}}
func.func @types_t6_range(%x: tensor<4x!nnq.quantile<i1:!quant.uniform<i8<-100:100>:f32, 0.5>, {-1, 127}>>) { return }

// -----

// expected-error @+1 {{level 1 of a codebook is -1, behind -1; levels ascend}}
func.func @types_t6_order(%x: tensor<4x!nnq.quantile<i1:!quant.uniform<i8:f32, 0.5>, {-1, -1}>>) { return }

// -----

func.func @types_t6_activation(%x: tensor<4x!nnq.quantile<i1:!quant.uniform<i8:f32, 0.5>, {-1, 1}>>) {
  // expected-error @+1 {{operand #0 must be statically shaped tensor of 32-bit float or quantized type values}}
  %0 = nnq.requantize %x : tensor<4x!nnq.quantile<i1:!quant.uniform<i8:f32, 0.5>, {-1, 1}>> -> tensor<4xf32>
  return
}

// -----

!t = !quant.calibrated<f32<-1.0:1.0>>
func.func @types_t5_needs_no_calibrated_types(%x: tensor<4x!t>) {
  // expected-error @+1 {{'nnq.reshape' op has elements of '!quant.calibrated<f32<-1.000000e+00:1.000000e+00>>'; quantized tensors hold}}
  %0 = nnq.reshape %x : tensor<4x!t> -> tensor<2x2x!t>
  return
}

// -----

!t = !quant.uniform<i8:f16, 0.5>
func.func @types_t5_needs_types_that_express_f32(%x: tensor<4xf32>) {
  // expected-error @+1 {{'nnq.requantize' op has elements of '!quant.uniform<i8:f16, 5.000000e-01>'; quantized tensors hold}}
  %0 = nnq.requantize %x : tensor<4xf32> -> tensor<4x!t>
  return
}

// -----

!t = !quant.uniform<u8:f32, 0.5:300>
func.func @types_t1_zero_point_above_the_storage_range(%x: tensor<4xf32>) {
  // expected-error @+1 {{'nnq.requantize' op has a zero point of 300 outside the storage range [0, 255]; choose a zero point inside it}}
  %0 = nnq.requantize %x : tensor<4xf32> -> tensor<4x!t>
  return
}

// -----

!t = !quant.uniform<u8<10:200>:f32, 0.5:5>
func.func @types_t1_zero_point_below_a_narrow_storage_range(%x: tensor<4x!t>) {
  // expected-error @+1 {{'nnq.reshape' op has a zero point of 5 outside the storage range [10, 200]}}
  %0 = nnq.reshape %x : tensor<4x!t> -> tensor<2x2x!t>
  return
}

// -----

!t = !quant.uniform<i8:f32:0, {0.5, 0.5:128}>
func.func @types_t1_zero_point_of_one_channel(%x: tensor<2xf32>) {
  // expected-error @+1 {{'nnq.requantize' op has a zero point of 128 outside the storage range [-128, 127]}}
  %0 = nnq.requantize %x : tensor<2xf32> -> tensor<2x!t>
  return
}

// -----

!t = !quant.uniform<u8<0:100>:f32:{0:2}, {0.5, 0.5:200}>
func.func @types_t1_zero_point_of_an_unsigned_block(%x: tensor<4x!t>) {
  // expected-error @+1 {{'nnq.reshape' op has a zero point of 200 outside the storage range [0, 100]}}
  %0 = nnq.reshape %x : tensor<4x!t> -> tensor<4x1x!t>
  return
}

// -----

!t = !quant.uniform<i8:f32:0, {0.5, 0.25}>
func.func @types_t2_one_scale_per_element() {
  // expected-error @+1 {{'nnq.constant' op has 2 scales along dimension 0 of size 3; give one scale per element of that dimension}}
  %0 = nnq.constant dense<1> : tensor<3xi8> -> tensor<3x!t>
  return
}

// -----

!t = !quant.uniform<i8:f32:1, {0.5, 0.25}>
func.func @types_t2_no_such_dimension(%x: tensor<2x!t>) {
  // expected-error @+1 {{'nnq.broadcast' op has scales along dimension 1 of a tensor of rank 1}}
  %0 = nnq.broadcast %x : tensor<2x!t> -> tensor<2x2x!t>
  return
}

// -----

!t = !quant.uniform<i8:f32:{0:1, 1:4}, {{0.5, 0.25}}>
func.func @types_t3_blocks_divide_the_dimension() {
  // expected-error @+1 {{'nnq.constant' op has blocks of 4 along dimension 1, which do not divide 6; choose a divisor or pad the tensor}}
  %0 = nnq.constant dense<1> : tensor<1x6xi8> -> tensor<1x6x!t>
  return
}

// -----

!t = !quant.uniform<i8:f32:{0:1, 1:4}, {{0.5, 0.25}}>
func.func @types_t3_no_such_dimension() {
  // expected-error @+1 {{'nnq.constant' op has blocks along dimension 1 of a tensor of rank 1}}
  %0 = nnq.constant dense<1> : tensor<1xi8> -> tensor<1x!t>
  return
}

// -----

!t = !quant.uniform<i8:f32:{0:1, 1:4}, {{0.5, 0.25}}>
func.func @types_t3_one_scale_per_block() {
  // expected-error @+1 {{'nnq.constant' op has scales of shape [1, 2] for blocks that are [1, 3]; give one scale per block}}
  %0 = nnq.constant dense<1> : tensor<1x12xi8> -> tensor<1x12x!t>
  return
}

// -----

!u8 = !quant.uniform<u8:f32, 0.5:128>
func.func @types_t4_move_that_dequantizes(%x: tensor<4x!u8>) {
  // expected-error @+1 {{'nnq.reshape' op moves values without changing them, but has element types '!quant.uniform<u8:f32, 5.000000e-01:128>' and 'f32'; put an nnq.requantize in front of it}}
  %0 = nnq.reshape %x : tensor<4x!u8> -> tensor<2x2xf32>
  return
}

// -----

!u8 = !quant.uniform<u8:f32, 0.5:128>
func.func @types_t4_transpose(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'nnq.transpose' op moves values without changing them, but has element types 'f32' and '!quant.uniform<u8:f32, 5.000000e-01:128>'}}
  %0 = nnq.transpose %x permutation = [1, 0] : tensor<2x3xf32> -> tensor<3x2x!u8>
  return
}

// -----

!u8 = !quant.uniform<u8:f32, 0.5:128>
func.func @types_t4_slice(%x: tensor<4xf32>) {
  // expected-error @+1 {{'nnq.slice' op moves values without changing them, but has element types 'f32' and '!quant.uniform<u8:f32, 5.000000e-01:128>'}}
  %0 = nnq.slice %x starts = [0] sizes = [2] strides = [1] : tensor<4xf32> -> tensor<2x!u8>
  return
}

// -----

!u8 = !quant.uniform<u8:f32, 0.5:128>
func.func @types_t4_pad(%x: tensor<4xf32>) {
  // expected-error @+1 {{'nnq.pad' op moves values without changing them, but has element types 'f32' and '!quant.uniform<u8:f32, 5.000000e-01:128>'}}
  %0 = nnq.pad %x low = [1] high = [0] value = 0.0 : tensor<4xf32> -> tensor<5x!u8>
  return
}

// -----

!u8 = !quant.uniform<u8:f32, 0.5:128>
func.func @types_t4_broadcast(%x: tensor<4xf32>) {
  // expected-error @+1 {{'nnq.broadcast' op moves values without changing them, but has element types 'f32' and '!quant.uniform<u8:f32, 5.000000e-01:128>'}}
  %0 = nnq.broadcast %x : tensor<4xf32> -> tensor<2x4x!u8>
  return
}

// -----

!u8 = !quant.uniform<u8:f32, 0.5:128>
func.func @types_t4_split(%x: tensor<4xf32>) {
  // expected-error @+1 {{'nnq.split' op moves values without changing them, but has element types 'f32' and '!quant.uniform<u8:f32, 5.000000e-01:128>'}}
  %0 = nnq.split %x axis = 0 : tensor<4xf32> -> tensor<4x!u8>
  return
}

// -----

!u8 = !quant.uniform<u8:f32, 0.5:128>
func.func @types_t4_max_pool2d(%x: tensor<1x4x4x1xf32>) {
  // expected-error @+1 {{'nnq.max_pool2d' op moves values without changing them, but has element types 'f32' and '!quant.uniform<u8:f32, 5.000000e-01:128>'}}
  %0 = nnq.max_pool2d %x kernel = [2, 2] strides = [2, 2] pads = [0, 0, 0, 0] dilations = [1, 1] : tensor<1x4x4x1xf32> -> tensor<1x2x2x1x!u8>
  return
}

// -----

!u8 = !quant.uniform<u8:f32, 0.5:128>
func.func @types_t4_resize(%x: tensor<1x4x4x1xf32>) {
  // expected-error @+1 {{'nnq.resize' op moves values without changing them, but has element types 'f32' and '!quant.uniform<u8:f32, 5.000000e-01:128>'}}
  %0 = nnq.resize nearest %x coordinates = asymmetric rounding = floor scales = [2.0, 2.0] : tensor<1x4x4x1xf32> -> tensor<1x8x8x1x!u8>
  return
}

// -----

!u8 = !quant.uniform<u8:f32, 0.5:128>
func.func @types_t4_reduce_to_a_maximum(%x: tensor<4xf32>) {
  // expected-error @+1 {{'nnq.reduce' op moves values without changing them, but has element types}}
  %0 = nnq.reduce max %x axes = [0] : tensor<4xf32> -> tensor<1x!u8>
  return
}

// -----

!u8 = !quant.uniform<u8:f32, 0.5:128>
!other = !quant.uniform<u8:f32, 0.25>
func.func @types_t4_concat_of_two_scales(%x: tensor<4x!u8>, %y: tensor<4x!other>) {
  // expected-error @+1 {{'nnq.concat' op moves values without changing them, but has element types '!quant.uniform<u8:f32, 2.500000e-01>' and '!quant.uniform<u8:f32, 5.000000e-01:128>'}}
  %0 = nnq.concat %x, %y axis = 0 : tensor<4x!u8>, tensor<4x!other> -> tensor<8x!u8>
  return
}

// -----

!t = !quant.uniform<i8:f32:0, {0.5, 0.25}>
func.func @types_t4_transpose_of_the_axis(%x: tensor<2x2x!t>) {
  // expected-error @+1 {{'nnq.transpose' op moves dimension 0, which the scales of its type run along; the type would name another one}}
  %0 = nnq.transpose %x permutation = [1, 0] : tensor<2x2x!t> -> tensor<2x2x!t>
  return
}

// -----

!t = !quant.uniform<i8:f32:{1:2}, {{{0.5}, {0.25}}}>
func.func @types_t4_transpose_of_blocks(%x: tensor<1x4x4x!t>) {
  // expected-error @+1 {{'nnq.transpose' op moves dimension 1, which the scales of its type run along; the type would name another one}}
  %0 = nnq.transpose %x permutation = [0, 2, 1] : tensor<1x4x4x!t> -> tensor<1x4x4x!t>
  return
}

// -----

!t = !quant.uniform<i8:f32:1, {0.5, 0.25}>
func.func @types_t4_reshape_across_the_axis(%x: tensor<3x2x1x!t>) {
  // expected-error @+1 {{'nnq.reshape' op moves dimension 1, which the scales of its type run along; the type would name another one}}
  %0 = nnq.reshape %x : tensor<3x2x1x!t> -> tensor<1x2x3x!t>
  return
}

// -----

!t = !quant.uniform<i8:f32:0, {0.5, 0.25}>
func.func @types_t4_broadcast_that_renumbers_the_axis(%x: tensor<2x!t>) {
  // expected-error @+1 {{'nnq.broadcast' op moves dimension 0, which the scales of its type run along; the type would name another one}}
  %0 = nnq.broadcast %x : tensor<2x!t> -> tensor<2x2x!t>
  return
}

// -----

func.func @result_of_another_shape(%x: tensor<4xf32>) {
  // expected-error @+1 {{'nnq.unary' op has a result of shape [2, 2] where its operands and attributes give [4]}}
  %0 = nnq.unary exp %x : tensor<4xf32> -> tensor<2x2xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// Accumulation
//===----------------------------------------------------------------------===//

!u8 = !quant.uniform<u8:f32, 0.5:128>
!w8 = !quant.uniform<i8<-127:127>:f32, 0.25>
func.func @accumulate_a1_quantized_input_with_float_weights(%x: tensor<1x4x4x2x!u8>, %w: tensor<3x1x1x2xf32>) {
  // expected-error @+1 {{'nnq.conv2d' op has a quantized input but weights of 'tensor<3x1x1x2xf32>'; quantize the weights too}}
  %0 = nnq.conv2d %x, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 : tensor<1x4x4x2x!u8>, tensor<3x1x1x2xf32> -> tensor<1x4x4x3x!u8>
  return
}

// -----

!w8 = !quant.uniform<i8<-127:127>:f32, 0.25>
!b32 = !quant.uniform<i32:f32, 0.125>
func.func @accumulate_a2_float_input_with_quantized_bias(%x: tensor<1x4x4x2xf32>, %w: tensor<3x1x1x2x!w8>, %b: tensor<3x!b32>) {
  // expected-error @+1 {{'nnq.conv2d' op has a float input but a quantized bias; keep the bias in f32}}
  %0 = nnq.conv2d %x, %w, %b strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 : tensor<1x4x4x2xf32>, tensor<3x1x1x2x!w8>, tensor<3x!b32> -> tensor<1x4x4x3xf32>
  return
}

// -----

!u8 = !quant.uniform<u8:f32, 0.5:128>
!w8 = !quant.uniform<i8<-127:127>:f32, 0.25>
!x = !quant.uniform<u8:f32:3, {0.5, 0.25}>
func.func @accumulate_a3_input_with_scales_per_channel(%x: tensor<1x4x4x2x!x>, %w: tensor<3x1x1x2x!w8>) {
  // expected-error @+1 {{'nnq.conv2d' op has an input with 2 scales; activations have one scale per tensor}}
  %0 = nnq.conv2d %x, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 : tensor<1x4x4x2x!x>, tensor<3x1x1x2x!w8> -> tensor<1x4x4x3x!u8>
  return
}

// -----

!w8 = !quant.uniform<i8<-127:127>:f32, 0.25>
!x = !quant.uniform<i32:f32, 0.5>
func.func @accumulate_a4_input_of_32_bits(%x: tensor<1x4x!x>, %w: tensor<3x4x!w8>) {
  // expected-error @+1 {{'nnq.fully_connected' op multiplies codes of '!quant.uniform<i32:f32, 5.000000e-01>'; factors have at most 16 bits, requantize first}}
  %0 = nnq.fully_connected %x, %w : tensor<1x4x!x>, tensor<3x4x!w8> -> tensor<1x3xf32>
  return
}

// -----

!u8 = !quant.uniform<u8:f32, 0.5:128>
!w = !quant.uniform<i32:f32, 0.25>
func.func @accumulate_a4_weights_of_32_bits(%x: tensor<1x4x!u8>, %w: tensor<3x4x!w>) {
  // expected-error @+1 {{'nnq.fully_connected' op multiplies codes of '!quant.uniform<i32:f32, 2.500000e-01>'; factors have at most 16 bits}}
  %0 = nnq.fully_connected %x, %w : tensor<1x4x!u8>, tensor<3x4x!w> -> tensor<1x3xf32>
  return
}

// -----

!u8 = !quant.uniform<u8:f32, 0.5:128>
!w8 = !quant.uniform<i8<-127:127>:f32, 0.25>
func.func @accumulate_a5_float_bias(%x: tensor<1x4x4x2x!u8>, %w: tensor<3x1x1x2x!w8>, %b: tensor<3xf32>) {
  // expected-error @+1 {{'nnq.conv2d' op has a quantized input but a bias of 'tensor<3xf32>'; quantize the bias to i32 with the scale input scale * weight scale}}
  %0 = nnq.conv2d %x, %w, %b strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 : tensor<1x4x4x2x!u8>, tensor<3x1x1x2x!w8>, tensor<3xf32> -> tensor<1x4x4x3x!u8>
  return
}

// -----

!u8 = !quant.uniform<u8:f32, 0.5:128>
!w8 = !quant.uniform<i8<-127:127>:f32, 0.25>
!b = !quant.uniform<i16:f32, 0.125>
func.func @accumulate_a5_bias_of_16_bits(%x: tensor<1x4x4x2x!u8>, %w: tensor<3x1x1x2x!w8>, %b: tensor<3x!b>) {
  // expected-error @+1 {{'nnq.conv2d' op has a quantized input but a bias of 'tensor<3x!quant.uniform<i16:f32, 1.250000e-01>>'; quantize the bias to i32}}
  %0 = nnq.conv2d %x, %w, %b strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 : tensor<1x4x4x2x!u8>, tensor<3x1x1x2x!w8>, tensor<3x!b> -> tensor<1x4x4x3x!u8>
  return
}

// -----

!u8 = !quant.uniform<u8:f32, 0.5:128>
!w8 = !quant.uniform<i8<-127:127>:f32, 0.25>
!b = !quant.uniform<u32:f32, 0.125>
func.func @accumulate_a5_unsigned_bias(%x: tensor<1x4x4x2x!u8>, %w: tensor<3x1x1x2x!w8>, %b: tensor<3x!b>) {
  // expected-error @+1 {{'nnq.conv2d' op has a quantized input but a bias of 'tensor<3x!quant.uniform<u32:f32, 1.250000e-01>>'; quantize the bias to i32}}
  %0 = nnq.conv2d %x, %w, %b strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 : tensor<1x4x4x2x!u8>, tensor<3x1x1x2x!w8>, tensor<3x!b> -> tensor<1x4x4x3x!u8>
  return
}

// -----

!u8 = !quant.uniform<u8:f32, 0.5:128>
!w8 = !quant.uniform<i8<-127:127>:f32, 0.25>
!b = !quant.uniform<i32:f32, 0.125:1>
func.func @accumulate_a5_bias_with_a_zero_point(%x: tensor<1x4x4x2x!u8>, %w: tensor<3x1x1x2x!w8>, %b: tensor<3x!b>) {
  // expected-error @+1 {{'nnq.conv2d' op has a bias with zero point 1; the bias is added as it is, zero point 0}}
  %0 = nnq.conv2d %x, %w, %b strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 : tensor<1x4x4x2x!u8>, tensor<3x1x1x2x!w8>, tensor<3x!b> -> tensor<1x4x4x3x!u8>
  return
}

// -----

!u8 = !quant.uniform<u8:f32, 0.5:128>
!w8 = !quant.uniform<i8<-127:127>:f32, 0.25>
!b = !quant.uniform<i32:f32, 0.1>
func.func @accumulate_a5_bias_scale_is_the_product(%x: tensor<1x4x4x2x!u8>, %w: tensor<3x1x1x2x!w8>, %b: tensor<3x!b>) {
  // expected-error @+1 {{'nnq.conv2d' op has a bias scale of 1.000000e-01 at channel 0 which is not the product of input and weight scale, 1.250000e-01}}
  %0 = nnq.conv2d %x, %w, %b strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 : tensor<1x4x4x2x!u8>, tensor<3x1x1x2x!w8>, tensor<3x!b> -> tensor<1x4x4x3x!u8>
  return
}

// -----

!u8 = !quant.uniform<u8:f32, 0.5:128>
!w = !quant.uniform<i8:f32:0, {0.25, 0.25, 0.5}>
!b = !quant.uniform<i32:f32:0, {0.125, 0.125, 0.125}>
func.func @accumulate_a5_bias_scale_of_one_channel(%x: tensor<1x4x4x2x!u8>, %w: tensor<3x1x1x2x!w>, %b: tensor<3x!b>) {
  // expected-error @+1 {{'nnq.conv2d' op has a bias scale of 1.250000e-01 at channel 2 which is not the product of input and weight scale, 2.500000e-01}}
  %0 = nnq.conv2d %x, %w, %b strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 : tensor<1x4x4x2x!u8>, tensor<3x1x1x2x!w>, tensor<3x!b> -> tensor<1x4x4x3x!u8>
  return
}

// -----

!u8 = !quant.uniform<u8:f32, 0.5:128>
!w8 = !quant.uniform<i8<-127:127>:f32, 0.25>
!b = !quant.uniform<i32:f32:0, {0.125, 0.125, 0.125}>
func.func @accumulate_a5_bias_per_channel_with_weights_per_tensor(%x: tensor<1x4x4x2x!u8>, %w: tensor<3x1x1x2x!w8>, %b: tensor<3x!b>) {
  // expected-error @+1 {{'nnq.conv2d' op has a bias with 3 scales where input and weights give 1}}
  %0 = nnq.conv2d %x, %w, %b strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 : tensor<1x4x4x2x!u8>, tensor<3x1x1x2x!w8>, tensor<3x!b> -> tensor<1x4x4x3x!u8>
  return
}

// -----

!u8 = !quant.uniform<u8:f32, 0.5:128>
!w8 = !quant.uniform<i8<-127:127>:f32, 0.25>
!acc = !quant.uniform<i32:f32, 0.125>
func.func @accumulate_a6_sums_that_leave_i32(%x: tensor<132105x!u8>, %w: tensor<1x132105x!w8>) {
  // expected-error @+1 {{'nnq.fully_connected' op has an i32 result but sums from -2147498880 to 2147498880; give an f32 result or one of at most 16 bits, whose sums may take 64 bits, or split the layer}}
  %0 = nnq.fully_connected %x, %w : tensor<132105x!u8>, tensor<1x132105x!w8> -> tensor<1x!acc>
  return
}

// -----

!x = !quant.uniform<i16:f32, 0.5>
!acc = !quant.uniform<i32:f32, 0.25>
func.func @accumulate_a6_wide_codes(%x: tensor<1x3x3x1x!x>, %w: tensor<1x3x3x1x!x>) {
  // expected-error @+1 {{'nnq.conv2d' op has an i32 result but sums from -9663381504 to 9663676416}}
  %0 = nnq.conv2d %x, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 : tensor<1x3x3x1x!x>, tensor<1x3x3x1x!x> -> tensor<1x1x1x1x!acc>
  return
}

// -----

// The zero points of the weights count: 255 * 255 * 33026.
!x = !quant.uniform<u8:f32, 0.5:0>
!w = !quant.uniform<u8:f32, 0.25:0>
!acc = !quant.uniform<i32:f32, 0.125>
func.func @accumulate_a6_weights_that_are_data(%x: tensor<33026x!x>, %w: tensor<1x33026x!w>) {
  // expected-error @+1 {{'nnq.fully_connected' op has an i32 result but sums from 0 to 2147515650}}
  %0 = nnq.fully_connected %x, %w : tensor<33026x!x>, tensor<1x33026x!w> -> tensor<1x!acc>
  return
}

// -----

!x = !quant.uniform<u8:f32, 0.5:0>
!w8 = !quant.uniform<i8<-127:127>:f32, 0.25>
!acc = !quant.uniform<i32:f32, 0.125>
func.func @accumulate_a6_constant_weights(%x: tensor<66313x!x>) {
  %w = nnq.constant dense<127> : tensor<1x66313xi8> -> tensor<1x66313x!w8>
  // expected-error @+1 {{'nnq.fully_connected' op has an i32 result but sums from 0 to 2147546505}}
  %0 = nnq.fully_connected %x, %w : tensor<66313x!x>, tensor<1x66313x!w8> -> tensor<1x!acc>
  return
}

// -----

!x = !quant.uniform<u8:f32, 0.5:0>
!w8 = !quant.uniform<i8<-127:127>:f32, 0.25>
!acc = !quant.uniform<i32:f32, 0.125>
func.func @accumulate_a6_bias_of_one_channel(%x: tensor<2x!x>) {
  %w = nnq.constant dense<[[1, 1], [-1, 1]]> : tensor<2x2xi8> -> tensor<2x2x!w8>
  %b = nnq.constant dense<[0, 2147483647]> : tensor<2xi32> -> tensor<2x!acc>
  // expected-error @+1 {{'nnq.fully_connected' op has an i32 result but sums from 0 to 2147483902}}
  %0 = nnq.fully_connected %x, %w, %b : tensor<2x!x>, tensor<2x2x!w8>, tensor<2x!acc> -> tensor<2x!acc>
  return
}

// -----

!u8 = !quant.uniform<u8:f32, 0.5:128>
!w = !quant.uniform<i8:f32:{3:1}, {{{{0.25, 0.5}}}}>
func.func @accumulate_a7_blocks_of_outputs(%x: tensor<1x4x4x2x!u8>, %w: tensor<3x1x1x2x!w>) {
  // expected-error-re @+1 {{'nnq.conv2d' op has a quantized input but blocks of '!quant.uniform<i8:f32:{3:1}, {{.*}}>'; those of weights hold one output channel (dimension 0), the whole kernel, and any number of input channels (the last one)}}
  %0 = nnq.conv2d %x, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 : tensor<1x4x4x2x!u8>, tensor<3x1x1x2x!w> -> tensor<1x4x4x3x!u8>
  return
}

// -----

!u8 = !quant.uniform<u8:f32, 0.5:128>
!w = !quant.uniform<i4:f32:{0:1, 1:2}, {{0.25, 0.5}}>
!b = !quant.uniform<i32:f32, 0.125>
func.func @accumulate_a7_bias_of_blocks(%x: tensor<4x!u8>, %w: tensor<1x4x!w>, %b: tensor<1x!b>) {
  // expected-error @+1 {{'nnq.fully_connected' op has weights in blocks, whose sums have no common unit, but a quantized bias; keep the bias in f32}}
  %0 = nnq.fully_connected %x, %w, %b : tensor<4x!u8>, tensor<1x4x!w>, tensor<1x!b> -> tensor<1xf32>
  return
}

// -----

!u8 = !quant.uniform<u8:f32, 0.5:128>
!w = !quant.uniform<i4:f32:{0:1, 1:2}, {{0.25, 0.5}}>
func.func @accumulate_a7_sum_of_blocks(%x: tensor<4x!u8>, %w: tensor<1x4x!w>) {
  // expected-error @+1 {{'nnq.fully_connected' op has weights in blocks, whose sums have no common unit, but an i32 result; give an f32 result or one of at most 16 bits}}
  %0 = nnq.fully_connected %x, %w : tensor<4x!u8>, tensor<1x4x!w> -> tensor<1x!quant.uniform<i32:f32, 0.125>>
  return
}

// -----

!u16 = !quant.uniform<u16:f32, 0.5>
!w = !quant.uniform<i16:f32:{0:1, 1:2}, {{0.25, 0.5}}>
func.func @accumulate_a7_large_sums(%x: tensor<4x!u16>, %w: tensor<1x4x!w>) {
  // expected-error @+1 {{'nnq.fully_connected' op has blocks of weights with sums from -4294901760 to 4294770690, beyond i32; choose smaller blocks}}
  %0 = nnq.fully_connected %x, %w : tensor<4x!u16>, tensor<1x4x!w> -> tensor<1xf32>
  return
}

// -----

!u8 = !quant.uniform<u8:f32, 0.5:128>
!w8 = !quant.uniform<i8<-127:127>:f32, 0.25>
func.func @accumulate_checks_shapes_first(%x: tensor<1x4x4x2x!u8>, %w: tensor<3x2x!w8>) {
  // expected-error @+1 {{'nnq.conv2d' op has an input of rank 4 and a filter of rank 2; both need rank 4 (NHWC, OHWI)}}
  %0 = nnq.conv2d %x, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 : tensor<1x4x4x2x!u8>, tensor<3x2x!w8> -> tensor<1x4x4x3x!u8>
  return
}

// -----

//===----------------------------------------------------------------------===//
// conv2d, transposed_conv2d
//===----------------------------------------------------------------------===//

func.func @conv2d_c1_input_of_rank_3(%x: tensor<4x4x4xf32>, %w: tensor<2x3x3x4xf32>) {
  // expected-error @+1 {{'nnq.conv2d' op has an input of rank 3 and a filter of rank 4; both need rank 4 (NHWC, OHWI)}}
  %0 = nnq.conv2d %x, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 : tensor<4x4x4xf32>, tensor<2x3x3x4xf32> -> tensor<1x2x2x2xf32>
  return
}

// -----

func.func @conv2d_c1_filter_of_rank_2(%x: tensor<1x4x4x4xf32>, %w: tensor<2x4xf32>) {
  // expected-error @+1 {{'nnq.conv2d' op has an input of rank 4 and a filter of rank 2; both need rank 4 (NHWC, OHWI)}}
  %0 = nnq.conv2d %x, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 : tensor<1x4x4x4xf32>, tensor<2x4xf32> -> tensor<1x2x2x2xf32>
  return
}

// -----

func.func @conv2d_c2_number_of_attributes(%x: tensor<1x4x4x4xf32>, %w: tensor<2x3x3x4xf32>) {
  // expected-error @+1 {{'nnq.conv2d' op has 1 strides, 3 dilations and 2 pads; it needs 2, 2 and 4}}
  %0 = nnq.conv2d %x, %w strides = [1] pads = [0, 0] dilations = [1, 1, 1] groups = 1 : tensor<1x4x4x4xf32>, tensor<2x3x3x4xf32> -> tensor<1x2x2x2xf32>
  return
}

// -----

func.func @conv2d_c2_stride_0(%x: tensor<1x4x4x4xf32>, %w: tensor<2x3x3x4xf32>) {
  // expected-error @+1 {{'nnq.conv2d' op has a stride or dilation of 0; they are at least 1}}
  %0 = nnq.conv2d %x, %w strides = [1, 0] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 : tensor<1x4x4x4xf32>, tensor<2x3x3x4xf32> -> tensor<1x2x2x2xf32>
  return
}

// -----

func.func @conv2d_c2_negative_dilation(%x: tensor<1x4x4x4xf32>, %w: tensor<2x3x3x4xf32>) {
  // expected-error @+1 {{'nnq.conv2d' op has a stride or dilation of -1; they are at least 1}}
  %0 = nnq.conv2d %x, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [-1, 1] groups = 1 : tensor<1x4x4x4xf32>, tensor<2x3x3x4xf32> -> tensor<1x2x2x2xf32>
  return
}

// -----

func.func @conv2d_c2_negative_pad(%x: tensor<1x4x4x4xf32>, %w: tensor<2x3x3x4xf32>) {
  // expected-error @+1 {{'nnq.conv2d' op has a padding of -1; use nnq.slice to cut the input}}
  %0 = nnq.conv2d %x, %w strides = [1, 1] pads = [0, 0, -1, 0] dilations = [1, 1] groups = 1 : tensor<1x4x4x4xf32>, tensor<2x3x3x4xf32> -> tensor<1x2x2x2xf32>
  return
}

// -----

func.func @conv2d_c3_groups_that_do_not_divide(%x: tensor<1x4x4x4xf32>, %w: tensor<2x3x3x4xf32>) {
  // expected-error @+1 {{'nnq.conv2d' op has 3 groups, which do not divide 4 input and 2 output channels}}
  %0 = nnq.conv2d %x, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 3 : tensor<1x4x4x4xf32>, tensor<2x3x3x4xf32> -> tensor<1x2x2x2xf32>
  return
}

// -----

func.func @conv2d_c3_no_groups(%x: tensor<1x4x4x4xf32>, %w: tensor<2x3x3x4xf32>) {
  // expected-error @+1 {{'nnq.conv2d' op has 0 groups, which do not divide 4 input and 2 output channels}}
  %0 = nnq.conv2d %x, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 0 : tensor<1x4x4x4xf32>, tensor<2x3x3x4xf32> -> tensor<1x2x2x2xf32>
  return
}

// -----

func.func @conv2d_c4_filter_for_other_channels(%x: tensor<1x4x4x4xf32>, %w: tensor<2x3x3x4xf32>) {
  // expected-error @+1 {{'nnq.conv2d' op has 4 input channels in 2 groups but a filter for 4 channels per group}}
  %0 = nnq.conv2d %x, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 2 : tensor<1x4x4x4xf32>, tensor<2x3x3x4xf32> -> tensor<1x2x2x2xf32>
  return
}

// -----

func.func @conv2d_c5_bias_of_another_size(%x: tensor<1x4x4x4xf32>, %w: tensor<2x3x3x4xf32>, %b: tensor<3xf32>) {
  // expected-error @+1 {{'nnq.conv2d' op has 2 output channels but a bias of shape [3]}}
  %0 = nnq.conv2d %x, %w, %b strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 : tensor<1x4x4x4xf32>, tensor<2x3x3x4xf32>, tensor<3xf32> -> tensor<1x2x2x2xf32>
  return
}

// -----

func.func @conv2d_c5_bias_of_rank_2(%x: tensor<1x4x4x4xf32>, %w: tensor<2x3x3x4xf32>, %b: tensor<1x2xf32>) {
  // expected-error @+1 {{'nnq.conv2d' op has 2 output channels but a bias of shape [1, 2]}}
  %0 = nnq.conv2d %x, %w, %b strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 : tensor<1x4x4x4xf32>, tensor<2x3x3x4xf32>, tensor<1x2xf32> -> tensor<1x2x2x2xf32>
  return
}

// -----

!w = !quant.uniform<i8:f32:3, {0.5, 0.5, 0.5, 0.25}>
func.func @conv2d_c6_scales_along_input_channels(%x: tensor<1x4x4x4xf32>, %w: tensor<2x3x3x4x!w>) {
  // expected-error @+1 {{'nnq.conv2d' op has weights quantized along dimension 3; the output channels are dimension 0}}
  %0 = nnq.conv2d %x, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 : tensor<1x4x4x4xf32>, tensor<2x3x3x4x!w> -> tensor<1x2x2x2xf32>
  return
}

// -----

func.func @conv2d_c7_window_larger_than_the_input(%x: tensor<1x4x4x4xf32>, %w: tensor<2x3x3x4xf32>) {
  // expected-error @+1 {{'nnq.conv2d' op has a window of 5 on a padded input of 4 along dimension 2}}
  %0 = nnq.conv2d %x, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 2] groups = 1 : tensor<1x4x4x4xf32>, tensor<2x3x3x4xf32> -> tensor<1x2x2x2xf32>
  return
}

// -----

func.func @transposed_conv2d_filter_of_rank_2(%x: tensor<1x3x3x4xf32>, %w: tensor<2x4xf32>) {
  // expected-error @+1 {{'nnq.transposed_conv2d' op has an input of rank 4 and a filter of rank 2}}
  %0 = nnq.transposed_conv2d %x, %w strides = [2, 2] pads = [0, 0, 0, 0] output_pads = [0, 0] dilations = [1, 1] groups = 1 : tensor<1x3x3x4xf32>, tensor<2x4xf32> -> tensor<1x6x6x2xf32>
  return
}

// -----

!w = !quant.uniform<i8:f32:3, {0.5, 0.5, 0.5, 0.25}>
func.func @transposed_conv2d_scales_along_input_channels(%x: tensor<1x3x3x4xf32>, %w: tensor<2x2x2x4x!w>) {
  // expected-error @+1 {{'nnq.transposed_conv2d' op has weights quantized along dimension 3; the output channels are dimension 0}}
  %0 = nnq.transposed_conv2d %x, %w strides = [2, 2] pads = [0, 0, 0, 0] output_pads = [0, 0] dilations = [1, 1] groups = 1 : tensor<1x3x3x4xf32>, tensor<2x2x2x4x!w> -> tensor<1x6x6x2xf32>
  return
}

// -----

func.func @transposed_conv2d_c1_number_of_output_pads(%x: tensor<1x3x3x4xf32>, %w: tensor<2x2x2x4xf32>) {
  // expected-error @+1 {{'nnq.transposed_conv2d' op has 1 output_pads; it needs 2}}
  %0 = nnq.transposed_conv2d %x, %w strides = [2, 2] pads = [0, 0, 0, 0] output_pads = [0] dilations = [1, 1] groups = 1 : tensor<1x3x3x4xf32>, tensor<2x2x2x4xf32> -> tensor<1x6x6x2xf32>
  return
}

// -----

func.func @transposed_conv2d_c2_all_pixels_cut(%x: tensor<1x3x3x4xf32>, %w: tensor<2x2x2x4xf32>) {
  // expected-error @+1 {{'nnq.transposed_conv2d' op would have a result of size 0 along dimension 1}}
  %0 = nnq.transposed_conv2d %x, %w strides = [2, 2] pads = [3, 0, 3, 0] output_pads = [0, 0] dilations = [1, 1] groups = 1 : tensor<1x3x3x4xf32>, tensor<2x2x2x4xf32> -> tensor<1x6x6x2xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// fully_connected, matmul
//===----------------------------------------------------------------------===//

func.func @fully_connected_c1_scalar(%x: tensor<f32>, %w: tensor<2x4xf32>) {
  // expected-error @+1 {{'nnq.fully_connected' op has an input of rank 0 and a filter of rank 2; it needs at least 1, and 2}}
  %0 = nnq.fully_connected %x, %w : tensor<f32>, tensor<2x4xf32> -> tensor<1x2xf32>
  return
}

// -----

func.func @fully_connected_c1_filter_of_rank_4(%x: tensor<1x4xf32>, %w: tensor<2x1x1x4xf32>) {
  // expected-error @+1 {{'nnq.fully_connected' op has an input of rank 2 and a filter of rank 4; it needs at least 1, and 2}}
  %0 = nnq.fully_connected %x, %w : tensor<1x4xf32>, tensor<2x1x1x4xf32> -> tensor<1x2xf32>
  return
}

// -----

func.func @fully_connected_c2_filter_for_other_channels(%x: tensor<1x4xf32>, %w: tensor<2x5xf32>) {
  // expected-error @+1 {{'nnq.fully_connected' op has inputs of 4 channels but a filter for 5}}
  %0 = nnq.fully_connected %x, %w : tensor<1x4xf32>, tensor<2x5xf32> -> tensor<1x2xf32>
  return
}

// -----

func.func @fully_connected_c3_bias_of_another_size(%x: tensor<1x4xf32>, %w: tensor<2x4xf32>, %b: tensor<4xf32>) {
  // expected-error @+1 {{'nnq.fully_connected' op has 2 outputs but a bias of shape [4]}}
  %0 = nnq.fully_connected %x, %w, %b : tensor<1x4xf32>, tensor<2x4xf32>, tensor<4xf32> -> tensor<1x2xf32>
  return
}

// -----

!w = !quant.uniform<i8:f32:1, {0.5, 0.5, 0.5, 0.25}>
func.func @fully_connected_scales_along_input_channels(%x: tensor<1x4xf32>, %w: tensor<2x4x!w>) {
  // expected-error @+1 {{'nnq.fully_connected' op has weights quantized along dimension 1; the output channels are dimension 0}}
  %0 = nnq.fully_connected %x, %w : tensor<1x4xf32>, tensor<2x4x!w> -> tensor<1x2xf32>
  return
}

// -----

func.func @matmul_c1_vector(%a: tensor<3x4xf32>, %b: tensor<4xf32>) {
  // expected-error @+1 {{'nnq.matmul' op has operands of rank 2 and 1; both need at least 2}}
  %0 = nnq.matmul %a, %b : tensor<3x4xf32>, tensor<4xf32> -> tensor<3xf32>
  return
}

// -----

func.func @matmul_c2_rows_and_columns_differ(%a: tensor<3x4xf32>, %b: tensor<5x6xf32>) {
  // expected-error @+1 {{'nnq.matmul' op multiplies rows of 4 by columns of 5}}
  %0 = nnq.matmul %a, %b : tensor<3x4xf32>, tensor<5x6xf32> -> tensor<3x6xf32>
  return
}

// -----

func.func @matmul_c2_transposed_rows_and_columns_differ(%a: tensor<3x4xf32>, %b: tensor<4x6xf32>) {
  // expected-error @+1 {{'nnq.matmul' op multiplies rows of 4 by columns of 6}}
  %0 = nnq.matmul %a, %b {transpose_rhs} : tensor<3x4xf32>, tensor<4x6xf32> -> tensor<3x4xf32>
  return
}

// -----

func.func @matmul_c3_batches_differ(%a: tensor<2x3x4xf32>, %b: tensor<3x4x6xf32>) {
  // expected-error @+1 {{'nnq.matmul' op has batch dimensions [2] and [3] that can't be broadcast}}
  %0 = nnq.matmul %a, %b : tensor<2x3x4xf32>, tensor<3x4x6xf32> -> tensor<2x3x6xf32>
  return
}

// -----

!t = !quant.uniform<i8:f32:0, {0.5, 0.25}>
func.func @matmul_c4_operand_per_axis(%a: tensor<2x4x!t>, %b: tensor<4x6xf32>) {
  // expected-error @+1 {{'nnq.matmul' op has an operand of '!quant.uniform<i8:f32:0, {5.000000e-01,2.500000e-01}>'; quantized operands have one scale per tensor and at most 16 bits}}
  %0 = nnq.matmul %a, %b : tensor<2x4x!t>, tensor<4x6xf32> -> tensor<2x6xf32>
  return
}

// -----

!t = !quant.uniform<i32:f32, 0.5>
func.func @matmul_c4_operand_of_32_bits(%a: tensor<2x4xf32>, %b: tensor<4x6x!t>) {
  // expected-error @+1 {{'nnq.matmul' op has an operand of '!quant.uniform<i32:f32, 5.000000e-01>'; quantized operands have one scale per tensor and at most 16 bits}}
  %0 = nnq.matmul %a, %b : tensor<2x4xf32>, tensor<4x6x!t> -> tensor<2x6xf32>
  return
}

// -----

!x = !quant.uniform<u8:f32, 0.5:0>
!acc = !quant.uniform<i32:f32, 0.25>
func.func @matmul_c5_sums_that_leave_i32(%a: tensor<1x33026x!x>, %b: tensor<33026x1x!x>) {
  // expected-error @+1 {{'nnq.matmul' op has an i32 result but sums of 33026 products that may leave i32; give an f32 result or one of at most 16 bits, whose sums may take 64 bits, or split the product}}
  %0 = nnq.matmul %a, %b : tensor<1x33026x!x>, tensor<33026x1x!x> -> tensor<1x1x!acc>
  return
}

// -----

//===----------------------------------------------------------------------===//
// Elementwise
//===----------------------------------------------------------------------===//

func.func @elementwise_c1_add_of_shapes_that_differ(%x: tensor<2x3xf32>, %y: tensor<2xf32>) {
  // expected-error @+1 {{'nnq.add' op has operands of shapes [2, 3] and [2] that can't be broadcast; sizes agree from the last dimension on, or are 1}}
  %0 = nnq.add %x, %y : tensor<2x3xf32>, tensor<2xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @elementwise_c1_pow_of_shapes_that_differ(%x: tensor<2x3xf32>, %y: tensor<2xf32>) {
  // expected-error @+1 {{'nnq.pow' op has operands of shapes [2, 3] and [2] that can't be broadcast; sizes agree from the last dimension on, or are 1}}
  %0 = nnq.pow %x, %y : tensor<2x3xf32>, tensor<2xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @elementwise_c1_result_is_not_the_broadcast_shape(%x: tensor<2x1xf32>, %y: tensor<3xf32>) {
  // expected-error @+1 {{'nnq.mul' op has a result of shape [1, 3] where its operands and attributes give [2, 3]}}
  %0 = nnq.mul %x, %y : tensor<2x1xf32>, tensor<3xf32> -> tensor<1x3xf32>
  return
}

// -----

!u8 = !quant.uniform<u8:f32, 0.5:128>
func.func @elementwise_c1_requantize_keeps_the_shape(%x: tensor<4xf32>) {
  // expected-error @+1 {{'nnq.requantize' op has a result of shape [4, 1] where its operands and attributes give [4]}}
  %0 = nnq.requantize %x : tensor<4xf32> -> tensor<4x1x!u8>
  return
}

// -----

func.func @elementwise_c1_clamp_keeps_the_shape(%x: tensor<4xf32>) {
  // expected-error @+1 {{'nnq.clamp' op has a result of shape [8] where its operands and attributes give [4]}}
  %0 = nnq.clamp %x min = 0.0 max = 1.0 : tensor<4xf32> -> tensor<8xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// Pools, reductions, normalizations
//===----------------------------------------------------------------------===//

func.func @pool_c1_input_of_rank_3(%x: tensor<4x4x1xf32>) {
  // expected-error @+1 {{'nnq.max_pool2d' op has an input of rank 3; it needs rank 4 (NHWC)}}
  %0 = nnq.max_pool2d %x kernel = [2, 2] strides = [2, 2] pads = [0, 0, 0, 0] dilations = [1, 1] : tensor<4x4x1xf32> -> tensor<1x2x2x1xf32>
  return
}

// -----

func.func @pool_c1_average_of_rank_2(%x: tensor<4x4xf32>) {
  // expected-error @+1 {{'nnq.avg_pool2d' op has an input of rank 2; it needs rank 4 (NHWC)}}
  %0 = nnq.avg_pool2d %x kernel = [2, 2] strides = [2, 2] pads = [0, 0, 0, 0] : tensor<4x4xf32> -> tensor<1x2x2x1xf32>
  return
}

// -----

func.func @pool_c2_number_of_attributes(%x: tensor<1x4x4x1xf32>) {
  // expected-error @+1 {{'nnq.max_pool2d' op has 3 kernel sizes, 1 strides, 0 dilations and 2 pads; it needs 2, 2, 2 and 4}}
  %0 = nnq.max_pool2d %x kernel = [2, 2, 2] strides = [2] pads = [0, 0] dilations = [] : tensor<1x4x4x1xf32> -> tensor<1x2x2x1xf32>
  return
}

// -----

func.func @pool_c3_window_larger_than_the_input(%x: tensor<1x4x4x1xf32>) {
  // expected-error @+1 {{'nnq.max_pool2d' op has a window of 2 pixels 4 apart and a stride of 1 on a padded input of 4; the window must fit, and each be at least 1}}
  %0 = nnq.max_pool2d %x kernel = [2, 2] strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 4] : tensor<1x4x4x1xf32> -> tensor<1x2x2x1xf32>
  return
}

// -----

func.func @pool_c3_empty_window(%x: tensor<1x4x4x1xf32>) {
  // expected-error @+1 {{'nnq.max_pool2d' op has a window of 0 pixels 1 apart and a stride of 1 on a padded input of 4}}
  %0 = nnq.max_pool2d %x kernel = [0, 2] strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] : tensor<1x4x4x1xf32> -> tensor<1x2x2x1xf32>
  return
}

// -----

func.func @pool_c3_stride_0(%x: tensor<1x4x4x1xf32>) {
  // expected-error @+1 {{'nnq.max_pool2d' op has a window of 2 pixels 1 apart and a stride of 0 on a padded input of 4}}
  %0 = nnq.max_pool2d %x kernel = [2, 2] strides = [0, 1] pads = [0, 0, 0, 0] dilations = [1, 1] : tensor<1x4x4x1xf32> -> tensor<1x2x2x1xf32>
  return
}

// -----

func.func @pool_c3_dilation_0(%x: tensor<1x4x4x1xf32>) {
  // expected-error @+1 {{'nnq.max_pool2d' op has a window of 2 pixels 0 apart and a stride of 1 on a padded input of 4}}
  %0 = nnq.max_pool2d %x kernel = [2, 2] strides = [1, 1] pads = [0, 0, 0, 0] dilations = [0, 1] : tensor<1x4x4x1xf32> -> tensor<1x2x2x1xf32>
  return
}

// -----

func.func @pool_c3_average_window_larger_than_the_input(%x: tensor<1x4x4x1xf32>) {
  // expected-error @+1 {{'nnq.avg_pool2d' op has a window of 5 pixels 1 apart and a stride of 1 on a padded input of 4}}
  %0 = nnq.avg_pool2d %x kernel = [5, 2] strides = [1, 1] pads = [0, 0, 0, 0] : tensor<1x4x4x1xf32> -> tensor<1x2x2x1xf32>
  return
}

// -----

func.func @pool_c4_window_in_the_padding(%x: tensor<1x4x4x1xf32>) {
  // expected-error @+1 {{'nnq.max_pool2d' op has pads of 0 and 2 for a window of 2; a window must not lie in the padding alone}}
  %0 = nnq.max_pool2d %x kernel = [2, 2] strides = [2, 2] pads = [0, 0, 0, 2] dilations = [1, 1] : tensor<1x4x4x1xf32> -> tensor<1x2x2x1xf32>
  return
}

// -----

func.func @pool_c4_negative_pad(%x: tensor<1x4x4x1xf32>) {
  // expected-error @+1 {{'nnq.max_pool2d' op has pads of -1 and 0 for a window of 2}}
  %0 = nnq.max_pool2d %x kernel = [2, 2] strides = [1, 1] pads = [-1, 0, 0, 0] dilations = [1, 1] : tensor<1x4x4x1xf32> -> tensor<1x2x2x1xf32>
  return
}

// -----

func.func @reduce_c1_axis_behind_the_last(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'nnq.reduce' op has axis 2 for an input of rank 2}}
  %0 = nnq.reduce mean %x axes = [0, 2] : tensor<2x3xf32> -> tensor<1x1xf32>
  return
}

// -----

func.func @reduce_c1_negative_axis(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'nnq.reduce' op has axis -1 for an input of rank 2}}
  %0 = nnq.reduce mean %x axes = [-1] : tensor<2x3xf32> -> tensor<1x1xf32>
  return
}

// -----

func.func @reduce_c2_axes_out_of_order(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'nnq.reduce' op has axes [1, 0] that do not ascend; list each axis once, in order}}
  %0 = nnq.reduce mean %x axes = [1, 0] : tensor<2x3xf32> -> tensor<1x1xf32>
  return
}

// -----

func.func @reduce_c2_axis_twice(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'nnq.reduce' op has axes [0, 1, 1] that do not ascend; list each axis once, in order}}
  %0 = nnq.reduce mean %x axes = [0, 1, 1] : tensor<2x3xf32> -> tensor<1x1xf32>
  return
}

// -----

func.func @log_softmax_c1_axis_behind_the_last(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'nnq.log_softmax' op has axis 2 for an input of rank 2}}
  %0 = nnq.log_softmax %x axis = 2 : tensor<2x3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @softmax_c1_axis_behind_the_last(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'nnq.softmax' op has axis 2 for an input of rank 2}}
  %0 = nnq.softmax %x axis = 2 : tensor<2x3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @softmax_c1_axis_negative(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'nnq.softmax' op has axis -1 for an input of rank 2}}
  %0 = nnq.softmax %x axis = -1 : tensor<2x3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @norm_c1_parameter_of_another_size(%x: tensor<2x3xf32>, %g: tensor<3xf32>, %b: tensor<2xf32>) {
  // expected-error @+1 {{'nnq.layer_norm' op has 3 channels but a parameter of shape [2]}}
  %0 = nnq.layer_norm %x, %g, %b epsilon = 1.0e-5 : tensor<2x3xf32>, tensor<3xf32>, tensor<2xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @norm_c1_parameter_of_rank_2(%x: tensor<2x3xf32>, %p: tensor<3xf32>, %v: tensor<1x3xf32>) {
  // expected-error @+1 {{'nnq.batch_norm' op has 3 channels but a parameter of shape [1, 3]}}
  %0 = nnq.batch_norm %x, %p, %p, %p, %v epsilon = 1.0e-5 : tensor<2x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<1x3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @norm_c1_scalar(%x: tensor<f32>, %p: tensor<1xf32>) {
  // expected-error @+1 {{'nnq.layer_norm' op has 0 channels but a parameter of shape [1]}}
  %0 = nnq.layer_norm %x, %p, %p epsilon = 1.0e-5 : tensor<f32>, tensor<1xf32>, tensor<1xf32> -> tensor<f32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// Constants and shape operations
//===----------------------------------------------------------------------===//

func.func @constant_c1_value_of_another_shape() {
  // expected-error @+1 {{'nnq.constant' op has a value of 'tensor<2xf32>' for a result of 'tensor<3xf32>'; the value needs 'tensor<3xf32>'}}
  %0 = nnq.constant dense<1.0> : tensor<2xf32> -> tensor<3xf32>
  return
}

// -----

!u8 = !quant.uniform<u8:f32, 0.5:128>
func.func @constant_c1_value_that_is_not_the_storage() {
  // expected-error @+1 {{'nnq.constant' op has a value of 'tensor<2xf32>' for a result of 'tensor<2x!quant.uniform<u8:f32, 5.000000e-01:128>>'; the value needs 'tensor<2xi8>'}}
  %0 = nnq.constant dense<1.0> : tensor<2xf32> -> tensor<2x!u8>
  return
}

// -----

func.func @reinterpret_c1_both_quantized(%x: tensor<4xf32>) {
  // expected-error @+1 {{'nnq.reinterpret' op changes 'tensor<4xf32>' to 'tensor<4x!quant.uniform<u8:f32, 5.000000e-01>>'; only quantized tensors have codes, use nnq.requantize}}
  %0 = nnq.reinterpret %x : tensor<4xf32> -> tensor<4x!quant.uniform<u8:f32, 0.5>>
  return
}

// -----

func.func @reinterpret_c2_same_storage(%x: tensor<4x!quant.uniform<i8:f32, 0.5>>) {
  // expected-error @+1 {{'nnq.reinterpret' op changes the codes of '!quant.uniform<i8:f32, 5.000000e-01>' to those of '!quant.uniform<u8:f32, 5.000000e-01>'; storage type and range must stay}}
  %0 = nnq.reinterpret %x : tensor<4x!quant.uniform<i8:f32, 0.5>> -> tensor<4x!quant.uniform<u8:f32, 0.5>>
  return
}

// -----

func.func @reinterpret_c3_same_shape(%x: tensor<4x!quant.uniform<u8:f32, 0.5>>) {
  // expected-error @+1 {{'nnq.reinterpret' op has shape [4] in and [2, 2] out; shapes stay}}
  %0 = nnq.reinterpret %x : tensor<4x!quant.uniform<u8:f32, 0.5>> -> tensor<2x2x!quant.uniform<u8:f32, 0.5>>
  return
}

// -----

func.func @constant_c2_splat_of_more_than_is_written_out() {
  // expected-error @+1 {{'nnq.constant' op has too many elements for a constant: at most 2^31, and 2^28 of one value}}
  %0 = nnq.constant dense<1.0> : tensor<1048576x1024xf32> -> tensor<1048576x1024xf32>
  return
}

// -----

func.func @constant_c3_places_and_values() -> tensor<2x3xf32> {
  // expected-error @+1 {{'nnq.constant' op has a value that is neither dense nor a resource; write all of its elements}}
  %0 = nnq.constant sparse<[[0, 1]], [2.0]> : tensor<2x3xf32> -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// -----

func.func @reshape_c1_number_of_elements(%x: tensor<4xf32>) {
  // expected-error @+1 {{'nnq.reshape' op has 4 elements in and 6 out}}
  %0 = nnq.reshape %x : tensor<4xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @transpose_c1_dimension_twice(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'nnq.transpose' op has a permutation [0, 0] that does not name each of its 2 dimensions once}}
  %0 = nnq.transpose %x permutation = [0, 0] : tensor<2x3xf32> -> tensor<2x2xf32>
  return
}

// -----

func.func @transpose_c1_too_few_dimensions(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'nnq.transpose' op has a permutation [0] that does not name each of its 2 dimensions once}}
  %0 = nnq.transpose %x permutation = [0] : tensor<2x3xf32> -> tensor<2xf32>
  return
}

// -----

func.func @concat_c1_no_operand() {
  // expected-error @+1 {{'nnq.concat' op has no operands}}
  %0 = "nnq.concat"() <{axis = 0 : i64}> : () -> tensor<2xf32>
  return
}

// -----

func.func @concat_c2_axis_behind_the_last(%x: tensor<2xf32>) {
  // expected-error @+1 {{'nnq.concat' op has axis 1 for operands of rank 1}}
  %0 = nnq.concat %x, %x axis = 1 : tensor<2xf32>, tensor<2xf32> -> tensor<4xf32>
  return
}

// -----

func.func @concat_c2_negative_axis(%x: tensor<2xf32>) {
  // expected-error @+1 {{'nnq.concat' op has axis -1 for operands of rank 1}}
  %0 = nnq.concat %x, %x axis = -1 : tensor<2xf32>, tensor<2xf32> -> tensor<4xf32>
  return
}

// -----

func.func @concat_c3_operands_that_differ_off_the_axis(%x: tensor<2x3xf32>, %y: tensor<2x4xf32>) {
  // expected-error @+1 {{'nnq.concat' op has operands of shapes [2, 3] and [2, 4] that differ in a dimension other than 0}}
  %0 = nnq.concat %x, %y axis = 0 : tensor<2x3xf32>, tensor<2x4xf32> -> tensor<4x3xf32>
  return
}

// -----

func.func @concat_c3_operands_of_two_ranks(%x: tensor<2x3xf32>, %y: tensor<3xf32>) {
  // expected-error @+1 {{'nnq.concat' op has operands of shapes [2, 3] and [3] that differ in a dimension other than 0}}
  %0 = nnq.concat %x, %y axis = 0 : tensor<2x3xf32>, tensor<3xf32> -> tensor<3x3xf32>
  return
}

// -----

func.func @split_c4_no_results(%x: tensor<4xf32>) {
  // expected-error @+1 {{'nnq.split' op has no results}}
  "nnq.split"(%x) <{axis = 0 : i64}> : (tensor<4xf32>) -> ()
  return
}

// -----

func.func @split_c1_axis_behind_the_last(%x: tensor<4xf32>) {
  // expected-error @+1 {{'nnq.split' op has axis 1 for an input of rank 1}}
  %0 = nnq.split %x axis = 1 : tensor<4xf32> -> tensor<4xf32>
  return
}

// -----

func.func @split_c2_part_that_differs_off_the_axis(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'nnq.split' op has a part of 'tensor<3x3xf32>' that differs from 'tensor<2x3xf32>' off axis 1}}
  %0 = nnq.split %x axis = 1 : tensor<2x3xf32> -> tensor<3x3xf32>
  return
}

// -----

func.func @split_c2_part_of_another_rank(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'nnq.split' op has a part of 'tensor<2xf32>' that differs from 'tensor<2x3xf32>' off axis 1}}
  %0 = nnq.split %x axis = 1 : tensor<2x3xf32> -> tensor<2xf32>
  return
}

// -----

func.func @split_c3_parts_that_do_not_add_up(%x: tensor<4xf32>) {
  // expected-error @+1 {{'nnq.split' op has parts of 3 elements along axis 0 where the input has 4}}
  %0:2 = nnq.split %x axis = 0 : tensor<4xf32> -> tensor<1xf32>, tensor<2xf32>
  return
}

// -----

func.func @slice_c1_number_of_attributes(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'nnq.slice' op has 1 starts, 2 sizes and 3 strides for an input of rank 2; it needs one per dimension}}
  %0 = nnq.slice %x starts = [0] sizes = [1, 1] strides = [1, 1, 1] : tensor<2x3xf32> -> tensor<1x1xf32>
  return
}

// -----

func.func @slice_c2_behind_the_end(%x: tensor<4xf32>) {
  // expected-error @+1 {{'nnq.slice' op takes 3 elements from 1 with step 2 along dimension 0 of size 4}}
  %0 = nnq.slice %x starts = [1] sizes = [3] strides = [2] : tensor<4xf32> -> tensor<3xf32>
  return
}

// -----

func.func @slice_c2_before_the_start(%x: tensor<4xf32>) {
  // expected-error @+1 {{'nnq.slice' op takes 2 elements from -1 with step 1 along dimension 0 of size 4}}
  %0 = nnq.slice %x starts = [-1] sizes = [2] strides = [1] : tensor<4xf32> -> tensor<2xf32>
  return
}

// -----

func.func @slice_c2_no_elements(%x: tensor<4xf32>) {
  // expected-error @+1 {{'nnq.slice' op takes 0 elements from 0 with step 1 along dimension 0 of size 4}}
  %0 = nnq.slice %x starts = [0] sizes = [0] strides = [1] : tensor<4xf32> -> tensor<0xf32>
  return
}

// -----

func.func @slice_c2_step_0(%x: tensor<4xf32>) {
  // expected-error @+1 {{'nnq.slice' op takes 2 elements from 0 with step 0 along dimension 0 of size 4}}
  %0 = nnq.slice %x starts = [0] sizes = [2] strides = [0] : tensor<4xf32> -> tensor<2xf32>
  return
}

// -----

func.func @slice_c2_backward_past_the_start(%x: tensor<4xf32>) {
  // expected-error @+1 {{'nnq.slice' op takes 3 elements from 3 with step -2 along dimension 0 of size 4}}
  %0 = nnq.slice %x starts = [3] sizes = [3] strides = [-2] : tensor<4xf32> -> tensor<3xf32>
  return
}

// -----

func.func @slice_c2_a_step_that_wraps_around(%x: tensor<4xf32>) {
  // expected-error @+1 {{'nnq.slice' op takes 3 elements from 0 with step 9223372036854775807 along dimension 0 of size 4}}
  %0 = nnq.slice %x starts = [0] sizes = [3] strides = [9223372036854775807] : tensor<4xf32> -> tensor<3xf32>
  return
}

// -----

func.func @pad_c1_number_of_sizes(%x: tensor<4xf32>) {
  // expected-error @+1 {{'nnq.pad' op has 1 sizes in low and 2 in high for an input of rank 1; it needs one per dimension}}
  %0 = nnq.pad %x low = [0] high = [0, 0] value = 0.0 : tensor<4xf32> -> tensor<4xf32>
  return
}

// -----

func.func @pad_c2_negative_size(%x: tensor<4xf32>) {
  // expected-error @+1 {{'nnq.pad' op has sizes of 1 and -1 along dimension 0; use nnq.slice to cut}}
  %0 = nnq.pad %x low = [1] high = [-1] value = 0.0 : tensor<4xf32> -> tensor<4xf32>
  return
}

// -----

func.func @broadcast_c1_another_size(%x: tensor<2xf32>) {
  // expected-error @+1 {{'nnq.broadcast' op can't broadcast 'tensor<2xf32>' to 'tensor<3xf32>'}}
  %0 = nnq.broadcast %x : tensor<2xf32> -> tensor<3xf32>
  return
}

// -----

func.func @broadcast_c1_smaller_result(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'nnq.broadcast' op can't broadcast 'tensor<2x3xf32>' to 'tensor<1x3xf32>'}}
  %0 = nnq.broadcast %x : tensor<2x3xf32> -> tensor<1x3xf32>
  return
}

// -----

func.func @resize_c1_image_of_rank_3(%x: tensor<4x4x1xf32>) {
  // expected-error @+1 {{'nnq.resize' op resizes height and width of NHWC images, not 'tensor<4x4x1xf32>' to 'tensor<8x8x1xf32>'}}
  %0 = nnq.resize nearest %x coordinates = asymmetric rounding = floor scales = [2.0, 2.0] : tensor<4x4x1xf32> -> tensor<8x8x1xf32>
  return
}

// -----

func.func @resize_c1_other_channels(%x: tensor<1x4x4x1xf32>) {
  // expected-error @+1 {{'nnq.resize' op resizes height and width of NHWC images, not 'tensor<1x4x4x1xf32>' to 'tensor<1x8x8x2xf32>'}}
  %0 = nnq.resize nearest %x coordinates = asymmetric rounding = floor scales = [2.0, 2.0] : tensor<1x4x4x1xf32> -> tensor<1x8x8x2xf32>
  return
}

// -----

func.func @resize_c2_number_of_scales(%x: tensor<1x4x4x1xf32>) {
  // expected-error @+1 {{'nnq.resize' op has scales [2.000000e+00]; it needs 2 above 0}}
  %0 = nnq.resize nearest %x coordinates = asymmetric rounding = floor scales = [2.0] : tensor<1x4x4x1xf32> -> tensor<1x8x8x1xf32>
  return
}

// -----

func.func @resize_c2_scale_0(%x: tensor<1x4x4x1xf32>) {
  // expected-error @+1 {{'nnq.resize' op has scales [2.000000e+00, 0.000000e+00]; it needs 2 above 0}}
  %0 = nnq.resize nearest %x coordinates = asymmetric rounding = floor scales = [2.0, 0.0] : tensor<1x4x4x1xf32> -> tensor<1x8x8x1xf32>
  return
}

// -----

func.func @resize_c2_negative_scale(%x: tensor<1x4x4x1xf32>) {
  // expected-error @+1 {{'nnq.resize' op has scales [-1.000000e+00, 1.000000e+00]; it needs 2 above 0}}
  %0 = nnq.resize nearest %x coordinates = asymmetric rounding = floor scales = [-1.0, 1.0] : tensor<1x4x4x1xf32> -> tensor<1x8x8x1xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// Enumerations and attributes
//===----------------------------------------------------------------------===//

func.func @unary_kind_that_does_not_exist(%x: tensor<4xf32>) {
  // expected-error @+2 {{expected ::nnq::UnaryKind to be one of: leaky_relu}}
  // expected-error @+1 {{failed to parse NNQ_UnaryKindAttr parameter 'value'}}
  %0 = nnq.unary relu %x : tensor<4xf32> -> tensor<4xf32>
  return
}

// -----

func.func @requantize_c1_zero_points_of_32_bits_differ(%x: tensor<2xf32>) {
  // expected-error @+1 {{'nnq.requantize' op has a result of 32 bits with zero points that differ, as 1 and 2; give it one zero point}}
  %0 = nnq.requantize %x : tensor<2xf32> -> tensor<2x!quant.uniform<i32:f32:0, {5.0e-01:1, 2.5e-01:2}>>
  return
}

// -----

// expected-error @+1 {{'builtin.module' op has "nnq.profile" = "onnx", which is no numerics profile; there are: #nnq.onnx}}
module attributes {nnq.profile = "onnx"} {}
