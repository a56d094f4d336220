// C header and manifest.

#include "Artifacts.h"

#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

using namespace mlir;

namespace nnq {

static std::string typeName(Type type) {
  auto quantized = getQuantizedElement(type);
  if (!quantized)
    return "f32";
  return (quantized.isSigned() ? "i" : "u") + std::to_string(quantized.getStorageTypeIntegralWidth());
}

static std::string locationName(Location loc) {
  if (auto name = dyn_cast<NameLoc>(loc))
    return name.getName().str();
  if (auto fused = dyn_cast<FusedLoc>(loc))
    for (Location part : fused.getLocations())
      if (std::string name = locationName(part); !name.empty())
        return name;
  return "";
}

std::vector<LayerInfo> describeLayers(func::FuncOp function) {
  std::vector<LayerInfo> layers;
  function.walk([&](AccumulatingOp op) {
    LayerInfo layer;
    layer.name = locationName(op->getLoc());
    layer.op = op->getName().stripDialect().str();
    auto weights = cast<RankedTensorType>(op.getWeightOperand().get().getType());
    auto quantized = getQuantizedElement(weights);
    layer.input = typeName(op.getInputOperand().get().getType());
    layer.weights = typeName(weights);
    layer.result = typeName(op->getResult(0).getType());
    layer.weightBits = quantized ? quantized.getStorageTypeIntegralWidth() : 32;
    layer.weightCount = weights.getNumElements();
    layer.weightBytes = llvm::divideCeil(layer.weightCount * layer.weightBits, 8);
    layer.multiplications = cast<RankedTensorType>(op->getResult(0).getType()).getNumElements() * op.getAccumulationDepth();
    layers.push_back(layer);
  });
  return layers;
}

std::string describeIsland(Attribute island) {
  auto entry = dyn_cast<DictionaryAttr>(island);
  auto text = [&](StringRef key) {
    auto value = entry ? entry.getAs<StringAttr>(key) : nullptr;
    return value ? value.str() : std::string();
  };
  return text("name") + " (" + text("op") + "): " + text("reason");
}

static StringRef cType(const TensorInfo &info) {
  return llvm::StringSwitch<StringRef>(info.elementType)
      .Case("f32", "float")
      .Case("u8", "uint8_t")
      .Case("i8", "int8_t")
      .Case("i16", "int16_t")
      .Case("u16", "uint16_t")
      .Case("i64", "int64_t")
      .Default("int32_t");
}

static std::string cName(StringRef name, StringRef kind, size_t index) {
  std::string result;
  for (char c : name)
    result += llvm::isAlnum(c) ? c : '_';
  if (result.empty() || llvm::isDigit(result.front()))
    result = (kind + Twine(index) + "_" + result).str();
  return result;
}

std::string printHeader(const CompiledModel &model, StringRef name) {
  std::string text, guard = StringRef(cName(name, "model", 0)).upper();
  llvm::raw_string_ostream os(text);
  os << "// Compiled by nnq for " << model.target << ".\n\n#ifndef " << guard << "_H\n#define " << guard << "_H\n\n#include <stdint.h>\n\n"
     << "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n";
  os << "/// Bytes of working memory that one run needs, aligned to 64. Its contents need not be kept between runs.\n#define " << guard
     << "_ARENA_BYTES " << model.arenaBytes << "\n\n";
  auto describe = [&](ArrayRef<TensorInfo> tensors, StringRef kind) {
    for (auto [i, info] : llvm::enumerate(tensors)) {
      os << "/// " << kind << " `" << info.name << "`: " << info.elementType << " [";
      llvm::interleaveComma(info.shape, os);
      os << "]";
      if (info.scale != 0)
        os << llvm::formatv(", value = (stored - {0}) * {1}", info.zeroPoint, info.scale);
      os << "\n";
    }
  };
  describe(model.inputs, "input");
  describe(model.outputs, "output");
  os << "/// Allocates nothing and keeps no state: threads may run at once, each with an arena of its own. Buffers must not overlap.\n"
     << "void " << model.symbol << "(";
  for (auto [i, info] : llvm::enumerate(model.inputs))
    os << "const " << cType(info) << " *" << cName(info.name, "input", i) << ", ";
  for (auto [i, info] : llvm::enumerate(model.outputs))
    os << cType(info) << " *" << cName(info.name, "output", i) << ", ";
  os << "void *arena);\n\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n";
  return text;
}

static llvm::json::Array toJSON(ArrayRef<TensorInfo> tensors) {
  llvm::json::Array list;
  for (const TensorInfo &info : tensors) {
    llvm::json::Object entry{{"name", info.name}, {"shape", llvm::json::Array(info.shape)}, {"type", info.elementType}};
    if (info.scale != 0) {
      entry["scale"] = info.scale;
      entry["zero_point"] = info.zeroPoint;
    }
    list.push_back(std::move(entry));
  }
  return list;
}

std::string printManifest(const CompiledModel &model, ArrayRef<LayerInfo> layers) {
  llvm::json::Array list;
  for (const LayerInfo &layer : layers)
    list.push_back(llvm::json::Object{{"name", layer.name},
                                      {"op", layer.op},
                                      {"input", layer.input},
                                      {"weights", layer.weights},
                                      {"result", layer.result},
                                      {"weight_bits", layer.weightBits},
                                      {"weight_count", layer.weightCount},
                                      {"weight_bytes", layer.weightBytes},
                                      {"multiplications", layer.multiplications}});
  llvm::json::Object manifest{{"nnq", 1},
                              {"symbol", model.symbol},
                              {"target", model.target},
                              {"inputs", toJSON(model.inputs)},
                              {"outputs", toJSON(model.outputs)},
                              {"weight_bytes", model.weightBytes},
                              {"arena_bytes", model.arenaBytes},
                              {"float_islands", llvm::json::Array(model.floatIslands)},
                              {"layers", std::move(list)}};
  return llvm::formatv("{0:2}\n", llvm::json::Value(std::move(manifest))).str();
}

} // namespace nnq
