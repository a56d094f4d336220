// RUN: nnq-opt %s --nnq-insert-observers | FileCheck %s
// RUN: nnq-opt %s --nnq-insert-observers --nnq-insert-observers | FileCheck %s

// The input, the tensor behind the rectifier (not the one in front of it), and no pool, constant or weight.
// CHECK-LABEL: @clamp_and_moves
// CHECK-NEXT: nnq.observe %arg0 name = "image"
// CHECK-NEXT: nnq.constant
// CHECK-NEXT: %[[C:.*]] = nnq.conv2d
// CHECK-NEXT: %[[R:.*]] = nnq.clamp %[[C]]
// CHECK-NEXT: nnq.observe %[[R]] name = "relu_1"
// CHECK-NEXT: %[[P:.*]] = nnq.max_pool2d
// CHECK-NEXT: return %[[P]]
func.func @clamp_and_moves(%x: tensor<1x4x4x1xf32> {nnq.name = "image"}) -> tensor<1x2x2x1xf32> {
  %w = nnq.constant dense<1.0> : tensor<1x1x1x1xf32> -> tensor<1x1x1x1xf32>
  %0 = nnq.conv2d %x, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1 : tensor<1x4x4x1xf32>, tensor<1x1x1x1xf32> -> tensor<1x4x4x1xf32> loc("conv_1")
  %1 = nnq.clamp %0 min = 0.0 max = 0x7F800000 : tensor<1x4x4x1xf32> -> tensor<1x4x4x1xf32> loc("relu_1")
  %2 = nnq.max_pool2d %1 kernel = [2, 2] strides = [2, 2] pads = [0, 0, 0, 0] dilations = [1, 1] : tensor<1x4x4x1xf32> -> tensor<1x2x2x1xf32>
  return %2 : tensor<1x2x2x1xf32>
}

// Names repeat and are told apart; an input without a name has its number, an operation without one its operation's.
// CHECK-LABEL: @names
// CHECK: nnq.observe %arg0 name = "arg0"
// CHECK: nnq.observe %{{.*}} name = "a"
// CHECK: nnq.observe %{{.*}} name = "a.1"
// CHECK: nnq.observe %{{.*}} name = "a.2"
// CHECK: nnq.observe %{{.*}} name = "add"
func.func @names(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nnq.add %x, %x : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32> loc("a")
  %1 = nnq.add %0, %x : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32> loc("a.1")
  %2 = nnq.add %1, %x : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32> loc("a")
  %3 = nnq.add %2, %x : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  return %3 : tensor<4xf32>
}

// The tensor in front of the clamp has another use.
// CHECK-LABEL: @observes_in_front_of_a_clamp_with_another_use
// CHECK: nnq.observe %{{.*}} name = "x"
// CHECK: nnq.observe %{{.*}} name = "y"
func.func @observes_in_front_of_a_clamp_with_another_use(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %0 = nnq.add %x, %x : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32> loc("x")
  %1 = nnq.clamp %0 min = 0.0 max = 6.0 : tensor<4xf32> -> tensor<4xf32> loc("y")
  return %0, %1 : tensor<4xf32>, tensor<4xf32>
}
