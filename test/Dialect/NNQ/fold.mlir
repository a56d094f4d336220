// The folders: values that are known, and operations that change nothing. Each with a case where it must not fold.

// RUN: nnq-opt %s --canonicalize --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @float_constants
// CHECK-DAG: %[[ADD:.*]] = nnq.constant dense<[5.000000e+00, 4.000000e+00]>
// CHECK-DAG: %[[SUB:.*]] = nnq.constant dense<[3.000000e+00, -8.000000e+00]>
// CHECK-DAG: %[[MUL:.*]] = nnq.constant dense<[4.000000e+00, -1.200000e+01]>
// CHECK-DAG: %[[DIV:.*]] = nnq.constant dense<[4.000000e+00, -0.333333343]>
// CHECK-DAG: %[[MAX:.*]] = nnq.constant dense<[4.000000e+00, 6.000000e+00]>
// CHECK-DAG: %[[MIN:.*]] = nnq.constant dense<[1.000000e+00, -2.000000e+00]>
// CHECK-DAG: %[[POW:.*]] = nnq.constant dense<[4.000000e+00, 6.400000e+01]>
// CHECK: return %[[ADD]], %[[SUB]], %[[MUL]], %[[DIV]], %[[MAX]], %[[MIN]], %[[POW]]
func.func @float_constants() -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) {
  %a = nnq.constant dense<[4.0, -2.0]> : tensor<2xf32> -> tensor<2xf32>
  %b = nnq.constant dense<[1.0, 6.0]> : tensor<2xf32> -> tensor<2xf32>
  %0 = nnq.add %a, %b : tensor<2xf32>, tensor<2xf32> -> tensor<2xf32>
  %1 = nnq.sub %a, %b : tensor<2xf32>, tensor<2xf32> -> tensor<2xf32>
  %2 = nnq.mul %a, %b : tensor<2xf32>, tensor<2xf32> -> tensor<2xf32>
  %3 = nnq.div %a, %b : tensor<2xf32>, tensor<2xf32> -> tensor<2xf32>
  %4 = nnq.max %a, %b : tensor<2xf32>, tensor<2xf32> -> tensor<2xf32>
  %5 = nnq.min %a, %b : tensor<2xf32>, tensor<2xf32> -> tensor<2xf32>
  %6 = nnq.pow %a, %b : tensor<2xf32>, tensor<2xf32> -> tensor<2xf32>
  return %0, %1, %2, %3, %4, %5, %6 : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
}

// -----

// docs/Semantics.md: `max` and `min` of NaN are NaN, on either side.
// CHECK-LABEL: func.func @max_and_min_keep_nan
// CHECK: %[[C:.*]] = nnq.constant dense<0x7FC00000>
// CHECK-NOT: nnq.constant
// CHECK: return %[[C]], %[[C]]
func.func @max_and_min_keep_nan() -> (tensor<2xf32>, tensor<2xf32>) {
  %a = nnq.constant dense<[1.0, 0x7FC00000]> : tensor<2xf32> -> tensor<2xf32>
  %b = nnq.constant dense<[0x7FC00000, 2.0]> : tensor<2xf32> -> tensor<2xf32>
  %0 = nnq.max %a, %b : tensor<2xf32>, tensor<2xf32> -> tensor<2xf32>
  %1 = nnq.min %a, %b : tensor<2xf32>, tensor<2xf32> -> tensor<2xf32>
  return %0, %1 : tensor<2xf32>, tensor<2xf32>
}

// -----

// Quantized constants are codes, not values.
!u8 = !quant.uniform<u8:f32, 0.5:0>
// CHECK-LABEL: func.func @quantized_constants_are_left_to_the_code_generator
// CHECK: nnq.add
func.func @quantized_constants_are_left_to_the_code_generator() -> tensor<2x!u8> {
  %a = nnq.constant dense<[1, 2]> : tensor<2xi8> -> tensor<2x!u8>
  %b = nnq.constant dense<[3, 4]> : tensor<2xi8> -> tensor<2x!u8>
  %0 = nnq.add %a, %b : tensor<2x!u8>, tensor<2x!u8> -> tensor<2x!u8>
  return %0 : tensor<2x!u8>
}

// -----

