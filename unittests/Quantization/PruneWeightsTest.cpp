#include "CorrelatedLayer.h"
#include "ExpectedMatchers.h"
#include "nnq/Quantization/Pruning.h"
#include "nnq/Quantization/WeightQuantizer.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cmath>
#include <numeric>

using namespace nnq;
using namespace nnq::test;
using namespace llvm;

static PruningPattern patternOf(StringRef text) { return valueOf(PruningPattern::parse(text)); }

static PruningOptions optionsFor(StringRef pattern, int bits = 8) {
  PruningOptions options;
  options.pattern = patternOf(pattern);
  options.bits = bits;
  return options;
}

static PrunedWeights prune(const CorrelatedLayer &layer, const PruningOptions &options) {
  return valueOf(pruneWeights(layer.w, layer.rows, layer.moments, options));
}

/// The relative error after a step; that of the last without a name.
static double errorAfter(const PrunedWeights &pruned, StringRef name = "rounded") {
  for (const RoundedWeights::Step &step : pruned.steps)
    if (step.name == name)
      return step.error;
  ADD_FAILURE() << "no step " << name.str();
  return 0;
}

namespace {
/// The damped H of all inputs, in double.
struct Covariance {
  explicit Covariance(const CorrelatedLayer &layer) : n(layer.inputs), h(n * n) {
    for (const CentredMoments::Section &section : layer.moments.centred().sections) {
      double trace = 0;
      for (int64_t i = 0; i < section.width; ++i) {
        trace += section.covariance[i * section.width + i];
        for (int64_t j = 0; j < section.width; ++j)
          h[(section.first + i) * n + section.first + j] =
              section.covariance[i * section.width + j];
      }
      for (int64_t i = section.first; i < section.first + section.width; ++i)
        h[i * n + i] += 0.01 * trace / section.width;
    }
  }
  double energy(ArrayRef<double> x) const {
    double sum = 0;
    for (int64_t i = 0; i < n; ++i)
      for (int64_t j = 0; j < n; ++j)
        sum += x[i] * h[i * n + j] * x[j];
    return sum;
  }
  /// The least error that a row can have if it keeps only these inputs.
  double leastError(ArrayRef<float> w, ArrayRef<uint8_t> kept) const {
    // Elimination of what is kept from [H_MM, H_M w; ., w H w'].
    std::vector<int64_t> inputs;
    for (int64_t i = 0; i < n; ++i)
      if (kept[i])
        inputs.push_back(i);
    size_t m = inputs.size();
    std::vector<double> a((m + 1) * (m + 1));
    for (size_t i = 0; i < m; ++i) {
      for (size_t j = 0; j < m; ++j)
        a[i * (m + 1) + j] = h[inputs[i] * n + inputs[j]];
      for (int64_t j = 0; j < n; ++j)
        a[i * (m + 1) + m] += h[inputs[i] * n + j] * w[j];
      a[m * (m + 1) + i] = a[i * (m + 1) + m];
    }
    a.back() = energy(std::vector<double>(w.begin(), w.end()));
    for (size_t p = 0; p < m; ++p)
      for (size_t i = p + 1; i <= m; ++i) {
        double factor = a[i * (m + 1) + p] / a[p * (m + 1) + p];
        for (size_t j = p; j <= m; ++j)
          a[i * (m + 1) + j] -= factor * a[p * (m + 1) + j];
      }
    return a.back();
  }
  int64_t n;
  std::vector<double> h;
};
} // namespace

static double energyOf(const CorrelatedLayer &layer) {
  Covariance covariance(layer);
  double sum = 0;
  for (int64_t row = 0; row < layer.rows; ++row)
    sum += covariance.energy(std::vector<double>(layer.w.begin() + row * layer.inputs,
                                                 layer.w.begin() + (row + 1) * layer.inputs));
  return sum;
}

