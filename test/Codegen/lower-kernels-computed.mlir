// RUN: nnq-opt %s --nnq-lower-kernels=target=x86-avx512vnni --canonicalize --cse --split-input-file | FileCheck %s

// Weights that are computed are packed into memory of the kernel's own, in front of its loops.

#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (k, n)>
#y = affine_map<(m, n, k) -> (m, n)>

// Output channels side by side: four rows of the weights make a step, in which each channel's four elements stand together. What stands
// behind the last row and the last channel is 0.
// CHECK-LABEL: func.func private @channels_side_by_side
// CHECK-SAME: %{{.*}}: memref<5x6xi8> {llvm.noalias}, %[[W:[a-z0-9]*]]: memref<6x24xi8> {llvm.noalias}, %{{.*}}: memref<5x24xi32> {llvm.noalias}, %{{.*}}: memref<5x24xi32> {llvm.noalias}, %[[PACKED:[a-z0-9]*]]: memref<256xi8>
// CHECK-DAG: %[[ZERO:.*]] = arith.constant dense<0> : vector<16xi8>
// CHECK-DAG: %[[FLAT:.*]] = memref.collapse_shape %[[W]]
// CHECK: %[[A:.*]] = vector.load %[[FLAT]][%c0]
// CHECK: %[[B:.*]] = vector.load %[[FLAT]][%c24]
// CHECK: %[[C:.*]] = vector.load %[[FLAT]][%c48]
// CHECK: %[[D:.*]] = vector.load %[[FLAT]][%c72]
// CHECK: %[[AC:.*]] = vector.interleave %[[A]], %[[C]]
// CHECK: %[[BD:.*]] = vector.interleave %[[B]], %[[D]]
// CHECK: %[[STEP:.*]] = vector.interleave %[[AC]], %[[BD]]
// CHECK: vector.store %[[STEP]], %[[PACKED]][%c0] : memref<256xi8>, vector<64xi8>
// CHECK: vector.insert_strided_slice {{.*}} : vector<8xi8> into vector<16xi8>
// CHECK: %[[E:.*]] = vector.load %[[FLAT]][%c96]
// CHECK: vector.interleave %[[E]], %[[ZERO]] :
// CHECK: vector.load %[[PACKED]][%c0]
// CHECK: vector.contract
func.func private @channels_side_by_side(%x: tensor<5x6xi8>, %w: tensor<6x24xi8>, %start: tensor<5x24xi32>) -> tensor<5x24xi32> attributes {nnq.kernel} {
  %y = nnq_kernel.contract #nnq_kernel.bytes ins(%x, %w : tensor<5x6xi8>, tensor<6x24xi8>) outs(%start : tensor<5x24xi32>)
      {indexing_maps = [#x, #w, #y], unsigned_input}
  return %y : tensor<5x24xi32>
}

// -----

#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (n, k)>
#y = affine_map<(m, n, k) -> (m, n)>

// The reduction side by side: sixteen steps of each channel at once.
// CHECK-LABEL: func.func private @reduction_side_by_side
// CHECK-SAME: memref<256xf32>
// CHECK-COUNT-16: vector.load {{.*}} : memref<256xf32>, vector<16xf32>
// CHECK-COUNT-15: vector.interleave
// CHECK-COUNT-16: vector.store {{.*}} : memref<256xf32>, vector<16xf32>
// CHECK: math.fma
func.func private @reduction_side_by_side(%x: tensor<5x16xf32>, %w: tensor<16x16xf32>, %start: tensor<5x16xf32>) -> tensor<5x16xf32> attributes {nnq.kernel} {
  %y = nnq_kernel.contract #nnq_kernel.floats ins(%x, %w : tensor<5x16xf32>, tensor<16x16xf32>) outs(%start : tensor<5x16xf32>)
      {indexing_maps = [#x, #w, #y]}
  return %y : tensor<5x16xf32>
}
