!w = !quant.uniform<i4:f32:0, {0.5, 0.25}>
func.func @logits() -> (tensor<2x2x!w>, tensor<2xf32>) {
  %w = nnq.constant dense<[[1, -8], [7, 0]]> : tensor<2x2xi4> -> tensor<2x2x!w>
  %b = nnq.constant dense<[1.0, -1.0]> : tensor<2xf32> -> tensor<2xf32>
  return %w, %b : tensor<2x2x!w>, tensor<2xf32>
}
