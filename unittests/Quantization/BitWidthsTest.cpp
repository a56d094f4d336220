//===- BitWidthsTest.cpp --------------------------------------------------===//

#include "nnq/Quantization/BitWidths.h"

#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"

#include <cmath>
#include <random>

using namespace nnq;
using testing::internal::CaptureStderr;
using testing::internal::CaptureStdout;
using testing::internal::GetCapturedStderr;
using testing::internal::GetCapturedStdout;

namespace {

using Layers = std::vector<LayerSensitivity>;

LayerWidth width(llvm::StringRef text) { return llvm::cantFail(LayerWidth::parse(text)); }

WidthCandidate candidate(llvm::StringRef name, double noise, int64_t bytes, int64_t bops,
                         double time) {
  WidthCandidate result;
  result.width = width(name);
  result.noise = noise;
  result.bytes = bytes;
  result.bops = bops;
  result.time = time;
  return result;
}

std::string messageOf(llvm::Expected<BitWidthChoice> choice) {
  return choice ? "" : llvm::toString(choice.takeError());
}

/// What a choice is compared by, all in integers.
struct Totals {
  int64_t noise = 0; ///< in units of 2^-50
  std::array<int64_t, 3> costs = {};
};

Totals totalsOf(const Layers &layers, const std::vector<unsigned> &indices) {
  Totals totals;
  for (auto [layer, index] : llvm::zip(layers, indices)) {
    const WidthCandidate &c = layer.candidates[index];
    totals.noise += std::llrint(std::ldexp(c.noise, 50));
    totals.costs[0] += c.bytes;
    totals.costs[1] += c.bops;
    totals.costs[2] += std::llrint(c.time * 1e6);
  }
  return totals;
}

std::vector<std::vector<unsigned>> allChoices(const Layers &layers) {
  std::vector<std::vector<unsigned>> all{{}};
  for (const LayerSensitivity &layer : layers) {
    std::vector<std::vector<unsigned>> longer;
    for (const auto &choice : all)
      for (unsigned i = 0; i < layer.candidates.size(); ++i) {
        longer.push_back(choice);
        longer.back().push_back(i);
      }
    all = std::move(longer);
  }
  return all;
}

bool isWithin(const Totals &totals, const WidthBudgets &budgets) {
  return (!budgets.bytes || totals.costs[0] <= *budgets.bytes) &&
         (!budgets.bops || totals.costs[1] <= *budgets.bops) &&
         (!budgets.time || totals.costs[2] <= std::llrint(*budgets.time * 1e6));
}

/// The best of all choices, which come in the order that settles ties; empty if there is none.
std::vector<unsigned> bruteForce(const Layers &layers, const WidthBudgets &budgets,
                                 unsigned second = 0) {
  std::vector<unsigned> best;
  Totals least;
  for (const auto &choice : allChoices(layers)) {
    Totals totals = totalsOf(layers, choice);
    if (isWithin(totals, budgets) &&
        (best.empty() || std::pair(totals.noise, totals.costs[second]) <
                             std::pair(least.noise, least.costs[second]))) {
      best = choice;
      least = totals;
    }
  }
  return best;
}

std::vector<unsigned> indicesOf(const Layers &layers, const BitWidthChoice &choice) {
  std::vector<unsigned> indices;
  for (auto [layer, chosen] : llvm::zip(layers, choice.layers)) {
    EXPECT_EQ(layer.name, chosen.first);
    for (auto [i, c] : llvm::enumerate(layer.candidates))
      if (c.width == chosen.second)
        indices.push_back(i);
  }
  return indices;
}

/// Networks of few layers; `coarse` ones have few different numbers, so many ties.
Layers randomLayers(std::mt19937 &random, bool coarse) {
  static const char *const names[] = {"w8a8", "w4a8", "w8a16", "float"};
  auto integer = [&](int lo, int hi) { return std::uniform_int_distribution<>(lo, hi)(random); };
  Layers layers(integer(1, 6));
  for (auto [i, layer] : llvm::enumerate(layers)) {
    layer.name = "layer" + std::to_string(i);
    int count = integer(2, 4);
    for (int k = 0; k < count; ++k) {
      double noise = coarse ? integer(-2, 3) / 8.0
                            : std::pow(10.0, -9 + 9 * std::uniform_real_distribution<>()(random)) *
                                  (integer(0, 4) ? 1 : -1);
      int scale = coarse ? 1 : 100000;
      layer.candidates.push_back(candidate(names[k], noise, scale * integer(0, 4) + coarse,
                                           1000000007LL * integer(0, scale) + 1,
                                           integer(0, 4 * scale) / 16.0));
    }
  }
  return layers;
}

/// Budgets somewhere between the least and the greatest cost, some of them met exactly.
WidthBudgets randomBudgets(std::mt19937 &random, const Layers &layers) {
  auto all = allChoices(layers);
  auto some = [&](unsigned cost) {
    return totalsOf(layers, all[random() % all.size()]).costs[cost] -
           static_cast<int64_t>(random() % 4 == 0);
  };
  WidthBudgets budgets;
  unsigned set = 1 + random() % 7;
  if (set & 1)
    budgets.bytes = some(0);
  if (set & 2)
    budgets.bops = some(1);
  if (set & 4)
    budgets.time = some(2) / 1e6;
  return budgets;
}

TEST(LayerWidth, IsWrittenAsItIsRead) {
  for (const char *text : {"w8a8", "w4a8", "w2a16", "w4a8b32", "float", "ternarya8", "binarya16",
                           "nf4a8b32", "codebook16a8", "codebook4a8", "codebook(-9|0|127)a8"})
    EXPECT_EQ(width(text).str(), text);
  EXPECT_EQ(width("w4a16").weights.bits, 4u);
  EXPECT_EQ(width("w4a16").activationBits, 16u);
  EXPECT_EQ(width("w4a16").weightBlock, 0u);
  EXPECT_EQ(width("w4a8b32").weightBlock, 32u);
  EXPECT_TRUE(width("float").isFloat);
  EXPECT_EQ(width("codebook(-9|0|127)a8").weights.bits, 2u);
  EXPECT_EQ(width("codebook(-9|0|127)a8").weights.levels, (std::vector<int8_t>{-9, 0, 127}));
}

TEST(LayerWidth, NamesWhatThereIs) {
  for (const char *text : {"", "w4", "w1a8", "w9a8", "w4a4", "w4a8x", "w04a8", "W4A8", "Float",
                           "w4a8b", "w4a8b0", "w4a8b32x", "w4a8b-1", "codebook8a8", "nf4"}) {
    auto parsed = LayerWidth::parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(
        llvm::toString(parsed.takeError()),
        "width '" + std::string(text) +
            "' is neither float nor a format of weights, 'a' and the bits of activations, 8 or "
            "16, such as w4a8, nf4a8, w4a8b32 in blocks of 32, or w8a8-4:8 with zeros in a "
            "pattern; formats are wN (integers of N "
            "bits, 2 to 8), ternary, binary, nf4, codebook16, codebook4 and codebook(A|B|...) of "
            "up to 16 levels");
  }
}

TEST(LayerWidth, HasAPattern) {
  for (const char *text : {"w8a8-4:8", "w8a8-1x32=50%", "w4a16-1x32=75%", "w2a8-channels=25%"}) {
    EXPECT_EQ(width(text).str(), text);
    EXPECT_EQ(width(text).dense().str(), llvm::StringRef(text).split('-').first);
  }
  EXPECT_EQ(width("w8a8-4x16=50.0%"), width("w8a8-4x16=50%"));
  EXPECT_NE(width("w8a8-4x16=50%"), width("w8a8"));
  EXPECT_EQ(width("w8a8-2:4").pattern->of, 4);
  EXPECT_FALSE(width("codebook(-9|0|127)a8").pattern);
}

TEST(LayerWidth, NamesWhatPatternsDoNotGoWith) {
  auto errorWith = [](llvm::StringRef text) {
    auto parsed = LayerWidth::parse(text);
    return parsed ? "" : llvm::toString(parsed.takeError());
  };
  for (const char *text :
       {"nf4a8-4:8", "ternarya8-4:8", "codebook(-9|0|9)a8-4:8", "w4a8b32-4:8", "float-4:8"})
    EXPECT_EQ(errorWith(text), std::string("width '") + text +
                                   "': only integers with a scale per channel are pruned, such as "
                                   "w8a8-4:8");
  EXPECT_EQ(errorWith("w8a8-4:9"),
            "width 'w8a8-4:9': pruning pattern '4:9' is none of 1x32, 4x16 and channels with a "
            "share, such as 1x32=50%, and of 2:4, 4:8, 4:16 and 4:32");
  EXPECT_EQ(errorWith("w8a8-1x32=99%"), "width 'w8a8-1x32=99%': pruning pattern '1x32=99%': 1x32 "
                                        "removes 6.25% to 93.75% in steps of 6.25%");
  EXPECT_NE(errorWith("w8a8-"), "");
  EXPECT_NE(errorWith("w8a8b-4:8"), "");
  EXPECT_NE(errorWith("w8a84:8"), "");
  EXPECT_NE(errorWith("w9a8-4:8"), "");
}

TEST(LayerWidth, NamesWhatIsWrongWithLevels) {
  for (auto [text, why] :
       {std::pair("codebook(1|x)a8", "level 'x' of a codebook is no signed byte"),
        {"codebook(1|1)a8", "level 1 of the codebook is 1, not above the last, 1"}}) {
    auto parsed = LayerWidth::parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(llvm::toString(parsed.takeError()), "width '" + std::string(text) + "': " + why);
  }
}

TEST(ChooseBitWidths, IsTheBestOfAllChoices) {
  std::mt19937 random(1);
  unsigned feasible = 0, infeasible = 0;
  for (int trial = 0; trial < 600; ++trial) {
    Layers layers = randomLayers(random, trial % 2);
    WidthBudgets budgets = randomBudgets(random, layers);
    std::vector<unsigned> best = bruteForce(layers, budgets);
    llvm::Expected<BitWidthChoice> choice = chooseBitWidths(layers, budgets);
    if (best.empty()) {
      ++infeasible;
      EXPECT_FALSE(choice) << trial;
      llvm::consumeError(choice.takeError());
      continue;
    }
    ++feasible;
    ASSERT_TRUE(static_cast<bool>(choice)) << trial << llvm::toString(choice.takeError());
    EXPECT_EQ(indicesOf(layers, *choice), best) << trial;
    Totals totals = totalsOf(layers, best);
    EXPECT_EQ(std::ldexp(choice->totals.loss, 50), totals.noise);
    EXPECT_EQ(choice->totals.bytes, totals.costs[0]);
    EXPECT_EQ(choice->totals.bops, totals.costs[1]);
    EXPECT_EQ(std::llrint(choice->totals.time * 1e6), totals.costs[2]);
  }
  EXPECT_GT(feasible, 300u);
  EXPECT_GT(infeasible, 30u);
}

TEST(ChooseBitWidths, AnswersTheSameForManyLayersAndPrintsNothing) {
  std::mt19937 random(2);
  Layers layers;
  for (int i = 0; i < 60; ++i) {
    double sensitivity = std::exp(-std::uniform_real_distribution<>(3, 12)(random));
    int64_t weights = 1000 + random() % 100000, products = weights * (1 + random() % 300);
    LayerSensitivity &layer = layers.emplace_back();
    layer.name = "layer" + std::to_string(i);
    for (auto [name, w, a] : {std::tuple("w8a8", 8, 8), std::tuple("w4a8", 4, 8),
                              std::tuple("w8a16", 8, 16), std::tuple("w2a8", 2, 8)})
      layer.candidates.push_back(candidate(name, sensitivity * std::exp2(-2 * w), weights * w / 8,
                                           products * w * a,
                                           static_cast<double>(products) * a / 8e3 *
                                               (1 + static_cast<double>(random() % 100) / 100)));
  }
  auto budgets = WidthBudgets::parse({"60%", "62%", "85%"}, layers);
  ASSERT_TRUE(static_cast<bool>(budgets));
  CaptureStdout();
  CaptureStderr();
  auto first = chooseBitWidths(layers, *budgets), second = chooseBitWidths(layers, *budgets);
  fflush(nullptr);
  EXPECT_EQ(GetCapturedStdout(), "");
  EXPECT_EQ(GetCapturedStderr(), "");
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->layers, second->layers);
  EXPECT_TRUE(isWithin(totalsOf(layers, indicesOf(layers, *first)), *budgets));
}

