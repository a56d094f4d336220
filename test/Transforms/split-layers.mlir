// RUN: nnq-opt %s --split-input-file --nnq-split-layers | FileCheck %s

!x = !quant.uniform<u8:f32, 0.5:128>
!w = !quant.uniform<i8:f32:0, {0.25, 0.5}>
!y = !quant.uniform<u8:f32, 2.0>

// The layer is neither rounded nor saturated; who uses it quantizes it. A stage takes and returns what crosses its ends, constants are
// copied, and a stage ends at the name that a fused clamp left, or that an operation behind the layer has.
// CHECK-LABEL: func.func @main.0
// CHECK-SAME: (%[[X:.*]]: tensor<1x2x!quant.uniform<u8:f32, 5.000000e-01:128>> {nnq.name = "%arg0"}) -> (tensor<1x2xf32> {nnq.name = "a"})
// CHECK: %[[A:.*]] = nnq.fully_connected %[[X]], {{.*}} -> tensor<1x2xf32>
// CHECK-NEXT: return %[[A]]
// CHECK-LABEL: func.func @main.1
// CHECK-SAME: (%[[A:.*]]: tensor<1x2xf32> {nnq.name = "a"}) -> (tensor<1x2xf32> {nnq.name = "b"}, tensor<1x2x!quant.uniform<u8:f32, 2.000000e+00>> {nnq.name = "[[S:%[0-9]+]]"})
// CHECK: %[[Q:.*]] = nnq.requantize %[[A]] : tensor<1x2xf32> -> tensor<1x2x!quant.uniform<u8:f32, 2.000000e+00>>
// CHECK: %[[SUM:.*]] = nnq.add %[[Q]], %[[Q]]
// CHECK: %[[B:.*]] = nnq.fully_connected %[[SUM]]
// CHECK: %[[C:.*]] = nnq.clamp %[[B]]
// CHECK: %[[F:.*]] = nnq.requantize %[[C]] : {{.*}} -> tensor<1x2xf32>
// CHECK: return %[[F]], %[[SUM]]
// CHECK-LABEL: func.func @main.2
// CHECK-SAME: (%[[B:.*]]: tensor<1x2xf32> {nnq.name = "b"}, %[[SUM:.*]]: tensor<1x2x{{.*}}> {nnq.name = "[[S]]"}, %[[A:.*]]: tensor<1x2xf32> {nnq.name = "a"}) -> (tensor<1x2x{{.*}}> {nnq.name = "logits"}, tensor<1x2x{{.*}}>)
// CHECK: %[[R:.*]] = nnq.requantize %[[B]]
// CHECK: %[[T:.*]] = nnq.add %[[R]], %[[SUM]]
// CHECK: %[[P:.*]] = nnq.requantize %[[A]]
// CHECK: return %[[T]], %[[P]]
func.func @main(%x: tensor<1x2x!x>) -> (tensor<1x2x!y> {nnq.name = "logits"}, tensor<1x2x!y>) {
  %w = nnq.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8> -> tensor<2x2x!w>
  %0 = nnq.fully_connected %x, %w {nnq.observation = "a"} : tensor<1x2x!x>, tensor<2x2x!w> -> tensor<1x2x!y>
  %1 = nnq.add %0, %0 {nnq.observation = "sum"} : tensor<1x2x!y>, tensor<1x2x!y> -> tensor<1x2x!y>
  %2 = nnq.fully_connected %1, %w : tensor<1x2x!y>, tensor<2x2x!w> -> tensor<1x2x!y>
  %3 = nnq.clamp %2 min = 0.0 max = 1.0 {nnq.observation = "b"} : tensor<1x2x!y> -> tensor<1x2x!y>
  %4 = nnq.add %3, %1 : tensor<1x2x!y>, tensor<1x2x!y> -> tensor<1x2x!y>
  return %4, %0 : tensor<1x2x!y>, tensor<1x2x!y>
}

// -----

// In the float network, observers name tensors. What no result needs is left out.
// CHECK-LABEL: func.func @main.0
// CHECK-SAME: (%[[X:.*]]: tensor<1x2xf32> {nnq.name = "%arg0"}) -> (tensor<1x2xf32> {nnq.name = "a"})
// CHECK: nnq.fully_connected
// CHECK: %[[R:.*]] = nnq.clamp
// CHECK-NEXT: return %[[R]]
// CHECK-LABEL: func.func @main.1
// CHECK-SAME: (%[[R:.*]]: tensor<1x2xf32> {nnq.name = "a"}) -> tensor<1x2xf32>
// CHECK-NEXT: return %[[R]]
// CHECK-NOT: nnq.add
func.func @main(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  nnq.observe %x name = "x" : tensor<1x2xf32>
  %0 = nnq.fully_connected %x, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  %1 = nnq.clamp %0 min = 0.0 max = 6.0 : tensor<1x2xf32> -> tensor<1x2xf32>
  nnq.observe %1 name = "a" : tensor<1x2xf32>
  %2 = nnq.add %0, %0 : tensor<1x2xf32>, tensor<1x2xf32> -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// -----

// A network without layers is one stage.
// CHECK-LABEL: func.func @main.0(%{{.*}}: tensor<1x2xf32> {nnq.name = "%arg0"}) -> tensor<1x2xf32>
// CHECK-NOT: func.func
func.func @main(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %0 = nnq.clamp %x min = 0.0 max = 6.0 : tensor<1x2xf32> -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

!x = !quant.uniform<u8:f32, 0.5:128>
!w = !quant.uniform<i8:f32:0, {0.25, 0.5}>

// Each stage that reads an input rounds it, as a float network has nothing that could be handed on.
// CHECK-LABEL: func.func @main.0
// CHECK-SAME: (%[[X:.*]]: tensor<1x2xf32> {nnq.name = "%arg0"}) -> (tensor<1x2xf32> {nnq.name = "a"})
// CHECK: nnq.requantize %[[X]]
// CHECK-LABEL: func.func @main.1
// CHECK-SAME: (%[[A:.*]]: tensor<1x2xf32> {nnq.name = "a"}, %[[X:.*]]: tensor<1x2xf32> {nnq.name = "%arg0"})
// CHECK: %[[Q:.*]] = nnq.requantize %[[X]]
// CHECK: nnq.add %{{.*}}, %[[Q]]
func.func @main(%x: tensor<1x2xf32>) -> tensor<1x2x!x> {
  %w = nnq.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8> -> tensor<2x2x!w>
  %q = nnq.requantize %x : tensor<1x2xf32> -> tensor<1x2x!x>
  %0 = nnq.fully_connected %q, %w {nnq.observation = "a"} : tensor<1x2x!x>, tensor<2x2x!w> -> tensor<1x2x!x>
  %1 = nnq.add %0, %q : tensor<1x2x!x>, tensor<1x2x!x> -> tensor<1x2x!x>
  return %1 : tensor<1x2x!x>
}
