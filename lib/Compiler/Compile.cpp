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
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/StringSet.h"
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

/// Name, shape and scale of what argument `index` of the planned function was before.
static TensorInfo describe(Type memory, DictionaryAttr attributes, unsigned index) {
  auto type = cast<MemRefType>(memory);
  TensorInfo info;
  auto name = attributes.getAs<StringAttr>("nnq.name");
  info.name = name ? llvm::json::fixUTF8(name.getValue()) : "arg" + std::to_string(index);
  info.shape.assign(type.getShape().begin(), type.getShape().end());
  auto recorded = attributes.getAs<TypeAttr>("nnq.type");
  Type original = recorded ? getElementTypeOrSelf(recorded.getValue()) : type.getElementType();
  info.elementType = getMemoryElementName(original);
  if (auto uniform = dyn_cast<quant::UniformQuantizedType>(original)) {
    info.scale = uniform.getScale();
    info.zeroPoint = uniform.getZeroPoint();
  }
  return info;
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
  function.symbol = entry.getName().str();
  for (unsigned i = 0; i < entry.getNumArguments(); ++i) {
    if (entry.getArgAttr(i, "nnq.arena"))
      continue;
    (entry.getArgAttr(i, "nnq.output") ? function.outputs : function.inputs)
        .push_back(describe(entry.getArgument(i).getType(), entry.getArgAttrDict(i), i));
  }
  if (auto observed = entry->getAttrOfType<ArrayAttr>("nnq.observed"))
    for (auto [i, tensor] : llvm::enumerate(observed.getAsRange<DictionaryAttr>()))
      function.observed.push_back(
          describe(tensor.getAs<TypeAttr>("nnq.memory").getValue(), tensor, i));
  function.arenaBytes = entry->getAttrOfType<IntegerAttr>("nnq.arena_bytes").getInt();
}

/// From loops to code. All functions but `entries` become local.
static llvm::Expected<llvm::SmallVector<char, 0>> emit(ModuleOp module,
                                                       ArrayRef<func::FuncOp> entries,
                                                       const LowerPipelineOptions &lower,
                                                       ObjectFormat format) {
  llvm::Expected<const TargetDescription *> target = lookupTarget(lower.target);
  if (!target)
    return target.takeError();
  llvm::StringSet<> symbols;
  for (func::FuncOp entry : entries) {
    symbols.insert(entry.getName());
    entry.removeArgAttrsAttr(); // they describe tensors; LLVM knows pointers
  }
  for (auto function : module.getOps<func::FuncOp>())
    if (!symbols.contains(function.getName()))
      function.setPrivate();
  if (llvm::Error error = run(
          module, [&](OpPassManager &pm) { return buildLoopsToLLVMPipeline(pm, lower); },
          "lowering to LLVM"))
    return error;
  // A kernel is shared by layers and large; inlined it would be compiled once per call.
  for (auto function : module.getOps<LLVM::LLVMFuncOp>())
    if (!symbols.contains(function.getName()) && !function.isExternal())
      function.setNoInline(true);
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
  if (auto islands = module->getAttrOfType<ArrayAttr>("nnq.float_islands"))
    for (Attribute island : islands)
      model.floatIslands.push_back(describeIsland(island));

  LowerPipelineOptions lower;
  lower.target = model.target;
  lower.threads = options.threads;
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
  entry.setName(options.name + "_run");
  describe(entry, model);
  nameParameters(model);
  if (options.threads > 1)
    model.parallelSymbol = model.symbol + "_parallel";
  model.weightBytes = constantBytes(module);
  std::vector<KernelInfo> kernels = describeKernels(entry, layers);
  ObjectFormat format = options.emitAssembly ? ObjectFormat::Assembly
                        : options.emitLLVMIR ? ObjectFormat::LLVMIR
                                             : ObjectFormat::Object;
  auto code = emit(module, entry, lower, format);
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
  SmallVector<func::FuncOp> entries =
      llvm::filter_to_vector(module.getOps<func::FuncOp>(), [](func::FuncOp function) {
        return function.isPublic() && function->hasAttr("nnq.arena_bytes");
      });
  for (func::FuncOp entry : entries)
    describe(entry, result.functions.emplace_back());
  auto code = emit(module, entries, lower, ObjectFormat::Object);
  if (!code)
    return code.takeError();
  result.code = std::move(*code);
  return result;
}

} // namespace nnq
