// RUN: nnq-opt %s --nnq-quantize --split-input-file --verify-diagnostics | FileCheck %s

// A concatenation that is the network's result: its parts come out of their layers in f32, whatever their ranges.
// CHECK-LABEL: @head
// CHECK: %[[BOXES:.*]] = nnq.fully_connected {{.*}} -> tensor<1x2xf32>
// CHECK: %[[SCORES:.*]] = nnq.fully_connected {{.*}} -> tensor<1x2xf32>
// CHECK: nnq.concat %[[BOXES]], %[[SCORES]] axis = 1 : {{.*}} -> tensor<1x4xf32>
func.func @head(%x: tensor<1x2xf32> {nnq.range = array<f32: -1.0, 1.0>}) -> tensor<4xf32> {
  %w = nnq.constant dense<[[1.0, -0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %0 = nnq.fully_connected %x, %w {nnq.range = array<f32: 0.0, 320.0>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  %1 = nnq.fully_connected %x, %w {nnq.range = array<f32: 0.0, 1.0>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  %2 = nnq.concat %0, %1 axis = 1 : tensor<1x2xf32>, tensor<1x2xf32> -> tensor<1x4xf32>
  %3 = nnq.reshape %2 : tensor<1x4xf32> -> tensor<4xf32>
  return %3 : tensor<4xf32>
}

// -----

// What else reads an operand keeps the operand's own scale; the concatenation gets it requantized.
// CHECK-LABEL: @other_reader
// CHECK: %[[A:.*]] = nnq.fully_connected {{.*}} -> tensor<1x2x!quant.uniform<u8:f32, 0.00392{{[0-9]*}}>>
// CHECK-DAG: %[[W:.*]] = nnq.requantize %[[A]] : {{.*}} -> tensor<1x2x!quant.uniform<u8:f32, 0.0156{{[0-9]*}}>>
// CHECK: %[[B:.*]] = nnq.fully_connected %[[A]], {{.*}} -> tensor<1x2x!quant.uniform<u8:f32, 0.0156{{[0-9]*}}>>
// CHECK: nnq.concat %[[W]], %[[B]]
func.func @other_reader(%x: tensor<1x2xf32> {nnq.range = array<f32: -1.0, 1.0>}) -> tensor<1x1xf32> {
  %w = nnq.constant dense<[[1.0, -0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %v = nnq.constant dense<[[1.0, -0.5, 2.0, 3.0]]> : tensor<1x4xf32> -> tensor<1x4xf32>
  %0 = nnq.fully_connected %x, %w {nnq.range = array<f32: 0.0, 1.0>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  %1 = nnq.fully_connected %0, %w {nnq.range = array<f32: 0.0, 4.0>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  %2 = nnq.concat %0, %1 axis = 1 : tensor<1x2xf32>, tensor<1x2xf32> -> tensor<1x4xf32>
  %3 = nnq.fully_connected %2, %v {nnq.range = array<f32: -9.0, 9.0>} : tensor<1x4xf32>, tensor<1x4xf32> -> tensor<1x1xf32>
  return %3 : tensor<1x1xf32>
}

// -----

// The same with ranges that are nearly alike: one type, and no requantization.
// CHECK-LABEL: @little_wider
// CHECK: nnq.fully_connected {{.*}} -> tensor<1x2x!quant.uniform<u8:f32, 0.0047{{[0-9]*}}>>
// CHECK-NOT: nnq.requantize
// CHECK: nnq.fully_connected {{.*}} -> tensor<1x2x!quant.uniform<u8:f32, 0.0047{{[0-9]*}}>>
// CHECK: nnq.concat
func.func @little_wider(%x: tensor<1x2xf32> {nnq.range = array<f32: -1.0, 1.0>}) -> tensor<1x1xf32> {
  %w = nnq.constant dense<[[1.0, -0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %v = nnq.constant dense<[[1.0, -0.5, 2.0, 3.0]]> : tensor<1x4xf32> -> tensor<1x4xf32>
  %0 = nnq.fully_connected %x, %w {nnq.range = array<f32: 0.0, 1.0>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  %1 = nnq.fully_connected %0, %w {nnq.range = array<f32: 0.0, 1.2>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  %2 = nnq.concat %0, %1 axis = 1 : tensor<1x2xf32>, tensor<1x2xf32> -> tensor<1x4xf32>
  %3 = nnq.fully_connected %2, %v {nnq.range = array<f32: -9.0, 9.0>} : tensor<1x4xf32>, tensor<1x4xf32> -> tensor<1x1xf32>
  return %3 : tensor<1x1xf32>
}

// -----

// A part that 8 bits of the whole would say nothing of: the whole has 16.
// CHECK-LABEL: @much_wider
// CHECK: nnq.concat {{.*}} -> tensor<1x4x!quant.uniform<i16<-32767:32767>:f32, {{.*}}>>
func.func @much_wider(%x: tensor<1x2xf32> {nnq.range = array<f32: -1.0, 1.0>}) -> tensor<1x1xf32> {
  %w = nnq.constant dense<[[1.0, -0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %v = nnq.constant dense<[[1.0, -0.5, 2.0, 3.0]]> : tensor<1x4xf32> -> tensor<1x4xf32>
  %0 = nnq.fully_connected %x, %w {nnq.range = array<f32: 0.0, 1.0>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  %1 = nnq.fully_connected %0, %w {nnq.range = array<f32: 0.0, 100.0>} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  // expected-remark @+1 {{has more than 8 bits: it has values up to 100 beside values up to 1, of which 8 bits would say too little}}
  %2 = nnq.concat %0, %1 axis = 1 : tensor<1x2xf32>, tensor<1x2xf32> -> tensor<1x4xf32>
  %3 = nnq.fully_connected %2, %v {nnq.range = array<f32: -9.0, 9.0>} : tensor<1x4xf32>, tensor<1x4xf32> -> tensor<1x1xf32>
  return %3 : tensor<1x1xf32>
}
