//===- BitWidths.h - The width of each layer, by integer program -*- C++ -*-===//
//
// Which width each layer gets, so that the network's noise is least within budgets.
//
//===----------------------------------------------------------------------===//

#ifndef NNQ_QUANTIZATION_BITWIDTHS_H
#define NNQ_QUANTIZATION_BITWIDTHS_H

#include "nnq/Quantization/Pruning.h"
#include "nnq/Quantization/WeightFormat.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace nnq {

/// How a layer is computed: on codes of so many bits, or in float.
struct LayerWidth {
  WeightFormat weights;
  unsigned activationBits = 8; ///< of what the layer reads: 8 or 16
  unsigned weightBlock = 0;    ///< input channels that share a scale; 0: as elsewhere said
  /// What zeros of the weights form, in layers that it suits; others have no such zeros. Not beside
  /// blocks, nor of codebooks.
  std::optional<PruningPattern> pattern;
  bool isFloat = false; ///< the bits then say nothing

  /// "w4a8" is weights of 4 bits and activations of 8, "w4a8b32" such in blocks of 32, "codebook16a8"
  /// weights of another format (WeightFormat.h), "w8a8-1x32=50%" pruned ones (Pruning.h); "float".
  /// Errors: none of these, with what there is; what does not go together.
  static llvm::Expected<LayerWidth> parse(llvm::StringRef text);
  std::string str() const;
  /// The same without a pattern.
  LayerWidth dense() const;

  bool operator==(const LayerWidth &other) const { return str() == other.str(); }
  bool operator!=(const LayerWidth &other) const { return !(*this == other); }
};

/// What a width adds to the network, and what it costs.
struct WidthCandidate {
  LayerWidth width;
  /// What it adds to the noise of the network's output, relative to the output's signal; may be
  /// negative. Noises of layers add up.
  double noise = 0;
  int64_t bytes = 0; ///< of weights and what belongs to them
  int64_t bops = 0; ///< bit operations: multiplications times bits of a weight and of an activation
  double time = 0;  ///< in microseconds
  /// What it does to the classes of the first output, where that is a row of them for each sample:
  /// their divergence from the network's in nats, the share of samples whose first class stays.
  std::optional<double> kl, agreement;
  std::optional<double> sqnr; ///< for readers; the choice does not look at it
};

struct LayerSensitivity {
  std::string name;
  std::vector<WidthCandidate> candidates;
};

/// What can be limited.
enum class WidthCost { Bytes, Bops, Time };
inline constexpr std::array<WidthCost, 3> allWidthCosts = {WidthCost::Bytes, WidthCost::Bops,
                                                           WidthCost::Time};

/// "bytes", "bops" or "time".
llvm::StringRef getName(WidthCost cost);
/// Error: none of these.
llvm::Expected<WidthCost> parseWidthCost(llvm::StringRef name);

/// What a choice makes least: the sum over the layers of
enum class WidthMetric {
  Sqnr,      ///< `noise`
  Kl,        ///< `kl`
  Agreement, ///< 1 - `agreement`
};
inline constexpr std::array<WidthMetric, 3> allWidthMetrics = {WidthMetric::Sqnr, WidthMetric::Kl,
                                                               WidthMetric::Agreement};

/// "sqnr", "kl" or "agreement".
llvm::StringRef getName(WidthMetric metric);
/// What is added up: "noise", "kl" or "disagreement".
llvm::StringRef getLossName(WidthMetric metric);
/// Error: none of these.
llvm::Expected<WidthMetric> parseWidthMetric(llvm::StringRef name);

/// The most that a network may cost; what is not set is not limited.
struct WidthBudgets {
  std::optional<int64_t> bytes, bops;
  std::optional<double> time; ///< in microseconds

  /// `texts` in the order of allWidthCosts, empty where there is no budget: a number, or a
  /// percentage ("75%") of what the network costs with all layers "w8a8". Fractions of a byte or
  /// a bit operation are left out. Errors: no such text; a percentage where some layer has no
  /// candidate w8a8, with its name.
  static llvm::Expected<WidthBudgets> parse(std::array<llvm::StringRef, 3> texts,
                                            llvm::ArrayRef<LayerSensitivity> layers);
};

/// Sums over all layers.
struct WidthTotals {
  double loss = 0; ///< what the metric adds up
  int64_t bytes = 0, bops = 0;
  double time = 0; ///< in microseconds
};

/// A width for each layer, in the network's order.
struct BitWidthChoice {
  std::vector<std::pair<std::string, LayerWidth>> layers;
  WidthBudgets budgets; ///< that it was chosen within
  WidthMetric metric = WidthMetric::Sqnr;
  WidthTotals totals;
};

/// The candidates, one for each layer, whose losses by the metric have the least sum within the
/// budgets: a multiple-choice knapsack, solved exactly.
///
/// Sums are compared as integers: losses in units of 2^-50, times in picoseconds, to which each
/// candidate is rounded. So the answer depends on the numbers alone. Of several choices of the same
/// loss the one of fewest bytes is taken, and of several of these the one that has the first
/// candidate, in the order of the list, for the first layer in which they differ.
///
/// Errors: a budget that can't be met, with the least that can; where budgets can't be met
/// together, the least of each within the others. A layer without candidates, a candidate without
/// the metric's figure, a loss that is not finite, a negative cost, sums of losses above 2^16 or of
/// costs above 2^52 (of picoseconds, for times).
llvm::Expected<BitWidthChoice> chooseBitWidths(llvm::ArrayRef<LayerSensitivity> layers,
                                               const WidthBudgets &budgets,
                                               WidthMetric metric = WidthMetric::Sqnr);

/// Choices between the cheapest and the most accurate, by rising cost and falling loss: at most
/// `points`, for budgets at equal distances. Each is the best within its budget, and no choice at
/// all is better than it in one of cost and loss and as good in the other. Ties: as above, with
/// `cost` in the place of bytes. Errors: as above; no points.
llvm::Expected<std::vector<BitWidthChoice>> paretoFront(llvm::ArrayRef<LayerSensitivity> layers,
                                                        WidthCost cost, unsigned points,
                                                        WidthMetric metric = WidthMetric::Sqnr);

} // namespace nnq

#endif // NNQ_QUANTIZATION_BITWIDTHS_H