/// The mask that keeps what has the greatest sum of squares in the rows that share it.
static std::vector<uint8_t> magnitudeMask(const CorrelatedLayer &layer,
                                          const PruningPattern &pattern) {
  WeightShape shape{layer.rows, 1, layer.inputs};
  std::vector<uint8_t> kept(layer.w.size());
  for (int64_t first = 0; first < layer.rows; first += pattern.maskRows()) {
    int64_t end = std::min(first + pattern.maskRows(), layer.rows), unit = pattern.unit();
    std::vector<double> magnitude(layer.inputs / unit);
    for (int64_t row = first; row < end; ++row)
      for (int64_t i = 0; i < layer.inputs; ++i)
        magnitude[i / unit] += std::pow(layer.w[row * layer.inputs + i], 2);
    for (const PruningPattern::Window &window : pattern.windows(shape)) {
      std::vector<int64_t> order((window.end - window.first) / unit);
      std::iota(order.begin(), order.end(), window.first / unit);
      llvm::sort(order, [&](int64_t a, int64_t b) { return magnitude[a] > magnitude[b]; });
      order.resize(window.kept);
      for (int64_t u : order)
        for (int64_t row = first; row < end; ++row)
          std::fill_n(kept.begin() + row * layer.inputs + u * unit, unit, 1);
    }
  }
  return kept;
}

/// Units that the rows of each mask keep in each window.
static void expectUsesUp(const PrunedWeights &pruned, const PruningPattern &pattern,
                         const WeightShape &shape) {
  int64_t inputs = shape.inputs(), unit = pattern.unit();
  for (int64_t group = 0; group < shape.groups; ++group)
    for (int64_t row = group * shape.groupRows(); row < (group + 1) * shape.groupRows(); ++row) {
      ArrayRef<uint8_t> kept = ArrayRef(pruned.kept).slice(row * inputs, inputs);
      if ((row - group * shape.groupRows()) % pattern.maskRows() != 0)
        EXPECT_EQ(kept, ArrayRef(pruned.kept).slice((row - 1) * inputs, inputs));
      for (const PruningPattern::Window &window : pattern.windows(shape))
        EXPECT_EQ(llvm::count(kept.slice(window.first, window.end - window.first), 1),
                  window.kept * unit);
    }
}

TEST(PruneWeights, MasksFitThePattern) {
  // Two taps of 96 channels; 40 rows leave 8 for a last mask; windows lie across sections.
  CorrelatedLayer whole(40, 192, 500), inSections(40, 192, 500, 72);
  WeightShape shape{40, 2, 96};
  for (StringRef name :
       {"1x32=6.25%", "1x32=25%", "1x32=50%", "1x32=75%", "1x32=93.75%", "4x16=25%", "4x16=50%",
        "4x16=87.5%", "2:4", "4:8", "4:16", "4:32", "channels=10%", "channels=50%"})
    for (int bits : {8, 4})
      for (const CorrelatedLayer *layer : {&whole, &inSections}) {
        PruningOptions options = optionsFor(name, bits);
        options.channels = 96;
        PrunedWeights pruned = prune(*layer, options);
        WeightMask found = valueOf(WeightMask::of(ArrayRef(pruned.codes), shape));
        EXPECT_EQ(errorOf(verifyPattern(found, options.pattern)), "") << name.str();
        expectUsesUp(pruned, options.pattern, shape);
        for (auto [code, kept] : zip_equal(pruned.codes, pruned.kept))
          EXPECT_TRUE(kept == 1 || (kept == 0 && code == 0));
        EXPECT_TRUE(llvm::is_sorted(pruned.order));
        EXPECT_EQ(pruned.order.size(), 40u);
        EXPECT_EQ(pruned.scales.size(), 40u);
        EXPECT_EQ(pruned.biasShift.size(), 40u);
        ASSERT_EQ(pruned.steps.size(), 3u);
        EXPECT_LE(errorAfter(pruned, "refit"), errorAfter(pruned, "pruned"));
        EXPECT_LT(errorAfter(pruned, "refit"), errorAfter(pruned));
        EXPECT_GT(pruned.refitGain, 0);
      }
}

