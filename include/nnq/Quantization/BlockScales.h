//===- BlockScales.h - Scales of blocks as multiples of a unit --*- C++ -*-===//
//
// With a scale for each block of 32 weights of 4 bits, scales of 32 bits would take a fifth of the
// memory. Those that nnq chooses are multiples of one real number for each channel, up to 255 of
// it, so that a byte stands for each: VS-Quant (arXiv:2102.04503), with its two levels.
//
//===----------------------------------------------------------------------===//

#ifndef NNQ_QUANTIZATION_BLOCKSCALES_H
#define NNQ_QUANTIZATION_BLOCKSCALES_H

#include "llvm/ADT/ArrayRef.h"
#include <cstdint>
#include <optional>
#include <vector>

namespace nnq {

inline constexpr int32_t greatestMultiple = 255;

/// A positive number rounded to 16 significant bits, so that all multiples are exact in f32, but at
/// least `minimumScale`.
float roundToUnit(float value);

/// The unit of a channel whose greatest scale is `greatest`.
inline float unitOfScales(float greatest) { return roundToUnit(greatest / greatestMultiple); }

/// The multiple of `unit` nearest to `scale`, from 1 to 255 of them.
float roundToMultiple(float scale, float unit);

/// Scales of the blocks of channels: that of block b of channel c is units[c] * multiples[c *
/// blocks + b], exactly.
struct BlockScales {
  std::vector<float> units;
  std::vector<uint8_t> multiples;

  /// Finds the greatest units of positive scales in the order [channel][block]. Nothing if a
  /// channel has none of which all its scales are multiples from 1 to 255.
  static std::optional<BlockScales> factorize(llvm::ArrayRef<float> scales, int64_t channels);
};

} // namespace nnq

#endif // NNQ_QUANTIZATION_BLOCKSCALES_H
