// The width of each layer: chosen by sensitivities within budgets, read and written.

#include "Bindings.h"

#include "nnq/Quantization/BitWidthFiles.h"

namespace py = pybind11;

namespace nnq::python {

/// A number, text such as "75%", or None, as WidthBudgets::parse takes it.
static std::string budgetText(const py::object &budget) {
  return budget.is_none() ? "" : py::str(budget).cast<std::string>();
}

static BitWidthChoice choose(const std::string &path, const py::object &bytes,
                             const py::object &bops, const py::object &time,
                             const std::string &metric) {
  std::string texts[] = {budgetText(bytes), budgetText(bops), budgetText(time)};
  py::gil_scoped_release release;
  return take(chooseBitWidths(path, {texts[0], texts[1], texts[2]}, metric));
}

static std::vector<BitWidthChoice> front(const std::string &path, const std::string &cost,
                                         unsigned points, const std::string &metric) {
  py::gil_scoped_release release;
  WidthCost which = take(parseWidthCost(cost));
  WidthMetric by = take(parseWidthMetric(metric));
  SensitivityFile file = take(SensitivityFile::read(path));
  auto choices = paretoFront(file.layers, which, points, by);
  if (!choices)
    throw Failure(path + ": " + llvm::toString(choices.takeError()));
  return *choices;
}

/// In the order of the list.
static py::dict toDict(const std::vector<std::pair<std::string, LayerWidth>> &layers) {
  py::dict result;
  for (const auto &[name, width] : layers)
    result[py::str(name)] = width.str();
  return result;
}

void bindBitWidths(py::module_ &m) {
  py::class_<BitWidthChoice>(m, "BitWidthChoice",
                             "A width for each layer, and what they add up to.")
      .def_property_readonly(
          "layers", [](const BitWidthChoice &choice) { return toDict(choice.layers); },
          "{name: width} in the network's order; a width is text such as \"w4a8\" or \"float\".")
      .def_property_readonly(
          "metric", [](const BitWidthChoice &choice) { return getName(choice.metric).str(); },
          "By which they were chosen: sqnr, kl or agreement.")
      .def_property_readonly(
          "loss", [](const BitWidthChoice &choice) { return choice.totals.loss; },
          "What they add up to: noise of the network's outputs relative to their signal, "
          "divergence "
          "of classes in nats, or share of samples with another first class.")
      .def_property_readonly("bytes",
                             [](const BitWidthChoice &choice) { return choice.totals.bytes; })
      .def_property_readonly("bops",
                             [](const BitWidthChoice &choice) { return choice.totals.bops; })
      .def_property_readonly("time_us",
                             [](const BitWidthChoice &choice) { return choice.totals.time; });

  m.def("choose_bit_widths", choose, py::arg("sensitivity_path"), py::arg("bytes") = py::none(),
        py::arg("bops") = py::none(), py::arg("time") = py::none(), py::arg("metric") = "sqnr",
        "The BitWidthChoice of least loss (noise, kl, or 1 - agreement by the metric) by a file of "
        "sensitivities. A budget is a number (time in microseconds) or a percentage of what w8a8 "
        "costs, as \"75%\". Error: the file, a budget or metric that is none, budgets that can't "
        "be met, with the least that can.");
  m.def("pareto_front", front, py::arg("sensitivity_path"), py::arg("cost") = "bytes",
        py::arg("points") = 40, py::arg("metric") = "sqnr",
        "List of BitWidthChoice by rising cost (bytes, bops or time) and falling loss: at most "
        "`points`, each the best for its cost. Error: the file, another cost or metric, less than "
        "2 points.");
  m.def(
      "write_bit_widths",
      [](const BitWidthChoice &choice, const std::string &path) {
        check(BitWidthFile(choice).write(path));
      },
      py::arg("choice"), py::arg("path"),
      "Writes a BitWidthChoice for --nnq-set-bit-widths. Error: can't be written.");
  m.def(
      "read_bit_widths",
      [](const std::string &path) {
        BitWidthFile file = take(BitWidthFile::read(path));
        return py::make_tuple(toDict(file.layers), file.wide);
      },
      py::arg("path"),
      "({name: width}, names of wide tensors) of a file of bit-widths; layers by name. Error: the "
      "file, a width that is none.");
}

} // namespace nnq::python
