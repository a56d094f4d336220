// RUN: not nnq-opt %s --nnq-narrow-weights=width=int4 2>&1 | FileCheck %s --check-prefix=WIDTH
// RUN: not nnq-opt %s --nnq-narrow-weights=except=hidden,conv7 2>&1 | FileCheck %s --check-prefix=EXCEPT

// WIDTH: error: --nnq-narrow-weights: width 'int4' is neither float nor a format of weights
// EXCEPT: error: --nnq-narrow-weights: 'conv7', which is to keep its weights, is no layer in float with constant weights of this network

func.func @main(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<[[1.0, -0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %0 = nnq.fully_connected %x, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("hidden")
  return %0 : tensor<1x2xf32>
}
