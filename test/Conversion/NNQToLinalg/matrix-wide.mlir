// RUN: nnq-opt %s --convert-nnq-to-linalg --split-input-file 2>&1 | FileCheck %s
// Sums that an i32 is not proved to hold are made in i64, and a remark says so.

!x = !quant.uniform<u16:f32, 5.0e-01:1>
!y = !quant.uniform<u16:f32, 2.5e-01:3>
!w = !quant.uniform<i8:f32, 5.0e-01>
!b = !quant.uniform<i32:f32, 2.5e-01>

// CHECK: remark: {{.*}}accumulator of 'conv7' may reach 2164129283, beyond i32: it runs with 64-bit sums
// CHECK-NOT: remark

// The bias less the zero point's part, 2147483647 - 1 * 254, stays in 64 bits.
// CHECK-LABEL: func.func @sums_in_i64
// CHECK: arith.constant dense<2147483393> : tensor<1xi64>
// CHECK: linalg.generic {{.*}} outs(%{{.*}} : tensor<1x1xi64>)
// CHECK: arith.extui {{.*}} : i16 to i64
// CHECK: arith.extsi {{.*}} : i8 to i64
// CHECK: arith.sitofp {{.*}} : i64 to f32
func.func @sums_in_i64(%x: tensor<1x2x!x>) -> tensor<1x1x!y> {
  %w = nnq.constant dense<[[127, 127]]> : tensor<1x2xi8> -> tensor<1x2x!w>
  %b = nnq.constant dense<2147483647> : tensor<1xi32> -> tensor<1x!b>
  %0 = nnq.fully_connected %x, %w, %b : tensor<1x2x!x>, tensor<1x2x!w>, tensor<1x!b> -> tensor<1x1x!y> loc(#name)
  return %0 : tensor<1x1x!y>
}
#name = loc("conv7")

// -----

!x = !quant.uniform<u16:f32, 5.0e-01>

// 16384 products of 65535 and 2 are an i32 by the actual weights; by their type they need not be.
// CHECK-LABEL: func.func @actual_weights_prove_i32
// CHECK: linalg.generic {{.*}} outs(%{{.*}} : tensor<1x1xi32>)
func.func @actual_weights_prove_i32(%x: tensor<1x16384x!x>) -> tensor<1x1xf32> {
  %w = nnq.constant dense<2> : tensor<1x16384xi8> -> tensor<1x16384x!quant.uniform<i8:f32, 0.5>>
  %0 = nnq.fully_connected %x, %w : tensor<1x16384x!x>, tensor<1x16384x!quant.uniform<i8:f32, 0.5>> -> tensor<1x1xf32>
  return %0 : tensor<1x1xf32>
}

// -----

!x = !quant.uniform<i16:f32, 5.0e-01>
!w = !quant.uniform<u8:f32, 5.0e-01:122>

// Factors of nine bits are bytes and a sum over the row, which takes more than 16 bits from the first product on.
// CHECK-LABEL: func.func @words_by_nine_bits
// CHECK: linalg.generic {{.*}} ins(%{{.*}} : tensor<1x4xi16>) outs(%{{.*}} : tensor<1xi32>)
// CHECK: arith.constant dense<{{\[}}[127, -128, -6, -5]]> : tensor<1x4xi8>
// CHECK: linalg.generic {{.*}} ins(%{{.*}}, %{{.*}} : tensor<1x4xi16>, tensor<1x4xi8>)
func.func @words_by_nine_bits(%x: tensor<1x4x!x>) -> tensor<1x1xf32> {
  %w = nnq.constant dense<[[255, 0, 122, 123]]> : tensor<1x4xi8> -> tensor<1x4x!w>
  %0 = nnq.fully_connected %x, %w : tensor<1x4x!x>, tensor<1x4x!w> -> tensor<1x1xf32>
  return %0 : tensor<1x1xf32>
}
