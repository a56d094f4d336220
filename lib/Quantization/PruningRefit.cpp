//===- PruningRefit.cpp - The best weights for what is kept --------------===//

#include "Cholesky.h"
#include "MatrixProduct.h"
#include "PruningSteps.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cmath>

using namespace llvm;

namespace nnq {

//===----------------------------------------------------------------------===//
// PrunedLayer
//===----------------------------------------------------------------------===//

void PrunedLayer::dampen(double share) {
  for (CentredMoments::Section &section : moments.sections) {
    double mean = 0;
    for (int64_t i = 0; i < section.width; ++i)
      mean += section.covariance[i * section.width + i];
    mean /= static_cast<double>(section.width);
    for (int64_t i = 0; i < section.width; ++i)
      section.covariance[i * section.width + i] += static_cast<float>(mean > 0 ? share * mean : 1);
  }
}

std::vector<float> PrunedLayer::covarianceTimes(ArrayRef<float> x) const {
  std::vector<float> product(x.size());
  for (const CentredMoments::Section &section : moments.sections)
    addProduct<float>(
        section.width, rows, section.width, {section.covariance.data(), section.width, 1},
        x.data() + section.first * rows, rows, product.data() + section.first * rows, rows);
  return product;
}

std::vector<float> PrunedLayer::difference() const {
  std::vector<float> result = weights;
  for (auto [value, target] : zip_equal(result, wanted))
    value -= target;
  return result;
}

std::vector<double> PrunedLayer::rowErrors(ArrayRef<float> x, ArrayRef<float> product) const {
  std::vector<double> errors(rows);
  for (int64_t i = 0; i < inputs; ++i)
    for (int64_t r = 0; r < rows; ++r)
      errors[r] += double(x[i * rows + r]) * product[i * rows + r];
  return errors;
}

double PrunedLayer::energy(ArrayRef<float> x) const {
  double sum = 0;
  for (double rowError : rowErrors(x, covarianceTimes(x)))
    sum += rowError;
  return sum;
}

std::vector<int64_t> keptInputs(const PrunedLayer &layer, const CentredMoments::Section &section,
                                int64_t row, int64_t count) {
  std::vector<int64_t> inputs;
  for (int64_t i = 0; i < section.width; ++i) {
    ArrayRef<uint8_t> kept =
        ArrayRef<uint8_t>(layer.kept).slice((section.first + i) * layer.rows + row, count);
    if (llvm::is_contained(kept, 1))
      inputs.push_back(i);
  }
  return inputs;
}

std::vector<float> momentsOf(const CentredMoments::Section &section, ArrayRef<int64_t> inputs) {
  std::vector<float> result;
  result.reserve(inputs.size() * inputs.size());
  for (int64_t i : inputs)
    for (int64_t j : inputs)
      result.push_back(section.covariance[i * section.width + j]);
  return result;
}

//===----------------------------------------------------------------------===//
// Refit
//===----------------------------------------------------------------------===//

/// Moves rows back to `before` where their errors were not above those of Q.
static void keepBetterRows(PrunedLayer &layer, ArrayRef<float> before,
                           ArrayRef<double> errorsBefore) {
  std::vector<float> change = layer.difference();
  std::vector<double> errors = layer.rowErrors(change, layer.covarianceTimes(change));
  for (int64_t r = 0; r < layer.rows; ++r)
    if (!(errors[r] < errorsBefore[r]))
      for (int64_t i = 0; i < layer.inputs; ++i)
        layer.weights[i * layer.rows + r] = before[i * layer.rows + r];
}

Error refitMasks(PrunedLayer &layer, int64_t maskRows) {
  int64_t rows = layer.rows;
  std::vector<float> before = layer.weights, change = layer.difference();
  std::vector<float> gradient = layer.covarianceTimes(change);
  std::vector<double> errors = layer.rowErrors(change, gradient);
  for (const CentredMoments::Section &section : layer.moments.sections)
    for (int64_t row = 0; row < rows; row += maskRows) {
      int64_t count = std::min(maskRows, rows - row);
      std::vector<int64_t> kept = keptInputs(layer, section, row, count);
      if (kept.empty())
        continue;
      auto n = static_cast<int64_t>(kept.size());
      Expected<std::vector<float>> factor = factorizeMoments(momentsOf(section, kept), n);
      if (!factor)
        return factor.takeError();
      std::vector<float> move(n * count);
      for (int64_t i = 0; i < n; ++i)
        std::copy_n(gradient.data() + (section.first + kept[i]) * rows + row, count,
                    move.data() + i * count);
      solve(*factor, n, move.data(), count);
      for (int64_t i = 0; i < n; ++i)
        for (int64_t r = 0; r < count; ++r)
          layer.weights[(section.first + kept[i]) * rows + row + r] -= move[i * count + r];
    }
  keepBetterRows(layer, before, errors);
  return Error::success();
}

void refitRows(PrunedLayer &layer, int rounds) {
  int64_t rows = layer.rows;
  std::vector<float> before = layer.weights, change = layer.difference();
  // The residual r = (W* - Q) H, of kept inputs; z = r / diag H; p is the direction.
  std::vector<float> residual = layer.covarianceTimes(change);
  std::vector<double> errors = layer.rowErrors(change, residual);
  std::vector<float> scaled(residual.size()), direction(residual.size());
  std::vector<double> slope(rows), factor(rows);
  auto scaleResidual = [&] {
    for (const CentredMoments::Section &section : layer.moments.sections)
      for (int64_t i = 0; i < section.width; ++i)
        for (int64_t r = 0; r < rows; ++r) {
          int64_t at = (section.first + i) * rows + r;
          scaled[at] = residual[at] / section.covariance[i * section.width + i];
        }
  };
  for (auto [value, kept] : zip_equal(residual, layer.kept))
    value = kept ? -value : 0;
  scaleResidual();
  direction = scaled;
  slope = layer.rowErrors(residual, scaled);
  for (int round = 0; round < rounds; ++round) {
    std::vector<float> product = layer.covarianceTimes(direction);
    std::vector<double> curvature = layer.rowErrors(direction, product);
    for (int64_t r = 0; r < rows; ++r)
      factor[r] = curvature[r] > 0 ? slope[r] / curvature[r] : 0;
    for (int64_t i = 0; i < layer.inputs * rows; ++i) {
      if (!layer.kept[i])
        continue;
      layer.weights[i] += static_cast<float>(factor[i % rows] * direction[i]);
      residual[i] -= static_cast<float>(factor[i % rows] * product[i]);
    }
    scaleResidual();
    std::vector<double> next = layer.rowErrors(residual, scaled);
    for (int64_t r = 0; r < rows; ++r)
      factor[r] = slope[r] > 0 ? next[r] / slope[r] : 0;
    for (int64_t i = 0; i < layer.inputs * rows; ++i)
      direction[i] = static_cast<float>(scaled[i] + factor[i % rows] * direction[i]);
    slope = next;
  }
  keepBetterRows(layer, before, errors);
}

} // namespace nnq
