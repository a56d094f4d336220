// RUN: nnq-opt %s --convert-nnq-to-linalg --split-input-file | FileCheck %s

!a = !quant.uniform<u8:f32, 5.0e-01:128>
!b = !quant.uniform<i8:f32, 2.5e-01:-3>

// CHECK-DAG: #[[$CHANNEL:.*]] = affine_map<(d0, d1) -> (d1)>
// CHECK-DAG: #[[$SAME:.*]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-LABEL: func.func @computes_on_dequantized_operands
// CHECK: linalg.generic {indexing_maps = [#[[$SAME]], #[[$CHANNEL]], #[[$SAME]]], iterator_types = ["parallel", "parallel"]}
// CHECK: %[[WA:.*]] = arith.extui
// CHECK: %[[CA:.*]] = arith.subi %[[WA]], %c128_i32
// CHECK: %[[RA:.*]] = arith.sitofp %[[CA]]
// CHECK: %[[A:.*]] = arith.mulf %[[RA]]
// CHECK: %[[WB:.*]] = arith.extsi
// CHECK: %[[B:.*]] = arith.mulf
// CHECK: %[[DIFFERENCE:.*]] = arith.subf %[[A]], %[[B]]
// CHECK: %[[SCALED:.*]] = arith.divf %[[DIFFERENCE]]
// CHECK: %[[LO:.*]] = arith.maxnumf %[[SCALED]]
// CHECK: %[[HI:.*]] = arith.minnumf %[[LO]]
// CHECK: math.roundeven %[[HI]]
func.func @computes_on_dequantized_operands(%a: tensor<2x3x!a>, %b: tensor<3x!b>) -> tensor<2x3x!b> {
  %0 = nnq.sub %a, %b : tensor<2x3x!a>, tensor<3x!b> -> tensor<2x3x!b>
  return %0 : tensor<2x3x!b>
}

// -----

!a = !quant.uniform<u8:f32, 5.0e-01:128>
!b = !quant.uniform<i8:f32, 2.5e-01:-3>

// The left operand is added last; the offset is -3 - (2 * 128 + 1 * -3) = -256.
// CHECK-LABEL: func.func @sums_bytes_by_their_codes
// CHECK: ^bb0(%[[A:.*]]: i8, %[[B:.*]]: i8, %{{.*}}: i8):
// CHECK: arith.extsi %[[B]]
// CHECK-NEXT: %[[CB:.*]] = arith.sitofp
// CHECK-DAG: %[[RB:.*]] = arith.constant 1.000000e+00 : f32
// CHECK-DAG: %[[OFFSET:.*]] = arith.constant -2.560000e+02 : f32
// CHECK: %[[PART:.*]] = math.fma %[[CB]], %[[RB]], %[[OFFSET]]
// CHECK: arith.extui %[[A]]
// CHECK-NEXT: %[[CA:.*]] = arith.sitofp
// CHECK: %[[RA:.*]] = arith.constant 2.000000e+00 : f32
// CHECK: %[[SUM:.*]] = math.fma %[[CA]], %[[RA]], %[[PART]]
// CHECK: math.roundeven %[[SUM]]
// CHECK: arith.maxsi
// CHECK: arith.minsi
func.func @sums_bytes_by_their_codes(%a: tensor<2x3x!a>, %b: tensor<3x!b>) -> tensor<2x3x!b> {
  %0 = nnq.add %a, %b : tensor<2x3x!a>, tensor<3x!b> -> tensor<2x3x!b>
  return %0 : tensor<2x3x!b>
}

// -----

!a = !quant.uniform<i8:f32, 5.0e-01>

// Of the model the codes are unsigned, and the zero point is 128.
// CHECK-LABEL: func.func @counts_codes_as_the_model
// CHECK: arith.extsi
// CHECK: arith.addi %{{.*}}, %c128_i32
// CHECK: arith.constant -1.280000e+02 : f32
// CHECK: math.fma
// CHECK: math.roundeven
// CHECK: arith.addi %{{.*}}, %c-128_i32
func.func @counts_codes_as_the_model(%a: tensor<3x!a>, %b: tensor<3x!a>) -> tensor<3x!a> {
  %0 = nnq.add %a, %b {nnq.code_offsets = array<i64: 128, 128, 128>} : tensor<3x!a>, tensor<3x!a> -> tensor<3x!a>
  return %0 : tensor<3x!a>
}

