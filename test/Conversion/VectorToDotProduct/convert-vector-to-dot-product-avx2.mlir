// RUN: nnq-opt %s --split-input-file --convert-vector-to-dot-product=target=x86-avx2 | FileCheck %s

#k = affine_map<(n, k) -> (k)>
#nk = affine_map<(n, k) -> (n, k)>
#n = affine_map<(n, k) -> (n)>

// CHECK-LABEL: @vpmaddwd(
// CHECK-SAME:    %[[X:.*]]: vector<2xi8>, %[[W:.*]]: vector<16xi8>, %[[ACC:.*]]: vector<8xi32>
// CHECK:         vector.broadcast %{{.*}} : i16 to vector<8xi16>
// CHECK:         %[[X16:.*]] = arith.extui %{{.*}} : vector<16xi8> to vector<16xi16>
// CHECK:         %[[W16:.*]] = arith.extsi %[[W]] : vector<16xi8> to vector<16xi16>
// CHECK:         %[[PAIRS:.*]] = llvm.call_intrinsic "llvm.x86.avx2.pmadd.wd"(%[[X16]], %[[W16]])
// CHECK:         arith.addi %[[ACC]], %[[PAIRS]] : vector<8xi32>
func.func @vpmaddwd(%x: vector<2xi8>, %w: vector<16xi8>, %acc: vector<8xi32>) -> vector<8xi32> {
  %ws = vector.shape_cast %w : vector<16xi8> to vector<8x2xi8>
  %xe = arith.extui %x : vector<2xi8> to vector<2xi32>
  %we = arith.extsi %ws : vector<8x2xi8> to vector<8x2xi32>
  %r = vector.contract {indexing_maps = [#k, #nk, #n], iterator_types = ["parallel", "reduction"], kind = #vector.kind<add>}
      %xe, %we, %acc : vector<2xi32>, vector<8x2xi32> into vector<8xi32>
  return %r : vector<8xi32>
}

// -----

#k = affine_map<(n, k) -> (k)>
#nk = affine_map<(n, k) -> (n, k)>
#n = affine_map<(n, k) -> (n)>

// Activations of 16 bits are words as they are.
// CHECK-LABEL: @vpmaddwd_of_words(
// CHECK-SAME:    %{{.*}}: vector<2xi16>, %[[W:.*]]: vector<16xi8>, %[[ACC:.*]]: vector<8xi32>
// CHECK:         vector.broadcast %{{.*}} : i32 to vector<8xi32>
// CHECK-NEXT:    %[[X16:.*]] = vector.bitcast %{{.*}} : vector<8xi32> to vector<16xi16>
// CHECK-NEXT:    %[[W16:.*]] = arith.extsi %[[W]] : vector<16xi8> to vector<16xi16>
// CHECK-NEXT:    %[[PAIRS:.*]] = llvm.call_intrinsic "llvm.x86.avx2.pmadd.wd"(%[[X16]], %[[W16]])
// CHECK-NEXT:    arith.addi %[[ACC]], %[[PAIRS]] : vector<8xi32>
func.func @vpmaddwd_of_words(%x: vector<2xi16>, %w: vector<16xi8>, %acc: vector<8xi32>) -> vector<8xi32> {
  %ws = vector.shape_cast %w : vector<16xi8> to vector<8x2xi8>
  %xe = arith.extsi %x : vector<2xi16> to vector<2xi32>
  %we = arith.extsi %ws : vector<8x2xi8> to vector<8x2xi32>
  %r = vector.contract {indexing_maps = [#k, #nk, #n], iterator_types = ["parallel", "reduction"], kind = #vector.kind<add>}
      %xe, %we, %acc : vector<2xi32>, vector<8x2xi32> into vector<8xi32>
  return %r : vector<8xi32>
}
