// Layers with weights: moments of their inputs, and their weights rounded by those.

#include "Bindings.h"
#include "Module.h"

#include "nnq/Quantization/BitWidths.h"
#include "nnq/Transforms/RoundedLayers.h"
#include "nnq/Transforms/WeightedLayers.h"

#include <map>

namespace py = pybind11;
using namespace mlir;

namespace nnq::python {

namespace {

/// A layer of a float network, and the context that its weights are views into.
struct BoundLayer : WeightedLayer {
  std::shared_ptr<MLIRContext> context;
};

/// A layer's weights after rounding.
struct Rounded {
  RoundedWeights weights;
  WeightFormat format;
  int64_t block;
};

} // namespace

static std::vector<BoundLayer> findLayers(Module &module) {
  std::vector<BoundLayer> layers;
  for (WeightedLayer &layer : findWeightedLayers(*module.op))
    layers.push_back({std::move(layer), module.context});
  return layers;
}

template <typename T>
static void addSample(const BoundLayer &layer, InputMoments &moments, const Array<float> &expected,
                      const Array<T> &found, int32_t zeroPoint, uint64_t sample,
                      int64_t positionsAtMost) {
  py::gil_scoped_release release;
  check(layer.addSample(moments, elements(expected), elements(found), zeroPoint, sample,
                        positionsAtMost));
}

static Rounded roundLayer(const BoundLayer &layer, const InputMoments &moments,
                          const std::string &width, double refit, int64_t block, bool secondOrder,
                          int sweeps) {
  py::gil_scoped_release release;
  RoundingOptions options;
  LayerWidth parsed = take(LayerWidth::parse(width));
  parsed.weightBlock = static_cast<unsigned>(block);
  options.refit = refit;
  options.secondOrder = secondOrder;
  options.sweeps = sweeps;
  RoundedWeights rounded = take(layer.round(moments, moments.scale(), parsed, options));
  return {std::move(rounded), std::move(parsed.weights), block};
}

static void writeWeights(Module &like,
                         const std::map<std::string, std::pair<BoundLayer *, Rounded *>> &layers,
                         const std::string &path) {
  std::vector<RoundedLayer> rounded;
  for (const auto &[name, pair] : layers) {
    auto [layer, found] = pair;
    rounded.push_back(layer->toRounded(name, found->weights, found->format, found->block));
  }
  check(writeRoundedLayers(like.context.get(), rounded, path));
}

void bindRounding(py::module_ &m) {
  py::class_<Rounded>(m, "RoundedWeights", "Weights of a layer after rounding.")
      .def_property_readonly(
          "steps",
          [](const Rounded &rounded) {
            py::dict steps;
            for (const auto &step : rounded.weights.steps)
              steps[py::str(step.name.data())] = step.error;
            return steps;
          },
          "The relative error behind each step, by its name.")
      .def_property_readonly("refit_gain",
                             [](const Rounded &rounded) { return rounded.weights.refitGain; });

  py::class_<BoundLayer>(m, "Layer", "A layer of a float network with constant weights.")
      .def_readonly("name", &BoundLayer::name)
      .def_property_readonly("weights", &BoundLayer::weightCount, "How many it has.")
      .def("moments", &BoundLayer::makeMoments, py::arg("scale"),
           "InputMoments of no samples; `scale` is that of the quantized input.")
      .def("add_sample", addSample<uint8_t>, py::arg("moments"), py::arg("expected").noconvert(),
           py::arg("found").noconvert(), py::arg("zero_point"), py::arg("sample"),
           py::arg("positions"),
           "Adds what the layer reads at some positions of a sample, in the float network and "
           "in codes of the quantized one. Error: arrays of other sizes, a NaN or an infinity.")
      .def("add_sample", addSample<int8_t>, py::arg("moments"), py::arg("expected").noconvert(),
           py::arg("found").noconvert(), py::arg("zero_point"), py::arg("sample"),
           py::arg("positions"))
      .def(
          "round", roundLayer, py::arg("moments"), py::arg("width"), py::arg("refit") = 1.0,
          py::arg("block") = 0, py::arg("second_order") = true, py::arg("sweeps") = 4,
          "RoundedWeights by these moments, in the format of a width such as \"w4a8\", with a "
          "scale for each output channel or each `block` of its input channels, or with zeros in "
          "its pattern (\"w8a8-4:8\"); include/nnq/Quantization/Rounding.h has the options. Error: "
          "no width, a block that does not divide the input channels, a pattern that does not suit "
          "them.");

  m.def("find_layers", findLayers, py::arg("module"),
        "The layers of a float module's main, in order, whose weights are constant and whose sums "
        "are over windows of the input: list of Layer.");
  m.def(
      "write_weights", writeWeights, py::arg("module"), py::arg("layers"), py::arg("path"),
      "Writes {name: (Layer, RoundedWeights)} for --nnq-replace-weights. Error: can't be written.");
}

} // namespace nnq::python
