// What a network's outputs are put together of: the parts that one layer each computes.

#ifndef NNQ_TRANSFORMS_OUTPUTPARTS_H
#define NNQ_TRANSFORMS_OUTPUTPARTS_H

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mlir::func {
class FuncOp;
}

namespace nnq {

/// A slice of an output along `axis`, computed by one layer; the whole output where axis is -1.
struct OutputPart {
  std::string name; ///< of the layer, or "input"
  int64_t axis = -1, start = 0, size = 0;
  std::optional<std::pair<double, double>> range; ///< by definition, as that of a sigmoid
};

/// The parts that each output is put together of: several along one axis where it is a
/// concatenation, perhaps moved behind that; else one for all of it. No outputs where the function
/// has no body.
std::vector<std::vector<OutputPart>> findOutputParts(mlir::func::FuncOp network);

} // namespace nnq

#endif // NNQ_TRANSFORMS_OUTPUTPARTS_H
