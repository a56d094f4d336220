// One layer three times: as nnq rounds, as #own.toward_zero does, and the real values that both round.

!x = !quant.uniform<u8:f32, 5.0e-01:100>
!w = !quant.uniform<i8:f32, 2.5e-01>
!y = !quant.uniform<u8:f32, 8.0:120>

func.func @main(%x: tensor<9x13x!x>) -> (tensor<9x21x!y>, tensor<9x21x!y>, tensor<9x21xf32>) {
  %w = nnq.constant dense<[
    [-5,  9, -7, -1, -6,  6,  5,  6,  3, -3, -6,  6, -9],
    [ 3,  4, -9,  5, -1, -2,  9, -6,  1, -9, -9, -9,  8],
    [-9,  3, -3,  4, -9,  7, -2,  5,  6,  8, -2,  2, -2],
    [-2,  5,  0, -9,  4,  8, -6, -4,  0, -6,  1,  7,  4],
    [ 7, -3,  0,  0,  9,  6,  7,  3,  9, -8,  6, -2,  3],
    [ 4, -4,  2,  8,  2, -7,  5,  7, -6, -4,  7,  3,  2],
    [ 6, -9,  6, -8,  0,  9,  9,  3, -4, -4,  7, -2, -9],
    [-3,  8,  8, -2,  3,  7,  2,  9,  2,  5, -1,  8, -9],
    [ 3,  7, -5,  7,  8, -3,  4, -8,  6,  2,  9,  8, -3],
    [ 7,  4,  6,  2,  4,  2, -9,  8,  8,  1,  5, -9, -2],
    [-4,  8,  9, -4, -7,  8, -1, -8, -7, -7, -9,  5, -9],
    [-1, -2, -1, -6, -4,  2,  0, -7, -4, -4, -1,  7, -4],
    [-1,  0,  5,  1,  6,  6, -6, -9,  0,  3,  1,  4, -3],
    [-1, -6, -1,  7, -3,  4, -9, -2, -9,  3, -5, -8, -4],
    [ 5,  7,  4,  8, -2,  7,  5, -2,  7, -9,  3,  9,  1],
    [ 4, -8,  0, -5, -3, -8,  0, -7, -7,  0,  0, -4,  4],
    [ 9, -1, -5, -9,  8, -8,  9, -3,  9,  5, -4,  7, -8],
    [ 3, -3,  2, -6, -3,  9,  4,  9, -3,  6, -6,  3,  0],
    [ 7,  6, -9,  1,  3,  0, -9, -4, -3,  1,  9, -5,  1],
    [ 4, -3, -1, -6,  3,  8,  2,  8,  6,  8, -2, -7, -8],
    [-7, -5, -4, -4,  8, -3, -1,  1,  7, -1,  2,  1,  1]
  ]> : tensor<21x13xi8> -> tensor<21x13x!w>
  %even = nnq.fully_connected %x, %w : tensor<9x13x!x>, tensor<21x13x!w> -> tensor<9x21x!y>
  %toward_zero = nnq.fully_connected %x, %w {nnq.profile = #own.toward_zero} : tensor<9x13x!x>, tensor<21x13x!w> -> tensor<9x21x!y>
  %real = nnq.fully_connected %x, %w : tensor<9x13x!x>, tensor<21x13x!w> -> tensor<9x21xf32>
  return %even, %toward_zero, %real : tensor<9x21x!y>, tensor<9x21x!y>, tensor<9x21xf32>
}