TEST(PruneWeights, ErrorsAreThoseOfTheCodes) {
  CorrelatedLayer layer(36, 64, 300);
  Covariance covariance(layer);
  for (StringRef name : {"1x32=50%", "4x16=50%", "4:8", "channels=25%"})
    for (int bits : {8, 4}) {
      PruningOptions options = optionsFor(name, bits);
      options.refit = 0;
      PrunedWeights pruned = prune(layer, options);
      EXPECT_EQ(pruned.refitGain, 0);
      double sum = 0;
      for (int64_t row = 0; row < 36; ++row) {
        std::vector<double> difference;
        for (int64_t i = 0; i < 64; ++i)
          difference.push_back(pruned.codes[row * 64 + i] * double(pruned.scales[row]) -
                               layer.w[row * 64 + i]);
        sum += covariance.energy(difference);
      }
      sum /= energyOf(layer);
      EXPECT_NEAR(errorAfter(pruned), sum, 1e-3 * sum) << name.str();
    }
}

TEST(PruneWeights, RefitIsTheBestForItsMask) {
  for (int64_t sectionWidth : {160, 72}) {
    CorrelatedLayer layer(36, 160, 500, sectionWidth);
    Covariance covariance(layer);
    for (StringRef name : {"1x32=50%", "4x16=75%", "4:8"}) {
      PruningOptions options = optionsFor(name);
      options.refit = 0;
      PrunedWeights pruned = prune(layer, options);
      double least = 0;
      for (int64_t row = 0; row < 36; ++row)
        least += covariance.leastError(ArrayRef(layer.w).slice(row * 160, 160),
                                       ArrayRef(pruned.kept).slice(row * 160, 160));
      least /= energyOf(layer);
      EXPECT_NEAR(errorAfter(pruned, "refit"), least, 1e-3 * least) << name.str();
      EXPECT_LT(errorAfter(pruned, "refit"), errorAfter(pruned, "pruned")) << name.str();
      EXPECT_LT(errorAfter(pruned), 1.01 * errorAfter(pruned, "refit")) << name.str();
    }
  }
}

TEST(PruneWeights, OneWindowNeedsNoRefit) {
  // All inputs make up for each removal while the sweep is in their window.
  CorrelatedLayer layer(32, 64, 300);
  PrunedWeights pruned = prune(layer, optionsFor("1x32=50%"));
  EXPECT_NEAR(errorAfter(pruned, "pruned"), errorAfter(pruned, "refit"),
              1e-3 * errorAfter(pruned, "refit"));
}

TEST(PruneWeights, AllMasksTriedShowHowNearTheChoiceComesToTheBest) {
  CorrelatedLayer layer(20, 8, 200);
  Covariance covariance(layer);
  double best = 0, magnitude = 0;
  std::vector<uint8_t> byMagnitude = magnitudeMask(layer, patternOf("4:8"));
  for (int64_t row = 0; row < 20; ++row) {
    ArrayRef<float> w = ArrayRef(layer.w).slice(row * 8, 8);
    double least = INFINITY;
    for (int mask = 0; mask < 256; ++mask) {
      std::vector<uint8_t> kept;
      for (int i = 0; i < 8; ++i)
        kept.push_back(mask >> i & 1);
      if (llvm::count(kept, 1) == 4)
        least = std::min(least, covariance.leastError(w, kept));
    }
    best += least;
    magnitude += covariance.leastError(w, ArrayRef(byMagnitude).slice(row * 8, 8));
  }
  PruningOptions options = optionsFor("4:8");
  options.refit = 0;
  double found = errorAfter(prune(layer, options), "refit") * energyOf(layer);
  EXPECT_GE(found, best * (1 - 1e-3));
  EXPECT_LT(found, 1.1 * best);
  EXPECT_LT(found - best, 0.5 * (magnitude - best));
}

