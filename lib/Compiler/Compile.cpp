// From a module of nnq operations to an object file, its header and its manifest.

#include "nnq/Compiler/Compile.h"

#include "Artifacts.h"
#include "CNames.h"

#include "nnq/Codegen/Passes.h"
#include "nnq/Compiler/ObjectEmitter.h"
#include "nnq/Compiler/Pipelines.h"
#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"

using namespace mlir;

namespace nnq {

static std::string elementName(Type element, quant::QuantizedType quantized) {
  if (element.isF32())
    return "f32";
  bool isUnsigned = quantized ? !quantized.isSigned() : element.isUnsignedInteger();
  return (isUnsigned ? "u" : "i") + std::to_string(element.getIntOrFloatBitWidth());
}

/// Name, shape and scale of an argument of the planned function.
static TensorInfo describe(func::FuncOp function, unsigned index) {
  auto type = cast<MemRefType>(function.getArgument(index).getType());
  TensorInfo info;
  auto name = function.getArgAttrOfType<StringAttr>(index, "nnq.name");
  info.name = name ? name.str() : "arg" + std::to_string(index);
  info.shape.assign(type.getShape().begin(), type.getShape().end());
  auto original = function.getArgAttrOfType<TypeAttr>(index, "nnq.type");
  auto quantized = original ? getQuantizedElement(original.getValue()) : nullptr;
  info.elementType = elementName(type.getElementType(), quantized);
  if (auto uniform = dyn_cast_or_null<quant::UniformQuantizedType>(quantized)) {
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
  CompiledModel model;
  model.target = (*target)->name.str();
  model.symbol = options.name + "_run";
  model.threads = options.threads;
  if (options.threads > 1)
    model.parallelSymbol = model.symbol + "_parallel";
  std::vector<LayerInfo> layers = describeLayers(entry);
  if (auto islands = module->getAttrOfType<ArrayAttr>("nnq.float_islands"))
    for (Attribute island : islands)
      model.floatIslands.push_back(describeIsland(island));

  LowerPipelineOptions lower;
  lower.target = model.target;
  lower.threads = options.threads;
  auto lowerToLoops = [&](llvm::function_ref<void(OpPassManager &)> build) {
    return run(
        module,
        [&](OpPassManager &pm) {
          build(pm);
          return llvm::Error::success();
        },
        "lowering to loops");
  };
  if (llvm::Error error =
          lowerToLoops([&](OpPassManager &pm) { buildFormKernelsPipeline(pm, lower); }))
    return error;
  addKernelCosts(module.lookupSymbol<func::FuncOp>("main"), **target, layers);
  if (llvm::Error error = lowerToLoops([&](OpPassManager &pm) {
        buildKernelsToLoopsPipeline(pm, lower);
        if (options.timeKernels)
          pm.addNestedPass<func::FuncOp>(createTimeKernels(TimeKernelsOptions{model.target}));
      }))
    return error;
  entry = module.lookupSymbol<func::FuncOp>("main");
  for (unsigned i = 0; i < entry.getNumArguments(); ++i) {
    if (entry.getArgAttr(i, "nnq.arena"))
      continue;
    (entry.getArgAttr(i, "nnq.output") ? model.outputs : model.inputs)
        .push_back(describe(entry, i));
  }
  nameParameters(model);
  model.arenaBytes = entry->getAttrOfType<IntegerAttr>("nnq.arena_bytes").getInt();
  model.weightBytes = constantBytes(module);
  std::vector<KernelInfo> kernels = describeKernels(entry, layers);
  entry.setName(model.symbol);
  entry.removeArgAttrsAttr(); // they describe tensors; LLVM knows pointers
  for (auto function : module.getOps<func::FuncOp>())
    if (function != entry)
      function.setPrivate();

  if (llvm::Error error = run(
          module, [&](OpPassManager &pm) { return buildLoopsToLLVMPipeline(pm, lower); },
          "lowering to LLVM"))
    return error;
  // A kernel is shared by layers and large; inlined it would be compiled once per call.
  for (auto function : module.getOps<LLVM::LLVMFuncOp>())
    if (function.getName() != model.symbol && !function.isExternal())
      function.setNoInline(true);
  ObjectFormat format = options.emitAssembly ? ObjectFormat::Assembly
                        : options.emitLLVMIR ? ObjectFormat::LLVMIR
                                             : ObjectFormat::Object;
  auto code = emitObject(module, **target, format);
  if (!code)
    return code.takeError();
  model.code = std::move(*code);
  model.header = printHeader(model, options.name);
  model.manifest = printManifest(model, layers, kernels);
  return model;
}

} // namespace nnq
