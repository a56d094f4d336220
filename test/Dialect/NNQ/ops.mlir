// Every operation in both forms, float and quantized: as text, in the generic form, and as bytecode.

// RUN: nnq-opt %s | nnq-opt | FileCheck %s
// RUN: nnq-opt %s --mlir-print-op-generic | nnq-opt | FileCheck %s
// RUN: nnq-opt %s --emit-bytecode | nnq-opt | FileCheck %s

!u8 = !quant.uniform<u8:f32, 0.5:128>
!u8_out = !quant.uniform<u8:f32, 0.25:3>
!i8 = !quant.uniform<i8:f32, 0.5>
!w8 = !quant.uniform<i8<-127:127>:f32:0, {0.25, 0.5}>
!b32 = !quant.uniform<i32:f32:0, {0.125, 0.25}>
!acc = !quant.uniform<i32:f32:3, {0.125, 0.25}>
!w4 = !quant.uniform<i4:f32:{0:1, 1:4}, {{0.25, 0.5}, {0.125, 1.0}}>

//===----------------------------------------------------------------------===//
// Matrix operations
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @conv2d_float
// CHECK: nnq.conv2d %{{.*}}, %{{.*}} strides = [2, 1] pads = [1, 0, 1, 0] dilations = [1, 2] groups = 2 : tensor<1x5x5x4xf32>, tensor<2x3x2x2xf32>, tensor<2xf32> -> tensor<1x3x3x2xf32>
// CHECK: nnq.conv2d %{{.*}}, %{{.*}} strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 2 : tensor<1x5x5x4xf32>, tensor<2x3x2x2xf32> -> tensor<1x3x4x2xf32>
func.func @conv2d_float(%x: tensor<1x5x5x4xf32>, %w: tensor<2x3x2x2xf32>, %b: tensor<2xf32>) -> (tensor<1x3x3x2xf32>, tensor<1x3x4x2xf32>) {
  %0 = nnq.conv2d %x, %w, %b strides = [2, 1] pads = [1, 0, 1, 0] dilations = [1, 2] groups = 2 : tensor<1x5x5x4xf32>, tensor<2x3x2x2xf32>, tensor<2xf32> -> tensor<1x3x3x2xf32>
  %1 = nnq.conv2d %x, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 2 : tensor<1x5x5x4xf32>, tensor<2x3x2x2xf32> -> tensor<1x3x4x2xf32>
  return %0, %1 : tensor<1x3x3x2xf32>, tensor<1x3x4x2xf32>
}

// The result of an integer layer: requantized, dequantized, or the accumulators.
// CHECK-LABEL: func.func @conv2d_quantized
// CHECK: nnq.conv2d {{.*}} -> tensor<1x5x5x2x!quant.uniform<u8:f32, 2.500000e-01:3>>
// CHECK: nnq.conv2d {{.*}} : tensor<1x5x5x4x!quant.uniform<u8:f32, 5.000000e-01:128>>, tensor<2x1x1x4x!quant.uniform<i8<-127:127>:f32:0, {2.500000e-01,5.000000e-01}>>, tensor<2x!quant.uniform<i32:f32:0, {1.250000e-01,2.500000e-01}>> -> tensor<1x5x5x2xf32>
// CHECK: nnq.conv2d {{.*}} -> tensor<1x5x5x2x!quant.uniform<i32:f32:3, {1.250000e-01,2.500000e-01}>>
func.func @conv2d_quantized(%x: tensor<1x5x5x4x!u8>, %w: tensor<2x1x1x4x!w8>, %b: tensor<2x!b32>) -> (tensor<1x5x5x2x!u8_out>, tensor<1x5x5x2xf32>, tensor<1x5x5x2x!acc>) {
  %0 = nnq.conv2d %x, %w, %b strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 : tensor<1x5x5x4x!u8>, tensor<2x1x1x4x!w8>, tensor<2x!b32> -> tensor<1x5x5x2x!u8_out>
  %1 = nnq.conv2d %x, %w, %b strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 : tensor<1x5x5x4x!u8>, tensor<2x1x1x4x!w8>, tensor<2x!b32> -> tensor<1x5x5x2xf32>
  %2 = nnq.conv2d %x, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 : tensor<1x5x5x4x!u8>, tensor<2x1x1x4x!w8> -> tensor<1x5x5x2x!acc>
  return %0, %1, %2 : tensor<1x5x5x2x!u8_out>, tensor<1x5x5x2xf32>, tensor<1x5x5x2x!acc>
}

// Weights of other tools: zero points per tensor and per channel, unsigned, 4 bits; activations of 16 bits.
// CHECK-LABEL: func.func @weights_with_zero_points
// CHECK-COUNT-3: nnq.fully_connected
func.func @weights_with_zero_points(%x: tensor<4x!quant.uniform<u16:f32, 0.5:7>>, %w0: tensor<2x4x!quant.uniform<u8:f32, 0.25:131>>,
    %w1: tensor<2x4x!quant.uniform<i8:f32:0, {0.25:3, 0.5:-128}>>, %w2: tensor<2x4x!quant.uniform<u4:f32, 0.25:9>>) {
  %0 = nnq.fully_connected %x, %w0 : tensor<4x!quant.uniform<u16:f32, 0.5:7>>, tensor<2x4x!quant.uniform<u8:f32, 0.25:131>> -> tensor<2xf32>
  %1 = nnq.fully_connected %x, %w1 : tensor<4x!quant.uniform<u16:f32, 0.5:7>>, tensor<2x4x!quant.uniform<i8:f32:0, {0.25:3, 0.5:-128}>> -> tensor<2xf32>
  %2 = nnq.fully_connected %x, %w2 : tensor<4x!quant.uniform<u16:f32, 0.5:7>>, tensor<2x4x!quant.uniform<u4:f32, 0.25:9>> -> tensor<2xf32>
  return
}

