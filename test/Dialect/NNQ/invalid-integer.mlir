// Each message of the verifiers of operations on integers and places, named as in invalid.mlir.

// RUN: nnq-opt %s --split-input-file --verify-diagnostics

!u8 = !quant.uniform<u8:f32, 0.5:128>
func.func @cast_c1_is_not_between_reals(%x: tensor<4xf32>) {
  // expected-error @+1 {{'nnq.cast' op changes 'tensor<4xf32>' to 'tensor<4x!quant.uniform<u8:f32, 5.000000e-01:128>>', which are both real; use nnq.requantize}}
  %0 = nnq.cast %x : tensor<4xf32> -> tensor<4x!u8>
  return
}

// -----

!u8 = !quant.uniform<u8:f32, 0.5:128>
func.func @storage_cast_c1_keeps_the_shape(%x: tensor<4x!u8>) {
  // expected-error @+1 {{'nnq.storage_cast' op has shape [4] in and [2, 2] out; shapes stay}}
  %0 = nnq.storage_cast %x : tensor<4x!u8> -> tensor<2x2xui8>
  return
}

// -----

func.func @storage_cast_c2_needs_codes(%x: tensor<4xi8>) {
  // expected-error @+1 {{'nnq.storage_cast' op changes 'tensor<4xi8>' to 'tensor<4xui8>'; one of them has codes with one scale, the other integers}}
  %0 = nnq.storage_cast %x : tensor<4xi8> -> tensor<4xui8>
  return
}

// -----

!w = !quant.uniform<i8:f32:0, {0.25, 0.5}>
func.func @storage_cast_c2_needs_one_scale(%x: tensor<2x!w>) {
  // expected-error @+1 {{'nnq.storage_cast' op changes 'tensor<2x!quant.uniform<i8:f32:0, {2.500000e-01,5.000000e-01}>>' to 'tensor<2xi8>'; one of them has codes with one scale, the other integers}}
  %0 = nnq.storage_cast %x : tensor<2x!w> -> tensor<2xi8>
  return
}

// -----

!u8 = !quant.uniform<u8:f32, 0.5:128>
func.func @storage_cast_c3_keeps_the_width(%x: tensor<4x!u8>) {
  // expected-error @+1 {{'nnq.storage_cast' op makes codes of 8 bits and integers of 32 bits each other; widths stay, use nnq.cast beside it}}
  %0 = nnq.storage_cast %x : tensor<4x!u8> -> tensor<4xi32>
  return
}

// -----

func.func @integer_c1_needs_one_type(%x: tensor<4xi32>, %y: tensor<4xi64>) {
  // expected-error @+1 {{'nnq.integer' op has an operand of 'tensor<4xi64>' and a result of 'tensor<4xi32>'; all have one integer type, use nnq.cast}}
  %0 = nnq.integer add %x, %y : tensor<4xi32>, tensor<4xi64> -> tensor<4xi32>
  return
}

// -----

func.func @integer_c2_booleans_are_not_added(%x: tensor<4xi1>) {
  // expected-error @+1 {{'nnq.integer' op is 'add' of booleans; they have and, or and xor, use nnq.cast}}
  %0 = nnq.integer add %x, %x : tensor<4xi1>, tensor<4xi1> -> tensor<4xi1>
  return
}

// -----

func.func @compare_c1_needs_one_kind_of_numbers(%x: tensor<4xi32>, %y: tensor<4xf32>) {
  // expected-error @+1 {{'nnq.compare' op has 'tensor<4xi32>' and 'tensor<4xf32>' together; numbers are all real or of one integer type, use nnq.cast}}
  %0 = nnq.compare eq %x, %y : tensor<4xi32>, tensor<4xf32> -> tensor<4xi1>
  return
}

// -----

func.func @select_c1_needs_one_kind_of_numbers(%c: tensor<4xi1>, %x: tensor<4xi32>, %y: tensor<4xf32>) {
  // expected-error @+1 {{'nnq.select' op has 'tensor<4xi32>' and 'tensor<4xf32>' together; numbers are all real or of one integer type, use nnq.cast}}
  %0 = nnq.select %c, %x, %y : tensor<4xi1>, tensor<4xi32>, tensor<4xf32> -> tensor<4xi32>
  return
}

// -----