TEST(PruneWeights, BeatsMagnitudeAndTheRefitCounts) {
  CorrelatedLayer layer(64, 320, 1000);
  // The same with inputs that vary more and less.
  CorrelatedLayer uneven = layer;
  for (size_t i = 0; i < layer.codes.size(); ++i)
    uneven.codes[i] = static_cast<int16_t>(layer.codes[i] / (1 + i % 8));
  uneven.moments = InputMoments(320, 320, 0.125f);
  EXPECT_EQ(errorOf(uneven.moments.add(layer.reals, uneven.codes)), "");
  for (StringRef name : {"1x32=50%", "1x32=75%", "4x16=50%", "4:8", "4:16"}) {
    PruningOptions options = optionsFor(name);
    PrunedWeights chosen = prune(layer, options);
    options.kept = magnitudeMask(layer, options.pattern);
    PrunedWeights magnitude = prune(layer, options);
    EXPECT_LT(errorAfter(chosen, "pruned"), 0.8 * errorAfter(magnitude, "pruned")) << name.str();
    EXPECT_LT(errorAfter(chosen), errorAfter(magnitude)) << name.str();
    options.refit = 0; // the target is no other than the weights
    magnitude = prune(uneven, options);
    options.kept.clear();
    EXPECT_LT(errorAfter(prune(uneven, options)), 0.6 * errorAfter(magnitude)) << name.str();
    options.refit = 1;
    options.refitKept = false;
    PrunedWeights unfitted = prune(layer, options);
    EXPECT_EQ(unfitted.kept, chosen.kept);
    EXPECT_EQ(unfitted.steps.size(), 2u);
    EXPECT_LT(errorAfter(chosen), 0.99 * errorAfter(unfitted)) << name.str();
  }
}

TEST(PruneWeights, FreerPatternsLoseLess) {
  CorrelatedLayer layer(64, 256, 1000);
  auto errorOfPattern = [&](StringRef name) { return errorAfter(prune(layer, optionsFor(name))); };
  EXPECT_LT(errorOfPattern("4:8"), 0.5 * errorOfPattern("1x32=50%"));
  EXPECT_LT(errorOfPattern("4:16"), 0.7 * errorOfPattern("1x32=75%"));
  EXPECT_LT(errorOfPattern("1x32=50%"), errorOfPattern("4x16=50%"));
  EXPECT_LT(errorOfPattern("4:8"), errorOfPattern("2:4"));
  EXPECT_LT(errorOfPattern("1x32=25%"), errorOfPattern("1x32=50%"));
  EXPECT_LT(errorOfPattern("1x32=25%"), errorOfPattern("channels=25%"));
}

TEST(PruneWeights, EightBitsAddLittleAndFourAreRoundedWell) {
  CorrelatedLayer layer(64, 256, 1000);
  for (StringRef name : {"1x32=25%", "4x16=25%", "4:8"}) {
    PruningOptions options = optionsFor(name);
    PrunedWeights eight = prune(layer, options);
    EXPECT_LT(errorAfter(eight) - errorAfter(eight, "refit"), 1e-3) << name.str();
    options.bits = 4;
    PrunedWeights four = prune(layer, options);
    // Errors of rounding add to those of pruning; to nearest, they would be those of dense weights.
    RoundingOptions dense;
    dense.secondOrder = false;
    dense.sweeps = 0;
    double nearest = valueOf(roundWeights(layer.w, 64, layer.moments, dense)).steps.back().error;
    EXPECT_LT(errorAfter(four) - errorAfter(four, "refit"), 0.7 * nearest) << name.str();
    EXPECT_TRUE(llvm::all_of(four.codes, [](int8_t code) { return code >= -8 && code <= 7; }));
    options.sweeps = 0;
    EXPECT_LT(errorAfter(four), errorAfter(prune(layer, options))) << name.str();
  }
}