// By their types these sums could leave i32; the actual weights keep them inside. Without an i32 result nothing has to be proved.
// CHECK-LABEL: func.func @sums_proved_by_the_actual_weights
// CHECK: nnq.fully_connected {{.*}} -> tensor<1x!quant.uniform<i32:f32, {{.*}}>>
// CHECK: nnq.fully_connected {{.*}} -> tensor<1xf32>
func.func @sums_proved_by_the_actual_weights(%x: tensor<66313x!quant.uniform<u8:f32, 0.5>>, %data: tensor<1x66313x!quant.uniform<i8:f32, 0.25>>) {
  %w = nnq.constant dense<126> : tensor<1x66313xi8> -> tensor<1x66313x!quant.uniform<i8:f32, 0.25>>
  %0 = nnq.fully_connected %x, %w : tensor<66313x!quant.uniform<u8:f32, 0.5>>, tensor<1x66313x!quant.uniform<i8:f32, 0.25>> -> tensor<1x!quant.uniform<i32:f32, 0.125>>
  %1 = nnq.fully_connected %x, %data : tensor<66313x!quant.uniform<u8:f32, 0.5>>, tensor<1x66313x!quant.uniform<i8:f32, 0.25>> -> tensor<1xf32>
  return
}

// CHECK-LABEL: func.func @transposed_conv2d
// CHECK: nnq.transposed_conv2d %{{.*}}, %{{.*}} strides = [2, 2] pads = [0, 0, 0, 0] output_pads = [1, 0] dilations = [1, 1] groups = 1 : tensor<1x3x3x4xf32>, tensor<2x2x2x4xf32> -> tensor<1x7x6x2xf32>
// CHECK: nnq.transposed_conv2d {{.*}} : tensor<1x3x3x4x!quant.uniform<u8:f32, {{.*}}>>, tensor<2x2x2x4x!quant.uniform<i8<-127:127>:f32:0, {{.*}}>>, tensor<2x!quant.uniform<i32:f32:0, {{.*}}>> -> tensor<1x6x6x2x!quant.uniform<u8:f32, {{.*}}>>
func.func @transposed_conv2d(%x: tensor<1x3x3x4xf32>, %w: tensor<2x2x2x4xf32>, %xq: tensor<1x3x3x4x!u8>, %wq: tensor<2x2x2x4x!w8>, %bq: tensor<2x!b32>) -> (tensor<1x7x6x2xf32>, tensor<1x6x6x2x!u8_out>) {
  %0 = nnq.transposed_conv2d %x, %w strides = [2, 2] pads = [0, 0, 0, 0] output_pads = [1, 0] dilations = [1, 1] groups = 1 : tensor<1x3x3x4xf32>, tensor<2x2x2x4xf32> -> tensor<1x7x6x2xf32>
  %1 = nnq.transposed_conv2d %xq, %wq, %bq strides = [2, 2] pads = [0, 0, 0, 0] output_pads = [0, 0] dilations = [1, 1] groups = 1 : tensor<1x3x3x4x!u8>, tensor<2x2x2x4x!w8>, tensor<2x!b32> -> tensor<1x6x6x2x!u8_out>
  return %0, %1 : tensor<1x7x6x2xf32>, tensor<1x6x6x2x!u8_out>
}

// Float, integer, and weights of 4 bits in blocks of 4 input channels, below floats and below codes.
// CHECK-LABEL: func.func @fully_connected
// CHECK: nnq.fully_connected %{{.*}}, %{{.*}} : tensor<8xf32>, tensor<2x8xf32> -> tensor<2xf32>
// CHECK: nnq.fully_connected %{{.*}}, %{{.*}}, %{{.*}} : tensor<3x8x!quant.uniform<u8:f32, {{.*}}>>, tensor<2x8x!quant.uniform<i8<-127:127>:f32:0, {{.*}}>>, tensor<2x!quant.uniform<i32:f32:0, {{.*}}>> -> tensor<3x2x!quant.uniform<u8:f32, {{.*}}>>
// CHECK: nnq.fully_connected %{{.*}}, %{{.*}} : tensor<8xf32>, tensor<2x8x!quant.uniform<i4:f32:{0:1, 1:4}, {{[{][{]}}2.500000e-01, 5.000000e-01}, {1.250000e-01, 1.000000e+00}}>> -> tensor<2xf32>
// CHECK: nnq.fully_connected %{{.*}}, %{{.*}}, %{{.*}} : tensor<3x8x!quant.uniform<u8:f32, {{.*}}>>, tensor<2x8x!quant.uniform<i4:f32:{0:1, 1:4}, {{.*}}>>, tensor<2xf32> -> tensor<3x2x!quant.uniform<u8:f32, {{.*}}>>
func.func @fully_connected(%x: tensor<8xf32>, %w: tensor<2x8xf32>, %xq: tensor<3x8x!u8>, %wq: tensor<2x8x!w8>, %bq: tensor<2x!b32>, %w4: tensor<2x8x!w4>, %b: tensor<2xf32>) -> (tensor<2xf32>, tensor<3x2x!u8_out>, tensor<2xf32>, tensor<3x2x!u8_out>) {
  %0 = nnq.fully_connected %x, %w : tensor<8xf32>, tensor<2x8xf32> -> tensor<2xf32>
  %1 = nnq.fully_connected %xq, %wq, %bq : tensor<3x8x!u8>, tensor<2x8x!w8>, tensor<2x!b32> -> tensor<3x2x!u8_out>
  %2 = nnq.fully_connected %x, %w4 : tensor<8xf32>, tensor<2x8x!w4> -> tensor<2xf32>
  %3 = nnq.fully_connected %xq, %w4, %b : tensor<3x8x!u8>, tensor<2x8x!w4>, tensor<2xf32> -> tensor<3x2x!u8_out>
  return %0, %1, %2, %3 : tensor<2xf32>, tensor<3x2x!u8_out>, tensor<2xf32>, tensor<3x2x!u8_out>
}