/// Layers that differ in nothing: a solver that branches sees as many equal choices as there are
/// ways to pick some of them.
TEST(ChooseBitWidths, TakesTheFirstOfManyEqualLayers) {
  Layers layers;
  for (int i = 0; i < 40; ++i)
    layers.push_back({"layer" + std::to_string(i),
                      {candidate("w8a8", 0.125, 10, 100, 1), candidate("w4a8", 0.25, 5, 50, 1)}});
  WidthBudgets budgets;
  budgets.bytes = 300;
  auto choice = chooseBitWidths(layers, budgets);
  ASSERT_TRUE(static_cast<bool>(choice));
  for (auto [i, layer] : llvm::enumerate(choice->layers))
    EXPECT_EQ(layer.second.weights.bits, i < 20 ? 8u : 4u);
}

TEST(ChooseBitWidths, TellsNoisesApartThatDifferByTheLeastUnit) {
  double unit = std::ldexp(1.0, -50);
  Layers layers{{"a", {candidate("w8a8", 0.5, 1, 1, 1), candidate("w4a8", 0.5 - unit, 1, 1, 1)}},
                {"b", {candidate("w8a8", 1000, 9, 9, 9), candidate("w4a8", 900, 1, 1, 1)}}};
  WidthBudgets budgets;
  budgets.bytes = 9;
  auto choice = chooseBitWidths(layers, budgets);
  ASSERT_TRUE(static_cast<bool>(choice));
  EXPECT_EQ(choice->layers[0].second, width("w4a8"));
}

