// RUN: nnq-opt %s --convert-vector-to-dot-product=target=aarch64-neon-dotprod --split-input-file | FileCheck %s

#k = affine_map<(n, k) -> (k)>
#nk = affine_map<(n, k) -> (n, k)>
#n = affine_map<(n, k) -> (n)>

// Eight channels are two registers; the broadcast stands last, where it can become a lane.
// CHECK-LABEL: @sdot(
// CHECK-SAME:    %[[X:.*]]: vector<4xi8>, %[[W:.*]]: vector<32xi8>, %[[ACC:.*]]: vector<8xi32>
// CHECK-DAG:     %[[A0:.*]] = vector.extract_strided_slice %[[ACC]] {offsets = [0], sizes = [4]
// CHECK-DAG:     %[[W0:.*]] = vector.extract_strided_slice %[[W]] {offsets = [0], sizes = [16]
// CHECK:         vector.broadcast %{{.*}} : i32 to vector<4xi32>
// CHECK:         llvm.call_intrinsic "llvm.aarch64.neon.sdot.v4i32.v16i8"(%[[A0]], %[[W0]], %{{.*}})
// CHECK:         llvm.call_intrinsic "llvm.aarch64.neon.sdot.v4i32.v16i8"
// CHECK-NOT:     sdot
func.func @sdot(%x: vector<4xi8>, %w: vector<32xi8>, %acc: vector<8xi32>) -> vector<8xi32> {
  %ws = vector.shape_cast %w : vector<32xi8> to vector<8x4xi8>
  %xe = arith.extsi %x : vector<4xi8> to vector<4xi32>
  %we = arith.extsi %ws : vector<8x4xi8> to vector<8x4xi32>
  %r = vector.contract {indexing_maps = [#k, #nk, #n], iterator_types = ["parallel", "reduction"], kind = #vector.kind<add>}
      %xe, %we, %acc : vector<4xi32>, vector<8x4xi32> into vector<8xi32>
  return %r : vector<8xi32>
}

// -----

#k = affine_map<(n, k) -> (k)>
#nk = affine_map<(n, k) -> (n, k)>
#n = affine_map<(n, k) -> (n)>

// Upstream folds signed extensions into the contraction: operands of bytes are signed.
// CHECK-LABEL: @extended_by_the_contraction(
// CHECK:         llvm.aarch64.neon.sdot.v4i32.v16i8
func.func @extended_by_the_contraction(%x: vector<4xi8>, %w: vector<4x4xi8>, %acc: vector<4xi32>) -> vector<4xi32> {
  %r = vector.contract {indexing_maps = [#k, #nk, #n], iterator_types = ["parallel", "reduction"], kind = #vector.kind<add>}
      %x, %w, %acc : vector<4xi8>, vector<4x4xi8> into vector<4xi32>
  return %r : vector<4xi32>
}

// -----

// CHECK-LABEL: @rounds_to_integers(
// CHECK-COUNT-2: llvm.call_intrinsic "llvm.aarch64.neon.fcvtns.v4i32.v4f32"
// CHECK:         llvm.call_intrinsic "llvm.aarch64.neon.fcvtns.i32.f32"
// CHECK-NOT:     roundeven
// CHECK:         return
func.func @rounds_to_integers(%v: vector<8xf32>, %s: f32) -> (vector<8xi32>, i32) {
  %0 = math.roundeven %v : vector<8xf32>
  %1 = arith.fptosi %0 : vector<8xf32> to vector<8xi32>
  %2 = math.roundeven %s : f32
  %3 = arith.fptosi %2 : f32 to i32
  return %1, %3 : vector<8xi32>, i32
}

// -----

// CHECK-LABEL: @keeps_three_lanes(
// CHECK:         math.roundeven
// CHECK:         arith.fptosi
func.func @keeps_three_lanes(%v: vector<3xf32>) -> vector<3xi32> {
  %0 = math.roundeven %v : vector<3xf32>
  %1 = arith.fptosi %0 : vector<3xf32> to vector<3xi32>
  return %1 : vector<3xi32>
}