// CHECK-LABEL: func.func @matmul
// CHECK: nnq.matmul %{{.*}}, %{{.*}} : tensor<2x1x3x4xf32>, tensor<5x4x6xf32> -> tensor<2x5x3x6xf32>
// CHECK: nnq.matmul %{{.*}}, %{{.*}} {transpose_rhs} : tensor<3x4x!quant.uniform<u8:f32, 5.000000e-01:128>>, tensor<6x4x!quant.uniform<i8:f32, 5.000000e-01>> -> tensor<3x6x!quant.uniform<u8:f32, 2.500000e-01:3>>
func.func @matmul(%a: tensor<2x1x3x4xf32>, %b: tensor<5x4x6xf32>, %aq: tensor<3x4x!u8>, %bq: tensor<6x4x!i8>) -> (tensor<2x5x3x6xf32>, tensor<3x6x!u8_out>) {
  %0 = nnq.matmul %a, %b : tensor<2x1x3x4xf32>, tensor<5x4x6xf32> -> tensor<2x5x3x6xf32>
  %1 = nnq.matmul %aq, %bq {transpose_rhs} : tensor<3x4x!u8>, tensor<6x4x!i8> -> tensor<3x6x!u8_out>
  return %0, %1 : tensor<2x5x3x6xf32>, tensor<3x6x!u8_out>
}

//===----------------------------------------------------------------------===//
// Elementwise operations
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @binary_float
// CHECK-NEXT: nnq.add %{{.*}}, %{{.*}} : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xf32>
// CHECK-NEXT: nnq.sub %{{.*}}, %{{.*}} : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xf32>
// CHECK-NEXT: nnq.mul %{{.*}}, %{{.*}} : tensor<2x3xf32>, tensor<2x1xf32> -> tensor<2x3xf32>
// CHECK-NEXT: nnq.div %{{.*}}, %{{.*}} : tensor<3xf32>, tensor<2x1xf32> -> tensor<2x3xf32>
// CHECK-NEXT: nnq.max %{{.*}}, %{{.*}} : tensor<2x3xf32>, tensor<f32> -> tensor<2x3xf32>
// CHECK-NEXT: nnq.min %{{.*}}, %{{.*}} : tensor<2x3xf32>, tensor<2x3xf32> -> tensor<2x3xf32>
// CHECK-NEXT: nnq.pow %{{.*}}, %{{.*}} : tensor<2x3xf32>, tensor<f32> -> tensor<2x3xf32>
func.func @binary_float(%x: tensor<2x3xf32>, %row: tensor<3xf32>, %column: tensor<2x1xf32>, %scalar: tensor<f32>) -> tensor<2x3xf32> {
  %0 = nnq.add %x, %row : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xf32>
  %1 = nnq.sub %0, %row : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xf32>
  %2 = nnq.mul %1, %column : tensor<2x3xf32>, tensor<2x1xf32> -> tensor<2x3xf32>
  %3 = nnq.div %row, %column : tensor<3xf32>, tensor<2x1xf32> -> tensor<2x3xf32>
  %4 = nnq.max %2, %scalar : tensor<2x3xf32>, tensor<f32> -> tensor<2x3xf32>
  %5 = nnq.min %3, %4 : tensor<2x3xf32>, tensor<2x3xf32> -> tensor<2x3xf32>
  %6 = nnq.pow %5, %scalar : tensor<2x3xf32>, tensor<f32> -> tensor<2x3xf32>
  return %6 : tensor<2x3xf32>
}

// Operands and result choose their types by themselves.
// CHECK-LABEL: func.func @binary_quantized
// CHECK-NEXT: nnq.add {{.*}} : tensor<2x3x!quant.uniform<u8:f32, {{.*}}:128>>, tensor<2x3x!quant.uniform<i8:f32, {{.*}}>> -> tensor<2x3x!quant.uniform<u8:f32, {{.*}}:3>>
// CHECK-NEXT: nnq.sub {{.*}} : tensor<2x3x!quant.uniform<{{.*}}>>, tensor<3xf32> -> tensor<2x3x!quant.uniform<{{.*}}>>
// CHECK-NEXT: nnq.mul {{.*}} : tensor<2x3x!quant.uniform<{{.*}}>>, tensor<2x3x!quant.uniform<{{.*}}>> -> tensor<2x3xf32>
// CHECK-NEXT: nnq.div {{.*}} : tensor<2x3xf32>, tensor<2x3x!quant.uniform<{{.*}}>> -> tensor<2x3x!quant.uniform<{{.*}}>>
// CHECK-NEXT: nnq.max {{.*}} -> tensor<2x3x!quant.uniform<{{.*}}>>
// CHECK-NEXT: nnq.min {{.*}} -> tensor<2x3x!quant.uniform<{{.*}}>>
// CHECK-NEXT: nnq.pow {{.*}} -> tensor<2x3x!quant.uniform<{{.*}}>>
func.func @binary_quantized(%x: tensor<2x3x!u8>, %y: tensor<2x3x!i8>, %row: tensor<3xf32>) -> tensor<2x3x!u8> {
  %0 = nnq.add %x, %y : tensor<2x3x!u8>, tensor<2x3x!i8> -> tensor<2x3x!u8_out>
  %1 = nnq.sub %0, %row : tensor<2x3x!u8_out>, tensor<3xf32> -> tensor<2x3x!i8>
  %2 = nnq.mul %1, %y : tensor<2x3x!i8>, tensor<2x3x!i8> -> tensor<2x3xf32>
  %3 = nnq.div %2, %x : tensor<2x3xf32>, tensor<2x3x!u8> -> tensor<2x3x!u8>
  %4 = nnq.max %3, %x : tensor<2x3x!u8>, tensor<2x3x!u8> -> tensor<2x3x!u8>
  %5 = nnq.min %4, %x : tensor<2x3x!u8>, tensor<2x3x!u8> -> tensor<2x3x!u8>
  %6 = nnq.pow %5, %row : tensor<2x3x!u8>, tensor<3xf32> -> tensor<2x3x!u8>
  return %6 : tensor<2x3x!u8>
}

