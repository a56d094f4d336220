// RUN: nnq-opt %s --convert-vector-to-dot-product=target=aarch64-neon-dotprod | FileCheck %s

// CHECK-LABEL: @four_channels
// CHECK: llvm.call_intrinsic "llvm.aarch64.neon.sdot.v4i32.v16i8"

func.func @four_channels(%pixel: memref<64xi8>, %packed: memref<1024xi8>, %sums: vector<4xi32>, %k: index) -> vector<4xi32> {
  %x = vector.load %pixel[%k] : memref<64xi8>, vector<4xi8>
  %flat = vector.load %packed[%k] : memref<1024xi8>, vector<16xi8>
  %w = vector.shape_cast %flat : vector<16xi8> to vector<4x4xi8>
  %x32 = arith.extsi %x : vector<4xi8> to vector<4xi32>
  %w32 = arith.extsi %w : vector<4x4xi8> to vector<4x4xi32>
  %next = vector.contract {indexing_maps = [affine_map<(n, k) -> (k)>, affine_map<(n, k) -> (n, k)>, affine_map<(n, k) -> (n)>],
                           iterator_types = ["parallel", "reduction"], kind = #vector.kind<add>}
      %x32, %w32, %sums : vector<4xi32>, vector<4x4xi32> into vector<4xi32>
  return %next : vector<4xi32>
}
