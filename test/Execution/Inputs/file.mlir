// A layer with a rectifier in its type, and a function of its result.
!x = !quant.uniform<u8:f32, 0.02:100>
!w = !quant.uniform<i8<-127:127>:f32:0, {0.01, 0.02}>
!b = !quant.uniform<i32:f32:0, {2.0e-4, 4.0e-4}>
!y = !quant.uniform<u8:f32, 0.03>

func.func @main(%x: tensor<2x3x!x>) -> (tensor<2x2x!y>, tensor<2x2xf32>) {
  %w = nnq.constant dense<[[1, -127, 30], [100, 7, -64]]> : tensor<2x3xi8> -> tensor<2x3x!w>
  %b = nnq.constant dense<[1000, -20]> : tensor<2xi32> -> tensor<2x!b>
  %0 = nnq.fully_connected %x, %w, %b : tensor<2x3x!x>, tensor<2x3x!w>, tensor<2x!b> -> tensor<2x2x!y>
  %1 = nnq.unary sigmoid %0 : tensor<2x2x!y> -> tensor<2x2xf32>
  return %0, %1 : tensor<2x2x!y>, tensor<2x2xf32>
}
