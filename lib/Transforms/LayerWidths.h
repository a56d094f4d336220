// The width of each layer as an attribute: set from a file, read by --nnq-quantize.

#ifndef NNQ_LIB_TRANSFORMS_LAYERWIDTHS_H
#define NNQ_LIB_TRANSFORMS_LAYERWIDTHS_H

#include "nnq/Quantization/BitWidths.h"

#include "mlir/IR/BuiltinOps.h"

namespace nnq {

/// Sets `nnq.bit_width` on the layers in float that these names belong to. Fails with an error that
/// begins with `file`, and changes nothing, if there is no layer of some name.
mlir::LogicalResult setLayerWidths(mlir::ModuleOp module, llvm::StringRef file,
                                   llvm::ArrayRef<std::pair<std::string, LayerWidth>> layers);

/// What `nnq.bit_width` says, if `op` has it. Error: it is no width.
llvm::Expected<std::optional<LayerWidth>> getLayerWidth(mlir::Operation *op);

} // namespace nnq

#endif // NNQ_LIB_TRANSFORMS_LAYERWIDTHS_H
