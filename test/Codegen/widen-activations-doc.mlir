// RUN: nnq-opt %s --nnq-widen-activations=target=x86-avx2 | FileCheck %s

#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (n, k)>
#y = affine_map<(m, n, k) -> (m, n)>

// CHECK: %[[WORDS:.*]] = linalg.generic {{.*}} ins(%arg0 : tensor<4x16xi8>) outs(%{{.*}} : tensor<4x16xi16>)
// CHECK: arith.extui %{{.*}} : i8 to i16
// CHECK: linalg.generic {{.*}} ins(%[[WORDS]], %cst : tensor<4x16xi16>, tensor<8x16xi8>)
// CHECK: arith.extsi %{{.*}} : i16 to i32
// CHECK: arith.extsi %{{.*}} : i8 to i32

func.func private @kernel(%x: tensor<4x16xi8>) -> tensor<4x8xi32> attributes {nnq.kernel} {
  %w = arith.constant dense<3> : tensor<8x16xi8>
  %start = arith.constant dense<0> : tensor<4x8xi32>
  %sum = linalg.generic {indexing_maps = [#x, #w, #y], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<4x16xi8>, tensor<8x16xi8>) outs(%start : tensor<4x8xi32>) {
  ^bb0(%a: i8, %b: i8, %c: i32):
    %0 = arith.extui %a : i8 to i32
    %1 = arith.extsi %b : i8 to i32
    %2 = arith.muli %0, %1 : i32
    %3 = arith.addi %c, %2 : i32
    linalg.yield %3 : i32
  } -> tensor<4x8xi32>
  return %sum : tensor<4x8xi32>
}
