//===- RoundWeights.cpp - The recipe for the weights of a layer ----------===//

#include "nnq/Quantization/QuantParams.h"
#include "nnq/Quantization/Rounding.h"
#include "nnq/Quantization/WeightQuantizer.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"
#include <cinttypes>
#include <cmath>

using namespace llvm;

namespace nnq {

/// The blocks of a row of `rowSize` weights.
static ScaleBlocks blocksOf(const RoundingOptions &options, int64_t rowSize) {
  if (options.blockSize == 0)
    return {rowSize, rowSize};
  return {options.channels ? options.channels : rowSize, options.blockSize};
}

static Error checkOptions(const RoundingOptions &options, int64_t rows, int64_t rowSize) {
  if (options.channels < 0 || (options.channels > 0 && rowSize % options.channels != 0))
    return createStringError("%" PRId64 " channels do not divide rows of %" PRId64 " weights",
                             options.channels, rowSize);
  if (options.blockSize < 0 ||
      (options.blockSize > 0 && blocksOf(options, rowSize).channels % options.blockSize != 0))
    return createStringError("blocks of %" PRId64 " do not divide %" PRId64 " channels",
                             options.blockSize, blocksOf(options, rowSize).channels);
  if (!std::isfinite(options.refit) || options.refit < 0)
    return createStringError("refit by %.9g, not a finite number of at least 0", options.refit);
  if (!std::isfinite(options.damping) || options.damping <= 0)
    return createStringError("damping by %.9g, not a positive, finite number", options.damping);
  if (options.sweeps < 0)
    return createStringError("%d sweeps, not at least 0", options.sweeps);
  if (!options.minimumScales.empty() && options.minimumScales.size() != static_cast<size_t>(rows))
    return createStringError("%zu minimum scales for %" PRId64 " rows",
                             options.minimumScales.size(), rows);
  for (float scale : options.minimumScales)
    if (!std::isfinite(scale) || scale <= 0)
      return createStringError("minimum scale %.9g is not a positive, finite number",
                               double(scale));
  return Error::success();
}

Expected<RoundedWeights> roundWeights(ArrayRef<float> w, int64_t rows, const InputMoments &moments,
                                      const RoundingOptions &options) {
  Expected<int64_t> groupCount = moments.groupsOf(w.size(), rows);
  if (!groupCount)
    return groupCount.takeError();
  int64_t groups = *groupCount, rowSize = static_cast<int64_t>(w.size()) / rows;
  for (size_t i = 0; i < w.size(); ++i)
    if (!std::isfinite(w[i]))
      return createStringError("weight %zu is %.9g, not a finite number", i, double(w[i]));
  if (Error error = checkOptions(options, rows, rowSize))
    return error;
  Expected<RoundingGrid> grid = options.codebook.empty() ? RoundingGrid::uniform(options.bits)
                                                         : RoundingGrid::codebook(options.codebook);
  if (!grid)
    return grid.takeError();

  RoundedWeights result;
  result.steps.push_back({"nearest", 0});
  if (options.secondOrder)
    result.steps.push_back({"second order", 0});
  if (options.sweeps > 0)
    result.steps.push_back({"coordinate descent", 0});
  std::vector<float> minimumScales = options.minimumScales;
  minimumScales.resize(rows, minimumScale);
  double energy = 0;
  int64_t groupRows = rows / groups;
  int64_t widest = std::min(moments.sectionWidth(), moments.inputs());
  bool isFewColumns = moments.columns() < 2 * widest;

  for (int64_t g = 0; g < groups; ++g) {
    LayerRounding rounding(
        w.slice(g * groupRows * rowSize, groupRows * rowSize), groupRows,
        groups == 1 ? moments.centred() : moments.centred(g, 1), *grid, blocksOf(options, rowSize),
        ArrayRef<float>(minimumScales).slice(g * groupRows, groupRows), options.sharedUnits);
    if (options.refit > 0 && !isFewColumns)
      if (Error error = rounding.refitTarget(options.refit))
        return error;
    rounding.dampen(isFewColumns ? 10 * options.damping : options.damping);
    energy += rounding.energy();
    result.refitGain += rounding.refitGain();
    auto step = result.steps.begin();
    rounding.chooseScales();
    step++->error += rounding.error();
    if (options.secondOrder) {
      if (Error error = rounding.roundSecondOrder())
        return error;
      step++->error += rounding.error();
    }
    if (options.sweeps > 0) {
      rounding.descendCoordinates(options.sweeps);
      step->error += rounding.error();
    }
    llvm::append_range(result.codes, rounding.codes());
    llvm::append_range(result.scales, rounding.scales());
    llvm::append_range(result.biasShift, rounding.biasShift());
  }
  if (energy > 0) {
    result.refitGain /= energy;
    for (RoundedWeights::Step &step : result.steps)
      step.error /= energy;
  }
  return result;
}

} // namespace nnq
