// RUN: nnq-opt %s --nnq-report-float-islands --verify-diagnostics | FileCheck %s

// CHECK: module attributes {nnq.float_islands = [{name = "fully_connected", op = "nnq.fully_connected", reason = "its weights are computed"}]}
// CHECK: nnq.fully_connected {{.*}} {nnq.float_island = "its weights are computed"}

!x = !quant.uniform<u8:f32, 0.5:128>

func.func @float_weights(%x: tensor<1x2x!x>, %w: tensor<2x2xf32>) -> tensor<1x2x!x> {
  %0 = nnq.requantize %x : tensor<1x2x!x> -> tensor<1x2xf32>
  // expected-remark @+1 {{'fully_connected' stays in float: its weights are computed}}
  %1 = nnq.fully_connected %0, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  %2 = nnq.requantize %1 : tensor<1x2xf32> -> tensor<1x2x!x>
  return %2 : tensor<1x2x!x>
}
