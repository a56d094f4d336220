//===- MultipleChoice.h - One option of each menu, within limits -*- C++ -*-===//
//
// The integer program behind the choice of bit-widths, in exact integers. Apart so that the solver
// is seen by one file.
//
//===----------------------------------------------------------------------===//

#ifndef NNQ_LIB_QUANTIZATION_MULTIPLECHOICE_H
#define NNQ_LIB_QUANTIZATION_MULTIPLECHOICE_H

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace nnq {

__extension__ typedef __int128 Int128;

/// min sum of values, with one option of each menu, so that the sum of each cost is within its
/// limit (a multiple-choice knapsack with several constraints).
struct MultipleChoiceProblem {
  static constexpr unsigned maxCosts = 3;
  /// Sums of one option per menu are below 2^122 for values and below 2^53 for costs, which are
  /// not negative.
  static constexpr Int128 maxValueSum = Int128(1) << 122;
  static constexpr int64_t maxCostSum = int64_t(1) << 53;

  struct Option {
    Int128 value = 0;
    std::array<int64_t, maxCosts> costs = {};
  };
  std::vector<std::vector<Option>> menus;
  /// One for each cost; a cost without one is not limited.
  std::array<std::optional<int64_t>, maxCosts> limits = {};
};

/// The index of an option for each menu; nullopt if no choice keeps to the limits.
///
/// The choice is exactly optimal. Of several optimal ones it is the first: in the first menu in
/// which two differ it has the option with the smaller index.
///
/// COIN-OR CBC solves the program in floating point, within its tolerances and at most 1000 nodes.
/// Its choice, checked in integers, is an upper bound z. The prices of the limits in the linear
/// relaxation, rounded to integers p >= 0, give an exact lower bound for all choices through an
/// option (Lagrange):
///
///     sum over menus of min (value + p * costs) - p * limits
///
/// Options whose bound is above z go. What is left is listed menu by menu, as every partial
/// choice whose bound is at most z and which no other one dominates: usually some hundred. A list
/// of more than `longList` (at least 1) costs as much as some relaxations: then one menu is
/// divided into its options, and each part is bounded anew. So the solver's tolerance decides
/// about time, never about the answer. Runs in one thread.
std::optional<std::vector<unsigned>> solveMultipleChoice(const MultipleChoiceProblem &problem,
                                                         size_t longList = 8000);

} // namespace nnq

#endif // NNQ_LIB_QUANTIZATION_MULTIPLECHOICE_H
