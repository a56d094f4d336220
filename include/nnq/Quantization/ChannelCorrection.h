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

/// First and second moments of a layer's result, channel by channel: what the float network
/// computes (`expected`) and what the quantized layer computes (`found`).
class ChannelMoments {
public:
  /// Adds tensors whose last dimension are `channels` channels. Elements that the layer's clamp or
  /// type holds at `lo` or `hi` are left out: they can't move. Error: sizes that do not agree.
  llvm::Error add(llvm::ArrayRef<float> expected, llvm::ArrayRef<float> found, int64_t channels,
                  float lo, float hi);

  /// The least-squares fit of `expected` by gain * found + offset:
  ///
  ///     gain = cov(expected, found) / var(found), clamped to [0.8, 1.25]; 1 unless `fitsGain`
  ///     offset = mean(expected) - gain * mean(found)
  ///
  /// and 1 and 0 for a channel of less than 64 elements, without variance, or where that explains
  /// less than 0.1 of the mean square of expected - found: the rest is rounding of single values,
  /// and what seems a shift may be chance. Without gain this is
  /// bias correction (arXiv:1906.04721), with it batch-norm re-tuning (arXiv:2006.10518), in closed
  /// form.
  ChannelCorrection fit(bool fitsGain) const;

private:
  struct Sums {
    uint64_t count = 0;
    double expected = 0, found = 0, foundSquared = 0, product = 0, noise = 0;
  };
  std::vector<Sums> channels;
};

/// Corrections by layer name on disk, in JSON:
///
///     {"nnq-correction": 1, "layers": {"conv1": {"gain": [1, 1.01], "offset": [0, -0.002]}}}
class CorrectionFile {
public:
  std::map<std::string, ChannelCorrection> layers;

  /// Errors begin with the path: the file can't be read, is no such JSON, or lists of other lengths.
  static llvm::Expected<CorrectionFile> read(llvm::StringRef path);
  /// Error: the file can't be written.
  llvm::Error write(llvm::StringRef path) const;
};

} // namespace nnq

#endif // NNQ_QUANTIZATION_CHANNELCORRECTION_H
