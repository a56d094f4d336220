//===- RoundWeights.cpp - The recipe for the weights of a layer ----------===//

#include "nnq/Quantization/Codebook.h"
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

static Expected<RoundingGrid> gridOf(const RoundingOptions &options) {
  if (options.learnCodebook && options.codebook.empty())
    return createStringError("no codebook to start learning from");
  if (options.ternary && !options.codebook.empty())
    return createStringError("weights are either ternary or of a codebook, not both");
  if (options.ternary)
    return RoundingGrid::ternary();
  if (options.codebook.empty())
    return RoundingGrid::uniform(options.bits);
  if (Error error = checkLevels(options.codebook))
    return error;
  return RoundingGrid::codebook({options.codebook.begin(), options.codebook.end()});
}

/// Chooses scales, codes and levels of the groups of a layer, and says what each step left.
static Error takeSteps(std::vector<LayerRounding> &groups, const RoundingOptions &options,
                       std::vector<RoundedWeights::Step> &steps) {
  constexpr int learningRounds = 3;
  bool learns = options.learnCodebook && options.codebook.size() > 2;
  auto finish = [&](StringLiteral name) {
    steps.push_back({name, 0});
    for (const LayerRounding &group : groups)
      steps.back().error += group.error();
  };
  if (learns)
    LayerRounding::learnCodebook(groups);
  else
    for (LayerRounding &group : groups)
      group.chooseScales();
  finish("nearest");
  if (options.secondOrder) {
    for (LayerRounding &group : groups)
      if (Error error = group.roundSecondOrder())
        return error;
    finish("second order");
  }
  if (options.sweeps == 0)
    return Error::success();
  for (LayerRounding &group : groups)
    group.descendCoordinates(options.sweeps);
  finish("coordinate descent");
  if (learns) {
    LayerRounding::refineCodebook(groups, learningRounds);
    finish("levels");
  }
  return Error::success();
}

static Error checkWeights(ArrayRef<float> w) {
  for (size_t i = 0; i < w.size(); ++i)
    if (!std::isfinite(w[i]))
      return createStringError("weight %zu is %.9g, not a finite number", i, double(w[i]));
  return Error::success();
}

/// Puts together what groups of rows have become.
static void collect(ArrayRef<LayerRounding> parts, const RoundingOptions &options,
                    RoundedWeights &result) {
  if (!options.codebook.empty())
    for (float level : parts.front().numbers())
      result.levels.push_back(static_cast<int8_t>(level));
  for (const LayerRounding &part : parts) {
    llvm::append_range(result.codes, part.codes());
    llvm::append_range(result.scales, part.scales());
    llvm::append_range(result.biasShift, part.biasShift());
  }
}

std::vector<int32_t> RoundedWeights::numbers(ArrayRef<int8_t> codes) const {
  std::vector<int32_t> numbers(codes.begin(), codes.end());
  if (!levels.empty())
    for (int32_t &number : numbers)
      number = levels[number];
  return numbers;
}

Expected<RoundedWeights> roundWeights(ArrayRef<float> w, int64_t rows, const InputMoments &moments,
                                      const RoundingOptions &options) {
  Expected<int64_t> groupCount = moments.groupsOf(w.size(), rows);
  if (!groupCount)
    return groupCount.takeError();
  int64_t groups = *groupCount, rowSize = static_cast<int64_t>(w.size()) / rows;
  if (Error error = checkWeights(w))
    return error;
  if (Error error = checkOptions(options, rows, rowSize))
    return error;
  Expected<RoundingGrid> grid = gridOf(options);
  if (!grid)
    return grid.takeError();

  std::vector<float> minimumScales = options.minimumScales;
  minimumScales.resize(rows, minimumScale);
  int64_t groupRows = rows / groups;
  int64_t widest = std::min(moments.sectionWidth(), moments.inputs());
  bool isFewColumns = moments.columns() < 2 * widest;
  RoundedWeights result;
  double energy = 0;
  std::vector<LayerRounding> parts;
  parts.reserve(groups);
  for (int64_t g = 0; g < groups; ++g) {
    LayerRounding &part = parts.emplace_back(
        w.slice(g * groupRows * rowSize, groupRows * rowSize), groupRows,
        groups == 1 ? moments.centred() : moments.centred(g, 1), *grid, blocksOf(options, rowSize),
        ArrayRef<float>(minimumScales).slice(g * groupRows, groupRows), options.sharedUnits);
    if (options.refit > 0 && !isFewColumns)
      if (Error error = part.refitTarget(options.refit))
        return error;
    part.dampen(isFewColumns ? 10 * options.damping : options.damping);
    energy += part.energy();
    result.refitGain += part.refitGain();
  }
  if (Error error = takeSteps(parts, options, result.steps))
    return error;
  collect(parts, options, result);
  if (energy > 0) {
    result.refitGain /= energy;
    for (RoundedWeights::Step &step : result.steps)
      step.error /= energy;
  }
  return result;
}

Expected<RoundedWeights> roundToNearest(ArrayRef<float> w, int64_t rows,
                                        const RoundingOptions &options) {
  if (rows <= 0 || w.empty() || w.size() % rows != 0)
    return createStringError("%zu weights are not %" PRId64 " rows", w.size(), rows);
  int64_t inputs = static_cast<int64_t>(w.size()) / rows;
  if (Error error = checkWeights(w))
    return error;
  if (Error error = checkOptions(options, rows, inputs))
    return error;
  Expected<RoundingGrid> grid = gridOf(options);
  if (!grid)
    return grid.takeError();
  CentredMoments moments;
  for (int64_t i = 0; i < inputs; ++i)
    moments.sections.push_back({i, 1, {1}, {0}});
  moments.expectedMean.assign(inputs, 0);
  moments.foundMean.assign(inputs, 0);
  moments.columns = 1;
  std::vector<float> minimumScales = options.minimumScales;
  minimumScales.resize(rows, minimumScale);
  std::vector<LayerRounding> parts;
  parts.emplace_back(w, rows, std::move(moments), *grid, blocksOf(options, inputs), minimumScales,
                     options.sharedUnits);
  if (options.learnCodebook)
    LayerRounding::learnCodebook(parts);
  else
    parts.front().chooseScales();
  RoundedWeights result;
  collect(parts, options, result);
  return result;
}

} // namespace nnq
