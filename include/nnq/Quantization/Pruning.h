//===- Pruning.h - Weights that are zero, in patterns -----------*- C++ -*-===//
//
// The patterns of zeros that kernels can skip, and the pruning of a layer's weights to one of them,
// together with their quantization, without training.
//
//===----------------------------------------------------------------------===//

#ifndef NNQ_QUANTIZATION_PRUNING_H
#define NNQ_QUANTIZATION_PRUNING_H

#include "nnq/Quantization/InputMoments.h"
#include "nnq/Quantization/Rounding.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace nnq {

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

/// Weights as patterns see them: rows (output channels) of `channels` weights at each of `taps`
/// taps of a kernel, one tap after the other, as in OHWI weights. Fully connected layers have one
/// tap. In a convolution with groups, `channels` are those of a group, and the rows of one group
/// come before those of the next.
struct WeightShape {
  int64_t rows, taps, channels, groups = 1;

  int64_t inputs() const { return taps * channels; }
  int64_t groupRows() const { return rows / groups; }
};

/// A pattern of zeros that a kernel can skip, and the share of weights that it removes:
///
///     1x32=50%      32 neighbouring rows keep the same inputs, so many of each 64 inputs of a tap
///     4x16=50%      16 neighbouring rows keep the same blocks of 4 inputs of a tap
///     4:8           each row keeps 4 of 8 neighbouring inputs of a tap; also 2:4, 4:16, 4:32
///     channels=25%  whole rows are zero
///
/// A pattern says what may be kept: weights with further zeros fit it as well, because a kernel
/// stores zeros among what it keeps. For the same reason the last rows of a group of a convolution
/// may be fewer than 32 or 16, which a kernel fills up with zeros.
struct PruningPattern {
  enum class Kind { Inputs1x32, Blocks4x16, NOfM, Channels };
  Kind kind = Kind::NOfM;
  /// Kept are `kept` of `of`: for 1x32 inputs, a multiple of 4 of 64; for 4x16 blocks, of 16; for
  /// N:M, N and M; for channels ten-thousandths.
  int64_t kept = 4, of = 8;

  /// The share of weights that the pattern removes, where windows are whole.
  double share() const { return 1 - static_cast<double>(kept) / static_cast<double>(of); }

  /// The names above. 1x32 and 4x16 remove 6.25 % to 93.75 % in steps of 6.25 %, channels 0.01 % to
  /// 99.99 % in steps of 0.01 %. Error: none of these, with what there is.
  static llvm::Expected<PruningPattern> parse(llvm::StringRef text);
  std::string str() const;

  /// Rows that share a mask, and neighbouring inputs that are kept or removed together. Of
  /// channels, both are 1.
  int64_t maskRows() const;
  int64_t unit() const { return kind == Kind::Blocks4x16 ? 4 : 1; }

  /// Inputs [first, end) of a row, of which `kept` units at most are kept.
  struct Window {
    int64_t first, end, kept;
  };
  /// The windows of a row of weights that the pattern suits, ascending; none for channels.
  ///
  /// 1x32: 64 inputs of a tap. The last window of a tap with v < 64 inputs keeps 4 ceil(kept v /
  /// 256) of them, or all if they are fewer: again steps of 4 inputs, a constant number. 4x16: the
  /// whole row, since a kernel finds blocks by their offsets; it keeps kept / 16 of its blocks,
  /// rounded up. N:M: M inputs of a tap.
  std::vector<Window> windows(const WeightShape &shape) const;
  /// The number of zero rows in each group of a convolution: `share` of them, to the nearest.
  int64_t removedRows(const WeightShape &shape) const;

  /// The share of weights that masks keep of weights that the pattern suits.
  double keptShare(const WeightShape &shape) const;

  /// Errors: the shape is none, 4 or M do not divide the channels, or rows are so short, or so few,
  /// that the pattern would remove nothing or all of them.
  llvm::Error checkSuits(const WeightShape &shape) const;

  bool operator==(const PruningPattern &other) const {
    return kind == other.kind && kept == other.kept && of == other.of;
  }
  bool operator!=(const PruningPattern &other) const { return !(*this == other); }
};

/// Which weights of a layer are kept (1) or zero (0), row-major.
struct WeightMask {
  WeightShape shape;
  std::vector<uint8_t> kept;

  /// Error: the number of weights is not that of the shape.
  static llvm::Expected<WeightMask> of(llvm::ArrayRef<float> weights, const WeightShape &shape);
  static llvm::Expected<WeightMask> of(llvm::ArrayRef<int8_t> codes, const WeightShape &shape);

  /// The mask of the rows in another order: row i is row order[i] of this one.
  WeightMask reordered(llvm::ArrayRef<int64_t> order) const;
  /// The share of weights that are zero.
  double zeroShare() const;
};

