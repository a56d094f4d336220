// Walks an ONNX graph and builds its function.

#include "nnq/Import/ONNX/ImportONNX.h"

#include "ModelReader.h"
#include "NodeImporter.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace nnq;
using namespace nnq::onnximport;

static constexpr int64_t oldestOpset = 7, newestOpset = 25;

static const HandlerTable &getHandlers() {
  static const HandlerTable table = [] {
    HandlerTable handlers;
    registerActivationOps(handlers);
    registerBlockedMatMulOps(handlers);
    registerConstantOps(handlers);
    registerConvolutionOps(handlers);
    registerEinsumOps(handlers);
    registerElementwiseOps(handlers);
    registerImageOps(handlers);
    registerMatrixOps(handlers);
    registerNormalizationOps(handlers);
    registerPoolingOps(handlers);
    registerQLinearOps(handlers);
    registerQuantizationOps(handlers);
    registerResizeOps(handlers);
    registerShapeOps(handlers);
    return handlers;
  }();
  return table;
}

/// "'conv1' (Conv, domain 'ai.onnx')".
static std::string describe(const Node &node) {
  return "'" + node.name + "' (" + node.opType + ", domain '" + node.getDomain().str() + "')";
}

namespace {
/// Holds back errors, to say them again as one that names file and node.
class ErrorCapture {
public:
  explicit ErrorCapture(MLIRContext *context)
      : handler(context, [this](Diagnostic &diagnostic) {
          if (diagnostic.getSeverity() != DiagnosticSeverity::Error)
            return failure();
          messages.push_back(diagnostic.str());
          return success();
        }) {}
  bool hasErrors() const { return !messages.empty(); }
  std::string str() const { return llvm::join(messages, "; "); }

private:
  std::vector<std::string> messages;
  ScopedDiagnosticHandler handler;
};

/// Collects the operations that a node inserts, so that they are verified when it is done.
class InsertionListener : public OpBuilder::Listener {
public:
  void notifyOperationInserted(Operation *op, OpBuilder::InsertPoint) override {
    inserted.push_back(op);
  }
  SmallVector<Operation *> take() { return std::exchange(inserted, {}); }

private:
  SmallVector<Operation *> inserted;
};

class GraphImporter {
public:
  GraphImporter(const Model &model, StringRef file, MLIRContext *context,
                const ONNXImportOptions &options)
      : model(model), file(file), options(options), builder(context, &listener) {
    state.handlers = &getHandlers();
  }

  OwningOpRef<ModuleOp> import();

private:
  /// Starts an error about the model.
  InFlightDiagnostic error() { return emitError(builder.getUnknownLoc()) << file << ": "; }

  LogicalResult checkOpsets();
  LogicalResult checkSupported();
  LogicalResult addInitializers();
  LogicalResult addInputs(func::FuncOp function);
  Type getInputElement(DataType type);
  std::optional<Shape> resolveShape(const ValueInfo &input, llvm::StringSet<> &usedDimensions);
  void countUses();
  LogicalResult checkEdges(const Node &node);
  LogicalResult importNode(const Node &node);
  LogicalResult verifyInserted(ArrayRef<Operation *> ops);
  LogicalResult addOutputs(func::FuncOp function);

  /// The result of `function` and the errors that it emitted.
  template <typename Function> auto capturing(Function function) {
    ErrorCapture capture(builder.getContext());
    auto result = function();
    return std::make_pair(result, capture.str());
  }

  bool isInitializer(StringRef name) const { return initializers.contains(name); }

  const Model &model;
  StringRef file;
  const ONNXImportOptions &options;
  InsertionListener listener;
  OpBuilder builder;
  GraphState state;
  llvm::StringSet<> initializers;
};
} // namespace

//===----------------------------------------------------------------------===//
// What is checked before anything is built
//===----------------------------------------------------------------------===//

LogicalResult GraphImporter::checkOpsets() {
  auto found = model.opsets.find("");
  if (found == model.opsets.end())
    return error() << "does not say which opset of ai.onnx it uses; it may be truncated";
  if (found->second < oldestOpset || found->second > newestOpset)
    return error() << "uses opset " << found->second << " of ai.onnx; supported are " << oldestOpset
                   << " to " << newestOpset << " (onnx.version_converter converts between opsets)";
  return success();
}

