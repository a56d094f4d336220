//===- Rounding.cpp - Rounding with regard to the inputs -----------------===//

#include "nnq/Quantization/Rounding.h"
#include "Cholesky.h"
#include "MatrixProduct.h"
#include "nnq/Quantization/BlockScales.h"
#include "nnq/Quantization/QuantParams.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"
#include <algorithm>
#include <cassert>
#include <cinttypes>
#include <cmath>

using namespace llvm;

namespace nnq {

/// Inputs that are rounded one by one before a product tells all the others.
static constexpr int64_t stepInputs = 128;

//===----------------------------------------------------------------------===//
// Linear algebra
//===----------------------------------------------------------------------===//

/// to += factor * from.
static void addMultiple(float *to, float factor, const float *from, int64_t size) {
  for (int64_t i = 0; i < size; ++i)
    to[i] += factor * from[i];
}

/// out += H x for inputs [first, end) of x alone; both are inputs x rows.
static void addCovarianceTimes(const CentredMoments &moments, const float *x, int64_t rows,
                               int64_t first, int64_t end, float *out) {
  for (const CentredMoments::Section &section : moments.sections) {
    int64_t from = std::max(first, section.first),
            to = std::min(end, section.first + section.width);
    if (from < to)
      addProduct<float>(section.width, rows, to - from,
                        {section.covariance.data() + (from - section.first), section.width, 1},
                        x + from * rows, rows, out + section.first * rows, rows);
  }
}

static double dot(ArrayRef<float> a, ArrayRef<float> b) {
  double sum = 0;
  for (auto [x, y] : zip_equal(a, b))
    sum += double(x) * y;
  return sum;
}

static double meanDiagonal(const CentredMoments::Section &section) {
  double sum = 0;
  for (int64_t i = 0; i < section.width; ++i)
    sum += section.covariance[i * section.width + i];
  return sum / static_cast<double>(section.width);
}

static void addToDiagonal(MutableArrayRef<float> a, int64_t n, double value) {
  for (int64_t i = 0; i < n; ++i)
    a[i * n + i] += static_cast<float>(value);
}

//===----------------------------------------------------------------------===//
// LayerRounding
//===----------------------------------------------------------------------===//

LayerRounding::LayerRounding(ArrayRef<float> w, int64_t rows, CentredMoments statistics,
                             RoundingGrid grid, ScaleBlocks blocks, ArrayRef<float> minimumScales,
                             bool sharedUnits)
    : rows(rows), inputs(statistics.inputs()), blocks(blocks), sharedUnits(sharedUnits),
      moments(std::move(statistics)), grid(std::move(grid)), minimum(minimumScales),
      weights(transposed<float>(w, rows, inputs)), wanted(weights), levels(w.size()),
      scale(blocks.count() * rows, minimumScale) {
  assert(w.size() == static_cast<size_t>(rows * inputs));
  assert(inputs % blocks.channels == 0 && blocks.channels % blocks.size == 0);
  assert(minimumScales.size() == static_cast<size_t>(rows));
}

Error LayerRounding::refitTarget(double lambda) {
  for (const CentredMoments::Section &section : moments.sections) {
    double ridge = lambda * meanDiagonal(section);
    if (ridge == 0)
      continue; // Inputs that never vary: D is 0 as well.
    int64_t width = section.width;
    std::vector<float> factor = section.covariance;
    addToDiagonal(factor, width, ridge);
    if (!factorize(factor, width))
      return createStringError(
          "the inputs' second moments plus %.9g of their mean are not positive "
          "definite in f32; refit with a larger lambda",
          lambda);
    const float *w = weights.data() + section.first * rows;
    std::vector<float> change(width * rows);
    addProduct<float>(width, rows, width, {section.cross.data(), 1, width}, w, rows, change.data(),
                      rows);
    std::vector<float> product = change;
    solve(factor, width, change.data(), rows);
    // The error falls by 2 tr(W D change') - tr(change H change').
    gainOfRefit += 2 * dot(product, change);
    std::vector<float> curvature(change.size());
    addProduct<float>(width, rows, width, {section.covariance.data(), width, 1}, change.data(),
                      rows, curvature.data(), rows);
    gainOfRefit -= dot(curvature, change);
    for (int64_t i = 0; i < width * rows; ++i)
      wanted[section.first * rows + i] = w[i] + change[i];
  }
  return Error::success();
}

void LayerRounding::dampen(double share) {
  for (CentredMoments::Section &section : moments.sections) {
    double mean = meanDiagonal(section);
    addToDiagonal(section.covariance, section.width, mean > 0 ? share * mean : 1);
  }
}

std::vector<float> LayerRounding::covarianceTimes(ArrayRef<float> x, int64_t columns) const {
  std::vector<float> product(x.size());
  addCovarianceTimes(moments, x.data(), columns, 0, inputs, product.data());
  return product;
}

std::vector<float> LayerRounding::diagonal() const {
  std::vector<float> diagonal;
  for (const CentredMoments::Section &section : moments.sections)
    for (int64_t i = 0; i < section.width; ++i)
      diagonal.push_back(section.covariance[i * section.width + i]);
  return diagonal;
}

float LayerRounding::allowedScale(float wanted, int64_t row) const {
  float allowed = std::max({wanted, minimum[row], minimumScale});
  return units.empty() ? allowed : roundToMultiple(allowed, units[row]);
}

void LayerRounding::shareUnits() {
  for (int64_t r = 0; r < rows; ++r) {
    float greatest = 0;
    for (int64_t block = 0; block < blocks.count(); ++block)
      greatest = std::max(greatest, scale[block * rows + r]);
    units.push_back(unitOfScales(greatest));
    for (int64_t block = 0; block < blocks.count(); ++block)
      scale[block * rows + r] = roundToMultiple(scale[block * rows + r], units[r]);
  }
}

void LayerRounding::chooseScales() {
  constexpr int candidates = 60;
  // With two or three numbers it is best to clip many weights.
  double leastShare = grid.numbers().size() <= 3 ? 0.08 : 0.25;
  constexpr double greatestShare = 1.1;
  std::vector<float> importance = diagonal(), greatest(rows), tried(rows), rounded(rows);
  std::vector<double> errors(rows), least(rows);
  units.clear();
  for (int64_t block = 0; block < blocks.count(); ++block) {
    float *chosen = scale.data() + block * rows;
    llvm::fill(greatest, 0.0f);
    llvm::fill(least, INFINITY);
    blocks.forEachRun(block, inputs, [&](int64_t first, int64_t end) {
      for (int64_t i = first * rows; i < end * rows; ++i)
        greatest[i % rows] = std::max(greatest[i % rows], std::fabs(wanted[i]));
    });
    for (int candidate = 0; candidate < (grid.coversAll() ? 1 : candidates); ++candidate) {
      double share = grid.coversAll()
                         ? 1
                         : leastShare + (greatestShare - leastShare) * candidate / (candidates - 1);
      for (int64_t r = 0; r < rows; ++r)
        tried[r] = allowedScale(static_cast<float>(greatest[r] * share / grid.greatest()), r);
      llvm::fill(errors, 0);
      blocks.forEachRun(block, inputs, [&](int64_t first, int64_t end) {
        for (int64_t j = first; j < end; ++j) {
          const float *w = wanted.data() + j * rows;
          for (int64_t r = 0; r < rows; ++r)
            rounded[r] = w[r] / tried[r];
          grid.round(rounded);
          for (int64_t r = 0; r < rows; ++r) {
            float error = w[r] - rounded[r] * tried[r];
            errors[r] += importance[j] * error * error;
          }
        }
      });
      for (int64_t r = 0; r < rows; ++r)
        if (errors[r] < least[r]) {
          least[r] = errors[r];
          chosen[r] = tried[r];
        }
    }
  }
  if (sharedUnits)
    shareUnits();
  roundToNearest();
}

void LayerRounding::roundToNearest() {
  for (int64_t j = 0; j < inputs; ++j) {
    MutableArrayRef<float> level(levels.data() + j * rows, rows);
    for (int64_t r = 0; r < rows; ++r)
      level[r] = wanted[j * rows + r] / scalesOf(j)[r];
    grid.round(level);
  }
}

Error LayerRounding::roundSecondOrder() {
  std::vector<float> before = levels;
  std::vector<float> change = difference();
  std::vector<double> errorsBefore = rowErrors(change, covarianceTimes(change, rows));

  for (const CentredMoments::Section &section : moments.sections) {
    int64_t width = section.width;
    ArrayRef<float> h(section.covariance);
    // Ascending, since the last is rounded first; of equals the first in front.
    SmallVector<int64_t> order = llvm::to_vector(llvm::seq<int64_t>(0, width));
    llvm::sort(order, [&](int64_t i, int64_t j) {
      return std::make_pair(h[i * width + i], i) < std::make_pair(h[j * width + j], j);
    });
    std::vector<float> ordered(width * width);
    for (int64_t i = 0; i < width; ++i)
      for (int64_t j = i; j < width; ++j)
        ordered[i * width + j] = h[order[i] * width + order[j]];
    Expected<std::vector<float>> factorOrError = factorizeMoments(ordered, width);
    if (!factorOrError)
      return factorOrError.takeError();
    ArrayRef<float> factor(*factorOrError);

    // errors: W* - Q of the inputs that are rounded, later ones first; sums: (errors R')_i.
    std::vector<float> errors(width * rows), sums(stepInputs * rows);
    for (int64_t end = width; end > 0;) {
      int64_t first = (end - 1) / stepInputs * stepInputs;
      llvm::fill(sums, 0.0f);
      addProduct<float>(end - first, rows, width - end,
                        {factor.data() + first * width + end, width, 1}, errors.data() + end * rows,
                        rows, sums.data(), rows);
      for (int64_t i = end - 1; i >= first; --i) {
        int64_t input = section.first + order[i];
        const float *w = wanted.data() + input * rows, *s = scalesOf(input);
        const float *sum = sums.data() + (i - first) * rows;
        float pivot = factor[i * width + i];
        MutableArrayRef<float> level(levels.data() + input * rows, rows);
        for (int64_t r = 0; r < rows; ++r)
          level[r] = (w[r] + sum[r] / pivot) / s[r];
        grid.round(level);
        float *error = errors.data() + i * rows;
        for (int64_t r = 0; r < rows; ++r)
          error[r] = w[r] - level[r] * s[r];
        for (int64_t k = first; k < i; ++k)
          addMultiple(sums.data() + (k - first) * rows, factor[k * width + i], error, rows);
      }
      end = first;
    }
  }

  change = difference();
  std::vector<double> errorsAfter = rowErrors(change, covarianceTimes(change, rows));
  for (int64_t r = 0; r < rows; ++r)
    if (!(errorsAfter[r] < errorsBefore[r]))
      for (int64_t j = 0; j < inputs; ++j)
        levels[j * rows + r] = before[j * rows + r];
  return Error::success();
}

/// Moves each weight of the active rows (1; others 0) once; `gradient` is H (Q - W*) before and
/// after.
void LayerRounding::sweep(std::vector<float> &gradient, ArrayRef<float> active) {
  std::vector<float> moves(stepInputs * rows), rounded(rows);
  for (const CentredMoments::Section &section : moments.sections) {
    int64_t width = section.width;
    const float *h = section.covariance.data();
    float *sectionGradient = gradient.data() + section.first * rows;
    for (int64_t first = 0; first < width; first += stepInputs) {
      int64_t end = std::min(first + stepInputs, width);
      for (int64_t j = first; j < end; ++j) {
        float *move = moves.data() + (j - first) * rows;
        float *level = levels.data() + (section.first + j) * rows;
        const float *s = scalesOf(section.first + j), *slope = sectionGradient + j * rows;
        float curvature = h[j * width + j];
        for (int64_t r = 0; r < rows; ++r)
          rounded[r] = level[r] - slope[r] / (curvature * s[r]);
        grid.round(rounded);
        for (int64_t r = 0; r < rows; ++r) {
          float next = active[r] != 0 ? rounded[r] : level[r];
          move[r] = (next - level[r]) * s[r];
          level[r] = next;
        }
        for (int64_t k = first; k < end; ++k)
          addMultiple(sectionGradient + k * rows, h[j * width + k], move, rows);
      }
      auto tell = [&](int64_t from, int64_t to) {
        addProduct<float>(to - from, rows, end - first, {h + from * width + first, width, 1},
                          moves.data(), rows, sectionGradient + from * rows, rows);
      };
      tell(0, first);
      tell(end, width);
    }
  }
}

/// Moves each scale of the active rows to the least error; `gradient` as in `sweep`.
void LayerRounding::refitScales(std::vector<float> &gradient, ArrayRef<float> active) {
  std::vector<float> product(inputs * rows), step(rows);
  std::vector<double> slope(rows), curvature(rows);
  for (int64_t block = 0; block < blocks.count(); ++block) {
    llvm::fill(product, 0.0f);
    llvm::fill(slope, 0);
    llvm::fill(curvature, 0);
    blocks.forEachRun(block, inputs, [&](int64_t first, int64_t end) {
      addCovarianceTimes(moments, levels.data(), rows, first, end, product.data());
    });
    blocks.forEachRun(block, inputs, [&](int64_t first, int64_t end) {
      for (int64_t i = first * rows; i < end * rows; ++i) {
        slope[i % rows] += double(levels[i]) * gradient[i];
        curvature[i % rows] += double(levels[i]) * product[i];
      }
    });
    float *s = scale.data() + block * rows;
    for (int64_t r = 0; r < rows; ++r) {
      auto best = static_cast<float>(s[r] - slope[r] / curvature[r]);
      bool moves = active[r] != 0 && curvature[r] > 0 && best > 0;
      float next = moves ? allowedScale(best, r) : s[r];
      // The error is a parabola around the best: a scale that is no nearer to it is no better.
      if (std::fabs(next - best) >= std::fabs(s[r] - best))
        next = s[r];
      step[r] = next - s[r];
      s[r] = next;
    }
    for (int64_t j = 0; j < inputs; ++j)
      for (int64_t r = 0; r < rows; ++r)
        gradient[j * rows + r] += step[r] * product[j * rows + r];
  }
}

void LayerRounding::descendCoordinates(int sweeps) {
  std::vector<float> active(rows, 1.0f);
  std::vector<float> change = difference(), gradient = covarianceTimes(change, rows);
  std::vector<double> errors = rowErrors(change, gradient);
  for (int i = 0; i < sweeps && llvm::is_contained(active, 1.0f); ++i) {
    std::vector<float> levelsBefore = levels, scaleBefore = scale;
    sweep(gradient, active);
    refitScales(gradient, active);
    std::vector<double> errorsAfter = rowErrors(difference(), gradient);
    for (int64_t r = 0; r < rows; ++r) {
      if (errorsAfter[r] < errors[r]) {
        errors[r] = errorsAfter[r];
        continue;
      }
      active[r] = 0;
      for (int64_t j = 0; j < inputs; ++j)
        levels[j * rows + r] = levelsBefore[j * rows + r];
      for (int64_t b = 0; b < blocks.count(); ++b)
        scale[b * rows + r] = scaleBefore[b * rows + r];
    }
  }
}

std::vector<float> LayerRounding::quantized() const {
  std::vector<float> result(levels.size());
  for (int64_t j = 0; j < inputs; ++j)
    for (int64_t r = 0; r < rows; ++r)
      result[j * rows + r] = levels[j * rows + r] * scalesOf(j)[r];
  return result;
}

std::vector<float> LayerRounding::difference() const {
  std::vector<float> result = quantized();
  for (auto [value, target] : zip_equal(result, wanted))
    value -= target;
  return result;
}

std::vector<double> LayerRounding::rowErrors(ArrayRef<float> change,
                                             ArrayRef<float> gradient) const {
  std::vector<double> errors(rows);
  for (int64_t j = 0; j < inputs; ++j)
    for (int64_t r = 0; r < rows; ++r)
      errors[r] += double(change[j * rows + r]) * gradient[j * rows + r];
  return errors;
}

double LayerRounding::error() const {
  std::vector<float> change = difference();
  return dot(change, covarianceTimes(change, rows));
}

double LayerRounding::energy() const { return dot(weights, covarianceTimes(weights, rows)); }

std::vector<int8_t> LayerRounding::codes() const {
  std::vector<int8_t> codes;
  for (float level : levels)
    codes.push_back(grid.code(level));
  return transposed<int8_t>(codes, inputs, rows);
}

std::vector<float> LayerRounding::scales() const {
  return transposed<float>(scale, blocks.count(), rows);
}

std::vector<float> LayerRounding::target() const { return transposed<float>(wanted, inputs, rows); }

std::vector<float> LayerRounding::biasShift() const {
  std::vector<float> rounded = quantized();
  std::vector<double> shift(rows);
  for (int64_t j = 0; j < inputs; ++j)
    for (int64_t r = 0; r < rows; ++r)
      shift[r] += weights[j * rows + r] * moments.expectedMean[j] -
                  rounded[j * rows + r] * moments.foundMean[j];
  return std::vector<float>(shift.begin(), shift.end());
}

} // namespace nnq
