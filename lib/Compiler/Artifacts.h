// What stands beside an object file: its C header and its manifest.

#ifndef NNQ_LIB_COMPILER_ARTIFACTS_H
#define NNQ_LIB_COMPILER_ARTIFACTS_H

#include "nnq/Compiler/Compile.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace nnq {

/// A layer with weights, as the manifest lists it.
struct LayerInfo {
  std::string name, op, input, weights, result; ///< element types as text: "u8", "i8", "f32"
  int64_t weightBits = 32, weightCount = 0, weightBytes = 0, multiplications = 0;
};

/// The layers with weights of a network that is not lowered yet, in order.
std::vector<LayerInfo> describeLayers(mlir::func::FuncOp function);

/// "name (op): reason" of an entry of `nnq.float_islands`.
std::string describeIsland(mlir::Attribute island);

/// The C header: sizes, and the run function with one typed pointer per input, output and the arena.
std::string printHeader(const CompiledModel &model, llvm::StringRef name);

/// The manifest, JSON.
std::string printManifest(const CompiledModel &model, llvm::ArrayRef<LayerInfo> layers);

} // namespace nnq

#endif // NNQ_LIB_COMPILER_ARTIFACTS_H
