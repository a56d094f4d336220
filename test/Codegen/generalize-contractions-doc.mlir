// RUN: nnq-opt %s --nnq-generalize-contractions | FileCheck %s

#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (n, k)>
#y = affine_map<(m, n, k) -> (m, n)>

// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "reduction"]} ins(%arg0, %arg1 : tensor<4x64xi8>, tensor<16x64xi8>) outs(%arg2 : tensor<4x16xi32>)
// CHECK: arith.extui
// CHECK: arith.extsi
// CHECK: arith.muli
// CHECK: arith.addi

func.func @layer(%x: tensor<4x64xi8>, %w: tensor<16x64xi8>, %start: tensor<4x16xi32>) -> tensor<4x16xi32> {
  %sum = nnq_kernel.contract #nnq_kernel.bytes ins(%x, %w : tensor<4x64xi8>, tensor<16x64xi8>) outs(%start : tensor<4x16xi32>)
      {indexing_maps = [#x, #w, #y], unsigned_input}
  return %sum : tensor<4x16xi32>
}
