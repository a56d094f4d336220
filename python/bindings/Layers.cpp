// What is known of the layers of a network before compilation: how they are quantized, what they
// cost.

#include "Bindings.h"
#include "Module.h"

#include "nnq/Compiler/Layers.h"
#include "nnq/Transforms/LayerWidths.h"
#include "nnq/Transforms/PrunedLayers.h"
#include "nnq/Transforms/QuantizedLayers.h"

#include <map>

namespace py = pybind11;
using namespace mlir;

namespace nnq::python {

/// A dictionary of the layers for which `entry` gives a key and a value.
template <typename Entry> static py::dict collect(Module &module, Entry entry) {
  py::dict found;
  for (const QuantizedLayer &layer : findQuantizedLayers(*module.op))
    if (auto pair = entry(layer))
      found[py::str(pair->first)] = pair->second;
  return found;
}

static py::dict getCorrectableLayers(Module &module) {
  return collect(module, [](const QuantizedLayer &layer) {
    return layer.isCorrectable() ? std::optional(std::pair(layer.observation, layer.bounds))
                                 : std::nullopt;
  });
}

static py::dict getIntegerLayers(Module &module) {
  return collect(module, [](const QuantizedLayer &layer) {
    return !layer.observation.empty() && layer.inputScale
               ? std::optional(
                     std::pair(layer.observation, std::pair(layer.name, *layer.inputScale)))
               : std::nullopt;
  });
}

static py::dict getWeightBits(Module &module) {
  return collect(module, [](const QuantizedLayer &layer) {
    return layer.weightBits ? std::optional(std::pair(layer.name, *layer.weightBits))
                            : std::nullopt;
  });
}

static py::dict getWeightBlocks(Module &module) {
  return collect(module, [](const QuantizedLayer &layer) {
    return layer.weightBlock ? std::optional(std::pair(layer.name, *layer.weightBlock))
                             : std::nullopt;
  });
}

static std::map<std::string, std::string> getWeightPatterns(Module &module) {
  py::gil_scoped_release release;
  std::map<std::string, std::string> patterns;
  module.op->walk([&](AccumulatingOp op) {
    if (std::optional<WeightMask> mask = readWeightMask(op))
      if (std::optional<PruningPattern> pattern = findPattern(*mask))
        patterns[getLayerName(op)] = pattern->str();
  });
  return patterns;
}

static py::dict getBitWidths(Module &module) {
  py::dict widths;
  for (const auto &[name, width] : take(getLayerWidths(*module.op)))
    widths[py::str(name)] = width.str();
  return widths;
}

static py::list getIslands(Module &module) {
  py::list islands;
  for (const FloatIsland &island : getFloatIslands(*module.op)) {
    py::dict entry;
    entry["name"] = island.name;
    entry["op"] = island.op;
    entry["reason"] = island.reason;
    islands.append(entry);
  }
  return islands;
}

static std::vector<LayerInfo> getLayerCosts(Module &module, const std::string &target) {
  const TargetDescription *description = take(lookupTarget(target));
  py::gil_scoped_release release;
  llvm::Expected<std::vector<LayerInfo>> layers = describeLayers(*module.op, *description);
  if (!layers)
    throw CompileFailure(llvm::toString(layers.takeError()));
  return std::move(*layers);
}

void bindLayers(py::module_ &m, py::class_<Module> &module) {
  py::class_<LayerInfo>(m, "LayerCost", "What a layer will cost on a target.")
      .def_readonly("name", &LayerInfo::name)
      .def_readonly("op", &LayerInfo::op)
      .def_readonly("observation", &LayerInfo::observation,
                    "The tensor of the float network that it computes, or an empty string.")
      .def_readonly(
          "bytes", &LayerInfo::constantBytes,
          "What its constants take in the object: packed weights, scales, biases, tables.")
      .def_readonly("bops", &LayerInfo::bops,
                    "Multiplications x bits of the weights x bits of the input; f32 has 32.")
      .def_readonly("cycles", &LayerInfo::cycles,
                    "Predicted time of one thread, to compare layers on one target.");

  module
      .def_property_readonly("correctable_layers", getCorrectableLayers,
                             "{name: (lo, hi)} of layers with weights of a scale per channel or "
                             "block, by their tensor in the float network: where their result "
                             "saturates")
      .def_property_readonly("integer_layers", getIntegerLayers,
                             "{tensor: (name, scale)} of layers that read integers, by their "
                             "tensor in the float network: the layer's name, the input's scale")
      .def_property_readonly("weight_bits", getWeightBits,
                             "{name: bits} of layers with weights of a scale per channel or block.")
      .def_property_readonly("weight_blocks", getWeightBlocks,
                             "{name: input channels that share a scale} of those, 0 for all.")
      .def_property_readonly(
          "weight_patterns", getWeightPatterns,
          "{name: pattern} of layers whose constant weights have zeros in a "
          "pattern that kernels can skip: of those that they fit, the one of the "
          "most zeros.")
      .def_property_readonly("bit_widths", getBitWidths,
                             "{name: width} of layers in float that a pass has given widths, such "
                             "as \"w4a8\".")
      .def_property_readonly(
          "is_quantized", [](Module &module) { return isQuantized(*module.op); },
          "Whether the network comes quantized.")
      .def_property_readonly("float_islands", getIslands,
                             "Layers that stayed in float: dicts of name, op and reason.")
      .def("layer_costs", getLayerCosts, py::arg("target") = "native",
           "A LayerCost for each layer of main, in order, without compiling. A layer that is "
           "computed inside the kernel of one in front of it has 0 bytes and 0 cycles: that one "
           "bears them. CompileError; Error: no such target.");
}

} // namespace nnq::python
