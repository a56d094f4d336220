// LLVM IR from the LLVM dialect, its optimization, and machine code.

#include "nnq/Compiler/ObjectEmitter.h"

#include "nnq/Target/TargetFamily.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"

#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"

#include <mutex>

using namespace nnq;

//===----------------------------------------------------------------------===//
// The machine
//===----------------------------------------------------------------------===//

static void initializeTargets() {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeAllTargetInfos();
    llvm::InitializeAllTargets();
    llvm::InitializeAllTargetMCs();
    llvm::InitializeAllAsmPrinters();
  });
}

static llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
createTargetMachine(const TargetDescription &target) {
  initializeTargets();
  llvm::Triple triple(target.triple);
  std::string message;
  const llvm::Target *backend = llvm::TargetRegistry::lookupTarget(triple, message);
  if (!backend)
    return llvm::createStringError(
        llvm::formatv("this LLVM cannot emit code for {0}: {1}", target.name, message));
  llvm::TargetOptions options;
  options.AllowFPOpFusion = llvm::FPOpFusion::Strict;
  options.MCOptions.AsmVerbose = true; // Names spills and loops in assembly.
  std::unique_ptr<llvm::TargetMachine> machine(
      backend->createTargetMachine(triple, target.cpu, target.features, options, llvm::Reloc::PIC_,
                                   llvm::CodeModel::Small, llvm::CodeGenOptLevel::Aggressive));
  if (!machine)
    return llvm::createStringError(llvm::formatv("LLVM has no machine for {0} ({1}, {2})",
                                                 target.name, target.cpu, target.features));
  return machine;
}

//===----------------------------------------------------------------------===//
// LLVM IR
//===----------------------------------------------------------------------===//

static void describeFunction(llvm::Function &function, const TargetDescription &target) {
  function.addFnAttr("target-cpu", target.cpu);
  if (!target.features.empty())
    function.addFnAttr("target-features", target.features);
  target.family->describeFunction(function, target);
  function.addFnAttr(
      "no-builtins"); // Loops that copy or fill stay loops: an object file calls no memcpy.
  function.setDoesNotThrow();
  function.setDSOLocal(true);
}

/// Weights are read a cache line at a time.
static void describeConstant(llvm::GlobalVariable &global, const llvm::DataLayout &layout) {
  global.setDSOLocal(true);
  if (global.hasLocalLinkage()) {
    global.setLinkage(
        llvm::GlobalValue::PrivateLinkage); // no symbol: nobody looks weights up by name
    global.setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::Global);
  }
  if (layout.getTypeAllocSize(global.getValueType()) >= memoryAlignment)
    global.setAlignment(std::max(global.getAlign().valueOrOne(), llvm::Align(memoryAlignment)));
}

static llvm::Expected<std::unique_ptr<llvm::Module>> translate(mlir::ModuleOp module,
                                                               const TargetDescription &target,
                                                               const llvm::TargetMachine &machine,
                                                               llvm::LLVMContext &context) {
  mlir::registerBuiltinDialectTranslation(*module->getContext());
  mlir::registerLLVMDialectTranslation(*module->getContext());
  std::unique_ptr<llvm::Module> ir =
      mlir::translateModuleToLLVMIR(module, context, module.getName().value_or("nnq"));
  if (!ir)
    return llvm::createStringError("the module cannot be translated to LLVM IR");
  ir->setTargetTriple(machine.getTargetTriple());
  ir->setDataLayout(machine.createDataLayout());
  ir->setPICLevel(llvm::PICLevel::BigPIC);
  for (auto function : module.getOps<mlir::LLVM::LLVMFuncOp>())
    if (function.isPrivate() && !function.isExternal())
      ir->getFunction(function.getName())->setLinkage(llvm::GlobalValue::InternalLinkage);
  for (llvm::Function &function : *ir)
    if (!function.isDeclaration())
      describeFunction(function, target);
  for (llvm::GlobalVariable &global : ir->globals())
    if (global.isConstant() && global.hasInitializer())
      describeConstant(global, ir->getDataLayout());
  std::string message;
  llvm::raw_string_ostream stream(message);
  if (llvm::verifyModule(*ir, &stream))
    return llvm::createStringError("invalid LLVM IR: " + message);
  return ir;
}

//===----------------------------------------------------------------------===//
// Optimization and emission
//===----------------------------------------------------------------------===//

/// O3, without what would undo a schedule: unrolled reductions keep equal broadcasts alive until
/// registers spill, and packing scalars into vectors breaks the folding of broadcasts. Scalar loops
/// are still vectorized.
static llvm::PipelineTuningOptions tuning() {
  llvm::PipelineTuningOptions options;
  options.LoopVectorization = true;
  options.LoopInterleaving = true;
  options.SLPVectorization = false;
  options.LoopUnrolling = false;
  return options;
}

static void optimize(llvm::Module &ir, llvm::TargetMachine &machine) {
  llvm::PassBuilder builder(&machine, tuning());
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O3).run(ir, modules);
}

llvm::Expected<llvm::SmallVector<char, 0>>
nnq::emitObject(mlir::ModuleOp module, const TargetDescription &target, ObjectFormat format) {
  llvm::Expected<std::unique_ptr<llvm::TargetMachine>> machine = createTargetMachine(target);
  if (!machine)
    return machine.takeError();
  llvm::LLVMContext context;
  llvm::Expected<std::unique_ptr<llvm::Module>> ir = translate(module, target, **machine, context);
  if (!ir)
    return ir.takeError();
  optimize(**ir, **machine);

  llvm::SmallVector<char, 0> output;
  llvm::raw_svector_ostream stream(output);
  if (format == ObjectFormat::LLVMIR) {
    (*ir)->print(stream, /*AAW=*/nullptr);
    return output;
  }
  llvm::legacy::PassManager passes;
  passes.add(new llvm::TargetLibraryInfoWrapperPass((*machine)->getTargetTriple()));
  auto type = format == ObjectFormat::Object ? llvm::CodeGenFileType::ObjectFile
                                             : llvm::CodeGenFileType::AssemblyFile;
  if ((*machine)->addPassesToEmitFile(passes, stream, /*DwoOut=*/nullptr, type))
    return llvm::createStringError(
        llvm::formatv("LLVM cannot emit this format for {0}", target.name));
  passes.run(**ir);
  return output;
}