TEST(PruneWeights, RemovedRowsAreThoseOfTheLeastEnergy) {
  CorrelatedLayer layer(12, 20, 100, 10);
  // In two groups, each of which loses rows.
  ArrayRef<float> w = ArrayRef(layer.w).take_front(120);
  PruningOptions options = optionsFor("channels=33.33%");
  options.refit = 0;
  PrunedWeights pruned = valueOf(pruneWeights(w, 12, layer.moments, options));
  for (int64_t group = 0; group < 2; ++group) {
    CentredMoments::Section section = layer.moments.centred().sections[group];
    std::vector<std::pair<double, int64_t>> energies;
    for (int64_t row = group * 6; row < group * 6 + 6; ++row) {
      double energy = 0;
      for (int64_t i = 0; i < 10; ++i)
        for (int64_t j = 0; j < 10; ++j)
          energy += w[row * 10 + i] * w[row * 10 + j] *
                    (section.covariance[i * 10 + j] + (i == j ? 0.01 * section.covariance[0] : 0));
      energies.emplace_back(energy, row);
    }
    llvm::sort(energies);
    for (auto [place, energy] : enumerate(energies))
      EXPECT_EQ(pruned.kept[energy.second * 10], place >= 2);
  }
  // The others are as without pruning.
  QuantizedWeights nearest = valueOf(quantizeWeights(w, {12, 10}, 0));
  for (int64_t i = 0; i < 120; ++i)
    EXPECT_EQ(pruned.codes[i], pruned.kept[i] ? nearest.values[i] : 0);
}

TEST(PruneWeights, BiasShiftKeepsTheMeanOfTheOutput) {
  CorrelatedLayer layer(40, 64, 200);
  for (StringRef name : {"1x32=50%", "4:16", "channels=50%"}) {
    PrunedWeights pruned = prune(layer, optionsFor(name));
    for (int64_t row = 0; row < 40; ++row) {
      double expected = 0, found = 0;
      for (int64_t c = 0; c < 200; ++c)
        for (int64_t j = 0; j < 64; ++j) {
          expected += layer.w[row * 64 + j] * layer.reals[c * 64 + j];
          found +=
              pruned.codes[row * 64 + j] * pruned.scales[row] * layer.codes[c * 64 + j] * 0.125;
        }
      EXPECT_NEAR(found / 200 + pruned.biasShift[row], expected / 200, 1e-3);
    }
  }
}

TEST(PruneWeights, GroupsAreLayersOfTheirOwn) {
  // Six rows for each of 3 groups of 16 inputs.
  CorrelatedLayer layer(18, 48, 100, 16);
  ArrayRef<float> w = ArrayRef(layer.w).take_front(18 * 16);
  for (StringRef name : {"1x32=50%", "4x16=50%", "4:8", "channels=50%"}) {
    PruningOptions options = optionsFor(name, 4);
    options.minimumScales.assign(18, 1e-3f);
    PrunedWeights all = valueOf(pruneWeights(w, 18, layer.moments, options));
    expectUsesUp(all, options.pattern, {18, 1, 16, 3});
    options.minimumScales.resize(6);
    for (int64_t g = 0; g < 3; ++g) {
      InputMoments moments(16, 16, 0.125f);
      for (int64_t c = 0; c < 100; ++c)
        EXPECT_EQ(errorOf(moments.add(ArrayRef(layer.reals).slice(c * 48 + g * 16, 16),
                                      ArrayRef(layer.codes).slice(c * 48 + g * 16, 16))),
                  "");
      PrunedWeights one = valueOf(pruneWeights(w.slice(g * 96, 96), 6, moments, options));
      EXPECT_EQ(ArrayRef(all.codes).slice(g * 96, 96), ArrayRef(one.codes));
      EXPECT_EQ(ArrayRef(all.scales).slice(g * 6, 6), ArrayRef(one.scales));
      EXPECT_EQ(ArrayRef(all.biasShift).slice(g * 6, 6), ArrayRef(one.biasShift));
    }
  }
}

