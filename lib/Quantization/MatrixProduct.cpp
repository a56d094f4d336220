//===- MatrixProduct.cpp - Products with the same bits everywhere --------===//
//
// The scheme of Goto and van de Geijn (2008): parts of both factors are copied so that the
// innermost loop reads them in order and keeps a tile of the result in registers.
//
//===----------------------------------------------------------------------===//

#include "MatrixProduct.h"
#include "llvm/Support/Alignment.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/Parallel.h"
#include <algorithm>
#include <memory>

using namespace llvm;

namespace nnq {

/// A cache line, and a vector of AVX-512; narrower machines take two or four vectors for it.
static constexpr int64_t vectorBytes = 64;
template <typename T> constexpr int64_t lanes = vectorBytes / sizeof(T);
/// Rows of a register tile: with one vector of `b`, 6 x 2 vectors of AVX2 are the most that fit.
static constexpr int64_t tileRows = 6;
/// The parts that are copied: 192 x 256 of a, 256 x 2 KiB of b, so that both fit the second cache.
static constexpr int64_t partRows = 192, partDepth = 256;
template <typename T> constexpr int64_t partColumns = 2048 / sizeof(T);

template <typename T> struct VectorOf {
  using type [[gnu::vector_size(vectorBytes), gnu::aligned(sizeof(T))]] = T;
};

template <typename T>
[[gnu::always_inline]] static inline void addTile(int64_t k, const T *a, const T *b, T *c,
                                                  int64_t cStride) {
  using Vector = typename VectorOf<T>::type;
  Vector sums[tileRows];
  for (int64_t i = 0; i < tileRows; ++i)
    sums[i] = *reinterpret_cast<const Vector *>(c + i * cStride);
  for (int64_t p = 0; p < k; ++p, a += tileRows, b += lanes<T>) {
    Vector right = *reinterpret_cast<const Vector *>(b);
    for (int64_t i = 0; i < tileRows; ++i)
      sums[i] = __builtin_elementwise_fma(Vector(a[i] - Vector{}), right, sums[i]);
  }
  for (int64_t i = 0; i < tileRows; ++i)
    *reinterpret_cast<Vector *>(c + i * cStride) = sums[i];
}

// The machine chooses among these at load time. Without fused multiply-add in hardware the bits are
// the same, and slow.
#if defined(__x86_64__) && defined(__ELF__)
#define NNQ_FOR_EACH_X86                                                                           \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define NNQ_FOR_EACH_X86
#endif
NNQ_FOR_EACH_X86 static void addTileOf(int64_t k, const float *a, const float *b, float *c,
                                       int64_t cStride) {
  addTile(k, a, b, c, cStride);
}
NNQ_FOR_EACH_X86 static void addTileOf(int64_t k, const double *a, const double *b, double *c,
                                       int64_t cStride) {
  addTile(k, a, b, c, cStride);
}

namespace {
/// Copies of parts of the factors, in the order of the innermost loop, filled up with zeros.
template <typename T> class Parts {
public:
  void copyLeft(LeftFactor<T> a, int64_t rows, int64_t depth, Sign sign) {
    T *out = left();
    for (int64_t first = 0; first < rows; first += tileRows) {
      int64_t height = std::min(tileRows, rows - first);
      for (int64_t p = 0; p < depth; ++p, out += tileRows) {
        const T *from = a.data + first * a.rowStride + p * a.columnStride;
        for (int64_t i = 0; i < tileRows; ++i) {
          T value = i < height ? from[i * a.rowStride] : T(0);
          out[i] = sign == Sign::Plus ? value : -value;
        }
      }
    }
  }
  void copyRight(const T *b, int64_t bStride, int64_t depth, int64_t columns) {
    T *out = right();
    for (int64_t first = 0; first < columns; first += lanes<T>) {
      int64_t width = std::min(lanes<T>, columns - first);
      for (int64_t p = 0; p < depth; ++p, out += lanes<T>) {
        const T *from = b + p * bStride + first;
        if (width == lanes<T>)
          std::copy_n(from, lanes<T>, out);
        else
          std::fill(std::copy_n(from, width, out), out + lanes<T>, T(0));
      }
    }
  }
  T *left() { return right() + partDepth * partColumns<T>; }
  T *right() { return reinterpret_cast<T *>(alignAddr(memory.get(), Align(vectorBytes))); }

private:
  std::unique_ptr<char[]> memory{
      new char[vectorBytes + partDepth * (partColumns<T> + partRows) * sizeof(T)]};
};
} // namespace

/// The part of c at most partRows x partColumns that `c` points to.
template <typename T>
static void addPart(int64_t rows, int64_t columns, int64_t k, LeftFactor<T> a, const T *b,
                    int64_t bStride, T *c, int64_t cStride, Sign sign) {
  thread_local Parts<T> parts;
  for (int64_t p = 0; p < k; p += partDepth) {
    int64_t depth = std::min(partDepth, k - p);
    parts.copyLeft({a.data + p * a.columnStride, a.rowStride, a.columnStride}, rows, depth, sign);
    parts.copyRight(b + p * bStride, bStride, depth, columns);
    for (int64_t j = 0; j < columns; j += lanes<T>)
      for (int64_t i = 0; i < rows; i += tileRows) {
        const T *left = parts.left() + i * depth, *right = parts.right() + j * depth;
        T *target = c + i * cStride + j;
        int64_t height = std::min(tileRows, rows - i), width = std::min(lanes<T>, columns - j);
        if (height == tileRows && width == lanes<T>) {
          addTileOf(depth, left, right, target, cStride);
          continue;
        }
        T edge[tileRows * lanes<T>] = {};
        for (int64_t r = 0; r < height; ++r)
          std::copy_n(target + r * cStride, width, edge + r * lanes<T>);
        addTileOf(depth, left, right, edge, lanes<T>);
        for (int64_t r = 0; r < height; ++r)
          std::copy_n(edge + r * lanes<T>, width, target + r * cStride);
      }
  }
}

template <typename T>
void addProduct(int64_t m, int64_t n, int64_t k, LeftFactor<T> a, const T *b, int64_t bStride, T *c,
                int64_t cStride, Sign sign, bool upperOnly) {
  int64_t across = divideCeil(n, partColumns<T>), parts = divideCeil(m, partRows) * across;
  auto compute = [&](int64_t part) {
    int64_t i = part / across * partRows, j = part % across * partColumns<T>;
    int64_t rows = std::min(partRows, m - i), columns = std::min(partColumns<T>, n - j);
    if (!upperOnly || j + columns > i)
      addPart<T>(rows, columns, k, {a.data + i * a.rowStride, a.rowStride, a.columnStride}, b + j,
                 bStride, c + i * cStride + j, cStride, sign);
  };
  // Below, waking threads costs more than they save.
  constexpr int64_t leastForThreads = int64_t(1) << 22;
  if (parts > 1 && m * n * k >= leastForThreads)
    parallelFor(0, parts, compute);
  else
    for (int64_t part = 0; part < parts; ++part)
      compute(part);
}

template void addProduct(int64_t, int64_t, int64_t, LeftFactor<float>, const float *, int64_t,
                         float *, int64_t, Sign, bool);
template void addProduct(int64_t, int64_t, int64_t, LeftFactor<double>, const double *, int64_t,
                         double *, int64_t, Sign, bool);

} // namespace nnq
