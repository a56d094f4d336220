//===- MultipleChoice.cpp - One option of each menu, within limits -------===//

#include "MultipleChoice.h"

#include "llvm/ADT/STLExtras.h"

#include <Cbc_C_Interface.h>
#include <Clp_C_Interface.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <mutex>
#include <tuple>

using namespace llvm;

namespace nnq {

using Choice = std::vector<unsigned>;

static constexpr unsigned maxCosts = MultipleChoiceProblem::maxCosts;
using Costs = std::array<int64_t, maxCosts>;

namespace {

struct Totals {
  Int128 value = 0;
  Costs costs = {};
};

struct Option : Totals {
  unsigned index = 0; ///< in the problem
};

/// The problem without what can't matter: costs and values count from the least of each menu, and
/// there are only limits that bind.
struct Core {
  std::vector<std::vector<Option>> menus;
  std::vector<int64_t> limits;
  Int128 leastValue = 0; ///< what the values of all menus count from
};

} // namespace

//===----------------------------------------------------------------------===//
// What can't matter
//===----------------------------------------------------------------------===//

/// True if no cost is above its limit.
template <typename T> static bool isWithin(const Costs &costs, const T &limits) {
  for (unsigned k = 0; k < limits.size(); ++k)
    if (costs[k] > limits[k])
      return false;
  return true;
}

/// True if `a` can take the place of `b` in every choice, and is the better one there.
static bool dominates(const Option &a, const Option &b) {
  if (!isWithin(a.costs, b.costs))
    return false;
  return a.value < b.value || (a.value == b.value && a.index < b.index);
}

static void dropDominated(std::vector<Option> &menu) {
  std::vector<Option> kept;
  for (const Option &option : menu)
    if (none_of(menu, [&](const Option &other) { return dominates(other, option); }))
      kept.push_back(option);
  menu = std::move(kept);
}

/// Nullopt if some limit alone can't be kept.
static std::optional<Core> reduce(const MultipleChoiceProblem &problem) {
  Core core;
  for (const auto &menu : problem.menus) {
    std::vector<Option> &options = core.menus.emplace_back();
    Int128 least =
        llvm::min_element(menu, [](auto &a, auto &b) { return a.value < b.value; })->value;
    core.leastValue += least;
    for (auto [index, option] : enumerate(menu))
      options.push_back({{option.value - least, {}}, static_cast<unsigned>(index)});
  }
  for (unsigned k = 0; k < maxCosts; ++k) {
    if (!problem.limits[k])
      continue;
    int64_t limit = *problem.limits[k], greatest = 0;
    std::vector<int64_t> least;
    for (const auto &menu : problem.menus) {
      auto [lo, hi] = std::minmax_element(
          menu.begin(), menu.end(), [&](auto &a, auto &b) { return a.costs[k] < b.costs[k]; });
      least.push_back(lo->costs[k]);
      limit -= lo->costs[k];
      greatest += hi->costs[k] - lo->costs[k];
      if (limit < 0)
        return std::nullopt;
    }
    if (greatest <= limit)
      continue;
    size_t cost = core.limits.size();
    core.limits.push_back(limit);
    for (auto [from, to, lo] : zip(problem.menus, core.menus, least))
      for (Option &option : to)
        option.costs[cost] = from[option.index].costs[k] - lo;
  }
  for (auto &menu : core.menus) {
    llvm::erase_if(menu,
                   [&](const Option &option) { return !isWithin(option.costs, core.limits); });
    if (menu.empty())
      return std::nullopt;
    dropDominated(menu);
  }
  return core;
}

//===----------------------------------------------------------------------===//
// The solver, in floating point
//===----------------------------------------------------------------------===//

namespace {

/// The core as a matrix in columns, one for each option. Row 0 .. menus - 1: one option of a
/// menu; the rows behind them: limits. Objective and limits are scaled to what suits the solver's
/// absolute tolerances of about 1e-7.
struct Matrix {
  std::vector<CoinBigIndex> starts{0};
  std::vector<int> rows;
  std::vector<double> values, zeros, ones, objective, rowLower, rowUpper;
  double objectiveScale = 1;

  static constexpr double objectiveMax = 1e7, limitMax = 1e4;

