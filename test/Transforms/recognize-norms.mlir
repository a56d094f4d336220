// Spellings of normalizations; behind them what is close to one and is none.

// RUN: nnq-opt %s --nnq-recognize-spellings | FileCheck %s

// CHECK-LABEL: func.func @layer_norm_1(
// CHECK-DAG: %[[G:.*]] = nnq.constant dense<[1.500000e+00, 2.500000e+00, 3.500000e+00, 4.500000e+00]>
// CHECK-DAG: %[[B:.*]] = nnq.constant dense<[5.000000e-01, -5.000000e-01, 1.500000e+00, -1.500000e+00]>
// CHECK: %[[Y:.*]] = nnq.layer_norm %arg0, %[[G]], %[[B]] epsilon = 9.99999974E-6
// CHECK-NEXT: return %[[Y]]
func.func @layer_norm_1(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.reduce mean %x axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %1 = nnq.sub %x, %0 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %2 = nnq.constant dense<2.0> : tensor<f32> -> tensor<f32>
  %3 = nnq.pow %1, %2 : tensor<2x3x4xf32>, tensor<f32> -> tensor<2x3x4xf32>
  %4 = nnq.reduce mean %3 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %5 = nnq.constant dense<1.0e-05> : tensor<f32> -> tensor<f32>
  %6 = nnq.add %4, %5 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %7 = nnq.unary sqrt %6 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %8 = nnq.div %1, %7 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %9 = nnq.constant dense<[1.5, 2.5, 3.5, 4.5]> : tensor<4xf32> -> tensor<4xf32>
  %10 = nnq.mul %8, %9 : tensor<2x3x4xf32>, tensor<4xf32> -> tensor<2x3x4xf32>
  %11 = nnq.constant dense<[0.5, -0.5, 1.5, -1.5]> : tensor<4xf32> -> tensor<4xf32>
  %12 = nnq.add %10, %11 : tensor<2x3x4xf32>, tensor<4xf32> -> tensor<2x3x4xf32>
  return %12 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @layer_norm_2(
// CHECK-DAG: %[[G:.*]] = nnq.constant dense<[1.500000e+00, 2.500000e+00, 3.500000e+00, 4.500000e+00]>
// CHECK-DAG: %[[B:.*]] = nnq.constant dense<[5.000000e-01, -5.000000e-01, 1.500000e+00, -1.500000e+00]>
// CHECK: %[[Y:.*]] = nnq.layer_norm %arg0, %[[G]], %[[B]] epsilon = 9.99999974E-6
// CHECK-NEXT: return %[[Y]]
func.func @layer_norm_2(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.reduce mean %x axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %1 = nnq.sub %x, %0 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %2 = nnq.reduce mean %x axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %3 = nnq.sub %x, %2 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %4 = nnq.reduce mean %x axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %5 = nnq.sub %x, %4 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %6 = nnq.mul %3, %5 : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %7 = nnq.reduce mean %6 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %8 = nnq.constant dense<1.0e-05> : tensor<f32> -> tensor<f32>
  %9 = nnq.add %7, %8 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %10 = nnq.unary sqrt %9 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %11 = nnq.div %1, %10 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %12 = nnq.constant dense<[1.5, 2.5, 3.5, 4.5]> : tensor<4xf32> -> tensor<4xf32>
  %13 = nnq.mul %11, %12 : tensor<2x3x4xf32>, tensor<4xf32> -> tensor<2x3x4xf32>
  %14 = nnq.constant dense<[0.5, -0.5, 1.5, -1.5]> : tensor<4xf32> -> tensor<4xf32>
  %15 = nnq.add %13, %14 : tensor<2x3x4xf32>, tensor<4xf32> -> tensor<2x3x4xf32>
  return %15 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @layer_norm_3(
// CHECK-DAG: %[[G:.*]] = nnq.constant dense<[1.500000e+00, 2.500000e+00, 3.500000e+00, 4.500000e+00]>
// CHECK-DAG: %[[B:.*]] = nnq.constant dense<[5.000000e-01, -5.000000e-01, 1.500000e+00, -1.500000e+00]>
// CHECK: %[[Y:.*]] = nnq.layer_norm %arg0, %[[G]], %[[B]] epsilon = 9.99999974E-6
// CHECK-NEXT: return %[[Y]]
func.func @layer_norm_3(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.reduce mean %x axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %1 = nnq.sub %x, %0 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %2 = nnq.constant dense<2.0> : tensor<f32> -> tensor<f32>
  %3 = nnq.pow %1, %2 : tensor<2x3x4xf32>, tensor<f32> -> tensor<2x3x4xf32>
  %4 = nnq.reduce mean %3 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %5 = nnq.constant dense<1.0e-05> : tensor<f32> -> tensor<f32>
  %6 = nnq.add %4, %5 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %7 = nnq.unary rsqrt %6 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %8 = nnq.mul %1, %7 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %9 = nnq.constant dense<[1.5, 2.5, 3.5, 4.5]> : tensor<4xf32> -> tensor<4xf32>
  %10 = nnq.mul %8, %9 : tensor<2x3x4xf32>, tensor<4xf32> -> tensor<2x3x4xf32>
  %11 = nnq.constant dense<[0.5, -0.5, 1.5, -1.5]> : tensor<4xf32> -> tensor<4xf32>
  %12 = nnq.add %10, %11 : tensor<2x3x4xf32>, tensor<4xf32> -> tensor<2x3x4xf32>
  return %12 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @layer_norm_4(
// CHECK-DAG: %[[G:.*]] = nnq.constant dense<[1.500000e+00, 2.500000e+00, 3.500000e+00, 4.500000e+00]>
// CHECK-DAG: %[[B:.*]] = nnq.constant dense<[5.000000e-01, -5.000000e-01, 1.500000e+00, -1.500000e+00]>
// CHECK: %[[Y:.*]] = nnq.layer_norm %arg0, %[[G]], %[[B]] epsilon = 9.99999974E-6
// CHECK-NEXT: return %[[Y]]
func.func @layer_norm_4(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.reduce mean %x axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %1 = nnq.sub %x, %0 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %2 = nnq.unary square %1 : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %3 = nnq.reduce mean %2 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %4 = nnq.constant dense<1.0e-05> : tensor<f32> -> tensor<f32>
  %5 = nnq.add %3, %4 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %6 = nnq.constant dense<-0.5> : tensor<f32> -> tensor<f32>
  %7 = nnq.pow %5, %6 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %8 = nnq.mul %1, %7 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %9 = nnq.constant dense<[1.5, 2.5, 3.5, 4.5]> : tensor<4xf32> -> tensor<4xf32>
  %10 = nnq.mul %8, %9 : tensor<2x3x4xf32>, tensor<4xf32> -> tensor<2x3x4xf32>
  %11 = nnq.constant dense<[0.5, -0.5, 1.5, -1.5]> : tensor<4xf32> -> tensor<4xf32>
  %12 = nnq.add %10, %11 : tensor<2x3x4xf32>, tensor<4xf32> -> tensor<2x3x4xf32>
  return %12 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @layer_norm_5(
// CHECK-DAG: %[[G:.*]] = nnq.constant dense<[1.500000e+00, 2.500000e+00, 3.500000e+00, 4.500000e+00]>
// CHECK-DAG: %[[B:.*]] = nnq.constant dense<[5.000000e-01, -5.000000e-01, 1.500000e+00, -1.500000e+00]>
// CHECK: %[[Y:.*]] = nnq.layer_norm %arg0, %[[G]], %[[B]] epsilon = 9.99999974E-6
// CHECK-NEXT: return %[[Y]]
func.func @layer_norm_5(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.reduce mean %x axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %1 = nnq.sub %x, %0 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %2 = nnq.constant dense<2.0> : tensor<f32> -> tensor<f32>
  %3 = nnq.pow %1, %2 : tensor<2x3x4xf32>, tensor<f32> -> tensor<2x3x4xf32>
  %4 = nnq.reduce mean %3 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %5 = nnq.constant dense<1.0e-05> : tensor<f32> -> tensor<f32>
  %6 = nnq.add %4, %5 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %7 = nnq.unary sqrt %6 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %8 = nnq.unary reciprocal %7 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %9 = nnq.mul %1, %8 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %10 = nnq.constant dense<[1.5, 2.5, 3.5, 4.5]> : tensor<4xf32> -> tensor<4xf32>
  %11 = nnq.mul %9, %10 : tensor<2x3x4xf32>, tensor<4xf32> -> tensor<2x3x4xf32>
  %12 = nnq.constant dense<[0.5, -0.5, 1.5, -1.5]> : tensor<4xf32> -> tensor<4xf32>
  %13 = nnq.add %11, %12 : tensor<2x3x4xf32>, tensor<4xf32> -> tensor<2x3x4xf32>
  return %13 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @layer_norm_6(
// CHECK-DAG: %[[G:.*]] = nnq.constant dense<[1.500000e+00, 2.500000e+00, 3.500000e+00, 4.500000e+00]>
// CHECK-DAG: %[[B:.*]] = nnq.constant dense<[5.000000e-01, -5.000000e-01, 1.500000e+00, -1.500000e+00]>
// CHECK: %[[Y:.*]] = nnq.layer_norm %arg0, %[[G]], %[[B]] epsilon = 9.99999974E-6
// CHECK-NEXT: return %[[Y]]
func.func @layer_norm_6(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.reduce sum %x axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %1 = nnq.constant dense<4.0> : tensor<f32> -> tensor<f32>
  %2 = nnq.div %0, %1 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %3 = nnq.sub %x, %2 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %4 = nnq.mul %3, %3 : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %5 = nnq.reduce sum %4 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %6 = nnq.constant dense<0.25> : tensor<f32> -> tensor<f32>
  %7 = nnq.mul %5, %6 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %8 = nnq.constant dense<1.0e-05> : tensor<f32> -> tensor<f32>
  %9 = nnq.add %7, %8 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %10 = nnq.unary sqrt %9 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %11 = nnq.div %3, %10 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %12 = nnq.constant dense<[1.5, 2.5, 3.5, 4.5]> : tensor<4xf32> -> tensor<4xf32>
  %13 = nnq.mul %11, %12 : tensor<2x3x4xf32>, tensor<4xf32> -> tensor<2x3x4xf32>
  %14 = nnq.constant dense<[0.5, -0.5, 1.5, -1.5]> : tensor<4xf32> -> tensor<4xf32>
  %15 = nnq.add %13, %14 : tensor<2x3x4xf32>, tensor<4xf32> -> tensor<2x3x4xf32>
  return %15 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @layer_norm_7(
// CHECK-DAG: %[[G:.*]] = nnq.constant dense<[1.500000e+00, 2.500000e+00, 3.500000e+00, 4.500000e+00]>
// CHECK-DAG: %[[B:.*]] = nnq.constant dense<[5.000000e-01, -5.000000e-01, 1.500000e+00, -1.500000e+00]>
// CHECK: %[[Y:.*]] = nnq.layer_norm %arg0, %[[G]], %[[B]] epsilon = 9.99999974E-6
// CHECK-NEXT: return %[[Y]]
func.func @layer_norm_7(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.reduce mean %x axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %1 = nnq.sub %x, %0 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %2 = nnq.mul %x, %x : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %3 = nnq.reduce mean %2 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %4 = nnq.mul %0, %0 : tensor<2x3x1xf32>, tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %5 = nnq.sub %3, %4 : tensor<2x3x1xf32>, tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %6 = nnq.constant dense<1.0e-05> : tensor<f32> -> tensor<f32>
  %7 = nnq.add %5, %6 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %8 = nnq.unary sqrt %7 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %9 = nnq.div %1, %8 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %10 = nnq.constant dense<[1.5, 2.5, 3.5, 4.5]> : tensor<4xf32> -> tensor<4xf32>
  %11 = nnq.mul %9, %10 : tensor<2x3x4xf32>, tensor<4xf32> -> tensor<2x3x4xf32>
  %12 = nnq.constant dense<[0.5, -0.5, 1.5, -1.5]> : tensor<4xf32> -> tensor<4xf32>
  %13 = nnq.add %11, %12 : tensor<2x3x4xf32>, tensor<4xf32> -> tensor<2x3x4xf32>
  return %13 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @layer_norm_8(
// CHECK-DAG: %[[G:.*]] = nnq.constant dense<[1.500000e+00, 2.500000e+00, 3.500000e+00, 4.500000e+00]>
// CHECK-DAG: %[[B:.*]] = nnq.constant dense<[5.000000e-01, -5.000000e-01, 1.500000e+00, -1.500000e+00]>
// CHECK: %[[Y:.*]] = nnq.layer_norm %arg0, %[[G]], %[[B]] epsilon = 9.99999974E-6
// CHECK-NEXT: return %[[Y]]
func.func @layer_norm_8(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.reduce mean %x axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %1 = nnq.sub %x, %0 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %2 = nnq.mul %x, %x : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %3 = nnq.reduce mean %2 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %4 = nnq.mul %0, %0 : tensor<2x3x1xf32>, tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %5 = nnq.sub %3, %4 : tensor<2x3x1xf32>, tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %6 = nnq.constant dense<0.0> : tensor<f32> -> tensor<f32>
  %7 = nnq.max %5, %6 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %8 = nnq.constant dense<1.0e-05> : tensor<f32> -> tensor<f32>
  %9 = nnq.add %7, %8 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %10 = nnq.unary rsqrt %9 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %11 = nnq.mul %1, %10 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %12 = nnq.constant dense<[1.5, 2.5, 3.5, 4.5]> : tensor<4xf32> -> tensor<4xf32>
  %13 = nnq.mul %11, %12 : tensor<2x3x4xf32>, tensor<4xf32> -> tensor<2x3x4xf32>
  %14 = nnq.constant dense<[0.5, -0.5, 1.5, -1.5]> : tensor<4xf32> -> tensor<4xf32>
  %15 = nnq.add %13, %14 : tensor<2x3x4xf32>, tensor<4xf32> -> tensor<2x3x4xf32>
  return %15 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @layer_norm_9(
// CHECK-DAG: %[[G:.*]] = nnq.constant dense<[1.500000e+00, 2.500000e+00, 3.500000e+00, 4.500000e+00]>
// CHECK-DAG: %[[B:.*]] = nnq.constant dense<[5.000000e-01, -5.000000e-01, 1.500000e+00, -1.500000e+00]>
// CHECK: %[[Y:.*]] = nnq.layer_norm %arg0, %[[G]], %[[B]] epsilon = 9.99999974E-6
// CHECK-NEXT: return %[[Y]]
func.func @layer_norm_9(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.reduce mean %x axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %1 = nnq.sub %x, %0 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %2 = nnq.mul %1, %1 : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %3 = nnq.reduce mean %2 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %4 = nnq.constant dense<1.0e-05> : tensor<f32> -> tensor<f32>
  %5 = nnq.add %3, %4 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %6 = nnq.unary rsqrt %5 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %7 = nnq.constant dense<[1.5, 2.5, 3.5, 4.5]> : tensor<4xf32> -> tensor<4xf32>
  %8 = nnq.mul %6, %7 : tensor<2x3x1xf32>, tensor<4xf32> -> tensor<2x3x4xf32>
  %9 = nnq.mul %x, %8 : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %10 = nnq.constant dense<[0.5, -0.5, 1.5, -1.5]> : tensor<4xf32> -> tensor<4xf32>
  %11 = nnq.mul %0, %8 : tensor<2x3x1xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %12 = nnq.sub %10, %11 : tensor<4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %13 = nnq.add %9, %12 : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  return %13 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @layer_norm_10(
// CHECK-DAG: %[[G:.*]] = nnq.constant dense<[1.500000e+00, 2.500000e+00, 3.500000e+00, 4.500000e+00]>
// CHECK-DAG: %[[B:.*]] = nnq.constant dense<[5.000000e-01, -5.000000e-01, 1.500000e+00, -1.500000e+00]>
// CHECK: %[[Y:.*]] = nnq.layer_norm %arg0, %[[G]], %[[B]] epsilon = 9.99999974E-6
// CHECK-NEXT: return %[[Y]]
func.func @layer_norm_10(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.reduce mean %x axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %1 = nnq.sub %0, %x : tensor<2x3x1xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %2 = nnq.unary square %1 : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %3 = nnq.reduce mean %2 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %4 = nnq.constant dense<1.0e-05> : tensor<f32> -> tensor<f32>
  %5 = nnq.add %3, %4 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %6 = nnq.unary rsqrt %5 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %7 = nnq.constant dense<[1.5, 2.5, 3.5, 4.5]> : tensor<4xf32> -> tensor<4xf32>
  %8 = nnq.mul %6, %7 : tensor<2x3x1xf32>, tensor<4xf32> -> tensor<2x3x4xf32>
  %9 = nnq.mul %x, %8 : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %10 = nnq.unary neg %0 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %11 = nnq.mul %10, %8 : tensor<2x3x1xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %12 = nnq.constant dense<[0.5, -0.5, 1.5, -1.5]> : tensor<4xf32> -> tensor<4xf32>
  %13 = nnq.add %11, %12 : tensor<2x3x4xf32>, tensor<4xf32> -> tensor<2x3x4xf32>
  %14 = nnq.add %9, %13 : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  return %14 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @layer_norm_11(
// CHECK-DAG: %[[G:.*]] = nnq.constant dense<[1.500000e+00, 2.500000e+00, 3.500000e+00, 4.500000e+00]>
// CHECK-DAG: %[[B:.*]] = nnq.constant dense<[5.000000e-01, -5.000000e-01, 1.500000e+00, -1.500000e+00]>
// CHECK: %[[Y:.*]] = nnq.layer_norm %arg0, %[[G]], %[[B]] epsilon = 9.99999974E-6
// CHECK-NEXT: return %[[Y]]
func.func @layer_norm_11(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.reduce mean %x axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %1 = nnq.reshape %0 : tensor<2x3x1xf32> -> tensor<2x3xf32>
  %2 = nnq.reshape %1 : tensor<2x3xf32> -> tensor<2x3x1xf32>
  %3 = nnq.sub %x, %2 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %4 = nnq.mul %3, %3 : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %5 = nnq.reduce mean %4 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %6 = nnq.reshape %5 : tensor<2x3x1xf32> -> tensor<2x3xf32>
  %7 = nnq.constant dense<1.0e-05> : tensor<f32> -> tensor<f32>
  %8 = nnq.add %6, %7 : tensor<2x3xf32>, tensor<f32> -> tensor<2x3xf32>
  %9 = nnq.unary sqrt %8 : tensor<2x3xf32> -> tensor<2x3xf32>
  %10 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %11 = nnq.div %10, %9 : tensor<f32>, tensor<2x3xf32> -> tensor<2x3xf32>
  %12 = nnq.reshape %11 : tensor<2x3xf32> -> tensor<2x3x1xf32>
  %13 = nnq.mul %3, %12 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %14 = nnq.constant dense<[1.5, 2.5, 3.5, 4.5]> : tensor<4xf32> -> tensor<4xf32>
  %15 = nnq.mul %13, %14 : tensor<2x3x4xf32>, tensor<4xf32> -> tensor<2x3x4xf32>
  %16 = nnq.constant dense<[0.5, -0.5, 1.5, -1.5]> : tensor<4xf32> -> tensor<4xf32>
  %17 = nnq.add %15, %16 : tensor<2x3x4xf32>, tensor<4xf32> -> tensor<2x3x4xf32>
  return %17 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @layer_norm_12(
// CHECK-DAG: %[[G:.*]] = nnq.constant dense<[1.500000e+00, 2.500000e+00, 3.500000e+00, 4.500000e+00]>
// CHECK-DAG: %[[B:.*]] = nnq.constant dense<[5.000000e-01, -5.000000e-01, 1.500000e+00, -1.500000e+00]>
// CHECK: %[[Y:.*]] = nnq.layer_norm %arg0, %[[G]], %[[B]] epsilon = 9.99999974E-6
// CHECK-NEXT: return %[[Y]]
func.func @layer_norm_12(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.reduce mean %x axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %1 = nnq.broadcast %0 : tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %2 = nnq.sub %x, %1 : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %3 = nnq.mul %2, %2 : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %4 = nnq.reduce mean %3 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %5 = nnq.constant dense<1.0e-05> : tensor<f32> -> tensor<f32>
  %6 = nnq.add %4, %5 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %7 = nnq.unary sqrt %6 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %8 = nnq.broadcast %7 : tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %9 = nnq.div %2, %8 : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %10 = nnq.constant dense<[1.5, 2.5, 3.5, 4.5]> : tensor<4xf32> -> tensor<4xf32>
  %11 = nnq.mul %9, %10 : tensor<2x3x4xf32>, tensor<4xf32> -> tensor<2x3x4xf32>
  %12 = nnq.constant dense<[0.5, -0.5, 1.5, -1.5]> : tensor<4xf32> -> tensor<4xf32>
  %13 = nnq.add %11, %12 : tensor<2x3x4xf32>, tensor<4xf32> -> tensor<2x3x4xf32>
  return %13 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @layer_norm_13(
// CHECK-DAG: %[[G:.*]] = nnq.constant dense<[1.500000e+00, 2.500000e+00, 3.500000e+00, 4.500000e+00]>
// CHECK-DAG: %[[B:.*]] = nnq.constant dense<[5.000000e-01, -5.000000e-01, 1.500000e+00, -1.500000e+00]>
// CHECK: %[[Y:.*]] = nnq.layer_norm %arg0, %[[G]], %[[B]] epsilon = 9.99999974E-6
// CHECK-NEXT: return %[[Y]]
func.func @layer_norm_13(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.reduce mean %x axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %1 = nnq.sub %x, %0 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %2 = nnq.constant dense<2.0> : tensor<f32> -> tensor<f32>
  %3 = nnq.pow %1, %2 : tensor<2x3x4xf32>, tensor<f32> -> tensor<2x3x4xf32>
  %4 = nnq.reduce mean %3 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %5 = nnq.constant dense<[1.5, 2.5, 3.5, 4.5]> : tensor<4xf32> -> tensor<4xf32>
  %6 = nnq.mul %1, %5 : tensor<2x3x4xf32>, tensor<4xf32> -> tensor<2x3x4xf32>
  %7 = nnq.constant dense<1.0e-05> : tensor<f32> -> tensor<f32>
  %8 = nnq.add %4, %7 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %9 = nnq.unary sqrt %8 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %10 = nnq.div %6, %9 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %11 = nnq.constant dense<[0.5, -0.5, 1.5, -1.5]> : tensor<4xf32> -> tensor<4xf32>
  %12 = nnq.add %10, %11 : tensor<2x3x4xf32>, tensor<4xf32> -> tensor<2x3x4xf32>
  return %12 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @layer_norm_without_parameters_1(
// CHECK-DAG: %[[G:.*]] = nnq.constant dense<1.000000e+00> : tensor<4xf32>
// CHECK-DAG: %[[B:.*]] = nnq.constant dense<0.000000e+00> : tensor<4xf32>
// CHECK: nnq.layer_norm %arg0, %[[G]], %[[B]]
func.func @layer_norm_without_parameters_1(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.reduce mean %x axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %1 = nnq.sub %x, %0 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %2 = nnq.constant dense<2.0> : tensor<f32> -> tensor<f32>
  %3 = nnq.pow %1, %2 : tensor<2x3x4xf32>, tensor<f32> -> tensor<2x3x4xf32>
  %4 = nnq.reduce mean %3 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %5 = nnq.constant dense<1.0e-05> : tensor<f32> -> tensor<f32>
  %6 = nnq.add %4, %5 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %7 = nnq.unary sqrt %6 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %8 = nnq.div %1, %7 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  return %8 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @layer_norm_by_numbers_1(
// CHECK-DAG: %[[G:.*]] = nnq.constant dense<2.000000e+00> : tensor<4xf32>
// CHECK-DAG: %[[B:.*]] = nnq.constant dense<5.000000e-01> : tensor<4xf32>
// CHECK: nnq.layer_norm %arg0, %[[G]], %[[B]]
func.func @layer_norm_by_numbers_1(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.reduce mean %x axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %1 = nnq.sub %x, %0 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %2 = nnq.constant dense<2.0> : tensor<f32> -> tensor<f32>
  %3 = nnq.pow %1, %2 : tensor<2x3x4xf32>, tensor<f32> -> tensor<2x3x4xf32>
  %4 = nnq.reduce mean %3 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %5 = nnq.constant dense<1.0e-05> : tensor<f32> -> tensor<f32>
  %6 = nnq.add %4, %5 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %7 = nnq.unary sqrt %6 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %8 = nnq.div %1, %7 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %9 = nnq.constant dense<2.0> : tensor<f32> -> tensor<f32>
  %10 = nnq.mul %8, %9 : tensor<2x3x4xf32>, tensor<f32> -> tensor<2x3x4xf32>
  %11 = nnq.constant dense<0.5> : tensor<f32> -> tensor<f32>
  %12 = nnq.add %10, %11 : tensor<2x3x4xf32>, tensor<f32> -> tensor<2x3x4xf32>
  return %12 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @layer_norm_over_two_axes_1(
// CHECK-DAG: %[[G:.*]] = nnq.constant dense<[1.500000e+00, 2.500000e+00, 3.500000e+00, 4.500000e+00, 1.500000e+00, 2.500000e+00, 3.500000e+00, 4.500000e+00, 1.500000e+00, 2.500000e+00, 3.500000e+00, 4.500000e+00]> : tensor<12xf32>
// CHECK: %[[X:.*]] = nnq.reshape %arg0 : tensor<2x3x4xf32> -> tensor<2x12xf32>
// CHECK: %[[N:.*]] = nnq.layer_norm %[[X]], %[[G]], {{.*}} epsilon = 9.99999974E-6
// CHECK: nnq.reshape %[[N]] : tensor<2x12xf32> -> tensor<2x3x4xf32>
func.func @layer_norm_over_two_axes_1(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.reduce mean %x axes = [1, 2] : tensor<2x3x4xf32> -> tensor<2x1x1xf32>
  %1 = nnq.sub %x, %0 : tensor<2x3x4xf32>, tensor<2x1x1xf32> -> tensor<2x3x4xf32>
  %2 = nnq.mul %1, %1 : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %3 = nnq.reduce mean %2 axes = [1, 2] : tensor<2x3x4xf32> -> tensor<2x1x1xf32>
  %4 = nnq.constant dense<1.0e-05> : tensor<f32> -> tensor<f32>
  %5 = nnq.add %3, %4 : tensor<2x1x1xf32>, tensor<f32> -> tensor<2x1x1xf32>
  %6 = nnq.unary sqrt %5 : tensor<2x1x1xf32> -> tensor<2x1x1xf32>
  %7 = nnq.div %1, %6 : tensor<2x3x4xf32>, tensor<2x1x1xf32> -> tensor<2x3x4xf32>
  %8 = nnq.constant dense<[1.5, 2.5, 3.5, 4.5]> : tensor<4xf32> -> tensor<4xf32>
  %9 = nnq.mul %7, %8 : tensor<2x3x4xf32>, tensor<4xf32> -> tensor<2x3x4xf32>
  return %9 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @layer_norm_over_two_axes_2(
// CHECK-DAG: %[[G:.*]] = nnq.constant dense<[1.500000e+00, 2.500000e+00, 3.500000e+00, 4.500000e+00, 1.500000e+00, 2.500000e+00, 3.500000e+00, 4.500000e+00, 1.500000e+00, 2.500000e+00, 3.500000e+00, 4.500000e+00]> : tensor<12xf32>
// CHECK: %[[X:.*]] = nnq.reshape %arg0 : tensor<2x3x4xf32> -> tensor<2x12xf32>
// CHECK: %[[N:.*]] = nnq.layer_norm %[[X]], %[[G]], {{.*}} epsilon = 9.99999974E-6
// CHECK: nnq.reshape %[[N]] : tensor<2x12xf32> -> tensor<2x3x4xf32>
func.func @layer_norm_over_two_axes_2(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.reduce mean %x axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %1 = nnq.reduce mean %0 axes = [1] : tensor<2x3x1xf32> -> tensor<2x1x1xf32>
  %2 = nnq.sub %x, %1 : tensor<2x3x4xf32>, tensor<2x1x1xf32> -> tensor<2x3x4xf32>
  %3 = nnq.mul %2, %2 : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %4 = nnq.reduce mean %3 axes = [1] : tensor<2x3x4xf32> -> tensor<2x1x4xf32>
  %5 = nnq.reduce mean %4 axes = [2] : tensor<2x1x4xf32> -> tensor<2x1x1xf32>
  %6 = nnq.constant dense<1.0e-05> : tensor<f32> -> tensor<f32>
  %7 = nnq.add %5, %6 : tensor<2x1x1xf32>, tensor<f32> -> tensor<2x1x1xf32>
  %8 = nnq.unary sqrt %7 : tensor<2x1x1xf32> -> tensor<2x1x1xf32>
  %9 = nnq.div %2, %8 : tensor<2x3x4xf32>, tensor<2x1x1xf32> -> tensor<2x3x4xf32>
  %10 = nnq.constant dense<[1.5, 2.5, 3.5, 4.5]> : tensor<4xf32> -> tensor<4xf32>
  %11 = nnq.mul %9, %10 : tensor<2x3x4xf32>, tensor<4xf32> -> tensor<2x3x4xf32>
  return %11 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @deviation_of_a_sample_1(
// CHECK: %[[G:.*]] = nnq.constant dense<{{8.6602[0-9]*E-01|0.8660[0-9]*}}> : tensor<1x1x1xf32>
// CHECK: nnq.normalize standard %arg0 scale %[[G]] : tensor<1x1x1xf32> axes = [2] epsilon = {{8.6602[0-9]*[eE]-0?4}} outside
func.func @deviation_of_a_sample_1(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.reduce mean %x axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %1 = nnq.sub %x, %0 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %2 = nnq.constant dense<2.0> : tensor<f32> -> tensor<f32>
  %3 = nnq.pow %1, %2 : tensor<2x3x4xf32>, tensor<f32> -> tensor<2x3x4xf32>
  %4 = nnq.reduce mean %3 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %5 = nnq.constant dense<1.33333337> : tensor<f32> -> tensor<f32>
  %6 = nnq.mul %4, %5 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %7 = nnq.unary sqrt %6 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %8 = nnq.constant dense<0.001> : tensor<f32> -> tensor<f32>
  %9 = nnq.add %7, %8 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %10 = nnq.div %1, %9 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  return %10 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @layer_norm_over_channels_first_1(
// CHECK-DAG: %[[G:.*]] = nnq.constant {{.*}} -> tensor<1x3x1xf32>
// CHECK: nnq.normalize standard %arg0 scale %[[G]] : tensor<1x3x1xf32> bias %{{.*}} : tensor<1x3x1xf32> axes = [1] epsilon = 9.99999974E-6 inside
func.func @layer_norm_over_channels_first_1(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.reduce mean %x axes = [1] : tensor<2x3x4xf32> -> tensor<2x1x4xf32>
  %1 = nnq.sub %x, %0 : tensor<2x3x4xf32>, tensor<2x1x4xf32> -> tensor<2x3x4xf32>
  %2 = nnq.mul %1, %1 : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %3 = nnq.reduce mean %2 axes = [1] : tensor<2x3x4xf32> -> tensor<2x1x4xf32>
  %4 = nnq.constant dense<1.0e-05> : tensor<f32> -> tensor<f32>
  %5 = nnq.add %3, %4 : tensor<2x1x4xf32>, tensor<f32> -> tensor<2x1x4xf32>
  %6 = nnq.unary sqrt %5 : tensor<2x1x4xf32> -> tensor<2x1x4xf32>
  %7 = nnq.div %1, %6 : tensor<2x3x4xf32>, tensor<2x1x4xf32> -> tensor<2x3x4xf32>
  %8 = nnq.constant dense<[[1.0], [2.0], [3.0]]> : tensor<3x1xf32> -> tensor<3x1xf32>
  %9 = nnq.mul %7, %8 : tensor<2x3x4xf32>, tensor<3x1xf32> -> tensor<2x3x4xf32>
  %10 = nnq.constant dense<[[1.0], [0.0], [-1.0]]> : tensor<3x1xf32> -> tensor<3x1xf32>
  %11 = nnq.add %9, %10 : tensor<2x3x4xf32>, tensor<3x1xf32> -> tensor<2x3x4xf32>
  return %11 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @instance_norm_1(
// CHECK: nnq.normalize standard %arg0 scale %{{.*}} : tensor<1x3x1xf32> axes = [2] epsilon = 9.99999974E-6 inside
func.func @instance_norm_1(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.reduce mean %x axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %1 = nnq.sub %x, %0 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %2 = nnq.mul %1, %1 : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %3 = nnq.reduce mean %2 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %4 = nnq.constant dense<1.0e-05> : tensor<f32> -> tensor<f32>
  %5 = nnq.add %3, %4 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %6 = nnq.unary sqrt %5 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %7 = nnq.div %1, %6 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %8 = nnq.constant dense<[[1.0], [2.0], [3.0]]> : tensor<3x1xf32> -> tensor<3x1xf32>
  %9 = nnq.mul %7, %8 : tensor<2x3x4xf32>, tensor<3x1xf32> -> tensor<2x3x4xf32>
  return %9 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @rms_norm_1(
// CHECK-DAG: %[[G:.*]] = nnq.constant dense<{{.*}}1.500000e+00, 2.500000e+00, 3.500000e+00, 4.500000e+00{{.*}}> : tensor<1x1x4xf32>
// CHECK: %[[Y:.*]] = nnq.normalize rms %arg0 scale %[[G]] : tensor<1x1x4xf32> axes = [2] epsilon = 9.99999997E-7 inside
// CHECK-NEXT: return %[[Y]]
func.func @rms_norm_1(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.constant dense<2.0> : tensor<f32> -> tensor<f32>
  %1 = nnq.pow %x, %0 : tensor<2x3x4xf32>, tensor<f32> -> tensor<2x3x4xf32>
  %2 = nnq.reduce mean %1 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %3 = nnq.constant dense<1.0e-06> : tensor<f32> -> tensor<f32>
  %4 = nnq.add %2, %3 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %5 = nnq.unary sqrt %4 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %6 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %7 = nnq.div %6, %5 : tensor<f32>, tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %8 = nnq.mul %x, %7 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %9 = nnq.constant dense<[1.5, 2.5, 3.5, 4.5]> : tensor<4xf32> -> tensor<4xf32>
  %10 = nnq.mul %8, %9 : tensor<2x3x4xf32>, tensor<4xf32> -> tensor<2x3x4xf32>
  return %10 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @rms_norm_2(
// CHECK-DAG: %[[G:.*]] = nnq.constant dense<{{.*}}1.500000e+00, 2.500000e+00, 3.500000e+00, 4.500000e+00{{.*}}> : tensor<1x1x4xf32>
// CHECK: %[[Y:.*]] = nnq.normalize rms %arg0 scale %[[G]] : tensor<1x1x4xf32> axes = [2] epsilon = 9.99999997E-7 inside
// CHECK-NEXT: return %[[Y]]
func.func @rms_norm_2(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.constant dense<[1.5, 2.5, 3.5, 4.5]> : tensor<4xf32> -> tensor<4xf32>
  %1 = nnq.mul %x, %x : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %2 = nnq.reduce mean %1 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %3 = nnq.constant dense<1.0e-06> : tensor<f32> -> tensor<f32>
  %4 = nnq.add %2, %3 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %5 = nnq.unary rsqrt %4 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %6 = nnq.mul %x, %5 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %7 = nnq.mul %0, %6 : tensor<4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  return %7 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @rms_norm_3(
// CHECK-DAG: %[[G:.*]] = nnq.constant dense<{{.*}}1.500000e+00, 2.500000e+00, 3.500000e+00, 4.500000e+00{{.*}}> : tensor<1x1x4xf32>
// CHECK: %[[Y:.*]] = nnq.normalize rms %arg0 scale %[[G]] : tensor<1x1x4xf32> axes = [2] epsilon = 9.99999997E-7 inside
// CHECK-NEXT: return %[[Y]]
func.func @rms_norm_3(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.unary square %x : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %1 = nnq.reduce mean %0 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %2 = nnq.constant dense<1.0e-06> : tensor<f32> -> tensor<f32>
  %3 = nnq.add %1, %2 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %4 = nnq.unary sqrt %3 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %5 = nnq.div %x, %4 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %6 = nnq.constant dense<[1.5, 2.5, 3.5, 4.5]> : tensor<4xf32> -> tensor<4xf32>
  %7 = nnq.mul %5, %6 : tensor<2x3x4xf32>, tensor<4xf32> -> tensor<2x3x4xf32>
  return %7 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @rms_norm_4(
// CHECK-DAG: %[[G:.*]] = nnq.constant dense<{{.*}}1.500000e+00, 2.500000e+00, 3.500000e+00, 4.500000e+00{{.*}}> : tensor<1x1x4xf32>
// CHECK: %[[Y:.*]] = nnq.normalize rms %arg0 scale %[[G]] : tensor<1x1x4xf32> axes = [2] epsilon = 9.99999997E-7 inside
// CHECK-NEXT: return %[[Y]]
func.func @rms_norm_4(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.mul %x, %x : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %1 = nnq.reduce mean %0 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %2 = nnq.constant dense<1.0e-06> : tensor<f32> -> tensor<f32>
  %3 = nnq.add %1, %2 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %4 = nnq.constant dense<-0.5> : tensor<f32> -> tensor<f32>
  %5 = nnq.pow %3, %4 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %6 = nnq.mul %x, %5 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %7 = nnq.constant dense<[1.5, 2.5, 3.5, 4.5]> : tensor<4xf32> -> tensor<4xf32>
  %8 = nnq.mul %6, %7 : tensor<2x3x4xf32>, tensor<4xf32> -> tensor<2x3x4xf32>
  return %8 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @rms_norm_5(
// CHECK-DAG: %[[G:.*]] = nnq.constant dense<{{.*}}1.500000e+00, 2.500000e+00, 3.500000e+00, 4.500000e+00{{.*}}> : tensor<1x1x4xf32>
// CHECK: %[[Y:.*]] = nnq.normalize rms %arg0 scale %[[G]] : tensor<1x1x4xf32> axes = [2] epsilon = 9.99999997E-7 inside
// CHECK-NEXT: return %[[Y]]
func.func @rms_norm_5(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.mul %x, %x : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %1 = nnq.reduce mean %0 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %2 = nnq.constant dense<1.0e-06> : tensor<f32> -> tensor<f32>
  %3 = nnq.add %1, %2 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %4 = nnq.unary rsqrt %3 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %5 = nnq.constant dense<[1.5, 2.5, 3.5, 4.5]> : tensor<4xf32> -> tensor<4xf32>
  %6 = nnq.mul %4, %5 : tensor<2x3x1xf32>, tensor<4xf32> -> tensor<2x3x4xf32>
  %7 = nnq.mul %x, %6 : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  return %7 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @rms_norm_6(
// CHECK-DAG: %[[G:.*]] = nnq.constant dense<{{.*}}1.500000e+00, 2.500000e+00, 3.500000e+00, 4.500000e+00{{.*}}> : tensor<1x1x4xf32>
// CHECK: %[[Y:.*]] = nnq.normalize rms %arg0 scale %[[G]] : tensor<1x1x4xf32> axes = [2] epsilon = 9.99999997E-7 inside
// CHECK-NEXT: return %[[Y]]
func.func @rms_norm_6(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.mul %x, %x : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %1 = nnq.reduce mean %0 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %2 = nnq.constant dense<1.0e-06> : tensor<f32> -> tensor<f32>
  %3 = nnq.add %1, %2 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %4 = nnq.constant dense<0.5> : tensor<f32> -> tensor<f32>
  %5 = nnq.pow %3, %4 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %6 = nnq.div %x, %5 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %7 = nnq.constant dense<[1.5, 2.5, 3.5, 4.5]> : tensor<4xf32> -> tensor<4xf32>
  %8 = nnq.mul %6, %7 : tensor<2x3x4xf32>, tensor<4xf32> -> tensor<2x3x4xf32>
  return %8 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @rms_norm_7(
// CHECK-DAG: %[[G:.*]] = nnq.constant dense<{{.*}}1.500000e+00, 2.500000e+00, 3.500000e+00, 4.500000e+00{{.*}}> : tensor<1x1x4xf32>
// CHECK: %[[Y:.*]] = nnq.normalize rms %arg0 scale %[[G]] : tensor<1x1x4xf32> axes = [2] epsilon = 9.99999997E-7 inside
// CHECK-NEXT: return %[[Y]]
func.func @rms_norm_7(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.constant dense<2.0> : tensor<f32> -> tensor<f32>
  %1 = nnq.pow %x, %0 : tensor<2x3x4xf32>, tensor<f32> -> tensor<2x3x4xf32>
  %2 = nnq.reduce mean %1 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %3 = nnq.constant dense<1.0e-06> : tensor<f32> -> tensor<f32>
  %4 = nnq.add %2, %3 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %5 = nnq.unary sqrt %4 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %6 = nnq.unary reciprocal %5 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %7 = nnq.mul %x, %6 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %8 = nnq.constant dense<[1.5, 2.5, 3.5, 4.5]> : tensor<4xf32> -> tensor<4xf32>
  %9 = nnq.mul %7, %8 : tensor<2x3x4xf32>, tensor<4xf32> -> tensor<2x3x4xf32>
  return %9 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @rms_norm_8(
// CHECK-DAG: %[[G:.*]] = nnq.constant dense<{{.*}}1.500000e+00, 2.500000e+00, 3.500000e+00, 4.500000e+00{{.*}}> : tensor<1x1x4xf32>
// CHECK: %[[Y:.*]] = nnq.normalize rms %arg0 scale %[[G]] : tensor<1x1x4xf32> axes = [2] epsilon = 9.99999997E-7 inside
// CHECK-NEXT: return %[[Y]]
func.func @rms_norm_8(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.mul %x, %x : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %1 = nnq.reduce sum %0 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %2 = nnq.constant dense<4.0> : tensor<f32> -> tensor<f32>
  %3 = nnq.div %1, %2 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %4 = nnq.constant dense<1.0e-06> : tensor<f32> -> tensor<f32>
  %5 = nnq.add %3, %4 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %6 = nnq.unary rsqrt %5 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %7 = nnq.mul %x, %6 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %8 = nnq.constant dense<[1.5, 2.5, 3.5, 4.5]> : tensor<4xf32> -> tensor<4xf32>
  %9 = nnq.mul %7, %8 : tensor<2x3x4xf32>, tensor<4xf32> -> tensor<2x3x4xf32>
  return %9 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @rms_norm_9(
// CHECK-DAG: %[[G:.*]] = nnq.constant dense<{{.*}}1.500000e+00, 2.500000e+00, 3.500000e+00, 4.500000e+00{{.*}}> : tensor<1x1x4xf32>
// CHECK: %[[Y:.*]] = nnq.normalize rms %arg0 scale %[[G]] : tensor<1x1x4xf32> axes = [2] epsilon = 9.99999997E-7 inside
// CHECK-NEXT: return %[[Y]]
func.func @rms_norm_9(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.constant dense<2.0> : tensor<f32> -> tensor<f32>
  %1 = nnq.mul %x, %0 : tensor<2x3x4xf32>, tensor<f32> -> tensor<2x3x4xf32>
  %2 = nnq.mul %x, %x : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %3 = nnq.reduce sum %2 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %4 = nnq.constant dense<4.0e-06> : tensor<f32> -> tensor<f32>
  %5 = nnq.add %3, %4 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %6 = nnq.unary sqrt %5 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %7 = nnq.div %1, %6 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %8 = nnq.constant dense<[1.5, 2.5, 3.5, 4.5]> : tensor<4xf32> -> tensor<4xf32>
  %9 = nnq.mul %7, %8 : tensor<2x3x4xf32>, tensor<4xf32> -> tensor<2x3x4xf32>
  return %9 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @rms_norm_with_bias_1(
// CHECK: nnq.normalize rms %arg0 scale %{{.*}} bias %{{.*}} : tensor<1x1x4xf32> axes = [2]
func.func @rms_norm_with_bias_1(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.mul %x, %x : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %1 = nnq.reduce mean %0 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %2 = nnq.constant dense<1.0e-06> : tensor<f32> -> tensor<f32>
  %3 = nnq.add %1, %2 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %4 = nnq.unary rsqrt %3 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %5 = nnq.mul %x, %4 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %6 = nnq.constant dense<[1.5, 2.5, 3.5, 4.5]> : tensor<4xf32> -> tensor<4xf32>
  %7 = nnq.mul %5, %6 : tensor<2x3x4xf32>, tensor<4xf32> -> tensor<2x3x4xf32>
  %8 = nnq.constant dense<[0.5, -0.5, 1.5, -1.5]> : tensor<4xf32> -> tensor<4xf32>
  %9 = nnq.add %7, %8 : tensor<2x3x4xf32>, tensor<4xf32> -> tensor<2x3x4xf32>
  return %9 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @rms_norm_without_epsilon_1(
// CHECK: nnq.normalize rms %arg0 axes = [2] epsilon = 0.000000e+00 inside
func.func @rms_norm_without_epsilon_1(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.mul %x, %x : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %1 = nnq.reduce mean %0 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %2 = nnq.unary sqrt %1 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %3 = nnq.div %x, %2 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  return %3 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @l2_norm_at_least_1(
// CHECK: %[[G:.*]] = nnq.constant dense<5.000000e-01> : tensor<1x1x1xf32>
// CHECK: nnq.normalize rms %arg0 scale %[[G]] : tensor<1x1x1xf32> axes = [2] epsilon = {{(5.0*|4.9999[0-9]*)[eE]-0?7}} at_least
func.func @l2_norm_at_least_1(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.mul %x, %x : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %1 = nnq.reduce sum %0 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %2 = nnq.unary sqrt %1 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %3 = nnq.clamp %2 min = 1.0e-06 max = 0x7F800000 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %4 = nnq.div %x, %3 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  return %4 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @l2_norm_at_least_2(
// CHECK: %[[G:.*]] = nnq.constant dense<5.000000e-01> : tensor<1x1x1xf32>
// CHECK: nnq.normalize rms %arg0 scale %[[G]] : tensor<1x1x1xf32> axes = [2] epsilon = {{(5.0*|4.9999[0-9]*)[eE]-0?7}} at_least
func.func @l2_norm_at_least_2(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.mul %x, %x : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %1 = nnq.reduce sum %0 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %2 = nnq.unary sqrt %1 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %3 = nnq.constant dense<1.0e-06> : tensor<f32> -> tensor<f32>
  %4 = nnq.max %2, %3 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %5 = nnq.broadcast %4 : tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %6 = nnq.div %x, %5 : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  return %6 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @l2_norm_at_least_3(
// CHECK: %[[G:.*]] = nnq.constant dense<5.000000e-01> : tensor<1x1x1xf32>
// CHECK: nnq.normalize rms %arg0 scale %[[G]] : tensor<1x1x1xf32> axes = [2] epsilon = {{(5.0*|4.9999[0-9]*)[eE]-0?7}} at_least
func.func @l2_norm_at_least_3(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.mul %x, %x : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %1 = nnq.reduce sum %0 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %2 = nnq.constant dense<1.0e-12> : tensor<f32> -> tensor<f32>
  %3 = nnq.max %1, %2 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %4 = nnq.unary rsqrt %3 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %5 = nnq.mul %x, %4 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  return %5 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @l2_norm_at_least_4(
// CHECK: %[[G:.*]] = nnq.constant dense<5.000000e-01> : tensor<1x1x1xf32>
// CHECK: nnq.normalize rms %arg0 scale %[[G]] : tensor<1x1x1xf32> axes = [2] epsilon = {{(5.0*|4.9999[0-9]*)[eE]-0?7}} at_least
func.func @l2_norm_at_least_4(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.unary abs %x : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %1 = nnq.constant dense<2.0> : tensor<f32> -> tensor<f32>
  %2 = nnq.pow %0, %1 : tensor<2x3x4xf32>, tensor<f32> -> tensor<2x3x4xf32>
  %3 = nnq.reduce sum %2 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %4 = nnq.constant dense<0.5> : tensor<f32> -> tensor<f32>
  %5 = nnq.pow %3, %4 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %6 = nnq.clamp %5 min = 1.0e-06 max = 0x7F800000 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %7 = nnq.div %x, %6 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  return %7 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @l2_norm_outside_1(
// CHECK: %[[G:.*]] = nnq.constant dense<5.000000e-01> : tensor<1x1x1xf32>
// CHECK: nnq.normalize rms %arg0 scale %[[G]] : tensor<1x1x1xf32> axes = [2] epsilon = {{(5.0*|4.9999[0-9]*)[eE]-0?7}} outside
func.func @l2_norm_outside_1(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.mul %x, %x : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %1 = nnq.reduce sum %0 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %2 = nnq.unary sqrt %1 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %3 = nnq.constant dense<1.0e-06> : tensor<f32> -> tensor<f32>
  %4 = nnq.add %2, %3 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %5 = nnq.div %x, %4 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  return %5 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @l2_norm_without_epsilon_1(
// CHECK: %[[G:.*]] = nnq.constant dense<5.000000e-01> : tensor<1x1x1xf32>
// CHECK: nnq.normalize rms %arg0 scale %[[G]] : tensor<1x1x1xf32> axes = [2] epsilon = 0.000000e+00 inside
func.func @l2_norm_without_epsilon_1(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.mul %x, %x : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %1 = nnq.reduce sum %0 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %2 = nnq.unary sqrt %1 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %3 = nnq.div %x, %2 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  return %3 : tensor<2x3x4xf32>
}

//===----------------------------------------------------------------------===//
// What stands around a spelling
//===----------------------------------------------------------------------===//

// Of a sum, and with another sum behind.
// CHECK-LABEL: func.func @between_residuals(
// CHECK: %[[X:.*]] = nnq.add %arg0, %arg1
// CHECK: %[[N:.*]] = nnq.normalize rms %[[X]] axes = [1]
// CHECK: %[[Y:.*]] = nnq.add %[[N]], %arg1
// CHECK: return %[[Y]]
func.func @between_residuals(%a: tensor<3x4xf32>, %b: tensor<3x4xf32>) -> tensor<3x4xf32> {
  %x = nnq.add %a, %b : tensor<3x4xf32>, tensor<3x4xf32> -> tensor<3x4xf32>
  %0 = nnq.unary square %x : tensor<3x4xf32> -> tensor<3x4xf32>
  %1 = nnq.reduce mean %0 axes = [1] : tensor<3x4xf32> -> tensor<3x1xf32>
  %2 = nnq.unary rsqrt %1 : tensor<3x1xf32> -> tensor<3x1xf32>
  %3 = nnq.mul %x, %2 : tensor<3x4xf32>, tensor<3x1xf32> -> tensor<3x4xf32>
  %4 = nnq.add %3, %b : tensor<3x4xf32>, tensor<3x4xf32> -> tensor<3x4xf32>
  return %4 : tensor<3x4xf32>
}

// The mean has another use, and stays for it. A scale that is computed stays behind.
// CHECK-LABEL: func.func @intermediate_with_another_use(
// CHECK-DAG: %[[M:.*]] = nnq.reduce mean
// CHECK-DAG: %[[N:.*]] = nnq.normalize rms %arg0 axes = [1]
// CHECK: %[[Y:.*]] = nnq.mul %[[N]], %arg1
// CHECK: return %[[M]], %[[Y]]
func.func @intermediate_with_another_use(%x: tensor<3x4xf32>, %g: tensor<3x1xf32>) -> (tensor<3x1xf32>, tensor<3x4xf32>) {
  %0 = nnq.unary square %x : tensor<3x4xf32> -> tensor<3x4xf32>
  %1 = nnq.reduce mean %0 axes = [1] : tensor<3x4xf32> -> tensor<3x1xf32>
  %2 = nnq.unary sqrt %1 : tensor<3x1xf32> -> tensor<3x1xf32>
  %3 = nnq.div %x, %2 : tensor<3x4xf32>, tensor<3x1xf32> -> tensor<3x4xf32>
  %4 = nnq.mul %3, %g : tensor<3x4xf32>, tensor<3x1xf32> -> tensor<3x4xf32>
  return %1, %4 : tensor<3x1xf32>, tensor<3x4xf32>
}

//===----------------------------------------------------------------------===//
// Near misses
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @no_norm_by_the_variance(
// CHECK-NOT: nnq.normalize
// CHECK-NOT: nnq.layer_norm
// CHECK: return
func.func @no_norm_by_the_variance(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.reduce mean %x axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %1 = nnq.sub %x, %0 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %2 = nnq.mul %1, %1 : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %3 = nnq.reduce mean %2 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %4 = nnq.constant dense<1.0e-05> : tensor<f32> -> tensor<f32>
  %5 = nnq.add %3, %4 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %6 = nnq.div %1, %5 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  return %6 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @no_norm_with_negative_epsilon(
// CHECK-NOT: nnq.normalize
// CHECK-NOT: nnq.layer_norm
// CHECK: return
func.func @no_norm_with_negative_epsilon(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.mul %x, %x : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %1 = nnq.reduce mean %0 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %2 = nnq.constant dense<0.5> : tensor<f32> -> tensor<f32>
  %3 = nnq.sub %1, %2 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %4 = nnq.unary sqrt %3 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %5 = nnq.div %x, %4 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  return %5 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @no_norm_by_another_root(
// CHECK-NOT: nnq.normalize
// CHECK-NOT: nnq.layer_norm
// CHECK: return
func.func @no_norm_by_another_root(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.mul %x, %x : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %1 = nnq.reduce mean %0 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %2 = nnq.constant dense<1.0e-05> : tensor<f32> -> tensor<f32>
  %3 = nnq.add %1, %2 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %4 = nnq.constant dense<0.25> : tensor<f32> -> tensor<f32>
  %5 = nnq.pow %3, %4 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %6 = nnq.div %x, %5 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  return %6 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @no_norm_of_magnitudes(
// CHECK-NOT: nnq.normalize
// CHECK-NOT: nnq.layer_norm
// CHECK: return
func.func @no_norm_of_magnitudes(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.unary abs %x : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %1 = nnq.reduce mean %0 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %2 = nnq.constant dense<1.0e-05> : tensor<f32> -> tensor<f32>
  %3 = nnq.add %1, %2 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %4 = nnq.unary sqrt %3 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %5 = nnq.div %x, %4 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  return %5 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @no_norm_of_cubes(
// CHECK-NOT: nnq.normalize
// CHECK-NOT: nnq.layer_norm
// CHECK: return
func.func @no_norm_of_cubes(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.mul %x, %x : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %1 = nnq.mul %0, %x : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %2 = nnq.reduce mean %1 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %3 = nnq.constant dense<1.0e-05> : tensor<f32> -> tensor<f32>
  %4 = nnq.add %2, %3 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %5 = nnq.unary sqrt %4 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %6 = nnq.div %x, %5 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  return %6 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @no_norm_by_the_norm_of_another(
// CHECK-NOT: nnq.normalize
// CHECK-NOT: nnq.layer_norm
// CHECK: return
func.func @no_norm_by_the_norm_of_another(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %1 = nnq.add %x, %0 : tensor<2x3x4xf32>, tensor<f32> -> tensor<2x3x4xf32>
  %2 = nnq.mul %x, %x : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %3 = nnq.reduce mean %2 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %4 = nnq.constant dense<1.0e-05> : tensor<f32> -> tensor<f32>
  %5 = nnq.add %3, %4 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %6 = nnq.unary sqrt %5 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %7 = nnq.div %1, %6 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  return %7 : tensor<2x3x4xf32>
}

// Mean and deviation along different axes: RMS norm of the distance from the mean.
// CHECK-LABEL: func.func @mean_along_another_axis(
// CHECK: %[[D:.*]] = nnq.sub %arg0
// CHECK: nnq.normalize rms %[[D]] axes = [1]
func.func @mean_along_another_axis(%x: tensor<3x4xf32>) -> tensor<3x4xf32> {
  %m = nnq.reduce mean %x axes = [0] : tensor<3x4xf32> -> tensor<1x4xf32>
  %d = nnq.sub %x, %m : tensor<3x4xf32>, tensor<1x4xf32> -> tensor<3x4xf32>
  %0 = nnq.unary square %d : tensor<3x4xf32> -> tensor<3x4xf32>
  %1 = nnq.reduce mean %0 axes = [1] : tensor<3x4xf32> -> tensor<3x1xf32>
  %2 = nnq.unary rsqrt %1 : tensor<3x1xf32> -> tensor<3x1xf32>
  %3 = nnq.mul %d, %2 : tensor<3x4xf32>, tensor<3x1xf32> -> tensor<3x4xf32>
  return %3 : tensor<3x4xf32>
}

// The deviations meet other rows: numpy aligns the last dimensions.
// CHECK-LABEL: func.func @no_norm_across_rows(
// CHECK-NOT: nnq.normalize
// CHECK: return
func.func @no_norm_across_rows(%x: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %0 = nnq.unary square %x : tensor<4x4xf32> -> tensor<4x4xf32>
  %1 = nnq.reduce mean %0 axes = [1] : tensor<4x4xf32> -> tensor<4x1xf32>
  %2 = nnq.reshape %1 : tensor<4x1xf32> -> tensor<4xf32>
  %3 = nnq.unary rsqrt %2 : tensor<4xf32> -> tensor<4xf32>
  %4 = nnq.mul %x, %3 : tensor<4x4xf32>, tensor<4xf32> -> tensor<4x4xf32>
  return %4 : tensor<4x4xf32>
}
