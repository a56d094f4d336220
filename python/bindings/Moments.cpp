// Moments of what layers read: added up, merged, read and written.

#include "Bindings.h"

#include "nnq/Quantization/MomentsFile.h"

namespace py = pybind11;

namespace nnq::python {

void bindMoments(py::module_ &m) {
  py::class_<InputMoments>(m, "InputMoments", "First and second moments of what a layer reads.")
      .def_property_readonly("columns", &InputMoments::columns)
      .def_property_readonly("scale", &InputMoments::scale, "That of the quantized input.")
      .def("__eq__", [](const InputMoments &a, const InputMoments &b) { return a == b; })
      .def(
          "merge", [](InputMoments &a, const InputMoments &b) { check(a.merge(b)); },
          py::arg("other"), "Adds those of other samples. Error: moments of another layer.");

  py::class_<MomentsFile>(m, "MomentsFile", "Moments of a network's layers, in a file.")
      .def(py::init([](const std::string &path) { return take(MomentsFile::open(path)); }),
           py::arg("path"), "Error: can't be read, or no such file.")
      .def_property_readonly("layers", &MomentsFile::layers, "Their names, in order.")
      .def_property_readonly(
          "samples", [](const MomentsFile &file) { return file.samples().vec(); },
          "The samples seen, by their place in the whole.")
      .def(
          "load",
          [](const MomentsFile &file, const std::string &layer) { return take(file.load(layer)); },
          py::arg("layer"), "The InputMoments of a layer. Error: there are none, or damaged ones.")
      .def_static(
          "merge",
          [](const std::vector<std::string> &inputs, const std::string &output) {
            py::gil_scoped_release release;
            check(MomentsFile::merge(inputs, output));
          },
          py::arg("inputs"), py::arg("output"),
          "Writes the sums of several files. Error: other layers or scales, samples seen twice.")
      .attr("MAGIC") = MomentsFile::magic.data(); // what every file begins with

  py::class_<MomentsWriter>(m, "MomentsWriter", "A file of moments that is written by layers.")
      .def(py::init([](const std::string &path, const std::vector<uint64_t> &samples) {
             return take(MomentsWriter::create(path, samples));
           }),
           py::arg("path"), py::arg("samples"))
      .def(
          "add",
          [](MomentsWriter &writer, const std::string &layer, const InputMoments &moments) {
            check(writer.add(layer, moments));
          },
          py::arg("layer"), py::arg("moments"))
      .def(
          "commit", [](MomentsWriter &writer) { check(writer.commit()); },
          "Puts the file in its place; without, there is none.");
}

} // namespace nnq::python
