//===- PruningRounding.cpp - Rounding what is kept -----------------------===//

#include "MatrixProduct.h"
#include "PruningSteps.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cmath>

using namespace llvm;

namespace nnq {

//===----------------------------------------------------------------------===//
// Rows that share a mask
//===----------------------------------------------------------------------===//

Expected<RoundedRows> roundMasks(PrunedLayer &layer, int64_t maskRows, const RoundingGrid &grid,
                                 ArrayRef<float> minimumScales, int sweeps) {
  int64_t rows = layer.rows;
  RoundedRows result{std::vector<int8_t>(layer.weights.size(), grid.code(0)), {}};
  for (int64_t row = 0; row < rows; row += maskRows) {
    int64_t count = std::min(maskRows, rows - row);
    // The moments of what is kept, section by section, and where it comes from.
    CentredMoments moments;
    std::vector<int64_t> places;
    for (const CentredMoments::Section &section : layer.moments.sections) {
      std::vector<int64_t> kept = keptInputs(layer, section, row, count);
      if (kept.empty())
        continue;
      moments.sections.push_back({static_cast<int64_t>(places.size()),
                                  static_cast<int64_t>(kept.size()),
                                  momentsOf(section, kept),
                                  {}});
      for (int64_t i : kept)
        places.push_back(section.first + i);
    }
    auto n = static_cast<int64_t>(places.size());
    if (n == 0) {
      llvm::append_range(result.scales, minimumScales.slice(row, count));
      continue;
    }
    moments.expectedMean.resize(n);
    moments.foundMean.resize(n);
    std::vector<float> w;
    for (int64_t r = row; r < row + count; ++r)
      for (int64_t place : places)
        w.push_back(layer.weights[place * rows + r]);
    LayerRounding rounding(w, count, std::move(moments), grid, {n, n},
                           minimumScales.slice(row, count));
    rounding.chooseScales();
    if (!grid.coversAll()) {
      if (Error error = rounding.roundSecondOrder())
        return error;
      rounding.descendCoordinates(sweeps);
    }
    std::vector<int8_t> codes = rounding.codes();
    std::vector<float> scales = rounding.scales();
    for (int64_t r = 0; r < count; ++r)
      for (int64_t i = 0; i < n; ++i) {
        int64_t at = places[i] * rows + row + r;
        result.codes[at] = codes[r * n + i];
        layer.weights[at] = grid.level(codes[r * n + i]) * scales[r];
      }
    llvm::append_range(result.scales, scales);
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Rows with masks of their own
//===----------------------------------------------------------------------===//

namespace {
/// As LayerRounding's descent, with one scale for each row and zeros that stay.
class MaskedDescent {
public:
  MaskedDescent(PrunedLayer &layer, const RoundingGrid &grid, ArrayRef<float> minimumScales,
                std::vector<float> levels, std::vector<float> scales)
      : layer(layer), grid(grid), minimum(minimumScales), levels(std::move(levels)),
        scales(std::move(scales)) {}

  void run(int sweeps) {
    std::vector<float> active(layer.rows, 1.0f);
    setWeights();
    std::vector<float> change = layer.difference();
    gradient = layer.covarianceTimes(change);
    std::vector<double> errors = layer.rowErrors(change, gradient);
    for (int i = 0; i < sweeps && llvm::is_contained(active, 1.0f); ++i) {
      std::vector<float> levelsBefore = levels, scalesBefore = scales;
      for (const CentredMoments::Section &section : layer.moments.sections)
        sweep(section, active);
      refitScales(active);
      setWeights();
      std::vector<double> errorsAfter = layer.rowErrors(layer.difference(), gradient);
      for (int64_t r = 0; r < layer.rows; ++r) {
        if (errorsAfter[r] < errors[r]) {
          errors[r] = errorsAfter[r];
          continue;
        }
        active[r] = 0;
        scales[r] = scalesBefore[r];
        for (int64_t at = r; at < layer.inputs * layer.rows; at += layer.rows)
          levels[at] = levelsBefore[at];
      }
    }
    setWeights();
  }

  RoundedRows result() const {
    RoundedRows result{{}, scales};
    for (float level : levels)
      result.codes.push_back(grid.code(level));
    return result;
  }

private:
  static constexpr int64_t stepInputs = 128;

  void setWeights() {
    for (size_t i = 0; i < levels.size(); ++i)
      layer.weights[i] = levels[i] * scales[i % layer.rows];
  }

  /// Moves each kept weight of the active rows (1; others 0) once.
  void sweep(const CentredMoments::Section &section, ArrayRef<float> active) {
    int64_t rows = layer.rows, width = section.width;
    const float *h = section.covariance.data();
    float *slopes = gradient.data() + section.first * rows;
    std::vector<float> moves(stepInputs * rows), rounded(rows);
    for (int64_t first = 0; first < width; first += stepInputs) {
      int64_t end = std::min(first + stepInputs, width);
      for (int64_t j = first; j < end; ++j) {
        float *move = moves.data() + (j - first) * rows;
        float *level = levels.data() + (section.first + j) * rows;
        const uint8_t *kept = layer.kept.data() + (section.first + j) * rows;
        for (int64_t r = 0; r < rows; ++r)
          rounded[r] = level[r] - slopes[j * rows + r] / (h[j * width + j] * scales[r]);
        grid.round(rounded);
        for (int64_t r = 0; r < rows; ++r) {
          float next = active[r] != 0 && kept[r] ? rounded[r] : level[r];
          move[r] = (next - level[r]) * scales[r];
          level[r] = next;
        }
        for (int64_t k = first; k < end; ++k)
          for (int64_t r = 0; r < rows; ++r)
            slopes[k * rows + r] += h[j * width + k] * move[r];
      }
      auto tell = [&](int64_t from, int64_t to) {
        addProduct<float>(to - from, rows, end - first, {h + from * width + first, width, 1},
                          moves.data(), rows, slopes + from * rows, rows);
      };
      tell(0, first);
      tell(end, width);
    }
  }

  /// Moves the scale of each active row to the least error.
  void refitScales(ArrayRef<float> active) {
    std::vector<float> product = layer.covarianceTimes(levels), step(layer.rows);
    std::vector<double> slope = layer.rowErrors(levels, gradient);
    std::vector<double> curvature = layer.rowErrors(levels, product);
    for (int64_t r = 0; r < layer.rows; ++r) {
      auto best = static_cast<float>(scales[r] - slope[r] / curvature[r]);
      if (active[r] == 0 || !(curvature[r] > 0) || !(best > 0))
        continue;
      float next = std::max(best, minimum[r]);
      // The error is a parabola around the best: a scale that is no nearer to it is no better.
      if (std::fabs(next - best) >= std::fabs(scales[r] - best))
        continue;
      step[r] = next - scales[r];
      scales[r] = next;
    }
    for (size_t i = 0; i < gradient.size(); ++i)
      gradient[i] += step[i % layer.rows] * product[i];
  }

  PrunedLayer &layer;
  const RoundingGrid &grid;
  ArrayRef<float> minimum;
  std::vector<float> levels, scales;
  /// H (Q - W*).
  std::vector<float> gradient;
};
} // namespace

RoundedRows roundRows(PrunedLayer &layer, const RoundingGrid &grid, ArrayRef<float> minimumScales,
                      int sweeps) {
  int64_t rows = layer.rows, inputs = layer.inputs;
  LayerRounding nearest(transposed<float>(layer.weights, inputs, rows), rows, layer.moments, grid,
                        {inputs, inputs}, minimumScales);
  nearest.chooseScales();
  std::vector<float> levels;
  for (int8_t code : transposed<int8_t>(nearest.codes(), rows, inputs))
    levels.push_back(grid.level(code));
  MaskedDescent descent(layer, grid, minimumScales, std::move(levels), nearest.scales());
  descent.run(grid.coversAll() ? 0 : sweeps);
  return descent.result();
}

} // namespace nnq
