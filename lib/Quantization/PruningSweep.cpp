//===- PruningSweep.cpp - The choice of what is kept ---------------------===//

#include "Cholesky.h"
#include "MatrixProduct.h"
#include "PruningSteps.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"
#include <algorithm>
#include <array>
#include <cmath>

using namespace llvm;

namespace nnq {

using Window = PruningPattern::Window;

/// Inputs of the windows that are done at once. Twice as many gain less than 0.1 dB.
static constexpr int64_t stepInputs = 64;
/// Inputs of the parts of wider windows: of the whole rows of 4x16, for which parts of 64 lose 0.1
/// to 0.2 dB.
static constexpr int64_t mostWindowInputs = 256;

//===----------------------------------------------------------------------===//
// A few windows
//===----------------------------------------------------------------------===//

namespace {
/// The rows of a mask in neighbouring windows, from which unit after unit is removed. B is the
/// inverse moments' block of the windows' inputs over these and all inputs that are not done yet,
/// so that w_b (B_bb)^-1 w_b' is what the removal of unit b costs if all of them make up for it.
class Elimination {
public:
  /// `w` is inputs x rows, `inverse` is B.
  Elimination(std::vector<double> w, std::vector<double> inverse, int64_t inputs, int64_t rows,
              int64_t unit)
      : w(std::move(w)), inverse(std::move(inverse)), inputs(inputs), rows(rows), unit(unit),
        kept(inputs, 1), factors(unit * inputs) {}

  /// Removes the unit that costs least, of equals the first, until as many are left in each window
  /// as it keeps. Windows cover all inputs, the first of which is `start`.
  void run(ArrayRef<Window> windows, int64_t start) {
    std::vector<int64_t> tooMany;
    for (const Window &window : windows)
      tooMany.push_back((window.end - window.first) / unit - window.kept);
    while (true) {
      int64_t best = -1, *bestWindow = nullptr;
      double least = INFINITY;
      for (auto [window, more] : zip_equal(windows, tooMany))
        for (int64_t first = window.first - start; more > 0 && first < window.end - start;
             first += unit) {
          if (!kept[first])
            continue;
          double cost = costOf(first);
          if (cost < least || best < 0) {
            least = cost;
            best = first;
            bestWindow = &more;
          }
        }
      if (best < 0)
        return;
      remove(best);
      --*bestWindow;
    }
  }
  double weight(int64_t input, int64_t row) const { return w[input * rows + row]; }
  bool isKept(int64_t input) const { return kept[input] != 0; }

private:
  static constexpr int64_t mostUnit = 4;
  using Block = std::array<double, mostUnit * mostUnit>;

  /// (B_bb)^-1 of the unit that starts at input `first`.
  Block invertBlock(int64_t first) const {
    Block a{}, result{};
    for (int64_t i = 0; i < unit; ++i) {
      for (int64_t j = 0; j < unit; ++j)
        a[i * mostUnit + j] = inverse[(first + i) * inputs + first + j];
      result[i * mostUnit + i] = 1;
    }
    for (int64_t p = 0; p < unit; ++p) {
      double pivot = a[p * mostUnit + p];
      for (int64_t j = 0; j < unit; ++j) {
        a[p * mostUnit + j] /= pivot;
        result[p * mostUnit + j] /= pivot;
      }
      for (int64_t i = 0; i < unit; ++i) {
        double factor = a[i * mostUnit + p];
        for (int64_t j = 0; i != p && j < unit; ++j) {
          a[i * mostUnit + j] -= factor * a[p * mostUnit + j];
          result[i * mostUnit + j] -= factor * result[p * mostUnit + j];
        }
      }
    }
    return result;
  }

  double costOf(int64_t first) {
    double cost = 0;
    if (unit == 1) {
      const double *row = w.data() + first * rows;
      for (int64_t r = 0; r < rows; ++r)
        cost += row[r] * row[r];
      return cost / inverse[first * inputs + first];
    }
    Block block = invertBlock(first);
    for (int64_t i = 0; i < unit; ++i)
      for (int64_t j = 0; j < unit; ++j) {
        double both = 0;
        for (int64_t r = 0; r < rows; ++r)
          both += w[(first + i) * rows + r] * w[(first + j) * rows + r];
        cost += block[i * mostUnit + j] * both;
      }
    return cost;
  }

