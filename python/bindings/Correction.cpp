// Gains and offsets of channels: measured, and written for --nnq-correct-channels.

#include "Bindings.h"

#include "nnq/Quantization/ChannelCorrection.h"

#include "llvm/ADT/StringSwitch.h"

#include <map>

namespace py = pybind11;

namespace nnq::python {

static py::array_t<float> toArray(const std::vector<float> &values) {
  return py::array_t<float>(static_cast<py::ssize_t>(values.size()), values.data());
}

static void add(ChannelMoments &moments, const Array<float> &expected, const Array<float> &found,
                float lo, float hi) {
  int64_t channels = found.ndim() ? found.shape(found.ndim() - 1) : 1;
  py::gil_scoped_release release;
  check(moments.add(elements(expected), elements(found), channels, lo, hi));
}

static ChannelCorrection fit(const ChannelMoments &moments, const ChannelMoments &heldOut,
                             const std::string &kind) {
  auto chosen = llvm::StringSwitch<std::optional<CorrectionKind>>(kind)
                    .Case("bias", CorrectionKind::Bias)
                    .Case("affine", CorrectionKind::Affine)
                    .Case("auto", CorrectionKind::Best)
                    .Default(std::nullopt);
  if (!chosen)
    throw Failure("a correction is bias, affine or auto, not '" + kind + "'");
  return take(moments.fit(heldOut, *chosen));
}

static void write(const std::map<std::string, ChannelCorrection> &layers, const std::string &path) {
  CorrectionFile file;
  file.layers = layers;
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
           "out. Error: sizes that do not agree.")
      .def("fit", fit, py::arg("held_out"), py::arg("kind"),
           "The ChannelCorrection that is best for moments of samples held back; `kind` is bias, "
           "affine, or auto, the better of both. Error: another number of channels.");
  py::class_<ChannelCorrection>(m, "ChannelCorrection", "gain * y + offset for each channel.")
      .def_property_readonly("gain", [](const ChannelCorrection &c) { return toArray(c.gain); })
      .def_property_readonly("offset",
                             [](const ChannelCorrection &c) { return toArray(c.offset); });
  m.def("write_corrections", write, py::arg("layers"), py::arg("path"),
        "Writes {name: ChannelCorrection} as a correction file. Error: can't be written.");
}

} // namespace nnq::python
