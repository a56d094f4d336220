// Reads ONNX models (opsets 1 to 25) as functions of nnq operations.

#ifndef NNQ_IMPORT_ONNX_IMPORTONNX_H
#define NNQ_IMPORT_ONNX_IMPORTONNX_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MemoryBufferRef.h"

namespace nnq {

struct ONNXImportOptions {
  /// Sizes of the model's dynamic dimensions, by symbolic name ("batch"), or by input and axis
  /// ("input:0") where the model gives no name. A name that the model does not have is an error.
  llvm::StringMap<int64_t> dimensions;
};

/// Imports the model at `path`. The module has the graph's name and holds one public function,
/// `main`:
///
///     func.func @main(%input: tensor<1x3x8x8xf32> {nnq.name = "input"}) -> (tensor<1x10xf32>
///     {nnq.name = "logits"})
///
/// Every operation has a NameLoc with the name of its node (of its first output, if the node has
/// none). Layouts are the model's: a convolution is `nnq.conv2d` between two `nnq.transpose`.
/// Weights above 1 KB are resources. Shape arithmetic is evaluated; it leaves no operation behind.
///
/// Returns null after one error that names file and node, or lists all problems. Loads the dialects
/// that it needs.
mlir::OwningOpRef<mlir::ModuleOp> importONNX(llvm::StringRef path, mlir::MLIRContext *context,
                                             const ONNXImportOptions &options = {});

/// The same for a model in memory. Messages name it by the buffer's identifier. External data is
/// looked up in `folder`, and is an error if that is empty.
mlir::OwningOpRef<mlir::ModuleOp> importONNX(llvm::MemoryBufferRef model, llvm::StringRef folder,
                                             mlir::MLIRContext *context,
                                             const ONNXImportOptions &options = {});

} // namespace nnq

#endif // NNQ_IMPORT_ONNX_IMPORTONNX_H
