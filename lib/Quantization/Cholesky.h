//===- Cholesky.h - Equations with symmetric matrices -----------*- C++ -*-===//
//
// Factorization and solution in f32, with the same bits on every machine (MatrixProduct.h).
//
//===----------------------------------------------------------------------===//

#ifndef NNQ_LIB_QUANTIZATION_CHOLESKY_H
#define NNQ_LIB_QUANTIZATION_CHOLESKY_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <vector>

namespace nnq {

/// Replaces the upper triangle of a symmetric matrix by R with R' R = a. False if a is not positive
/// definite in f32.
bool factorize(llvm::MutableArrayRef<float> a, int64_t n);

/// R with R' R = a, or, where that fails in f32, with 0.1 of its mean or the mean added to the
/// diagonal of a. Only the upper triangles count. Error: that fails too.
llvm::Expected<std::vector<float>> factorizeMoments(llvm::ArrayRef<float> a, int64_t n);

/// Replaces x (n x columns) by the solution of R' R solution = x, where R is upper triangular.
void solve(llvm::ArrayRef<float> r, int64_t n, float *x, int64_t columns);

} // namespace nnq

#endif // NNQ_LIB_QUANTIZATION_CHOLESKY_H