LogicalResult GraphImporter::checkSupported() {
  llvm::StringSet<> constants;
  for (const Initializer &initializer : model.initializers)
    constants.insert(initializer.name);
  SmallVector<std::string> unsupported;
  for (const Node &node : model.nodes) {
    bool constantInputs = llvm::all_of(node.inputs, [&](const std::string &input) {
      return input.empty() || constants.contains(input);
    });
    const Handler *handler = getHandlers().lookup(node);
    if (!handler || (handler->folding == Folding::Only && !constantInputs))
      unsupported.push_back(describe(node));
    else if (handler->folding == Folding::Always ||
             (handler->folding != Folding::Never && constantInputs))
      for (const std::string &output : node.outputs)
        constants.insert(output);
  }
  if (unsupported.empty())
    return success();
  return error() << unsupported.size() << " of " << model.nodes.size() << " nodes "
                 << (unsupported.size() == 1 ? "is" : "are") << " not supported:\n  "
                 << llvm::join(unsupported, "\n  ");
}

LogicalResult GraphImporter::addInitializers() {
  int64_t total = 0;
  for (const Initializer &initializer : model.initializers) {
    if (!initializer.value.reason.empty())
      return error() << "initializer '" << initializer.name << "' " << initializer.value.reason;
    if (!initializers.insert(initializer.name).second)
      return error() << "initializer '" << initializer.name << "' is there twice";
    total += initializer.value.tensor.size();
    state.values[initializer.name] = Operand(initializer.value.tensor, initializer.name);
  }
  state.evaluationBudget = (int64_t{1} << 25) + 8 * total;
  return success();
}

//===----------------------------------------------------------------------===//
// Inputs and outputs
//===----------------------------------------------------------------------===//

std::optional<Shape> GraphImporter::resolveShape(const ValueInfo &input,
                                                 llvm::StringSet<> &usedDimensions) {
  if (!input.hasShape) {
    error() << "input '" << input.name << "' has no shape";
    return std::nullopt;
  }
  Shape shape;
  for (auto [axis, dimension] : llvm::enumerate(input.shape)) {
    int64_t size = dimension.size;
    if (size < 0) {
      std::string place = input.name + ":" + std::to_string(axis);
      std::string name = dimension.symbol.empty() ? place : dimension.symbol;
      auto given = options.dimensions.find(name);
      if (given == options.dimensions.end()) {
        error() << "input '" << input.name << "' has the dynamic dimension '" << name
                << "' at axis " << axis << "; give its size, as in --dim " << name << "=1";
        return std::nullopt;
      }
      usedDimensions.insert(name);
      size = given->second;
    }
    if (size < 1) {
      error() << "input '" << input.name << "' has the size " << size << " at axis " << axis
              << "; it must be at least 1";
      return std::nullopt;
    }
    shape.push_back(size);
  }
  if (!countElements(shape)) {
    error() << "input '" << input.name << "' has the shape " << shapeText(shape)
            << ", which is too large";
    return std::nullopt;
  }
  return shape;
}

/// The elements of an input: f32 for every float type, or integers that stand for themselves until
/// a node says what they mean. Null if there is no such input.
Type GraphImporter::getInputElement(DataType type) {
  if (isFloat(type))
    return builder.getF32Type();
  if (!storageOf(type))
    return {};
  return Quantization::raw(type).getType(builder.getContext(), {});
}

/// An input of integers takes the scale and zero point that its uses agree on.
static void adoptQuantizationOfUses(func::FuncOp function) {
  for (BlockArgument argument : function.getArguments()) {
    auto isReinterpreted = [](Operation *user) { return isa<ReinterpretOp>(user); };
    if (argument.use_empty() || !llvm::all_of(argument.getUsers(), isReinterpreted))
      continue;
    SmallVector<Operation *> users(argument.getUsers());
    Type type = users.front()->getResult(0).getType();
    if (!llvm::all_of(users, [&](Operation *user) { return user->getResult(0).getType() == type; }))
      continue;
    argument.setType(type);
    for (Operation *user : users) {
      user->getResult(0).replaceAllUsesWith(argument);
      user->erase();
    }
  }
}

