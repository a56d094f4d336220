//===- Metrics.cpp - How far quantized results are from float ------------===//

#include "nnq/Quantization/Metrics.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cinttypes>
#include <cmath>
#include <limits>

using namespace llvm;

namespace nnq {

static Error checkSizes(size_t ref, size_t got) {
  if (ref != got)
    return createStringError("%zu reference values against %zu values", ref, got);
  if (ref == 0)
    return createStringError("no values to measure: 0 reference values against 0");
  return Error::success();
}

static Error checkRows(size_t size, int64_t classes) {
  if (classes < 1 || size == 0 || size % classes != 0)
    return createStringError("%zu logits are not rows of %" PRId64 " classes", size, classes);
  return Error::success();
}

static Error checkRows(ArrayRef<float> ref, ArrayRef<float> got, int64_t classes) {
  if (Error error = checkSizes(ref.size(), got.size()))
    return error;
  return checkRows(ref.size(), classes);
}

static double ratioInDb(double signal, double noise) {
  if (noise == 0)
    return std::numeric_limits<double>::infinity();
  return 10 * std::log10(signal / noise);
}

static double mean(ArrayRef<float> row) {
  double sum = 0;
  for (float value : row)
    sum += value;
  return sum / row.size();
}

/// Calls `visit` with each pair of logits, less the means of their rows.
template <typename Visitor>
static void forEachCentred(ArrayRef<float> ref, ArrayRef<float> got, int64_t classes,
                           Visitor visit) {
  for (size_t row = 0; row < ref.size(); row += classes) {
    ArrayRef<float> r = ref.slice(row, classes), g = got.slice(row, classes);
    double refMean = mean(r), gotMean = mean(g);
    for (auto [a, b] : zip_equal(r, g))
      visit(a - refMean, b - gotMean);
  }
}

/// ln(sum of e^x) over a row, shifted by the maximum so that nothing overflows.
static double logSumExp(ArrayRef<float> row) {
  double top = *std::max_element(row.begin(), row.end());
  double sum = 0;
  for (float value : row)
    sum += std::exp(value - top);
  return top + std::log(sum);
}

/// The number of classes that rank before `label`: greater logits, and equal ones of a lower class.
static int64_t rankOf(ArrayRef<float> row, int64_t label) {
  int64_t rank = 0;
  for (int64_t i = 0; i < int64_t(row.size()); ++i)
    rank += row[i] > row[label] || (row[i] == row[label] && i < label);
  return rank;
}

/// The class with the greatest logit; -1 when all are NaN.
static int64_t topClass(ArrayRef<float> row) {
  int64_t best = -1;
  for (int64_t i = 0; i < int64_t(row.size()); ++i)
    if (!std::isnan(row[i]) && (best < 0 || row[i] > row[best]))
      best = i;
  return best;
}

Expected<double> sqnrDb(ArrayRef<float> ref, ArrayRef<float> got) {
  if (Error error = checkSizes(ref.size(), got.size()))
    return error;
  double signal = 0, noise = 0;
  for (auto [a, b] : zip_equal(ref, got)) {
    double difference = double(a) - b;
    signal += double(a) * a;
    noise += difference * difference;
  }
  return ratioInDb(signal, noise);
}

Expected<double> centredSqnrDb(ArrayRef<float> ref, ArrayRef<float> got, int64_t classes,
                               double gain) {
  if (Error error = checkRows(ref, got, classes))
    return error;
  double signal = 0, noise = 0;
  forEachCentred(ref, got, classes, [&](double a, double b) {
    double difference = a - gain * b;
    signal += a * a;
    noise += difference * difference;
  });
  return ratioInDb(signal, noise);
}

Expected<double> bestFitGain(ArrayRef<float> ref, ArrayRef<float> got, int64_t classes) {
  if (Error error = checkRows(ref, got, classes))
    return error;
  double product = 0, square = 0;
  forEachCentred(ref, got, classes, [&](double a, double b) {
    product += a * b;
    square += b * b;
  });
  return square == 0 ? 1.0 : product / square;
}

Expected<double> klDivergence(ArrayRef<float> ref, ArrayRef<float> got, int64_t classes) {
  if (Error error = checkRows(ref, got, classes))
    return error;
  double sum = 0;
  for (size_t row = 0; row < ref.size(); row += classes) {
    ArrayRef<float> r = ref.slice(row, classes), g = got.slice(row, classes);
    double refNorm = logSumExp(r), gotNorm = logSumExp(g);
    for (auto [a, b] : zip_equal(r, g)) {
      double logP = a - refNorm, logQ = b - gotNorm;
      sum += std::exp(logP) * (logP - logQ);
    }
  }
  return sum / (ref.size() / classes);
}

Expected<double> topK(ArrayRef<float> logits, ArrayRef<int64_t> labels, int64_t classes,
                      int64_t k) {
  if (Error error = checkRows(logits.size(), classes))
    return error;
  size_t rows = logits.size() / classes;
  if (labels.size() != rows)
    return createStringError("%zu labels for %zu rows of logits", labels.size(), rows);
  if (k < 1)
    return createStringError("k is %" PRId64 ", but must be at least 1", k);
  size_t hits = 0;
  for (size_t i = 0; i < rows; ++i) {
    if (labels[i] < 0 || labels[i] >= classes)
      return createStringError("label %zu is %" PRId64 ", outside the %" PRId64 " classes", i,
                               labels[i], classes);
    ArrayRef<float> row = logits.slice(i * classes, classes);
    hits += !std::isnan(row[labels[i]]) && rankOf(row, labels[i]) < k;
  }
  return static_cast<double>(hits) / rows;
}

Expected<double> agreement(ArrayRef<float> ref, ArrayRef<float> got, int64_t classes) {
  if (Error error = checkRows(ref, got, classes))
    return error;
  size_t rows = ref.size() / classes, hits = 0;
  for (size_t row = 0; row < ref.size(); row += classes) {
    int64_t best = topClass(ref.slice(row, classes));
    hits += best >= 0 && best == topClass(got.slice(row, classes));
  }
  return static_cast<double>(hits) / rows;
}

} // namespace nnq
