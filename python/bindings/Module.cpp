// Modules of nnq operations: read, copied and written. Further files say what else is done with
// them.

#include "Module.h"
#include "Bindings.h"
#include "Diagnostics.h"

#include "nnq/Compiler/Compile.h"
#include "nnq/Dialect/NNQ/IR/Network.h"
#include "nnq/Dialect/NNQ/IR/Numerics.h"
#include "nnq/Import/ONNX/ImportONNX.h"
#include "nnq/Transforms/Stages.h"

#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

#include <map>

namespace py = pybind11;
using namespace mlir;

namespace nnq::python {

func::FuncOp getMain(Module &module) {
  auto function = module.op->lookupSymbol<func::FuncOp>("main");
  if (!function)
    throw CompileFailure("the module has no function 'main'");
  DiagnosticCollector diagnostics(module.context.get(), module.remarks);
  if (failed(verifyNetwork(function)))
    throw CompileFailure(diagnostics.errors("main is no network"));
  return function;
}

static std::shared_ptr<MLIRContext> createContext() {
  DialectRegistry registry;
  registerCompilerDialects(registry);
  auto context = std::make_shared<MLIRContext>(registry);
  context->loadAllAvailableDialects();
  context->printOpOnDiagnostic(true); // the collector takes the name and drops the rest
  return context;
}

static std::vector<std::string> getProfiles() {
  std::shared_ptr<MLIRContext> context = createContext();
  std::vector<std::string> names;
  for (Attribute profile : context->getLoadedDialect<NNQDialect>()->getNumericsProfiles())
    names.push_back(cast<NumericsProfile>(profile).getName().str());
  return names;
}

/// A module from what `read` makes of a context; errors become an exception.
template <typename Read> static Module create(Read read) {
  py::gil_scoped_release release;
  Module module{createContext(), nullptr, {}};
  DiagnosticCollector diagnostics(module.context.get(), module.remarks);
  module.op = read(module.context.get());
  if (!module.op)
    throw CompileFailure(diagnostics.errors("the model cannot be read"));
  return module;
}

using Dimensions = std::map<std::string, int64_t>;

static ONNXImportOptions importOptions(const Dimensions &dimensions) {
  ONNXImportOptions options;
  for (const auto &[name, size] : dimensions)
    options.dimensions[name] = size;
  return options;
}

static Module importONNXFile(const std::string &path, const Dimensions &dimensions) {
  return create(
      [&](MLIRContext *context) { return importONNX(path, context, importOptions(dimensions)); });
}

static Module importONNXBytes(const py::bytes &data, const std::string &name,
                              const std::string &folder, const Dimensions &dimensions) {
  std::string_view view = data;
  llvm::MemoryBufferRef buffer(StringRef(view.data(), view.size()), name);
  return create([&](MLIRContext *context) {
    return importONNX(buffer, folder, context, importOptions(dimensions));
  });
}

static Module clone(Module &module) {
  return {module.context, OwningOpRef<ModuleOp>(module.op->clone()), {}};
}

/// The functions of a module, in order.
static std::vector<std::string> getFunctions(Module &module) {
  std::vector<std::string> names;
  for (auto function : module.op->getOps<func::FuncOp>())
    names.push_back(function.getName().str());
  return names;
}

/// A module of which `name` is `main`.
static Module extract(Module &module, const std::string &name) {
  auto function = module.op->lookupSymbol<func::FuncOp>(name);
  if (!function)
    throw Failure("the module has no function '" + name + "'");
  return {module.context, extractStage(function), {}};
}

static std::string toText(Module &module, bool elide) {
  OpPrintingFlags flags;
  if (elide)
    flags.elideLargeElementsAttrs(16).elideLargeResourceString(64);
  std::string text;
  llvm::raw_string_ostream stream(text);
  module.op->print(stream, flags);
  return text;
}

/// Error: the file can't be written.
static void writeBytecode(ModuleOp module, const std::string &path) {
  std::error_code code;
  llvm::raw_fd_ostream stream(path, code);
  if (code)
    throw Failure(path + ": " + code.message());
  bool written = succeeded(writeBytecodeToFile(module, stream));
  stream.close();
  if (stream.has_error()) {
    std::string message = stream.error().message();
    stream.clear_error();
    throw Failure(path + ": " + message);
  }
  if (!written)
    throw Failure(path + ": the module cannot be written as bytecode");
}

void bindModule(py::module_ &m) {
  py::class_<Module> module(m, "Module",
                            "A module of nnq operations. Not for use by two threads at once.");
  bindTensors(m, module);
  bindCompilation(m, module);
  bindLayers(m, module);
  bindOutputs(module);
  bindPasses(module);
  bindReference(module);
  module
      .def_static("import_onnx", importONNXFile, py::arg("path"), py::arg("dims") = Dimensions(),
                  "Reads an ONNX model; `dims` gives sizes of dynamic dimensions. CompileError: "
                  "file, node and reason.")
      .def_static("import_onnx_bytes", importONNXBytes, py::arg("data"), py::arg("name"),
                  py::arg("folder") = "", py::arg("dims") = Dimensions(),
                  "The same for a model in memory, which messages call `name`; external data is "
                  "looked up in `folder`.")
      .def_static(
          "parse_file",
          [](const std::string &path) {
            return create(
                [&](MLIRContext *context) { return parseSourceFile<ModuleOp>(path, context); });
          },
          py::arg("path"), "Reads MLIR, as text or bytecode.")
      .def_static(
          "parse",
          [](const std::string &text) {
            return create(
                [&](MLIRContext *context) { return parseSourceString<ModuleOp>(text, context); });
          },
          py::arg("text"))
      .def("clone", clone, "A copy in the same context.")
      .def_property_readonly("functions", getFunctions, "The names of its functions, in order.")
      .def("extract", extract, py::arg("function"),
           "A module of a copy of that function alone, as main, in the same context. Error: there "
           "is none.")
      .def("to_text", toText, py::arg("elide") = true,
           "The module as MLIR, without large constants if `elide`.")
      .def(
          "write_bytecode",
          [](Module &module, const std::string &path) { writeBytecode(*module.op, path); },
          py::arg("path"))
      .def_readonly("remarks", &Module::remarks, "Remarks and warnings so far, one line each.");
  m.def("profiles", getProfiles, "Names of all numerics profiles that the compiler knows.");
}

} // namespace nnq::python
