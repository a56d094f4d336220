// The extension module nnq._nnq: exceptions, then each file's bindings.

#include "Bindings.h"

#include "nnq/Compiler/Compile.h"

namespace py = pybind11;
using namespace nnq::python;

/// Raises the exception class `name` of nnq.errors.
static void raise(const char *name, const char *message) {
  py::object type = py::module_::import("nnq.errors").attr(name);
  PyErr_SetString(type.ptr(), message);
}

PYBIND11_MODULE(_nnq, m) {
  m.doc() = "nnq's compiler. Use it through the package nnq.";
  py::register_exception_translator([](std::exception_ptr exception) {
    try {
      if (exception)
        std::rethrow_exception(exception);
    } catch (const CompileFailure &failure) {
      raise("CompileError", failure.what());
    } catch (const Failure &failure) {
      raise("Error", failure.what());
    }
  });
  m.attr("__version__") = NNQ_VERSION;
  nnq::registerAllPassesAndPipelines();
  bindBitWidths(m);
  bindCalibration(m);
  bindCorrection(m);
  bindLoadedObject(m);
  bindMetrics(m);
  bindModule(m);
  bindMoments(m);
  bindRounding(m);
  bindTargets(m);
}
