// RUN: nnq-opt %s --nnq-approximate-math | FileCheck %s

// CHECK-NOT: math.exp
// CHECK: math.fma {{.*}} vector<8xf32>

func.func @kernel(%x: vector<8xf32>) -> vector<8xf32> {
  %0 = math.exp %x : vector<8xf32>
  return %0 : vector<8xf32>
}