// -----

!a = !quant.uniform<u8:f32, 5.0e-01:128>
!b = !quant.uniform<i8:f32, 2.5e-01:-3>

// (0.5 * 0.25) / 0.25, and the zero point before rounding.
// CHECK-LABEL: func.func @multiplies_bytes_by_their_codes
// CHECK: %[[P:.*]] = arith.muli
// CHECK: %[[R:.*]] = arith.sitofp %[[P]]
// CHECK: %[[M:.*]] = arith.constant 5.000000e-01 : f32
// CHECK: %[[S:.*]] = arith.mulf %[[R]], %[[M]]
// CHECK: %[[Z:.*]] = arith.constant -3.000000e+00 : f32
// CHECK: %[[T:.*]] = arith.addf %[[S]], %[[Z]]
// CHECK: math.roundeven %[[T]]
func.func @multiplies_bytes_by_their_codes(%a: tensor<2x3x!a>, %b: tensor<3x!b>) -> tensor<2x3x!b> {
  %0 = nnq.mul %a, %b : tensor<2x3x!a>, tensor<3x!b> -> tensor<2x3x!b>
  return %0 : tensor<2x3x!b>
}

// -----

!a = !quant.uniform<u16:f32, 5.0e-01:128>
// CHECK-LABEL: func.func @dequantizes_operands_of_16_bits
// CHECK: arith.addf
// CHECK: arith.divf
func.func @dequantizes_operands_of_16_bits(%a: tensor<3x!a>, %b: tensor<3x!a>) -> tensor<3x!a> {
  %0 = nnq.add %a, %b : tensor<3x!a>, tensor<3x!a> -> tensor<3x!a>
  return %0 : tensor<3x!a>
}

// -----