  /// w -= w_b (B_bb)^-1 B_b: and B -= B_:b (B_bb)^-1 B_b:, by which both are 0 at b.
  void remove(int64_t first) {
    Block block = invertBlock(first);
    llvm::fill(factors, 0);
    for (int64_t u = 0; u < unit; ++u)
      for (int64_t v = 0; v < unit; ++v)
        for (int64_t j = 0; j < inputs; ++j)
          factors[u * inputs + j] += block[u * mostUnit + v] * inverse[(first + v) * inputs + j];
    for (int64_t i = 0; i < inputs; ++i) {
      if (!kept[i] || (i >= first && i < first + unit))
        continue;
      for (int64_t u = 0; u < unit; ++u) {
        double factor = factors[u * inputs + i], column = inverse[(first + u) * inputs + i];
        for (int64_t r = 0; r < rows; ++r)
          w[i * rows + r] -= factor * w[(first + u) * rows + r];
        for (int64_t j = 0; j < inputs; ++j)
          inverse[i * inputs + j] -= column * factors[u * inputs + j];
      }
    }
    for (int64_t i = first; i < first + unit; ++i) {
      kept[i] = 0;
      for (int64_t r = 0; r < rows; ++r)
        w[i * rows + r] = 0;
      for (int64_t j = 0; j < inputs; ++j)
        inverse[i * inputs + j] = inverse[j * inputs + i] = 0;
    }
  }

  std::vector<double> w, inverse;
  int64_t inputs, rows, unit;
  std::vector<uint8_t> kept;
  std::vector<double> factors;
};
} // namespace

/// R^-1 of an upper triangular matrix.
static std::vector<double> invertTriangle(ArrayRef<double> r, int64_t n) {
  std::vector<double> result(n * n);
  for (int64_t i = n - 1; i >= 0; --i) {
    double *row = result.data() + i * n;
    row[i] = 1;
    for (int64_t p = i + 1; p < n; ++p)
      for (int64_t j = p; j < n; ++j)
        row[j] -= r[i * n + p] * result[p * n + j];
    for (int64_t j = i; j < n; ++j)
      row[j] /= r[i * n + i];
  }
  return result;
}

/// a a' of an upper triangular matrix.
static std::vector<double> timesTranspose(ArrayRef<double> a, int64_t n) {
  std::vector<double> result(n * n);
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = i; j < n; ++j) {
      double sum = 0;
      for (int64_t p = j; p < n; ++p)
        sum += a[i * n + p] * a[j * n + p];
      result[i * n + j] = result[j * n + i] = sum;
    }
  return result;
}

//===----------------------------------------------------------------------===//
// All windows
//===----------------------------------------------------------------------===//

namespace {
/// With H = R' R, the error is the sum of squares of (W* - Q) R'. Windows are done last to first:
/// what those after window w add to its part of that, S = sum of (W* - Q)_j R_wj', weights of
/// W* + S (R_ww')^-1 would undo, and the block B of the inverse over it and all before is
/// (R_ww' R_ww)^-1: neither needs the inverse of H.
class PruningSweep {
public:
  PruningSweep(PrunedLayer &layer, int64_t maskRows, int64_t unit)
      : layer(layer), maskRows(maskRows), unit(unit), errors(layer.wanted.size()) {}

  Error factorize() {
    for (const CentredMoments::Section &section : layer.moments.sections) {
      Expected<std::vector<float>> factor = factorizeMoments(section.covariance, section.width);
      if (!factor)
        return factor.takeError();
      factors.push_back(std::move(*factor));
    }
    return Error::success();
  }

  void run(ArrayRef<Window> windows) {
    std::vector<float> sums;
    while (!windows.empty()) {
      size_t count = 1;
      int64_t end = windows.back().end;
      while (count < windows.size() &&
             end - windows[windows.size() - 1 - count].first <= stepInputs)
        ++count;
      ArrayRef<Window> step = windows.take_back(count);
      int64_t first = step.front().first;
      sums.assign((end - first) * layer.rows, 0);
      addErrors(first, end, sums.data());
      pruneStep(step, sums.data());
      windows = windows.drop_back(count);
    }
  }

private:
  /// Adds to S of inputs [first, end) what the errors of all inputs behind them do to it.
  void addErrors(int64_t first, int64_t end, float *sums) const {
    int64_t rows = layer.rows;
    for (auto [section, factor] : zip_equal(layer.moments.sections, factors)) {
      int64_t start = section.first, width = section.width;
      int64_t i = std::max(first, start), m = std::min(end, start + width) - i;
      int64_t p = std::max(end, start), k = start + width - p;
      if (m > 0 && k > 0)
        addProduct<float>(m, rows, k, {factor.data() + (i - start) * width + p - start, width, 1},
                          errors.data() + p * rows, rows, sums + (i - first) * rows, rows);
    }
  }