  explicit Matrix(const Core &core) {
    Int128 greatest = 1;
    for (const auto &menu : core.menus)
      for (const Option &option : menu)
        greatest = std::max(greatest, option.value);
    objectiveScale = objectiveMax / static_cast<double>(greatest);
    for (auto [number, menu] : enumerate(core.menus))
      for (const Option &option : menu)
        addColumn(core, static_cast<int>(number), option);
    zeros.assign(objective.size(), 0);
    ones.assign(objective.size(), 1);
    rowLower.assign(core.menus.size(), 1);
    rowUpper = rowLower;
    for (int64_t limit : core.limits) {
      rowLower.push_back(-std::numeric_limits<double>::max());
      // Costs are integers: half a unit more admits nothing new, and keeps tolerance off the limit.
      rowUpper.push_back((static_cast<double>(limit) + 0.5) * limitScale(limit));
    }
  }

  static double limitScale(int64_t limit) { return limitMax / static_cast<double>(limit); }

private:
  void addColumn(const Core &core, int menu, const Option &option) {
    rows.push_back(menu);
    values.push_back(1);
    for (auto [k, limit] : enumerate(core.limits))
      if (option.costs[k] != 0) {
        rows.push_back(static_cast<int>(core.menus.size() + k));
        values.push_back(static_cast<double>(option.costs[k]) * limitScale(limit));
      }
    starts.push_back(static_cast<CoinBigIndex>(rows.size()));
    objective.push_back(static_cast<double>(option.value) * objectiveScale);
  }
};

} // namespace

namespace {
struct Relaxation {
  /// What a unit of each cost is worth, in units of the value, at least 0. Any prices give a bound;
  /// these give the best one.
  std::vector<Int128> prices;
  /// Of the menus that have shares of several options, the one that moves costs most.
  size_t dividedMenu = 0;
};
} // namespace

/// The greatest part of a limit that an option of the menu takes.
static double greatestPart(const Core &core, const std::vector<Option> &menu) {
  double greatest = 0;
  for (const Option &option : menu)
    for (auto [k, limit] : enumerate(core.limits))
      greatest =
          std::max(greatest, static_cast<double>(option.costs[k]) / static_cast<double>(limit));
  return greatest;
}

static Relaxation relax(const Core &core, const Matrix &matrix) {
  std::unique_ptr<Clp_Simplex, decltype(&Clp_deleteModel)> model(Clp_newModel(), Clp_deleteModel);
  Clp_setLogLevel(model.get(), 0);
  Clp_loadProblem(model.get(), static_cast<int>(matrix.objective.size()),
                  static_cast<int>(matrix.rowUpper.size()), matrix.starts.data(),
                  matrix.rows.data(), matrix.values.data(), matrix.zeros.data(), matrix.ones.data(),
                  matrix.objective.data(), matrix.rowLower.data(), matrix.rowUpper.data());
  Clp_dual(model.get(), 0);
  Relaxation relaxation;
  const double *duals = Clp_dualRowSolution(model.get());
  for (auto [k, limit] : enumerate(core.limits)) {
    double price =
        -duals[core.menus.size() + k] * Matrix::limitScale(limit) / matrix.objectiveScale;
    // All costs together are worth at most 2^122: sums stay inside 128 bits.
    double greatest = std::ldexp(1.0, 122) / static_cast<double>(MultipleChoiceProblem::maxCostSum);
    relaxation.prices.push_back(price > 0 ? static_cast<Int128>(std::min(price, greatest)) : 0);
  }
  const double *shares = Clp_primalColumnSolution(model.get());
  double greatest = 0;
  for (auto [number, menu] : enumerate(core.menus)) {
    bool isDivided = *std::max_element(shares, shares + menu.size()) < 1 - 1e-6;
    shares += menu.size();
    double part = isDivided ? greatestPart(core, menu) : 0;
    if (part > greatest) {
      greatest = part;
      relaxation.dividedMenu = number;
    }
  }
  return relaxation;
}

/// CBC's choice; nullopt if it finds none.
static std::optional<Choice> runSolver(const Core &core, const Matrix &matrix) {
  static std::mutex mutex; // CBC's driver has global state
  std::lock_guard<std::mutex> lock(mutex);
  std::unique_ptr<Cbc_Model, decltype(&Cbc_deleteModel)> model(Cbc_newModel(), Cbc_deleteModel);
  for (auto [name, value] :
       {std::pair("logLevel", "0"), std::pair("slogLevel", "0"), std::pair("ratioGap", "0"),
        std::pair("allowableGap", "0"), std::pair("threads", "0"), std::pair("maxNodes", "1000")})
    Cbc_setParameter(model.get(), name, value);
  Cbc_loadProblem(model.get(), static_cast<int>(matrix.objective.size()),
                  static_cast<int>(matrix.rowUpper.size()), matrix.starts.data(),
                  matrix.rows.data(), matrix.values.data(), matrix.zeros.data(), matrix.ones.data(),
                  matrix.objective.data(), matrix.rowLower.data(), matrix.rowUpper.data());
  for (size_t column = 0; column < matrix.objective.size(); ++column)
    Cbc_setInteger(model.get(), static_cast<int>(column));
  Cbc_solve(model.get());
  const double *solution = Cbc_bestSolution(model.get());
  if (!solution)
    return std::nullopt;
  Choice choice;
  for (const auto &menu : core.menus) {
    choice.push_back(menu[std::max_element(solution, solution + menu.size()) - solution].index);
    solution += menu.size();
  }
  return choice;
}

//===----------------------------------------------------------------------===//
// The proof, in integers
//===----------------------------------------------------------------------===//

template <typename T> static void add(Totals &totals, const T &option) {
  totals.value += option.value;
  for (unsigned k = 0; k < maxCosts; ++k)
    totals.costs[k] += option.costs[k];
}

static Totals sum(const MultipleChoiceProblem &problem, const Choice &choice) {
  Totals totals;
  for (auto [menu, index] : zip(problem.menus, choice))
    add(totals, menu[index]);
  return totals;
}

static bool keepsLimits(const MultipleChoiceProblem &problem, const Choice &choice) {
  Totals totals = sum(problem, choice);
  for (unsigned k = 0; k < maxCosts; ++k)
    if (problem.limits[k] && totals.costs[k] > *problem.limits[k])
      return false;
  return true;
}

namespace {

/// A choice that keeps to the limits, and its value in the core.
struct Found {
  Int128 value;
  Choice choice;
};

/// Lower bounds at given prices.
struct Bounds {
  std::vector<Int128> prices;
  Int128 limitsWorth = 0;
  std::vector<Int128> rest; ///< of menus i and up: least value with what their costs are worth

