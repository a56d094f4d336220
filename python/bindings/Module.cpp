// Modules of nnq operations: read, transformed by textual pipelines, interpreted, compiled.

#include "Module.h"
#include "Bindings.h"
#include "Diagnostics.h"

#include "nnq/Compiler/Compile.h"
#include "nnq/Compiler/Layers.h"
#include "nnq/Compiler/Pipelines.h"
#include "nnq/Dialect/NNQ/IR/IntegerOps.h"
#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Dialect/NNQ/IR/Network.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"
#include "nnq/Import/ONNX/ImportONNX.h"
#include "nnq/Reference/Interpreter.h"
#include "nnq/Transforms/ObservationNames.h"
#include "nnq/Transforms/Passes.h"

#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"

#include <map>
#include <memory>

namespace py = pybind11;
using namespace mlir;

namespace nnq::python {

namespace {

/// An input or output of `main`, before compilation.
struct Tensor {
  std::string name;
  std::vector<int64_t> shape;
  std::string type;
  double scale = 0;
  int64_t zeroPoint = 0;
};

} // namespace

static std::shared_ptr<MLIRContext> createContext() {
  DialectRegistry registry;
  registerCompilerDialects(registry);
  auto context = std::make_shared<MLIRContext>(registry);
  context->loadAllAvailableDialects();
  context->printOpOnDiagnostic(true); // the collector takes the name and drops the rest
  return context;
}

/// A module from what `read` makes of a context; errors become an exception.
template <typename Read> static Module create(Read read) {
  py::gil_scoped_release release;
  Module module{createContext(), nullptr, {}};
  DiagnosticCollector diagnostics(module.context.get(), module.remarks);
  module.op = read(module.context.get());
  if (!module.op)
    throw CompileFailure(diagnostics.errors("the model cannot be read"));
  return module;
}

using Dimensions = std::map<std::string, int64_t>;

static ONNXImportOptions importOptions(const Dimensions &dimensions) {
  ONNXImportOptions options;
  for (const auto &[name, size] : dimensions)
    options.dimensions[name] = size;
  return options;
}

static Module importONNXFile(const std::string &path, const Dimensions &dimensions) {
  return create(
      [&](MLIRContext *context) { return importONNX(path, context, importOptions(dimensions)); });
}

static Module importONNXBytes(const py::bytes &data, const std::string &name,
                              const std::string &folder, const Dimensions &dimensions) {
  std::string_view view = data;
  llvm::MemoryBufferRef buffer(StringRef(view.data(), view.size()), name);
  return create([&](MLIRContext *context) {
    return importONNX(buffer, folder, context, importOptions(dimensions));
  });
}

static Module clone(Module &module) {
  return {module.context, OwningOpRef<ModuleOp>(module.op->clone()), {}};
}

/// The functions of a module, in order.
static std::vector<std::string> getFunctions(Module &module) {
  std::vector<std::string> names;
  for (auto function : module.op->getOps<func::FuncOp>())
    names.push_back(function.getName().str());
  return names;
}

/// A module of which `name` is `main`.
static Module extract(Module &module, const std::string &name) {
  auto function = module.op->lookupSymbol<func::FuncOp>(name);
  if (!function)
    throw Failure("the module has no function '" + name + "'");
  OwningOpRef<ModuleOp> alone(ModuleOp::create(module.op->getLoc()));
  (*alone)->setAttrs((*module.op)->getAttrDictionary());
  func::FuncOp main = function.clone();
  main.setName("main");
  alone->push_back(main);
  return {module.context, std::move(alone), {}};
}

/// Runs the passes that `build` adds; its error and those of passes become an exception.
template <typename Build> static void runPasses(Module &module, StringRef name, Build build) {
  py::gil_scoped_release release;
  DiagnosticCollector diagnostics(module.context.get(), module.remarks);
  PassManager pm(module.context.get());
  if (llvm::Error error = build(pm)) {
    std::string message = llvm::toString(std::move(error));
    throw CompileFailure("pipeline '" + name.str() + "': " + diagnostics.errors(message));
  }
  if (failed(pm.run(*module.op)))
    throw CompileFailure(diagnostics.errors("pipeline '" + name.str() + "' failed"));
}

static void runPipeline(Module &module, const std::string &pipeline) {
  runPasses(module, pipeline, [&](PassManager &pm) -> llvm::Error {
    std::string message;
    llvm::raw_string_ostream stream(message);
    if (succeeded(parsePassPipeline(pipeline, pm, stream)))
      return llvm::Error::success();
    return llvm::createStringError(StringRef(message).trim());
  });
}

// Paths and rules do not pass through the text of a pipeline, which could not say them all.

static void quantize(Module &module, const std::string &calibration, const std::string &options,
                     const std::string &bitWidths, const std::vector<std::string> &rules) {
  runPasses(module, "nnq-quantize-pipeline", [&](PassManager &pm) -> llvm::Error {
    QuantizePipelineOptions all;
    std::string message;
    llvm::raw_string_ostream stream(message);
    if (failed(all.parseFromString(options, stream)))
      return llvm::createStringError(message);
    all.calibration = calibration;
    all.bitWidths = bitWidths;
    all.rules = rules;
    return buildQuantizePipeline(pm, all);
  });
}

static void correctChannels(Module &module, const std::string &file) {
  runPasses(module, "nnq-correct-channels", [&](PassManager &pm) {
    pm.addNestedPass<func::FuncOp>(createCorrectChannels(CorrectChannelsOptions{file}));
    return llvm::Error::success();
  });
}

static void replaceWeights(Module &module, const std::string &file) {
  runPasses(module, "nnq-replace-weights", [&](PassManager &pm) {
    pm.addPass(createReplaceWeights(ReplaceWeightsOptions{file}));
    return llvm::Error::success();
  });
}

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

static std::string toText(Module &module, bool elide) {
  OpPrintingFlags flags;
  if (elide)
    flags.elideLargeElementsAttrs(16).elideLargeResourceString(64);
  std::string text;
  llvm::raw_string_ostream stream(text);
  module.op->print(stream, flags);
  return text;
}

/// Error: the file can't be written.
static void writeBytecode(ModuleOp module, const std::string &path) {
  std::error_code code;
  llvm::raw_fd_ostream stream(path, code);
  if (code)
    throw Failure(path + ": " + code.message());
  bool written = succeeded(writeBytecodeToFile(module, stream));
  stream.close();
  if (stream.has_error()) {
    std::string message = stream.error().message();
    stream.clear_error();
    throw Failure(path + ": " + message);
  }
  if (!written)
    throw Failure(path + ": the module cannot be written as bytecode");
}

static func::FuncOp getMain(Module &module) {
  auto function = module.op->lookupSymbol<func::FuncOp>("main");
  if (!function)
    throw CompileFailure("the module has no function 'main'");
  DiagnosticCollector diagnostics(module.context.get(), module.remarks);
  if (failed(verifyNetwork(function)))
    throw CompileFailure(diagnostics.errors("main is no network"));
  return function;
}

static Tensor describe(DictionaryAttr attributes, Type type, std::string fallback) {
  auto name = attributes ? attributes.getAs<StringAttr>("nnq.name") : nullptr;
  auto shaped = cast<ShapedType>(type);
  Tensor tensor{name ? llvm::json::fixUTF8(name.getValue()) : fallback, shaped.getShape().vec(),
                getMemoryElementName(type)};
  if (auto quantized = dyn_cast<quant::UniformQuantizedType>(shaped.getElementType()))
    tensor.scale = quantized.getScale(), tensor.zeroPoint = quantized.getZeroPoint();
  return tensor;
}

static std::vector<Tensor> getInputs(Module &module) {
  func::FuncOp function = getMain(module);
  std::vector<Tensor> tensors;
  for (auto [i, type] : llvm::enumerate(function.getArgumentTypes()))
    tensors.push_back(describe(function.getArgAttrDict(i), type, "arg" + std::to_string(i)));
  return tensors;
}

static std::vector<Tensor> getOutputs(Module &module) {
  func::FuncOp function = getMain(module);
  std::vector<Tensor> tensors;
  for (auto [i, type] : llvm::enumerate(function.getResultTypes()))
    tensors.push_back(describe(function.getResultAttrDict(i), type, "result" + std::to_string(i)));
  return tensors;
}

/// The codes that float inputs become, with the inputs' names. An input that is read in float as
/// well, or in several types, is left out.
static std::vector<Tensor> getInputCodes(Module &module) {
  func::FuncOp function = getMain(module);
  std::vector<Tensor> codes;
  for (BlockArgument argument : function.getArguments()) {
    Value value = argument;
    Operation *user = nullptr;
    while (value.hasOneUse()) {
      user = *value.user_begin();
      if (user->getNumOperands() != 1 || !isa<QuantizableOp>(user) ||
          !cast<QuantizableOp>(user).sharesScale())
        break;
      value = user->getResult(0);
    }
    if (!value.hasOneUse() || !isa<RequantizeOp>(user) ||
        !getQuantizedElement(user->getResult(0).getType()))
      continue;
    unsigned index = argument.getArgNumber();
    Type type = user->getResult(0).getType();
    codes.push_back(describe(function.getArgAttrDict(index), type, "arg" + std::to_string(index)));
  }
  return codes;
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

//===----------------------------------------------------------------------===//
// The executable reference
//===----------------------------------------------------------------------===//

template <typename T> static std::vector<T> copyElements(const py::array &array) {
  auto converted = py::array_t<T, py::array::c_style | py::array::forcecast>::ensure(array);
  return std::vector<T>(converted.data(), converted.data() + converted.size());
}

static reference::HostTensor toHost(const py::array &array, Type type) {
  Type element = getElementTypeOrSelf(type);
  llvm::SmallVector<int64_t> shape(array.shape(), array.shape() + array.ndim());
  if (element.isF32())
    return reference::HostTensor(shape, element, copyElements<float>(array));
  if (element.isIntOrIndex())
    return reference::HostTensor(shape, element, copyElements<int64_t>(array));
  return reference::HostTensor(shape, element, copyElements<int32_t>(array));
}

static py::array fromHost(const reference::HostTensor &tensor) {
  std::vector<py::ssize_t> shape(tensor.shape.begin(), tensor.shape.end());
  if (tensor.isFloat())
    return py::array_t<float>(shape, tensor.floats().data());
  if (tensor.elementType.isIntOrIndex())
    return py::array_t<int64_t>(shape, tensor.plainIntegers().data());
  return py::array_t<int32_t>(shape, tensor.integers().data());
}

static py::list interpret(Module &module, const std::vector<py::array> &arrays) {
  func::FuncOp function = getMain(module);
  if (arrays.size() != function.getNumArguments())
    throw Failure("main takes " + std::to_string(function.getNumArguments()) + " inputs, not " +
                  std::to_string(arrays.size()));
  std::vector<reference::HostTensor> inputs;
  for (auto [array, type] : llvm::zip_equal(arrays, function.getArgumentTypes()))
    inputs.push_back(toHost(array, type));
  FailureOr<std::vector<reference::HostTensor>> results = failure();
  {
    py::gil_scoped_release release;
    DiagnosticCollector diagnostics(module.context.get(), module.remarks);
    results = reference::interpret(function, inputs);
    if (failed(results))
      throw CompileFailure(diagnostics.errors("the reference cannot run main"));
  }
  py::list outputs;
  for (const reference::HostTensor &tensor : *results)
    outputs.append(fromHost(tensor));
  return outputs;
}

//===----------------------------------------------------------------------===//
// Compilation
//===----------------------------------------------------------------------===//

static CompiledModel compileModule(Module &module, const std::string &target,
                                   const std::string &name, const std::string &kind, int threads,
                                   bool timeKernels) {
  py::gil_scoped_release release;
  CompileOptions options;
  options.target = target;
  options.name = name;
  options.threads = threads;
  options.emitAssembly = kind == "assembly";
  options.emitLLVMIR = kind == "llvm";
  options.timeKernels = timeKernels;
  if (kind != "object" && !options.emitAssembly && !options.emitLLVMIR)
    throw Failure("kind is 'object', 'assembly' or 'llvm', not '" + kind + "'");
  DiagnosticCollector diagnostics(module.context.get(), module.remarks);
  llvm::Expected<CompiledModel> model = nnq::compile(*module.op, options);
  if (!model)
    throw CompileFailure(diagnostics.errors(llvm::toString(model.takeError())));
  return std::move(*model);
}

static CompiledFunctions compileModuleFunctions(Module &module, const std::string &target) {
  py::gil_scoped_release release;
  DiagnosticCollector diagnostics(module.context.get(), module.remarks);
  llvm::Expected<CompiledFunctions> functions = nnq::compileFunctions(*module.op, target);
  if (!functions)
    throw CompileFailure(diagnostics.errors(llvm::toString(functions.takeError())));
  return std::move(*functions);
}

static std::vector<LayerInfo> getLayerCosts(Module &module, const std::string &target) {
  const TargetDescription *description = take(lookupTarget(target));
  py::gil_scoped_release release;
  llvm::Expected<std::vector<LayerInfo>> layers = describeLayers(*module.op, *description);
  if (!layers)
    throw CompileFailure(llvm::toString(layers.takeError()));
  return std::move(*layers);
}

void bindModule(py::module_ &m) {
  py::class_<Tensor>(m, "Tensor", "An input or output of a module's function main.")
      .def_readonly("name", &Tensor::name)
      .def_readonly("shape", &Tensor::shape)
      .def_readonly("type", &Tensor::type)
      .def_readonly("scale", &Tensor::scale, "0 for float.")
      .def_readonly("zero_point", &Tensor::zeroPoint);

  py::class_<TensorInfo>(m, "TensorInfo", "An input or output of a compiled model.")
      .def_readonly("name", &TensorInfo::name)
      .def_readonly("shape", &TensorInfo::shape)
      .def_readonly("type", &TensorInfo::elementType)
      .def_readonly("scale", &TensorInfo::scale)
      .def_readonly("zero_point", &TensorInfo::zeroPoint);

  py::class_<CompiledFunction>(m, "CompiledFunction", "A function of an object file.")
      .def_readonly("symbol", &CompiledFunction::symbol)
      .def_readonly("inputs", &CompiledFunction::inputs)
      .def_readonly("outputs", &CompiledFunction::outputs)
      .def_readonly("observed", &CompiledFunction::observed,
                    "Tensors that the function tells its last input, the observer, of.")
      .def_readonly("arena_bytes", &CompiledFunction::arenaBytes);

  py::class_<CompiledFunctions>(m, "CompiledFunctions", "An object file and its functions.")
      .def_property_readonly("code",
                             [](const CompiledFunctions &functions) {
                               return py::bytes(functions.code.data(), functions.code.size());
                             })
      .def_readonly("functions", &CompiledFunctions::functions);

  py::class_<CompiledModel, CompiledFunction>(
      m, "CompiledModel", "An object file (or text), its header and its manifest.")
      .def_property_readonly("code",
                             [](const CompiledModel &model) {
                               return py::bytes(model.code.data(), model.code.size());
                             })
      .def_readonly("parallel_symbol", &CompiledModel::parallelSymbol, "Empty where threads is 1.")
      .def_readonly("weight_bytes", &CompiledModel::weightBytes)
      .def_readonly("target", &CompiledModel::target)
      .def_readonly("header", &CompiledModel::header)
      .def_readonly("manifest", &CompiledModel::manifest);

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

  py::class_<Module> module(m, "Module",
                            "A module of nnq operations. Not for use by two threads at once.");
  bindOutputs(module);
  module
      .def_static("import_onnx", importONNXFile, py::arg("path"), py::arg("dims") = Dimensions(),
                  "Reads an ONNX model; `dims` gives sizes of dynamic dimensions. CompileError: "
                  "file, node and reason.")
      .def_static("import_onnx_bytes", importONNXBytes, py::arg("data"), py::arg("name"),
                  py::arg("folder") = "", py::arg("dims") = Dimensions(),
                  "The same for a model in memory, which messages call `name`; external data is "
                  "looked up in `folder`.")
      .def_static(
          "parse_file",
          [](const std::string &path) {
            return create(
                [&](MLIRContext *context) { return parseSourceFile<ModuleOp>(path, context); });
          },
          py::arg("path"), "Reads MLIR, as text or bytecode.")
      .def_static(
          "parse",
          [](const std::string &text) {
            return create(
                [&](MLIRContext *context) { return parseSourceString<ModuleOp>(text, context); });
          },
          py::arg("text"))
      .def("clone", clone, "A copy in the same context.")
      .def_property_readonly("functions", getFunctions, "The names of its functions, in order.")
      .def("extract", extract, py::arg("function"),
           "A module of a copy of that function alone, as main, in the same context. Error: there "
           "is none.")
      .def("run_pipeline", runPipeline, py::arg("pipeline"),
           "Runs a pipeline of the form that nnq-opt takes. CompileError.")
      .def(
          "quantize", quantize, py::arg("calibration"), py::arg("options") = "",
          py::arg("bit_widths") = "", py::arg("rules") = std::vector<std::string>(),
          "Runs nnq-quantize-pipeline. `calibration` and `bit_widths` are paths, `options` text of "
          "the others. CompileError.")
      .def("correct_channels", correctChannels, py::arg("file"),
           "Runs --nnq-correct-channels. CompileError.")
      .def("replace_weights", replaceWeights, py::arg("file"),
           "Runs --nnq-replace-weights. CompileError.")
      .def("to_text", toText, py::arg("elide") = true,
           "The module as MLIR, without large constants if `elide`.")
      .def(
          "write_bytecode",
          [](Module &module, const std::string &path) { writeBytecode(*module.op, path); },
          py::arg("path"))
      .def("compile", compileModule, py::arg("target") = "native", py::arg("name") = "model",
           py::arg("kind") = "object", py::arg("threads") = 1, py::arg("time_kernels") = false,
           "Compiles main and leaves the module lowered. `kind`: object, assembly or llvm. "
           "`threads` over 1 adds a function that takes a "
           "parallel-for. `time_kernels`: for measuring, with one more "
           "output of a count for each of the manifest's kernels. CompileError.")
      .def("compile_functions", compileModuleFunctions, py::arg("target") = "native",
           "Compiles all public functions into one object file and leaves the module lowered. "
           "CompileError.")
      .def("interpret", interpret, py::arg("inputs"),
           "Runs main on arrays by the executable reference. Codes of quantized tensors are int32.")
      .def("layer_costs", getLayerCosts, py::arg("target") = "native",
           "A LayerCost for each layer of main, in order, without compiling. A layer that is "
           "computed inside the kernel of one in front of it has 0 bytes and 0 cycles: that one "
           "bears them. CompileError; Error: no such target.")
      .def_property_readonly("inputs", getInputs)
      .def_property_readonly("outputs", getOutputs)
      .def_property_readonly("input_codes", getInputCodes,
                             "Quantized tensors that float inputs become, by the inputs' names.")
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
      .def_readonly("remarks", &Module::remarks, "Remarks and warnings so far, one line each.");
}

} // namespace nnq::python
