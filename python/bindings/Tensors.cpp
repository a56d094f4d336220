// The inputs and outputs of a network before compilation.

#include "Bindings.h"
#include "Module.h"

#include "nnq/Compiler/Compile.h"

namespace py = pybind11;

namespace nnq::python {

void bindTensors(py::module_ &m, py::class_<Module> &module) {
  py::class_<TensorInfo>(m, "TensorInfo", "An input or output of a network.")
      .def_readonly("name", &TensorInfo::name)
      .def_readonly("shape", &TensorInfo::shape)
      .def_readonly("type", &TensorInfo::elementType)
      .def_readonly("scale", &TensorInfo::scale, "0 for float.")
      .def_readonly("zero_point", &TensorInfo::zeroPoint);

  module
      .def_property_readonly("inputs",
                             [](Module &module) { return describeInputs(getMain(module)); })
      .def_property_readonly("outputs",
                             [](Module &module) { return describeOutputs(getMain(module)); });
}

} // namespace nnq::python
