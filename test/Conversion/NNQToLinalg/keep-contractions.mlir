// RUN: nnq-opt %s --convert-nnq-to-linalg=keep-contractions --split-input-file | FileCheck %s
// RUN: nnq-opt %s --convert-nnq-to-linalg --split-input-file | FileCheck %s --check-prefix=PLAIN

// Weights are encoded in the fewest bits that hold them.
!x = !quant.uniform<u8:f32, 5.0e-01:128>

// CHECK-LABEL: func.func @bytes
// CHECK: nnq_kernel.contract #nnq_kernel.bytes {{.*}} : tensor<1x4xi8>, tensor<2x4xi8>) outs(%{{.*}} : tensor<1x2xi32>) {{.*}}unsigned_input
// PLAIN-NOT: nnq_kernel
func.func @bytes(%x: tensor<1x4x!x>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[100, -8, 1, 0], [1, 2, 3, 4]]> : tensor<2x4xi8> -> tensor<2x4x!quant.uniform<i8:f32, 0.5>>
  %0 = nnq.fully_connected %x, %w : tensor<1x4x!x>, tensor<2x4x!quant.uniform<i8:f32, 0.5>> -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// CHECK-LABEL: func.func @nibbles
// CHECK: nnq_kernel.contract #nnq_kernel.nibbles {{.*}} : tensor<1x4xi8>, tensor<2x4xi4>)
func.func @nibbles(%x: tensor<1x4x!x>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[7, -8, 1, 0], [1, 2, 3, 4]]> : tensor<2x4xi4> -> tensor<2x4x!quant.uniform<i4:f32, 0.5>>
  %0 = nnq.fully_connected %x, %w : tensor<1x4x!x>, tensor<2x4x!quant.uniform<i4:f32, 0.5>> -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// CHECK-LABEL: func.func @crumbs
// CHECK: nnq_kernel.contract #nnq_kernel.crumbs {{.*}} : tensor<1x4xi8>, tensor<2x4xi2>)
func.func @crumbs(%x: tensor<1x4x!x>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1, -2, 1, 0], [1, -1, 0, -2]]> : tensor<2x4xi2> -> tensor<2x4x!quant.uniform<i2:f32, 0.5>>
  %0 = nnq.fully_connected %x, %w : tensor<1x4x!x>, tensor<2x4x!quant.uniform<i2:f32, 0.5>> -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// Of codebooks, the levels; how they lie in memory follows from how many there are.
// CHECK-LABEL: func.func @codebooks
// CHECK-DAG: dense<{{\[\[}}127, -127, 5, 0], [0, 0, 5, -127]]> : tensor<2x4xi8>
// CHECK: nnq_kernel.contract #nnq_kernel.codebook<[-127, 0, 5, 127]> {{.*}} : tensor<1x4xi8>, tensor<2x4xi8>)
// CHECK: nnq_kernel.contract #nnq_kernel.signs {{.*}} : tensor<1x4xi8>, tensor<2x4xi8>)
func.func @codebooks(%x: tensor<1x4x!x>) -> (tensor<1x2xf32>, tensor<1x2xf32>) {
  %w = nnq.constant dense<[[3, 0, 2, 1], [1, 1, 2, 0]]> : tensor<2x4xi2>
      -> tensor<2x4x!nnq.quantile<i2:!quant.uniform<i8:f32, 0.5>, {-127, 0, 5, 127}>>
  %0 = nnq.fully_connected %x, %w : tensor<1x4x!x>, tensor<2x4x!nnq.quantile<i2:!quant.uniform<i8:f32, 0.5>, {-127, 0, 5, 127}>> -> tensor<1x2xf32>
  %v = nnq.constant dense<[[1, 0, 0, 1], [1, 1, 1, 0]]> : tensor<2x4xi1>
      -> tensor<2x4x!nnq.quantile<i1:!quant.uniform<i8:f32, 0.5>, {-1, 1}>>
  %1 = nnq.fully_connected %x, %v : tensor<1x4x!x>, tensor<2x4x!nnq.quantile<i1:!quant.uniform<i8:f32, 0.5>, {-1, 1}>> -> tensor<1x2xf32>
  return %0, %1 : tensor<1x2xf32>, tensor<1x2xf32>
}

// Beside words, bytes.
// CHECK-LABEL: func.func @words
// CHECK: nnq_kernel.contract #nnq_kernel.bytes {{.*}} : tensor<1x4xi16>, tensor<2x4xi8>)
func.func @words(%x: tensor<1x4x!quant.uniform<i16:f32, 0.5>>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1, -2, 1, 0], [1, -1, 0, -2]]> : tensor<2x4xi2> -> tensor<2x4x!quant.uniform<i2:f32, 0.5>>
  %0 = nnq.fully_connected %x, %w : tensor<1x4x!quant.uniform<i16:f32, 0.5>>, tensor<2x4x!quant.uniform<i2:f32, 0.5>> -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// CHECK-LABEL: func.func @floats
// CHECK: nnq_kernel.contract #nnq_kernel.floats {{.*}} : tensor<1x4xf32>, tensor<2x4xf32>)
func.func @floats(%x: tensor<1x4xf32>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<1.0> : tensor<2x4xf32> -> tensor<2x4xf32>
  %0 = nnq.fully_connected %x, %w : tensor<1x4xf32>, tensor<2x4xf32> -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}