  Bounds(const Core &core, std::vector<Int128> prices) : prices(std::move(prices)) {
    for (auto [price, limit] : zip(this->prices, core.limits))
      limitsWorth += price * limit;
    rest.assign(core.menus.size() + 1, 0);
    for (size_t i = core.menus.size(); i-- > 0;)
      rest[i] = rest[i + 1] + least(core.menus[i]);
  }

  Int128 priced(const Totals &totals) const {
    Int128 worth = totals.value;
    for (auto [k, price] : enumerate(prices))
      worth += price * totals.costs[k];
    return worth;
  }
  Int128 least(const std::vector<Option> &menu) const {
    Int128 best = priced(menu.front());
    for (const Option &option : drop_begin(menu))
      best = std::min(best, priced(option));
    return best;
  }
};

/// A choice for the first menus. The one that it extends is `parent`, in the list of the menu in
/// front.
struct Partial {
  Totals totals;
  uint32_t parent = 0;
  uint32_t position = 0;
};

} // namespace

/// Takes away options that no choice of at most `best` has.
static void dropTooDear(Core &core, const Bounds &bounds, Int128 best) {
  for (auto &menu : core.menus) {
    Int128 rest = bounds.rest[0] - bounds.least(menu) - bounds.limitsWorth;
    llvm::erase_if(menu, [&](const Option &option) { return rest + bounds.priced(option) > best; });
  }
}

/// Keeps those that no other one dominates: with costs, value and place in the list of which none
/// is greater. The list is in the order of choices, and stays so.
static void dropDominated(std::vector<Partial> &list) {
  std::vector<uint32_t> order(list.size());
  for (auto [i, place] : enumerate(order))
    place = static_cast<uint32_t>(i);
  llvm::sort(order, [&](uint32_t a, uint32_t b) {
    return std::tie(list[a].totals.value, a) < std::tie(list[b].totals.value, b);
  });
  std::vector<bool> kept(list.size());
  std::vector<Costs> front; // the least costs so far
  for (uint32_t i : order) {
    const Costs &costs = list[i].totals.costs;
    if (any_of(front, [&](const Costs &other) { return isWithin(other, costs); }))
      continue;
    kept[i] = true;
    llvm::erase_if(front, [&](const Costs &other) { return isWithin(costs, other); });
    front.push_back(costs);
  }
  size_t size = 0;
  for (size_t i = 0; i < list.size(); ++i)
    if (kept[i])
      list[size++] = list[i];
  list.resize(size);
}

/// The better of two choices: of less value, or of the same and before the other one.
static void keepBetter(Found &best, Found other) {
  if (std::tie(other.value, other.choice) < std::tie(best.value, best.choice))
    best = std::move(other);
}

/// Finds the best choice if it is not worse than `best`, menu by menu, with all partial choices
/// that could lead to it. Gives up, and returns false, where these are more than `longList`.
static bool list(const Core &core, const Bounds &bounds, size_t longList, Found &best) {
  std::vector<std::vector<Partial>> lists{{Partial()}};
  for (auto [number, menu] : enumerate(core.menus)) {
    std::vector<Partial> next;
    for (auto [parent, partial] : enumerate(lists.back()))
      for (auto [position, option] : enumerate(menu)) {
        Partial extended{partial.totals, static_cast<uint32_t>(parent),
                         static_cast<uint32_t>(position)};
        add(extended.totals, option);
        Int128 bound =
            bounds.priced(extended.totals) + bounds.rest[number + 1] - bounds.limitsWorth;
        if (bound <= best.value && isWithin(extended.totals.costs, core.limits))
          next.push_back(extended);
      }
    dropDominated(next);
    if (next.size() > longList)
      return false;
    lists.push_back(std::move(next));
  }
  for (auto [end, partial] : enumerate(lists.back())) {
    Found found{partial.totals.value, Choice(core.menus.size())};
    size_t at = end;
    for (size_t i = core.menus.size(); i-- > 0;) {
      const Partial &last = lists[i + 1][at];
      found.choice[i] = core.menus[i][last.position].index;
      at = last.parent;
    }
    keepBetter(best, std::move(found));
  }
  return true;
}

/// Makes `best` the best choice of all, if the core has it.
static void prove(Core core, size_t longList, Found &best) {
  Relaxation relaxation;
  if (!core.limits.empty())
    relaxation = relax(core, Matrix(core));
  Bounds bounds(core, relaxation.prices);
  if (bounds.rest[0] - bounds.limitsWorth > best.value)
    return;
  size_t divided = relaxation.dividedMenu;
  dropTooDear(core, bounds, best.value);
  if (list(core, Bounds(core, relaxation.prices), longList, best))
    return;
  if (core.menus[divided].size() == 1) // none has shares, or they have gone
    divided = llvm::max_element(core.menus, [](auto &a, auto &b) { return a.size() < b.size(); }) -
              core.menus.begin();
  std::vector<Option> options = core.menus[divided];
  for (const Option &option : options) {
    core.menus[divided] = {option};
    prove(core, longList, best);
  }
}

//===----------------------------------------------------------------------===//
// All together
//===----------------------------------------------------------------------===//

/// Some choice that keeps to the limits, if there is one: the least of each cost in turn, within
/// the limits of those before it.
static std::optional<Choice> findAny(const MultipleChoiceProblem &problem) {
  MultipleChoiceProblem part = problem;
  part.limits = {};
  std::optional<Choice> choice;
  for (unsigned k = 0; k < maxCosts; ++k) {
    if (!problem.limits[k])
      continue;
    for (auto &menu : part.menus)
      for (auto &option : menu)
        option.value = option.costs[k];
    choice = solveMultipleChoice(part);
    if (sum(problem, *choice).costs[k] > *problem.limits[k])
      return std::nullopt;
    part.limits[k] = problem.limits[k];
  }
  return choice;
}

std::optional<Choice> solveMultipleChoice(const MultipleChoiceProblem &problem, size_t longList) {
  std::optional<Core> core = reduce(problem);
  if (!core)
    return std::nullopt;
  std::optional<Choice> known = Choice();
  if (core->limits.empty())
    for (const auto &menu : core->menus)
      known->push_back(menu.front().index);
  else
    known = runSolver(*core, Matrix(*core));
  if (!known || !keepsLimits(problem, *known))
    known = findAny(problem);
  if (!known)
    return std::nullopt;
  Found best{sum(problem, *known).value - core->leastValue, std::move(*known)};
  prove(std::move(*core), longList, best);
  return best.choice;
}

} // namespace nnq