TEST(PruneWeights, GivenMasksAreKept) {
  CorrelatedLayer layer(34, 64, 300);
  PruningOptions options = optionsFor("1x32=50%");
  options.kept = magnitudeMask(layer, options.pattern);
  std::vector<uint8_t> magnitude = options.kept;
  // A row that keeps less than those with which it shares its mask.
  std::fill_n(options.kept.begin(), 64, 0);
  EXPECT_EQ(prune(layer, options).kept, magnitude);
  // As many as are kept may be fewer than the pattern allows, or none.
  std::fill(options.kept.begin(), options.kept.end(), 0);
  std::fill_n(options.kept.begin() + 33 * 64, 3, 1);
  for (int bits : {8, 4}) {
    options.bits = bits;
    PrunedWeights few = prune(layer, options);
    EXPECT_EQ(llvm::count(few.kept, 1), 6);
    EXPECT_EQ(few.scales[0], 0x1p-60f);
    EXPECT_TRUE(llvm::all_of(ArrayRef(few.codes).take_front(32 * 64),
                             [](int8_t code) { return code == 0; }));
  }
  options = optionsFor("channels=50%");
  options.kept.assign(34 * 64, 0);
  for (int64_t row = 0; row < 34; row += 2)
    options.kept[row * 64 + 5] = 1;
  PrunedWeights rows = prune(layer, options);
  for (int64_t i = 0; i < 34 * 64; ++i)
    EXPECT_EQ(rows.kept[i], i / 64 % 2 == 0);
}

TEST(PruneWeights, ReorderedRowsLoseLess) {
  CorrelatedLayer layer(96, 128, 500);
  for (StringRef name : {"1x32=50%", "4x16=50%"}) {
    PruningOptions options = optionsFor(name);
    options.refit = 0; // a solver's last bits may depend on the place of a row
    for (int64_t row = 0; row < 96; ++row)
      options.minimumScales.push_back(1e-4f * float(row + 1));
    PrunedWeights before = prune(layer, options);
    options.reorderRows = true;
    PrunedWeights after = prune(layer, options);
    EXPECT_LT(errorAfter(after), 0.99 * errorAfter(before)) << name.str();
    std::vector<int64_t> sorted = after.order;
    EXPECT_FALSE(llvm::is_sorted(sorted));
    llvm::sort(sorted);
    EXPECT_EQ(sorted, before.order);

    // It is what pruning the rows in that order gives.
    CorrelatedLayer moved = layer;
    PruningOptions movedOptions = options;
    movedOptions.reorderRows = false;
    for (int64_t row = 0; row < 96; ++row) {
      std::copy_n(layer.w.begin() + after.order[row] * 128, 128, moved.w.begin() + row * 128);
      movedOptions.minimumScales[row] = options.minimumScales[after.order[row]];
    }
    PrunedWeights expected = prune(moved, movedOptions);
    EXPECT_EQ(after.codes, expected.codes);
    EXPECT_EQ(after.scales, expected.scales);
    EXPECT_EQ(after.biasShift, expected.biasShift);
    EXPECT_EQ(after.kept, expected.kept);
  }
}

TEST(PruneWeights, SameInputsGiveTheSameBits) {
  CorrelatedLayer layer(48, 320, 700);
  for (StringRef name : {"1x32=50%", "4x16=50%", "4:8", "channels=25%"})
    for (int bits : {8, 4}) {
      PruningOptions options = optionsFor(name, bits);
      options.reorderRows = true;
      PrunedWeights once = prune(layer, options), twice = prune(layer, options);
      EXPECT_EQ(once.codes, twice.codes);
      EXPECT_EQ(once.scales, twice.scales);
      EXPECT_EQ(once.biasShift, twice.biasShift);
      EXPECT_EQ(once.order, twice.order);
      for (auto [a, b] : zip_equal(once.steps, twice.steps))
        EXPECT_EQ(a.error, b.error);
    }
}

TEST(PruneWeights, InputsThatNeverVaryGoFirst) {
  // Half of the inputs, or all.
  for (bool isAnyAlive : {true, false}) {
    CorrelatedLayer layer(32, 64, 1);
    InputMoments moments(64, 64, 0.125f);
    std::mt19937 random(1);
    for (int c = 0; c < 300; ++c) {
      std::vector<int16_t> codes;
      std::vector<float> reals;
      for (int j = 0; j < 64; ++j) {
        codes.push_back(isAnyAlive && j % 2 ? int16_t(random() % 200) : int16_t(7));
        reals.push_back(0.125f * codes.back());
      }
      EXPECT_EQ(errorOf(moments.add(reals, codes)), "");
    }
    for (StringRef name : {"1x32=50%", "4:8", "4x16=50%", "channels=25%"})
      for (int bits : {8, 4}) {
        PrunedWeights pruned = valueOf(pruneWeights(layer.w, 32, moments, optionsFor(name, bits)));
        EXPECT_TRUE(std::isfinite(errorAfter(pruned)));
        if (isAnyAlive && name == "1x32=50%")
          for (int64_t i = 0; i < 32 * 64; ++i)
            EXPECT_EQ(pruned.kept[i], i % 2);
      }
  }
}

