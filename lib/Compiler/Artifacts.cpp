// C header and manifest.

#include "Artifacts.h"
#include "CNames.h"

#include "nnq/Target/Target.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

using namespace mlir;

namespace nnq {

std::vector<KernelInfo> describeKernels(func::FuncOp function, ArrayRef<LayerInfo> layers) {
  std::vector<KernelInfo> kernels;
  auto names = function->getAttrOfType<ArrayAttr>("nnq.kernels");
  if (!names)
    return kernels;
  for (auto [name, call] :
       llvm::zip_equal(names.getAsValueRange<StringAttr>(), function.getOps<func::CallOp>())) {
    KernelInfo kernel{name.str()};
    if (std::optional<size_t> number = getLayerNumber(call.getLoc()))
      kernel = {layers[*number].name, static_cast<int64_t>(*number)};
    kernels.push_back(kernel);
  }
  return kernels;
}

static StringRef cType(const TensorInfo &info) {
  return llvm::StringSwitch<StringRef>(info.elementType)
      .Case("f32", "float")
      .Cases({"u8", "u4", "u2", "bool"}, "uint8_t")
      .Cases({"i8", "i4", "i2"}, "int8_t")
      .Case("i16", "int16_t")
      .Case("u16", "uint16_t")
      .Case("u32", "uint32_t")
      .Case("i64", "int64_t")
      .Case("u64", "uint64_t")
      .Default("int32_t");
}

void nameParameters(CompiledModel &model) {
  CNames names({"arena", "parallel_for", "pool"});
  auto add = [&](std::vector<TensorInfo> &tensors, StringRef kind) {
    for (auto [i, info] : llvm::enumerate(tensors))
      info.parameter = names.add(info.name, kind + Twine(i));
  };
  add(model.inputs, "input");
  add(model.outputs, "output");
}

/// As in nnq/Runtime/ThreadPool.h; whichever comes first counts.
constexpr StringLiteral parallelForTypes = R"(#ifndef NNQ_PARALLEL_FOR
#define NNQ_PARALLEL_FOR
/// Does the iterations begin <= i < end.
typedef void (*nnq_task)(void *args, int64_t begin, int64_t end);
/// Calls `task` so that each of the iterations 0 <= i < count is done once, from any threads in any order, and returns when all are.
typedef void (*nnq_parallel_for)(void *pool, nnq_task task, void *args, int64_t count);
#endif

)";

std::string printHeader(const CompiledModel &model, StringRef name) {
  std::string text, guard = name.upper();
  llvm::raw_string_ostream os(text);
  os << "// Compiled by nnq for " << model.target << ".\n\n#ifndef " << guard << "_H\n#define "
     << guard << "_H\n\n#include <stdint.h>\n\n"
     << "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n";
  os << "/// Bytes of working memory that one run needs, aligned to " << memoryAlignment
     << ". Its contents need not be kept between runs.\n#define " << guard << "_ARENA_BYTES "
     << model.arenaBytes << "\n\n";
  auto describe = [&](ArrayRef<TensorInfo> tensors, StringRef kind) {
    for (const TensorInfo &info : tensors) {
      os << "/// " << kind << " `" << onOneLine(info.name) << "`";
      if (info.parameter != info.name)
        os << ", here " << info.parameter;
      os << ": " << info.elementType << " [";
      llvm::interleaveComma(info.shape, os);
      os << "]";
      if (info.scale != 0)
        os << llvm::formatv(", value = (stored - {0}) * {1}", info.zeroPoint, info.scale);
      os << "\n";
    }
  };
  describe(model.inputs, "input");
  describe(model.outputs, "output");
  auto declare = [&](StringRef symbol, StringRef more) {
    os << "void " << symbol << "(";
    for (const TensorInfo &info : model.inputs)
      os << "const " << cType(info) << " *" << info.parameter << ", ";
    for (const TensorInfo &info : model.outputs)
      os << cType(info) << " *" << info.parameter << ", ";
    os << "void *arena" << more << ");\n\n";
  };
  os << "/// Allocates nothing and keeps no state: threads may run at once, each with an arena of "
        "its own. Buffers must not overlap.\n";
  declare(model.symbol, "");
  if (!model.parallelSymbol.empty()) {
    os << parallelForTypes
       << "/// The same, to the bit, with the loops that are worth it passed to `parallel_for`, "
          "one after another; `pool` is passed on to it.\n";
    declare(model.parallelSymbol, ", nnq_parallel_for parallel_for, void *pool");
  }
  os << "#ifdef __cplusplus\n}\n#endif\n\n#endif\n";
  return text;
}

static llvm::json::Array toJSON(ArrayRef<TensorInfo> tensors) {
  llvm::json::Array list;
  for (const TensorInfo &info : tensors) {
    llvm::json::Object entry{{"name", llvm::json::fixUTF8(info.name)},
                             {"parameter", info.parameter},
                             {"shape", llvm::json::Array(info.shape)},
                             {"type", info.elementType}};
    if (info.scale != 0) {
      entry["scale"] = info.scale;
      entry["zero_point"] = info.zeroPoint;
    }
    list.push_back(std::move(entry));
  }
  return list;
}

static llvm::json::Object toJSON(const LayerInfo &layer) {
  llvm::json::Object entry{{"name", layer.name},
                           {"op", layer.op},
                           {"input", layer.input},
                           {"result", layer.result},
                           {"shape", llvm::json::Array(layer.shape)},
                           {"constant_bytes", layer.constantBytes},
                           {"predicted_cycles", std::llround(layer.cycles)}};
  if (!layer.observation.empty())
    entry["observation"] = layer.observation;
  if (!layer.island.empty())
    entry["stays_float"] = layer.island;
  if (!layer.weights.empty()) {
    entry["weights"] = layer.weights;
    entry["weight_bits"] = layer.weightBits;
    entry["weight_count"] = layer.weightCount;
    entry["weight_bytes"] = layer.weightBytes;
    entry["multiplications"] = layer.multiplications;
    entry["bops"] = layer.bops;
    if (!layer.pattern.empty()) {
      entry["pattern"] = layer.pattern;
      entry["zero_share"] = layer.zeroShare;
      entry["kept_products"] = layer.keptProducts;
    }
  }
  return entry;
}

std::string printManifest(const CompiledModel &model, ArrayRef<LayerInfo> layers,
                          ArrayRef<KernelInfo> kernels) {
  llvm::json::Array list, islands;
  for (const LayerInfo &layer : layers)
    list.push_back(toJSON(layer));
  for (const FloatIsland &island : model.floatIslands)
    islands.push_back(island.name + " (" + island.op + "): " + island.reason);
  llvm::json::Object manifest{{"nnq", 1},
                              {"symbol", model.symbol},
                              {"target", model.target},
                              {"threads", model.threads},
                              {"inputs", toJSON(model.inputs)},
                              {"outputs", toJSON(model.outputs)},
                              {"weight_bytes", model.weightBytes},
                              {"arena_bytes", model.arenaBytes},
                              {"float_islands", std::move(islands)},
                              {"layers", std::move(list)}};
  if (!kernels.empty()) {
    llvm::json::Array calls;
    for (const KernelInfo &kernel : kernels)
      calls.push_back(llvm::json::Object{{"name", kernel.name}, {"layer", kernel.layer}});
    manifest["kernels"] = std::move(calls);
  }
  if (!model.observed.empty())
    manifest["observed"] = toJSON(model.observed);
  if (!model.parallelSymbol.empty())
    manifest["parallel_symbol"] = model.parallelSymbol;
  return llvm::formatv("{0:2}\n", llvm::json::Value(std::move(manifest))).str();
}

} // namespace nnq
