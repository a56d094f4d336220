// RUN: nnq-opt %s --split-input-file --verify-diagnostics --convert-vector-to-dot-product=target=x86-avx512vnni

#k = affine_map<(n, k) -> (k)>
#nk = affine_map<(n, k) -> (n, k)>
#n = affine_map<(n, k) -> (n)>

func.func @signed_activations(%x: vector<4xi8>, %w: vector<16x4xi8>, %acc: vector<16xi32>) -> vector<16xi32> {
  %xe = arith.extsi %x : vector<4xi8> to vector<4xi32>
  %we = arith.extsi %w : vector<16x4xi8> to vector<16x4xi32>
  // expected-error @below {{no dot-product form on x86-avx512vnni for 1 x 16 sums of 4 products of signed activations of 8 bits}}
  // expected-note @below {{the target computes 1 x 16 sums of 4 products of unsigned activations of 8 bits (k) or (m, k) by signed weights of 8 (n, k); n may be a multiple of 16}}
  // expected-note @below {{the target computes 1 x 16 sums of 2 products of signed activations of 16 bits}}
  %r = vector.contract {indexing_maps = [#k, #nk, #n], iterator_types = ["parallel", "reduction"], kind = #vector.kind<add>}
      %xe, %we, %acc : vector<4xi32>, vector<16x4xi32> into vector<16xi32>
  return %r : vector<16xi32>
}

// -----

#k = affine_map<(n, k) -> (k)>
#nk = affine_map<(n, k) -> (n, k)>
#n = affine_map<(n, k) -> (n)>

func.func @twelve_channels(%x: vector<4xi8>, %w: vector<12x4xi8>, %acc: vector<12xi32>) -> vector<12xi32> {
  %xe = arith.extui %x : vector<4xi8> to vector<4xi32>
  %we = arith.extsi %w : vector<12x4xi8> to vector<12x4xi32>
  // expected-error @below {{for 1 x 12 sums of 4 products of unsigned activations}}
  // expected-note @below {{unsigned activations of 8 bits (k) or (m, k) by signed weights of 8 (n, k); n may be a multiple of 16}}
  // expected-note @below {{the target computes 1 x 16 sums of 2 products of signed activations of 16 bits}}
  %r = vector.contract {indexing_maps = [#k, #nk, #n], iterator_types = ["parallel", "reduction"], kind = #vector.kind<add>}
      %xe, %we, %acc : vector<4xi32>, vector<12x4xi32> into vector<12xi32>
  return %r : vector<12xi32>
}

// -----

#k = affine_map<(n, k) -> (k)>
#nk = affine_map<(n, k) -> (n, k)>
#n = affine_map<(n, k) -> (n)>

func.func @sixteen_bits(%x: vector<4xi16>, %w: vector<16x4xi16>, %acc: vector<16xi32>) -> vector<16xi32> {
  %xe = arith.extsi %x : vector<4xi16> to vector<4xi32>
  %we = arith.extsi %w : vector<16x4xi16> to vector<16x4xi32>
  // expected-error @below {{for this contraction of 'vector<4xi32>' and 'vector<16x4xi32>' into 'vector<16xi32>'}}
  // expected-note @below {{activations of 8 bits}}
  // expected-note @below {{activations of 16 bits}}
  %r = vector.contract {indexing_maps = [#k, #nk, #n], iterator_types = ["parallel", "reduction"], kind = #vector.kind<add>}
      %xe, %we, %acc : vector<4xi32>, vector<16x4xi32> into vector<16xi32>
  return %r : vector<16xi32>
}

// -----

#k = affine_map<(n, k) -> (k)>
#nk = affine_map<(n, k) -> (n, k)>
#n = affine_map<(n, k) -> (n)>

func.func @four_words(%x: vector<4xi16>, %w: vector<64xi8>, %acc: vector<16xi32>) -> vector<16xi32> {
  %ws = vector.shape_cast %w : vector<64xi8> to vector<16x4xi8>
  %xe = arith.extsi %x : vector<4xi16> to vector<4xi32>
  %we = arith.extsi %ws : vector<16x4xi8> to vector<16x4xi32>
  // expected-error @below {{for 1 x 16 sums of 4 products of signed activations of 16 bits}}
  // expected-note @below {{activations of 8 bits}}
  // expected-note @below {{the target computes 1 x 16 sums of 2 products of signed activations of 16 bits}}
  %r = vector.contract {indexing_maps = [#k, #nk, #n], iterator_types = ["parallel", "reduction"], kind = #vector.kind<add>}
      %xe, %we, %acc : vector<4xi32>, vector<16x4xi32> into vector<16xi32>
  return %r : vector<16xi32>
}

// -----

#k = affine_map<(n, k) -> (k)>
#nk = affine_map<(n, k) -> (n, k)>
#n = affine_map<(n, k) -> (n)>

func.func @unsigned_words(%x: vector<2xi16>, %w: vector<32xi8>, %acc: vector<16xi32>) -> vector<16xi32> {
  %ws = vector.shape_cast %w : vector<32xi8> to vector<16x2xi8>
  %xe = arith.extui %x : vector<2xi16> to vector<2xi32>
  %we = arith.extsi %ws : vector<16x2xi8> to vector<16x2xi32>
  // expected-error @below {{for 1 x 16 sums of 2 products of unsigned activations of 16 bits}}
  // expected-note @below {{activations of 8 bits}}
  // expected-note @below {{activations of 16 bits}}
  %r = vector.contract {indexing_maps = [#k, #nk, #n], iterator_types = ["parallel", "reduction"], kind = #vector.kind<add>}
      %xe, %we, %acc : vector<2xi32>, vector<16x2xi32> into vector<16xi32>
  return %r : vector<16xi32>
}
