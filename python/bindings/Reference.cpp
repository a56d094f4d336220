// The executable reference on arrays.

#include "Bindings.h"
#include "Diagnostics.h"
#include "Module.h"

#include "nnq/Reference/Interpreter.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/TypeUtilities.h"

namespace py = pybind11;
using namespace mlir;

namespace nnq::python {

template <typename T> static std::vector<T> copyElements(const py::array &array) {
  auto converted = py::array_t<T, py::array::c_style | py::array::forcecast>::ensure(array);
  return std::vector<T>(converted.data(), converted.data() + converted.size());
}

static reference::HostTensor toHost(const py::array &array, Type type) {
  Type element = getElementTypeOrSelf(type);
  llvm::SmallVector<int64_t> shape(array.shape(), array.shape() + array.ndim());
  if (element.isF32())
    return reference::HostTensor(shape, element, copyElements<float>(array));
  if (element.isIntOrIndex())
    return reference::HostTensor(shape, element, copyElements<int64_t>(array));
  return reference::HostTensor(shape, element, copyElements<int32_t>(array));
}

static py::array fromHost(const reference::HostTensor &tensor) {
  std::vector<py::ssize_t> shape(tensor.shape.begin(), tensor.shape.end());
  if (tensor.isFloat())
    return py::array_t<float>(shape, tensor.floats().data());
  if (tensor.elementType.isIntOrIndex())
    return py::array_t<int64_t>(shape, tensor.plainIntegers().data());
  return py::array_t<int32_t>(shape, tensor.integers().data());
}

static py::list interpret(Module &module, const std::vector<py::array> &arrays) {
  func::FuncOp function = getMain(module);
  if (arrays.size() != function.getNumArguments())
    throw Failure("main takes " + std::to_string(function.getNumArguments()) + " inputs, not " +
                  std::to_string(arrays.size()));
  std::vector<reference::HostTensor> inputs;
  for (auto [array, type] : llvm::zip_equal(arrays, function.getArgumentTypes()))
    inputs.push_back(toHost(array, type));
  FailureOr<std::vector<reference::HostTensor>> results = failure();
  {
    py::gil_scoped_release release;
    DiagnosticCollector diagnostics(module.context.get(), module.remarks);
    results = reference::interpret(function, inputs);
    if (failed(results))
      throw CompileFailure(diagnostics.errors("the reference cannot run main"));
  }
  py::list outputs;
  for (const reference::HostTensor &tensor : *results)
    outputs.append(fromHost(tensor));
  return outputs;
}

void bindReference(py::class_<Module> &module) {
  module.def(
      "interpret", interpret, py::arg("inputs"),
      "Runs main on arrays by the executable reference. Codes of quantized tensors are int32.");
}

} // namespace nnq::python
