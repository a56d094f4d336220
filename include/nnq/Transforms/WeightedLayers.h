// Layers of a float network as rounding by moments sees them.

#ifndef NNQ_TRANSFORMS_WEIGHTEDLAYERS_H
#define NNQ_TRANSFORMS_WEIGHTEDLAYERS_H

#include "nnq/Quantization/InputMoments.h"
#include "nnq/Transforms/ConstantValues.h"

#include <string>

namespace nnq {

/// Windows of a layer's input times constant weights. Weights and bias are views into the context.
struct WeightedLayer {
  std::string name;
  llvm::SmallVector<int64_t> shape; ///< of the weights, output channels first
  ConstantValues<float> weights;    ///< row-major, a row for each output channel
  std::optional<ConstantValues<float>> bias;
  InputWindow window;

  /// Nothing if weights or bias are no constants in f32, or sums are not over windows of the input.
  static std::optional<WeightedLayer> read(AccumulatingOp op);

  int64_t rows() const { return shape.front(); }
  /// The least scale of each row with which biases have room to double in the units of the
  /// accumulator, before they are shifted.
  std::vector<float> minimumScales(float inputScale) const;
};

} // namespace nnq

#endif // NNQ_TRANSFORMS_WEIGHTEDLAYERS_H
