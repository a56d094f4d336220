// What stands beside an object file: its C header and its manifest.

#ifndef NNQ_LIB_COMPILER_ARTIFACTS_H
#define NNQ_LIB_COMPILER_ARTIFACTS_H

#include "nnq/Compiler/Compile.h"
#include "nnq/Compiler/Layers.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace nnq {

/// A call of a kernel, and the number of the layer that it computes; -1 where it belongs to none.
struct KernelInfo {
  std::string name;
  int64_t layer = -1;
};

/// The calls that --nnq-time-kernels has listed on a function whose layers are numbered. Empty
/// without that pass.
std::vector<KernelInfo> describeKernels(mlir::func::FuncOp function,
                                        llvm::ArrayRef<LayerInfo> layers);

/// Gives each input and output its name in the C header.
void nameParameters(CompiledModel &model);

/// The C header: sizes, and the run function with one typed pointer per input, output and the
/// arena.
std::string printHeader(const CompiledModel &model, llvm::StringRef name);

/// The manifest, JSON.
std::string printManifest(const CompiledModel &model, llvm::ArrayRef<LayerInfo> layers,
                          llvm::ArrayRef<KernelInfo> kernels);

} // namespace nnq

#endif // NNQ_LIB_COMPILER_ARTIFACTS_H