// CHECK-LABEL: func.func @neutral_elements
// CHECK-NEXT: return %arg0, %arg0, %arg0, %arg0, %arg0
func.func @neutral_elements(%x: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) {
  %zero = nnq.constant dense<0.0> : tensor<2xf32> -> tensor<2xf32>
  %one = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %0 = nnq.add %zero, %x : tensor<2xf32>, tensor<2xf32> -> tensor<2xf32>
  %1 = nnq.sub %x, %zero : tensor<2xf32>, tensor<2xf32> -> tensor<2xf32>
  %2 = nnq.mul %x, %one : tensor<2xf32>, tensor<f32> -> tensor<2xf32>
  %3 = nnq.div %x, %one : tensor<2xf32>, tensor<f32> -> tensor<2xf32>
  %4 = nnq.pow %x, %one : tensor<2xf32>, tensor<f32> -> tensor<2xf32>
  return %0, %1, %2, %3, %4 : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
}

// -----

// 0 - x, 1 / x, x * 0 and x + 1 are not x; a sum that broadcasts x has another shape.
// CHECK-LABEL: func.func @elements_that_are_not_neutral
// CHECK: nnq.sub
// CHECK: nnq.div
// CHECK: nnq.mul
// CHECK: nnq.add %arg0, %{{.*}} : tensor<2xf32>, tensor<2xf32>
// CHECK: nnq.add %arg0, %{{.*}} : tensor<2xf32>, tensor<3x2xf32>
func.func @elements_that_are_not_neutral(%x: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<3x2xf32>) {
  %zero = nnq.constant dense<0.0> : tensor<2xf32> -> tensor<2xf32>
  %one = nnq.constant dense<1.0> : tensor<2xf32> -> tensor<2xf32>
  %zeros = nnq.constant dense<0.0> : tensor<3x2xf32> -> tensor<3x2xf32>
  %0 = nnq.sub %zero, %x : tensor<2xf32>, tensor<2xf32> -> tensor<2xf32>
  %1 = nnq.div %one, %x : tensor<2xf32>, tensor<2xf32> -> tensor<2xf32>
  %2 = nnq.mul %x, %zero : tensor<2xf32>, tensor<2xf32> -> tensor<2xf32>
  %3 = nnq.add %x, %one : tensor<2xf32>, tensor<2xf32> -> tensor<2xf32>
  %4 = nnq.add %x, %zeros : tensor<2xf32>, tensor<3x2xf32> -> tensor<3x2xf32>
  return %0, %1, %2, %3, %4 : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<3x2xf32>
}

// -----

// A code is its own quantize(dequantize(q)) up to 16 bits. One of 32 bits is not, nor is one of another type.
!u8 = !quant.uniform<u8:f32, 0.1:7>
!other = !quant.uniform<u8:f32, 0.2:7>
!acc = !quant.uniform<i32:f32, 0.1>
// CHECK-LABEL: func.func @neutral_elements_of_quantized_types
// CHECK: %[[OTHER:.*]] = nnq.add %arg0, %{{.*}} -> tensor<2x!quant.uniform<u8:f32, 2.0
// CHECK: %[[ACC:.*]] = nnq.add %arg1
// CHECK: return %arg0, %[[OTHER]], %[[ACC]]
func.func @neutral_elements_of_quantized_types(%x: tensor<2x!u8>, %acc: tensor<2x!acc>) -> (tensor<2x!u8>, tensor<2x!other>, tensor<2x!acc>) {
  %zero = nnq.constant dense<0.0> : tensor<2xf32> -> tensor<2xf32>
  %0 = nnq.add %x, %zero : tensor<2x!u8>, tensor<2xf32> -> tensor<2x!u8>
  %1 = nnq.add %x, %zero : tensor<2x!u8>, tensor<2xf32> -> tensor<2x!other>
  %2 = nnq.add %acc, %zero : tensor<2x!acc>, tensor<2xf32> -> tensor<2x!acc>
  return %0, %1, %2 : tensor<2x!u8>, tensor<2x!other>, tensor<2x!acc>
}

// -----

// The codes 0 of a type with zero point 7 are the real -0.7.
!u8 = !quant.uniform<u8:f32, 0.1:7>
// CHECK-LABEL: func.func @code_zero_is_not_the_neutral_element
// CHECK: nnq.add
func.func @code_zero_is_not_the_neutral_element(%x: tensor<2x!u8>) -> tensor<2x!u8> {
  %zero = nnq.constant dense<0> : tensor<2xi8> -> tensor<2x!u8>
  %0 = nnq.add %x, %zero : tensor<2x!u8>, tensor<2x!u8> -> tensor<2x!u8>
  return %0 : tensor<2x!u8>
}

