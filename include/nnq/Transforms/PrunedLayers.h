// Weights of layers as patterns of zeros see them.

#ifndef NNQ_TRANSFORMS_PRUNEDLAYERS_H
#define NNQ_TRANSFORMS_PRUNEDLAYERS_H

#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Quantization/Pruning.h"

namespace nnq {

/// Rows, taps, channels and groups of a layer's weights. Error: its sums are not over windows of
/// its input.
llvm::Expected<WeightShape> getWeightShape(AccumulatingOp op);

/// Error: why the weights of a layer can't have zeros in this pattern.
llvm::Error checkSuits(AccumulatingOp op, const PruningPattern &pattern);

/// Which constant weights of a layer are zero, in float or integers; nothing for others: of
/// codebooks, with zero points, or computed.
std::optional<WeightMask> readWeightMask(AccumulatingOp op);

} // namespace nnq

#endif // NNQ_TRANSFORMS_PRUNEDLAYERS_H
