// A module of nnq operations, as Python holds it.

#ifndef NNQ_PYTHON_BINDINGS_MODULE_H
#define NNQ_PYTHON_BINDINGS_MODULE_H

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

/// Adds what Outputs.cpp knows of a module.
void bindOutputs(pybind11::class_<Module> &module);

} // namespace nnq::python

#endif // NNQ_PYTHON_BINDINGS_MODULE_H
