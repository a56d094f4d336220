//===- LearnCodebook.cpp - The codebook of a layer -----------------------===//

#include "nnq/Quantization/Codebook.h"
#include "nnq/Quantization/Rounding.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>

using namespace llvm;

namespace nnq {

//===----------------------------------------------------------------------===//
// By the weights and the diagonal of H
//===----------------------------------------------------------------------===//

/// Sums over the weights nearest to each number: of H_jj scale^2, and of that times w / scale.
struct LayerRounding::Centroids {
  explicit Centroids(size_t count) : weights(count), sums(count) {}

  std::vector<double> weights, sums;
};

std::vector<int8_t> LayerRounding::addCentroids(const RoundingGrid &numbers,
                                                Centroids &centroids) const {
  std::vector<float> importance = diagonal(), values(rows);
  std::vector<int8_t> codes(wanted.size());
  for (int64_t j = 0; j < inputs; ++j) {
    const float *w = wanted.data() + j * rows, *s = scalesOf(j);
    MutableArrayRef<int8_t> code(codes.data() + j * rows, rows);
    for (int64_t r = 0; r < rows; ++r)
      values[r] = w[r] / s[r];
    numbers.nearestCodes(values, code);
    for (int64_t r = 0; r < rows; ++r) {
      double weight = double(importance[j]) * s[r] * s[r];
      centroids.weights[code[r]] += weight;
      centroids.sums[code[r]] += weight * values[r];
    }
  }
  return codes;
}

void LayerRounding::refitScalesByDiagonal(const RoundingGrid &numbers, ArrayRef<int8_t> codes) {
  std::vector<float> importance = diagonal();
  std::vector<double> product(rows), square(rows);
  units.clear();
  for (int64_t block = 0; block < blocks.count(); ++block) {
    llvm::fill(product, 0);
    llvm::fill(square, 0);
    blocks.forEachRun(block, inputs, [&](int64_t first, int64_t end) {
      for (int64_t j = first; j < end; ++j)
        for (int64_t r = 0; r < rows; ++r) {
          double level = numbers.level(codes[j * rows + r]);
          product[r] += importance[j] * level * wanted[j * rows + r];
          square[r] += importance[j] * level * level;
        }
    });
    for (int64_t r = 0; r < rows; ++r)
      if (product[r] > 0)
        scale[block * rows + r] = allowedScale(static_cast<float>(product[r] / square[r]), r);
  }
}

void LayerRounding::learnCodebook(MutableArrayRef<LayerRounding> groups) {
  constexpr int choices = 3, passes = 8;
  RoundingGrid numbers = groups.front().grid;
  for (int choice = 0; choice < choices; ++choice) {
    for (LayerRounding &group : groups) {
      group.grid = numbers;
      group.chooseScales();
    }
    for (int pass = 0; pass < passes; ++pass) {
      std::vector<float> next = numbers.numbers();
      Centroids centroids(next.size());
      std::vector<std::vector<int8_t>> codes;
      for (const LayerRounding &group : groups)
        codes.push_back(group.addCentroids(numbers, centroids));
      for (auto [number, weight, sum] : zip_equal(next, centroids.weights, centroids.sums))
        if (weight > 0)
          number = static_cast<float>(sum / weight);
      // Weights may have no number above 0, or two that are one in f32: there it stays.
      if (Expected<RoundingGrid> moved = RoundingGrid::codebook(std::move(next)))
        numbers = std::move(*moved);
      else
        consumeError(moved.takeError());
      for (auto [group, code] : zip_equal(groups, codes))
        group.refitScalesByDiagonal(numbers, code);
    }
  }
  for (LayerRounding &group : groups) {
    group.grid = numbers;
    group.replaceNumbers(std::vector<double>(numbers.numbers().begin(), numbers.numbers().end()));
    group.roundToNearest();
  }
}

//===----------------------------------------------------------------------===//
// By the outputs
//===----------------------------------------------------------------------===//

/// Half the gradient of the error by the numbers of a codebook, and half its second derivatives
/// (row-major), the latter over some rows. What these are of all rows is the ratio of the sums of
/// H_jj scale^2.
struct LayerRounding::NormalEquations {
  explicit NormalEquations(size_t count) : slope(count), curvature(count * count) {}

