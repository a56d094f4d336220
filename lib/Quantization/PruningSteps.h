//===- PruningSteps.h - What pruning a layer consists of --------*- C++ -*-===//
//
// The steps of `pruneWeights`, on a layer or one group of a convolution.
//
//===----------------------------------------------------------------------===//

#ifndef NNQ_LIB_QUANTIZATION_PRUNINGSTEPS_H
#define NNQ_LIB_QUANTIZATION_PRUNINGSTEPS_H

#include "MatrixProduct.h"
#include "nnq/Quantization/Pruning.h"

namespace nnq {

/// Rows of weights on their way: W* is the target, Q what the weights are by now. Matrices are
/// transposed, inputs x rows, as in LayerRounding: what is done to an input is done to all rows.
struct PrunedLayer {
  /// Damped.
  CentredMoments moments;
  int64_t rows, inputs;
  /// W* and Q.
  std::vector<float> wanted, weights;
  /// Whether a weight may be other than 0.
  std::vector<uint8_t> kept;

  /// Adds `share` of the mean diagonal to the diagonal of H, as LayerRounding does.
  void dampen(double share);
  /// H x, for x of inputs x rows.
  std::vector<float> covarianceTimes(llvm::ArrayRef<float> x) const;
  /// Q - W*.
  std::vector<float> difference() const;
  /// x_r H x_r' of each row r, from x and H x.
  std::vector<double> rowErrors(llvm::ArrayRef<float> x, llvm::ArrayRef<float> product) const;
  /// tr((Q - W*) H (Q - W*)').
  double error() const { return energy(difference()); }
  /// tr(x H x').
  double energy(llvm::ArrayRef<float> x) const;
};

/// The inputs of a section that one of `count` rows keeps, counted from its first, and the moments
/// of such.
std::vector<int64_t> keptInputs(const PrunedLayer &layer, const CentredMoments::Section &section,
                                int64_t row, int64_t count);
std::vector<float> momentsOf(const CentredMoments::Section &section,
                             llvm::ArrayRef<int64_t> inputs);

/// An order of the rows by which those that share a mask want to keep the same: masks for groups of
/// rows and groups for masks in turn, as k-means. order[i] is the row that comes to place i.
std::vector<int64_t> orderRows(const PrunedLayer &layer, const PruningPattern &pattern,
                               llvm::ArrayRef<PruningPattern::Window> windows);

/// Chooses what to keep by one sweep over the windows of a pattern, and with it Q. Error: H is not
/// positive definite.
llvm::Error pruneInOneSweep(PrunedLayer &layer, const PruningPattern &pattern,
                            llvm::ArrayRef<PruningPattern::Window> windows);

/// Keeps all but `removed` rows, which are those of the least w H w', and of these W*.
void pruneRows(PrunedLayer &layer, int64_t removed);

/// Moves Q to the weights that are best for what is kept, the same in each `maskRows` rows:
/// Q_M += (W* - Q) H_:M (H_MM)^-1, which makes it W* H_:M (H_MM)^-1. Rows stay as they were where
/// that is not better. Error: H is not positive definite.
llvm::Error refitMasks(PrunedLayer &layer, int64_t maskRows);

/// The same by rounds of conjugate gradients, preconditioned by the diagonal of H, for rows that
/// keep different inputs.
void refitRows(PrunedLayer &layer, int rounds);

/// Rounds what is kept, the same in each `maskRows` rows, as `roundWeights` does, each mask as a
/// layer of its own, and makes Q the rounded weights. Returns codes, inputs x rows, and scales.
struct RoundedRows {
  std::vector<int8_t> codes;
  std::vector<float> scales;
};
llvm::Expected<RoundedRows> roundMasks(PrunedLayer &layer, int64_t maskRows,
                                       const RoundingGrid &grid,
                                       llvm::ArrayRef<float> minimumScales, int sweeps);

/// The same by coordinate descent alone, for rows that keep different inputs.
RoundedRows roundRows(PrunedLayer &layer, const RoundingGrid &grid,
                      llvm::ArrayRef<float> minimumScales, int sweeps);

} // namespace nnq

#endif // NNQ_LIB_QUANTIZATION_PRUNINGSTEPS_H
