// RUN: nnq-opt %s --verify-diagnostics --convert-vector-to-dot-product=target=aarch64-neon-dotprod

#k = affine_map<(n, k) -> (k)>
#nk = affine_map<(n, k) -> (n, k)>
#n = affine_map<(n, k) -> (n)>

func.func @unsigned_activations(%x: vector<4xi8>, %w: vector<4x4xi8>, %acc: vector<4xi32>) -> vector<4xi32> {
  %xe = arith.extui %x : vector<4xi8> to vector<4xi32>
  %we = arith.extsi %w : vector<4x4xi8> to vector<4x4xi32>
  // expected-error @below {{no dot-product form on aarch64-neon-dotprod for 1 x 4 sums of 4 products of unsigned activations of 8 bits}}
  // expected-note @below {{the target computes 1 x 4 sums of 4 products of signed activations of 8 bits}}
  // expected-note @below {{the target computes 1 x 8 sums of 1 products of signed activations of 16 bits}}
  %r = vector.contract {indexing_maps = [#k, #nk, #n], iterator_types = ["parallel", "reduction"], kind = #vector.kind<add>}
      %xe, %we, %acc : vector<4xi32>, vector<4x4xi32> into vector<4xi32>
  return %r : vector<4xi32>
}