  std::vector<double> slope, curvature;
  double all = 0, some = 0;
};

/// What a round may have to undo.
struct LayerRounding::Choice {
  RoundingGrid grid;
  std::vector<float> levels, scale, units;
};

void LayerRounding::restore(Choice choice) {
  grid = std::move(choice.grid);
  levels = std::move(choice.levels);
  scale = std::move(choice.scale);
  units = std::move(choice.units);
}

void LayerRounding::replaceNumbers(ArrayRef<double> numbers) {
  std::vector<int8_t> bytes = toLevels(numbers), codes(levels.size());
  grid.nearestCodes(levels, codes);
  grid = cantFail(RoundingGrid::codebook({bytes.begin(), bytes.end()}));
  for (auto [level, code] : zip_equal(levels, codes))
    level = grid.level(code);
  double factor = std::max(-numbers.front(), numbers.back()) / greatestLevel;
  units.clear();
  for (auto [i, s] : enumerate(scale))
    s = allowedScale(static_cast<float>(s * factor), static_cast<int64_t>(i) % rows);
  if (sharedUnits)
    shareUnits();
}

void LayerRounding::addSlope(NormalEquations &equations) const {
  std::vector<float> importance = diagonal(), gradient = covarianceTimes(difference(), rows);
  std::vector<int8_t> codes(levels.size());
  grid.nearestCodes(levels, codes);
  for (int64_t j = 0; j < inputs; ++j)
    for (int64_t r = 0; r < rows; ++r) {
      double s = scalesOf(j)[r];
      equations.slope[codes[j * rows + r]] += s * gradient[j * rows + r];
      equations.all += importance[j] * s * s;
    }
}

void LayerRounding::addCurvature(ArrayRef<int64_t> someRows, NormalEquations &equations) const {
  auto count = static_cast<int64_t>(grid.numbers().size());
  auto columns = static_cast<int64_t>(someRows.size()) * count;
  std::vector<float> importance = diagonal();
  // For each row and number: the scales of the weights that have it.
  std::vector<float> places(inputs * columns);
  auto forEachWeight = [&](auto visit) {
    for (int64_t j = 0; j < inputs; ++j)
      for (auto [i, row] : enumerate(someRows))
        visit(j, j * columns + i * count, grid.code(levels[j * rows + row]), scalesOf(j)[row]);
  };
  forEachWeight([&](int64_t j, int64_t first, int8_t code, float s) {
    places[first + code] = s;
    equations.some += double(importance[j]) * s * s;
  });
  std::vector<float> product = covarianceTimes(places, columns);
  forEachWeight([&](int64_t, int64_t first, int8_t code, float s) {
    for (int64_t k = 0; k < count; ++k)
      equations.curvature[code * count + k] += double(s) * product[first + k];
  });
}

/// Solves a x = b by elimination; a is symmetric and positive definite.
static std::vector<double> solve(std::vector<double> a, std::vector<double> b) {
  size_t n = b.size();
  for (size_t i = 0; i < n; ++i)
    for (size_t k = i + 1; k < n; ++k) {
      double factor = a[k * n + i] / a[i * n + i];
      for (size_t j = i; j < n; ++j)
        a[k * n + j] -= factor * a[i * n + j];
      b[k] -= factor * b[i];
    }
  for (size_t i = n; i-- > 0;) {
    for (size_t j = i + 1; j < n; ++j)
      b[i] -= a[i * n + j] * b[j];
    b[i] /= a[i * n + i];
  }
  return b;
}

/// The numbers c of the least error, which is the sum over rows of (s P c - W*) H (s P c - W*)', P
/// saying which number each weight has: a Newton step from those at hand, or as much of it as lets
/// them ascend. The gradient is one product of all rows with H; the second derivatives would be as
/// many as there are numbers, but a sample of rows tells them well enough.
std::vector<double> LayerRounding::fitNumbers(ArrayRef<LayerRounding> groups) {
  constexpr int64_t fewestRows = 32, fewestWeights = int64_t(1) << 17;
  // In units of the mean second derivative: for numbers that no weight has, and f32's errors.
  constexpr double damping = 1e-4;
  ArrayRef<float> start = groups.front().numbers();
  auto count = static_cast<int64_t>(start.size());
  NormalEquations equations(count);
  int64_t allRows = static_cast<int64_t>(groups.size()) * groups.front().rows, row = 0;
  int64_t enough = std::max(fewestRows, fewestWeights / groups.front().inputs);
  int64_t stride = std::max<int64_t>(1, allRows / enough);
  for (const LayerRounding &group : groups) {
    std::vector<int64_t> someRows;
    for (int64_t r = 0; r < group.rows; ++r)
      if (row++ % stride == 0)
        someRows.push_back(r);
    group.addSlope(equations);
    group.addCurvature(someRows, equations);
  }

  double mean = 0;
  for (double &value : equations.curvature)
    value *= equations.all / equations.some;
  for (int64_t k = 0; k < count; ++k)
    mean += equations.curvature[k * (count + 1)] / static_cast<double>(count);
  for (int64_t k = 0; k < count; ++k)
    equations.curvature[k * (count + 1)] += damping * mean;
  std::vector<double> step = solve(equations.curvature, equations.slope);

  // The distances to the next number, of the last one from 0, keep a tenth.
  double share = 1;
  for (int64_t k = 0; k < count; ++k) {
    double distance = k + 1 < count ? start[k + 1] - start[k] : start[k];
    double loss = k + 1 < count ? step[k + 1] - step[k] : step[k];
    if (loss > 0)
      share = std::min(share, 0.9 * distance / loss);
  }
  std::vector<double> numbers(start.begin(), start.end());
  for (auto [number, move] : zip_equal(numbers, step))
    number -= share * move;
  return numbers;
}

static double errorOf(ArrayRef<LayerRounding> groups) {
  double sum = 0;
  for (const LayerRounding &group : groups)
    sum += group.error();
  return sum;
}

void LayerRounding::refineCodebook(MutableArrayRef<LayerRounding> groups, int rounds) {
  for (int round = 0; round < rounds; ++round) {
    std::vector<double> numbers = fitNumbers(groups);
    std::vector<int8_t> bytes = toLevels(numbers);
    if (std::equal(bytes.begin(), bytes.end(), groups.front().numbers().begin()))
      return;
    double before = errorOf(groups);
    std::vector<Choice> choices;
    for (LayerRounding &group : groups) {
      choices.push_back({group.grid, group.levels, group.scale, group.units});
      group.replaceNumbers(numbers);
      group.descendCoordinates(1);
    }
    if (errorOf(groups) < before)
      continue;
    for (auto [group, choice] : zip_equal(groups, choices))
      group.restore(std::move(choice));
    return;
  }
}

} // namespace nnq
