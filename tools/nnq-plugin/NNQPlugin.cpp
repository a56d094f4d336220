// The dialect, the passes and the pipelines as a plugin: a stock mlir-opt of the same LLVM loads
// them.
//
//   mlir-opt --load-dialect-plugin=NNQPlugin.so --load-pass-plugin=NNQPlugin.so
//   --pass-pipeline='builtin.module(nnq-quantize-pipeline)'

#include "nnq/Compiler/Registration.h"

#include "mlir/Tools/Plugins/DialectPlugin.h"
#include "mlir/Tools/Plugins/PassPlugin.h"

extern "C" LLVM_ATTRIBUTE_WEAK mlir::DialectPluginLibraryInfo mlirGetDialectPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "nnq", NNQ_VERSION,
          [](mlir::DialectRegistry *registry) { nnq::registerCompilerDialects(*registry); }};
}

// Upstream's passes, which the pipelines name, are registered too. Where the tool has them this
// changes nothing: the registry keeps the first entry of a name.
extern "C" LLVM_ATTRIBUTE_WEAK mlir::PassPluginLibraryInfo mlirGetPassPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "nnq", NNQ_VERSION, nnq::registerAllPassesAndPipelines};
}
