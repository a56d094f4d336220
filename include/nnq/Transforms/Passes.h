// Passes from a float network of nnq operations to an integer one.

#ifndef NNQ_TRANSFORMS_PASSES_H
#define NNQ_TRANSFORMS_PASSES_H

#include "mlir/Pass/Pass.h"
#include "nnq/Dialect/NNQ/IR/NNQDialect.h"
#include "nnq/Quantization/RangeEstimator.h"

namespace nnq {

/// What shares a scale of the weights: those of an output channel, or all of a layer.
enum class WeightGranularity { PerChannel, PerTensor };
/// Where the zero point of an activation lies.
enum class ActivationScheme { Asymmetric, Symmetric };

#define GEN_PASS_DECL
#include "nnq/Transforms/Passes.h.inc"

/// Makes every pass of this layer known by its flag.
void registerTransformsPasses();

} // namespace nnq

#endif // NNQ_TRANSFORMS_PASSES_H
