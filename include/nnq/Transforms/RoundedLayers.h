// Layers as --nnq-replace-weights reads them.

#ifndef NNQ_TRANSFORMS_ROUNDEDLAYERS_H
#define NNQ_TRANSFORMS_ROUNDEDLAYERS_H

#include "nnq/Quantization/WeightFormat.h"

#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

#include <optional>
#include <string>
#include <vector>

namespace nnq {

/// Attribute of a function of the file: the scale of the integers that its layer has to read.
inline constexpr llvm::StringLiteral inputScaleAttrName = "nnq.input_scale";

/// Weights and bias of one layer after rounding.
struct RoundedLayer {
  std::string name;                 ///< in the float network
  llvm::SmallVector<int64_t> shape; ///< of the weights, output channels first
  WeightFormat format;
  int64_t block;                   ///< input channels that share a scale, 0 for all
  std::vector<int8_t> codes;       ///< one byte each, row-major
  std::vector<int8_t> levels;      ///< of a codebook, which codes are positions in
  std::vector<float> scales;       ///< one for each output channel, or for each of its blocks
  std::vector<float> bias;         ///< one for each output channel, in reals
  std::optional<float> inputScale; ///< of the only integers that they are for
};

/// Writes the module that --nnq-replace-weights reads, as bytecode: a function for each layer that
/// returns its weights and its bias. Error, which leaves the file as it was: it can't be written.
llvm::Error writeRoundedLayers(mlir::MLIRContext *context, llvm::ArrayRef<RoundedLayer> layers,
                               llvm::StringRef path);

} // namespace nnq

#endif // NNQ_TRANSFORMS_ROUNDEDLAYERS_H