TEST(ChooseBitWidths, SaysWhatABudgetNeedsAtLeast) {
  Layers layers{{"a", {candidate("w8a8", 0, 100, 64, 1.5), candidate("w4a8", 1, 50, 640, 2.5)}},
                {"b", {candidate("w8a8", 0, 10, 64, 1), candidate("w4a8", 1, 5, 64, 3)}}};
  WidthBudgets budgets;
  budgets.bytes = 54;
  EXPECT_EQ(messageOf(chooseBitWidths(layers, budgets)),
            "the budget of 54 bytes can't be met: these candidates need at least 55 bytes");
  budgets.time = 2.25;
  EXPECT_EQ(messageOf(chooseBitWidths(layers, budgets)),
            "the budget of 54 bytes can't be met: these candidates need at least 55 bytes; the "
            "budget of 2.25 microseconds can't be met: these candidates need at least 2.5 "
            "microseconds");
  budgets.bytes = 60;
  budgets.time = 3;
  budgets.bops = 1000;
  EXPECT_EQ(messageOf(chooseBitWidths(layers, budgets)),
            "the budgets can't be met together; the least of each within the others: 110 bytes in "
            "place of 60 bytes, 3.5 microseconds in place of 3 microseconds");
}

TEST(ChooseBitWidths, RefusesNumbersThatAreNone) {
  Layers layers{{"a", {candidate("w8a8", 0, 1, 1, 1)}}};
  auto refuse = [&](WidthCandidate wrong) {
    layers[0].candidates[0] = wrong;
    return messageOf(chooseBitWidths(layers, {}));
  };
  EXPECT_EQ(refuse(candidate("w8a8", NAN, 1, 1, 1)), "layer 'a', w8a8: its noise is not finite");
  EXPECT_EQ(refuse(candidate("w8a8", 0, -1, 1, 1)),
            "layer 'a', w8a8: a cost is negative or no number");
  EXPECT_EQ(refuse(candidate("w8a8", 0, 1, 1, NAN)),
            "layer 'a', w8a8: a cost is negative or no number");
  EXPECT_EQ(refuse(candidate("w8a8", 1e6, 1, 1, 1)),
            "the noise of all layers adds up to more than 65536; leave out candidates that the "
            "network fails with");
  EXPECT_EQ(refuse(candidate("w8a8", 0, int64_t(1) << 60, 1, 1)),
            "the bytes of all layers add up to more than 4503599627370496 bytes");
  layers[0].candidates.clear();
  EXPECT_EQ(messageOf(chooseBitWidths(layers, {})), "layer 'a' has no candidates");
}

