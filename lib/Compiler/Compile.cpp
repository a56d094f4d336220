// From a module of nnq operations to an object file, its header and its manifest.

#include "nnq/Compiler/Compile.h"

#include "Artifacts.h"
#include "CNames.h"

#include "nnq/Codegen/Passes.h"
#include "nnq/Compiler/ObjectEmitter.h"
#include "nnq/Compiler/Pipelines.h"
#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Dialect/NNQ/IR/Network.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/JSON.h"

using namespace mlir;

namespace nnq {

/// Fails unless passes know `entry` for a network. Attributes that only they set go from it.
static llvm::Error checkNetwork(func::FuncOp entry) {
  std::string first;
  ScopedDiagnosticHandler handler(entry.getContext(), [&](Diagnostic &diagnostic) {
    if (first.empty())
      first = diagnostic.str();
    return success();
  });
  if (failed(verifyNetwork(entry)))
    return llvm::createStringError(first);
  for (StringRef name : {"nnq.kernels", "nnq.arena_bytes", "nnq.observed", "nnq.kernel"})
    entry->removeAttr(name);
  for (unsigned i = 0; i < entry.getNumArguments(); ++i)
    for (StringRef name : {"nnq.arena", "nnq.output", "nnq.type"})
      entry.removeArgAttr(i, StringAttr::get(entry.getContext(), name));
  return llvm::Error::success();
}

/// Of a tensor or a buffer of it, whose elements are, or were before, of type `element`.
static TensorInfo describe(ShapedType type, Type element, DictionaryAttr attributes,
                           const Twine &fallback) {
  TensorInfo info;
  auto name = attributes ? attributes.getAs<StringAttr>("nnq.name") : nullptr;
  info.name = name ? llvm::json::fixUTF8(name.getValue()) : fallback.str();
  info.shape.assign(type.getShape().begin(), type.getShape().end());
  info.elementType = getMemoryElementName(element);
  if (auto uniform = dyn_cast<quant::UniformQuantizedType>(element)) {
    info.scale = uniform.getScale();
    info.zeroPoint = uniform.getZeroPoint();
  }
  return info;
}

static TensorInfo describe(Type tensor, DictionaryAttr attributes, const Twine &fallback) {
  auto type = cast<ShapedType>(tensor);
  return describe(type, type.getElementType(), attributes, fallback);
}

std::vector<TensorInfo> describeInputs(func::FuncOp network) {
  std::vector<TensorInfo> inputs;
  for (auto [i, type] : llvm::enumerate(network.getArgumentTypes()))
    inputs.push_back(describe(type, network.getArgAttrDict(i), "arg" + Twine(i)));
  return inputs;
}

std::vector<TensorInfo> describeOutputs(func::FuncOp network) {
  std::vector<TensorInfo> outputs;
  for (auto [i, type] : llvm::enumerate(network.getResultTypes()))
    outputs.push_back(describe(type, network.getResultAttrDict(i), "result" + Twine(i)));
  return outputs;
}

/// What argument `index` of the planned function was before.
static TensorInfo describeBuffer(Type memory, DictionaryAttr attributes, unsigned index) {
  auto type = cast<MemRefType>(memory);
  auto recorded = attributes.getAs<TypeAttr>("nnq.type");
  Type element = recorded ? getElementTypeOrSelf(recorded.getValue()) : type.getElementType();
  return describe(type, element, attributes, "arg" + Twine(index));
}

static int64_t constantBytes(ModuleOp module) {
  int64_t total = 0;
  for (auto global : module.getOps<memref::GlobalOp>())
    total += global.getType().getNumElements() *
             llvm::divideCeil(global.getType().getElementTypeBitWidth(), 8);
  return total;
}

static llvm::Error run(ModuleOp module, llvm::function_ref<llvm::Error(OpPassManager &)> build,
                       StringRef what) {
  PassManager pm(module.getContext());
  // Verified once, below: behind each pass that takes a third of the time. nnq-opt does so.
  pm.enableVerifier(false);
  if (llvm::Error error = build(pm))
    return error;
  // One error reaches the caller: the first that a pass reported.
  std::string first;
  ScopedDiagnosticHandler handler(module.getContext(), [&](Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() == DiagnosticSeverity::Error && first.empty())
      first = diagnostic.str();
    return failure();
  });
  if (succeeded(pm.run(module)) && succeeded(verify(module)))
    return llvm::Error::success();
  return llvm::createStringError(what.str() + ": " + (first.empty() ? "failed" : first));
}

static llvm::Error lowerToLoops(ModuleOp module, llvm::function_ref<void(OpPassManager &)> build) {
  auto append = [&](OpPassManager &pm) {
    build(pm);
    return llvm::Error::success();
  };
  return run(module, append, "lowering to loops");
}

