//===- MultipleChoiceTest.cpp ---------------------------------------------===//

#include "../../lib/Quantization/MultipleChoice.h"

#include "gtest/gtest.h"

#include <random>

using namespace nnq;

namespace {

using Choice = std::vector<unsigned>;

/// The best choice, in order; nullopt if none keeps to the limits.
std::optional<Choice> bruteForce(const MultipleChoiceProblem &problem) {
  std::optional<Choice> best;
  Int128 least = 0;
  Choice choice(problem.menus.size(), 0);
  while (true) {
    Int128 value = 0;
    bool keeps = true;
    std::array<int64_t, 3> costs = {};
    for (size_t i = 0; i < choice.size(); ++i) {
      const auto &option = problem.menus[i][choice[i]];
      value += option.value;
      for (unsigned k = 0; k < 3; ++k)
        costs[k] += option.costs[k];
    }
    for (unsigned k = 0; k < 3; ++k)
      keeps &= !problem.limits[k] || costs[k] <= *problem.limits[k];
    if (keeps && (!best || value < least)) {
      best = choice;
      least = value;
    }
    size_t i = choice.size(); // the next one in order
    while (i > 0 && ++choice[i - 1] == problem.menus[i - 1].size())
      choice[--i] = 0;
    if (i == 0)
      return best;
  }
}

/// With long and with short lists: the latter divide the program again and again.
TEST(MultipleChoice, IsTheFirstOfTheBestHoweverItIsDivided) {
  std::mt19937 random(4);
  unsigned feasible = 0;
  for (int trial = 0; trial < 400; ++trial) {
    MultipleChoiceProblem problem;
    problem.menus.resize(1 + random() % 7);
    int range = trial % 3 ? 1000 : 3; // some have many ties
    std::array<int64_t, 3> greatest = {};
    for (auto &menu : problem.menus) {
      menu.resize(1 + random() % 4);
      for (auto &option : menu) {
        option.value = (Int128(random() % range) << 60) - (Int128(range) << 59) + random() % 2;
        for (int64_t &cost : option.costs)
          cost = static_cast<int64_t>(random() % range);
      }
      for (unsigned k = 0; k < 3; ++k)
        greatest[k] += menu.front().costs[k];
    }
    for (unsigned k = 0; k < 3; ++k)
      if (random() % 4)
        problem.limits[k] = greatest[k];
    std::optional<Choice> best = bruteForce(problem);
    feasible += best.has_value();
    for (size_t longList : {1, 2, 5, 8000})
      EXPECT_EQ(solveMultipleChoice(problem, longList), best) << trial << " " << longList;
    problem.limits[trial % 3] = 0;
    EXPECT_EQ(solveMultipleChoice(problem, 2), bruteForce(problem)) << trial;
  }
  EXPECT_EQ(feasible, 400u);
}

} // namespace
