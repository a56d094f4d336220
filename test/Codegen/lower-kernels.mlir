// RUN: nnq-opt %s --split-input-file --nnq-lower-kernels=target=x86-avx512vnni --canonicalize --cse | FileCheck %s

#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (n, k)>
#y = affine_map<(m, n, k) -> (m, n)>
#id = affine_map<(m, n) -> (m, n)>

// 12 rows and 2 columns of 16 channels are one tile of 24 sums; a step takes 4 bytes of the run, and everything behind stays in registers.
// CHECK-LABEL: func.func private @product_with_constant_weights(
// CHECK-SAME: %[[X:.*]]: memref<12x64xi8> {llvm.noalias}, %[[Y:.*]]: memref<12x32xi8> {llvm.noalias}, %[[W:.*]]: memref<2048xi8> {llvm.noalias}
// CHECK: %[[FLAT:.*]] = memref.collapse_shape %[[X]]
// CHECK: %{{.*}}:24 = scf.for {{.*}} iter_args
// CHECK: vector.load %[[W]][{{.*}}] : memref<2048xi8>, vector<64xi8>
// CHECK: vector.load %[[FLAT]][{{.*}}] : memref<768xi8>, vector<4xi8>
// CHECK: vector.contract {{.*}} : vector<4xi32>, vector<16x4xi32> into vector<16xi32>
// CHECK: scf.yield
// CHECK: arith.trunci {{.*}} : vector<16xi32> to vector<16xi8>
// CHECK: vector.store {{.*}}, %[[Y]]{{.*}} vector<16xi8>
func.func private @product_with_constant_weights(%x: tensor<12x64xi8>) -> tensor<12x32xi8> attributes {nnq.kernel} {
  %w = arith.constant dense<3> : tensor<32x64xi8>
  %zero = arith.constant 0 : i32
  %sums = tensor.empty() : tensor<12x32xi32>
  %init = linalg.fill ins(%zero : i32) outs(%sums : tensor<12x32xi32>) -> tensor<12x32xi32>
  %acc = nnq_kernel.contract #nnq_kernel.bytes ins(%x, %w : tensor<12x64xi8>, tensor<32x64xi8>) outs(%init : tensor<12x32xi32>)
      {indexing_maps = [#x, #w, #y], unsigned_input}
  %e = tensor.empty() : tensor<12x32xi8>
  %y = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%acc : tensor<12x32xi32>) outs(%e : tensor<12x32xi8>) {
  ^bb0(%a: i32, %o: i8):
    %0 = arith.trunci %a : i32 to i8
    linalg.yield %0 : i8
  } -> tensor<12x32xi8>
  return %y : tensor<12x32xi8>
}

// -----

// Channels beyond whole columns are stored by a narrower vector.
// CHECK-LABEL: func.func private @ten_channels(
// CHECK: vector.contract {{.*}} into vector<16xi32>
// CHECK: vector.extract_strided_slice {{.*}} sizes = [10]
// CHECK: vector.store {{.*}} vector<10xi32>
func.func private @ten_channels(%x: tensor<1x8xi8>) -> tensor<1x10xi32> attributes {nnq.kernel} {
  %w = arith.constant dense<3> : tensor<10x8xi8>
  %zero = arith.constant 0 : i32
  %sums = tensor.empty() : tensor<1x10xi32>
  %init = linalg.fill ins(%zero : i32) outs(%sums : tensor<1x10xi32>) -> tensor<1x10xi32>
  %acc = nnq_kernel.contract #nnq_kernel.bytes ins(%x, %w : tensor<1x8xi8>, tensor<10x8xi8>) outs(%init : tensor<1x10xi32>)
      {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>], unsigned_input}
  return %acc : tensor<1x10xi32>
}

// -----

