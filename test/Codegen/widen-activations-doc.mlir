// RUN: nnq-opt %s --nnq-widen-activations=target=x86-avx2 | FileCheck %s

#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (n, k)>
#y = affine_map<(m, n, k) -> (m, n)>

// CHECK: %[[WORDS:.*]] = linalg.generic {{.*}} ins(%arg0 : tensor<4x16xi8>) outs(%{{.*}} : tensor<4x16xi16>)
// CHECK: arith.extui %{{.*}} : i8 to i16
// CHECK: nnq_kernel.contract #nnq_kernel.bytes ins(%[[WORDS]], %{{.*}} : tensor<4x16xi16>, tensor<8x16xi8>)
// CHECK-NOT: unsigned_input

func.func private @kernel(%x: tensor<4x16xi8>) -> tensor<4x8xi32> attributes {nnq.kernel} {
  %w = arith.constant dense<3> : tensor<8x16xi8>
  %start = arith.constant dense<0> : tensor<4x8xi32>
  %sum = nnq_kernel.contract #nnq_kernel.bytes ins(%x, %w : tensor<4x16xi8>, tensor<8x16xi8>) outs(%start : tensor<4x8xi32>)
      {indexing_maps = [#x, #w, #y], unsigned_input}
  return %sum : tensor<4x8xi32>
}
