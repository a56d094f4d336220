// nnq-translate: from other formats to nnq, and from nnq to object files.

#include "OutputFile.h"

#include "nnq/Compiler/Compile.h"
#include "nnq/Compiler/ObjectEmitter.h"
#include "nnq/Import/ONNX/ImportONNX.h"

#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"

using namespace mlir;
namespace cl = llvm::cl;

static cl::OptionCategory category("nnq-translate options");
static cl::opt<std::string> inputPath(cl::Positional, cl::Required, cl::desc("<input file>"),
                                      cl::cat(category));
static cl::opt<std::string> outputPath("o", cl::desc("The file to write; - is standard output."),
                                       cl::value_desc("file"), cl::init("-"), cl::cat(category));
static cl::list<std::string>
    dimensions("dim",
               cl::desc("Size of a dynamic dimension of an ONNX model; without a symbolic "
                        "name, it is called INPUT:AXIS."),
               cl::value_desc("name=size"), cl::cat(category));
static cl::opt<std::string>
    target("target", cl::desc("The target to compile for, or native for this machine."),
           cl::init("native"), cl::cat(category));
static cl::opt<int> threads(
    "model-threads",
    cl::desc("The most threads in a run; above 1, a function that takes a parallel-for is added."),
    cl::init(1), cl::cat(category));
static cl::opt<std::string> modelName("name", cl::desc("The prefix of the C symbols."),
                                      cl::init("model"), cl::cat(category));
static cl::opt<bool> emitBytecode("emit-bytecode",
                                  cl::desc("Write MLIR as bytecode instead of text."),
                                  cl::cat(category));

//===----------------------------------------------------------------------===//
// MLIR as output
//===----------------------------------------------------------------------===//

/// Writes a module so that it reads back in full: with locations, which carry the layers' names,
/// and all constants.
static bool writeModule(ModuleOp module, llvm::raw_ostream &os) {
  if (emitBytecode)
    return succeeded(writeBytecodeToFile(module, os));
  module.print(os, OpPrintingFlags().enableDebugInfo().printNameLocAsPrefix());
  os << "\n";
  return true;
}

//===----------------------------------------------------------------------===//
// ONNX
//===----------------------------------------------------------------------===//

/// The --dim options; an error and nothing if one is not NAME=SIZE.
static std::optional<nnq::ONNXImportOptions> readImportOptions(MLIRContext &context) {
  nnq::ONNXImportOptions options;
  for (StringRef dimension : dimensions) {
    auto [name, size] = dimension.rsplit('=');
    int64_t value = 0;
    if (name.empty() || size.getAsInteger(10, value) || value < 1) {
      emitError(UnknownLoc::get(&context))
          << "--dim '" << dimension << "' is not of the form NAME=SIZE with a size of at least 1";
      return std::nullopt;
    }
    options.dimensions[name] = value;
  }
  return options;
}

static bool importONNX(MLIRContext &context, llvm::raw_ostream &os) {
  std::optional<nnq::ONNXImportOptions> options = readImportOptions(context);
  if (!options)
    return false;
  OwningOpRef<ModuleOp> module = nnq::importONNX(inputPath, &context, *options);
  return module && writeModule(*module, os);
}

//===----------------------------------------------------------------------===//
// Machine code
//===----------------------------------------------------------------------===//

/// Compiles the module at `inputPath`, whose function `main` holds nnq operations, and writes a
/// part of the result.
static bool compileTo(MLIRContext &context, nnq::CompileOptions options,
                      llvm::function_ref<void(const nnq::CompiledModel &)> write) {
  OwningOpRef<ModuleOp> module = parseSourceFile<ModuleOp>(inputPath, ParserConfig(&context));
  if (!module)
    return false;
  options.target = target;
  options.name = modelName;
  options.threads = threads;
  llvm::Expected<nnq::CompiledModel> model = nnq::compile(*module, options);
  if (!model) {
    llvm::errs() << "error: " << inputPath << ": " << llvm::toString(model.takeError()) << "\n";
    return false;
  }
  write(*model);
  return true;
}

static bool writeCode(MLIRContext &context, llvm::raw_ostream &os, nnq::CompileOptions options) {
  return compileTo(context, options, [&](const nnq::CompiledModel &model) {
    os.write(model.code.data(), model.code.size());
  });
}

static bool writeObject(MLIRContext &context, llvm::raw_ostream &os) {
  return writeCode(context, os, {});
}

static bool writeAssembly(MLIRContext &context, llvm::raw_ostream &os) {
  nnq::CompileOptions options;
  options.emitAssembly = true;
  return writeCode(context, os, options);
}

