// Spellings of activations, by function; behind them what is close to one and is none.

// RUN: nnq-opt %s --nnq-recognize-spellings | FileCheck %s

// CHECK-LABEL: func.func @relu6_1(
// CHECK-NEXT: %[[Y:.*]] = nnq.clamp %arg0 min = 0.000000e+00 max = 6.000000e+00 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @relu6_1(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<0.0> : tensor<f32> -> tensor<f32>
  %1 = nnq.max %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.constant dense<6.0> : tensor<f32> -> tensor<f32>
  %3 = nnq.min %1, %2 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  return %3 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @relu6_2(
// CHECK-NEXT: %[[Y:.*]] = nnq.clamp %arg0 min = 0.000000e+00 max = 6.000000e+00 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @relu6_2(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<6.0> : tensor<f32> -> tensor<f32>
  %1 = nnq.min %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.constant dense<0.0> : tensor<f32> -> tensor<f32>
  %3 = nnq.max %1, %2 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  return %3 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @relu_1(
// CHECK-NEXT: %[[Y:.*]] = nnq.clamp %arg0 min = 0.000000e+00 max = 0x7F800000 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @relu_1(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<0.0> : tensor<f32> -> tensor<f32>
  %1 = nnq.max %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  return %1 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @square_1(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary square %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @square_1(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.mul %x, %x : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %0 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @square_2(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary square %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @square_2(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<2.0> : tensor<f32> -> tensor<f32>
  %1 = nnq.pow %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  return %1 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @square_3(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary square %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @square_3(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.unary abs %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %1 = nnq.unary abs %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %2 = nnq.mul %0, %1 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %2 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @cube_1(
// CHECK-NEXT: %[[Y:.*]] = nnq.cube %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @cube_1(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.mul %x, %x : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %1 = nnq.mul %0, %x : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %1 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @cube_2(
// CHECK-NEXT: %[[Y:.*]] = nnq.cube %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @cube_2(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<3.0> : tensor<f32> -> tensor<f32>
  %1 = nnq.pow %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  return %1 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @cube_3(
// CHECK-NEXT: %[[Y:.*]] = nnq.cube %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @cube_3(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.unary square %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %1 = nnq.mul %x, %0 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %1 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @abs_1(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary abs %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @abs_1(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.unary neg %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %1 = nnq.max %x, %0 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %1 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @abs_2(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary abs %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @abs_2(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.unary square %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %1 = nnq.unary sqrt %0 : tensor<4x8xf32> -> tensor<4x8xf32>
  return %1 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @rsqrt_1(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary rsqrt %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @rsqrt_1(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.unary sqrt %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %1 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %2 = nnq.div %1, %0 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %2 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @rsqrt_2(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary rsqrt %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @rsqrt_2(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.unary sqrt %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %1 = nnq.unary reciprocal %0 : tensor<4x8xf32> -> tensor<4x8xf32>
  return %1 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @rsqrt_3(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary rsqrt %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @rsqrt_3(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<-0.5> : tensor<f32> -> tensor<f32>
  %1 = nnq.pow %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  return %1 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @sigmoid_1(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary sigmoid %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @sigmoid_1(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.unary neg %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %1 = nnq.unary exp %0 : tensor<4x8xf32> -> tensor<4x8xf32>
  %2 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %3 = nnq.add %2, %1 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %4 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %5 = nnq.div %4, %3 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %5 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @sigmoid_2(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary sigmoid %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @sigmoid_2(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.unary neg %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %1 = nnq.unary exp %0 : tensor<4x8xf32> -> tensor<4x8xf32>
  %2 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %3 = nnq.add %1, %2 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %4 = nnq.unary reciprocal %3 : tensor<4x8xf32> -> tensor<4x8xf32>
  return %4 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @sigmoid_3(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary sigmoid %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @sigmoid_3(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<-1.0> : tensor<f32> -> tensor<f32>
  %1 = nnq.mul %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.unary exp %1 : tensor<4x8xf32> -> tensor<4x8xf32>
  %3 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %4 = nnq.add %2, %3 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %5 = nnq.constant dense<-1.0> : tensor<f32> -> tensor<f32>
  %6 = nnq.pow %4, %5 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  return %6 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @sigmoid_4(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary sigmoid %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @sigmoid_4(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.unary exp %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %1 = nnq.unary exp %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %2 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %3 = nnq.add %2, %1 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %4 = nnq.div %0, %3 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %4 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @sigmoid_5(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary sigmoid %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @sigmoid_5(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<0.5> : tensor<f32> -> tensor<f32>
  %1 = nnq.mul %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.unary tanh %1 : tensor<4x8xf32> -> tensor<4x8xf32>
  %3 = nnq.constant dense<0.5> : tensor<f32> -> tensor<f32>
  %4 = nnq.mul %2, %3 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %5 = nnq.constant dense<0.5> : tensor<f32> -> tensor<f32>
  %6 = nnq.add %4, %5 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  return %6 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @tanh_1(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary tanh %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @tanh_1(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.unary exp %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %1 = nnq.unary neg %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %2 = nnq.unary exp %1 : tensor<4x8xf32> -> tensor<4x8xf32>
  %3 = nnq.sub %0, %2 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %4 = nnq.unary exp %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %5 = nnq.unary neg %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %6 = nnq.unary exp %5 : tensor<4x8xf32> -> tensor<4x8xf32>
  %7 = nnq.add %4, %6 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %8 = nnq.div %3, %7 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %8 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @tanh_2(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary tanh %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @tanh_2(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<2.0> : tensor<f32> -> tensor<f32>
  %1 = nnq.mul %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.unary exp %1 : tensor<4x8xf32> -> tensor<4x8xf32>
  %3 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %4 = nnq.sub %2, %3 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %5 = nnq.constant dense<2.0> : tensor<f32> -> tensor<f32>
  %6 = nnq.mul %x, %5 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %7 = nnq.unary exp %6 : tensor<4x8xf32> -> tensor<4x8xf32>
  %8 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %9 = nnq.add %7, %8 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %10 = nnq.div %4, %9 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %10 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @tanh_3(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary tanh %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @tanh_3(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<2.0> : tensor<f32> -> tensor<f32>
  %1 = nnq.mul %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.unary sigmoid %1 : tensor<4x8xf32> -> tensor<4x8xf32>
  %3 = nnq.constant dense<2.0> : tensor<f32> -> tensor<f32>
  %4 = nnq.mul %2, %3 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %5 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %6 = nnq.sub %4, %5 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  return %6 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @tanh_4(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary tanh %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @tanh_4(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<-2.0> : tensor<f32> -> tensor<f32>
  %1 = nnq.mul %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.unary exp %1 : tensor<4x8xf32> -> tensor<4x8xf32>
  %3 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %4 = nnq.add %3, %2 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %5 = nnq.constant dense<2.0> : tensor<f32> -> tensor<f32>
  %6 = nnq.div %5, %4 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %7 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %8 = nnq.sub %6, %7 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  return %8 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @tanh_shrink_1(
// CHECK-NEXT: %[[Y:.*]] = nnq.tanh_shrink %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @tanh_shrink_1(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.unary tanh %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %1 = nnq.sub %x, %0 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %1 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @softplus_1(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary softplus %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @softplus_1(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.unary exp %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %1 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %2 = nnq.add %0, %1 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %3 = nnq.unary log %2 : tensor<4x8xf32> -> tensor<4x8xf32>
  return %3 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @softplus_2(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary softplus %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @softplus_2(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.unary exp %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %1 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %2 = nnq.add %1, %0 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %3 = nnq.unary log %2 : tensor<4x8xf32> -> tensor<4x8xf32>
  return %3 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @softplus_3(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary softplus %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @softplus_3(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<0.0> : tensor<f32> -> tensor<f32>
  %1 = nnq.max %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.unary abs %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %3 = nnq.unary neg %2 : tensor<4x8xf32> -> tensor<4x8xf32>
  %4 = nnq.unary exp %3 : tensor<4x8xf32> -> tensor<4x8xf32>
  %5 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %6 = nnq.add %5, %4 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %7 = nnq.unary log %6 : tensor<4x8xf32> -> tensor<4x8xf32>
  %8 = nnq.add %1, %7 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %8 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @softplus_4(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary softplus %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @softplus_4(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.unary neg %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %1 = nnq.unary sigmoid %0 : tensor<4x8xf32> -> tensor<4x8xf32>
  %2 = nnq.unary log %1 : tensor<4x8xf32> -> tensor<4x8xf32>
  %3 = nnq.unary neg %2 : tensor<4x8xf32> -> tensor<4x8xf32>
  return %3 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @log_sigmoid_1(
// CHECK-NEXT: %[[Y:.*]] = nnq.log_sigmoid %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @log_sigmoid_1(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.unary sigmoid %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %1 = nnq.unary log %0 : tensor<4x8xf32> -> tensor<4x8xf32>
  return %1 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @log_sigmoid_2(
// CHECK-NEXT: %[[Y:.*]] = nnq.log_sigmoid %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @log_sigmoid_2(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.unary neg %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %1 = nnq.unary softplus %0 : tensor<4x8xf32> -> tensor<4x8xf32>
  %2 = nnq.unary neg %1 : tensor<4x8xf32> -> tensor<4x8xf32>
  return %2 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @log_sigmoid_3(
// CHECK-NEXT: %[[Y:.*]] = nnq.log_sigmoid %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @log_sigmoid_3(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.unary neg %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %1 = nnq.unary exp %0 : tensor<4x8xf32> -> tensor<4x8xf32>
  %2 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %3 = nnq.add %2, %1 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %4 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %5 = nnq.div %4, %3 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %6 = nnq.unary log %5 : tensor<4x8xf32> -> tensor<4x8xf32>
  return %6 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @log_sigmoid_4(
// CHECK-NEXT: %[[Y:.*]] = nnq.log_sigmoid %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @log_sigmoid_4(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<0.0> : tensor<f32> -> tensor<f32>
  %1 = nnq.min %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.unary abs %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %3 = nnq.unary neg %2 : tensor<4x8xf32> -> tensor<4x8xf32>
  %4 = nnq.unary exp %3 : tensor<4x8xf32> -> tensor<4x8xf32>
  %5 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %6 = nnq.add %5, %4 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %7 = nnq.unary log %6 : tensor<4x8xf32> -> tensor<4x8xf32>
  %8 = nnq.sub %1, %7 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %8 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @log_sigmoid_5(
// CHECK-NEXT: %[[Y:.*]] = nnq.log_sigmoid %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @log_sigmoid_5(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.unary neg %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %1 = nnq.unary exp %0 : tensor<4x8xf32> -> tensor<4x8xf32>
  %2 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %3 = nnq.add %1, %2 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %4 = nnq.unary log %3 : tensor<4x8xf32> -> tensor<4x8xf32>
  %5 = nnq.unary neg %4 : tensor<4x8xf32> -> tensor<4x8xf32>
  return %5 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @silu_1(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary silu %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @silu_1(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.unary sigmoid %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %1 = nnq.mul %x, %0 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %1 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @silu_2(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary silu %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @silu_2(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.unary sigmoid %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %1 = nnq.mul %0, %x : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %1 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @silu_3(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary silu %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @silu_3(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.unary neg %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %1 = nnq.unary exp %0 : tensor<4x8xf32> -> tensor<4x8xf32>
  %2 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %3 = nnq.add %2, %1 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %4 = nnq.div %x, %3 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %4 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @silu_4(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary silu %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @silu_4(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<0.5> : tensor<f32> -> tensor<f32>
  %1 = nnq.mul %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.unary tanh %1 : tensor<4x8xf32> -> tensor<4x8xf32>
  %3 = nnq.mul %x, %2 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %4 = nnq.constant dense<0.5> : tensor<f32> -> tensor<f32>
  %5 = nnq.mul %3, %4 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %6 = nnq.constant dense<0.5> : tensor<f32> -> tensor<f32>
  %7 = nnq.mul %x, %6 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %8 = nnq.add %5, %7 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %8 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @swish_1(
// CHECK-NEXT: %[[Y:.*]] = nnq.swish %arg0 beta = 1.702000e+00 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @swish_1(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<1.702> : tensor<f32> -> tensor<f32>
  %1 = nnq.mul %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.unary sigmoid %1 : tensor<4x8xf32> -> tensor<4x8xf32>
  %3 = nnq.mul %x, %2 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %3 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @swish_2(
// CHECK-NEXT: %[[Y:.*]] = nnq.swish %arg0 beta = 1.702000e+00 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @swish_2(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<1.702> : tensor<f32> -> tensor<f32>
  %1 = nnq.mul %0, %x : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %2 = nnq.unary sigmoid %1 : tensor<4x8xf32> -> tensor<4x8xf32>
  %3 = nnq.mul %2, %x : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %3 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @swish_3(
// CHECK-NEXT: %[[Y:.*]] = nnq.swish %arg0 beta = 1.702000e+00 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @swish_3(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<-1.702> : tensor<f32> -> tensor<f32>
  %1 = nnq.mul %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.unary exp %1 : tensor<4x8xf32> -> tensor<4x8xf32>
  %3 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %4 = nnq.add %3, %2 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %5 = nnq.div %x, %4 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %5 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @gelu_1(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary gelu %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @gelu_1(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<0.5> : tensor<f32> -> tensor<f32>
  %1 = nnq.mul %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.constant dense<1.41421356> : tensor<f32> -> tensor<f32>
  %3 = nnq.div %x, %2 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %4 = nnq.unary erf %3 : tensor<4x8xf32> -> tensor<4x8xf32>
  %5 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %6 = nnq.add %4, %5 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %7 = nnq.mul %1, %6 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %7 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @gelu_2(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary gelu %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @gelu_2(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<0.70710678> : tensor<f32> -> tensor<f32>
  %1 = nnq.mul %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.unary erf %1 : tensor<4x8xf32> -> tensor<4x8xf32>
  %3 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %4 = nnq.add %3, %2 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %5 = nnq.mul %x, %4 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %6 = nnq.constant dense<0.5> : tensor<f32> -> tensor<f32>
  %7 = nnq.mul %6, %5 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %7 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @gelu_3(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary gelu %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @gelu_3(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<0.70710678> : tensor<f32> -> tensor<f32>
  %1 = nnq.mul %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.unary erf %1 : tensor<4x8xf32> -> tensor<4x8xf32>
  %3 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %4 = nnq.add %2, %3 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %5 = nnq.mul %x, %4 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %6 = nnq.constant dense<0.5> : tensor<f32> -> tensor<f32>
  %7 = nnq.mul %5, %6 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  return %7 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @gelu_4(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary gelu %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @gelu_4(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<0.70710678> : tensor<f32> -> tensor<f32>
  %1 = nnq.mul %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.unary erf %1 : tensor<4x8xf32> -> tensor<4x8xf32>
  %3 = nnq.constant dense<0.5> : tensor<f32> -> tensor<f32>
  %4 = nnq.mul %3, %2 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %5 = nnq.constant dense<0.5> : tensor<f32> -> tensor<f32>
  %6 = nnq.add %5, %4 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %7 = nnq.mul %x, %6 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %7 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @gelu_5(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary gelu %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @gelu_5(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<0.5> : tensor<f32> -> tensor<f32>
  %1 = nnq.mul %0, %x : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %2 = nnq.constant dense<0.5> : tensor<f32> -> tensor<f32>
  %3 = nnq.mul %2, %x : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %4 = nnq.constant dense<0.70710678> : tensor<f32> -> tensor<f32>
  %5 = nnq.mul %x, %4 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %6 = nnq.unary erf %5 : tensor<4x8xf32> -> tensor<4x8xf32>
  %7 = nnq.mul %3, %6 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %8 = nnq.add %1, %7 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %8 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @gelu_6(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary gelu %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @gelu_6(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<0.70710678> : tensor<f32> -> tensor<f32>
  %1 = nnq.mul %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.unary erf %1 : tensor<4x8xf32> -> tensor<4x8xf32>
  %3 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %4 = nnq.add %2, %3 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %5 = nnq.mul %x, %4 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %6 = nnq.constant dense<2.0> : tensor<f32> -> tensor<f32>
  %7 = nnq.div %5, %6 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  return %7 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @gelu_7(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary gelu %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @gelu_7(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<-0.70710678> : tensor<f32> -> tensor<f32>
  %1 = nnq.mul %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.unary erf %1 : tensor<4x8xf32> -> tensor<4x8xf32>
  %3 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %4 = nnq.sub %3, %2 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %5 = nnq.constant dense<0.5> : tensor<f32> -> tensor<f32>
  %6 = nnq.mul %5, %4 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %7 = nnq.mul %x, %6 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %7 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @gelu_tanh_1(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary gelu_tanh %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @gelu_tanh_1(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<0.5> : tensor<f32> -> tensor<f32>
  %1 = nnq.mul %0, %x : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %2 = nnq.constant dense<3.0> : tensor<f32> -> tensor<f32>
  %3 = nnq.pow %x, %2 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %4 = nnq.constant dense<0.044715> : tensor<f32> -> tensor<f32>
  %5 = nnq.mul %4, %3 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %6 = nnq.add %x, %5 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %7 = nnq.constant dense<0.79788456> : tensor<f32> -> tensor<f32>
  %8 = nnq.mul %7, %6 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %9 = nnq.unary tanh %8 : tensor<4x8xf32> -> tensor<4x8xf32>
  %10 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %11 = nnq.add %10, %9 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %12 = nnq.mul %1, %11 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %12 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @gelu_tanh_2(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary gelu_tanh %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @gelu_tanh_2(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.mul %x, %x : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %1 = nnq.mul %0, %x : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %2 = nnq.constant dense<0.044715> : tensor<f32> -> tensor<f32>
  %3 = nnq.mul %1, %2 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %4 = nnq.add %3, %x : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %5 = nnq.constant dense<0.79788456> : tensor<f32> -> tensor<f32>
  %6 = nnq.mul %4, %5 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %7 = nnq.unary tanh %6 : tensor<4x8xf32> -> tensor<4x8xf32>
  %8 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %9 = nnq.add %8, %7 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %10 = nnq.constant dense<0.5> : tensor<f32> -> tensor<f32>
  %11 = nnq.mul %10, %9 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %12 = nnq.mul %x, %11 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %12 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @gelu_tanh_3(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary gelu_tanh %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @gelu_tanh_3(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<0.5> : tensor<f32> -> tensor<f32>
  %1 = nnq.mul %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.mul %x, %x : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %3 = nnq.constant dense<0.035677408> : tensor<f32> -> tensor<f32>
  %4 = nnq.mul %2, %3 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %5 = nnq.constant dense<0.79788456> : tensor<f32> -> tensor<f32>
  %6 = nnq.add %4, %5 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %7 = nnq.mul %x, %6 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %8 = nnq.unary tanh %7 : tensor<4x8xf32> -> tensor<4x8xf32>
  %9 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %10 = nnq.add %8, %9 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %11 = nnq.mul %1, %10 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %11 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @gelu_tanh_4(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary gelu_tanh %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @gelu_tanh_4(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<0.79788456> : tensor<f32> -> tensor<f32>
  %1 = nnq.mul %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.constant dense<0.044715> : tensor<f32> -> tensor<f32>
  %3 = nnq.mul %2, %x : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %4 = nnq.mul %3, %x : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %5 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %6 = nnq.add %5, %4 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %7 = nnq.mul %1, %6 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %8 = nnq.unary tanh %7 : tensor<4x8xf32> -> tensor<4x8xf32>
  %9 = nnq.mul %x, %8 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %10 = nnq.constant dense<0.5> : tensor<f32> -> tensor<f32>
  %11 = nnq.mul %9, %10 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %12 = nnq.constant dense<0.5> : tensor<f32> -> tensor<f32>
  %13 = nnq.mul %12, %x : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %14 = nnq.add %11, %13 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %14 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @mish_1(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary mish %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @mish_1(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.unary softplus %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %1 = nnq.unary tanh %0 : tensor<4x8xf32> -> tensor<4x8xf32>
  %2 = nnq.mul %x, %1 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %2 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @mish_2(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary mish %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @mish_2(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.unary exp %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %1 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %2 = nnq.add %1, %0 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %3 = nnq.unary log %2 : tensor<4x8xf32> -> tensor<4x8xf32>
  %4 = nnq.unary tanh %3 : tensor<4x8xf32> -> tensor<4x8xf32>
  %5 = nnq.mul %x, %4 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %5 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @mish_3(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary mish %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @mish_3(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.unary exp %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %1 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %2 = nnq.add %1, %0 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %3 = nnq.constant dense<2.0> : tensor<f32> -> tensor<f32>
  %4 = nnq.pow %2, %3 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %5 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %6 = nnq.sub %4, %5 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %7 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %8 = nnq.add %4, %7 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %9 = nnq.div %6, %8 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %10 = nnq.mul %x, %9 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %10 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @mish_4(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary mish %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @mish_4(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.unary exp %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %1 = nnq.unary exp %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %2 = nnq.constant dense<2.0> : tensor<f32> -> tensor<f32>
  %3 = nnq.add %1, %2 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %4 = nnq.mul %0, %3 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %5 = nnq.mul %x, %4 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %6 = nnq.constant dense<2.0> : tensor<f32> -> tensor<f32>
  %7 = nnq.add %4, %6 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %8 = nnq.div %5, %7 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %8 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @mish_5(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary mish %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @mish_5(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.unary exp %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %1 = nnq.unary exp %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %2 = nnq.mul %0, %1 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %3 = nnq.unary exp %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %4 = nnq.constant dense<2.0> : tensor<f32> -> tensor<f32>
  %5 = nnq.mul %4, %3 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %6 = nnq.add %2, %5 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %7 = nnq.mul %x, %6 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %8 = nnq.constant dense<2.0> : tensor<f32> -> tensor<f32>
  %9 = nnq.add %6, %8 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %10 = nnq.div %7, %9 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %10 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @softsign_1(
// CHECK-NEXT: %[[Y:.*]] = nnq.softsign %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @softsign_1(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.unary abs %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %1 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %2 = nnq.add %1, %0 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %3 = nnq.div %x, %2 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %3 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @softsign_2(
// CHECK-NEXT: %[[Y:.*]] = nnq.softsign %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @softsign_2(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.unary abs %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %1 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %2 = nnq.add %0, %1 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %3 = nnq.unary reciprocal %2 : tensor<4x8xf32> -> tensor<4x8xf32>
  %4 = nnq.mul %x, %3 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %4 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @hard_swish_1(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary hard_swish %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @hard_swish_1(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<3.0> : tensor<f32> -> tensor<f32>
  %1 = nnq.add %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.clamp %1 min = 0.0 max = 6.0 : tensor<4x8xf32> -> tensor<4x8xf32>
  %3 = nnq.mul %x, %2 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %4 = nnq.constant dense<6.0> : tensor<f32> -> tensor<f32>
  %5 = nnq.div %3, %4 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  return %5 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @hard_swish_2(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary hard_swish %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @hard_swish_2(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<3.0> : tensor<f32> -> tensor<f32>
  %1 = nnq.add %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.clamp %1 min = 0.0 max = 6.0 : tensor<4x8xf32> -> tensor<4x8xf32>
  %3 = nnq.constant dense<6.0> : tensor<f32> -> tensor<f32>
  %4 = nnq.div %2, %3 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %5 = nnq.mul %x, %4 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %5 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @hard_swish_3(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary hard_swish %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @hard_swish_3(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<3.0> : tensor<f32> -> tensor<f32>
  %1 = nnq.add %0, %x : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %2 = nnq.clamp %1 min = 0.0 max = 6.0 : tensor<4x8xf32> -> tensor<4x8xf32>
  %3 = nnq.constant dense<0.16666667> : tensor<f32> -> tensor<f32>
  %4 = nnq.mul %2, %3 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %5 = nnq.mul %x, %4 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %5 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @hard_swish_4(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary hard_swish %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @hard_swish_4(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.unary hard_sigmoid %x {alpha = 0.16666667 : f32, beta = 0.5 : f32} : tensor<4x8xf32> -> tensor<4x8xf32>
  %1 = nnq.mul %x, %0 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %1 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @hard_swish_5(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary hard_swish %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @hard_swish_5(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<6.0> : tensor<f32> -> tensor<f32>
  %1 = nnq.div %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.constant dense<0.5> : tensor<f32> -> tensor<f32>
  %3 = nnq.add %1, %2 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %4 = nnq.clamp %3 min = 0.0 max = 1.0 : tensor<4x8xf32> -> tensor<4x8xf32>
  %5 = nnq.mul %x, %4 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %5 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @hard_swish_6(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary hard_swish %arg0 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @hard_swish_6(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<3.0> : tensor<f32> -> tensor<f32>
  %1 = nnq.add %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.constant dense<0.0> : tensor<f32> -> tensor<f32>
  %3 = nnq.max %1, %2 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %4 = nnq.constant dense<6.0> : tensor<f32> -> tensor<f32>
  %5 = nnq.min %3, %4 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %6 = nnq.mul %5, %x : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %7 = nnq.constant dense<0.16666667> : tensor<f32> -> tensor<f32>
  %8 = nnq.mul %6, %7 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  return %8 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @hard_sigmoid_1(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary hard_sigmoid %arg0 {alpha = 0.166666672 : f32, beta = 5.000000e-01 : f32} : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @hard_sigmoid_1(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<3.0> : tensor<f32> -> tensor<f32>
  %1 = nnq.add %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.clamp %1 min = 0.0 max = 6.0 : tensor<4x8xf32> -> tensor<4x8xf32>
  %3 = nnq.constant dense<6.0> : tensor<f32> -> tensor<f32>
  %4 = nnq.div %2, %3 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  return %4 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @hard_sigmoid_2(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary hard_sigmoid %arg0 {alpha = 0.166666672 : f32, beta = 5.000000e-01 : f32} : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @hard_sigmoid_2(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<0.16666667> : tensor<f32> -> tensor<f32>
  %1 = nnq.mul %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.constant dense<0.5> : tensor<f32> -> tensor<f32>
  %3 = nnq.add %1, %2 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %4 = nnq.clamp %3 min = 0.0 max = 1.0 : tensor<4x8xf32> -> tensor<4x8xf32>
  return %4 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @hard_sigmoid_3(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary hard_sigmoid %arg0 {alpha = 0.166666672 : f32, beta = 5.000000e-01 : f32} : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @hard_sigmoid_3(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<3.0> : tensor<f32> -> tensor<f32>
  %1 = nnq.add %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.constant dense<0.0> : tensor<f32> -> tensor<f32>
  %3 = nnq.max %1, %2 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %4 = nnq.constant dense<6.0> : tensor<f32> -> tensor<f32>
  %5 = nnq.min %3, %4 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %6 = nnq.constant dense<0.16666667> : tensor<f32> -> tensor<f32>
  %7 = nnq.mul %5, %6 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  return %7 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @hard_sigmoid_of_slope_1(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary hard_sigmoid %arg0 {alpha = 2.000000e-01 : f32, beta = 4.000000e-01 : f32} : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @hard_sigmoid_of_slope_1(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<0.2> : tensor<f32> -> tensor<f32>
  %1 = nnq.mul %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.constant dense<0.4> : tensor<f32> -> tensor<f32>
  %3 = nnq.add %1, %2 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %4 = nnq.constant dense<0.0> : tensor<f32> -> tensor<f32>
  %5 = nnq.max %3, %4 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %6 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %7 = nnq.min %5, %6 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  return %7 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @hard_sigmoid_of_slope_2(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary hard_sigmoid %arg0 {alpha = 2.000000e-01 : f32, beta = 4.000000e-01 : f32} : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @hard_sigmoid_of_slope_2(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<2.0> : tensor<f32> -> tensor<f32>
  %1 = nnq.add %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.clamp %1 min = 0.0 max = 5.0 : tensor<4x8xf32> -> tensor<4x8xf32>
  %3 = nnq.constant dense<0.2> : tensor<f32> -> tensor<f32>
  %4 = nnq.mul %2, %3 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  return %4 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @leaky_relu_1(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary leaky_relu %arg0 {alpha = 1.250000e-01 : f32} : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @leaky_relu_1(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<0.125> : tensor<f32> -> tensor<f32>
  %1 = nnq.mul %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.max %x, %1 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %2 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @leaky_relu_2(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary leaky_relu %arg0 {alpha = 1.250000e-01 : f32} : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @leaky_relu_2(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<0.125> : tensor<f32> -> tensor<f32>
  %1 = nnq.mul %0, %x : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %2 = nnq.max %1, %x : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %2 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @leaky_relu_3(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary leaky_relu %arg0 {alpha = 1.250000e-01 : f32} : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @leaky_relu_3(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<0.0> : tensor<f32> -> tensor<f32>
  %1 = nnq.max %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.constant dense<0.0> : tensor<f32> -> tensor<f32>
  %3 = nnq.min %x, %2 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %4 = nnq.constant dense<0.125> : tensor<f32> -> tensor<f32>
  %5 = nnq.mul %4, %3 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %6 = nnq.add %1, %5 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %6 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @leaky_relu_4(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary leaky_relu %arg0 {alpha = 1.250000e-01 : f32} : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @leaky_relu_4(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<0.0> : tensor<f32> -> tensor<f32>
  %1 = nnq.max %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.unary neg %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %3 = nnq.constant dense<0.0> : tensor<f32> -> tensor<f32>
  %4 = nnq.max %2, %3 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %5 = nnq.constant dense<0.125> : tensor<f32> -> tensor<f32>
  %6 = nnq.mul %5, %4 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %7 = nnq.sub %1, %6 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %7 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @leaky_relu_5(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary leaky_relu %arg0 {alpha = 1.250000e-01 : f32} : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @leaky_relu_5(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<0.5625> : tensor<f32> -> tensor<f32>
  %1 = nnq.mul %0, %x : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %2 = nnq.unary abs %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %3 = nnq.constant dense<0.4375> : tensor<f32> -> tensor<f32>
  %4 = nnq.mul %3, %2 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %5 = nnq.add %1, %4 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %5 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @elu_1(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary elu %arg0 {alpha = 1.500000e+00 : f32} : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @elu_1(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<0.0> : tensor<f32> -> tensor<f32>
  %1 = nnq.max %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.unary exp %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %3 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %4 = nnq.sub %2, %3 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %5 = nnq.constant dense<1.5> : tensor<f32> -> tensor<f32>
  %6 = nnq.mul %5, %4 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %7 = nnq.constant dense<0.0> : tensor<f32> -> tensor<f32>
  %8 = nnq.min %6, %7 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %9 = nnq.add %1, %8 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %9 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @elu_2(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary elu %arg0 {alpha = 1.500000e+00 : f32} : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @elu_2(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<0.0> : tensor<f32> -> tensor<f32>
  %1 = nnq.max %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.constant dense<0.0> : tensor<f32> -> tensor<f32>
  %3 = nnq.min %x, %2 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %4 = nnq.unary exp %3 : tensor<4x8xf32> -> tensor<4x8xf32>
  %5 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %6 = nnq.sub %4, %5 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %7 = nnq.constant dense<1.5> : tensor<f32> -> tensor<f32>
  %8 = nnq.mul %7, %6 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %9 = nnq.add %1, %8 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %9 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @elu_3(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary elu %arg0 {alpha = 1.500000e+00 : f32} : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @elu_3(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<0.0> : tensor<f32> -> tensor<f32>
  %1 = nnq.max %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.unary exp %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %3 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %4 = nnq.sub %3, %2 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %5 = nnq.constant dense<1.5> : tensor<f32> -> tensor<f32>
  %6 = nnq.mul %5, %4 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %7 = nnq.constant dense<0.0> : tensor<f32> -> tensor<f32>
  %8 = nnq.max %6, %7 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %9 = nnq.sub %1, %8 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %9 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @elu_4(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary elu %arg0 {alpha = 1.500000e+00 : f32} : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @elu_4(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<0.0> : tensor<f32> -> tensor<f32>
  %1 = nnq.max %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.unary neg %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %3 = nnq.constant dense<0.0> : tensor<f32> -> tensor<f32>
  %4 = nnq.max %2, %3 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %5 = nnq.unary neg %4 : tensor<4x8xf32> -> tensor<4x8xf32>
  %6 = nnq.unary exp %5 : tensor<4x8xf32> -> tensor<4x8xf32>
  %7 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %8 = nnq.sub %6, %7 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %9 = nnq.constant dense<1.5> : tensor<f32> -> tensor<f32>
  %10 = nnq.mul %9, %8 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %11 = nnq.add %1, %10 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %11 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @selu_1(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary selu %arg0 {alpha = 1.67326{{.*}} : f32, beta = 1.05070{{.*}} : f32} : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @selu_1(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<0.0> : tensor<f32> -> tensor<f32>
  %1 = nnq.max %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.unary exp %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %3 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %4 = nnq.sub %2, %3 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %5 = nnq.constant dense<1.67326324> : tensor<f32> -> tensor<f32>
  %6 = nnq.mul %5, %4 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %7 = nnq.constant dense<0.0> : tensor<f32> -> tensor<f32>
  %8 = nnq.min %6, %7 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %9 = nnq.add %1, %8 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %10 = nnq.constant dense<1.05070098> : tensor<f32> -> tensor<f32>
  %11 = nnq.mul %10, %9 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %11 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @selu_2(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary selu %arg0 {alpha = 1.67326{{.*}} : f32, beta = 1.05070{{.*}} : f32} : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @selu_2(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<0.0> : tensor<f32> -> tensor<f32>
  %1 = nnq.max %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.constant dense<0.0> : tensor<f32> -> tensor<f32>
  %3 = nnq.min %x, %2 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %4 = nnq.unary exp %3 : tensor<4x8xf32> -> tensor<4x8xf32>
  %5 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %6 = nnq.sub %4, %5 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %7 = nnq.constant dense<1.67326324> : tensor<f32> -> tensor<f32>
  %8 = nnq.mul %7, %6 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %9 = nnq.add %1, %8 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %10 = nnq.constant dense<1.05070098> : tensor<f32> -> tensor<f32>
  %11 = nnq.mul %9, %10 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  return %11 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @selu_3(
// CHECK-NEXT: %[[Y:.*]] = nnq.unary selu %arg0 {alpha = 1.67326{{.*}} : f32, beta = 1.05070{{.*}} : f32} : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @selu_3(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<0.0> : tensor<f32> -> tensor<f32>
  %1 = nnq.max %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.constant dense<1.05070098> : tensor<f32> -> tensor<f32>
  %3 = nnq.mul %2, %1 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %4 = nnq.constant dense<0.0> : tensor<f32> -> tensor<f32>
  %5 = nnq.min %x, %4 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %6 = nnq.unary exp %5 : tensor<4x8xf32> -> tensor<4x8xf32>
  %7 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %8 = nnq.sub %6, %7 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %9 = nnq.constant dense<1.75809934> : tensor<f32> -> tensor<f32>
  %10 = nnq.mul %9, %8 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %11 = nnq.add %3, %10 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %11 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @celu_1(
// CHECK-NEXT: %[[Y:.*]] = nnq.celu %arg0 alpha = 2.000000e+00 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @celu_1(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<0.0> : tensor<f32> -> tensor<f32>
  %1 = nnq.max %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.constant dense<2.0> : tensor<f32> -> tensor<f32>
  %3 = nnq.div %x, %2 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %4 = nnq.unary exp %3 : tensor<4x8xf32> -> tensor<4x8xf32>
  %5 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %6 = nnq.sub %4, %5 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %7 = nnq.constant dense<2.0> : tensor<f32> -> tensor<f32>
  %8 = nnq.mul %7, %6 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %9 = nnq.constant dense<0.0> : tensor<f32> -> tensor<f32>
  %10 = nnq.min %8, %9 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %11 = nnq.add %1, %10 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %11 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @celu_2(
// CHECK-NEXT: %[[Y:.*]] = nnq.celu %arg0 alpha = 2.000000e+00 : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @celu_2(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<0.0> : tensor<f32> -> tensor<f32>
  %1 = nnq.max %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.constant dense<0.0> : tensor<f32> -> tensor<f32>
  %3 = nnq.min %x, %2 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %4 = nnq.constant dense<0.5> : tensor<f32> -> tensor<f32>
  %5 = nnq.mul %4, %3 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %6 = nnq.unary exp %5 : tensor<4x8xf32> -> tensor<4x8xf32>
  %7 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %8 = nnq.sub %6, %7 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %9 = nnq.constant dense<2.0> : tensor<f32> -> tensor<f32>
  %10 = nnq.mul %9, %8 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %11 = nnq.add %1, %10 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %11 : tensor<4x8xf32>
}

//===----------------------------------------------------------------------===//
// What stands around a spelling
//===----------------------------------------------------------------------===//

// The sigmoid has another use, and stays for it.
// CHECK-LABEL: func.func @intermediate_with_another_use(
// CHECK-DAG: %[[S:.*]] = nnq.unary sigmoid %arg0
// CHECK-DAG: %[[Y:.*]] = nnq.unary silu %arg0
// CHECK: return %[[S]], %[[Y]]
func.func @intermediate_with_another_use(%x: tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>) {
  %s = nnq.unary sigmoid %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %y = nnq.mul %x, %s : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %s, %y : tensor<4x8xf32>, tensor<4x8xf32>
}

// The function is one of a computed value; what stands behind it stays.
// CHECK-LABEL: func.func @behind_and_in_front(
// CHECK: %[[X:.*]] = nnq.add %arg0, %arg1
// CHECK: %[[S:.*]] = nnq.unary silu %[[X]]
// CHECK: %[[Y:.*]] = nnq.add %[[S]], %arg1
// CHECK: return %[[Y]]
func.func @behind_and_in_front(%a: tensor<4x8xf32>, %b: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %x = nnq.add %a, %b : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %s = nnq.unary sigmoid %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %y = nnq.mul %x, %s : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %z = nnq.add %y, %b : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %z : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @leaves_quantized_networks_alone(
// CHECK: nnq.unary sigmoid
// CHECK: nnq.mul
func.func @leaves_quantized_networks_alone(%q: tensor<4x8x!quant.uniform<u8:f32, 0.5:128>>) -> tensor<4x8xf32> {
  %x = nnq.requantize %q : tensor<4x8x!quant.uniform<u8:f32, 0.5:128>> -> tensor<4x8xf32>
  %s = nnq.unary sigmoid %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %y = nnq.mul %x, %s : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

//===----------------------------------------------------------------------===//
// Near misses
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @no_gelu_with_another_root(
// CHECK-NOT: nnq.unary gelu 
// CHECK: return
func.func @no_gelu_with_another_root(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<0.5> : tensor<f32> -> tensor<f32>
  %1 = nnq.mul %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.constant dense<0.7072> : tensor<f32> -> tensor<f32>
  %3 = nnq.mul %x, %2 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %4 = nnq.unary erf %3 : tensor<4x8xf32> -> tensor<4x8xf32>
  %5 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %6 = nnq.add %4, %5 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %7 = nnq.mul %1, %6 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %7 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @no_gelu_without_half(
// CHECK-NOT: nnq.unary gelu 
// CHECK: return
func.func @no_gelu_without_half(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<0.70710678> : tensor<f32> -> tensor<f32>
  %1 = nnq.mul %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.unary erf %1 : tensor<4x8xf32> -> tensor<4x8xf32>
  %3 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %4 = nnq.add %2, %3 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %5 = nnq.mul %x, %4 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %5 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @no_gelu_tanh_with_another_cubic(
// CHECK-NOT: nnq.unary gelu_tanh 
// CHECK: return
func.func @no_gelu_tanh_with_another_cubic(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<0.5> : tensor<f32> -> tensor<f32>
  %1 = nnq.mul %0, %x : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %2 = nnq.constant dense<3.0> : tensor<f32> -> tensor<f32>
  %3 = nnq.pow %x, %2 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %4 = nnq.constant dense<0.0447> : tensor<f32> -> tensor<f32>
  %5 = nnq.mul %4, %3 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %6 = nnq.add %x, %5 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %7 = nnq.constant dense<0.79788456> : tensor<f32> -> tensor<f32>
  %8 = nnq.mul %7, %6 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %9 = nnq.unary tanh %8 : tensor<4x8xf32> -> tensor<4x8xf32>
  %10 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %11 = nnq.add %10, %9 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %12 = nnq.mul %1, %11 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %12 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @no_mish_of_another_base(
// CHECK-NOT: nnq.unary mish 
// CHECK: return
func.func @no_mish_of_another_base(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.unary exp %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %1 = nnq.constant dense<2.0> : tensor<f32> -> tensor<f32>
  %2 = nnq.add %1, %0 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %3 = nnq.unary log %2 : tensor<4x8xf32> -> tensor<4x8xf32>
  %4 = nnq.unary tanh %3 : tensor<4x8xf32> -> tensor<4x8xf32>
  %5 = nnq.mul %x, %4 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %5 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @no_hard_swish_of_another_offset(
// CHECK-NOT: nnq.unary hard_swish 
// CHECK: return
func.func @no_hard_swish_of_another_offset(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<2.5> : tensor<f32> -> tensor<f32>
  %1 = nnq.add %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.clamp %1 min = 0.0 max = 6.0 : tensor<4x8xf32> -> tensor<4x8xf32>
  %3 = nnq.constant dense<6.0> : tensor<f32> -> tensor<f32>
  %4 = nnq.div %2, %3 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %5 = nnq.mul %x, %4 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %5 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @no_silu_of_a_difference(
// CHECK-NOT: nnq.unary silu 
// CHECK: return
func.func @no_silu_of_a_difference(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<0.5> : tensor<f32> -> tensor<f32>
  %1 = nnq.sub %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.unary sigmoid %1 : tensor<4x8xf32> -> tensor<4x8xf32>
  %3 = nnq.mul %x, %2 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %3 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @no_softsign_of_another_denominator(
// CHECK-NOT: nnq.softsign 
// CHECK: return
func.func @no_softsign_of_another_denominator(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.unary abs %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %1 = nnq.constant dense<1.5> : tensor<f32> -> tensor<f32>
  %2 = nnq.add %1, %0 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %3 = nnq.div %x, %2 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %3 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @no_selu_whose_pieces_do_not_meet(
// CHECK-NOT: nnq.unary selu 
// CHECK: return
func.func @no_selu_whose_pieces_do_not_meet(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.constant dense<0.0> : tensor<f32> -> tensor<f32>
  %1 = nnq.max %x, %0 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %2 = nnq.constant dense<0.0> : tensor<f32> -> tensor<f32>
  %3 = nnq.min %x, %2 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %4 = nnq.unary exp %3 : tensor<4x8xf32> -> tensor<4x8xf32>
  %5 = nnq.constant dense<0.5> : tensor<f32> -> tensor<f32>
  %6 = nnq.sub %4, %5 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %7 = nnq.constant dense<1.5> : tensor<f32> -> tensor<f32>
  %8 = nnq.mul %7, %6 : tensor<f32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %9 = nnq.add %1, %8 : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %9 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @no_softplus_of_negative(
// CHECK-NOT: nnq.unary softplus 
// CHECK: return
func.func @no_softplus_of_negative(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nnq.unary exp %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %1 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %2 = nnq.sub %0, %1 : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %3 = nnq.unary log %2 : tensor<4x8xf32> -> tensor<4x8xf32>
  return %3 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @no_silu_of_two_values(
// CHECK: nnq.unary sigmoid %arg0
// CHECK-NEXT: nnq.mul
func.func @no_silu_of_two_values(%x: tensor<4x8xf32>, %y: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %s = nnq.unary sigmoid %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %z = nnq.mul %y, %s : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  return %z : tensor<4x8xf32>
}

// A slope for each channel.
// CHECK-LABEL: func.func @no_swish_per_channel(
// CHECK: nnq.unary sigmoid
// CHECK-NEXT: nnq.mul
func.func @no_swish_per_channel(%x: tensor<4x2xf32>) -> tensor<4x2xf32> {
  %b = nnq.constant dense<[1.0, 2.0]> : tensor<2xf32> -> tensor<2xf32>
  %0 = nnq.mul %x, %b : tensor<4x2xf32>, tensor<2xf32> -> tensor<4x2xf32>
  %1 = nnq.unary sigmoid %0 : tensor<4x2xf32> -> tensor<4x2xf32>
  %2 = nnq.mul %x, %1 : tensor<4x2xf32>, tensor<4x2xf32> -> tensor<4x2xf32>
  return %2 : tensor<4x2xf32>
}

// x times the sigmoids of another shape.
// CHECK-LABEL: func.func @no_silu_across_a_broadcast(
// CHECK: nnq.unary sigmoid
// CHECK: nnq.mul
func.func @no_silu_across_a_broadcast(%x: tensor<4xf32>) -> tensor<4x4xf32> {
  %0 = nnq.reshape %x : tensor<4xf32> -> tensor<4x1xf32>
  %1 = nnq.unary sigmoid %x : tensor<4xf32> -> tensor<4xf32>
  %2 = nnq.mul %0, %1 : tensor<4x1xf32>, tensor<4xf32> -> tensor<4x4xf32>
  return %2 : tensor<4x4xf32>
}