TEST(ChooseBitWidths, GoesByTheMetricThatIsNamed) {
  // Each metric wants another width.
  WidthCandidate quiet = candidate("w8a8", 0.1, 1, 1, 1), near = candidate("w4a8", 0.2, 1, 1, 1),
                 alike = candidate("w8a16", 0.3, 1, 1, 1);
  quiet.kl = 0.5, near.kl = 0.25, alike.kl = 0.75;
  quiet.agreement = 0.5, near.agreement = 0.25, alike.agreement = 0.875;
  Layers layers{{"a", {quiet, near, alike}}, {"b", {quiet, near, alike}}};
  std::pair<const char *, double> expected[] = {{"w8a8", 0.2}, {"w4a8", 0.5}, {"w8a16", 0.25}};
  for (auto [metric, wanted] : llvm::zip(allWidthMetrics, expected)) {
    auto choice = chooseBitWidths(layers, {}, metric);
    ASSERT_TRUE(static_cast<bool>(choice));
    EXPECT_EQ(choice->layers[1].second.str(), wanted.first);
    EXPECT_NEAR(choice->totals.loss, wanted.second, 1e-14);
    EXPECT_EQ(choice->metric, metric);
    auto front = paretoFront(layers, WidthCost::Bytes, 2, metric);
    ASSERT_TRUE(static_cast<bool>(front));
    EXPECT_EQ(front->back().layers, choice->layers);
  }
  layers[1].candidates[2].kl.reset();
  EXPECT_EQ(messageOf(chooseBitWidths(layers, {}, WidthMetric::Kl)),
            "layer 'b', w8a16: has no \"kl\" to choose by, as where the network's first output is "
            "no row of classes; choose by sqnr");
}

