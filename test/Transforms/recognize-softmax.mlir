// Spellings of softmax; behind them what is close to one and is none.

// RUN: nnq-opt %s --nnq-recognize-spellings | FileCheck %s

// CHECK-LABEL: func.func @softmax_along_2_1(
// CHECK-NEXT: %[[Y:.*]] = nnq.softmax %arg0 axis = 2
// CHECK-NEXT: return %[[Y]]
func.func @softmax_along_2_1(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.reduce max %x axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %1 = nnq.sub %x, %0 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %2 = nnq.unary exp %1 : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %3 = nnq.reduce sum %2 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %4 = nnq.div %2, %3 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  return %4 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @softmax_along_2_2(
// CHECK-NEXT: %[[Y:.*]] = nnq.softmax %arg0 axis = 2
// CHECK-NEXT: return %[[Y]]
func.func @softmax_along_2_2(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.reduce max %x axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %1 = nnq.sub %x, %0 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %2 = nnq.unary exp %1 : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %3 = nnq.reduce sum %2 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %4 = nnq.unary reciprocal %3 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %5 = nnq.mul %2, %4 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  return %5 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @softmax_along_2_3(
// CHECK-NEXT: %[[Y:.*]] = nnq.softmax %arg0 axis = 2
// CHECK-NEXT: return %[[Y]]
func.func @softmax_along_2_3(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.reduce max %x axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %1 = nnq.sub %x, %0 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %2 = nnq.unary exp %1 : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %3 = nnq.reduce sum %2 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %4 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %5 = nnq.div %4, %3 : tensor<f32>, tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %6 = nnq.mul %5, %2 : tensor<2x3x1xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  return %6 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @softmax_along_2_4(
// CHECK-NEXT: %[[Y:.*]] = nnq.softmax %arg0 axis = 2
// CHECK-NEXT: return %[[Y]]
func.func @softmax_along_2_4(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.reduce max %x axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %1 = nnq.sub %x, %0 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %2 = nnq.unary exp %1 : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %3 = nnq.reduce sum %2 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %4 = nnq.constant dense<-1.0> : tensor<f32> -> tensor<f32>
  %5 = nnq.pow %3, %4 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %6 = nnq.mul %2, %5 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  return %6 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @softmax_along_2_5(
// CHECK-NEXT: %[[Y:.*]] = nnq.softmax %arg0 axis = 2
// CHECK-NEXT: return %[[Y]]
func.func @softmax_along_2_5(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.reduce max %x axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %1 = nnq.sub %x, %0 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %2 = nnq.unary exp %1 : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %3 = nnq.reduce sum %2 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %4 = nnq.broadcast %3 : tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %5 = nnq.div %2, %4 : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  return %5 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @softmax_along_2_6(
// CHECK-NEXT: %[[Y:.*]] = nnq.softmax %arg0 axis = 2
// CHECK-NEXT: return %[[Y]]
func.func @softmax_along_2_6(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.unary exp %x : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %1 = nnq.reduce sum %0 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %2 = nnq.div %0, %1 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  return %2 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @softmax_along_2_7(
// CHECK-NEXT: %[[Y:.*]] = nnq.softmax %arg0 axis = 2
// CHECK-NEXT: return %[[Y]]
func.func @softmax_along_2_7(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.unary exp %x : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %1 = nnq.reduce sum %0 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %2 = nnq.unary reciprocal %1 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %3 = nnq.mul %0, %2 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  return %3 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @softmax_along_2_8(
// CHECK-NEXT: %[[Y:.*]] = nnq.softmax %arg0 axis = 2
// CHECK-NEXT: return %[[Y]]
func.func @softmax_along_2_8(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.unary exp %x : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %1 = nnq.reduce sum %0 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %2 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %3 = nnq.div %2, %1 : tensor<f32>, tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %4 = nnq.mul %3, %0 : tensor<2x3x1xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  return %4 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @softmax_along_2_9(
// CHECK-NEXT: %[[Y:.*]] = nnq.softmax %arg0 axis = 2
// CHECK-NEXT: return %[[Y]]
func.func @softmax_along_2_9(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.unary exp %x : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %1 = nnq.reduce sum %0 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %2 = nnq.constant dense<-1.0> : tensor<f32> -> tensor<f32>
  %3 = nnq.pow %1, %2 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %4 = nnq.mul %0, %3 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  return %4 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @softmax_along_2_10(
// CHECK-NEXT: %[[Y:.*]] = nnq.softmax %arg0 axis = 2
// CHECK-NEXT: return %[[Y]]
func.func @softmax_along_2_10(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.unary exp %x : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %1 = nnq.reduce sum %0 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %2 = nnq.broadcast %1 : tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %3 = nnq.div %0, %2 : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  return %3 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @softmax_along_1_1(
// CHECK-NEXT: %[[Y:.*]] = nnq.softmax %arg0 axis = 1
// CHECK-NEXT: return %[[Y]]
func.func @softmax_along_1_1(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.reduce max %x axes = [1] : tensor<2x3x4xf32> -> tensor<2x1x4xf32>
  %1 = nnq.sub %x, %0 : tensor<2x3x4xf32>, tensor<2x1x4xf32> -> tensor<2x3x4xf32>
  %2 = nnq.unary exp %1 : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %3 = nnq.reduce sum %2 axes = [1] : tensor<2x3x4xf32> -> tensor<2x1x4xf32>
  %4 = nnq.div %2, %3 : tensor<2x3x4xf32>, tensor<2x1x4xf32> -> tensor<2x3x4xf32>
  return %4 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @softmax_along_1_2(
// CHECK-NEXT: %[[Y:.*]] = nnq.softmax %arg0 axis = 1
// CHECK-NEXT: return %[[Y]]
func.func @softmax_along_1_2(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.reduce max %x axes = [1] : tensor<2x3x4xf32> -> tensor<2x1x4xf32>
  %1 = nnq.sub %x, %0 : tensor<2x3x4xf32>, tensor<2x1x4xf32> -> tensor<2x3x4xf32>
  %2 = nnq.unary exp %1 : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %3 = nnq.reduce sum %2 axes = [1] : tensor<2x3x4xf32> -> tensor<2x1x4xf32>
  %4 = nnq.unary reciprocal %3 : tensor<2x1x4xf32> -> tensor<2x1x4xf32>
  %5 = nnq.mul %2, %4 : tensor<2x3x4xf32>, tensor<2x1x4xf32> -> tensor<2x3x4xf32>
  return %5 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @softmax_along_1_3(
// CHECK-NEXT: %[[Y:.*]] = nnq.softmax %arg0 axis = 1
// CHECK-NEXT: return %[[Y]]
func.func @softmax_along_1_3(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.reduce max %x axes = [1] : tensor<2x3x4xf32> -> tensor<2x1x4xf32>
  %1 = nnq.sub %x, %0 : tensor<2x3x4xf32>, tensor<2x1x4xf32> -> tensor<2x3x4xf32>
  %2 = nnq.unary exp %1 : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %3 = nnq.reduce sum %2 axes = [1] : tensor<2x3x4xf32> -> tensor<2x1x4xf32>
  %4 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %5 = nnq.div %4, %3 : tensor<f32>, tensor<2x1x4xf32> -> tensor<2x1x4xf32>
  %6 = nnq.mul %5, %2 : tensor<2x1x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  return %6 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @softmax_along_1_4(
// CHECK-NEXT: %[[Y:.*]] = nnq.softmax %arg0 axis = 1
// CHECK-NEXT: return %[[Y]]
func.func @softmax_along_1_4(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.reduce max %x axes = [1] : tensor<2x3x4xf32> -> tensor<2x1x4xf32>
  %1 = nnq.sub %x, %0 : tensor<2x3x4xf32>, tensor<2x1x4xf32> -> tensor<2x3x4xf32>
  %2 = nnq.unary exp %1 : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %3 = nnq.reduce sum %2 axes = [1] : tensor<2x3x4xf32> -> tensor<2x1x4xf32>
  %4 = nnq.constant dense<-1.0> : tensor<f32> -> tensor<f32>
  %5 = nnq.pow %3, %4 : tensor<2x1x4xf32>, tensor<f32> -> tensor<2x1x4xf32>
  %6 = nnq.mul %2, %5 : tensor<2x3x4xf32>, tensor<2x1x4xf32> -> tensor<2x3x4xf32>
  return %6 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @softmax_along_1_5(
// CHECK-NEXT: %[[Y:.*]] = nnq.softmax %arg0 axis = 1
// CHECK-NEXT: return %[[Y]]
func.func @softmax_along_1_5(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.reduce max %x axes = [1] : tensor<2x3x4xf32> -> tensor<2x1x4xf32>
  %1 = nnq.sub %x, %0 : tensor<2x3x4xf32>, tensor<2x1x4xf32> -> tensor<2x3x4xf32>
  %2 = nnq.unary exp %1 : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %3 = nnq.reduce sum %2 axes = [1] : tensor<2x3x4xf32> -> tensor<2x1x4xf32>
  %4 = nnq.broadcast %3 : tensor<2x1x4xf32> -> tensor<2x3x4xf32>
  %5 = nnq.div %2, %4 : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  return %5 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @softmax_along_1_6(
// CHECK-NEXT: %[[Y:.*]] = nnq.softmax %arg0 axis = 1
// CHECK-NEXT: return %[[Y]]
func.func @softmax_along_1_6(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.unary exp %x : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %1 = nnq.reduce sum %0 axes = [1] : tensor<2x3x4xf32> -> tensor<2x1x4xf32>
  %2 = nnq.div %0, %1 : tensor<2x3x4xf32>, tensor<2x1x4xf32> -> tensor<2x3x4xf32>
  return %2 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @softmax_along_1_7(
// CHECK-NEXT: %[[Y:.*]] = nnq.softmax %arg0 axis = 1
// CHECK-NEXT: return %[[Y]]
func.func @softmax_along_1_7(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.unary exp %x : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %1 = nnq.reduce sum %0 axes = [1] : tensor<2x3x4xf32> -> tensor<2x1x4xf32>
  %2 = nnq.unary reciprocal %1 : tensor<2x1x4xf32> -> tensor<2x1x4xf32>
  %3 = nnq.mul %0, %2 : tensor<2x3x4xf32>, tensor<2x1x4xf32> -> tensor<2x3x4xf32>
  return %3 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @softmax_along_1_8(
// CHECK-NEXT: %[[Y:.*]] = nnq.softmax %arg0 axis = 1
// CHECK-NEXT: return %[[Y]]
func.func @softmax_along_1_8(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.unary exp %x : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %1 = nnq.reduce sum %0 axes = [1] : tensor<2x3x4xf32> -> tensor<2x1x4xf32>
  %2 = nnq.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %3 = nnq.div %2, %1 : tensor<f32>, tensor<2x1x4xf32> -> tensor<2x1x4xf32>
  %4 = nnq.mul %3, %0 : tensor<2x1x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  return %4 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @softmax_along_1_9(
// CHECK-NEXT: %[[Y:.*]] = nnq.softmax %arg0 axis = 1
// CHECK-NEXT: return %[[Y]]
func.func @softmax_along_1_9(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.unary exp %x : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %1 = nnq.reduce sum %0 axes = [1] : tensor<2x3x4xf32> -> tensor<2x1x4xf32>
  %2 = nnq.constant dense<-1.0> : tensor<f32> -> tensor<f32>
  %3 = nnq.pow %1, %2 : tensor<2x1x4xf32>, tensor<f32> -> tensor<2x1x4xf32>
  %4 = nnq.mul %0, %3 : tensor<2x3x4xf32>, tensor<2x1x4xf32> -> tensor<2x3x4xf32>
  return %4 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @softmax_along_1_10(
// CHECK-NEXT: %[[Y:.*]] = nnq.softmax %arg0 axis = 1
// CHECK-NEXT: return %[[Y]]
func.func @softmax_along_1_10(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.unary exp %x : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %1 = nnq.reduce sum %0 axes = [1] : tensor<2x3x4xf32> -> tensor<2x1x4xf32>
  %2 = nnq.broadcast %1 : tensor<2x1x4xf32> -> tensor<2x3x4xf32>
  %3 = nnq.div %0, %2 : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  return %3 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @softmax_spelled_1(
// CHECK-NEXT: %[[Y:.*]] = nnq.softmax %arg0 axis = 2
// CHECK-NEXT: return %[[Y]]
func.func @softmax_spelled_1(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.reduce max %x axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %1 = nnq.reshape %0 : tensor<2x3x1xf32> -> tensor<2x3xf32>
  %2 = nnq.reshape %1 : tensor<2x3xf32> -> tensor<2x3x1xf32>
  %3 = nnq.sub %x, %2 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %4 = nnq.unary exp %3 : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %5 = nnq.reduce sum %4 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %6 = nnq.reshape %5 : tensor<2x3x1xf32> -> tensor<2x3xf32>
  %7 = nnq.reshape %6 : tensor<2x3xf32> -> tensor<2x3x1xf32>
  %8 = nnq.div %4, %7 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  return %8 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @softmax_spelled_2(
// CHECK-NEXT: %[[Y:.*]] = nnq.softmax %arg0 axis = 2
// CHECK-NEXT: return %[[Y]]
func.func @softmax_spelled_2(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.reduce max %x axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %1 = nnq.sub %x, %0 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %2 = nnq.unary exp %1 : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %3 = nnq.reduce sum %2 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %4 = nnq.constant dense<1.0e-07> : tensor<f32> -> tensor<f32>
  %5 = nnq.add %3, %4 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %6 = nnq.div %2, %5 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  return %6 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @softmax_spelled_3(
// CHECK-NEXT: %[[Y:.*]] = nnq.softmax %arg0 axis = 2
// CHECK-NEXT: return %[[Y]]
func.func @softmax_spelled_3(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.reduce max %x axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %1 = nnq.sub %x, %0 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %2 = nnq.unary exp %1 : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %3 = nnq.reduce mean %2 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %4 = nnq.constant dense<4.0> : tensor<f32> -> tensor<f32>
  %5 = nnq.mul %3, %4 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %6 = nnq.div %2, %5 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  return %6 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @softmax_over_two_axes_1(
// CHECK: %[[X:.*]] = nnq.reshape %arg0 : tensor<2x3x4xf32> -> tensor<2x12xf32>
// CHECK: %[[N:.*]] = nnq.softmax %[[X]] axis = 1
// CHECK: nnq.reshape %[[N]] : tensor<2x12xf32> -> tensor<2x3x4xf32>
func.func @softmax_over_two_axes_1(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.reduce max %x axes = [1, 2] : tensor<2x3x4xf32> -> tensor<2x1x1xf32>
  %1 = nnq.sub %x, %0 : tensor<2x3x4xf32>, tensor<2x1x1xf32> -> tensor<2x3x4xf32>
  %2 = nnq.unary exp %1 : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %3 = nnq.reduce sum %2 axes = [1, 2] : tensor<2x3x4xf32> -> tensor<2x1x1xf32>
  %4 = nnq.div %2, %3 : tensor<2x3x4xf32>, tensor<2x1x1xf32> -> tensor<2x3x4xf32>
  return %4 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @softmax_of_a_product_1(
// CHECK: %[[X:.*]] = nnq.mul %arg0
// CHECK: nnq.softmax %[[X]] axis = 2
func.func @softmax_of_a_product_1(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.constant dense<0.125> : tensor<f32> -> tensor<f32>
  %1 = nnq.mul %x, %0 : tensor<2x3x4xf32>, tensor<f32> -> tensor<2x3x4xf32>
  %2 = nnq.reduce max %1 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %3 = nnq.sub %1, %2 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %4 = nnq.unary exp %3 : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %5 = nnq.reduce sum %4 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %6 = nnq.div %4, %5 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  return %6 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @log_softmax_1(
// CHECK-NEXT: %[[Y:.*]] = nnq.log_softmax %arg0 axis = 2
// CHECK-NEXT: return %[[Y]]
func.func @log_softmax_1(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.reduce max %x axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %1 = nnq.sub %x, %0 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %2 = nnq.unary exp %1 : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %3 = nnq.reduce sum %2 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %4 = nnq.unary log %3 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %5 = nnq.sub %1, %4 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  return %5 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @log_softmax_2(
// CHECK-NEXT: %[[Y:.*]] = nnq.log_softmax %arg0 axis = 2
// CHECK-NEXT: return %[[Y]]
func.func @log_softmax_2(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.unary exp %x : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %1 = nnq.reduce sum %0 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %2 = nnq.unary log %1 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %3 = nnq.sub %x, %2 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  return %3 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @log_softmax_3(
// CHECK-NEXT: %[[Y:.*]] = nnq.log_softmax %arg0 axis = 2
// CHECK-NEXT: return %[[Y]]
func.func @log_softmax_3(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.reduce max %x axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %1 = nnq.reduce max %x axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %2 = nnq.sub %x, %1 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %3 = nnq.unary exp %2 : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %4 = nnq.reduce sum %3 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %5 = nnq.unary log %4 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %6 = nnq.add %0, %5 : tensor<2x3x1xf32>, tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %7 = nnq.sub %x, %6 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  return %7 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @log_softmax_4(
// CHECK-NEXT: %[[Y:.*]] = nnq.log_softmax %arg0 axis = 2
// CHECK-NEXT: return %[[Y]]
func.func @log_softmax_4(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.unary exp %x : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %1 = nnq.reduce sum %0 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %2 = nnq.div %0, %1 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %3 = nnq.unary log %2 : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  return %3 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @log_softmax_5(
// CHECK-NEXT: %[[Y:.*]] = nnq.log_softmax %arg0 axis = 2
// CHECK-NEXT: return %[[Y]]
func.func @log_softmax_5(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.reduce max %x axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %1 = nnq.sub %x, %0 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %2 = nnq.unary exp %1 : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %3 = nnq.reduce sum %2 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %4 = nnq.unary exp %1 : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %5 = nnq.div %4, %3 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %6 = nnq.unary log %5 : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  return %6 : tensor<2x3x4xf32>
}

//===----------------------------------------------------------------------===//
// Near misses
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @no_softmax_with_the_mean(
// CHECK-NOT: softmax %
// CHECK: return
func.func @no_softmax_with_the_mean(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.unary exp %x : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %1 = nnq.reduce mean %0 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %2 = nnq.div %0, %1 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  return %2 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @no_softmax_with_an_epsilon_that_counts(
// CHECK-NOT: softmax %
// CHECK: return
func.func @no_softmax_with_an_epsilon_that_counts(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.reduce max %x axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %1 = nnq.sub %x, %0 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %2 = nnq.unary exp %1 : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %3 = nnq.reduce sum %2 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %4 = nnq.constant dense<0.001> : tensor<f32> -> tensor<f32>
  %5 = nnq.add %3, %4 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %6 = nnq.div %2, %5 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  return %6 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @no_softmax_whose_epsilon_may_be_all(
// CHECK-NOT: softmax %
// CHECK: return
func.func @no_softmax_whose_epsilon_may_be_all(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.unary exp %x : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %1 = nnq.reduce sum %0 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %2 = nnq.constant dense<1.0e-07> : tensor<f32> -> tensor<f32>
  %3 = nnq.add %1, %2 : tensor<2x3x1xf32>, tensor<f32> -> tensor<2x3x1xf32>
  %4 = nnq.div %0, %3 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  return %4 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @no_softmax_of_another_base(
// CHECK-NOT: softmax %
// CHECK: return
func.func @no_softmax_of_another_base(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.unary sigmoid %x : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %1 = nnq.reduce sum %0 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %2 = nnq.div %0, %1 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  return %2 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @no_log_softmax_of_two_arguments(
// CHECK-NOT: softmax %
// CHECK: return
func.func @no_log_softmax_of_two_arguments(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.constant dense<2.0> : tensor<f32> -> tensor<f32>
  %1 = nnq.mul %x, %0 : tensor<2x3x4xf32>, tensor<f32> -> tensor<2x3x4xf32>
  %2 = nnq.unary exp %x : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %3 = nnq.reduce sum %2 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %4 = nnq.unary log %3 : tensor<2x3x1xf32> -> tensor<2x3x1xf32>
  %5 = nnq.sub %1, %4 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  return %5 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @no_softmax_of_two_arguments(
// CHECK-NOT: softmax %
// CHECK: return
func.func @no_softmax_of_two_arguments(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.unary exp %x : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %1 = nnq.constant dense<2.0> : tensor<f32> -> tensor<f32>
  %2 = nnq.mul %x, %1 : tensor<2x3x4xf32>, tensor<f32> -> tensor<2x3x4xf32>
  %3 = nnq.unary exp %2 : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %4 = nnq.reduce sum %3 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %5 = nnq.div %0, %4 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  return %5 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @no_softmax_with_a_mask(
// CHECK-NOT: softmax %
// CHECK: return
func.func @no_softmax_with_a_mask(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = nnq.unary exp %x : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %1 = nnq.constant dense<[1.0, 0.0, 1.0, 0.0]> : tensor<4xf32> -> tensor<4xf32>
  %2 = nnq.mul %0, %1 : tensor<2x3x4xf32>, tensor<4xf32> -> tensor<2x3x4xf32>
  %3 = nnq.reduce sum %2 axes = [2] : tensor<2x3x4xf32> -> tensor<2x3x1xf32>
  %4 = nnq.div %2, %3 : tensor<2x3x4xf32>, tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  return %4 : tensor<2x3x4xf32>
}

