// Gains and offsets of channels: measured, and written for --nnq-correct-channels.

#include "Bindings.h"

#include "nnq/Quantization/ChannelCorrection.h"

#include <map>

namespace py = pybind11;

namespace nnq::python {

static void add(ChannelMoments &moments, const Array<float> &expected, const Array<float> &found,
                float lo, float hi) {
  int64_t channels = found.ndim() ? found.shape(found.ndim() - 1) : 1;
  py::gil_scoped_release release;
  check(moments.add(elements(expected), elements(found), channels, lo, hi));
}

static void write(const std::map<std::string, ChannelMoments *> &layers, const std::string &path,
                  bool gain) {
  CorrectionFile file;
  for (const auto &[name, moments] : layers)
    file.layers[name] = moments->fit(gain);
  check(file.write(path));
}

void bindCorrection(py::module_ &m) {
  py::class_<ChannelMoments>(m, "ChannelMoments",
                             "Moments of a layer's result, float and quantized, by channel.")
      .def(py::init<>())
      .def("add", add, py::arg("expected").noconvert(), py::arg("found").noconvert(), py::arg("lo"),
           py::arg("hi"),
           "Adds float32 tensors, channels last; what was found at lo or below, hi or above, is "
           "left "
           "out. Error: sizes that do not agree.");
  m.def("write_corrections", write, py::arg("layers"), py::arg("path"), py::arg("gain"),
        "Writes the fits of {name: ChannelMoments}, with gains or offsets alone, as a correction "
        "file. "
        "Error: can't be written.");
}

} // namespace nnq::python
