// RUN: nnq-opt %s --nnq-decompose-layers --nnq-collapse-dims --nnq-form-kernels | FileCheck %s

// A kernel ends behind 32 operations, so that the time to compile it is bounded.
// CHECK-LABEL: func.func @ends_a_long_chain
// CHECK: %[[Y:.*]] = call @kernel_0_unary(%arg0)
// CHECK: %[[Z:.*]] = call @kernel_1_unary(%[[Y]])
// CHECK: return %[[Z]]
// CHECK: func.func private @kernel_0_unary
// CHECK-COUNT-32: nnq.unary sigmoid
// CHECK-NEXT: return
// CHECK: func.func private @kernel_1_unary
// CHECK-NEXT: nnq.unary sigmoid
// CHECK-NEXT: return
func.func @ends_a_long_chain(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nnq.unary sigmoid %x : tensor<4xf32> -> tensor<4xf32>
  %1 = nnq.unary sigmoid %0 : tensor<4xf32> -> tensor<4xf32>
  %2 = nnq.unary sigmoid %1 : tensor<4xf32> -> tensor<4xf32>
  %3 = nnq.unary sigmoid %2 : tensor<4xf32> -> tensor<4xf32>
  %4 = nnq.unary sigmoid %3 : tensor<4xf32> -> tensor<4xf32>
  %5 = nnq.unary sigmoid %4 : tensor<4xf32> -> tensor<4xf32>
  %6 = nnq.unary sigmoid %5 : tensor<4xf32> -> tensor<4xf32>
  %7 = nnq.unary sigmoid %6 : tensor<4xf32> -> tensor<4xf32>
  %8 = nnq.unary sigmoid %7 : tensor<4xf32> -> tensor<4xf32>
  %9 = nnq.unary sigmoid %8 : tensor<4xf32> -> tensor<4xf32>
  %10 = nnq.unary sigmoid %9 : tensor<4xf32> -> tensor<4xf32>
  %11 = nnq.unary sigmoid %10 : tensor<4xf32> -> tensor<4xf32>
  %12 = nnq.unary sigmoid %11 : tensor<4xf32> -> tensor<4xf32>
  %13 = nnq.unary sigmoid %12 : tensor<4xf32> -> tensor<4xf32>
  %14 = nnq.unary sigmoid %13 : tensor<4xf32> -> tensor<4xf32>
  %15 = nnq.unary sigmoid %14 : tensor<4xf32> -> tensor<4xf32>
  %16 = nnq.unary sigmoid %15 : tensor<4xf32> -> tensor<4xf32>
  %17 = nnq.unary sigmoid %16 : tensor<4xf32> -> tensor<4xf32>
  %18 = nnq.unary sigmoid %17 : tensor<4xf32> -> tensor<4xf32>
  %19 = nnq.unary sigmoid %18 : tensor<4xf32> -> tensor<4xf32>
  %20 = nnq.unary sigmoid %19 : tensor<4xf32> -> tensor<4xf32>
  %21 = nnq.unary sigmoid %20 : tensor<4xf32> -> tensor<4xf32>
  %22 = nnq.unary sigmoid %21 : tensor<4xf32> -> tensor<4xf32>
  %23 = nnq.unary sigmoid %22 : tensor<4xf32> -> tensor<4xf32>
  %24 = nnq.unary sigmoid %23 : tensor<4xf32> -> tensor<4xf32>
  %25 = nnq.unary sigmoid %24 : tensor<4xf32> -> tensor<4xf32>
  %26 = nnq.unary sigmoid %25 : tensor<4xf32> -> tensor<4xf32>
  %27 = nnq.unary sigmoid %26 : tensor<4xf32> -> tensor<4xf32>
  %28 = nnq.unary sigmoid %27 : tensor<4xf32> -> tensor<4xf32>
  %29 = nnq.unary sigmoid %28 : tensor<4xf32> -> tensor<4xf32>
  %30 = nnq.unary sigmoid %29 : tensor<4xf32> -> tensor<4xf32>
  %31 = nnq.unary sigmoid %30 : tensor<4xf32> -> tensor<4xf32>
  %32 = nnq.unary sigmoid %31 : tensor<4xf32> -> tensor<4xf32>
  return %32 : tensor<4xf32>
}