/// Errors: the pattern does not suit the shape, or the mask does not fit it, with the first rows
/// and window that break it.
llvm::Error verifyPattern(const WeightMask &mask, const PruningPattern &pattern);

/// The pattern that fits and removes the most; of several the first of channels, 1x32, 4x16, N:M
/// with the least M. Nothing if none fits.
std::optional<PruningPattern> findPattern(const WeightMask &mask);

/// For weights that were pruned by 1x32 before their rows changed places: an order of the rows,
/// within groups of a convolution, by which rows with like masks are neighbours: order[i] is the
/// row that comes to place i. Each 32 rows start with the row that keeps most of those left, and
/// then take the row that adds the fewest inputs. The order that the rows have if no other lets
/// 1x32 remove more.
std::vector<int64_t> findRowOrder(const WeightMask &mask);

//===----------------------------------------------------------------------===//
// Pruning
//===----------------------------------------------------------------------===//

struct PruningOptions {
  PruningPattern pattern;
  /// Bits of the kept weights, 2 to 8.
  int bits = 8;
  /// Input channels of a row at each tap, a divisor of its length; 0 for one tap.
  int64_t channels = 0;
  /// As in RoundingOptions.
  double refit = 1;
  double damping = 0.01;
  /// Whether kept weights make up for all removed ones, not only those of windows before.
  bool refitKept = true;
  /// Sweeps of coordinate descent at most, below 8 bits.
  int sweeps = 4;
  /// Nothing, or one for each row.
  std::vector<float> minimumScales;
  /// Nothing, or which weights to keep, row-major: for weights that were pruned elsewhere. Must fit
  /// the pattern; rows that share a mask then keep what one of them keeps.
  std::vector<uint8_t> kept;
  /// For 1x32 and 4x16: first changes the places of rows, within groups of a convolution, such that
  /// rows that want the same inputs share a mask. Gains about 0.1 dB.
  bool reorderRows = false;
};

struct PrunedWeights {
  /// Row-major, zero where pruned; like all that follows, in the order of rows that `order` says.
  std::vector<int8_t> codes;
  /// One for each row.
  std::vector<float> scales;
  /// To be added to the bias of each row, in reals: with it the layer's mean is the float layer's.
  std::vector<float> biasShift;
  /// Which weights the masks keep: 1, else 0. Codes of kept weights may be zero too.
  std::vector<uint8_t> kept;
  /// Place i holds row order[i] of the weights as they were given; ascending unless rows were
  /// reordered.
  std::vector<int64_t> order;
  /// "pruned", "refit" if it was done, and "rounded", with the error then, relative to the mean
  /// square of the outputs (without their mean), both with damped moments. Errors are against the
  /// target, so what its refit has gained is apart.
  std::vector<RoundedWeights::Step> steps;
  double refitGain = 0;
};

/// Prunes the weights of a layer, row-major with one row for each output channel, and rounds what
/// is kept. With H the moments of the inputs (see CentredMoments) plus damping and W* the target as
/// in `LayerRounding::refitTarget`:
///
/// 1. Pruned: one sweep over windows of inputs, last to first, as GPTQ's (SparseGPT,
///    arXiv:2301.00774). In each window, the rows of a mask drop the unit b with the least
///    tr(w_b (B_bb)^-1 w_b') until as many are left as the pattern keeps; B is the inverse moments'
///    block of the window, over this window and all that come after, and the others make up for
///    each drop (Optimal Brain Surgeon; Optimal Brain Compression, arXiv:2208.11580). Channels:
///    those rows are zero that have the least w H w'.
/// 2. Refit: the kept weights M of each mask become W* H_:M (H_MM)^-1, what is best for that mask.
///    For N:M by 25 rounds of conjugate gradients, since each row has a mask of its own.
/// 3. Rounded: at 8 bits to nearest, which adds next to nothing; below in second order and by
///    coordinate descent on H_MM (LayerRounding), for N:M by coordinate descent alone.
///
/// Rows read inputs, and groups of a convolution their sections, as in `roundWeights`; with few
/// columns the target stays at the weights, too.
///
/// Errors: weights that are no such rows, moments without columns, an option outside its limits, a
/// pattern that does not suit the rows, masks that do not fit it, a NaN or an infinity with its
/// position, moments that are not positive definite in f32.
llvm::Expected<PrunedWeights> pruneWeights(llvm::ArrayRef<float> w, int64_t rows,
                                           const InputMoments &moments,
                                           const PruningOptions &options);

/// The same without moments, as if all inputs varied alike and by themselves: keeps the units of the
/// greatest squares, of equals the first, and rounds them to nearest, by the scales of the least
/// square error. Of the options, those of steps and of the order of rows say nothing. Errors: as
/// above.
llvm::Expected<PrunedWeights> pruneToNearest(llvm::ArrayRef<float> w, const WeightShape &shape,
                                             const PruningOptions &options);

} // namespace nnq

#endif // NNQ_QUANTIZATION_PRUNING_H