/// What a caller of the planned function `entry` has to know.
static void describe(func::FuncOp entry, CompiledFunction &function) {
  for (unsigned i = 0; i < entry.getNumArguments(); ++i) {
    if (entry.getArgAttr(i, "nnq.arena"))
      continue;
    (entry.getArgAttr(i, "nnq.output") ? function.outputs : function.inputs)
        .push_back(describeBuffer(entry.getArgument(i).getType(), entry.getArgAttrDict(i), i));
  }
  if (auto observed = entry->getAttrOfType<ArrayAttr>("nnq.observed"))
    for (auto [i, tensor] : llvm::enumerate(observed.getAsRange<DictionaryAttr>()))
      function.observed.push_back(
          describeBuffer(tensor.getAs<TypeAttr>("nnq.memory").getValue(), tensor, i));
  function.arenaBytes = entry->getAttrOfType<IntegerAttr>("nnq.arena_bytes").getInt();
}

/// From loops to code.
static llvm::Expected<llvm::SmallVector<char, 0>>
emit(ModuleOp module, const LowerPipelineOptions &lower, ObjectFormat format) {
  llvm::Expected<const TargetDescription *> target = lookupTarget(lower.target);
  if (!target)
    return target.takeError();
  if (llvm::Error error = run(
          module, [&](OpPassManager &pm) { return buildLoopsToLLVMPipeline(pm, lower); },
          "lowering to LLVM"))
    return error;
  return emitObject(module, **target, format);
}

llvm::Expected<CompiledModel> compile(ModuleOp module, const CompileOptions &options) {
  llvm::Expected<const TargetDescription *> target = lookupTarget(options.target);
  if (!target)
    return target.takeError();
  if (!isCIdentifier(options.name))
    return llvm::createStringError("the prefix of the C symbols is an identifier of C, not '" +
                                   options.name + "'");
  auto entry = module.lookupSymbol<func::FuncOp>("main");
  if (!entry)
    return llvm::createStringError("the module has no function 'main' to compile");
  if (llvm::Error error = checkNetwork(entry))
    return error;
  CompiledModel model;
  model.target = (*target)->name.str();
  model.threads = options.threads;
  std::vector<LayerInfo> layers = describeLayers(entry);
  model.floatIslands = getFloatIslands(module);

  LowerPipelineOptions lower;
  lower.target = model.target;
  lower.threads = options.threads;
  lower.name = options.name;
  lower.tiles = options.tiles;
  if (llvm::Error error =
          lowerToLoops(module, [&](OpPassManager &pm) { buildFormKernelsPipeline(pm, lower); }))
    return error;
  addKernelCosts(module.lookupSymbol<func::FuncOp>("main"), **target, layers);
  if (llvm::Error error = lowerToLoops(module, [&](OpPassManager &pm) {
        buildKernelsToLoopsPipeline(pm, lower);
        if (options.timeKernels)
          pm.addNestedPass<func::FuncOp>(createTimeKernels(TimeKernelsOptions{model.target}));
      }))
    return error;
  entry = module.lookupSymbol<func::FuncOp>("main");
  describe(entry, model);
  model.symbol = options.name + "_run";
  nameParameters(model);
  if (options.threads > 1)
    model.parallelSymbol = model.symbol + "_parallel";
  model.weightBytes = constantBytes(module);
  std::vector<KernelInfo> kernels = describeKernels(entry, layers);
  ObjectFormat format = options.emitAssembly ? ObjectFormat::Assembly
                        : options.emitLLVMIR ? ObjectFormat::LLVMIR
                                             : ObjectFormat::Object;
  auto code = emit(module, lower, format);
  if (!code)
    return code.takeError();
  model.code = std::move(*code);
  model.header = printHeader(model, options.name);
  model.manifest = printManifest(model, layers, kernels);
  return model;
}

llvm::Expected<CompiledFunctions> compileFunctions(ModuleOp module, llvm::StringRef target) {
  LowerPipelineOptions lower;
  lower.target = target.str();
  if (llvm::Error error =
          lowerToLoops(module, [&](OpPassManager &pm) { buildLowerToLoopsPipeline(pm, lower); }))
    return error;
  CompiledFunctions result;
  for (auto function : module.getOps<func::FuncOp>()) {
    if (!function.isPublic() || !function->hasAttr("nnq.arena_bytes"))
      continue;
    CompiledFunction &found = result.functions.emplace_back();
    describe(function, found);
    found.symbol = function.getName().str();
  }
  auto code = emit(module, lower, ObjectFormat::Object);
  if (!code)
    return code.takeError();
  result.code = std::move(*code);
  return result;
}

} // namespace nnq
