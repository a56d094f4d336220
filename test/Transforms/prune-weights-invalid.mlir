// RUN: not nnq-opt %s --nnq-prune-weights=pattern=3:8 2>&1 | FileCheck %s --check-prefix=PATTERN
// RUN: not nnq-opt %s --nnq-prune-weights=except=hidden,conv7 2>&1 | FileCheck %s --check-prefix=EXCEPT

// PATTERN: error: --nnq-prune-weights: {{.*}}3:8
// EXCEPT: error: --nnq-prune-weights: 'conv7', which is to stay dense, is no layer in float with constant weights of this network

func.func @main(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1.0, -0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %0 = nnq.fully_connected %x, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("hidden")
  return %0 : tensor<1x2xf32>
}