// CHECK-LABEL: func.func @clamp
// CHECK: nnq.clamp %{{.*}} min = 0.000000e+00 max = 6.000000e+00 : tensor<4xf32> -> tensor<4xf32>
// CHECK: nnq.clamp %{{.*}} min = 0.000000e+00 max = 0x7F800000 : tensor<4x!quant.uniform<u8:f32, {{.*}}>> -> tensor<4x!quant.uniform<u8:f32, {{.*}}>>
func.func @clamp(%x: tensor<4xf32>, %q: tensor<4x!u8>) -> (tensor<4xf32>, tensor<4x!u8>) {
  %0 = nnq.clamp %x min = 0.0 max = 6.0 : tensor<4xf32> -> tensor<4xf32>
  %1 = nnq.clamp %q min = 0.0 max = 0x7F800000 : tensor<4x!u8> -> tensor<4x!u8>
  return %0, %1 : tensor<4xf32>, tensor<4x!u8>
}

// CHECK-LABEL: func.func @unary_parameters
// CHECK-NEXT: nnq.unary leaky_relu %{{.*}} {alpha = 1.000000e-01 : f32} : tensor<4xf32> -> tensor<4xf32>
// CHECK-NEXT: nnq.unary elu %{{.*}} {alpha = 1.000000e+00 : f32} :
// CHECK-NEXT: nnq.unary selu %{{.*}} {alpha = 1.500000e+00 : f32, beta = 1.050000e+00 : f32} :
// CHECK-NEXT: nnq.unary hard_sigmoid %{{.*}} {alpha = 2.000000e-01 : f32, beta = 5.000000e-01 : f32} :
// CHECK-NEXT: nnq.unary sigmoid %{{.*}} : tensor<4xf32> -> tensor<4x!quant.uniform<u8:f32, 2.500000e-01:3>>
// CHECK-NEXT: nnq.unary tanh %{{.*}} : tensor<4x!quant.uniform<u8:f32, 2.500000e-01:3>> -> tensor<4x!quant.uniform<i8:f32, 5.000000e-01>>
func.func @unary_parameters(%x: tensor<4xf32>) -> tensor<4x!i8> {
  %0 = nnq.unary leaky_relu %x {alpha = 0.1 : f32} : tensor<4xf32> -> tensor<4xf32>
  %1 = nnq.unary elu %0 {alpha = 1.0 : f32} : tensor<4xf32> -> tensor<4xf32>
  %2 = nnq.unary selu %1 {alpha = 1.5 : f32, beta = 1.05 : f32} : tensor<4xf32> -> tensor<4xf32>
  %3 = nnq.unary hard_sigmoid %2 {alpha = 0.2 : f32, beta = 0.5 : f32} : tensor<4xf32> -> tensor<4xf32>
  %4 = nnq.unary sigmoid %3 : tensor<4xf32> -> tensor<4x!u8_out>
  %5 = nnq.unary tanh %4 : tensor<4x!u8_out> -> tensor<4x!i8>
  return %5 : tensor<4x!i8>
}

// CHECK-LABEL: func.func @unary_kinds
// CHECK-NEXT: nnq.unary hard_swish %
// CHECK-NEXT: nnq.unary gelu %
// CHECK-NEXT: nnq.unary gelu_tanh %
// CHECK-NEXT: nnq.unary silu %
// CHECK-NEXT: nnq.unary exp %
// CHECK-NEXT: nnq.unary log %
// CHECK-NEXT: nnq.unary sqrt %
// CHECK-NEXT: nnq.unary rsqrt %
// CHECK-NEXT: nnq.unary reciprocal %
// CHECK-NEXT: nnq.unary erf %
// CHECK-NEXT: nnq.unary abs %
// CHECK-NEXT: nnq.unary neg %
// CHECK-NEXT: nnq.unary floor %
// CHECK-NEXT: nnq.unary ceil %
// CHECK-NEXT: nnq.unary round %
// CHECK-NEXT: nnq.unary softplus %
// CHECK-NEXT: nnq.unary sin %
// CHECK-NEXT: nnq.unary cos %
// CHECK-NEXT: nnq.unary mish %
// CHECK-NEXT: nnq.unary square %
// CHECK-NEXT: nnq.unary sign %
func.func @unary_kinds(%0: tensor<4xf32>) -> tensor<4xf32> {
  %v1 = nnq.unary hard_swish %0 : tensor<4xf32> -> tensor<4xf32>
  %v2 = nnq.unary gelu %v1 : tensor<4xf32> -> tensor<4xf32>
  %v3 = nnq.unary gelu_tanh %v2 : tensor<4xf32> -> tensor<4xf32>
  %v4 = nnq.unary silu %v3 : tensor<4xf32> -> tensor<4xf32>
  %v5 = nnq.unary exp %v4 : tensor<4xf32> -> tensor<4xf32>
  %v6 = nnq.unary log %v5 : tensor<4xf32> -> tensor<4xf32>
  %v7 = nnq.unary sqrt %v6 : tensor<4xf32> -> tensor<4xf32>
  %v8 = nnq.unary rsqrt %v7 : tensor<4xf32> -> tensor<4xf32>
  %v9 = nnq.unary reciprocal %v8 : tensor<4xf32> -> tensor<4xf32>
  %v10 = nnq.unary erf %v9 : tensor<4xf32> -> tensor<4xf32>
  %v11 = nnq.unary abs %v10 : tensor<4xf32> -> tensor<4xf32>
  %v12 = nnq.unary neg %v11 : tensor<4xf32> -> tensor<4xf32>
  %v13 = nnq.unary floor %v12 : tensor<4xf32> -> tensor<4xf32>
  %v14 = nnq.unary ceil %v13 : tensor<4xf32> -> tensor<4xf32>
  %v15 = nnq.unary round %v14 : tensor<4xf32> -> tensor<4xf32>
  %v16 = nnq.unary softplus %v15 : tensor<4xf32> -> tensor<4xf32>
  %v17 = nnq.unary sin %v16 : tensor<4xf32> -> tensor<4xf32>
  %v18 = nnq.unary cos %v17 : tensor<4xf32> -> tensor<4xf32>
  %v19 = nnq.unary mish %v18 : tensor<4xf32> -> tensor<4xf32>
  %v20 = nnq.unary square %v19 : tensor<4xf32> -> tensor<4xf32>
  %v21 = nnq.unary sign %v20 : tensor<4xf32> -> tensor<4xf32>
  return %v21 : tensor<4xf32>
}

