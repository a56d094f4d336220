// RUN: nnq-opt %s --nnq-prune-weights | FileCheck %s
// RUN: nnq-opt %s --nnq-prune-weights -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK
// RUN: nnq-opt %s --nnq-prune-weights="pattern=1x32=50% all=true except=narrow,last" | FileCheck %s --check-prefix=ALL
// RUN: nnq-opt %s --nnq-prune-weights=fewest-weights=100000 -o /dev/null 2>&1 | FileCheck %s --check-prefix=NONE

// Ends, layers of few outputs, and those that the pattern does not suit stay dense; a width of few bits gets it as well.
// CHECK: nnq.fully_connected {{[^{]*}} : {{.*}} -> tensor<1x64xf32>
// CHECK: nnq.fully_connected {{.*}} {nnq.bit_width = "w4a8-4:8"} : {{.*}} -> tensor<1x68xf32>
// CHECK: nnq.fully_connected {{[^{]*}} : tensor<1x68xf32>
// CHECK: nnq.fully_connected {{.*}} {nnq.bit_width = "nf4a8"}
// CHECK: nnq.fully_connected {{[^{]*}} : {{.*}} -> tensor<1x31xf32>
// CHECK: nnq.fully_connected {{[^{]*}} : tensor<1x31xf32>

// REMARK: remark: 'odd' stays dense: {{.*}}68
// REMARK: remark: 'codebook' stays dense: its width is nf4a8

// ALL: nnq.fully_connected {{.*}} {nnq.bit_width = "w8a8-1x32=50%"} : {{.*}} -> tensor<1x64xf32>
// ALL: nnq.fully_connected {{.*}} {nnq.bit_width = "w4a8"}
// ALL: nnq.fully_connected {{.*}} {nnq.bit_width = "w8a8-1x32=50%"} : tensor<1x68xf32>
// ALL: nnq.fully_connected {{.*}} {nnq.bit_width = "nf4a8"}
// ALL: nnq.fully_connected {{.*}} {nnq.bit_width = "w8a8-1x32=50%"} : {{.*}} -> tensor<1x31xf32>
// ALL: nnq.fully_connected {{[^{]*}} : tensor<1x31xf32>

// NONE: remark: no layer is pruned to 4:8: none is worth it or suits it, or all are excepted

func.func @main(%x: tensor<1x64xf32>) -> tensor<1x64xf32> {
  %square = nnq.constant dense<0.5> : tensor<64x64xf32> -> tensor<64x64xf32>
  %wide = nnq.constant dense<0.5> : tensor<68x64xf32> -> tensor<68x64xf32>
  %odd = nnq.constant dense<0.5> : tensor<64x68xf32> -> tensor<64x68xf32>
  %few = nnq.constant dense<0.5> : tensor<31x64xf32> -> tensor<31x64xf32>
  %back = nnq.constant dense<0.5> : tensor<64x31xf32> -> tensor<64x31xf32>
  %0 = nnq.fully_connected %x, %square : tensor<1x64xf32>, tensor<64x64xf32> -> tensor<1x64xf32> loc("first")
  %1 = nnq.fully_connected %0, %wide {nnq.bit_width = "w4a8"} : tensor<1x64xf32>, tensor<68x64xf32> -> tensor<1x68xf32> loc("narrow")
  %2 = nnq.fully_connected %1, %odd : tensor<1x68xf32>, tensor<64x68xf32> -> tensor<1x64xf32> loc("odd")
  %3 = nnq.fully_connected %2, %square {nnq.bit_width = "nf4a8"} : tensor<1x64xf32>, tensor<64x64xf32> -> tensor<1x64xf32> loc("codebook")
  %4 = nnq.fully_connected %3, %few : tensor<1x64xf32>, tensor<31x64xf32> -> tensor<1x31xf32> loc("few")
  %5 = nnq.fully_connected %4, %back : tensor<1x31xf32>, tensor<64x31xf32> -> tensor<1x64xf32> loc("last")
  return %5 : tensor<1x64xf32>
}
