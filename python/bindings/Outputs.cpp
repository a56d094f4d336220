// What is known of a network's outputs and of its rounding switches before it is compiled.

#include "Bindings.h"
#include "Module.h"

#include "nnq/Transforms/OutputParts.h"
#include "nnq/Transforms/RoundingSwitches.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace py = pybind11;
using namespace mlir;

namespace nnq::python {

/// For each output a list of (name, axis, start, size, range).
static py::list getOutputParts(Module &module) {
  py::list outputs;
  auto main = module.op->lookupSymbol<func::FuncOp>("main");
  if (!main)
    return outputs;
  for (const std::vector<OutputPart> &found : findOutputParts(main)) {
    py::list parts;
    for (const OutputPart &part : found)
      parts.append(py::make_tuple(part.name, part.axis, part.start, part.size, part.range));
    outputs.append(parts);
  }
  return outputs;
}

static std::vector<std::vector<std::string>> getSwitches(Module &module) {
  auto main = module.op->lookupSymbol<func::FuncOp>("main");
  return main ? getRoundingSwitches(main) : std::vector<std::vector<std::string>>();
}

void bindOutputs(py::class_<Module> &module) {
  module
      .def_property_readonly(
          "output_parts", getOutputParts,
          "For each output a list of (name, axis, start, size, range): the layers that compute "
          "its slices, where it is a concatenation, else one with axis -1 for all of it. "
          "`range` is (lo, hi) by definition, as of a sigmoid, or None.")
      .def_property_readonly("switches", getSwitches,
                             "For each switch of --nnq-simulate-rounding the names of the tensors "
                             "that it rounds.");
}

} // namespace nnq::python
