//===- Codebook.h - Levels of a codebook ------------------------*- C++ -*-===//
//
// The few numbers that weights of a layer may take, at any distance from each other: where most
// weights are, levels lie closer than on a uniform grid of as many codes.
//
//===----------------------------------------------------------------------===//

#ifndef NNQ_QUANTIZATION_CODEBOOK_H
#define NNQ_QUANTIZATION_CODEBOOK_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <vector>

namespace nnq {

// Compiled code holds the levels of a codebook as signed bytes, so that products stay those of
// integers: a weight is levels[code] * scale, the code being the position. Levels are ascending and
// distinct, of magnitudes up to that of the greatest byte whose negative is one too.

inline constexpr int64_t greatestLevel = 127;
/// A code has 1 to 4 bits.
inline constexpr int64_t fewestLevels = 2, mostLevels = 16;

/// Errors: not 2 to 16 levels, one of -128, one that is not above the last, or none above 0.
llvm::Error checkLevels(llvm::ArrayRef<int8_t> levels);

/// NormalFloat of 4 bits (QLoRA, arXiv:2305.14314, appendix E), 1.0 being 127: quantiles of a
/// normal distribution, 0 among them.
std::vector<int8_t> nf4Levels();

/// Levels from which to learn those of a layer: NF4's 16, the 4 of the least error on a normal
/// distribution (Lloyd 1982, Max 1960), or -1 and 1. Error: another number of `entries`.
llvm::Expected<std::vector<int8_t>> initialLevels(int entries);

/// The nearest bytes to 2 to 16 ascending numbers, the last of which is above 0, times what makes
/// the greatest magnitude 127. Numbers that would share a byte get neighbours.
std::vector<int8_t> toLevels(llvm::ArrayRef<double> numbers);

} // namespace nnq

#endif // NNQ_QUANTIZATION_CODEBOOK_H
