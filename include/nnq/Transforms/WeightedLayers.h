// Layers of a float network as rounding by moments sees them.

#ifndef NNQ_TRANSFORMS_WEIGHTEDLAYERS_H
#define NNQ_TRANSFORMS_WEIGHTEDLAYERS_H

#include "nnq/Quantization/InputMoments.h"
#include "nnq/Quantization/Rounding.h"
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
  /// The weights after `roundWeights`, for an input of that scale. `options` say bits, blocks and
  /// steps; what follows from the layer is added: blocks share units and leave the bias in f32,
  /// beside other scales it is to have room.
  llvm::Expected<RoundedWeights> round(const InputMoments &moments, float inputScale,
                                       RoundingOptions options) const;
  /// The bias, 0 if there is none, with what it needs to keep the output's mean.
  std::vector<float> shiftedBias(llvm::ArrayRef<float> shift) const;

private:
  /// The least scale of each row with which biases have room to double in the units of the
  /// accumulator, before they are shifted.
  std::vector<float> minimumScales(float inputScale) const;
};

} // namespace nnq

#endif // NNQ_TRANSFORMS_WEIGHTEDLAYERS_H
