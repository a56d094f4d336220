//===- ChannelEqualization.h - Scales between layers ------------*- C++ -*-===//
//
// What makes one scale for all weights of a layer bearable: channels that two layers share get like
// ranges in both.
//
//===----------------------------------------------------------------------===//

#ifndef NNQ_QUANTIZATION_CHANNELEQUALIZATION_H
#define NNQ_QUANTIZATION_CHANNELEQUALIZATION_H

#include "llvm/ADT/ArrayRef.h"
#include <cstdint>
#include <vector>

namespace nnq {

/// Weights of a layer, row-major outputs x taps of the kernel x inputs of a group. Output channels
/// belong to `groups` in order, and those of a group read its inputs only.
struct LayerWeights {
  llvm::ArrayRef<float> values;
  int64_t outputs = 1, taps = 1, groups = 1;

  int64_t inputsOfGroup() const { return static_cast<int64_t>(values.size()) / (outputs * taps); }
  int64_t inputs() const { return groups * inputsOfGroup(); }
};

/// Layer `second` reads what layer `first` computes, with f(a x) = a f(x) for a > 0 in between:
/// its input i is of the output channel i modulo their number. A layer is `first` of one link and
/// `second` of one link at most.
struct LayerLink {
  size_t first, second;
};

/// Scales s_c = 2^e_c by which each link's channels may be divided in front (rows of the first
/// layer's weights and its bias) and multiplied behind (columns of the second's), such that the
/// network computes the same; of each link the e_c. In the limit each row of the first has the
/// range of the column that reads it, r1_c / s_c = r2_c s_c, the range of a row or column being its
/// greatest |w|: cross-layer equalization (arXiv:1906.04721), repeated over all links until it
/// converges and rounded to powers of two, which change no mantissa.
///
/// A channel whose row in front is 2^-deadChannelExponent of the layer's greatest or less keeps its
/// scale: such weights are what training has left of a dead channel, which would come back as a
/// huge constant, its bias, and take the range of all others. A channel that the second layer
/// hardly reads is made small in front, where it would take the range as well. Exponents are within
/// +-maxEqualizationExponent.
std::vector<std::vector<int>> equalizeChannels(llvm::ArrayRef<LayerWeights> layers,
                                               llvm::ArrayRef<LayerLink> links);

constexpr int deadChannelExponent = 10;
constexpr int maxEqualizationExponent = 16;

/// Weights whose rows are divided by 2^divide, and whose columns (input i of channel i modulo their
/// number) are multiplied by 2^multiply; either may be empty, for all 0.
std::vector<float> scaleChannels(const LayerWeights &weights, llvm::ArrayRef<int> divide,
                                 llvm::ArrayRef<int> multiply);

} // namespace nnq

#endif // NNQ_QUANTIZATION_CHANNELEQUALIZATION_H