TEST(ChooseBitWidths, HasNothingToChooseInAnEmptyNetwork) {
  WidthBudgets budgets;
  budgets.bytes = 0;
  auto choice = chooseBitWidths({}, budgets);
  ASSERT_TRUE(static_cast<bool>(choice));
  EXPECT_TRUE(choice->layers.empty());
}

TEST(WidthBudgets, AreNumbersOrPercentagesOfTheBase) {
  Layers layers{{"a", {candidate("w4a8", 1, 5, 32, 2), candidate("w8a8", 0, 11, 64, 1)}},
                {"b", {candidate("w8a8", 0, 100, 64, 2.5)}}};
  auto budgets = WidthBudgets::parse({"50%", "1e2", "100%"}, layers);
  ASSERT_TRUE(static_cast<bool>(budgets));
  EXPECT_EQ(budgets->bytes, 55); // of 111
  EXPECT_EQ(budgets->bops, 100);
  EXPECT_EQ(budgets->time, 3.5);
  budgets = WidthBudgets::parse({"9007199254740993", "", "0.25"}, layers);
  ASSERT_TRUE(static_cast<bool>(budgets));
  EXPECT_EQ(budgets->bytes, 9007199254740993);
  EXPECT_FALSE(budgets->bops);
  EXPECT_EQ(budgets->time, 0.25);
}