static bool writeLLVMIR(MLIRContext &context, llvm::raw_ostream &os) {
  nnq::CompileOptions options;
  options.emitLLVMIR = true;
  return writeCode(context, os, options);
}

static bool writeHeader(MLIRContext &context, llvm::raw_ostream &os) {
  return compileTo(context, {}, [&](const nnq::CompiledModel &model) { os << model.header; });
}

static bool writeManifest(MLIRContext &context, llvm::raw_ostream &os) {
  return compileTo(context, {}, [&](const nnq::CompiledModel &model) { os << model.manifest; });
}

/// Emits a module that --nnq-lower-to-llvm-pipeline has lowered for the same target.
static bool writeLoweredObject(MLIRContext &context, llvm::raw_ostream &os) {
  OwningOpRef<ModuleOp> module = parseSourceFile<ModuleOp>(inputPath, ParserConfig(&context));
  if (!module)
    return false;
  auto emit = [&]() -> llvm::Expected<llvm::SmallVector<char, 0>> {
    for (Operation &op : *module->getBody())
      if (!isa<LLVM::LLVMDialect>(op.getDialect()))
        return llvm::createStringError("is not lowered to LLVM's dialect: it has '" +
                                       op.getName().getStringRef() +
                                       "'; --mlir-to-object compiles networks");
    llvm::Expected<const nnq::TargetDescription *> description = nnq::lookupTarget(target);
    if (!description)
      return description.takeError();
    return nnq::emitObject(*module, **description);
  };
  llvm::Expected<llvm::SmallVector<char, 0>> code = emit();
  if (!code) {
    llvm::errs() << "error: " << inputPath << ": " << llvm::toString(code.takeError()) << "\n";
    return false;
  }
  os.write(code->data(), code->size());
  return true;
}

//===----------------------------------------------------------------------===//
// Actions
//===----------------------------------------------------------------------===//

namespace {
/// What the tool can do. A translation joins by a line here.
struct Action {
  StringRef name, description;
  /// Reads `inputPath`, writes the result, and returns false after an error.
  bool (*run)(MLIRContext &context, llvm::raw_ostream &os);
};
} // namespace

static const Action actions[] = {
    {"import-onnx", "Import an ONNX model as nnq operations.", importONNX},
    {"mlir-to-object", "Compile nnq operations to an object file.", writeObject},
    {"lowered-to-object",
     "Compile LLVM's dialect, as nnq-lower-to-llvm-pipeline leaves it, to an object file.",
     writeLoweredObject},
    {"mlir-to-header", "Write the C header of the object file of nnq operations.", writeHeader},
    {"mlir-to-manifest",
     "Describe inputs, outputs and layers of the object file of nnq operations (JSON).",
     writeManifest},
    {"mlir-to-asm", "Compile nnq operations to assembly.", writeAssembly},
    {"mlir-to-llvmir", "Compile nnq operations to optimized LLVM IR.", writeLLVMIR},
};

/// "file:line:column: error: message" where there is such a location, else "error: message".
static LogicalResult printDiagnostic(Diagnostic &diagnostic) {
  static constexpr llvm::StringLiteral severities[] = {"note", "warning", "error", "remark"};
  auto print = [](Diagnostic &part) {
    if (auto place = part.getLocation()->findInstanceOf<FileLineColLoc>())
      llvm::errs() << place.getFilename().getValue() << ":" << place.getLine() << ":"
                   << place.getColumn() << ": ";
    llvm::errs() << severities[static_cast<int>(part.getSeverity())] << ": " << part << "\n";
  };
  print(diagnostic);
  for (Diagnostic &note : diagnostic.getNotes())
    print(note);
  return success();
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  cl::opt<const Action *> action(cl::desc("What to do."), cl::Required, cl::cat(category));
  for (const Action &entry : actions)
    action.getParser().addLiteralOption(entry.name, &entry, entry.description);
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(argc, argv, "nnq translation tool\n");

  DialectRegistry registry;
  nnq::registerCompilerDialects(registry);
  nnq::registerAllPassesAndPipelines();
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.getDiagEngine().registerHandler(printDiagnostic);
  llvm::Expected<bool> written = nnq::writeOutput(
      outputPath, [&](llvm::raw_ostream &os) { return (*action).run(context, os); });
  if (!written) {
    llvm::errs() << "error: " << llvm::toString(written.takeError()) << "\n";
    return 1;
  }
  return *written ? 0 : 1;
}