// -----

// Clamps without bounds, and clamps of a type that ends inside the bounds: its values are 0 to 127.5.
!u8 = !quant.uniform<u8:f32, 0.5:0>
// CHECK-LABEL: func.func @clamps_without_effect
// CHECK-NEXT: return %arg0, %arg1
func.func @clamps_without_effect(%x: tensor<2xf32>, %q: tensor<2x!u8>) -> (tensor<2xf32>, tensor<2x!u8>) {
  %0 = nnq.clamp %x min = 0xFF800000 max = 0x7F800000 : tensor<2xf32> -> tensor<2xf32>
  %1 = nnq.clamp %q min = 0.0 max = 127.5 : tensor<2x!u8> -> tensor<2x!u8>
  return %0, %1 : tensor<2xf32>, tensor<2x!u8>
}

// -----

!u8 = !quant.uniform<u8:f32, 0.5:0>
!i8 = !quant.uniform<i8:f32, 0.5>
// CHECK-LABEL: func.func @clamps_with_effect
// CHECK-NEXT: nnq.clamp %arg0 min = 0.000000e+00 max = 0x7F800000
// CHECK-NEXT: nnq.clamp %arg1 min = 0.000000e+00 max = 1.270000e+02
// CHECK-NEXT: nnq.clamp %arg2 min = 0.000000e+00 max = 0x7F800000
// CHECK-NEXT: nnq.clamp %arg0 min = 0xFF800000 max = 0x7F800000 : tensor<2xf32> -> tensor<2x!quant
func.func @clamps_with_effect(%x: tensor<2xf32>, %q: tensor<2x!u8>, %s: tensor<2x!i8>) -> (tensor<2xf32>, tensor<2x!u8>, tensor<2x!i8>, tensor<2x!u8>) {
  %0 = nnq.clamp %x min = 0.0 max = 0x7F800000 : tensor<2xf32> -> tensor<2xf32>
  %1 = nnq.clamp %q min = 0.0 max = 127.0 : tensor<2x!u8> -> tensor<2x!u8>
  %2 = nnq.clamp %s min = 0.0 max = 0x7F800000 : tensor<2x!i8> -> tensor<2x!i8>
  %3 = nnq.clamp %x min = 0xFF800000 max = 0x7F800000 : tensor<2xf32> -> tensor<2x!u8>
  return %0, %1, %2, %3 : tensor<2xf32>, tensor<2x!u8>, tensor<2x!i8>, tensor<2x!u8>
}

// -----

// CHECK-LABEL: func.func @requantize_to_the_same_type
// CHECK-NEXT: return %arg0, %arg1
!u8 = !quant.uniform<u8:f32, 0.5:0>
func.func @requantize_to_the_same_type(%q: tensor<2x!u8>, %x: tensor<2xf32>) -> (tensor<2x!u8>, tensor<2xf32>) {
  %0 = nnq.requantize %q : tensor<2x!u8> -> tensor<2x!u8>
  %1 = nnq.requantize %x : tensor<2xf32> -> tensor<2xf32>
  return %0, %1 : tensor<2x!u8>, tensor<2xf32>
}

// -----

// Of 32 bits it rounds to f32, and a scale apart is another type.
!u8 = !quant.uniform<u8:f32, 0.5:0>
!near = !quant.uniform<u8:f32, 0.5:1>
!acc = !quant.uniform<i32:f32, 0.1>
// CHECK-LABEL: func.func @requantize_that_stays
// CHECK-COUNT-2: nnq.requantize
func.func @requantize_that_stays(%q: tensor<2x!u8>, %acc: tensor<2x!acc>) -> (tensor<2x!near>, tensor<2x!acc>) {
  %0 = nnq.requantize %q : tensor<2x!u8> -> tensor<2x!near>
  %1 = nnq.requantize %acc : tensor<2x!acc> -> tensor<2x!acc>
  return %0, %1 : tensor<2x!near>, tensor<2x!acc>
}

// -----

