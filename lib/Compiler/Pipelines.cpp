// The named pipelines.

#include "nnq/Compiler/Pipelines.h"

#include "nnq/Codegen/Passes.h"
#include "nnq/Compiler/Compile.h"
#include "nnq/Compiler/Passes.h"
#include "nnq/Conversion/NNQToLinalg/NNQToLinalg.h"
#include "nnq/Conversion/VectorToDotProduct/VectorToDotProduct.h"
#include "nnq/Target/Target.h"
#include "nnq/Transforms/Passes.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace nnq {

// What needs no more than a function is nested in functions: those of a module are many, and then
// pass through it side by side, each as often as it needs itself.

static void cleanUp(OpPassManager &pm) {
  pm.addNestedPass<func::FuncOp>(createCanonicalizerPass());
  pm.addNestedPass<func::FuncOp>(createCSEPass());
}

/// Pipelines of upstream passes, whose options have types of their own, are written as text.
static llvm::Error append(OpPassManager &pm, StringRef text) {
  std::string message;
  llvm::raw_string_ostream stream(message);
  if (failed(parsePassPipeline(text, pm, stream)))
    return llvm::createStringError(message);
  return llvm::Error::success();
}

llvm::Error addPass(OpPassManager &pm, std::unique_ptr<Pass> pass, const Twine &options) {
  std::string message;
  auto keepMessage = [&](const Twine &error) {
    message = error.str();
    return failure();
  };
  if (failed(pass->initializeOptions(options.str(), keepMessage)))
    return llvm::createStringError(message);
  pm.addPass(std::move(pass));
  return llvm::Error::success();
}

void buildPreparePipeline(OpPassManager &pm) {
  llvm::cantFail(append(pm,
                        "func.func(canonicalize,cse,nnq-propagate-layout,nnq-recognize-spellings,"
                        "nnq-fold-batch-norm,canonicalize,cse)"));
}

void buildObservePipeline(OpPassManager &pm) {
  llvm::cantFail(append(pm, "func.func(nnq-insert-observers,nnq-expose-observers)"));
}

/// What only a network in float goes through.
static llvm::Error buildFromStatistics(OpPassManager &pm, const QuantizePipelineOptions &options) {
  FoldCalibrationOptions fold;
  fold.file = options.calibration;
  fold.percentile = options.percentile;
  fold.symmetric = options.activations == "symmetric";
  if (llvm::Error error =
          addPass(pm, createFoldCalibration(fold), "range-method=" + options.rangeMethod))
    return error;
  if (!options.bitWidths.empty())
    pm.addPass(createSetBitWidths(SetBitWidthsOptions{options.bitWidths}));
  auto addRounding = [&](auto passOptions, auto create) {
    passOptions.weightBits = options.weightBits;
    passOptions.weightBlock = options.weightBlock;
    passOptions.rules.assign(options.rules.begin(), options.rules.end());
    return addPass(pm, create(passOptions),
                   "weight-granularity=" + options.weightGranularity +
                       " activations=" + options.activations);
  };
  if (options.simulate)
    return addRounding(SimulateRoundingOptions(),
                       [](auto passOptions) { return createSimulateRounding(passOptions); });
  return addRounding(QuantizeOptions(),
                     [](auto passOptions) { return createQuantize(passOptions); });
}

llvm::Error buildQuantizePipeline(OpPassManager &pm, const QuantizePipelineOptions &options) {
  if (options.calibration.empty() && !options.bitWidths.empty())
    return llvm::createStringError("bit-widths=" + options.bitWidths +
                                   " needs a calibration file: a network that is quantized already "
                                   "keeps its own widths");
  if (options.calibration.empty() && options.simulate)
    return llvm::createStringError("simulate=true needs a calibration file, which says how tensors "
                                   "are rounded");
  if (options.simulate)
    return buildFromStatistics(pm, options);
  if (!options.profile.empty())
    if (llvm::Error error = addPass(pm, createSetProfile(), "profile=" + options.profile))
      return error;
  if (!options.calibration.empty())
    if (llvm::Error error = buildFromStatistics(pm, options))
      return error;
  pm.addNestedPass<func::FuncOp>(createFoldQDQ());
  pm.addNestedPass<func::FuncOp>(createFuseRequantize());
  cleanUp(pm);
  pm.addPass(createReportFloatIslands());
  pm.addNestedPass<func::FuncOp>(createVerifyInteger());
  return llvm::Error::success();
}

void buildFormKernelsPipeline(OpPassManager &pm, const LowerPipelineOptions &options) {
  pm.addNestedPass<func::FuncOp>(createNumberLayers());
  pm.addNestedPass<func::FuncOp>(createSetActivationSign(SetActivationSignOptions{options.target}));
  cleanUp(pm);
  pm.addNestedPass<func::FuncOp>(createDecomposeLayers());
  pm.addNestedPass<func::FuncOp>(createCollapseDims());
  pm.addPass(createFormKernels());
  ConvertNNQToLinalgOptions convert;
  convert.keepContractions = true;
  pm.addPass(createConvertNNQToLinalg(convert));
  pm.addNestedPass<func::FuncOp>(createLinalgElementwiseOpFusionPass());
  cleanUp(pm);
  pm.addNestedPass<func::FuncOp>(createWidenActivations(WidenActivationsOptions{options.target}));
  ChooseTilesOptions tiles;
  tiles.target = options.target;
  tiles.file = options.tiles;
  pm.addPass(createChooseTiles(tiles));
}

