// RUN: nnq-opt %s --nnq-fold-qdq --nnq-report-float-islands -o %t 2>%t.remarks
// RUN: FileCheck %s < %t
// RUN: FileCheck %s --check-prefix=REMARK < %t.remarks

!x = !quant.uniform<u8:f32, 0.5:128>
!blocks = !quant.uniform<i8:f32:{0:1, 1:1}, {{0.5, 0.25}, {0.5, 0.125}}>

// CHECK: module attributes {nnq.float_islands = [
// CHECK-SAME: {name = "fully_connected", op = "nnq.fully_connected", reason = "its products with these weights have no common unit, or its bias is not in it"}
// CHECK-NOT: name =

// Codes times weights in blocks: the codes are dequantized, which the report says.
// REMARK: remark: 'fully_connected' stays in float: its products with these weights have no common unit
// CHECK-LABEL: @codes_times_blocks
// CHECK: nnq.fully_connected {{.*}}nnq.float_island
func.func @codes_times_blocks(%x: tensor<1x2x!x>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8> -> tensor<2x2x!blocks>
  %0 = nnq.requantize %x : tensor<1x2x!x> -> tensor<1x2xf32>
  %1 = nnq.requantize %w : tensor<2x2x!blocks> -> tensor<2x2xf32>
  %2 = nnq.fully_connected %0, %1 : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}

// An input in float: weights alone are quantized, as the network says, and nothing is an island.
// REMARK-NOT: stays in float
// CHECK-LABEL: @weights_only
// CHECK-NOT: nnq.float_island
func.func @weights_only(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8> -> tensor<2x2x!blocks>
  %0 = nnq.requantize %w : tensor<2x2x!blocks> -> tensor<2x2xf32>
  %1 = nnq.fully_connected %x, %0 : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}
