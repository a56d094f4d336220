//===- Pruning.cpp - The recipe for pruned weights of a layer ------------===//

#include "nnq/Quantization/Pruning.h"
#include "PruningSteps.h"
#include "nnq/Quantization/QuantParams.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"
#include <algorithm>
#include <cinttypes>
#include <cmath>

using namespace llvm;

namespace nnq {

using Kind = PruningPattern::Kind;

static Error checkOptions(const PruningOptions &options, int64_t rows, int64_t rowSize) {
  if (options.channels < 0 || (options.channels > 0 && rowSize % options.channels != 0))
    return createStringError("%" PRId64 " channels do not divide rows of %" PRId64 " weights",
                             options.channels, rowSize);
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

static Error checkWeights(ArrayRef<float> w) {
  for (size_t i = 0; i < w.size(); ++i)
    if (!std::isfinite(w[i]))
      return createStringError("weight %zu is %.9g, not a finite number", i, double(w[i]));
  return Error::success();
}

/// Errors: options that do not go together, no mask for these weights, or one that does not fit the
/// pattern.
static Error checkPattern(const PruningOptions &options, const WeightShape &shape) {
  if (options.kept.empty())
    return options.pattern.checkSuits(shape);
  if (options.reorderRows)
    return createStringError("a given mask says which rows share it; leave the rows in place");
  Expected<WeightMask> mask = WeightMask::of(
      ArrayRef(reinterpret_cast<const int8_t *>(options.kept.data()), options.kept.size()), shape);
  if (!mask)
    return mask.takeError();
  return verifyPattern(*mask, options.pattern);
}

namespace {
/// The rows of one group of a convolution, or all of a layer.
struct GroupRows {
  std::vector<float> w, minimumScales;
  std::vector<uint8_t> kept;
  /// That of the group alone.
  WeightShape shape;
  /// Where they were among all.
  std::vector<int64_t> order;

  GroupRows(ArrayRef<float> allWeights, const WeightShape &all, const PruningOptions &options,
            int64_t group)
      : shape{all.groupRows(), all.taps, all.channels} {
    int64_t first = group * shape.rows, size = shape.rows * shape.inputs();
    w = allWeights.slice(group * size, size);
    if (!options.kept.empty())
      kept = ArrayRef<uint8_t>(options.kept).slice(group * size, size);
    minimumScales.assign(shape.rows, minimumScale);
    if (!options.minimumScales.empty())
      minimumScales = ArrayRef<float>(options.minimumScales).slice(first, shape.rows);
    llvm::append_range(order, llvm::seq(first, first + shape.rows));
  }

  /// Row i becomes row places[i].
  void reorder(ArrayRef<int64_t> places) {
    GroupRows before = *this;
    int64_t inputs = shape.inputs();
    for (auto [i, place] : enumerate(places)) {
      llvm::copy(ArrayRef<float>(before.w).slice(place * inputs, inputs), w.data() + i * inputs);
      minimumScales[i] = before.minimumScales[place];
      order[i] = before.order[place];
    }
  }
};
} // namespace

/// The damped moments and W*, of which Q is 0 yet.
static Expected<PrunedLayer> startLayer(const GroupRows &group, CentredMoments moments,
                                        const PruningOptions &options, const RoundingGrid &grid,
                                        bool isFewColumns, double &refitGain) {
  int64_t rows = group.shape.rows, inputs = group.shape.inputs();
  std::vector<float> target = group.w;
  if (options.refit > 0 && !isFewColumns) {
    LayerRounding rounding(group.w, rows, moments, grid, {inputs, inputs}, group.minimumScales);
    if (Error error = rounding.refitTarget(options.refit))
      return std::move(error);
    target = rounding.target();
    refitGain += rounding.refitGain();
  }
  PrunedLayer layer{
      std::move(moments), rows, inputs, transposed<float>(target, rows, inputs), {}, {}};
  layer.weights.resize(target.size());
  layer.kept.resize(target.size());
  layer.dampen(isFewColumns ? 10 * options.damping : options.damping);
  return layer;
}

/// Keeps what `kept` keeps in one row of those that share a mask, with weights of W*.
static void keepGiven(PrunedLayer &layer, const PruningPattern &pattern,
                      std::vector<uint8_t> kept) {
  int64_t rows = layer.rows, inputs = layer.inputs;
  // A row that is not removed as a whole is kept as a whole.
  int64_t unit = pattern.kind == Kind::Channels ? inputs : pattern.unit();
  for (int64_t first = 0; first < rows; first += pattern.maskRows())
    for (int64_t input = 0; input < inputs; input += unit) {
      int64_t end = std::min(first + pattern.maskRows(), rows);
      bool isKept = false;
      for (int64_t r = first; r < end; ++r)
        for (int64_t i = input; i < input + unit; ++i)
          isKept |= kept[r * inputs + i] != 0;
      for (int64_t i = input; i < input + unit; ++i)
        for (int64_t r = first; r < end; ++r) {
          int64_t at = i * rows + r;
          layer.kept[at] = isKept;
          layer.weights[at] = isKept ? layer.wanted[at] : 0;
        }
    }
}

static void reorderRows(GroupRows &group, PrunedLayer &layer, const PruningPattern &pattern) {
  std::vector<int64_t> order = orderRows(layer, pattern, pattern.windows(group.shape));
  group.reorder(order);
  std::vector<float> wanted = layer.wanted;
  for (int64_t i = 0; i < layer.inputs; ++i)
    for (int64_t r = 0; r < layer.rows; ++r)
      layer.wanted[i * layer.rows + r] = wanted[i * layer.rows + order[r]];
}

static Error prune(PrunedLayer &layer, const GroupRows &group, const PruningPattern &pattern) {
  if (!group.kept.empty())
    keepGiven(layer, pattern, group.kept);
  else if (pattern.kind == Kind::Channels)
    pruneRows(layer, pattern.removedRows(group.shape));
  else
    return pruneInOneSweep(layer, pattern, pattern.windows(group.shape));
  return Error::success();
}

/// Rows of one group, through all steps; adds errors to those of `result`, and rows to its rows.
static Error pruneGroup(const GroupRows &group, PrunedLayer &layer, const PruningOptions &options,
                        const RoundingGrid &grid, PrunedWeights &result) {
  constexpr int refitRounds = 25;
  const PruningPattern &pattern = options.pattern;
  bool isOwnMask = pattern.kind == Kind::NOfM;
  int64_t rows = layer.rows, inputs = layer.inputs;
  // Of whole rows, all others keep all inputs.
  int64_t maskRows = pattern.kind == Kind::Channels ? rows : pattern.maskRows();
  auto step = result.steps.begin();
  if (Error error = prune(layer, group, pattern))
    return error;
  step++->error += layer.error();
  if (options.refitKept) {
    if (isOwnMask)
      refitRows(layer, refitRounds);
    else if (pattern.kind != Kind::Channels)
      if (Error error = refitMasks(layer, maskRows))
        return error;
    step++->error += layer.error();
  }
  Expected<RoundedRows> rounded =
      isOwnMask ? roundRows(layer, grid, group.minimumScales, options.sweeps)
                : roundMasks(layer, maskRows, grid, group.minimumScales, options.sweeps);
  if (!rounded)
    return rounded.takeError();
  step->error += layer.error();

  llvm::append_range(result.codes, transposed<int8_t>(rounded->codes, inputs, rows));
  llvm::append_range(result.scales, rounded->scales);
  llvm::append_range(result.kept, transposed<uint8_t>(layer.kept, inputs, rows));
  llvm::append_range(result.order, group.order);
  for (int64_t r = 0; r < rows; ++r) {
    double shift = 0;
    for (int64_t i = 0; i < inputs; ++i)
      shift += group.w[r * inputs + i] * layer.moments.expectedMean[i] -
               layer.weights[i * rows + r] * layer.moments.foundMean[i];
    result.biasShift.push_back(static_cast<float>(shift));
  }
  return Error::success();
}

Expected<PrunedWeights> pruneWeights(ArrayRef<float> w, int64_t rows, const InputMoments &moments,
                                     const PruningOptions &options) {
  Expected<int64_t> groups = moments.groupsOf(w.size(), rows);
  if (!groups)
    return groups.takeError();
  int64_t rowSize = static_cast<int64_t>(w.size()) / rows;
  if (Error error = checkWeights(w))
    return error;
  if (Error error = checkOptions(options, rows, rowSize))
    return error;
  int64_t channels = options.channels ? options.channels : rowSize;
  WeightShape shape{rows, rowSize / channels, channels, *groups};
  if (Error error = checkPattern(options, shape))
    return error;
  Expected<RoundingGrid> grid = RoundingGrid::uniform(options.bits);
  if (!grid)
    return grid.takeError();

  PrunedWeights result;
  result.steps.push_back({"pruned", 0});
  if (options.refitKept)
    result.steps.push_back({"refit", 0});
  result.steps.push_back({"rounded", 0});
  int64_t widest = std::min(moments.sectionWidth(), moments.inputs());
  bool isFewColumns = moments.columns() < 2 * widest;
  double energy = 0;
  for (int64_t g = 0; g < *groups; ++g) {
    GroupRows group(w, shape, options, g);
    Expected<PrunedLayer> layer =
        startLayer(group, *groups == 1 ? moments.centred() : moments.centred(g, 1), options, *grid,
                   isFewColumns, result.refitGain);
    if (!layer)
      return layer.takeError();
    if (options.reorderRows && options.pattern.maskRows() > 1)
      reorderRows(group, *layer, options.pattern);
    energy += layer->energy(transposed<float>(group.w, shape.groupRows(), rowSize));
    if (Error error = pruneGroup(group, *layer, options, *grid, result))
      return error;
  }
  if (energy > 0) {
    result.refitGain /= energy;
    for (RoundedWeights::Step &step : result.steps)
      step.error /= energy;
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Without moments
//===----------------------------------------------------------------------===//

/// The places of the `count` greatest of `values`, of equals the first; in no order.
static ArrayRef<int64_t> findGreatest(ArrayRef<double> values, int64_t count,
                                      SmallVectorImpl<int64_t> &places) {
  places.clear();
  llvm::append_range(places, llvm::seq<int64_t>(0, static_cast<int64_t>(values.size())));
  std::nth_element(places.begin(), places.begin() + count, places.end(), [&](int64_t a, int64_t b) {
    return values[a] > values[b] || (values[a] == values[b] && a < b);
  });
  return ArrayRef(places).take_front(count);
}

/// Sums of squares of each unit of inputs, or of all of them, over rows [first, end).
static std::vector<double> squaresOf(ArrayRef<float> w, const WeightShape &shape, int64_t unit,
                                     int64_t first, int64_t end) {
  int64_t inputs = shape.inputs();
  std::vector<double> squares(inputs / unit);
  for (int64_t row = first; row < end; ++row)
    for (int64_t i = 0; i < inputs; ++i)
      squares[i / unit] += double(w[row * inputs + i]) * w[row * inputs + i];
  return squares;
}

/// Which weights have the greatest squares among those that a pattern chooses from, row-major.
static std::vector<uint8_t> keepGreatest(ArrayRef<float> w, const WeightShape &shape,
                                         const PruningPattern &pattern) {
  int64_t inputs = shape.inputs(), groupRows = shape.groupRows(), unit = pattern.unit();
  std::vector<PruningPattern::Window> windows = pattern.windows(shape);
  std::vector<uint8_t> kept(w.size());
  SmallVector<int64_t> places;
  for (int64_t group = 0; group < shape.rows; group += groupRows) {
    if (pattern.kind == Kind::Channels) {
      std::vector<double> squares;
      for (int64_t row = group; row < group + groupRows; ++row)
        squares.push_back(squaresOf(w, shape, inputs, row, row + 1).front());
      for (int64_t row : findGreatest(squares, groupRows - pattern.removedRows(shape), places))
        std::fill_n(kept.begin() + (group + row) * inputs, inputs, 1);
      continue;
    }
    for (int64_t first = group; first < group + groupRows; first += pattern.maskRows()) {
      int64_t end = std::min(first + pattern.maskRows(), group + groupRows);
      std::vector<double> squares = squaresOf(w, shape, unit, first, end);
      for (const PruningPattern::Window &window : windows) {
        int64_t from = window.first / unit, count = (window.end - window.first) / unit;
        for (int64_t place :
             findGreatest(ArrayRef<double>(squares).slice(from, count), window.kept, places))
          for (int64_t row = first; row < end; ++row)
            std::fill_n(kept.begin() + row * inputs + (from + place) * unit, unit, 1);
      }
    }
  }
  return kept;
}

Expected<PrunedWeights> pruneToNearest(ArrayRef<float> w, const WeightShape &shape,
                                       const PruningOptions &options) {
  if (Expected<WeightMask> mask = WeightMask::of(w, shape); !mask)
    return mask.takeError();
  if (Error error = checkWeights(w))
    return error;
  if (Error error = checkOptions(options, shape.rows, shape.inputs()))
    return error;
  if (Error error = checkPattern(options, shape))
    return error;
  PrunedWeights result;
  result.kept = options.kept.empty() ? keepGreatest(w, shape, options.pattern) : options.kept;
  std::vector<float> left(w);
  for (auto [weight, kept] : zip_equal(left, result.kept))
    weight = kept ? weight : 0;
  RoundingOptions rounding;
  rounding.bits = options.bits;
  rounding.minimumScales = options.minimumScales;
  Expected<RoundedWeights> rounded = roundToNearest(left, shape.rows, rounding);
  if (!rounded)
    return rounded.takeError();

  double energy = 0, pruned = 0, all = 0;
  for (size_t i = 0; i < w.size(); ++i) {
    float scale = rounded->scales[i / shape.inputs()];
    energy += double(w[i]) * w[i];
    pruned += std::pow(double(left[i]) - w[i], 2);
    all += std::pow(double(scale * static_cast<float>(rounded->codes[i])) - w[i], 2);
  }
  double unit = energy > 0 ? energy : 1;
  result.steps = {{"pruned", pruned / unit}, {"rounded", all / unit}};
  result.codes = std::move(rounded->codes);
  result.scales = std::move(rounded->scales);
  result.biasShift.assign(shape.rows, 0);
  llvm::append_range(result.order, llvm::seq<int64_t>(0, shape.rows));
  return result;
}

} // namespace nnq