void buildKernelsToLoopsPipeline(OpPassManager &pm, const LowerPipelineOptions &options) {
  pm.addPass(createLowerKernels(LowerKernelsOptions{options.target}));
  cleanUp(pm);
  pm.addPass(createDeduplicateKernels());
  pm.addNestedPass<func::FuncOp>(createCallObserver());
  if (options.threads > 1) {
    SplitKernelsOptions split;
    split.threads = options.threads;
    pm.addPass(createSplitKernels(split));
  }
  pm.addNestedPass<func::FuncOp>(createPlanMemory());
}

void addQuantizePipelineDialects(DialectRegistry &registry) {
  OpPassManager pm(ModuleOp::getOperationName());
  QuantizePipelineOptions options;
  options.calibration = "any";
  // A pass that nobody has registered is an error when the pipeline is built to run.
  llvm::consumeError(buildQuantizePipeline(pm, options));
  pm.getDependentDialects(registry);
}

void buildLowerToLoopsPipeline(OpPassManager &pm, const LowerPipelineOptions &options) {
  buildFormKernelsPipeline(pm, options);
  buildKernelsToLoopsPipeline(pm, options);
}

llvm::Error buildLoopsToLLVMPipeline(OpPassManager &pm, const LowerPipelineOptions &options) {
  llvm::Expected<const TargetDescription *> target = lookupTarget(options.target);
  if (!target)
    return target.takeError();
  pm.addNestedPass<func::FuncOp>(createApproximateMath());
  pm.addNestedPass<func::FuncOp>(createLowerAffinePass());
  cleanUp(pm);
  pm.addNestedPass<func::FuncOp>(createConvertVectorToDotProduct({(*target)->name.str()}));
  if (llvm::Error error =
          append(pm, "func.func(convert-scf-to-cf,expand-strided-metadata,lower-affine,convert-"
                     "vector-to-llvm),"
                     "finalize-memref-to-llvm,func.func(convert-math-to-llvm),convert-math-to-libm,"
                     "func.func(convert-arith-to-llvm,convert-index-to-llvm,convert-ub-to-llvm),"
                     "convert-func-to-llvm{use-bare-ptr-memref-call-conv=1},convert-cf-to-llvm,"
                     "llvm.func(reconcile-unrealized-casts,canonicalize,cse)"))
    return error;
  SetEntryOptions entry;
  if (!options.name.empty())
    entry.symbol = options.name + "_run";
  pm.addPass(createSetEntry(entry));
  if (options.threads > 1)
    pm.addPass(createParallelizeCalls());
  return llvm::Error::success();
}

llvm::Error runQuietly(PassManager &pm, ModuleOp copy, StringRef what) {
  std::string first;
  ScopedDiagnosticHandler handler(copy.getContext(), [&](Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() == DiagnosticSeverity::Error && first.empty())
      first = diagnostic.str();
    return success();
  });
  if (succeeded(pm.run(copy)))
    return llvm::Error::success();
  return llvm::createStringError(what + ": " + (first.empty() ? "failed" : first));
}

/// Like PassPipelineRegistration, for a pipeline whose options can be wrong in more ways than their
/// syntax.
template <typename Options>
static void registerPipeline(StringRef name, StringRef description,
                             llvm::Error (*build)(OpPassManager &, const Options &)) {
  registerPassPipeline(
      name, description,
      [build](OpPassManager &pm, StringRef text,
              function_ref<LogicalResult(const Twine &)> errorHandler) -> LogicalResult {
        Options options;
        if (failed(options.parseFromString(text)))
          return failure();
        if (llvm::Error error = build(pm, options))
          return errorHandler(llvm::toString(std::move(error)));
        return success();
      },
      [](function_ref<void(const mlir::detail::PassOptions &)> handler) { handler(Options()); });
}

static llvm::Error buildLowerToLLVMPipeline(OpPassManager &pm,
                                            const LowerPipelineOptions &options) {
  buildLowerToLoopsPipeline(pm, options);
  return buildLoopsToLLVMPipeline(pm, options);
}

void registerPipelines() {
  PassPipelineRegistration<>("nnq-prepare-pipeline", "Channels last, batch normalization folded",
                             buildPreparePipeline);
  PassPipelineRegistration<>("nnq-observe-pipeline", "Observed tensors become results",
                             buildObservePipeline);
  PassPipelineRegistration<LowerPipelineOptions>("nnq-lower-to-loops-pipeline",
                                                 "From nnq operations to vector loops on one arena",
                                                 buildLowerToLoopsPipeline);
  registerPipeline("nnq-quantize-pipeline",
                   "Calibration folded in, types quantized, requantization fused",
                   buildQuantizePipeline);
  registerPipeline("nnq-loops-to-llvm-pipeline", "From vector loops to the LLVM dialect",
                   buildLoopsToLLVMPipeline);
  registerPipeline("nnq-lower-to-llvm-pipeline", "From nnq operations to the LLVM dialect",
                   buildLowerToLLVMPipeline);
}

void registerAllPassesAndPipelines() {
  nnq::registerTransformsPasses();
  registerNNQCodegenPasses();
  registerNNQToLinalgPasses();
  registerNNQVectorToDotProductPasses();
  registerNNQCompilerPasses();
  // Pipelines are text: the upstream passes that they name must be known.
  mlir::registerConversionPasses();
  mlir::registerTransformsPasses();
  mlir::registerLinalgPasses();
  mlir::memref::registerMemRefPasses();
  registerPipelines();
}

} // namespace nnq