// CHECK-LABEL: func.func @requantize
// CHECK-NEXT: nnq.requantize %{{.*}} : tensor<1x1x1x2xf32> -> tensor<1x1x1x2x!quant.uniform<u8:f32, 5.000000e-01:128>>
// CHECK-NEXT: nnq.requantize %{{.*}} : tensor<1x1x1x2x!quant.uniform<u8:f32, 5.000000e-01:128>> -> tensor<1x1x1x2x!quant.uniform<i8:f32, 5.000000e-01>>
// CHECK-NEXT: nnq.requantize %{{.*}} : tensor<1x1x1x2x!quant.uniform<i8:f32, 5.000000e-01>> -> tensor<1x1x1x2xf32>
// CHECK-NEXT: nnq.requantize %{{.*}} : tensor<1x1x1x2x!quant.uniform<i32:f32:3, {1.250000e-01,2.500000e-01}>> -> tensor<1x1x1x2x!quant.uniform<u8:f32, 2.500000e-01:3>>
func.func @requantize(%x: tensor<1x1x1x2xf32>, %acc: tensor<1x1x1x2x!acc>) -> (tensor<1x1x1x2xf32>, tensor<1x1x1x2x!u8_out>) {
  %0 = nnq.requantize %x : tensor<1x1x1x2xf32> -> tensor<1x1x1x2x!u8>
  %1 = nnq.requantize %0 : tensor<1x1x1x2x!u8> -> tensor<1x1x1x2x!i8>
  %2 = nnq.requantize %1 : tensor<1x1x1x2x!i8> -> tensor<1x1x1x2xf32>
  %3 = nnq.requantize %acc : tensor<1x1x1x2x!acc> -> tensor<1x1x1x2x!u8_out>
  return %2, %3 : tensor<1x1x1x2xf32>, tensor<1x1x1x2x!u8_out>
}

//===----------------------------------------------------------------------===//
// Pooling, reductions, normalizations
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @pools
// CHECK-NEXT: nnq.max_pool2d %{{.*}} kernel = [3, 3] strides = [2, 2] pads = [1, 1, 1, 1] dilations = [1, 1] : tensor<1x8x8x4xf32> -> tensor<1x4x4x4xf32>
// CHECK-NEXT: nnq.max_pool2d %{{.*}} kernel = [2, 2] strides = [1, 1] pads = [0, 0, 0, 0] dilations = [3, 1] : tensor<1x8x8x4x!quant.uniform<u8:f32, {{.*}}:128>> -> tensor<1x5x7x4x!quant.uniform<u8:f32, {{.*}}:128>>
// CHECK-NEXT: nnq.avg_pool2d %{{.*}} kernel = [2, 2] strides = [2, 2] pads = [0, 0, 0, 0] : tensor<1x4x4x4xf32> -> tensor<1x2x2x4xf32>
// CHECK-NEXT: nnq.avg_pool2d %{{.*}} kernel = [3, 3] strides = [1, 1] pads = [1, 1, 1, 1] {count_padding} : tensor<1x5x7x4x!quant.uniform<u8:f32, {{.*}}:128>> -> tensor<1x5x7x4x!quant.uniform<u8:f32, {{.*}}:3>>
func.func @pools(%x: tensor<1x8x8x4xf32>, %q: tensor<1x8x8x4x!u8>) -> (tensor<1x2x2x4xf32>, tensor<1x5x7x4x!u8_out>) {
  %0 = nnq.max_pool2d %x kernel = [3, 3] strides = [2, 2] pads = [1, 1, 1, 1] dilations = [1, 1] : tensor<1x8x8x4xf32> -> tensor<1x4x4x4xf32>
  %1 = nnq.max_pool2d %q kernel = [2, 2] strides = [1, 1] pads = [0, 0, 0, 0] dilations = [3, 1] : tensor<1x8x8x4x!u8> -> tensor<1x5x7x4x!u8>
  %2 = nnq.avg_pool2d %0 kernel = [2, 2] strides = [2, 2] pads = [0, 0, 0, 0] : tensor<1x4x4x4xf32> -> tensor<1x2x2x4xf32>
  %3 = nnq.avg_pool2d %1 kernel = [3, 3] strides = [1, 1] pads = [1, 1, 1, 1] {count_padding} : tensor<1x5x7x4x!u8> -> tensor<1x5x7x4x!u8_out>
  return %2, %3 : tensor<1x2x2x4xf32>, tensor<1x5x7x4x!u8_out>
}

