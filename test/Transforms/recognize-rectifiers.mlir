// RUN: nnq-opt %s --nnq-recognize-spellings | FileCheck %s

!x = tensor<1x2x3x3xf32>
!c = tensor<2x1x1xf32>

// CHECK-LABEL: @positive_and_negative_part
// CHECK: %[[SLOPE:.*]] = nnq.constant dense<{{.*}}2.500000e-01{{.*}}5.000000e-01{{.*}}> : tensor<2x1x1xf32>
// CHECK: %[[Y:.*]] = nnq.prelu %arg0, %[[SLOPE]]
// CHECK-NEXT: return %[[Y]]
func.func @positive_and_negative_part(%x: !x) -> !x {
  %slope = nnq.constant dense<[[[0.25]], [[0.5]]]> : !c -> !c
  %0 = nnq.clamp %x min = 0.0 max = 0x7F800000 : !x -> !x
  %1 = nnq.clamp %x min = 0xFF800000 max = 0.0 : !x -> !x
  %2 = nnq.mul %slope, %1 : !c, !x -> !x
  %3 = nnq.add %2, %0 : !x, !x -> !x
  return %3 : !x
}

// relu(x) + slope * (x - |x|) * 0.5
// CHECK-LABEL: @by_the_magnitude
// CHECK: nnq.prelu %arg0
func.func @by_the_magnitude(%x: !x) -> !x {
  %slope = nnq.constant dense<[[[0.25]], [[0.5]]]> : !c -> !c
  %half = nnq.constant dense<0.5> : tensor<f32> -> tensor<f32>
  %0 = nnq.clamp %x min = 0.0 max = 0x7F800000 : !x -> !x
  %1 = nnq.unary abs %x : !x -> !x
  %2 = nnq.sub %x, %1 : !x, !x -> !x
  %3 = nnq.mul %2, %slope : !x, !c -> !x
  %4 = nnq.mul %3, %half : !x, tensor<f32> -> !x
  %5 = nnq.add %0, %4 : !x, !x -> !x
  return %5 : !x
}

// 0.625 x + 0.375 |x|: above 1, below 0.25.
// CHECK-LABEL: @two_lines
// CHECK: nnq.unary leaky_relu %arg0 {alpha = 2.500000e-01 : f32}
func.func @two_lines(%x: !x) -> !x {
  %a = nnq.constant dense<0.625> : tensor<f32> -> tensor<f32>
  %b = nnq.constant dense<0.375> : tensor<f32> -> tensor<f32>
  %0 = nnq.mul %x, %a : !x, tensor<f32> -> !x
  %1 = nnq.unary abs %x : !x -> !x
  %2 = nnq.mul %1, %b : !x, tensor<f32> -> !x
  %3 = nnq.add %0, %2 : !x, !x -> !x
  return %3 : !x
}

// CHECK-LABEL: @maximum
// CHECK: nnq.unary leaky_relu %arg0 {alpha = 1.250000e-01 : f32}
func.func @maximum(%x: !x) -> !x {
  %eight = nnq.constant dense<8.0> : tensor<1xf32> -> tensor<1xf32>
  %0 = nnq.div %x, %eight : !x, tensor<1xf32> -> !x
  %1 = nnq.max %x, %0 : !x, !x -> !x
  return %1 : !x
}

// CHECK-LABEL: @maximum_with_zero
// CHECK: nnq.clamp %arg0 min = 0.000000e+00 max = 0x7F800000
func.func @maximum_with_zero(%x: !x) -> !x {
  %zero = nnq.constant dense<0.0> : tensor<f32> -> tensor<f32>
  %0 = nnq.max %x, %zero : !x, tensor<f32> -> !x
  return %0 : !x
}

// Below 0, the larger of 0.25 x and 0.5 x is 0.25 x.
// CHECK-LABEL: @rectifier_of_a_rectifier
// CHECK: %[[SLOPE:.*]] = nnq.constant dense<{{.*}}2.500000e-01{{.*}}1.250000e-01{{.*}}>
// CHECK: nnq.prelu %arg0, %[[SLOPE]]
func.func @rectifier_of_a_rectifier(%x: !x) -> !x {
  %slope = nnq.constant dense<[[[0.25]], [[0.125]]]> : !c -> !c
  %0 = nnq.prelu %x, %slope : !x, !c -> !x
  %1 = nnq.unary leaky_relu %x {alpha = 0.5 : f32} : !x -> !x
  %2 = nnq.max %0, %1 : !x, !x -> !x
  return %2 : !x
}

