// Statistics of tensors: observed, merged, read and written.

#include "Bindings.h"

#include "nnq/Quantization/CalibrationFile.h"

namespace py = pybind11;

namespace nnq::python {

/// May run in several threads at once, for different tensors.
static void observe(CalibrationFile &file, const std::string &name, const Array<float> &values,
                    uint64_t sample) {
  TensorStatistics &statistics = file.tensors[name];
  py::gil_scoped_release release;
  if (llvm::Error error = statistics.observe(elements(values), sample))
    throw Failure("tensor '" + name + "' in sample " + std::to_string(sample) + ": " +
                  llvm::toString(std::move(error)));
}

/// KeyError: the file has no such tensor.
static const TensorStatistics &statisticsOf(const CalibrationFile &file, const std::string &name) {
  auto found = file.tensors.find(name);
  if (found == file.tensors.end())
    throw py::key_error(name);
  return found->second;
}

static std::vector<std::string> names(const CalibrationFile &file) {
  std::vector<std::string> result;
  for (const auto &[name, statistics] : file.tensors)
    result.push_back(name);
  return result;
}

/// The samples that any tensor was seen in, ascending.
static std::set<uint64_t> samples(const CalibrationFile &file) {
  std::set<uint64_t> result;
  for (const auto &[name, statistics] : file.tensors)
    for (const auto &[index, range] : statistics.samples())
      result.insert(index);
  return result;
}

void bindCalibration(py::module_ &m) {
  py::class_<CalibrationFile>(m, "Calibration", "Statistics of a model's tensors by name.")
      .def(py::init<>())
      .def_static(
          "read", [](const std::string &path) { return take(CalibrationFile::read(path)); },
          py::arg("path"))
      .def(
          "write",
          [](const CalibrationFile &file, const std::string &path) { check(file.write(path)); },
          py::arg("path"))
      .def(
          "merge",
          [](CalibrationFile &file, const CalibrationFile &other) { check(file.merge(other)); },
          py::arg("other"), "Adds another shard's statistics. Error: a sample that both have seen.")
      .def("observe", observe, py::arg("name"), py::arg("values").noconvert(), py::arg("sample"),
           "Records a float32 tensor of one sample. Error: NaN or infinity, with the tensor's name "
           "and position.")
      .def(
          "range",
          [](const CalibrationFile &file, const std::string &name) {
            const TensorStatistics &statistics = statisticsOf(file, name);
            return std::make_pair(statistics.min(), statistics.max());
          },
          py::arg("name"), "Least and greatest value seen.")
      .def(
          "values",
          [](const CalibrationFile &file, const std::string &name) {
            const std::set<float> *few = statisticsOf(file, name).distinct().get();
            return few ? std::optional(std::vector<float>(few->begin(), few->end())) : std::nullopt;
          },
          py::arg("name"),
          "All distinct values seen, ascending, or None if they are more than 256.")
      .def_property_readonly("names", names)
      .def_readwrite("equalized", &CalibrationFile::equalized,
                     "Whether they are of a network with equalized channels.")
      .def_readwrite("network", &CalibrationFile::network,
                     "A digest of the network that they are of, or an empty string.")
      .def_property_readonly("samples", samples, "Those seen, by their place in the whole.")
      .def("__eq__", [](const CalibrationFile &a, const CalibrationFile &b) {
        return a.tensors == b.tensors && a.equalized == b.equalized && a.network == b.network;
      });
}

} // namespace nnq::python
