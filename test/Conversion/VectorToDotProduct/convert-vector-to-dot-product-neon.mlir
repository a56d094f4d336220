// RUN: nnq-opt %s --split-input-file --convert-vector-to-dot-product=target=aarch64-neon | FileCheck %s

#k = affine_map<(n, k) -> (k)>
#nk = affine_map<(n, k) -> (n, k)>
#n = affine_map<(n, k) -> (n)>

// CHECK-LABEL: @smull_sadalp(
// CHECK-SAME:    %{{.*}}: vector<2xi8>, %[[W:.*]]: vector<8xi8>, %[[ACC:.*]]: vector<4xi32>
// CHECK:         %[[PRODUCTS:.*]] = llvm.call_intrinsic "llvm.aarch64.neon.smull.v8i16"(%{{.*}}, %[[W]])
// CHECK:         %[[PAIRS:.*]] = llvm.call_intrinsic "llvm.aarch64.neon.saddlp.v4i32.v8i16"(%[[PRODUCTS]])
// CHECK:         arith.addi %[[ACC]], %[[PAIRS]] : vector<4xi32>
func.func @smull_sadalp(%x: vector<2xi8>, %w: vector<8xi8>, %acc: vector<4xi32>) -> vector<4xi32> {
  %ws = vector.shape_cast %w : vector<8xi8> to vector<4x2xi8>
  %xe = arith.extsi %x : vector<2xi8> to vector<2xi32>
  %we = arith.extsi %ws : vector<4x2xi8> to vector<4x2xi32>
  %r = vector.contract {indexing_maps = [#k, #nk, #n], iterator_types = ["parallel", "reduction"], kind = #vector.kind<add>}
      %xe, %we, %acc : vector<2xi32>, vector<4x2xi32> into vector<4xi32>
  return %r : vector<4xi32>
}

// -----

#k = affine_map<(n, k) -> (k)>
#nk = affine_map<(n, k) -> (n, k)>
#n = affine_map<(n, k) -> (n)>

// CHECK-LABEL: @a_pair_loaded_alone_is_one_word(
// CHECK-NOT:     vector.load
// CHECK:         memref.load
// CHECK:         memref.load
// CHECK:         arith.ori %{{.*}} : i16
func.func @a_pair_loaded_alone_is_one_word(%m: memref<8xi8>, %i: index, %w: vector<4x2xi8>, %acc: vector<4xi32>) -> vector<4xi32> {
  %x = vector.load %m[%i] : memref<8xi8>, vector<2xi8>
  %xe = arith.extsi %x : vector<2xi8> to vector<2xi32>
  %we = arith.extsi %w : vector<4x2xi8> to vector<4x2xi32>
  %r = vector.contract {indexing_maps = [#k, #nk, #n], iterator_types = ["parallel", "reduction"], kind = #vector.kind<add>}
      %xe, %we, %acc : vector<2xi32>, vector<4x2xi32> into vector<4xi32>
  return %r : vector<4xi32>
}