TEST(WidthBudgets, NameWhatIsNoBudget) {
  Layers layers{{"a", {candidate("w4a8", 1, 5, 32, 2)}}};
  auto message = [&](llvm::StringRef text) {
    auto budgets = WidthBudgets::parse({"", text, ""}, layers);
    return budgets ? "" : llvm::toString(budgets.takeError());
  };
  for (const char *text : {"-1", "many", "%", "1 MB", "nan", "-5%"})
    EXPECT_EQ(message(text),
              "budget of bops '" + std::string(text) +
                  "' is neither a number of at least 0 nor a percentage of w8a8 such "
                  "as 75%");
  EXPECT_EQ(message("75%"),
            "layer 'a' has no candidate w8a8, of which a budget could be a percentage");
}

TEST(ParetoFront, HasTheBestChoiceForEachBudgetAndNoneThatAnotherBeats) {
  std::mt19937 random(3);
  for (int trial = 0; trial < 150; ++trial) {
    Layers layers = randomLayers(random, trial % 2);
    WidthCost cost = allWidthCosts[trial % 3];
    auto k = static_cast<unsigned>(cost);
    auto front = paretoFront(layers, cost, 2 + random() % 10);
    ASSERT_TRUE(static_cast<bool>(front));
    std::optional<Totals> previous;
    for (const BitWidthChoice &choice : *front) {
      std::vector<unsigned> indices = indicesOf(layers, choice);
      EXPECT_EQ(indices, bruteForce(layers, choice.budgets, k)) << trial;
      Totals totals = totalsOf(layers, indices);
      if (previous) {
        EXPECT_LT(previous->costs[k], totals.costs[k]);
        EXPECT_GT(previous->noise, totals.noise);
      }
      for (const auto &other : allChoices(layers)) {
        Totals o = totalsOf(layers, other);
        EXPECT_FALSE(o.noise <= totals.noise && o.costs[k] <= totals.costs[k] &&
                     (o.noise < totals.noise || o.costs[k] < totals.costs[k]));
      }
      previous = totals;
    }
    // Its ends: the least cost, and the least noise.
    Totals cheapest = totalsOf(layers, indicesOf(layers, front->front()));
    Totals best = totalsOf(layers, indicesOf(layers, front->back()));
    for (const auto &other : allChoices(layers)) {
      EXPECT_LE(cheapest.costs[k], totalsOf(layers, other).costs[k]);
      EXPECT_LE(best.noise, totalsOf(layers, other).noise);
    }
  }
}

TEST(ParetoFront, HasTwoPointsAtLeast) {
  auto front = paretoFront({}, WidthCost::Bytes, 1);
  ASSERT_FALSE(front);
  EXPECT_EQ(llvm::toString(front.takeError()), "a front has at least 2 points, not 1");
}

TEST(WidthMetric, HasNames) {
  for (WidthMetric metric : allWidthMetrics)
    EXPECT_EQ(llvm::cantFail(parseWidthMetric(getName(metric))), metric);
  EXPECT_EQ(llvm::toString(parseWidthMetric("top1").takeError()),
            "metric 'top1' is none of sqnr, kl, agreement");
}

TEST(WidthCost, HasNames) {
  for (WidthCost cost : allWidthCosts)
    EXPECT_EQ(llvm::cantFail(parseWidthCost(getName(cost))), cost);
  auto wrong = parseWidthCost("cycles");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(llvm::toString(wrong.takeError()), "cost 'cycles' is none of bytes, bops, time");
}

} // namespace
