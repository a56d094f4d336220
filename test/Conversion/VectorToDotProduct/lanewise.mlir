// RUN: nnq-opt %s --convert-vector-to-dot-product=target=x86-avx512vnni | FileCheck %s

// Sums of products lane by lane are one dot product, without a broadcast.
// CHECK-LABEL: func.func @lanewise(
// CHECK-NOT: vector.broadcast
// CHECK: llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.512"
func.func @lanewise(%x: vector<16x4xi8>, %w: vector<16x4xi8>, %s: vector<16xi32>) -> vector<16xi32> {
  %0 = arith.extui %x : vector<16x4xi8> to vector<16x4xi32>
  %1 = arith.extsi %w : vector<16x4xi8> to vector<16x4xi32>
  %2 = vector.contract {indexing_maps = [affine_map<(n, k) -> (n, k)>, affine_map<(n, k) -> (n, k)>, affine_map<(n, k) -> (n)>],
      iterator_types = ["parallel", "reduction"], kind = #vector.kind<add>} %0, %1, %s : vector<16x4xi32>, vector<16x4xi32> into vector<16xi32>
  return %2 : vector<16xi32>
}
