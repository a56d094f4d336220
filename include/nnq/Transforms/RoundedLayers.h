// Layers as --nnq-replace-weights reads them.

#ifndef NNQ_TRANSFORMS_ROUNDEDLAYERS_H
#define NNQ_TRANSFORMS_ROUNDEDLAYERS_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/ArrayRef.h"

#include <string>

namespace nnq {

/// Weights and bias of one layer after rounding.
struct RoundedLayer {
  std::string name;                 ///< in the float network
  llvm::SmallVector<int64_t> shape; ///< of the weights, output channels first
  unsigned bits;                    ///< of a code; the grid is that of RoundingGrid::uniform
  llvm::ArrayRef<int8_t> codes;     ///< one byte each, row-major
  int64_t block;                    ///< input channels that share a scale, 0 for all
  llvm::ArrayRef<float> scales;     ///< one for each output channel, or for each of its blocks
  llvm::ArrayRef<float> bias;       ///< one for each output channel, in reals
};

/// The module that --nnq-replace-weights reads: a function for each layer that returns its weights
/// and its bias.
mlir::OwningOpRef<mlir::ModuleOp> makeWeightsModule(mlir::MLIRContext *context,
                                                    llvm::ArrayRef<RoundedLayer> layers);

} // namespace nnq

#endif // NNQ_TRANSFORMS_ROUNDEDLAYERS_H
