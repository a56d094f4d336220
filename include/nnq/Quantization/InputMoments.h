//===- InputMoments.h - Second moments of a layer's inputs ------*- C++ -*-===//
//
// What rounding better than to nearest needs to know of the data: of a layer y = W x not the inputs
// but their sums, as the float network (x) and the quantized network (x^) see them. Also the choice
// of positions and the columns that a convolution reads there.
//
//===----------------------------------------------------------------------===//

#ifndef NNQ_QUANTIZATION_INPUTMOMENTS_H
#define NNQ_QUANTIZATION_INPUTMOMENTS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"
#include <cstdint>
#include <vector>

namespace nnq {

//===----------------------------------------------------------------------===//
// Columns
//===----------------------------------------------------------------------===//

/// A convolution as its inputs see it: an NHWC tensor, and where each output position reads it. A
/// fully connected layer has height, width, kernel and output of 1.
struct InputWindow {
  int64_t batch = 1, height = 1, width = 1, channels = 1;
  int64_t kernelHeight = 1, kernelWidth = 1;
  int64_t strideHeight = 1, strideWidth = 1;
  int64_t dilationHeight = 1, dilationWidth = 1;
  int64_t padTop = 0, padLeft = 0;
  int64_t outputHeight = 1, outputWidth = 1;
  int64_t groups = 1;

  int64_t positions() const { return batch * outputHeight * outputWidth; }
  /// The inputs that one position reads, over all groups.
  int64_t inputs() const { return kernelHeight * kernelWidth * channels; }
};

/// At most `most` of the positions [0, count), ascending and distinct, at random but the same on
/// every machine: they depend on the arguments alone. With 100 per sample, 100 samples describe
/// layers of up to 5,000 inputs; four times as many add little.
std::vector<int64_t> choosePositions(int64_t count, uint64_t sampleIndex, llvm::StringRef layer,
                                     int64_t most = 100);

/// The inputs that each position reads, one row of `window.inputs()` for each, in the order (group,
/// kernel row, kernel column, channel of the group): that of OHWI weights, group after group.
/// Padding is 0. Position (b, y, x) has the number (b * outputHeight + y) * outputWidth + x.
/// Errors: a tensor of another size, channels that the groups do not divide, a position outside.
llvm::Expected<std::vector<float>> gatherColumns(llvm::ArrayRef<float> tensor,
                                                 const InputWindow &window,
                                                 llvm::ArrayRef<int64_t> positions);
/// The same for codes, less their zero point, which is also the padding.
llvm::Expected<std::vector<int16_t>> gatherColumns(llvm::ArrayRef<uint8_t> tensor,
                                                   int32_t zeroPoint, const InputWindow &window,
                                                   llvm::ArrayRef<int64_t> positions);
llvm::Expected<std::vector<int16_t>> gatherColumns(llvm::ArrayRef<int8_t> tensor, int32_t zeroPoint,
                                                   const InputWindow &window,
                                                   llvm::ArrayRef<int64_t> positions);

//===----------------------------------------------------------------------===//
// Moments
//===----------------------------------------------------------------------===//

/// Means, and second moments about the means, of the inputs of rows of weights. The unit of second
/// moments is the square of a code (x^ = scale * code), so that they are ordinary numbers whatever
/// the scale; of the means, reals.
struct CentredMoments {
  /// Inputs [first, first + width) and their moments, row-major width x width.
  struct Section {
    int64_t first, width;
    /// H = mean of (x^ - m^) (x^ - m^)', symmetric.
    std::vector<float> covariance;
    /// D = mean of (x - x^ - (m - m^)) (x^ - m^)'.
    std::vector<float> cross;
  };
  /// The diagonal sections of H and D; the moments of inputs in different sections count as 0.
  std::vector<Section> sections;
  std::vector<double> expectedMean, foundMean;
  int64_t columns = 0;

