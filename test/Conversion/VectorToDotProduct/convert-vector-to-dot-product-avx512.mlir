// RUN: nnq-opt %s --split-input-file --convert-vector-to-dot-product=target=x86-avx512vnni | FileCheck %s

#k = affine_map<(n, k) -> (k)>
#nk = affine_map<(n, k) -> (n, k)>
#n = affine_map<(n, k) -> (n)>

// The four bytes of activations are one 32-bit element in each lane; the casts of the weights cancel.
// CHECK-LABEL: @vpdpbusd(
// CHECK-SAME:    %[[X:.*]]: vector<4xi8>, %[[W:.*]]: vector<64xi8>, %[[ACC:.*]]: vector<16xi32>
// CHECK-NEXT:    %[[ELEMENT:.*]] = vector.bitcast %[[X]] : vector<4xi8> to vector<1xi32>
// CHECK-NEXT:    %[[SCALAR:.*]] = vector.extract %[[ELEMENT]][0]
// CHECK-NEXT:    %[[REPEATED:.*]] = vector.broadcast %[[SCALAR]] : i32 to vector<16xi32>
// CHECK-NEXT:    %[[BYTES:.*]] = vector.bitcast %[[REPEATED]] : vector<16xi32> to vector<64xi8>
// CHECK-NEXT:    %[[SUM:.*]] = llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.512"(%[[ACC]], %[[BYTES]], %[[W]])
// CHECK-NEXT:    return %[[SUM]]
func.func @vpdpbusd(%x: vector<4xi8>, %w: vector<64xi8>, %acc: vector<16xi32>) -> vector<16xi32> {
  %ws = vector.shape_cast %w : vector<64xi8> to vector<16x4xi8>
  %xe = arith.extui %x : vector<4xi8> to vector<4xi32>
  %we = arith.extsi %ws : vector<16x4xi8> to vector<16x4xi32>
  %r = vector.contract {indexing_maps = [#k, #nk, #n], iterator_types = ["parallel", "reduction"], kind = #vector.kind<add>}
      %xe, %we, %acc : vector<4xi32>, vector<16x4xi32> into vector<16xi32>
  return %r : vector<16xi32>
}

// -----

#mk = affine_map<(m, n, k) -> (m, k)>
#nk = affine_map<(m, n, k) -> (n, k)>
#mn = affine_map<(m, n, k) -> (m, n)>

// CHECK-LABEL: @cuts_rows_and_channels(
// CHECK-COUNT-6: llvm.x86.avx512.vpdpbusd.512
// CHECK-NOT:     vpdpbusd
// CHECK:         return
func.func @cuts_rows_and_channels(%x: vector<3x4xi8>, %w: vector<128xi8>, %acc: vector<3x32xi32>) -> vector<3x32xi32> {
  %ws = vector.shape_cast %w : vector<128xi8> to vector<32x4xi8>
  %xe = arith.extui %x : vector<3x4xi8> to vector<3x4xi32>
  %we = arith.extsi %ws : vector<32x4xi8> to vector<32x4xi32>
  %r = vector.contract {indexing_maps = [#mk, #nk, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>}
      %xe, %we, %acc : vector<3x4xi32>, vector<32x4xi32> into vector<3x32xi32>
  return %r : vector<3x32xi32>
}

// -----

// CHECK-LABEL: @rounds_to_integers(
// CHECK:         llvm.intr.lrint(%{{.*}}) : (vector<16xf32>) -> vector<16xi32>
// CHECK:         llvm.intr.lrint(%{{.*}}) : (f32) -> i32
// CHECK-NOT:     roundeven
// CHECK:         return
func.func @rounds_to_integers(%v: vector<16xf32>, %s: f32) -> (vector<16xi32>, i32) {
  %0 = math.roundeven %v : vector<16xf32>
  %1 = arith.fptosi %0 : vector<16xf32> to vector<16xi32>
  %2 = math.roundeven %s : f32
  %3 = arith.fptosi %2 : f32 to i32
  return %1, %3 : vector<16xi32>, i32
}

// -----

// CHECK-LABEL: @keeps_other_conversions(
// CHECK:         math.roundeven
// CHECK:         arith.fptosi {{.*}} : f64 to i32
// CHECK:         arith.fptosi {{.*}} : f32 to i32
// CHECK-NOT:     lrint
// CHECK:         return
func.func @keeps_other_conversions(%d: f64, %s: f32) -> (i32, i32) {
  %0 = math.roundeven %d : f64
  %1 = arith.fptosi %0 : f64 to i32
  %2 = arith.fptosi %s : f32 to i32
  return %1, %2 : i32, i32
}

// -----

#k = affine_map<(n, k) -> (k)>
#nk = affine_map<(n, k) -> (n, k)>
#n = affine_map<(n, k) -> (n)>

// CHECK-LABEL: @keeps_contractions_of_floats(
// CHECK:         vector.contract
func.func @keeps_contractions_of_floats(%x: vector<4xf32>, %w: vector<16x4xf32>, %acc: vector<16xf32>) -> vector<16xf32> {
  %r = vector.contract {indexing_maps = [#k, #nk, #n], iterator_types = ["parallel", "reduction"], kind = #vector.kind<add>}
      %x, %w, %acc : vector<4xf32>, vector<16x4xf32> into vector<16xf32>
  return %r : vector<16xf32>
}

// -----

#k = affine_map<(n, k) -> (k)>
#nk = affine_map<(n, k) -> (n, k)>
#n = affine_map<(n, k) -> (n)>

// Bytes below 128 are the same of either sign.
// CHECK-LABEL: @constant_factors(
// CHECK:         llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.512"
func.func @constant_factors(%w: vector<16x4xi8>, %acc: vector<16xi32>) -> vector<16xi32> {
  %x = arith.constant dense<127> : vector<4xi8>
  %r = vector.contract {indexing_maps = [#k, #nk, #n], iterator_types = ["parallel", "reduction"], kind = #vector.kind<add>}
      %x, %w, %acc : vector<4xi8>, vector<16x4xi8> into vector<16xi32>
  return %r : vector<16xi32>
}

// -----

#k = affine_map<(n, k) -> (k)>
#nk = affine_map<(n, k) -> (n, k)>
#n = affine_map<(n, k) -> (n)>

// Weights lie in memory as bytes; two activations of 16 bits are one 32-bit element in each lane.
// CHECK-LABEL: @vpdpwssd(
// CHECK-SAME:    %[[X:.*]]: vector<2xi16>, %[[W:.*]]: vector<32xi8>, %[[ACC:.*]]: vector<16xi32>
// CHECK:         %[[W16:.*]] = arith.extsi %[[W]] : vector<32xi8> to vector<32xi16>
// CHECK-NEXT:    %[[ELEMENT:.*]] = vector.bitcast %[[X]] : vector<2xi16> to vector<1xi32>
// CHECK-NEXT:    %[[SCALAR:.*]] = vector.extract %[[ELEMENT]][0]
// CHECK-NEXT:    %[[REPEATED:.*]] = vector.broadcast %[[SCALAR]] : i32 to vector<16xi32>
// CHECK-NEXT:    %[[X16:.*]] = vector.bitcast %[[REPEATED]] : vector<16xi32> to vector<32xi16>
// CHECK-NEXT:    %[[SUM:.*]] = llvm.call_intrinsic "llvm.x86.avx512.vpdpwssd.512"(%[[ACC]], %[[X16]], %[[W16]])
// CHECK-NEXT:    return %[[SUM]]
func.func @vpdpwssd(%x: vector<2xi16>, %w: vector<32xi8>, %acc: vector<16xi32>) -> vector<16xi32> {
  %ws = vector.shape_cast %w : vector<32xi8> to vector<16x2xi8>
  %xe = arith.extsi %x : vector<2xi16> to vector<2xi32>
  %we = arith.extsi %ws : vector<16x2xi8> to vector<16x2xi32>
  %r = vector.contract {indexing_maps = [#k, #nk, #n], iterator_types = ["parallel", "reduction"], kind = #vector.kind<add>}
      %xe, %we, %acc : vector<2xi32>, vector<16x2xi32> into vector<16xi32>
  return %r : vector<16xi32>
}
