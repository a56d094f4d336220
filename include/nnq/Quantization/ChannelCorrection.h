//===- ChannelCorrection.h - Gain and offset of each channel ----*- C++ -*-===//
//
// Rounding moves the mean of each output channel of a layer and changes its gain. Both are measured
// on samples and undone for nothing: the gain goes into the scale of the channel's weights, the
// offset into its bias.
//
//===----------------------------------------------------------------------===//

#ifndef NNQ_QUANTIZATION_CHANNELCORRECTION_H
#define NNQ_QUANTIZATION_CHANNELCORRECTION_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace nnq {

/// y' = gain * y + offset for each channel, in reals.
struct ChannelCorrection {
  std::vector<float> gain, offset;
};

/// What may change, apart from nothing: the mean of a channel, its gain too, or the better of both.
enum class CorrectionKind { Bias, Affine, Best };

/// First and second moments of a layer's result, channel by channel: what the float network
/// computes (`expected`) and what the quantized layer computes (`found`).
class ChannelMoments {
public:
  /// Adds tensors whose last dimension are `channels` channels. Elements that the layer's clamp or
  /// type holds at `lo` or `hi` are left out: they can't move. Error: sizes that do not agree.
  llvm::Error add(llvm::ArrayRef<float> expected, llvm::ArrayRef<float> found, int64_t channels,
                  float lo, float hi);

  /// For each channel, of the following what leaves least of the mean square of expected - y' in
  /// `heldOut`, moments of the same layer on other samples:
  ///
  ///     nothing   gain = 1, offset = 0
  ///     bias      gain = 1, offset = mean(expected) - mean(found)
  ///     affine    gain = cov(expected, found) / var(found), clamped to [0.8, 1.25],
  ///               offset = mean(expected) - gain * mean(found)
  ///
  /// What was chosen is then fitted to both. A channel of less than 64 elements, or of less than 16
  /// held out, is left alone. The second is bias correction (arXiv:1906.04721), the third
  /// batch-norm re-tuning (arXiv:2006.10518) in closed form. Error: `heldOut` has another number of
  /// channels.
  llvm::Expected<ChannelCorrection> fit(const ChannelMoments &heldOut,
                                        CorrectionKind kind = CorrectionKind::Best) const;

private:
  struct Sums {
    uint64_t count = 0;
    double expected = 0, found = 0, foundSquared = 0, product = 0, expectedSquared = 0;

    /// Mean square of expected - (gain * found + offset).
    double noise(double gain, double offset) const;
    /// The gain, or 1, and the offset that leave least of it.
    std::pair<double, double> fit(bool fitsGain) const;
    Sums operator+(const Sums &other) const;
  };
  std::vector<Sums> channels;
};

/// Corrections by layer name on disk, in JSON:
///
///     {"nnq-correction": 1, "layers": {"conv1": {"gain": [1, 1.01], "offset": [0, -0.002]}}}
class CorrectionFile {
public:
  std::map<std::string, ChannelCorrection> layers;

  /// Errors begin with the path: the file can't be read, is no such JSON, or lists of other
  /// lengths.
  static llvm::Expected<CorrectionFile> read(llvm::StringRef path);
  /// Error: the file can't be written.
  llvm::Error write(llvm::StringRef path) const;
};

} // namespace nnq

#endif // NNQ_QUANTIZATION_CHANNELCORRECTION_H
