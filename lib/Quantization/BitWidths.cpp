//===- BitWidths.cpp - The width of each layer, by integer program --------===//

#include "nnq/Quantization/BitWidths.h"

#include "MultipleChoice.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

using namespace llvm;

namespace nnq {

//===----------------------------------------------------------------------===//
// Names and numbers
//===----------------------------------------------------------------------===//

/// Adds what stands behind the '-' of `text`.
static Expected<LayerWidth> addPattern(LayerWidth width, StringRef pattern, StringRef text) {
  Expected<PruningPattern> parsed = PruningPattern::parse(pattern);
  if (!parsed)
    return createStringError("width '" + text + "': " + toString(parsed.takeError()));
  if (width.isFloat || !width.weights.isUniform() || width.weightBlock)
    return createStringError("width '" + text + "': only integers with a scale per channel are " +
                             "pruned, such as w8a8-" + parsed->str());
  width.pattern = *parsed;
  return width;
}

Expected<LayerWidth> LayerWidth::parse(StringRef text) {
  LayerWidth width;
  StringRef rest = text;
  if (rest.consume_front("float")) {
    width.isFloat = true;
    if (rest.empty())
      return width;
    if (rest.consume_front("-"))
      return addPattern(width, rest, text);
  }
  Expected<WeightFormat> weights = WeightFormat::consume(rest);
  if (!weights && text.starts_with("codebook("))
    return createStringError("width '" + text + "': " + toString(weights.takeError()));
  if (weights) {
    width.weights = *weights;
    if (rest.consume_front("a") && !rest.consumeInteger(10, width.activationBits) &&
        (!rest.consume_front("b") || !rest.consumeInteger(10, width.weightBlock)) &&
        (width.activationBits == 8 || width.activationBits == 16) &&
        width.str() == text.drop_back(rest.size())) {
      if (rest.empty())
        return width;
      if (rest.consume_front("-"))
        return addPattern(width, rest, text);
    }
  } else {
    consumeError(weights.takeError());
  }
  return createStringError("width '" + text +
                           "' is neither float nor a format of weights, 'a' and the bits of " +
                           "activations, 8 or 16, such as w4a8, nf4a8, w4a8b32 in blocks of 32, or "
                           "w8a8-4:8 with zeros " +
                           "in a pattern; formats are " + describeWeightFormats());
}

std::string LayerWidth::str() const {
  if (isFloat)
    return "float";
  std::string text = weights.str() + "a" + std::to_string(activationBits);
  if (weightBlock)
    text += "b" + std::to_string(weightBlock);
  return pattern ? text + "-" + pattern->str() : text;
}

LayerWidth LayerWidth::dense() const {
  LayerWidth width = *this;
  width.pattern.reset();
  return width;
}

StringRef getName(WidthCost cost) {
  switch (cost) {
  case WidthCost::Bytes:
    return "bytes";
  case WidthCost::Bops:
    return "bops";
  case WidthCost::Time:
    return "time";
  }
  llvm_unreachable("all costs are covered");
}

Expected<WidthCost> parseWidthCost(StringRef name) {
  for (WidthCost cost : allWidthCosts)
    if (getName(cost) == name)
      return cost;
  return createStringError("cost '" + name + "' is none of bytes, bops, time");
}

StringRef getName(WidthMetric metric) {
  switch (metric) {
  case WidthMetric::Sqnr:
    return "sqnr";
  case WidthMetric::Kl:
    return "kl";
  case WidthMetric::Agreement:
    return "agreement";
  }
  llvm_unreachable("all metrics are covered");
}

StringRef getLossName(WidthMetric metric) {
  switch (metric) {
  case WidthMetric::Sqnr:
    return "noise";
  case WidthMetric::Kl:
    return "kl";
  case WidthMetric::Agreement:
    return "disagreement";
  }
  llvm_unreachable("all metrics are covered");
}

Expected<WidthMetric> parseWidthMetric(StringRef name) {
  for (WidthMetric metric : allWidthMetrics)
    if (getName(metric) == name)
      return metric;
  return createStringError("metric '" + name + "' is none of sqnr, kl, agreement");
}

/// Times count in picoseconds.
static constexpr double timeUnits = 1e6;
/// Losses count in units of 2^-50.
static constexpr int lossBits = 50;
static constexpr double greatestLoss = 1 << 16;
static constexpr int64_t greatestCost = int64_t(1) << 52;

static int64_t costOf(const WidthCandidate &candidate, WidthCost cost) {
  switch (cost) {
  case WidthCost::Bytes:
    return candidate.bytes;
  case WidthCost::Bops:
    return candidate.bops;
  case WidthCost::Time:
    return std::llrint(candidate.time * timeUnits);
  }
  llvm_unreachable("all costs are covered");
}

/// What a candidate adds to the sum that a metric makes least; nullopt where that was not measured.
static std::optional<double> findLoss(const WidthCandidate &candidate, WidthMetric metric) {
  switch (metric) {
  case WidthMetric::Sqnr:
    return candidate.noise;
  case WidthMetric::Kl:
    return candidate.kl;
  case WidthMetric::Agreement:
    return candidate.agreement ? std::optional(1 - *candidate.agreement) : std::nullopt;
  }
  llvm_unreachable("all metrics are covered");
}

/// In whole units, of a candidate that has been verified.
static Int128 lossOf(const WidthCandidate &candidate, WidthMetric metric) {
  return static_cast<Int128>(std::nearbyint(std::ldexp(*findLoss(candidate, metric), lossBits)));
}

/// A number of units of a cost, for messages.
static std::string describe(WidthCost cost, int64_t units) {
  if (cost != WidthCost::Time)
    return std::to_string(units) + " " + getName(cost).str();
  std::string text;
  raw_string_ostream(text) << format("%.12g", static_cast<double>(units) / timeUnits)
                           << " microseconds";
  return text;
}

//===----------------------------------------------------------------------===//
// Budgets
//===----------------------------------------------------------------------===//

/// What the network costs with all layers w8a8.
static Expected<int64_t> baseCost(ArrayRef<LayerSensitivity> layers, WidthCost cost) {
  int64_t total = 0;
  for (const LayerSensitivity &layer : layers) {
    auto base = llvm::find_if(layer.candidates,
                              [](const WidthCandidate &c) { return c.width == LayerWidth(); });
    if (base == layer.candidates.end())
      return createStringError("layer '" + layer.name + "' has no candidate w8a8, of which a " +
                               "budget could be a percentage");
    total += costOf(*base, cost);
  }
  return total;
}

/// A budget in units of the cost.
static Expected<int64_t> parseBudget(StringRef text, WidthCost cost,
                                     ArrayRef<LayerSensitivity> layers) {
  StringRef digits = text;
  bool isPercentage = digits.consume_back("%");
  int64_t integer = 0;
  if (!isPercentage && cost != WidthCost::Time && !digits.getAsInteger(10, integer) && integer >= 0)
    return integer;
  double number = 0;
  if (digits.getAsDouble(number) || !(number >= 0 && number < 1e15))
    return createStringError("budget of " + getName(cost) + " '" + text + "' is neither a number " +
                             "of at least 0 nor a percentage of w8a8 such as 75%");
  if (!isPercentage)
    return cost == WidthCost::Time ? std::llrint(std::min(number * timeUnits, 1e18))
                                   : static_cast<int64_t>(number);
  Expected<int64_t> base = baseCost(layers, cost);
  if (!base)
    return base.takeError();
  return static_cast<int64_t>(std::min(static_cast<double>(*base) * (number / 100), 1e18));
}

Expected<WidthBudgets> WidthBudgets::parse(std::array<StringRef, 3> texts,
                                           ArrayRef<LayerSensitivity> layers) {
  WidthBudgets budgets;
  for (auto [cost, text] : zip(allWidthCosts, texts)) {
    if (text.empty())
      continue;
    Expected<int64_t> units = parseBudget(text, cost, layers);
    if (!units)
      return units.takeError();
    if (cost == WidthCost::Bytes)
      budgets.bytes = *units;
    else if (cost == WidthCost::Bops)
      budgets.bops = *units;
    else
      budgets.time = static_cast<double>(*units) / timeUnits;
  }
  return budgets;
}

//===----------------------------------------------------------------------===//
// The integer program
//===----------------------------------------------------------------------===//

using Choice = std::vector<unsigned>;

static Error verify(ArrayRef<LayerSensitivity> layers, WidthMetric metric) {
  double losses = 0;
  std::array<double, 3> totals = {};
  for (const LayerSensitivity &layer : layers) {
    if (layer.candidates.empty())
      return createStringError("layer '" + layer.name + "' has no candidates");
    double greatestOfLayer = 0;
    std::array<double, 3> greatest = {};
    for (const WidthCandidate &candidate : layer.candidates) {
      auto fail = [&](const Twine &what) {
        return createStringError("layer '" + layer.name + "', " + candidate.width.str() + ": " +
                                 what);
      };
      std::optional<double> loss = findLoss(candidate, metric);
      if (!loss)
        return fail("has no \"" + getName(metric) + "\" to choose by, as where the network's " +
                    "first output is no row of classes; choose by sqnr");
      if (!std::isfinite(*loss))
        return fail("its " + getLossName(metric) + " is not finite");
      if (candidate.bytes < 0 || candidate.bops < 0 || !(candidate.time >= 0))
        return fail("a cost is negative or no number");
      greatestOfLayer = std::max(greatestOfLayer, std::abs(*loss));
      std::array<double, 3> costs = {static_cast<double>(candidate.bytes),
                                     static_cast<double>(candidate.bops),
                                     candidate.time * timeUnits};
      for (auto [total, cost] : zip(greatest, costs))
        total = std::max(total, cost);
    }
    losses += greatestOfLayer;
    for (auto [total, cost] : zip(totals, greatest))
      total += cost;
  }
  if (losses > greatestLoss)
    return createStringError("the " + getLossName(metric) + " of all layers adds up to more than " +
                             "65536; leave out candidates that the network fails with");
  for (auto [cost, total] : zip(allWidthCosts, totals))
    if (total > static_cast<double>(greatestCost))
      return createStringError("the " + getName(cost) + " of all layers add up to more than " +
                               describe(cost, greatestCost));
  return Error::success();
}

static void setLimit(MultipleChoiceProblem &problem, WidthCost cost, std::optional<int64_t> limit) {
  problem.limits[static_cast<unsigned>(cost)] = limit;
}

/// The costs, without limits and values.
static MultipleChoiceProblem makeProblem(ArrayRef<LayerSensitivity> layers) {
  MultipleChoiceProblem problem;
  for (const LayerSensitivity &layer : layers) {
    auto &menu = problem.menus.emplace_back();
    for (const WidthCandidate &candidate : layer.candidates)
      menu.push_back({0,
                      {costOf(candidate, WidthCost::Bytes), costOf(candidate, WidthCost::Bops),
                       costOf(candidate, WidthCost::Time)}});
  }
  return problem;
}

/// The value is the loss, and the cost `second` where losses are equal: sums of it stay below one
/// unit of loss.
static void setValues(MultipleChoiceProblem &problem, ArrayRef<LayerSensitivity> layers,
                      WidthMetric metric, WidthCost second) {
  for (auto [menu, layer] : zip(problem.menus, layers))
    for (auto [option, candidate] : zip(menu, layer.candidates))
      option.value = lossOf(candidate, metric) * (2 * Int128(greatestCost)) +
                     option.costs[static_cast<unsigned>(second)];
}

static int64_t total(const MultipleChoiceProblem &problem, const Choice &choice, WidthCost cost) {
  int64_t sum = 0;
  for (auto [menu, index] : zip(problem.menus, choice))
    sum += menu[index].costs[static_cast<unsigned>(cost)];
  return sum;
}

/// The least of `cost` within the other limits; nullopt if these can't be kept.
static std::optional<int64_t> leastCost(MultipleChoiceProblem problem, WidthCost cost) {
  setLimit(problem, cost, std::nullopt);
  for (auto &menu : problem.menus)
    for (auto &option : menu)
      option.value = option.costs[static_cast<unsigned>(cost)];
  std::optional<Choice> choice = solveMultipleChoice(problem);
  return choice ? std::optional(total(problem, *choice, cost)) : std::nullopt;
}

static Error explainInfeasible(const MultipleChoiceProblem &problem) {
  std::string alone, together;
  for (WidthCost cost : allWidthCosts) {
    std::optional<int64_t> limit = problem.limits[static_cast<unsigned>(cost)];
    if (!limit)
      continue;
    MultipleChoiceProblem unlimited = problem;
    unlimited.limits = {};
    int64_t least = *leastCost(std::move(unlimited), cost);
    if (least > *limit)
      alone += (alone.empty() ? "" : "; ") + ("the budget of " + describe(cost, *limit)) +
               " can't be met: these candidates need at least " + describe(cost, least);
    if (std::optional<int64_t> within = leastCost(problem, cost))
      together += (together.empty() ? "" : ", ") + describe(cost, *within) + " in place of " +
                  describe(cost, *limit);
  }
  if (!alone.empty())
    return createStringError(alone);
  if (together.empty())
    return createStringError("the budgets can't be met together, nor can any two of them");
  return createStringError("the budgets can't be met together; the least of each within the "
                           "others: " +
                           together);
}

static BitWidthChoice describeChoice(ArrayRef<LayerSensitivity> layers, const Choice &choice,
                                     const WidthBudgets &budgets, WidthMetric metric) {
  BitWidthChoice result;
  result.budgets = budgets;
  result.metric = metric;
  Int128 loss = 0;
  int64_t time = 0;
  for (auto [layer, index] : zip(layers, choice)) {
    const WidthCandidate &candidate = layer.candidates[index];
    result.layers.emplace_back(layer.name, candidate.width);
    loss += lossOf(candidate, metric);
    result.totals.bytes += candidate.bytes;
    result.totals.bops += candidate.bops;
    time += costOf(candidate, WidthCost::Time);
  }
  result.totals.loss = std::ldexp(static_cast<double>(loss), -lossBits);
  result.totals.time = static_cast<double>(time) / timeUnits;
  return result;
}

Expected<BitWidthChoice> chooseBitWidths(ArrayRef<LayerSensitivity> layers,
                                         const WidthBudgets &budgets, WidthMetric metric) {
  if (Error error = verify(layers, metric))
    return std::move(error);
  MultipleChoiceProblem problem = makeProblem(layers);
  setValues(problem, layers, metric, WidthCost::Bytes);
  setLimit(problem, WidthCost::Bytes, budgets.bytes);
  setLimit(problem, WidthCost::Bops, budgets.bops);
  if (budgets.time)
    setLimit(problem, WidthCost::Time, std::llrint(std::min(*budgets.time * timeUnits, 1e18)));
  std::optional<Choice> choice = solveMultipleChoice(problem);
  if (!choice)
    return explainInfeasible(problem);
  return describeChoice(layers, *choice, budgets, metric);
}

Expected<std::vector<BitWidthChoice>> paretoFront(ArrayRef<LayerSensitivity> layers, WidthCost cost,
                                                  unsigned points, WidthMetric metric) {
  if (points < 2)
    return createStringError("a front has at least 2 points, not " + Twine(points));
  if (Error error = verify(layers, metric))
    return std::move(error);
  MultipleChoiceProblem problem = makeProblem(layers);
  setValues(problem, layers, metric, cost);
  // From the most accurate down: a choice is the best one for all budgets down to what it costs.
  std::vector<BitWidthChoice> front;
  int64_t cheapest = *leastCost(problem, cost), last = 0, first = 0;
  for (unsigned point = points; point-- > 0;) {
    std::optional<int64_t> budget;
    if (!front.empty()) {
      budget =
          cheapest + static_cast<int64_t>(Int128(first - cheapest) * point / Int128(points - 1));
      if (last <= *budget)
        continue;
    }
    setLimit(problem, cost, budget);
    std::optional<Choice> choice = solveMultipleChoice(problem);
    last = total(problem, *choice, cost);
    if (front.empty())
      first = last;
    WidthBudgets budgets;
    int64_t units = budget.value_or(last);
    if (cost == WidthCost::Bytes)
      budgets.bytes = units;
    else if (cost == WidthCost::Bops)
      budgets.bops = units;
    else
      budgets.time = static_cast<double>(units) / timeUnits;
    front.push_back(describeChoice(layers, *choice, budgets, metric));
  }
  std::reverse(front.begin(), front.end());
  return front;
}

} // namespace nnq