  int64_t inputs() const { return static_cast<int64_t>(foundMean.size()); }
};

/// Sums over columns of one layer's inputs: n, sum of x, sum of x^, sum of x^ x^' and sum of (x -
/// x^) x^', the last two for sections on the diagonal: the groups of a convolution, or of a layer
/// too wide for all pairs of inputs.
///
/// All sums are integers below 2^53, held in f64 and thus exact: x^ in codes less the zero point, x
/// rounded to 1/256 of a code. So shards added in any order, on any machine, give the same bits.
class InputMoments {
public:
  /// Columns beyond which sums might be inexact.
  static constexpr int64_t maxColumns = int64_t(1) << 21;

  InputMoments() = default;
  /// Moments of no columns yet. Each column has `inputs` inputs in sections of `sectionWidth`, the
  /// last of which may be narrower; x^ = scale * code.
  InputMoments(int64_t inputs, int64_t sectionWidth, float scale);

  /// The width of sections for a layer without groups: all inputs up to 4608, 2048 of more, where
  /// moments (16 bytes per pair) and the factorization grow out of proportion to what they gain.
  static int64_t suggestSectionWidth(int64_t inputs) { return inputs <= 4608 ? inputs : 2048; }

  /// Adds columns, row-major [n, inputs]: what the float network sees in reals, clamped to 2^15
  /// codes, and what the quantized network sees in codes less the zero point. Errors, which add
  /// nothing: sizes that do not agree, a NaN or an infinity or a code outside [-255, 255] with its
  /// position, more than `maxColumns` columns.
  llvm::Error add(llvm::ArrayRef<float> expected, llvm::ArrayRef<int16_t> found);

  /// Adds the sums of another shard. Errors, which add nothing: other inputs, sections or scale,
  /// more than `maxColumns` columns.
  llvm::Error merge(const InputMoments &other);

  int64_t inputs() const { return static_cast<int64_t>(foundSum.size()); }
  int64_t sectionWidth() const { return widthOfSections; }
  int64_t sectionCount() const { return static_cast<int64_t>(sections.size()); }
  float scale() const { return realOfCode; }
  int64_t columns() const { return count; }

  /// In how many groups `rows` rows of `weights` weights in all read these inputs: 1 if each row
  /// has a weight for each input; else, in a convolution with groups, one for each section, which
  /// the rows of that group read. Errors: weights that are no such rows, moments without columns.
  llvm::Expected<int64_t> groupsOf(size_t weights, int64_t rows) const;

  /// The moments of sections [first, first + number). There must be columns.
  CentredMoments centred(int64_t first, int64_t number) const;
  CentredMoments centred() const { return centred(0, sectionCount()); }

  /// Writes a line of JSON and then the sums in little-endian f64, of symmetric matrices the upper
  /// triangle:
  ///
  ///     {"columns":100,"inputs":9,"scale":0.5,"sectionWidth":9}
  ///     sum of 256 x | sum of x^ | for each section: sum of x^ x^', sum of 256 (x - x^) x^'
  ///
  /// Equal moments are equal bytes.
  void write(llvm::raw_ostream &os) const;
  /// Reads what `write` has written from the front of `bytes`, and drops it there. Errors: no such
  /// JSON, fewer bytes than it says, or a sum that is no integer below 2^53.
  static llvm::Expected<InputMoments> read(llvm::StringRef &bytes);
  /// Drops what `read` would read, but does not look at the sums.
  static llvm::Error skip(llvm::StringRef &bytes);

  friend bool operator==(const InputMoments &a, const InputMoments &b);

private:
  struct Section {
    int64_t first, width;
    /// Sums of x^ x^', of which only the upper triangle is kept, and of 256 (x - x^) x^'.
    std::vector<double> second, cross;
  };
  /// Calls `visit` with every range of sums that counts, in the order of `write`.
  template <typename Self, typename Visitor> static void forEachRun(Self &moments, Visitor visit);
  struct Header {
    int64_t inputs, sectionWidth, columns;
    float scale;
    llvm::StringRef sums;
  };
  /// Drops header and sums from the front of `bytes`.
  static llvm::Expected<Header> takeHeader(llvm::StringRef &bytes);

  int64_t widthOfSections = 0;
  float realOfCode = 1;
  int64_t count = 0;
  std::vector<double> expectedSum, foundSum;
  std::vector<Section> sections;
};

} // namespace nnq

#endif // NNQ_QUANTIZATION_INPUTMOMENTS_H
