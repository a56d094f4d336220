// A module of nnq operations, as Python holds it.

#ifndef NNQ_PYTHON_BINDINGS_MODULE_H
#define NNQ_PYTHON_BINDINGS_MODULE_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <pybind11/pybind11.h>

#include <memory>
#include <string>
#include <vector>

namespace nnq::python {

/// A module, the context that it lives in (shared by its clones), and the remarks made on it so
/// far.
struct Module {
  std::shared_ptr<mlir::MLIRContext> context;
  mlir::OwningOpRef<mlir::ModuleOp> op;
  std::vector<std::string> remarks;
};

/// The network of a module. CompileFailure: there is no `main`, or it is none.
mlir::func::FuncOp getMain(Module &module);

// What the other files add to the class, and the classes that it needs.
void bindCompilation(pybind11::module_ &m, pybind11::class_<Module> &module);
void bindLayers(pybind11::module_ &m, pybind11::class_<Module> &module);
void bindOutputs(pybind11::class_<Module> &module);
void bindPasses(pybind11::class_<Module> &module);
void bindReference(pybind11::class_<Module> &module);
void bindTensors(pybind11::module_ &m, pybind11::class_<Module> &module);

} // namespace nnq::python

#endif // NNQ_PYTHON_BINDINGS_MODULE_H