// The rest of a network around it: the sum of two tensors is none, and x is what the layer gives.
// CHECK-LABEL: @behind_a_sum
// CHECK: %[[SUM:.*]] = nnq.add %arg0, %arg1
// CHECK: %[[Y:.*]] = nnq.prelu %[[SUM]]
// CHECK-NEXT: return %[[Y]]
func.func @behind_a_sum(%x: !x, %y: !x) -> !x {
  %slope = nnq.constant dense<[[[0.25]], [[0.5]]]> : !c -> !c
  %sum = nnq.add %x, %y : !x, !x -> !x
  %0 = nnq.clamp %sum min = 0.0 max = 0x7F800000 : !x -> !x
  %1 = nnq.clamp %sum min = 0xFF800000 max = 0.0 : !x -> !x
  %2 = nnq.mul %1, %slope : !x, !c -> !x
  %3 = nnq.add %0, %2 : !x, !x -> !x
  return %3 : !x
}

// Twice x above 0; another bound than 0; a slope that is computed.
// CHECK-LABEL: @left_alone
// CHECK-NOT: nnq.prelu
// CHECK: return
func.func @left_alone(%x: !x, %slope: !c) -> (!x, !x, !x) {
  %0 = nnq.clamp %x min = 0.0 max = 0x7F800000 : !x -> !x
  %1 = nnq.add %x, %0 : !x, !x -> !x
  %2 = nnq.clamp %x min = 0.0 max = 6.0 : !x -> !x
  %3 = nnq.clamp %x min = 0xFF800000 max = 0.0 : !x -> !x
  %4 = nnq.add %2, %3 : !x, !x -> !x
  %5 = nnq.mul %3, %slope : !x, !c -> !x
  %6 = nnq.add %0, %5 : !x, !x -> !x
  return %1, %4, %6 : !x, !x, !x
}

// x > 0 ? x : slope * x, and 0 >= x ? slope * x : x.
// CHECK-LABEL: @chosen
// CHECK: %[[Y:.*]] = nnq.prelu %arg0, %
// CHECK: %[[Z:.*]] = nnq.unary leaky_relu %arg0 {alpha = 1.250000e-01 : f32}
// CHECK-NEXT: return %[[Y]], %[[Z]]
func.func @chosen(%x: !x) -> (!x, !x) {
  %slope = nnq.constant dense<[[[0.25]], [[0.5]]]> : !c -> !c
  %eighth = nnq.constant dense<0.125> : tensor<f32> -> tensor<f32>
  %zero = nnq.constant dense<0.0> : tensor<f32> -> tensor<f32>
  %0 = nnq.compare gt %x, %zero : !x, tensor<f32> -> tensor<1x2x3x3xi1>
  %1 = nnq.mul %x, %slope : !x, !c -> !x
  %2 = nnq.select %0, %x, %1 : tensor<1x2x3x3xi1>, !x, !x -> !x
  %3 = nnq.compare ge %zero, %x : tensor<f32>, !x -> tensor<1x2x3x3xi1>
  %4 = nnq.mul %x, %eighth : !x, tensor<f32> -> !x
  %5 = nnq.select %3, %4, %x : tensor<1x2x3x3xi1>, !x, !x -> !x
  return %2, %5 : !x, !x
}

// x below 0, and a condition on something else.
// CHECK-LABEL: @chosen_otherwise
// CHECK-NOT: nnq.prelu
// CHECK-NOT: leaky_relu
// CHECK: return
func.func @chosen_otherwise(%x: !x, %y: !x) -> (!x, !x) {
  %eighth = nnq.constant dense<0.125> : tensor<f32> -> tensor<f32>
  %zero = nnq.constant dense<0.0> : tensor<f32> -> tensor<f32>
  %0 = nnq.mul %x, %eighth : !x, tensor<f32> -> !x
  %1 = nnq.compare lt %x, %zero : !x, tensor<f32> -> tensor<1x2x3x3xi1>
  %2 = nnq.select %1, %x, %0 : tensor<1x2x3x3xi1>, !x, !x -> !x
  %3 = nnq.compare gt %y, %zero : !x, tensor<f32> -> tensor<1x2x3x3xi1>
  %4 = nnq.select %3, %x, %0 : tensor<1x2x3x3xi1>, !x, !x -> !x
  return %2, %4 : !x, !x
}

// A network that comes quantized is computed as it says.
// CHECK-LABEL: @quantized
// CHECK-NOT: nnq.prelu
// CHECK: return
func.func @quantized(%x: !x) -> tensor<1x2x3x3x!quant.uniform<u8:f32, 0.5:128>> {
  %slope = nnq.constant dense<[[[0.25]], [[0.5]]]> : !c -> !c
  %0 = nnq.clamp %x min = 0.0 max = 0x7F800000 : !x -> !x
  %1 = nnq.clamp %x min = 0xFF800000 max = 0.0 : !x -> !x
  %2 = nnq.mul %slope, %1 : !c, !x -> !x
  %3 = nnq.add %2, %0 : !x, !x -> !x
  %4 = nnq.requantize %3 : !x -> tensor<1x2x3x3x!quant.uniform<u8:f32, 0.5:128>>
  return %4 : tensor<1x2x3x3x!quant.uniform<u8:f32, 0.5:128>>
}
