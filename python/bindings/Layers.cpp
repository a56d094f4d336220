// What is known of the layers of a network before compilation: how they are quantized, what they
// cost.

#include "Bindings.h"
#include "Module.h"

#include "nnq/Compiler/Layers.h"
#include "nnq/Dialect/NNQ/IR/IntegerOps.h"
#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"
#include "nnq/Transforms/ObservationNames.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/TypeUtilities.h"

#include <map>

namespace py = pybind11;
using namespace mlir;

namespace nnq::python {

/// The input channels that share a scale in weights with a scale for each output channel (0: all of
/// them) or in blocks; nothing for other weights.
static std::optional<int64_t> getChannelBlock(AccumulatingOp op) {
  auto weights = cast<RankedTensorType>(op.getWeightOperand().get().getType());
  if (isa_and_nonnull<quant::UniformQuantizedPerAxisType>(getQuantizedElement(weights)))
    return 0;
  return getInputChannelBlock(weights);
}

/// Where the results of layers saturate, by their names in the float network.
static std::map<std::string, std::pair<float, float>> getCorrectableLayers(Module &module) {
  std::map<std::string, std::pair<float, float>> layers;
  module.op->walk([&](AccumulatingOp op) {
    auto name = op->getAttrOfType<StringAttr>(observationAttrName);
    bool perChannel = getChannelBlock(op).has_value();
    bool isInteger = static_cast<bool>(getQuantizedElement(op.getInputOperand().get().getType()));
    if (!name || !perChannel || !isInteger)
      return;
    constexpr float infinity = std::numeric_limits<float>::infinity();
    std::pair<float, float> bounds{-infinity, infinity};
    if (auto type = dyn_cast_or_null<quant::UniformQuantizedType>(
            getQuantizedElement(op->getResult(0).getType()))) {
      auto real = [&](int64_t code) {
        return static_cast<float>(static_cast<double>(code - type.getZeroPoint()) *
                                  type.getScale());
      };
      bounds = {real(type.getStorageTypeMin()), real(type.getStorageTypeMax())};
    }
    layers[name.str()] = bounds;
  });
  return layers;
}

/// What layers with a quantized input are called and the scale of that input, by their names in the
/// float network's statistics.
static std::map<std::string, std::pair<std::string, float>> getIntegerLayers(Module &module) {
  std::map<std::string, std::pair<std::string, float>> layers;
  module.op->walk([&](AccumulatingOp op) {
    auto name = op->getAttrOfType<StringAttr>(observationAttrName);
    auto input = dyn_cast_or_null<quant::UniformQuantizedType>(
        getQuantizedElement(op.getInputOperand().get().getType()));
    if (name && input)
      layers[name.str()] = {getLayerName(op), static_cast<float>(input.getScale())};
  });
  return layers;
}

/// Bits of a weight's code, by the names of layers whose weights have scales per channel or block.
static std::map<std::string, unsigned> getWeightBits(Module &module) {
  std::map<std::string, unsigned> bits;
  module.op->walk([&](AccumulatingOp op) {
    if (getChannelBlock(op))
      bits[getLayerName(op)] =
          getQuantizedElement(op.getWeightOperand().get().getType()).getStorageTypeIntegralWidth();
  });
  return bits;
}

/// Input channels that share a scale, by the same names.
static std::map<std::string, int64_t> getWeightBlocks(Module &module) {
  std::map<std::string, int64_t> blocks;
  module.op->walk([&](AccumulatingOp op) {
    if (std::optional<int64_t> block = getChannelBlock(op))
      blocks[getLayerName(op)] = *block;
  });
  return blocks;
}

static bool isQuantized(Module &module) {
  auto quantized = [](Type type) { return isa<quant::QuantizedType>(getElementTypeOrSelf(type)); };
  auto function = module.op->lookupSymbol<func::FuncOp>("main");
  if (function && llvm::any_of(function.getArgumentTypes(), quantized))
    return true;
  // Integers that are moved as codes stand for nothing else.
  auto isMove = [](Operation *op) {
    auto quantizable = dyn_cast<QuantizableOp>(op);
    return isa<StorageCastOp>(op) || (quantizable && quantizable.sharesScale());
  };
  return module.op
      ->walk([&](Operation *op) {
        return llvm::any_of(op->getResultTypes(), quantized) && !isMove(op)
                   ? WalkResult::interrupt()
                   : WalkResult::advance();
      })
      .wasInterrupted();
}

/// The entries {name, op, reason} of `nnq.float_islands`.
static py::list getFloatIslands(Module &module) {
  py::list islands;
  if (auto entries = module.op->getOperation()->getAttrOfType<ArrayAttr>("nnq.float_islands"))
    for (Attribute attribute : entries) {
      auto entry = dyn_cast<DictionaryAttr>(attribute);
      py::dict island;
      for (const char *key : {"name", "op", "reason"})
        if (auto text = entry ? entry.getAs<StringAttr>(key) : nullptr)
          island[key] = text.str();
      if (island.size() == 3) // others were written by nobody of ours
        islands.append(island);
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
      .def_property_readonly("is_quantized", isQuantized,
                             "Whether a result of an operation has a quantized type.")
      .def_property_readonly("float_islands", getFloatIslands,
                             "Layers that stayed in float: dicts of name, op and reason.")
      .def("layer_costs", getLayerCosts, py::arg("target") = "native",
           "A LayerCost for each layer of main, in order, without compiling. A layer that is "
           "computed inside the kernel of one in front of it has 0 bytes and 0 cycles: that one "
           "bears them. CompileError; Error: no such target.");
}

} // namespace nnq::python
