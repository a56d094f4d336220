// RUN: nnq-opt %s --convert-vector-to-dot-product=target=x86-avx512vnni | FileCheck %s

// CHECK-LABEL: @sixteen_channels
// CHECK: llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.512"

func.func @sixteen_channels(%pixel: memref<64xi8>, %packed: memref<1024xi8>, %sums: vector<16xi32>, %k: index) -> vector<16xi32> {
  %x = vector.load %pixel[%k] : memref<64xi8>, vector<4xi8>
  %flat = vector.load %packed[%k] : memref<1024xi8>, vector<64xi8>
  %w = vector.shape_cast %flat : vector<64xi8> to vector<16x4xi8>
  %x32 = arith.extui %x : vector<4xi8> to vector<4xi32>
  %w32 = arith.extsi %w : vector<16x4xi8> to vector<16x4xi32>
  %next = vector.contract {indexing_maps = [affine_map<(n, k) -> (k)>, affine_map<(n, k) -> (n, k)>, affine_map<(n, k) -> (n)>],
                           iterator_types = ["parallel", "reduction"], kind = #vector.kind<add>}
      %x32, %w32, %sums : vector<4xi32>, vector<16x4xi32> into vector<16xi32>
  return %next : vector<16xi32>
}