// One polynomial over another.
// CHECK-LABEL: func.func @computes_sigmoid_by_polynomials
// CHECK-COUNT-9: math.fma
// CHECK: arith.divf
// CHECK-NOT: math.exp
func.func @computes_sigmoid_by_polynomials(%a: tensor<3xf32>) -> tensor<3xf32> {
  %0 = nnq.unary sigmoid %a : tensor<3xf32> -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// -----

!b = !quant.uniform<i8:f32, 2.5e-01:-3>

// CHECK-LABEL: func.func @dequantizes_constants_at_compile_time
// CHECK: %[[C:.*]] = arith.constant dense<[1.000000e+00, 1.250000e+00]> : tensor<2xf32>
// CHECK: ins(%{{.*}}, %[[C]] : tensor<3x2xf32>, tensor<2xf32>)
func.func @dequantizes_constants_at_compile_time(%a: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %c = nnq.constant dense<[1, 2]> : tensor<2xi8> -> tensor<2x!b>
  %0 = nnq.mul %a, %c : tensor<3x2xf32>, tensor<2x!b> -> tensor<3x2xf32>
  return %0 : tensor<3x2xf32>
}

// -----

// CHECK-LABEL: func.func @puts_scalars_into_the_body
// CHECK: linalg.generic {{.*}} ins(%{{.*}} : tensor<3x2xf32>)
// CHECK: %[[C:.*]] = arith.constant 3.000000e+00 : f32
// CHECK: arith.divf %[[C]], %{{.*}} : f32
func.func @puts_scalars_into_the_body(%a: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %c = nnq.constant dense<3.0> : tensor<1x1xf32> -> tensor<1x1xf32>
  %0 = nnq.div %c, %a : tensor<1x1xf32>, tensor<3x2xf32> -> tensor<3x2xf32>
  return %0 : tensor<3x2xf32>
}

// -----

!a = !quant.uniform<u8:f32, 1.0>
!b = !quant.uniform<i8:f32, 1.0>

// Entry i is the code of -i, which saturates at -128: 0, -1 (0xFF), -2 (0xFE), ..., 0x80, 0x80.
// CHECK-LABEL: func.func @makes_tables_of_functions_of_one_byte
// CHECK: %[[TABLE:.*]] = arith.constant dense<"0x00FFFEFD{{.*}}8281808080{{.*}}"> : tensor<256xi8>
// CHECK: %[[I:.*]] = arith.index_castui %{{.*}} : i8 to index
// CHECK: tensor.extract %[[TABLE]][%[[I]]]
func.func @makes_tables_of_functions_of_one_byte(%a: tensor<3x!a>) -> tensor<3x!b> {
  %0 = nnq.unary neg %a : tensor<3x!a> -> tensor<3x!b>
  return %0 : tensor<3x!b>
}

// -----

!a = !quant.uniform<i16:f32, 1.0>
// CHECK-LABEL: func.func @computes_16_bits_without_a_table
// CHECK-NOT: tensor.extract
// CHECK: math.absf
func.func @computes_16_bits_without_a_table(%a: tensor<3x!a>) -> tensor<3x!a> {
  %0 = nnq.unary abs %a : tensor<3x!a> -> tensor<3x!a>
  return %0 : tensor<3x!a>
}

// -----

!a = !quant.uniform<u8:f32, 5.0e-01:200>

// 0 and 6 are the codes 200 and 212; as bytes of i8, -56 and -44. An upper bound beyond the type costs nothing.
// CHECK-LABEL: func.func @clamps_codes_within_one_type
// CHECK-NOT: sitofp
// CHECK: arith.constant -56 : i8
// CHECK: arith.maxui
// CHECK: arith.constant -44 : i8
// CHECK: arith.minui
// CHECK: arith.maxui
// CHECK-NOT: arith.minui
func.func @clamps_codes_within_one_type(%a: tensor<3x!a>) -> tensor<3x!a> {
  %0 = nnq.clamp %a min = 0.0 max = 6.0 : tensor<3x!a> -> tensor<3x!a>
  %1 = nnq.clamp %0 min = 1.0 max = 100.0 : tensor<3x!a> -> tensor<3x!a>
  return %1 : tensor<3x!a>
}

// -----

!a = !quant.uniform<u8:f32, 5.0e-01:200>
!b = !quant.uniform<i8:f32, 5.0e-01:72>
!c = !quant.uniform<i8:f32, 5.0e-01:71>

// CHECK-LABEL: func.func @inverts_the_top_bit_where_the_reals_stay
// CHECK: arith.constant -128 : i8
// CHECK: arith.xori
// CHECK-LABEL: func.func @takes_a_table_where_the_zero_points_differ_by_something_else
// CHECK-NOT: arith.xori
// CHECK: tensor.extract
func.func @inverts_the_top_bit_where_the_reals_stay(%a: tensor<3x!a>) -> tensor<3x!b> {
  %0 = nnq.requantize %a : tensor<3x!a> -> tensor<3x!b>
  return %0 : tensor<3x!b>
}
func.func @takes_a_table_where_the_zero_points_differ_by_something_else(%a: tensor<3x!a>) -> tensor<3x!c> {
  %0 = nnq.requantize %a : tensor<3x!a> -> tensor<3x!c>
  return %0 : tensor<3x!c>
}

// -----

!a = !quant.uniform<i32:f32:1, {5.0e-01, 2.5e-01}>
!b = !quant.uniform<i8:f32, 5.0e-01>

// CHECK-LABEL: func.func @requantizes_accumulators_by_one_multiplication
// CHECK: arith.constant dense<[1.000000e+00, 5.000000e-01]> : tensor<2xf32>
// CHECK: arith.mulf
// CHECK-NOT: arith.divf
// CHECK: math.roundeven
func.func @requantizes_accumulators_by_one_multiplication(%a: tensor<3x2x!a>) -> tensor<3x2x!b> {
  %0 = nnq.requantize %a : tensor<3x2x!a> -> tensor<3x2x!b>
  return %0 : tensor<3x2x!b>
}