// Reshapes of constants: values, splats, and codes, which keep their type.
!w8 = !quant.uniform<i8:f32, 0.5>
// CHECK-LABEL: func.func @reshape_of_constants
// CHECK-DAG: %[[A:.*]] = nnq.constant dense<{{\[}}[1.000000e+00, 2.000000e+00], [3.000000e+00, 4.000000e+00]]> : tensor<2x2xf32> -> tensor<2x2xf32>
// CHECK-DAG: %[[B:.*]] = nnq.constant dense<7> : tensor<2x2xi64> -> tensor<2x2xi64>
// CHECK-DAG: %[[C:.*]] = nnq.constant dense<{{\[}}[1, 2], [-3, 4]]> : tensor<2x2xi8> -> tensor<2x2x!quant.uniform<i8:f32, 5.000000e-01>>
// CHECK: return %[[A]], %[[B]], %[[C]]
func.func @reshape_of_constants() -> (tensor<2x2xf32>, tensor<2x2xi64>, tensor<2x2x!w8>) {
  %a = nnq.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32> -> tensor<4xf32>
  %b = nnq.constant dense<7> : tensor<4xi64> -> tensor<4xi64>
  %c = nnq.constant dense<[1, 2, -3, 4]> : tensor<4xi8> -> tensor<4x!w8>
  %0 = nnq.reshape %a : tensor<4xf32> -> tensor<2x2xf32>
  %1 = nnq.reshape %b : tensor<4xi64> -> tensor<2x2xi64>
  %2 = nnq.reshape %c : tensor<4x!w8> -> tensor<2x2x!w8>
  return %0, %1, %2 : tensor<2x2xf32>, tensor<2x2xi64>, tensor<2x2x!w8>
}

// -----

// A resource is not copied for its shape.
// CHECK-LABEL: func.func @reshape_of_a_resource
// CHECK: nnq.constant dense_resource<weights>
// CHECK: nnq.reshape
func.func @reshape_of_a_resource() -> tensor<1x2xi8> {
  %0 = nnq.constant dense_resource<weights> : tensor<2xi8> -> tensor<2xi8>
  %1 = nnq.reshape %0 : tensor<2xi8> -> tensor<1x2xi8>
  return %1 : tensor<1x2xi8>
}

{-#
  dialect_resources: {
    builtin: {
      weights: "0x0100000001FE"
    }
  }
#-}

// -----

// Operations that move nothing.
// CHECK-LABEL: func.func @moves_without_effect
// CHECK-NEXT: return %arg0, %arg0, %arg0, %arg0, %arg0
func.func @moves_without_effect(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>) {
  %0 = nnq.reshape %x : tensor<2x3xf32> -> tensor<2x3xf32>
  %1 = nnq.transpose %x permutation = [0, 1] : tensor<2x3xf32> -> tensor<2x3xf32>
  %2 = nnq.slice %x starts = [0, 0] sizes = [2, 3] strides = [1, 1] : tensor<2x3xf32> -> tensor<2x3xf32>
  %3 = nnq.pad %x low = [0, 0] high = [0, 0] value = 1.0 : tensor<2x3xf32> -> tensor<2x3xf32>
  %4 = nnq.broadcast %x : tensor<2x3xf32> -> tensor<2x3xf32>
  return %0, %1, %2, %3, %4 : tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>
}

// -----

// A transpose of a square, or a slice backward, keeps the shape and moves all the same.
// CHECK-LABEL: func.func @moves_with_effect
// CHECK-NEXT: nnq.transpose
// CHECK-NEXT: nnq.slice {{.*}} strides = [1, 1]
// CHECK-NEXT: nnq.slice {{.*}} strides = [1, -1]
// CHECK-NEXT: nnq.pad
// CHECK-NEXT: nnq.broadcast
func.func @moves_with_effect(%x: tensor<3x3xf32>) -> (tensor<3x3xf32>, tensor<2x3xf32>, tensor<3x3xf32>, tensor<3x4xf32>, tensor<1x3x3xf32>) {
  %0 = nnq.transpose %x permutation = [1, 0] : tensor<3x3xf32> -> tensor<3x3xf32>
  %1 = nnq.slice %x starts = [1, 0] sizes = [2, 3] strides = [1, 1] : tensor<3x3xf32> -> tensor<2x3xf32>
  %2 = nnq.slice %x starts = [0, 2] sizes = [3, 3] strides = [1, -1] : tensor<3x3xf32> -> tensor<3x3xf32>
  %3 = nnq.pad %x low = [0, 0] high = [0, 1] value = 1.0 : tensor<3x3xf32> -> tensor<3x4xf32>
  %4 = nnq.broadcast %x : tensor<3x3xf32> -> tensor<1x3x3xf32>
  return %0, %1, %2, %3, %4 : tensor<3x3xf32>, tensor<2x3xf32>, tensor<3x3xf32>, tensor<3x4xf32>, tensor<1x3x3xf32>
}
