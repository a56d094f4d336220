// The table of targets, and the linker.

#include "Bindings.h"

#include "nnq/Compiler/ObjectEmitter.h"
#include "nnq/Target/Target.h"

namespace py = pybind11;

namespace nnq::python {

void bindTargets(py::module_ &m) {
  py::class_<TargetDescription>(m, "Target", "A machine to compile for.")
      .def_property_readonly("name",
                             [](const TargetDescription &target) { return target.name.str(); })
      .def_property_readonly("triple",
                             [](const TargetDescription &target) { return target.triple.str(); })
      .def_property_readonly(
          "needs", [](const TargetDescription &target) { return target.needs.str(); },
          "What a processor must have, as LLVM names it, separated by commas.");
  m.def(
      "targets",
      [] {
        std::vector<std::string> names;
        for (const TargetDescription &target : allTargets())
          names.push_back(target.name.str());
        return names;
      },
      "Names of all targets, best first within an architecture.");
  m.def(
      "target", [](const std::string &name) { return *take(lookupTarget(name)); }, py::arg("name"),
      "The target of that name, or the best one of this machine for 'native'. Error: no such "
      "target.");
  m.def(
      "link_shared_library",
      [](const std::string &object, const std::string &out, const std::string &target) {
        const TargetDescription *description = take(lookupTarget(target));
        py::gil_scoped_release release;
        check(linkSharedLibrary(object, out, *description));
      },
      py::arg("object"), py::arg("out"), py::arg("target"),
      "Links an object file. Error: what the linker said.");
}

} // namespace nnq::python
