//===- Cholesky.cpp - Equations with symmetric matrices ------------------===//

#include "Cholesky.h"
#include "MatrixProduct.h"
#include <algorithm>
#include <cmath>

using namespace llvm;

namespace nnq {

/// Rows that are eliminated one by one before a product tells all the others.
static constexpr int64_t stepInputs = 128;

bool factorize(MutableArrayRef<float> a, int64_t n) {
  for (int64_t first = 0; first < n; first += stepInputs) {
    int64_t end = std::min(first + stepInputs, n);
    for (int64_t i = first; i < end; ++i) {
      float *row = a.data() + i * n;
      for (int64_t p = first; p < i; ++p) {
        const float *above = a.data() + p * n;
        for (int64_t j = i; j < n; ++j)
          row[j] -= above[i] * above[j];
      }
      float pivot = std::sqrt(row[i]);
      if (!(pivot > 0) || !std::isfinite(pivot))
        return false;
      for (int64_t j = i; j < n; ++j)
        row[j] /= pivot;
    }
    const float *done = a.data() + first * n + end;
    addProduct<float>(n - end, n - end, end - first, {done, 1, n}, done, n,
                      a.data() + end * n + end, n, Sign::Minus, /*upperOnly=*/true);
  }
  return true;
}

Expected<std::vector<float>> factorizeMoments(ArrayRef<float> a, int64_t n) {
  double mean = 0;
  for (int64_t i = 0; i < n; ++i)
    mean += a[i * n + i];
  mean /= static_cast<double>(n);
  for (double share : {0.0, 0.1, 1.0}) {
    std::vector<float> factor(a);
    for (int64_t i = 0; i < n; ++i)
      factor[i * n + i] += static_cast<float>(share * mean);
    if (factorize(factor, n))
      return factor;
  }
  return createStringError("the inputs' second moments are not positive definite in f32, even "
                           "with their mean added to the diagonal");
}

/// to += factor * from.
static void addMultiple(float *to, float factor, const float *from, int64_t size) {
  for (int64_t i = 0; i < size; ++i)
    to[i] += factor * from[i];
}

void solve(ArrayRef<float> r, int64_t n, float *x, int64_t columns) {
  for (int64_t first = 0; first < n; first += stepInputs) {
    int64_t end = std::min(first + stepInputs, n);
    for (int64_t i = first; i < end; ++i) {
      float *row = x + i * columns;
      for (int64_t p = first; p < i; ++p)
        addMultiple(row, -r[p * n + i], x + p * columns, columns);
      for (int64_t c = 0; c < columns; ++c)
        row[c] /= r[i * n + i];
    }
    addProduct<float>(n - end, columns, end - first, {r.data() + first * n + end, 1, n},
                      x + first * columns, columns, x + end * columns, columns, Sign::Minus);
  }
  for (int64_t end = n; end > 0;) {
    int64_t first = (end - 1) / stepInputs * stepInputs;
    addProduct<float>(end - first, columns, n - end, {r.data() + first * n + end, n, 1},
                      x + end * columns, columns, x + first * columns, columns, Sign::Minus);
    for (int64_t i = end - 1; i >= first; --i) {
      float *row = x + i * columns;
      for (int64_t p = i + 1; p < end; ++p)
        addMultiple(row, -r[i * n + p], x + p * columns, columns);
      for (int64_t c = 0; c < columns; ++c)
        row[c] /= r[i * n + i];
    }
    end = first;
  }
}

} // namespace nnq
