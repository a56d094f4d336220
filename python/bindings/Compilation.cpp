// From a module to an object file, and what its caller has to know.

#include "Bindings.h"
#include "Diagnostics.h"
#include "Module.h"

#include "nnq/Compiler/Compile.h"

namespace py = pybind11;
using namespace mlir;

namespace nnq::python {

static CompiledModel compileModule(Module &module, const std::string &target,
                                   const std::string &name, const std::string &kind, int threads,
                                   bool timeKernels, const std::string &tiles) {
  py::gil_scoped_release release;
  CompileOptions options;
  options.target = target;
  options.name = name;
  options.threads = threads;
  options.emitAssembly = kind == "assembly";
  options.emitLLVMIR = kind == "llvm";
  options.timeKernels = timeKernels;
  options.tiles = tiles;
  if (kind != "object" && !options.emitAssembly && !options.emitLLVMIR)
    throw Failure("kind is 'object', 'assembly' or 'llvm', not '" + kind + "'");
  DiagnosticCollector diagnostics(module.context.get(), module.remarks);
  llvm::Expected<CompiledModel> model = nnq::compile(*module.op, options);
  if (!model)
    throw CompileFailure(diagnostics.errors(llvm::toString(model.takeError())));
  return std::move(*model);
}

static CompiledFunctions compileModuleFunctions(Module &module, const std::string &target) {
  py::gil_scoped_release release;
  DiagnosticCollector diagnostics(module.context.get(), module.remarks);
  llvm::Expected<CompiledFunctions> functions = nnq::compileFunctions(*module.op, target);
  if (!functions)
    throw CompileFailure(diagnostics.errors(llvm::toString(functions.takeError())));
  return std::move(*functions);
}

void bindCompilation(py::module_ &m, py::class_<Module> &module) {
  py::class_<CompiledFunction>(m, "CompiledFunction", "A function of an object file.")
      .def_readonly("symbol", &CompiledFunction::symbol)
      .def_readonly("inputs", &CompiledFunction::inputs)
      .def_readonly("outputs", &CompiledFunction::outputs)
      .def_readonly("observed", &CompiledFunction::observed,
                    "Tensors that the function tells its last input, the observer, of.")
      .def_readonly("arena_bytes", &CompiledFunction::arenaBytes);

  py::class_<CompiledFunctions>(m, "CompiledFunctions", "An object file and its functions.")
      .def_property_readonly("code",
                             [](const CompiledFunctions &functions) {
                               return py::bytes(functions.code.data(), functions.code.size());
                             })
      .def_readonly("functions", &CompiledFunctions::functions);

  py::class_<CompiledModel, CompiledFunction>(
      m, "CompiledModel", "An object file (or text), its header and its manifest.")
      .def_property_readonly("code",
                             [](const CompiledModel &model) {
                               return py::bytes(model.code.data(), model.code.size());
                             })
      .def_readonly("parallel_symbol", &CompiledModel::parallelSymbol, "Empty where threads is 1.")
      .def_readonly("weight_bytes", &CompiledModel::weightBytes)
      .def_readonly("target", &CompiledModel::target)
      .def_readonly("header", &CompiledModel::header)
      .def_readonly("manifest", &CompiledModel::manifest);

  module
      .def("compile", compileModule, py::arg("target") = "native", py::arg("name") = "model",
           py::arg("kind") = "object", py::arg("threads") = 1, py::arg("time_kernels") = false,
           py::arg("tiles") = "",
           "Compiles main and leaves the module lowered. `kind`: object, assembly or llvm. "
           "`threads` over 1 adds a function that takes a "
           "parallel-for. `time_kernels`: for measuring, with one more "
           "output of a count for each of the manifest's kernels. `tiles`: file of register tiles "
           "by "
           "layer. CompileError.")
      .def("compile_functions", compileModuleFunctions, py::arg("target") = "native",
           "Compiles all public functions into one object file and leaves the module lowered. "
           "CompileError.");
}

} // namespace nnq::python