// CHECK-LABEL: func.func @reduce
// CHECK-NEXT: nnq.reduce sum %{{.*}} axes = [0] : tensor<2x3x4xf32> -> tensor<1x3x4xf32>
// CHECK-NEXT: nnq.reduce mean %{{.*}} axes = [0, 2] : tensor<2x3x4x!quant.uniform<u8:f32, {{.*}}:128>> -> tensor<1x3x1x!quant.uniform<u8:f32, {{.*}}:3>>
// CHECK-NEXT: nnq.reduce max %{{.*}} axes = [1] : tensor<2x3x4x!quant.uniform<u8:f32, {{.*}}:128>> -> tensor<2x1x4x!quant.uniform<u8:f32, {{.*}}:128>>
// CHECK-NEXT: nnq.reduce min %{{.*}} axes = [] : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
func.func @reduce(%x: tensor<2x3x4xf32>, %q: tensor<2x3x4x!u8>) -> (tensor<1x3x4xf32>, tensor<1x3x1x!u8_out>, tensor<2x1x4x!u8>, tensor<2x3x4xf32>) {
  %0 = nnq.reduce sum %x axes = [0] : tensor<2x3x4xf32> -> tensor<1x3x4xf32>
  %1 = nnq.reduce mean %q axes = [0, 2] : tensor<2x3x4x!u8> -> tensor<1x3x1x!u8_out>
  %2 = nnq.reduce max %q axes = [1] : tensor<2x3x4x!u8> -> tensor<2x1x4x!u8>
  %3 = nnq.reduce min %x axes = [] : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  return %0, %1, %2, %3 : tensor<1x3x4xf32>, tensor<1x3x1x!u8_out>, tensor<2x1x4x!u8>, tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @log_softmax
// CHECK-NEXT: nnq.log_softmax %{{.*}} axis = 1 : tensor<2x3xf32> -> tensor<2x3xf32>
func.func @log_softmax(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = nnq.log_softmax %x axis = 1 : tensor<2x3xf32> -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// CHECK-LABEL: func.func @softmax
// CHECK-NEXT: nnq.softmax %{{.*}} axis = 1 : tensor<2x3xf32> -> tensor<2x3xf32>
// CHECK-NEXT: nnq.softmax %{{.*}} axis = 0 : tensor<2x3x!quant.uniform<u8:f32, {{.*}}:128>> -> tensor<2x3x!quant.uniform<u8:f32, {{.*}}:3>>
func.func @softmax(%x: tensor<2x3xf32>, %q: tensor<2x3x!u8>) -> (tensor<2x3xf32>, tensor<2x3x!u8_out>) {
  %0 = nnq.softmax %x axis = 1 : tensor<2x3xf32> -> tensor<2x3xf32>
  %1 = nnq.softmax %q axis = 0 : tensor<2x3x!u8> -> tensor<2x3x!u8_out>
  return %0, %1 : tensor<2x3xf32>, tensor<2x3x!u8_out>
}

// CHECK-LABEL: func.func @normalizations
// CHECK-NEXT: nnq.layer_norm %{{.*}}, %{{.*}}, %{{.*}} epsilon = 9.99999974E-6 : tensor<2x4xf32>, tensor<4xf32>, tensor<4xf32> -> tensor<2x4x!quant.uniform<u8:f32, {{.*}}>>
// CHECK-NEXT: nnq.batch_norm %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} epsilon = 1.000000e+00 : tensor<2x4x!quant.uniform<u8:f32, {{.*}}>>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32> -> tensor<2x4xf32>
func.func @normalizations(%x: tensor<2x4xf32>, %p: tensor<4xf32>) -> tensor<2x4xf32> {
  %0 = nnq.layer_norm %x, %p, %p epsilon = 1.0e-5 : tensor<2x4xf32>, tensor<4xf32>, tensor<4xf32> -> tensor<2x4x!u8>
  %1 = nnq.batch_norm %0, %p, %p, %p, %p epsilon = 1.0 : tensor<2x4x!u8>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32> -> tensor<2x4xf32>
  return %1 : tensor<2x4xf32>
}

//===----------------------------------------------------------------------===//
// Constants and shape operations
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @constant
// CHECK-NEXT: nnq.constant dense<[1.000000e+00, -2.000000e+00]> : tensor<2xf32> -> tensor<2xf32>
// CHECK-NEXT: nnq.constant dense<[1, -2]> : tensor<2xi8> -> tensor<2x!quant.uniform<i8<-127:127>:f32:0, {2.500000e-01,5.000000e-01}>>
// CHECK-NEXT: nnq.constant dense<-56> : tensor<2xi8> -> tensor<2x!quant.uniform<u8:f32, 5.000000e-01:128>>
// CHECK-NEXT: nnq.constant dense<7> : tensor<2x8xi4> -> tensor<2x8x!quant.uniform<i4:f32:{0:1, 1:4}, {{.*}}>>
// CHECK-NEXT: nnq.constant dense<[3, 4]> : tensor<2xi64> -> tensor<2xi64>
// CHECK-NEXT: nnq.constant dense_resource<weights> : tensor<2xi8> -> tensor<2x!quant.uniform<i8:f32, 5.000000e-01>>
func.func @constant() -> (tensor<2xf32>, tensor<2x!w8>, tensor<2x!u8>, tensor<2x8x!w4>, tensor<2xi64>, tensor<2x!i8>) {
  %0 = nnq.constant dense<[1.0, -2.0]> : tensor<2xf32> -> tensor<2xf32>
  %1 = nnq.constant dense<[1, -2]> : tensor<2xi8> -> tensor<2x!w8>
  %2 = nnq.constant dense<-56> : tensor<2xi8> -> tensor<2x!u8>
  %3 = nnq.constant dense<7> : tensor<2x8xi4> -> tensor<2x8x!w4>
  %4 = nnq.constant dense<[3, 4]> : tensor<2xi64> -> tensor<2xi64>
  %5 = nnq.constant dense_resource<weights> : tensor<2xi8> -> tensor<2x!i8>
  return %0, %1, %2, %3, %4, %5 : tensor<2xf32>, tensor<2x!w8>, tensor<2x!u8>, tensor<2x8x!w4>, tensor<2xi64>, tensor<2x!i8>
}

// CHECK-LABEL: func.func @shapes_float
// CHECK-NEXT: nnq.reshape %{{.*}} : tensor<2x3x4xf32> -> tensor<6x4xf32>
// CHECK-NEXT: nnq.transpose %{{.*}} permutation = [1, 0] : tensor<6x4xf32> -> tensor<4x6xf32>
// CHECK-NEXT: nnq.concat %{{.*}}, %{{.*}}, %{{.*}} axis = 1 : tensor<4x6xf32>, tensor<4x6xf32>, tensor<4x1xf32> -> tensor<4x13xf32>
// CHECK-NEXT: %{{.*}}:2 = nnq.split %{{.*}} axis = 1 : tensor<4x13xf32> -> tensor<4x5xf32>, tensor<4x8xf32>
// CHECK-NEXT: nnq.slice %{{.*}} starts = [0, 1] sizes = [2, 3] strides = [1, 2] : tensor<4x8xf32> -> tensor<2x3xf32>
// CHECK-NEXT: nnq.pad %{{.*}} low = [0, 1] high = [2, 0] value = -1.500000e+00 : tensor<2x3xf32> -> tensor<4x4xf32>
// CHECK-NEXT: nnq.broadcast %{{.*}} : tensor<4x4xf32> -> tensor<3x4x4xf32>
func.func @shapes_float(%x: tensor<2x3x4xf32>, %column: tensor<4x1xf32>) -> tensor<3x4x4xf32> {
  %0 = nnq.reshape %x : tensor<2x3x4xf32> -> tensor<6x4xf32>
  %1 = nnq.transpose %0 permutation = [1, 0] : tensor<6x4xf32> -> tensor<4x6xf32>
  %2 = nnq.concat %1, %1, %column axis = 1 : tensor<4x6xf32>, tensor<4x6xf32>, tensor<4x1xf32> -> tensor<4x13xf32>
  %3, %4 = nnq.split %2 axis = 1 : tensor<4x13xf32> -> tensor<4x5xf32>, tensor<4x8xf32>
  %5 = nnq.slice %4 starts = [0, 1] sizes = [2, 3] strides = [1, 2] : tensor<4x8xf32> -> tensor<2x3xf32>
  %6 = nnq.pad %5 low = [0, 1] high = [2, 0] value = -1.5 : tensor<2x3xf32> -> tensor<4x4xf32>
  %7 = nnq.broadcast %6 : tensor<4x4xf32> -> tensor<3x4x4xf32>
  return %7 : tensor<3x4x4xf32>
}

// CHECK-LABEL: func.func @reinterpret
// CHECK-NEXT: nnq.reinterpret %{{.*}} : tensor<2x!quant.uniform<u8:f32, 5.000000e-01:128>> -> tensor<2x!quant.uniform<u8:f32, 2.500000e-01>>
func.func @reinterpret(%x: tensor<2x!u8>) -> tensor<2x!quant.uniform<u8:f32, 0.25>> {
  %0 = nnq.reinterpret %x : tensor<2x!u8> -> tensor<2x!quant.uniform<u8:f32, 0.25>>
  return %0 : tensor<2x!quant.uniform<u8:f32, 0.25>>
}

// CHECK-LABEL: func.func @shapes_quantized
// CHECK-NEXT: nnq.reshape {{.*}} -> tensor<6x4x!quant.uniform<u8:f32, 5.000000e-01:128>>
// CHECK-NEXT: nnq.transpose {{.*}} -> tensor<4x6x!quant.uniform<u8:f32, 5.000000e-01:128>>
// CHECK-NEXT: nnq.concat {{.*}} -> tensor<4x12x!quant.uniform<u8:f32, 5.000000e-01:128>>
// CHECK-NEXT: nnq.split {{.*}} -> tensor<4x5x!quant.uniform<u8:f32, 5.000000e-01:128>>, tensor<4x7x!quant.uniform<u8:f32, 5.000000e-01:128>>
// CHECK-NEXT: nnq.slice {{.*}} -> tensor<2x3x!quant.uniform<u8:f32, 5.000000e-01:128>>
// CHECK-NEXT: nnq.pad {{.*}} -> tensor<4x4x!quant.uniform<u8:f32, 5.000000e-01:128>>
// CHECK-NEXT: nnq.broadcast {{.*}} -> tensor<3x4x4x!quant.uniform<u8:f32, 5.000000e-01:128>>
func.func @shapes_quantized(%x: tensor<2x3x4x!u8>) -> tensor<3x4x4x!u8> {
  %0 = nnq.reshape %x : tensor<2x3x4x!u8> -> tensor<6x4x!u8>
  %1 = nnq.transpose %0 permutation = [1, 0] : tensor<6x4x!u8> -> tensor<4x6x!u8>
  %2 = nnq.concat %1, %1 axis = 1 : tensor<4x6x!u8>, tensor<4x6x!u8> -> tensor<4x12x!u8>
  %3, %4 = nnq.split %2 axis = 1 : tensor<4x12x!u8> -> tensor<4x5x!u8>, tensor<4x7x!u8>
  %5 = nnq.slice %4 starts = [0, 1] sizes = [2, 3] strides = [1, 2] : tensor<4x7x!u8> -> tensor<2x3x!u8>
  %6 = nnq.pad %5 low = [0, 1] high = [2, 0] value = 0.0 : tensor<2x3x!u8> -> tensor<4x4x!u8>
  %7 = nnq.broadcast %6 : tensor<4x4x!u8> -> tensor<3x4x4x!u8>
  return %7 : tensor<3x4x4x!u8>
}

// Scales per axis travel with their dimension, which stays where it is; other elements are moved too.
// CHECK-LABEL: func.func @shapes_per_axis
// CHECK-NEXT: nnq.transpose {{.*}} permutation = [0, 2, 3, 1]
// CHECK-NEXT: nnq.reshape {{.*}} -> tensor<2x12x!quant.uniform<i8<-127:127>:f32:0, {2.500000e-01,5.000000e-01}>>
// CHECK-NEXT: nnq.pad {{.*}} -> tensor<2x16x!quant.uniform<i8<-127:127>:f32:0, {2.500000e-01,5.000000e-01}>>
// CHECK-NEXT: nnq.slice %{{.*}} starts = [0] sizes = [1] strides = [1] : tensor<3xi64> -> tensor<1xi64>
func.func @shapes_per_axis(%w: tensor<2x2x2x3x!w8>, %indices: tensor<3xi64>) -> (tensor<2x16x!w8>, tensor<1xi64>) {
  %0 = nnq.transpose %w permutation = [0, 2, 3, 1] : tensor<2x2x2x3x!w8> -> tensor<2x2x3x2x!w8>
  %1 = nnq.reshape %0 : tensor<2x2x3x2x!w8> -> tensor<2x12x!w8>
  %2 = nnq.pad %1 low = [0, 0] high = [0, 4] value = 0.0 : tensor<2x12x!w8> -> tensor<2x16x!w8>
  %3 = nnq.slice %indices starts = [0] sizes = [1] strides = [1] : tensor<3xi64> -> tensor<1xi64>
  return %2, %3 : tensor<2x16x!w8>, tensor<1xi64>
}

// CHECK-LABEL: func.func @resize
// CHECK-NEXT: nnq.resize nearest %{{.*}} coordinates = asymmetric rounding = floor scales = [2.000000e+00, 2.000000e+00] : tensor<1x4x4x2xf32> -> tensor<1x8x8x2xf32>
// CHECK-NEXT: nnq.resize nearest %{{.*}} coordinates = half_pixel rounding = round_prefer_floor scales = {{.*}} : tensor<1x4x4x2x!quant.uniform<u8:f32, {{.*}}:128>> -> tensor<1x6x4x2x!quant.uniform<u8:f32, {{.*}}:128>>
// CHECK-NEXT: nnq.resize bilinear %{{.*}} coordinates = align_corners rounding = ceil scales = {{.*}} : tensor<1x4x4x2x!quant.uniform<u8:f32, {{.*}}:128>> -> tensor<1x6x4x2x!quant.uniform<u8:f32, {{.*}}:3>>
// CHECK-NEXT: nnq.resize bilinear %{{.*}} coordinates = pytorch_half_pixel rounding = round_prefer_ceil
func.func @resize(%x: tensor<1x4x4x2xf32>, %q: tensor<1x4x4x2x!u8>) -> (tensor<1x8x8x2xf32>, tensor<1x6x4x2x!u8>, tensor<1x6x4x2x!u8_out>, tensor<1x1x1x2xf32>) {
  %0 = nnq.resize nearest %x coordinates = asymmetric rounding = floor scales = [2.0, 2.0] : tensor<1x4x4x2xf32> -> tensor<1x8x8x2xf32>
  %1 = nnq.resize nearest %q coordinates = half_pixel rounding = round_prefer_floor scales = [1.5, 1.0] : tensor<1x4x4x2x!u8> -> tensor<1x6x4x2x!u8>
  %2 = nnq.resize bilinear %q coordinates = align_corners rounding = ceil scales = [1.5, 1.0] : tensor<1x4x4x2x!u8> -> tensor<1x6x4x2x!u8_out>
  %3 = nnq.resize bilinear %x coordinates = pytorch_half_pixel rounding = round_prefer_ceil scales = [0.25, 0.25] : tensor<1x4x4x2xf32> -> tensor<1x1x1x2xf32>
  return %0, %1, %2, %3 : tensor<1x8x8x2xf32>, tensor<1x6x4x2x!u8>, tensor<1x6x4x2x!u8_out>, tensor<1x1x1x2xf32>
}

// CHECK-LABEL: func.func @observe
// CHECK-NEXT: nnq.observe %{{.*}} name = "conv1" : tensor<4xf32>
// CHECK-NEXT: nnq.observe %{{.*}} name = "a \22quoted\22 name" : tensor<4x!quant.uniform<u8:f32, {{.*}}:128>>
func.func @observe(%x: tensor<4xf32>, %q: tensor<4x!u8>) {
  nnq.observe %x name = "conv1" : tensor<4xf32>
  nnq.observe %q name = "a \"quoted\" name" : tensor<4x!u8>
  return
}

{-#
  dialect_resources: {
    builtin: {
      weights: "0x0100000001FE"
    }
  }
#-}