LogicalResult GraphImporter::addInputs(func::FuncOp function) {
  llvm::StringSet<> usedDimensions;
  for (const ValueInfo &input : model.inputs) {
    if (isInitializer(input.name)) { // up to IR version 3, initializers are inputs too
      const HostTensor &tensor = state.values[input.name].getTensor();
      bool fits = !input.hasShape || input.shape.size() == tensor.shape.size();
      for (size_t d = 0; fits && d < input.shape.size(); ++d)
        fits = input.shape[d].size < 0 || input.shape[d].size == tensor.shape[d];
      if (!fits)
        return error() << "initializer '" << input.name << "' has the shape "
                       << shapeText(tensor.shape)
                       << ", which is not the shape that it is declared with as an input";
      continue;
    }
    std::optional<Shape> shape = resolveShape(input, usedDimensions);
    if (!shape)
      return failure();
    Type element = getInputElement(input.type);
    if (!element)
      return error() << "input '" << input.name << "' is of " << nameOf(input.type)
                     << "; inputs are of a float type, or integers of 2 to 32 bits";
    if (state.values.count(input.name))
      return error() << "input '" << input.name << "' is there twice";
    auto attributes = builder.getDictionaryAttr(
        builder.getNamedAttr("nnq.name", builder.getStringAttr(input.name)));
    unsigned index = function.getNumArguments();
    if (failed(function.insertArgument(index, RankedTensorType::get(*shape, element), attributes,
                                       NameLoc::get(builder.getStringAttr(input.name)))))
      return failure();
    state.values[input.name] = Operand(function.getArgument(index));
  }
  for (const auto &dimension : options.dimensions)
    if (!usedDimensions.contains(dimension.getKey()))
      return error() << "no input has a dynamic dimension '" << dimension.getKey()
                     << "', for which a size was given";
  return success();
}

/// True for two float types, and for codes of the same integers.
static bool haveSameStorage(Type a, Type b) {
  auto p = dyn_cast<quant::QuantizedType>(a), q = dyn_cast<quant::QuantizedType>(b);
  if (!p || !q)
    return !p && !q;
  return p.getStorageType() == q.getStorageType() && p.isSigned() == q.isSigned();
}

/// "FLOAT", "UINT8", ...
static std::string getStorageName(Type element) {
  auto quantized = dyn_cast<quant::QuantizedType>(element);
  if (!quantized)
    return "FLOAT";
  return (quantized.isSigned() ? "INT" : "UINT") +
         std::to_string(quantized.getStorageTypeIntegralWidth());
}

