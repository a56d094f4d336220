//===- Rounding.h - Rounding with regard to the inputs ----------*- C++ -*-===//
//
// The choice of codes by what they do to a layer's output, not by how near they are to the weights:
// what makes weights of 2 to 4 bits useful without training.
//
//===----------------------------------------------------------------------===//

#ifndef NNQ_QUANTIZATION_ROUNDING_H
#define NNQ_QUANTIZATION_ROUNDING_H

#include "nnq/Quantization/InputMoments.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <vector>

namespace nnq {

/// The numbers, times a scale, that weights may take.
class RoundingGrid {
public:
  /// Signed integers of 2 to 8 bits, the code being the number: [-127, 127] at 8 bits, the full
  /// two's complement range below, as in `quantizeWeights`. Error: other bits.
  static llvm::Expected<RoundingGrid> uniform(int bits);
  /// -1, 0 and 1, the code being the number.
  static RoundingGrid ternary();
  /// Any numbers, the code being the position. Errors: not 2 to 128 of them, not finite and
  /// ascending, or none above 0.
  static llvm::Expected<RoundingGrid> codebook(std::vector<float> numbers);

  /// What the greatest weight of a row is divided by: the last number, in codebooks that of the
  /// greatest magnitude.
  float greatest() const;
  llvm::ArrayRef<float> numbers() const { return levels; }
  float level(int8_t code) const { return levels[code - firstCode]; }
  int8_t code(float level) const;
  /// Replaces each value by the level nearest to it: half to even, in codebooks to the lower.
  void round(llvm::MutableArrayRef<float> values) const;
  /// The codes of what `round` gives, of a codebook.
  void nearestCodes(llvm::ArrayRef<float> values, llvm::MutableArrayRef<int8_t> codes) const;
  /// Whether scales cover the greatest weight exactly: at 8 bits clipping gains nothing.
  bool coversAll() const { return firstCode == -127; }

private:
  RoundingGrid(std::vector<float> levels, int firstCode, bool isUniform);

  std::vector<float> levels;
  /// Of a codebook: halfway between a level and the next.
  std::vector<float> midpoints;
  int firstCode;
  bool isUniform;
};

/// Which weights of a row share a scale: those of `size` input channels at every tap of a kernel.
/// The row has `channels` of them at each tap, one tap after the other, as in OHWI weights; with
/// one tap, blocks are neighbours. `size` divides `channels`.
struct ScaleBlocks {
  int64_t channels, size;

  int64_t count() const { return channels / size; }
  int64_t of(int64_t input) const { return input % channels / size; }
  /// Calls `visit(first, end)` with each range of neighbours in a block of a row of `inputs`.
  template <typename Visitor> void forEachRun(int64_t block, int64_t inputs, Visitor visit) const {
    for (int64_t first = block * size; first < inputs; first += channels)
      visit(first, first + size);
  }
};

/// The rounding of rows of weights that read the same inputs: W is rows x inputs, H and D are the
/// moments of the inputs (see CentredMoments), W* is the target and Q = scale * level the rounded
/// weights. The error of the outputs, with their means in the bias, is tr((Q - W*) H (Q - W*)'),
/// and each step behind the choice of scales lowers it in every row or leaves the row as it was.
///
/// A step's bits depend on its inputs alone, not on the machine or the number of threads.
class LayerRounding {
public:
  /// `w` is row-major; each block of a row has a scale, which is at least the row's entry in
  /// `minimumScales`. With `sharedUnits`, scales are then rounded to multiples of one unit for each
  /// row (BlockScales.h). W* is W at first.
  LayerRounding(llvm::ArrayRef<float> w, int64_t rows, CentredMoments moments, RoundingGrid grid,
                ScaleBlocks blocks, llvm::ArrayRef<float> minimumScales, bool sharedUnits = false);

  /// Moves the target to the weights that, fed the inputs of the quantized network, best give the
  /// outputs of the float network: W* = W + W D (H + lambda I)^-1, the solution of min ||W X - W*
  /// X^||^2 + n lambda ||W* - W||^2 over centred columns. `lambda` is relative to the mean diagonal
  /// of H. Error: H + lambda I is not positive definite in f32, to which a larger lambda helps.
  llvm::Error refitTarget(double lambda);

  /// Adds `share` of the mean diagonal to the diagonal of H, or 1 where H is 0, for all that
  /// follows: directions that the samples do not show then count a little.
  void dampen(double share);

