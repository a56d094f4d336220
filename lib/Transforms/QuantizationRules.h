// The scheme of each operation: the pass options, and the rules that make exceptions to them.

#ifndef NNQ_LIB_TRANSFORMS_QUANTIZATIONRULES_H
#define NNQ_LIB_TRANSFORMS_QUANTIZATIONRULES_H

#include "nnq/Quantization/Pruning.h"
#include "nnq/Quantization/WeightFormat.h"
#include "nnq/Transforms/Passes.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/Regex.h"

#include <functional>

namespace nnq {

/// How one operation is to be quantized.
struct OpScheme {
  OpScheme() = default;
  OpScheme(WeightGranularity weightGranularity, unsigned weightBits, unsigned weightBlock,
           ActivationScheme activations)
      : weightGranularity(weightGranularity), weightBlock(weightBlock), activations(activations) {
    weights.bits = weightBits;
  }

  bool keepFloat = false;
  WeightGranularity weightGranularity = WeightGranularity::PerChannel;
  WeightFormat weights;
  /// Input channels that share a scale; 0 for all of them. Takes the place of `weightGranularity`.
  unsigned weightBlock = 0;
  /// What zeros of the weights are to form, in layers that it suits.
  std::optional<PruningPattern> pattern;
  ActivationScheme activations = ActivationScheme::Asymmetric;
  unsigned activationBits = 8; ///< of what the operation reads
  std::string floatReason;     ///< what keeps the operation in float
};

/// Fails unless weights can have `bits` bits: 2 to 8.
llvm::Error verifyWeightBits(unsigned bits);

/// Parsed rules; the language is in the description of --nnq-quantize.
class QuantizationRules {
public:
  /// Errors: a rule without selector or scheme, with the rule and what is allowed; a regular
  /// expression that does not parse; a width or block of weights that there is none of.
  static llvm::Expected<QuantizationRules> parse(llvm::ArrayRef<std::string> texts,
                                                 OpScheme defaults);

  /// The same for a pass on `op`, to which errors are emitted. An error too: weights of a width
  /// that `verifyWeightBits` refuses.
  static mlir::FailureOr<QuantizationRules>
  get(mlir::Operation *op, llvm::ArrayRef<std::string> texts, OpScheme defaults);

  /// The scheme of `op`, the `index`-th quantizable operation of its function: the options, then
  /// its `nnq.bit_width`, which must be a width, then the rules.
  OpScheme schemeOf(mlir::Operation *op, unsigned index);

  /// Emits an error on `op` for a rule that has matched no operation so far.
  mlir::LogicalResult verifyMatched(mlir::Operation *op) const;

private:
  enum class Selector { Name, Exact, Op, Index };
  struct Rule {
    bool matches(mlir::Operation *op, unsigned position) const;

    std::string text;
    Selector selector;
    std::string pattern; ///< a name, or the text of the regular expression
    unsigned index = 0;
    llvm::Regex regex;
    std::function<void(OpScheme &)> apply;
    bool setsWidth = false; ///< of weights or activations
    bool matched = false;
  };
  OpScheme defaults;
  std::vector<Rule> rules;
};

} // namespace nnq

#endif // NNQ_LIB_TRANSFORMS_QUANTIZATIONRULES_H