  /// R_ww of inputs [first, end).
  std::vector<double> factorOf(int64_t first, int64_t end) const {
    int64_t n = end - first;
    std::vector<double> result(n * n);
    for (auto [section, factor] : zip_equal(layer.moments.sections, factors)) {
      int64_t start = section.first;
      int64_t from = std::max(first, start), to = std::min(end, start + section.width);
      for (int64_t i = from; i < to; ++i)
        for (int64_t j = i; j < to; ++j)
          result[(i - first) * n + j - first] = factor[(i - start) * section.width + j - start];
    }
    return result;
  }

  /// Prunes neighbouring windows at once, from their part of S.
  void pruneStep(ArrayRef<Window> step, const float *sums) {
    int64_t start = step.front().first, n = step.back().end - start, rows = layer.rows;
    std::vector<double> triangle = invertTriangle(factorOf(start, start + n), n);
    std::vector<double> inverse = timesTranspose(triangle, n);
    std::vector<double> best(n * rows);
    for (int64_t i = 0; i < n; ++i) {
      for (int64_t p = i; p < n; ++p)
        for (int64_t r = 0; r < rows; ++r)
          best[i * rows + r] += triangle[i * n + p] * sums[p * rows + r];
      for (int64_t r = 0; r < rows; ++r)
        best[i * rows + r] += layer.wanted[(start + i) * rows + r];
    }
    for (int64_t row = 0; row < rows; row += maskRows) {
      int64_t count = std::min(maskRows, rows - row);
      std::vector<double> w(n * count);
      for (int64_t i = 0; i < n; ++i)
        std::copy_n(best.data() + i * rows + row, count, w.data() + i * count);
      Elimination elimination(std::move(w), inverse, n, count, unit);
      elimination.run(step, start);
      for (int64_t i = 0; i < n; ++i)
        for (int64_t r = 0; r < count; ++r) {
          int64_t at = (start + i) * rows + row + r;
          layer.weights[at] = static_cast<float>(elimination.weight(i, r));
          layer.kept[at] = elimination.isKept(i);
          errors[at] = layer.wanted[at] - layer.weights[at];
        }
    }
  }

  PrunedLayer &layer;
  int64_t maskRows, unit;
  /// R of each section.
  std::vector<std::vector<float>> factors;
  /// W* - Q of the windows that are done.
  std::vector<float> errors;
};
} // namespace

/// Parts of wide windows, which keep equally many units as far as that goes.
static void appendParts(const Window &window, int64_t unit, std::vector<Window> &parts) {
  int64_t units = (window.end - window.first) / unit;
  for (int64_t first = 0; first < units;) {
    int64_t end = std::min(first + mostWindowInputs / unit, units);
    parts.push_back({window.first + first * unit, window.first + end * unit,
                     window.kept * end / units - window.kept * first / units});
    first = end;
  }
}

Error pruneInOneSweep(PrunedLayer &layer, const PruningPattern &pattern, ArrayRef<Window> windows) {
  std::vector<Window> parts;
  for (const Window &window : windows)
    appendParts(window, pattern.unit(), parts);
  PruningSweep sweep(layer, pattern.maskRows(), pattern.unit());
  if (Error error = sweep.factorize())
    return error;
  sweep.run(parts);
  return Error::success();
}

void pruneRows(PrunedLayer &layer, int64_t removed) {
  std::vector<double> errors = layer.rowErrors(layer.wanted, layer.covarianceTimes(layer.wanted));
  SmallVector<int64_t> order = llvm::to_vector(llvm::seq<int64_t>(0, layer.rows));
  llvm::sort(order, [&](int64_t a, int64_t b) {
    return std::make_pair(errors[a], a) < std::make_pair(errors[b], b);
  });
  layer.weights = layer.wanted;
  layer.kept.assign(layer.wanted.size(), 1);
  for (int64_t row : ArrayRef<int64_t>(order).take_front(removed))
    for (int64_t i = 0; i < layer.inputs; ++i) {
      layer.weights[i * layer.rows + row] = 0;
      layer.kept[i * layer.rows + row] = 0;
    }
}

} // namespace nnq