  /// Chooses scales and rounds to nearest. Of 60 scales, with 0.25 to 1.1 of the greatest weight on
  /// the greatest level, the one with the least sum of H_jj (w_j - q_j)^2 (the plain error is worse
  /// than no choice at 3 bits); at 8 bits always 1.
  void chooseScales();

  /// `chooseScales` for the groups of a layer, which share a codebook, and of its numbers: those of
  /// the least sum of H_jj (w_j - q_j)^2, by k-means (Lloyd 1982) on w / scale, where weights count
  /// H_jj scale^2. As that finds minima nearby, scales are chosen anew in between. The numbers end
  /// as bytes (`toLevels`).
  static void learnCodebook(llvm::MutableArrayRef<LayerRounding> groups);

  /// Rounds one input's weights after the other, from great to small H_jj, and lets the rest make
  /// up for each error: GPTQ (arXiv:2210.17323), on Optimal Brain Compression (arXiv:2208.11580).
  /// With H = R' R that is to round (W* R')_j, last to first: Babai's nearest plane
  /// (arXiv:2507.18553), which needs neither an inverse nor its factor. Inputs that never vary have
  /// H_jj from damping alone and are rounded to nearest. Keeps a row as it was where that is
  /// better. Error: H is not positive definite in f32, even with its mean diagonal added.
  llvm::Error roundSecondOrder();

  /// Moves one weight after the other to the level that is best while the others stay, then the
  /// scales, `sweeps` times or until nothing moves. Reaches what AdaRound's gradients
  /// (arXiv:2004.10568) look for, on any grid, since the loss is quadratic.
  void descendCoordinates(int sweeps);

  /// Moves the numbers of the codebook of `groups`, while codes and scales stay, to the least error
  /// (least squares under all of H), makes bytes of them and descends once; `rounds` times or until
  /// no byte moves or the error, of which a row may now have more, does not fall: such a round is
  /// undone.
  static void refineCodebook(llvm::MutableArrayRef<LayerRounding> groups, int rounds);

  /// tr((Q - W*) H (Q - W*)'), and tr(W H W'), the unit of relative errors.
  double error() const;
  double energy() const;
  /// What `refitTarget` took off the error of exact weights, in the unit of `error`.
  double refitGain() const { return gainOfRefit; }

  /// Codes, row-major like `w`.
  std::vector<int8_t> codes() const;
  /// What they stand for.
  llvm::ArrayRef<float> numbers() const { return grid.numbers(); }
  /// Scales, row-major rows x blocks.
  std::vector<float> scales() const;
  /// What the bias needs to keep the output's mean: W m - Q m^, in reals.
  std::vector<float> biasShift() const;
  /// W*, row-major.
  std::vector<float> target() const;

private:
  /// Q.
  std::vector<float> quantized() const;
  /// Q - W*.
  std::vector<float> difference() const;
  /// (Q - W*) H (Q - W*)' of each row, from Q - W* and its product with H.
  std::vector<double> rowErrors(llvm::ArrayRef<float> difference,
                                llvm::ArrayRef<float> gradient) const;
  /// H x for x of inputs x columns.
  std::vector<float> covarianceTimes(llvm::ArrayRef<float> x, int64_t columns) const;
  /// The diagonal of H.
  std::vector<float> diagonal() const;
  const float *scalesOf(int64_t input) const { return scale.data() + blocks.of(input) * rows; }
  /// The scale nearest to `wanted` that row `row` may have.
  float allowedScale(float wanted, int64_t row) const;
  /// Chooses the units of rows and rounds their scales to multiples.
  void shareUnits();
  void roundToNearest();
  void sweep(std::vector<float> &gradient, llvm::ArrayRef<float> active);
  void refitScales(std::vector<float> &gradient, llvm::ArrayRef<float> active);

  // What a codebook is learned with (LearnCodebook.cpp).
  struct Centroids;
  struct NormalEquations;
  struct Choice;
  /// Adds what says where `numbers` should move. Returns the code of each weight among them.
  std::vector<int8_t> addCentroids(const RoundingGrid &numbers, Centroids &centroids) const;
  /// Moves scales to the least sum of H_jj (w_j - q_j)^2 for weights of these codes.
  void refitScalesByDiagonal(const RoundingGrid &numbers, llvm::ArrayRef<int8_t> codes);
  void addSlope(NormalEquations &equations) const;
  void addCurvature(llvm::ArrayRef<int64_t> someRows, NormalEquations &equations) const;
  static std::vector<double> fitNumbers(llvm::ArrayRef<LayerRounding> groups);
  /// Makes `numbers`, as bytes, what the codes stand for; scales change by what makes them bytes.
  void replaceNumbers(llvm::ArrayRef<double> numbers);
  void restore(Choice choice);