// Each channel has its own input: no contraction; the window is unrolled for four neighbours, which share what they read.
// CHECK-LABEL: func.func private @depthwise_window(
// CHECK-NOT: vector.contract
// CHECK-NOT: scf.for
// CHECK-COUNT-4: vector.store {{.*}} vector<16xf32>
func.func private @depthwise_window(%x: tensor<6x16xf32>) -> tensor<4x16xf32> attributes {nnq.kernel} {
  %w = arith.constant dense<0.5> : tensor<3x16xf32>
  %zero = arith.constant 0.0 : f32
  %sums = tensor.empty() : tensor<4x16xf32>
  %init = linalg.fill ins(%zero : f32) outs(%sums : tensor<4x16xf32>) -> tensor<4x16xf32>
  %acc = linalg.generic {indexing_maps = [affine_map<(x, c, k) -> (x + k, c)>, affine_map<(x, c, k) -> (k, c)>, affine_map<(x, c, k) -> (x, c)>],
                         iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<6x16xf32>, tensor<3x16xf32>) outs(%init : tensor<4x16xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %0 = arith.mulf %a, %b : f32
    %1 = arith.addf %c, %0 : f32
    linalg.yield %1 : f32
  } -> tensor<4x16xf32>
  return %acc : tensor<4x16xf32>
}

// -----

// The caller passes buffers; results are written where it was told.
// CHECK: memref.global "private" constant @k_constant_2 : memref<2xf32> {{.*}} {alignment = 64 : i64}
// CHECK-LABEL: func.func @main(
// CHECK-SAME: %[[X:.*]]: memref<2xf32> {nnq.name = "x"}, %[[Y:.*]]: memref<2x1xf32> {nnq.name = "y", nnq.output})
// CHECK: %[[A:.*]] = memref.alloc() : memref<2xf32>
// CHECK: %[[C:.*]] = memref.get_global @k_constant_2
// CHECK: call @k(%[[X]], %[[A]], %[[C]])
// CHECK: %[[V:.*]] = memref.collapse_shape %[[Y]]
// CHECK: call @k(%[[A]], %[[V]], %{{.*}})
func.func private @k(%x: tensor<2xf32>) -> tensor<2xf32> attributes {nnq.kernel} {
  %c = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %e = tensor.empty() : tensor<2xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(d) -> (d)>, affine_map<(d) -> (d)>, affine_map<(d) -> (d)>], iterator_types = ["parallel"]}
      ins(%x, %c : tensor<2xf32>, tensor<2xf32>) outs(%e : tensor<2xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %0 = arith.addf %a, %b : f32
    linalg.yield %0 : f32
  } -> tensor<2xf32>
  return %y : tensor<2xf32>
}
func.func @main(%x: tensor<2xf32> {nnq.name = "x"}) -> (tensor<2x1xf32> {nnq.name = "y"}) {
  %0 = call @k(%x) : (tensor<2xf32>) -> tensor<2xf32>
  %1 = call @k(%0) : (tensor<2xf32>) -> tensor<2xf32>
  %2 = tensor.expand_shape %1 [[0, 1]] output_shape [2, 1] : tensor<2xf32> into tensor<2x1xf32>
  return %2 : tensor<2x1xf32>
}

// -----

// Weights that are all 0 have been folded into the body: a reduction that adds nothing.
// CHECK-LABEL: func.func private @nothing_to_add(
// CHECK: %[[ZERO:.*]] = arith.constant dense<0> : vector<2xi32>
// CHECK: vector.store %[[ZERO]]
func.func private @nothing_to_add(%x: tensor<1x4xi8>) -> tensor<1x2xi32> attributes {nnq.kernel} {
  %zero = arith.constant 0 : i32
  %e = tensor.empty() : tensor<1x2xi32>
  %init = linalg.fill ins(%zero : i32) outs(%e : tensor<1x2xi32>) -> tensor<1x2xi32>
  %y = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (m, n)>], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x : tensor<1x4xi8>) outs(%init : tensor<1x2xi32>) {
  ^bb0(%a: i8, %c: i32):
    linalg.yield %c : i32
  } -> tensor<1x2xi32>
  return %y : tensor<1x2xi32>
}
