// RUN: nnq-opt %s --split-input-file --nnq-lower-kernels=target=x86-avx512vnni --canonicalize --cse --verify-diagnostics | FileCheck %s
// Weights of 4 bits: two steps of four inputs share bytes, and are unpacked where they are multiplied.

#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (n, k)>
#y = affine_map<(m, n, k) -> (m, n)>

// The bytes of channel 0 are 0x91, 0x12, 0x23, 0x34 for k = 0 to 3 and 4 to 7, and 0x05 for k = 8, beside a step of zeros.
// CHECK: memref.global "private" constant @{{.*}} : memref<128xi8> = dense<"0x91122334{{0+}}5{{0+}}">
// CHECK-LABEL: func.func private @unpacks_two_steps(
// CHECK-DAG: %[[FOUR:.*]] = arith.constant dense<4> : vector<64xi8>
// CHECK-DAG: %[[HIGH:.*]] = arith.constant dense<-16> : vector<64xi8>
// CHECK: %[[BYTES:.*]] = vector.load {{.*}} : memref<128xi8>, vector<64xi8>
// CHECK: arith.shli %[[BYTES]], %[[FOUR]]
// CHECK: vector.contract
// CHECK: arith.andi %[[BYTES]], %[[HIGH]]
// CHECK: vector.contract
// CHECK: vector.load {{.*}} : memref<128xi8>, vector<64xi8>
// CHECK: arith.shli
// CHECK: %[[SUM:.*]] = vector.contract
// CHECK-NOT: vector.contract
// CHECK: arith.shrsi %[[SUM]]
func.func private @unpacks_two_steps(%x: tensor<1x9xi8>) -> tensor<1x1xi32> attributes {nnq.kernel} {
  %w = arith.constant dense<[[1, 2, 3, 4, -7, 1, 2, 3, 5]]> : tensor<1x9xi4>
  %zero = arith.constant 0 : i32
  %e = tensor.empty() : tensor<1x1xi32>
  %init = linalg.fill ins(%zero : i32) outs(%e : tensor<1x1xi32>) -> tensor<1x1xi32>
  %acc = nnq_kernel.contract #nnq_kernel.nibbles ins(%x, %w : tensor<1x9xi8>, tensor<1x9xi4>) outs(%init : tensor<1x1xi32>)
      {indexing_maps = [#x, #w, #y], unsigned_input}
  return %acc : tensor<1x1xi32>
}

// -----

#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (n, k)>
#y = affine_map<(m, n, k) -> (m, n)>

// Weights of few bits may be bytes as well.
// CHECK-LABEL: func.func private @keeps_bytes_of_long_sums(
// CHECK-NOT: arith.shli
func.func private @keeps_bytes_of_long_sums(%x: tensor<1x65796xi8>) -> tensor<1x2xi32> attributes {nnq.kernel} {
  %w = arith.constant dense<1> : tensor<2x65796xi4>
  %zero = arith.constant 0 : i32
  %e = tensor.empty() : tensor<1x2xi32>
  %init = linalg.fill ins(%zero : i32) outs(%e : tensor<1x2xi32>) -> tensor<1x2xi32>
  %acc = nnq_kernel.contract #nnq_kernel.bytes ins(%x, %w : tensor<1x65796xi8>, tensor<2x65796xi4>) outs(%init : tensor<1x2xi32>)
      {indexing_maps = [#x, #w, #y], unsigned_input}
  return %acc : tensor<1x2xi32>
}

// -----

#x = affine_map<(m, n, b, k) -> (m, b, k)>
#w = affine_map<(m, n, b, k) -> (n, b, k)>
#u = affine_map<(m, n, b, k) -> (b, n)>
#v = affine_map<(m, n, b, k) -> (n)>
#y = affine_map<(m, n, b, k) -> (m, n)>

// Blocks of eight inputs: one row of them, one of zero points; what is left is scaled and added in f32. Sums are nowhere in memory.
// CHECK-DAG: memref.global "private" constant @{{.*}} : memref<4xi8> = dense<3>
// CHECK-DAG: memref.global "private" constant @{{.*}} : memref<32xi8> = dense<[2, -1, 0, {{.*}}, 1, 4, 0
// CHECK-DAG: memref.global "private" constant @{{.*}} : memref<16xf32> = dense<[2.500000e-01, 1.000000e+00, 0.000000e+00
// CHECK-LABEL: func.func private @scales_sums_of_blocks(
// CHECK-NOT: memref<1x2x2xi32>
// CHECK: scf.for {{.*}} -> (vector<16xf32>)
// CHECK-COUNT-4: vector.contract
// CHECK-NOT: vector.contract
// CHECK: %[[BYTES:.*]] = vector.load {{.*}} : memref<32xi8>, vector<16xi8>
// CHECK: %[[UNITS:.*]] = vector.load {{.*}} : memref<16xf32>, vector<16xf32>
// CHECK: %[[MULTIPLES:.*]] = arith.uitofp %[[BYTES]]
// CHECK: %[[SCALES:.*]] = arith.mulf %[[MULTIPLES]], %[[UNITS]]
// CHECK: arith.mulf %[[SCALES]],
// CHECK: arith.subi
// CHECK: arith.sitofp
// CHECK: math.fma
// CHECK: scf.yield
func.func private @scales_sums_of_blocks(%x: tensor<1x2x8xi8>) -> tensor<1x2xf32> attributes {nnq.kernel} {
  %w = arith.constant dense<[[[1, 2, 3, 4, 5, 6, 7, -8], [1, 2, 3, 4, 5, 6, 7, -8]], [[1, 2, 3, 4, 5, 6, 7, -8], [1, 2, 3, 4, 5, 6, 7, -8]]]> : tensor<2x2x8xi4>
  %scales = arith.constant dense<[[2, 255], [1, 4]]> : tensor<2x2xi8>
  %units = arith.constant dense<[0.25, 1.0]> : tensor<2xf32>
  %bias = arith.constant dense<[[1.0, 2.0]]> : tensor<1x2xf32>
  %reals = nnq_kernel.contract #nnq_kernel.nibbles ins(%x, %w : tensor<1x2x8xi8>, tensor<2x2x8xi4>)
      scales(%scales, %units : tensor<2x2xi8>, tensor<2xf32>) outs(%bias : tensor<1x2xf32>)
      {indexing_maps = [#x, #w, #u, #v, #y], unsigned_input, accumulation = #nnq_kernel.blocks<input_scale = 0.1 : f32, input_zero_point = 3>}
  return %reals : tensor<1x2xf32>
}

// -----

#x = affine_map<(r, c, t) -> (r + t, c)>
#w = affine_map<(r, c, t) -> (t, c)>
#y = affine_map<(r, c, t) -> (r, c)>

// Loops other than dot products read bytes. 3 x 3 codes take five bytes: 0 to 4 in low halves, 5 to 8 in high ones.
// CHECK: memref.global "private" constant @{{.*}} : memref<5xi8> = dense<[97, 114, -109, -76, 5]>
// CHECK-LABEL: func.func private @unpacks_first(
// CHECK-SAME: %[[CODES:[a-z0-9]+]]: memref<5xi8> {llvm.noalias}, %[[BYTES:[a-z0-9]+]]: memref<3x3xi8> {llvm.noalias}
// CHECK: %[[FLAT:.*]] = memref.collapse_shape %[[BYTES]]
// CHECK: %[[PAIRS:.*]] = vector.load %[[CODES]]{{.*}} vector<4xi8>
// CHECK: %[[UP:.*]] = arith.shli %[[PAIRS]]
// CHECK: %[[LOW:.*]] = arith.shrsi %[[UP]]
// CHECK: vector.store %[[LOW]], %[[FLAT]][%c0]
// CHECK: %[[HIGH:.*]] = arith.shrsi %[[PAIRS]]
// CHECK: vector.store %[[HIGH]], %[[FLAT]][%c5]
// CHECK: vector.load %[[CODES]][%c4] : memref<5xi8>, vector<1xi8>
// CHECK: vector.load %[[BYTES]]
func.func private @unpacks_first(%x: tensor<6x3xi8>) -> tensor<4x3xi32> attributes {nnq.kernel} {
  %w = arith.constant dense<[[1, 2, 3], [4, 5, 6], [7, -7, -5]]> : tensor<3x3xi4>
  %zero = arith.constant 0 : i32
  %e = tensor.empty() : tensor<4x3xi32>
  %init = linalg.fill ins(%zero : i32) outs(%e : tensor<4x3xi32>) -> tensor<4x3xi32>
  %acc = linalg.generic {indexing_maps = [#x, #w, #y], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<6x3xi8>, tensor<3x3xi4>) outs(%init : tensor<4x3xi32>) {
  ^bb0(%a: i8, %b: i4, %c: i32):
    %0 = arith.extui %a : i8 to i32
    %1 = arith.extsi %b : i4 to i32
    %2 = arith.muli %0, %1 : i32
    %3 = arith.addi %c, %2 : i32
    linalg.yield %3 : i32
  } -> tensor<4x3xi32>
  return %acc : tensor<4x3xi32>
}

// -----

#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (k, n)>
#y = affine_map<(m, n, k) -> (m, n)>

// Of other widths below 8 bits, loops that are none of dot products read bytes: vectors of bits are not what stands in memory.
// CHECK-LABEL: func.func private @other_bits
// CHECK-SAME: memref<2x4xi8>
// CHECK-NOT: xi3>
func.func private @other_bits(%x: tensor<4x2xi8>, %start: tensor<4x4xi32>) -> tensor<4x4xi32> attributes {nnq.kernel} {
  %w = arith.constant dense<[[1, 2, 3, -1], [0, -4, 2, 1]]> : tensor<2x4xi3>
  %y = linalg.generic {indexing_maps = [#x, #w, #y], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %w : tensor<4x2xi8>, tensor<2x4xi3>) outs(%start : tensor<4x4xi32>) {
  ^bb0(%a: i8, %b: i3, %c: i32):
    %0 = arith.extui %a : i8 to i32
    %1 = arith.extsi %b : i3 to i32
    %2 = arith.muli %0, %1 : i32
    %3 = arith.addi %c, %2 : i32
    linalg.yield %3 : i32
  } -> tensor<4x4xi32>
  return %y : tensor<4x4xi32>
}