  int64_t rows, inputs;
  ScaleBlocks blocks;
  bool sharedUnits;
  CentredMoments moments;
  RoundingGrid grid;
  std::vector<float> minimum;
  // All transposed, inputs x rows: what is done to one input is done to all rows at once.
  std::vector<float> weights, wanted, levels;
  /// Blocks x rows.
  std::vector<float> scale;
  /// One for each row once scales are chosen, if there are any.
  std::vector<float> units;
  double gainOfRefit = 0;
};

struct RoundingOptions {
  /// Bits of the uniform grid, 2 to 8, unless weights are ternary or of a codebook.
  int bits = 4;
  /// The numbers are -1, 0 and 1. Not beside a codebook.
  bool ternary = false;
  /// Levels as compiled code holds them (Codebook.h), the same for all rows; none for the grids
  /// above.
  std::vector<int8_t> codebook;
  /// The codebook is only where the levels start from: they become those of the layer. Of two
  /// levels, scales are all there is to learn.
  bool learnCodebook = false;
  /// Input channels that share a scale at all taps of a kernel, a divisor of `channels`; 0 for the
  /// whole row.
  int64_t blockSize = 0;
  /// Input channels of a row at each tap, a divisor of its length; 0 for one tap.
  int64_t channels = 0;
  /// Scales of a row are multiples of one unit, as those of `quantizeWeightsInBlocks` are.
  bool sharedUnits = false;
  /// The lambda of `refitTarget`; 0 leaves the target at the weights. 1 for 100 samples, 0.1 for
  /// many. Moments of less than two columns for each input would be fitted to chance: there the
  /// target stays at the weights, and damping is ten times as strong.
  double refit = 1;
  double damping = 0.01;
  bool secondOrder = true;
  /// Sweeps of coordinate descent at most.
  int sweeps = 4;
  /// Nothing, or one for each row.
  std::vector<float> minimumScales;
};

struct RoundedWeights {
  /// As the weights were given. In a codebook the positions of levels.
  std::vector<int8_t> codes;
  /// Those of the codebook, given or learned; none of other grids, where the code is the number.
  std::vector<int8_t> levels;
  /// Rows x blocks.
  std::vector<float> scales;
  /// To be added to the bias of each row, in reals: with it the layer's mean is the float layer's.
  std::vector<float> biasShift;
  /// The error after a step, relative to the mean square of the outputs (without their mean), both
  /// with damped moments.
  struct Step {
    llvm::StringLiteral name;
    double error;
  };
  /// "nearest", "second order", "coordinate descent" and "levels" (of a learned codebook), if they
  /// were done; the errors do not rise. Errors are against the target, so what the refit has gained
  /// is apart.
  std::vector<Step> steps;
  double refitGain = 0;

  /// What such codes stand for, but for their scales.
  std::vector<int32_t> numbers(llvm::ArrayRef<int8_t> codes) const;
};

/// Rounds the weights of a layer, row-major with one row for each output channel: refit, choice of
/// scales, second order, coordinate descent. The levels of a codebook are learned behind the choice
/// of scales and, if there is coordinate descent, behind that.
///
/// A row has one weight for each input of the moments, or, in a convolution with groups, as many as
/// a section of them: section g is then read by the g-th part of the rows.
///
/// Errors: weights that are no such rows, moments without columns, an option outside its limits, a
/// NaN or an infinity with its position, and those of the steps.
llvm::Expected<RoundedWeights> roundWeights(llvm::ArrayRef<float> w, int64_t rows,
                                            const InputMoments &moments,
                                            const RoundingOptions &options = {});

/// The same without moments, as if all inputs varied alike and by themselves: to nearest, by the scales
/// (and levels) of the least square error. Errors: as above.
llvm::Expected<RoundedWeights> roundToNearest(llvm::ArrayRef<float> w, int64_t rows,
                                              const RoundingOptions &options);

} // namespace nnq

#endif // NNQ_QUANTIZATION_ROUNDING_H
