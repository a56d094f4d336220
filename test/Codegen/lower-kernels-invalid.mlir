// RUN: nnq-opt %s --split-input-file --verify-diagnostics --nnq-lower-kernels=target=x86-avx512vnni

func.func private @k(%x: tensor<2xf32>) -> tensor<2xf32> attributes {nnq.kernel} {
  %0 = tensor.cast %x : tensor<2xf32> to tensor<?xf32>
  // expected-error @below {{'tensor.cast' can't be lowered inside a kernel}}
  %1 = tensor.cast %0 : tensor<?xf32> to tensor<2xf32>
  return %1 : tensor<2xf32>
}

// -----

func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @below {{'nnq.unary' is left outside of kernels; run --nnq-form-kernels and --convert-nnq-to-linalg first}}
  %0 = nnq.unary sigmoid %x : tensor<2xf32> -> tensor<2xf32>
  return %0 : tensor<2xf32>
}
