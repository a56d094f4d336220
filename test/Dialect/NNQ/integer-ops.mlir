// Operations on integers and places: as text, in the generic form, and as bytecode; what folds.

// RUN: nnq-opt %s | nnq-opt | FileCheck %s
// RUN: nnq-opt %s --mlir-print-op-generic | nnq-opt | FileCheck %s
// RUN: nnq-opt %s --emit-bytecode | nnq-opt | FileCheck %s
// RUN: nnq-opt %s --canonicalize | FileCheck %s --check-prefix=FOLD

!u8 = !quant.uniform<u8:f32, 0.5:128>

// CHECK-LABEL: func.func @constants
// CHECK: nnq.constant dense<[1, 0]> : tensor<2xi8> -> tensor<2xi1>
// CHECK: nnq.constant dense<[-1, 7]> : tensor<2xi8> -> tensor<2xui8>
// CHECK: nnq.constant dense<9007199254740993> : tensor<i64> -> tensor<i64>
func.func @constants() -> (tensor<2xi1>, tensor<2xui8>, tensor<i64>) {
  %0 = nnq.constant dense<[1, 0]> : tensor<2xi8> -> tensor<2xi1>
  %1 = nnq.constant dense<[255, 7]> : tensor<2xi8> -> tensor<2xui8>
  %2 = nnq.constant dense<9007199254740993> : tensor<i64> -> tensor<i64>
  return %0, %1, %2 : tensor<2xi1>, tensor<2xui8>, tensor<i64>
}

// CHECK-LABEL: func.func @casts
// CHECK: nnq.cast %{{.*}} : tensor<4xf32> -> tensor<4xi64>
// CHECK: nnq.cast %{{.*}} : tensor<4xi64> -> tensor<4xi1>
// CHECK: nnq.cast %{{.*}} : tensor<4xi1> -> tensor<4x!quant.uniform<u8:f32, 5.000000e-01:128>>
// CHECK: nnq.storage_cast %{{.*}} : tensor<4x!quant.uniform<u8:f32, 5.000000e-01:128>> -> tensor<4xui8>
// CHECK: nnq.storage_cast %{{.*}} : tensor<4xui8> -> tensor<4x!quant.uniform<u8:f32, 5.000000e-01:128>>
// FOLD-LABEL: func.func @casts
// FOLD: %[[Q:.*]] = nnq.cast %{{.*}} : tensor<4xi1> -> tensor<4x!quant.uniform<u8:f32, 5.000000e-01:128>>
// FOLD-NEXT: return %[[Q]]
func.func @casts(%x: tensor<4xf32>) -> tensor<4x!u8> {
  %0 = nnq.cast %x : tensor<4xf32> -> tensor<4xi64>
  %same = nnq.cast %0 : tensor<4xi64> -> tensor<4xi64>
  %1 = nnq.cast %same : tensor<4xi64> -> tensor<4xi1>
  %2 = nnq.cast %1 : tensor<4xi1> -> tensor<4x!u8>
  %3 = nnq.storage_cast %2 : tensor<4x!u8> -> tensor<4xui8>
  %4 = nnq.storage_cast %3 : tensor<4xui8> -> tensor<4x!u8>
  return %4 : tensor<4x!u8>
}

// What is stored with another sign on the way is no round trip.
// FOLD-LABEL: func.func @storage_cast_with_offsets
// FOLD-COUNT-2: nnq.storage_cast
func.func @storage_cast_with_offsets(%x: tensor<4x!u8>) -> tensor<4x!u8> {
  %0 = nnq.storage_cast %x {nnq.code_offsets = array<i64: 128, 0>} : tensor<4x!u8> -> tensor<4xui8>
  %1 = nnq.storage_cast %0 : tensor<4xui8> -> tensor<4x!u8>
  return %1 : tensor<4x!u8>
}

// CHECK-LABEL: func.func @functions
// CHECK: nnq.integer{{ +}}add %{{.*}}, %{{.*}} : tensor<2x3xi32>, tensor<3xi32> -> tensor<2x3xi32>
// CHECK: nnq.integer{{ +}}mod %{{.*}}, %{{.*}} : tensor<2x3xi32>, tensor<3xi32> -> tensor<2x3xi32>
// CHECK: nnq.compare{{ +}}le %{{.*}}, %{{.*}} : tensor<2x3xi32>, tensor<3xi32> -> tensor<2x3xi1>
// CHECK: nnq.compare{{ +}}ne %{{.*}}, %{{.*}} : tensor<3x!quant.uniform<u8:f32, 5.000000e-01:128>>, tensor<3xf32> -> tensor<3xi1>
// CHECK: nnq.integer{{ +}}xor %{{.*}}, %{{.*}} : tensor<2x3xi1>, tensor<3xi1> -> tensor<2x3xi1>
// CHECK: nnq.select %{{.*}}, %{{.*}}, %{{.*}} : tensor<2x3xi1>, tensor<3xf32>, tensor<3x!quant.uniform<u8:f32, 5.000000e-01:128>> -> tensor<2x3xf32>
func.func @functions(%a: tensor<2x3xi32>, %b: tensor<3xi32>, %q: tensor<3x!u8>, %x: tensor<3xf32>) -> tensor<2x3xf32> {
  %0 = nnq.integer add %a, %b : tensor<2x3xi32>, tensor<3xi32> -> tensor<2x3xi32>
  %1 = nnq.integer mod %0, %b : tensor<2x3xi32>, tensor<3xi32> -> tensor<2x3xi32>
  %2 = nnq.compare le %1, %b : tensor<2x3xi32>, tensor<3xi32> -> tensor<2x3xi1>
  %3 = nnq.compare ne %q, %x : tensor<3x!u8>, tensor<3xf32> -> tensor<3xi1>
  %4 = nnq.integer xor %2, %3 : tensor<2x3xi1>, tensor<3xi1> -> tensor<2x3xi1>
  %5 = nnq.select %4, %x, %q : tensor<2x3xi1>, tensor<3xf32>, tensor<3x!u8> -> tensor<2x3xf32>
  return %5 : tensor<2x3xf32>
}

