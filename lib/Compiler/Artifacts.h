// What stands beside an object file: its C header and its manifest.

#ifndef NNQ_LIB_COMPILER_ARTIFACTS_H
#define NNQ_LIB_COMPILER_ARTIFACTS_H

#include "nnq/Compiler/Compile.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace nnq {

/// A layer, as the manifest lists it: an operation that computes or moves values.
struct LayerInfo {
  std::string name, op, input, weights,
      result;                 ///< element types as text: "u8", "i8", "f32"; no weights: ""
  std::string observation;    ///< what its result is called in the float network, or ""
  std::string island;         ///< why it stayed in float, or ""
  std::vector<int64_t> shape; ///< of the result
  int64_t weightBits = 0, weightCount = 0, weightBytes = 0, multiplications = 0;
};

/// The layers of a network that is not lowered yet, in order.
std::vector<LayerInfo> describeLayers(mlir::func::FuncOp function);

/// Wraps the location of each of these layers in its number, by which describeKernels finds it
/// again.
void numberLayers(mlir::func::FuncOp function);

/// A call of a kernel, and the number of the layer that it computes; -1 where it belongs to none.
struct KernelInfo {
  std::string name;
  int64_t layer = -1;
};

/// The calls that --nnq-time-kernels has listed on a function whose layers are numbered. Empty
/// without that pass.
std::vector<KernelInfo> describeKernels(mlir::func::FuncOp function,
                                        llvm::ArrayRef<LayerInfo> layers);

/// "name (op): reason" of an entry of `nnq.float_islands`.
std::string describeIsland(mlir::Attribute island);

/// The C header: sizes, and the run function with one typed pointer per input, output and the
/// arena.
std::string printHeader(const CompiledModel &model, llvm::StringRef name);

/// The manifest, JSON.
std::string printManifest(const CompiledModel &model, llvm::ArrayRef<LayerInfo> layers,
                          llvm::ArrayRef<KernelInfo> kernels);

} // namespace nnq

#endif // NNQ_LIB_COMPILER_ARTIFACTS_H