TEST(PruneWeights, FewColumnsAreNotFitted) {
  CorrelatedLayer few(32, 64, 127), enough(32, 64, 128);
  EXPECT_EQ(prune(few, optionsFor("1x32=50%")).refitGain, 0);
  EXPECT_GT(prune(enough, optionsFor("1x32=50%")).refitGain, 0);
  // Damping is ten times as strong.
  PruningOptions options = optionsFor("1x32=50%");
  double error = errorAfter(prune(few, options));
  options.damping = 0.1;
  options.refit = 0;
  EXPECT_LT(error, errorAfter(prune(few, options)));
}

TEST(PruneWeights, RejectsBadInput) {
  CorrelatedLayer layer(4, 32, 70, 16);
  ArrayRef<float> w(layer.w);
  PruningOptions valid = optionsFor("4:8");
  EXPECT_EQ(errorOf(pruneWeights(w, 5, layer.moments, valid)), "128 weights are not 5 rows");
  EXPECT_EQ(errorOf(pruneWeights(w.take_front(48), 3, layer.moments, valid)),
            "3 rows of 16 weights do not read 32 inputs in sections of 16");
  EXPECT_EQ(errorOf(pruneWeights(w, 4, InputMoments(32, 32, 1), valid)),
            "no inputs were seen; add columns to the moments");
  auto errorWith = [&](auto change) {
    PruningOptions options = valid;
    change(options);
    return errorOf(pruneWeights(w, 4, layer.moments, options));
  };
  EXPECT_EQ(errorWith([](PruningOptions &o) { o.bits = 9; }),
            "weights of 9 bits; 2 to 8 are supported");
  EXPECT_EQ(errorWith([](PruningOptions &o) { o.channels = 5; }),
            "5 channels do not divide rows of 32 weights");
  EXPECT_EQ(errorWith([](PruningOptions &o) { o.channels = 4; }),
            "4:8 needs a multiple of 8 channels at each tap, but there are 4");
  EXPECT_EQ(errorWith([](PruningOptions &o) { o.refit = NAN; }),
            "refit by nan, not a finite number of at least 0");
  EXPECT_EQ(errorWith([](PruningOptions &o) { o.damping = -1; }),
            "damping by -1, not a positive, finite number");
  EXPECT_EQ(errorWith([](PruningOptions &o) { o.sweeps = -1; }), "-1 sweeps, not at least 0");
  EXPECT_EQ(errorWith([](PruningOptions &o) { o.minimumScales = {1}; }),
            "1 minimum scales for 4 rows");
  EXPECT_EQ(errorWith([](PruningOptions &o) {
              o.minimumScales = {1, 1, 0, 1};
            }),
            "minimum scale 0 is not a positive, finite number");
  EXPECT_EQ(errorWith([](PruningOptions &o) { o.kept = {1}; }),
            "1 weights are not 4 rows of 32 channels at 1 taps");
  EXPECT_EQ(errorWith([](PruningOptions &o) { o.kept.assign(128, 1); }),
            "row 0, inputs 0 to 7: 8 inputs are not zero, but 4:8 keeps 4");
  EXPECT_EQ(errorWith([](PruningOptions &o) {
              o.kept.assign(128, 0);
              o.reorderRows = true;
            }),
            "a given mask says which rows share it; leave the rows in place");
  layer.w[7] = INFINITY;
  EXPECT_EQ(errorOf(pruneWeights(layer.w, 4, layer.moments, valid)),
            "weight 7 is inf, not a finite number");
}
