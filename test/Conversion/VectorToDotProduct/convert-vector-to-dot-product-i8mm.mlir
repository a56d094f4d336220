// RUN: nnq-opt %s --split-input-file --convert-vector-to-dot-product=target=aarch64-neon-i8mm | FileCheck %s

#mk = affine_map<(m, n, k) -> (m, k)>
#nk = affine_map<(m, n, k) -> (n, k)>
#mn = affine_map<(m, n, k) -> (m, n)>

// Flat sums, as a loop carries them: every cast cancels.
// CHECK-LABEL: @usmmla(
// CHECK-SAME:    %[[X:.*]]: vector<16xi8>, %[[W:.*]]: vector<16xi8>, %[[ACC:.*]]: vector<4xi32>
// CHECK-NEXT:    %[[SUM:.*]] = llvm.call_intrinsic "llvm.aarch64.neon.usmmla.v4i32.v16i8"(%[[ACC]], %[[X]], %[[W]])
// CHECK-NEXT:    return %[[SUM]]
func.func @usmmla(%x: vector<16xi8>, %w: vector<16xi8>, %acc: vector<4xi32>) -> vector<4xi32> {
  %xs = vector.shape_cast %x : vector<16xi8> to vector<2x8xi8>
  %ws = vector.shape_cast %w : vector<16xi8> to vector<2x8xi8>
  %xe = arith.extui %xs : vector<2x8xi8> to vector<2x8xi32>
  %we = arith.extsi %ws : vector<2x8xi8> to vector<2x8xi32>
  %as = vector.shape_cast %acc : vector<4xi32> to vector<2x2xi32>
  %r = vector.contract {indexing_maps = [#mk, #nk, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>}
      %xe, %we, %as : vector<2x8xi32>, vector<2x8xi32> into vector<2x2xi32>
  %rs = vector.shape_cast %r : vector<2x2xi32> to vector<4xi32>
  return %rs : vector<4xi32>
}

// -----

#k = affine_map<(n, k) -> (k)>
#nk = affine_map<(n, k) -> (n, k)>
#n = affine_map<(n, k) -> (n)>

// A single row is computed twice and kept once.
// CHECK-LABEL: @one_row(
// CHECK-SAME:    %[[X:.*]]: vector<8xi8>, %{{.*}}: vector<2x8xi8>, %[[ACC:.*]]: vector<2xi32>
// CHECK-DAG:     %[[A2:.*]] = vector.shuffle %[[ACC]], %[[ACC]] [0, 1, 0, 1]
// CHECK-DAG:     %[[X2:.*]] = vector.shuffle %[[X]], %[[X]] [0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7]
// CHECK:         %[[SUM:.*]] = llvm.call_intrinsic "llvm.aarch64.neon.usmmla.v4i32.v16i8"(%[[A2]], %[[X2]], %{{.*}})
// CHECK:         vector.extract_strided_slice %[[SUM]] {offsets = [0], sizes = [2]
func.func @one_row(%x: vector<8xi8>, %w: vector<2x8xi8>, %acc: vector<2xi32>) -> vector<2xi32> {
  %xe = arith.extui %x : vector<8xi8> to vector<8xi32>
  %we = arith.extsi %w : vector<2x8xi8> to vector<2x8xi32>
  %r = vector.contract {indexing_maps = [#k, #nk, #n], iterator_types = ["parallel", "reduction"], kind = #vector.kind<add>}
      %xe, %we, %acc : vector<8xi32>, vector<2x8xi32> into vector<2xi32>
  return %r : vector<2xi32>
}

// -----

#k = affine_map<(n, k) -> (k)>
#nk = affine_map<(n, k) -> (n, k)>
#n = affine_map<(n, k) -> (n)>

// One activation of 16 bits by eight weights: two halves, whatever the target does with bytes.
// CHECK-LABEL: @smlal(
// CHECK-SAME:    %{{.*}}: vector<1xi16>, %[[W:.*]]: vector<8xi8>, %{{.*}}: vector<8xi32>
// CHECK:         %[[W16:.*]] = arith.extsi %[[W]] : vector<8xi8> to vector<8xi16>
// CHECK:         %[[X:.*]] = vector.broadcast %{{.*}} : i16 to vector<4xi16>
// CHECK:         %[[LOW:.*]] = vector.extract_strided_slice %[[W16]] {offsets = [0], sizes = [4]
// CHECK:         %[[PRODUCTS:.*]] = llvm.call_intrinsic "llvm.aarch64.neon.smull.v4i32"(%[[X]], %[[LOW]])
// CHECK:         arith.addi %{{.*}}, %[[PRODUCTS]] : vector<4xi32>
// CHECK:         %[[HIGH:.*]] = vector.extract_strided_slice %[[W16]] {offsets = [4], sizes = [4]
// CHECK:         llvm.call_intrinsic "llvm.aarch64.neon.smull.v4i32"(%[[X]], %[[HIGH]])
func.func @smlal(%x: vector<1xi16>, %w: vector<8xi8>, %acc: vector<8xi32>) -> vector<8xi32> {
  %ws = vector.shape_cast %w : vector<8xi8> to vector<8x1xi8>
  %xe = arith.extsi %x : vector<1xi16> to vector<1xi32>
  %we = arith.extsi %ws : vector<8x1xi8> to vector<8x1xi32>
  %r = vector.contract {indexing_maps = [#k, #nk, #n], iterator_types = ["parallel", "reduction"], kind = #vector.kind<add>}
      %xe, %we, %acc : vector<1xi32>, vector<8x1xi32> into vector<8xi32>
  return %r : vector<8xi32>
}
