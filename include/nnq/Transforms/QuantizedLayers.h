// What a quantized network says of itself: its layers with weights, and what stayed in float.

#ifndef NNQ_TRANSFORMS_QUANTIZEDLAYERS_H
#define NNQ_TRANSFORMS_QUANTIZEDLAYERS_H

#include "mlir/IR/BuiltinOps.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace nnq {

/// A layer that multiplies by weights.
struct QuantizedLayer {
  std::string name;
  std::string observation;         ///< its tensor in the float network, or ""
  std::optional<float> inputScale; ///< of the integers that it reads, if it does
  /// Bits of a code of its weights, and the input channels that share a scale (0: all of an output
  /// channel); nothing for weights in float or of one scale.
  std::optional<unsigned> weightBits;
  std::optional<int64_t> weightBlock;
  std::pair<float, float> bounds; ///< where its result saturates, in reals

  /// Whether --nnq-correct-channels takes a correction of it.
  bool isCorrectable() const { return !observation.empty() && inputScale && weightBits; }
};

/// All of a module, in order.
std::vector<QuantizedLayer> findQuantizedLayers(mlir::ModuleOp module);

/// Whether a network comes quantized: `main` takes codes, or an operation that does more than move
/// them gives some.
bool isQuantized(mlir::ModuleOp module);

/// An operation that stayed in float, with the reason.
struct FloatIsland {
  std::string name, op, reason;
};

/// The entries of `nnq.float_islands`; others than nnq's are left out.
std::vector<FloatIsland> getFloatIslands(mlir::ModuleOp module);

} // namespace nnq

#endif // NNQ_TRANSFORMS_QUANTIZEDLAYERS_H