func.func @select_c1_needs_the_kind_of_its_result(%c: tensor<4xi1>, %x: tensor<4xi32>) {
  // expected-error @+1 {{'nnq.select' op has 'tensor<4xi32>' and 'tensor<4xf32>' together; numbers are all real or of one integer type, use nnq.cast}}
  %0 = nnq.select %c, %x, %x : tensor<4xi1>, tensor<4xi32>, tensor<4xi32> -> tensor<4xf32>
  return
}

// -----

func.func @select_needs_a_boolean(%c: tensor<4xi8>, %x: tensor<4xi32>) {
  // expected-error @+1 {{'nnq.select' op operand #0 must be statically shaped tensor of 1-bit signless integer values, but got 'tensor<4xi8>'}}
  %0 = nnq.select %c, %x, %x : tensor<4xi8>, tensor<4xi32>, tensor<4xi32> -> tensor<4xi32>
  return
}

// -----

func.func @gather_c1_has_the_axis(%x: tensor<4x2xf32>, %i: tensor<3xi64>) {
  // expected-error @+1 {{'nnq.gather' op has axis 2 for an input of rank 2}}
  %0 = nnq.gather %x, %i axis = 2 : tensor<4x2xf32>, tensor<3xi64> -> tensor<3x2xf32>
  return
}

// -----

!w = !quant.uniform<i8:f32:0, {0.25, 0.5}>
func.func @gather_c2_needs_one_scale(%x: tensor<2x3x!w>, %i: tensor<2xi64>) {
  // expected-error @+1 {{'nnq.gather' op takes 'tensor<2x3x!quant.uniform<i8:f32:0, {2.500000e-01,5.000000e-01}>>'; an index says no scale, so there is one for the tensor}}
  %0 = nnq.gather %x, %i axis = 0 : tensor<2x3x!w>, tensor<2xi64> -> tensor<2x3x!w>
  return
}

// -----

!u8 = !quant.uniform<u8:f32, 0.5:128>
func.func @types_t4_gather_keeps_the_type(%x: tensor<2x3xf32>, %i: tensor<2xi64>) {
  // expected-error @+1 {{'nnq.gather' op moves values without changing them, but has element types 'f32' and '!quant.uniform<u8:f32, 5.000000e-01:128>'; put an nnq.requantize in front of it}}
  %0 = nnq.gather %x, %i axis = 0 : tensor<2x3xf32>, tensor<2xi64> -> tensor<2x3x!u8>
  return
}

// -----

func.func @gather_elements_c1_has_the_axis(%x: tensor<4x2xf32>, %i: tensor<3x2xi64>) {
  // expected-error @+1 {{'nnq.gather_elements' op has axis -1 for an input of rank 2}}
  %0 = nnq.gather_elements %x, %i axis = -1 : tensor<4x2xf32>, tensor<3x2xi64> -> tensor<3x2xf32>
  return
}

// -----

func.func @gather_elements_c2_has_the_dimensions(%x: tensor<4x2xf32>, %i: tensor<3x5xi64>) {
  // expected-error @+1 {{'nnq.gather_elements' op has indices of shape [3, 5] for an input of shape [4, 2]; but for axis 0 they have its dimensions or less of each}}
  %0 = nnq.gather_elements %x, %i axis = 0 : tensor<4x2xf32>, tensor<3x5xi64> -> tensor<3x5xf32>
  return
}

// -----

func.func @gather_nd_c1_shares_batch_dimensions(%x: tensor<4x2xf32>, %i: tensor<3x1xi64>) {
  // expected-error @+1 {{'nnq.gather_nd' op has indices of shape [3, 1] for an input of shape [4, 2] and 1 batch dimensions; both begin with those, and the last dimension of the indices counts dimensions of the input behind them}}
  %0 = nnq.gather_nd %x, %i batch_dims = 1 : tensor<4x2xf32>, tensor<3x1xi64> -> tensor<3xf32>
  return
}

// -----

func.func @scatter_nd_c1_has_the_dimensions(%x: tensor<4x2xf32>, %i: tensor<3x3xi64>, %u: tensor<3xf32>) {
  // expected-error @+1 {{'nnq.scatter_nd' op has indices of shape [3, 3] for an input of shape [4, 2] and 0 batch dimensions; both begin with those, and the last dimension of the indices counts dimensions of the input behind them}}
  %0 = nnq.scatter_nd %x, %i, %u : tensor<4x2xf32>, tensor<3x3xi64>, tensor<3xf32> -> tensor<4x2xf32>
  return
}

// -----

