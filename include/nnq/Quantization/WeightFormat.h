//===- WeightFormat.h - The numbers that weights may take -------*- C++ -*-===//
//
// Names of grids and codebooks, as options, widths and rules have them.
//
//===----------------------------------------------------------------------===//

#ifndef NNQ_QUANTIZATION_WEIGHTFORMAT_H
#define NNQ_QUANTIZATION_WEIGHTFORMAT_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <string>
#include <vector>

namespace nnq {

struct RoundingOptions;

/// What the weights of a layer are, but for their scales.
struct WeightFormat {
  enum class Kind {
    Uniform,     ///< integers of `bits` bits: "w8", "w4", "w2"
    Ternary,     ///< -1, 0, 1
    Binary,      ///< -1, 1
    NormalFloat, ///< the 16 levels of NF4: "nf4"
    Codebook,    ///< 16 or 4 levels that are learned: "codebook16"; or `levels`: "codebook(-9|0|9)"
  };

  Kind kind = Kind::Uniform;
  unsigned bits = 8;          ///< of a code: 2 to 8; of others than integers, 1, 2 or 4
  std::vector<int8_t> levels; ///< of a codebook that is given

  /// The format that `text` starts with, which it drops there. Error: none of these, with what there
  /// is; levels that are no codebook's (Codebook.h).
  static llvm::Expected<WeightFormat> consume(llvm::StringRef &text);
  std::string str() const;

  bool isUniform() const { return kind == Kind::Uniform; }
  /// Whether weights are positions in a codebook.
  bool hasLevels() const { return !isUniform() && kind != Kind::Ternary; }
  /// Puts grid or codebook into `options`.
  void choose(RoundingOptions &options) const;

  bool operator==(const WeightFormat &other) const { return str() == other.str(); }
};

/// What there is, for errors and help.
llvm::StringRef describeWeightFormats();

} // namespace nnq

#endif // NNQ_QUANTIZATION_WEIGHTFORMAT_H