// CHECK-LABEL: func.func @places
// CHECK: nnq.gather %{{.*}}, %{{.*}} axis = 1 : tensor<2x5x3xf32>, tensor<4xi64> -> tensor<2x4x3xf32>
// CHECK: nnq.gather_elements %{{.*}}, %{{.*}} axis = 1 : tensor<2x4x3xf32>, tensor<2x1x3xi32> -> tensor<2x1x3xf32>
// CHECK: nnq.gather_nd %{{.*}}, %{{.*}} batch_dims = 1 : tensor<2x1x3xf32>, tensor<2x4x2xi64> -> tensor<2x4xf32>
// CHECK: nnq.scatter_nd %{{.*}}, %{{.*}}, %{{.*}} : tensor<2x4xf32>, tensor<3x1xi64>, tensor<3x4xf32> -> tensor<2x4xf32>
// CHECK: nnq.arg_reduce{{ +}}min %{{.*}} axis = 0 last : tensor<2x4xf32> -> tensor<1x4xi32>
// CHECK: nnq.arg_reduce{{ +}}max %{{.*}} axis = 1 : tensor<1x4xi32> -> tensor<1x1xi64>
// CHECK: nnq.top_k %{{.*}} k = 2 axis = 1 : tensor<2x4xf32> -> tensor<2x2xi64>
// CHECK: nnq.top_k %{{.*}} k = 1 axis = 0 smallest : tensor<2x4xf32> -> tensor<1x4xi64>
func.func @places(%x: tensor<2x5x3xf32>, %i: tensor<4xi64>, %j: tensor<2x1x3xi32>, %k: tensor<2x4x2xi64>, %l: tensor<3x1xi64>, %u: tensor<3x4xf32>)
    -> (tensor<1x1xi64>, tensor<2x2xi64>, tensor<1x4xi64>) {
  %0 = nnq.gather %x, %i axis = 1 : tensor<2x5x3xf32>, tensor<4xi64> -> tensor<2x4x3xf32>
  %1 = nnq.gather_elements %0, %j axis = 1 : tensor<2x4x3xf32>, tensor<2x1x3xi32> -> tensor<2x1x3xf32>
  %2 = nnq.gather_nd %1, %k batch_dims = 1 : tensor<2x1x3xf32>, tensor<2x4x2xi64> -> tensor<2x4xf32>
  %3 = nnq.scatter_nd %2, %l, %u : tensor<2x4xf32>, tensor<3x1xi64>, tensor<3x4xf32> -> tensor<2x4xf32>
  %4 = nnq.arg_reduce min %3 axis = 0 last : tensor<2x4xf32> -> tensor<1x4xi32>
  %5 = nnq.arg_reduce max %4 axis = 1 : tensor<1x4xi32> -> tensor<1x1xi64>
  %6 = nnq.top_k %3 k = 2 axis = 1 : tensor<2x4xf32> -> tensor<2x2xi64>
  %7 = nnq.top_k %3 k = 1 axis = 0 smallest : tensor<2x4xf32> -> tensor<1x4xi64>
  return %5, %6, %7 : tensor<1x1xi64>, tensor<2x2xi64>, tensor<1x4xi64>
}

// CHECK-LABEL: func.func @reductions
// CHECK: nnq.reduce sum %{{.*}} axes = [0] : tensor<3x4xi64> -> tensor<1x4xi64>
// CHECK: nnq.reduce max %{{.*}} axes = [0, 1] : tensor<3x4xui8> -> tensor<1x1xui8>
func.func @reductions(%x: tensor<3x4xi64>, %y: tensor<3x4xui8>) -> (tensor<1x4xi64>, tensor<1x1xui8>) {
  %0 = nnq.reduce sum %x axes = [0] : tensor<3x4xi64> -> tensor<1x4xi64>
  %1 = nnq.reduce max %y axes = [0, 1] : tensor<3x4xui8> -> tensor<1x1xui8>
  return %0, %1 : tensor<1x4xi64>, tensor<1x1xui8>
}