LogicalResult GraphImporter::addOutputs(func::FuncOp function) {
  if (model.outputs.empty())
    return error() << "has no outputs";
  SmallVector<Value> results;
  SmallVector<DictionaryAttr> attributes;
  for (const ValueInfo &output : model.outputs) {
    auto found = state.values.find(output.name);
    if (found == state.values.end())
      return error() << "output '" << output.name << "' is computed by no node";
    Node node;
    node.name = output.name;
    auto [value, reason] = capturing(
        [&] { return NodeImporter(node, newestOpset, builder, state).getAnyValue(found->second); });
    if (!value)
      return error() << "output '" << output.name << "' " << reason;
    results.push_back(value);
    attributes.push_back(builder.getDictionaryAttr(
        builder.getNamedAttr("nnq.name", builder.getStringAttr(output.name))));
    Type declaredElement = getInputElement(output.type),
         element = cast<RankedTensorType>(value.getType()).getElementType();
    if (declaredElement && !haveSameStorage(declaredElement, element))
      return error() << "output '" << output.name << "' is declared as " << nameOf(output.type)
                     << ", but the graph computes " << getStorageName(element);
    ArrayRef<int64_t> shape = cast<RankedTensorType>(value.getType()).getShape();
    bool fits = !output.hasShape || output.shape.size() == shape.size();
    for (size_t d = 0; fits && d < output.shape.size(); ++d)
      fits = output.shape[d].size < 0 || output.shape[d].size == shape[d];
    if (!fits) {
      auto declared = llvm::map_range(output.shape, [](const Dimension &dimension) {
        return dimension.size < 0 ? "?" : std::to_string(dimension.size);
      });
      return error() << "output '" << output.name << "' is declared with the shape "
                     << llvm::join(declared, "x") << ", but the graph computes "
                     << shapeText(shape);
    }
  }
  auto terminator = func::ReturnOp::create(builder, builder.getUnknownLoc(), results);
  adoptQuantizationOfUses(function);
  function.setType(
      builder.getFunctionType(function.getBody().getArgumentTypes(), terminator.getOperandTypes()));
  function.setAllResultAttrs(attributes);
  return success();
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

void GraphImporter::countUses() {
  for (const Node &node : model.nodes)
    for (const std::string &input : node.inputs)
      ++state.useCounts[input];
  for (const ValueInfo &output : model.outputs)
    ++state.useCounts[output.name];
}

/// Inputs are defined, outputs are not yet.
LogicalResult GraphImporter::checkEdges(const Node &node) {
  for (const std::string &input : node.inputs) {
    if (input.empty() || state.values.count(input))
      continue;
    for (const Node &other : model.nodes)
      if (llvm::is_contained(other.outputs, input))
        return error() << "node " << describe(node) << ": input '" << input
                       << "' is computed by node '" << other.name
                       << "', which does not come before it; the graph has a cycle, its nodes are "
                          "not in order, or that output "
                          "is not supported";
    return error()
           << "node " << describe(node) << ": input '" << input
           << "' is neither an input of the graph, nor an initializer, nor computed by a node";
  }
  for (const std::string &output : node.outputs)
    if (!output.empty() && state.values.count(output))
      return error() << "node " << describe(node) << ": output '" << output
                     << "' has been defined before";
  return success();
}

LogicalResult GraphImporter::verifyInserted(ArrayRef<Operation *> ops) {
  for (Operation *op : ops) {
    for (Type type : op->getResultTypes()) {
      ArrayRef<int64_t> shape = cast<RankedTensorType>(type).getShape();
      std::optional<int64_t> count = countElements(shape);
      if (!count || *count == 0)
        return emitError(op->getLoc()) << "has a result of shape " << shapeText(shape)
                                       << ", which is " << (count ? "empty" : "too large");
    }
    if (failed(verify(op)))
      return failure();
  }
  return success();
}

LogicalResult GraphImporter::importNode(const Node &node) {
  if (failed(checkEdges(node)))
    return failure();
  const Handler &handler = *getHandlers().lookup(node);
  auto opset = model.opsets.find(node.domain);
  NodeImporter importer(node, opset == model.opsets.end() ? 1 : opset->second, builder, state);
  auto run = [&]() -> LogicalResult {
    if (node.inputs.size() > handler.maxInputs)
      return importer.error() << "has " << node.inputs.size() << " inputs; it takes at most "
                              << handler.maxInputs;
    for (unsigned i = 0; i < handler.minInputs; ++i)
      if (!importer.hasInput(i))
        return importer.error() << "input " << i << " is missing";
    return handler.import(importer);
  };
  auto [result, reason] = capturing(run);
  SmallVector<Operation *> inserted = listener.take();
  if (succeeded(result) && reason.empty())
    std::tie(result, reason) = capturing([&] { return verifyInserted(inserted); });
  if (succeeded(result) && reason.empty())
    return success();
  return error() << "node " << describe(node) << ": "
                 << (reason.empty() ? "can't be imported" : reason);
}

OwningOpRef<ModuleOp> GraphImporter::import() {
  if (failed(checkOpsets()) || failed(checkSupported()) || failed(addInitializers()))
    return nullptr;
  Location loc = NameLoc::get(builder.getStringAttr(model.graphName));
  OwningOpRef<ModuleOp> module =
      model.graphName.empty() ? ModuleOp::create(loc) : ModuleOp::create(loc, model.graphName);
  builder.setInsertionPointToEnd(module->getBody());
  auto function = func::FuncOp::create(builder, loc, "main", builder.getFunctionType({}, {}));
  builder.setInsertionPointToStart(function.addEntryBlock());
  if (failed(addInputs(function)))
    return nullptr;
  listener.take();
  countUses();
  for (const Node &node : model.nodes)
    if (failed(importNode(node)))
      return nullptr;
  if (failed(addOutputs(function)))
    return nullptr;
  // Every operation has been verified; only the function around them is left.
  auto [verified, reason] = capturing([&] { return succeeded(verify(*module)); });
  if (verified)
    return module;
  error() << "does not verify: " << reason;
  return nullptr;
}

//===----------------------------------------------------------------------===//
// Entry points
//===----------------------------------------------------------------------===//

OwningOpRef<ModuleOp> nnq::importONNX(llvm::MemoryBufferRef bytes, StringRef folder,
                                      MLIRContext *context, const ONNXImportOptions &options) {
  context->loadDialect<NNQDialect, func::FuncDialect>();
  llvm::Expected<Model> model = readModel(bytes, folder);
  if (!model) {
    emitError(UnknownLoc::get(context))
        << bytes.getBufferIdentifier() << ": " << llvm::toString(model.takeError());
    return nullptr;
  }
  return GraphImporter(*model, bytes.getBufferIdentifier(), context, options).import();
}

OwningOpRef<ModuleOp> nnq::importONNX(StringRef path, MLIRContext *context,
                                      const ONNXImportOptions &options) {
  auto buffer =
      llvm::MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer) {
    emitError(UnknownLoc::get(context))
        << path << ": can't be opened: " << buffer.getError().message();
    return nullptr;
  }
  StringRef folder = llvm::sys::path::parent_path(path);
  return importONNX((*buffer)->getMemBufferRef(), folder.empty() ? "." : folder, context, options);
}