func.func @scatter_nd_c2_needs_whole_slices(%x: tensor<4x2xf32>, %i: tensor<3x1xi64>, %u: tensor<3xf32>) {
  // expected-error @+1 {{'nnq.scatter_nd' op has updates of shape [3] where its input and indices ask for [3, 2]}}
  %0 = nnq.scatter_nd %x, %i, %u : tensor<4x2xf32>, tensor<3x1xi64>, tensor<3xf32> -> tensor<4x2xf32>
  return
}

// -----

func.func @arg_reduce_c1_has_the_axis(%x: tensor<4x2xf32>) {
  // expected-error @+1 {{'nnq.arg_reduce' op has axis 2 for an input of rank 2}}
  %0 = nnq.arg_reduce max %x axis = 2 : tensor<4x2xf32> -> tensor<4x1xi64>
  return
}

// -----

!w = !quant.uniform<i8:f32:0, {0.25, 0.5}>
func.func @arg_reduce_c2_needs_one_scale(%x: tensor<2x3x!w>) {
  // expected-error @+1 {{'nnq.arg_reduce' op takes 'tensor<2x3x!quant.uniform<i8:f32:0, {2.500000e-01,5.000000e-01}>>'; an index says no scale, so there is one for the tensor}}
  %0 = nnq.arg_reduce max %x axis = 0 : tensor<2x3x!w> -> tensor<1x3xi64>
  return
}

// -----

func.func @top_k_c1_has_the_axis(%x: tensor<4x2xf32>) {
  // expected-error @+1 {{'nnq.top_k' op has axis 3 for an input of rank 2}}
  %0 = nnq.top_k %x k = 1 axis = 3 : tensor<4x2xf32> -> tensor<4x1xi64>
  return
}

// -----

func.func @top_k_c2_takes_what_is_there(%x: tensor<4x2xf32>) {
  // expected-error @+1 {{'nnq.top_k' op takes 3 of the 2 numbers along axis 1}}
  %0 = nnq.top_k %x k = 3 axis = 1 : tensor<4x2xf32> -> tensor<4x3xi64>
  return
}

// -----

!w = !quant.uniform<i8:f32:0, {0.25, 0.5}>
func.func @top_k_c3_needs_one_scale(%x: tensor<2x3x!w>) {
  // expected-error @+1 {{'nnq.top_k' op takes 'tensor<2x3x!quant.uniform<i8:f32:0, {2.500000e-01,5.000000e-01}>>'; an index says no scale, so there is one for the tensor}}
  %0 = nnq.top_k %x k = 1 axis = 0 : tensor<2x3x!w> -> tensor<1x3xi64>
  return
}

// -----

func.func @reduce_c3_mean_of_integers(%x: tensor<2x3xi64>) {
  // expected-error @+1 {{'nnq.reduce' op is the mean of 'tensor<2x3xi64>' as 'tensor<2x1xi64>'; integers have sum, max and min in their own type, use nnq.cast}}
  %0 = nnq.reduce mean %x axes = [1] : tensor<2x3xi64> -> tensor<2x1xi64>
  return
}

// -----

func.func @reduce_c3_sum_of_booleans(%x: tensor<2x3xi1>) {
  // expected-error @+1 {{'nnq.reduce' op is the sum of 'tensor<2x3xi1>' as 'tensor<2x1xi1>'; integers have sum, max and min in their own type, use nnq.cast}}
  %0 = nnq.reduce sum %x axes = [1] : tensor<2x3xi1> -> tensor<2x1xi1>
  return
}

// -----

func.func @reduce_c3_wider_sum(%x: tensor<2x3xi32>) {
  // expected-error @+1 {{'nnq.reduce' op is the sum of 'tensor<2x3xi32>' as 'tensor<2x1xi64>'; integers have sum, max and min in their own type, use nnq.cast}}
  %0 = nnq.reduce sum %x axes = [1] : tensor<2x3xi32> -> tensor<2x1xi64>
  return
}

// -----

func.func @reduce_c3_sum_of_integers_as_reals(%x: tensor<2x3xi32>) {
  // expected-error @+1 {{'nnq.reduce' op is the sum of 'tensor<2x3xi32>' as 'tensor<2x1xf32>'; integers have sum, max and min in their own type, use nnq.cast}}
  %0 = nnq.reduce sum %x axes = [1] : tensor<2x3xi32> -> tensor<2x1xf32>
  return
}
