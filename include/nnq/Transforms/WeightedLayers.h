// Layers of a float network as rounding by moments sees them.

#ifndef NNQ_TRANSFORMS_WEIGHTEDLAYERS_H
#define NNQ_TRANSFORMS_WEIGHTEDLAYERS_H

#include "nnq/Quantization/BitWidths.h"
#include "nnq/Quantization/InputMoments.h"
#include "nnq/Transforms/ConstantValues.h"
#include "nnq/Transforms/RoundedLayers.h"

#include "mlir/IR/BuiltinOps.h"

#include <string>

namespace nnq {

/// Windows of a layer's input times constant weights. Weights and bias are views into the context.
struct WeightedLayer {
  std::string name;
  llvm::SmallVector<int64_t> shape; ///< of the weights, output channels first
  ConstantValues<float> weights;    ///< row-major, a row for each output channel
  std::optional<ConstantValues<float>> bias;
  InputWindow window;
  bool readsInput; ///< of the network, perhaps moved, scaled or shifted

  /// Nothing if weights or bias are no constants in f32, or sums are not over windows of the input.
  static std::optional<WeightedLayer> read(AccumulatingOp op);

  int64_t rows() const { return shape.front(); }
  int64_t weightCount() const { return static_cast<int64_t>(weights.get().size()); }
  /// Products of one run.
  int64_t multiplications() const { return window.positions() * weightCount(); }
  /// As patterns of zeros see them.
  WeightShape weightShape() const;
  bool isDepthwise() const { return window.groups > 1 && shape.back() == 1; }

  /// Moments of no samples; `scale` is that of the quantized input.
  InputMoments makeMoments(float scale) const;
  /// Adds what the layer reads in a sample, at positions at random: in the float network, and in
  /// codes of the quantized one. Errors: tensors of other sizes, a NaN or an infinity.
  llvm::Error addSample(InputMoments &moments, llvm::ArrayRef<float> expected,
                        llvm::ArrayRef<uint8_t> found, int32_t zeroPoint, uint64_t sample,
                        int64_t positionsAtMost) const;
  llvm::Error addSample(InputMoments &moments, llvm::ArrayRef<float> expected,
                        llvm::ArrayRef<int8_t> found, int32_t zeroPoint, uint64_t sample,
                        int64_t positionsAtMost) const;
  /// The weights after `roundWeights`, or `pruneWeights` where the width has a pattern, for an input
  /// of that scale. `options` say the steps; what follows from width and layer is added: blocks
  /// share units and leave the bias in f32, beside other scales it is to have room; weights that fit
  /// the pattern already keep their zeros. Errors: a block or a pattern that does not suit the
  /// weights, and theirs.
  llvm::Expected<RoundedWeights> round(const InputMoments &moments, float inputScale,
                                       const LayerWidth &width, RoundingOptions options = {}) const;
  /// Such weights, of this format and blocks, as the tensor `name` of the float network knows them.
  RoundedLayer toRounded(std::string name, const RoundedWeights &rounded, WeightFormat format,
                         int64_t block, std::optional<float> inputScale = std::nullopt) const;

private:
  llvm::Expected<RoundedWeights> prune(const InputMoments &moments, float inputScale,
                                       const LayerWidth &width,
                                       const RoundingOptions &options) const;
  /// The bias, 0 if there is none, with what it needs to keep the output's mean.
  std::vector<float> shiftedBias(llvm::ArrayRef<float> shift) const;
  /// The least scale of each row with which biases have room to double in the units of the
  /// accumulator, before they are shifted.
  std::vector<float> minimumScales(float inputScale) const;
};

/// All of a module that can be read, in order.
std::vector<WeightedLayer> findWeightedLayers(mlir::ModuleOp module);

} // namespace nnq

#endif // NNQ_TRANSFORMS_WEIGHTEDLAYERS_H
