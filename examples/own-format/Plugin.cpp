// nnq and this project's own as one plugin:
//
//   mlir-opt --load-dialect-plugin=OwnPlugin.so --load-pass-plugin=OwnPlugin.so ...

#include "Own.h"

#include "nnq/Codegen/Passes.h"
#include "nnq/Compiler/Pipelines.h"
#include "nnq/Compiler/Registration.h"

#include "mlir/Tools/Plugins/DialectPlugin.h"
#include "mlir/Tools/Plugins/PassPlugin.h"

/// As `nnq-lower-to-loops-pipeline`, with a pass in between.
static void buildPipeline(mlir::OpPassManager &pm, const nnq::LowerPipelineOptions &options) {
  nnq::buildFormKernelsPipeline(pm, options);
  pm.addPass(own::createPermuteWeights());
  pm.addPass(nnq::createChooseTiles({options.target, options.tiles}));
  nnq::buildKernelsToLoopsPipeline(pm, options);
}

static void registerDialects(mlir::DialectRegistry *registry) {
  nnq::registerCompilerDialects(*registry);
  own::registerDialect(*registry);
}

static void registerPasses() {
  nnq::registerAllPassesAndPipelines();
  own::registerRows();
  own::registerOwnPasses();
  mlir::PassPipelineRegistration<nnq::LowerPipelineOptions>(
      "own-lower-to-loops-pipeline", "From nnq operations to loops, weights permuted",
      buildPipeline);
}

extern "C" mlir::DialectPluginLibraryInfo mlirGetDialectPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "own", "1.0", registerDialects};
}

extern "C" mlir::PassPluginLibraryInfo mlirGetPassPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "own", "1.0", registerPasses};
}
