// The width of each layer as an attribute: set by a file or a rule, read by --nnq-quantize.

#ifndef NNQ_TRANSFORMS_LAYERWIDTHS_H
#define NNQ_TRANSFORMS_LAYERWIDTHS_H

#include "nnq/Quantization/BitWidths.h"

#include "mlir/IR/BuiltinOps.h"

namespace nnq {

/// Sets `nnq.bit_width` on the layers in float that these names belong to. Fails with an error that
/// begins with `source`, a file or a pass, and changes nothing, if there is no layer of some name.
mlir::LogicalResult setLayerWidths(mlir::ModuleOp module, llvm::StringRef source,
                                   llvm::ArrayRef<std::pair<std::string, LayerWidth>> layers);

/// The widths that layers have, in the order of the module, each name once. Error: an
/// `nnq.bit_width` that is none, with the layer.
llvm::Expected<std::vector<std::pair<std::string, LayerWidth>>>
getLayerWidths(mlir::ModuleOp module);

/// What `nnq.bit_width` says, if `op` has it. Error: it is no width.
llvm::Expected<std::optional<LayerWidth>> getLayerWidth(mlir::Operation *op);

} // namespace nnq

#endif // NNQ_TRANSFORMS_LAYERWIDTHS_H
