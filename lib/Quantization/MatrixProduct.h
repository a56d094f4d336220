//===- MatrixProduct.h - Products with the same bits everywhere -*- C++ -*-===//
//
// The one product of matrices behind the moments of inputs and the rounding of weights. Not from a
// library, because those choose the order of summation by cache sizes, vector width and threads,
// and a compiler should give the same weights on every machine.
//
//===----------------------------------------------------------------------===//

#ifndef NNQ_LIB_QUANTIZATION_MATRIXPRODUCT_H
#define NNQ_LIB_QUANTIZATION_MATRIXPRODUCT_H

#include "llvm/ADT/ArrayRef.h"
#include <cstdint>
#include <vector>

namespace nnq {

/// The left factor: element (i, p) is data[i * rowStride + p * columnStride], so that transposes
/// need no copy.
template <typename T> struct LeftFactor {
  const T *data;
  int64_t rowStride, columnStride;
};

enum class Sign { Plus, Minus };

/// c += a b, or c -= a b: a is m x k, b is k x n and c m x n, the last two row-major with the given
/// strides of rows. Each element is a chain of fused multiply-adds by ascending p, so its bits
/// depend on the operands alone. `upperOnly`: the elements below the diagonal of c may be left as
/// they are. Uses all processors for large products. T is float or double.
template <typename T>
void addProduct(int64_t m, int64_t n, int64_t k, LeftFactor<T> a, const T *b, int64_t bStride, T *c,
                int64_t cStride, Sign sign = Sign::Plus, bool upperOnly = false);

extern template void addProduct(int64_t, int64_t, int64_t, LeftFactor<float>, const float *,
                                int64_t, float *, int64_t, Sign, bool);
extern template void addProduct(int64_t, int64_t, int64_t, LeftFactor<double>, const double *,
                                int64_t, double *, int64_t, Sign, bool);

/// a, rows x columns and row-major, transposed.
template <typename T>
std::vector<T> transposed(llvm::ArrayRef<T> a, int64_t rows, int64_t columns) {
  std::vector<T> result(a.size());
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < columns; ++j)
      result[j * rows + i] = a[i * columns + j];
  return result;
}

} // namespace nnq

#endif // NNQ_LIB_QUANTIZATION_MATRIXPRODUCT_H
