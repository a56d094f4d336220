//===- ValueGrid.cpp - Values that are multiples of one number -----------===//

#include "nnq/Quantization/ValueGrid.h"
#include <algorithm>
#include <cmath>

namespace nnq {

/// Of a step, so far from a grid's number a value may be: f32 of 256 levels are within 2^-16.
static constexpr double tolerance = 1e-3;

/// Euclid's algorithm on real numbers: the greatest number of which both are about multiples, if
/// it is at least `least`.
static double commonStep(double a, double b, double least) {
  while (b >= least / 2) {
    double rest = std::fabs(std::remainder(a, b));
    a = b;
    b = rest;
  }
  return a;
}

std::optional<ValueGrid> findValueGrid(const std::set<float> &values, int64_t codes) {
  if (values.empty())
    return std::nullopt;
  double lo = std::min(0.0f, *values.begin()), hi = std::max(0.0f, *values.rbegin());
  double leastStep = (hi - lo) / (codes - 1) * (1 - tolerance);
  double step = 0;
  for (double value : values)
    if (value != 0)
      step = step == 0 ? std::fabs(value) : commonStep(step, std::fabs(value), leastStep);
  if (step < leastStep || step == 0)
    return std::nullopt;

  // Of the values' multiples, the step by least squares: that of one value has its error.
  double product = 0, square = 0;
  for (double value : values) {
    double multiple = std::nearbyint(value / step);
    product += multiple * value;
    square += multiple * multiple;
  }
  step = product / square;
  for (double value : values)
    if (std::fabs(value / step - std::nearbyint(value / step)) > tolerance)
      return std::nullopt;
  ValueGrid grid{step, std::llrint(lo / step), std::llrint(hi / step)};
  if (grid.greatest - grid.least >= codes)
    return std::nullopt;
  return grid;
}

} // namespace nnq
