// From an ONNX graph to its function: inputs, outputs, the operators that there are, entry points.

#include "GraphImporter.h"
#include "ModelReader.h"

#include "mlir/IR/Verifier.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace nnq;
using namespace nnq::onnximport;

static constexpr int64_t oldestOpset = 1, newestOpset = 25;

const HandlerTable &nnq::onnximport::getHandlers() {
  static const HandlerTable table = [] {
    HandlerTable handlers;
    registerActivationOps(handlers);
    registerBlockedMatMulOps(handlers);
    registerConstantOps(handlers);
    registerControlFlowOps(handlers);
    registerConvolutionOps(handlers);
    registerEinsumOps(handlers);
    registerElementwiseOps(handlers);
    registerImageOps(handlers);
    registerIndexOps(handlers);
    registerLogicOps(handlers);
    registerMatrixOps(handlers);
    registerNormalizationOps(handlers);
    registerPadOps(handlers);
    registerPoolingOps(handlers);
    registerQLinearOps(handlers);
    registerQuantizationOps(handlers);
    registerRecurrentOps(handlers);
    registerResizeOps(handlers);
    registerShapeOps(handlers);
    return handlers;
  }();
  return table;
}

void GraphImporter::checkOpsets() {
  auto found = model.opsets.find("");
  if (found == model.opsets.end())
    problems.add("does not say which opset of ai.onnx it uses; it may be truncated");
  else if (found->second < oldestOpset || found->second > newestOpset)
    problems.add(("uses opset " + Twine(found->second) + " of ai.onnx; supported are " +
                  Twine(oldestOpset) + " to " + Twine(newestOpset) +
                  " (onnx.version_converter converts between opsets)")
                     .str());
}

//===----------------------------------------------------------------------===//
// Inputs
//===----------------------------------------------------------------------===//

/// The shape with the sizes that options give to dynamic dimensions; nothing, after a problem, if
/// one is missing.
std::optional<Shape> GraphImporter::resolveShape(const ValueInfo &input) {
  std::string subject = "input '" + input.name + "' has ";
  if (!input.hasShape) {
    problems.add(subject + "no shape");
    return std::nullopt;
  }
  bool isComplete = true;
  Shape shape;
  for (auto [axis, dimension] : llvm::enumerate(input.shape)) {
    int64_t size = dimension.size;
    std::string place = " at axis " + std::to_string(axis);
    if (size < 0) {
      std::string name =
          dimension.symbol.empty() ? input.name + ":" + std::to_string(axis) : dimension.symbol;
      bool isFirst = usedDimensions.insert(name).second;
      auto given = options.dimensions.find(name);
      if (given == options.dimensions.end()) {
        isComplete = false;
        if (isFirst)
          problems.add(subject + "the dynamic dimension '" + name + "'" + place +
                       "; give its size, as in --dim " + name + "=1");
        continue;
      }
      size = given->second;
    }
    if (size < 1) {
      isComplete = false;
      problems.add(subject + "the size " + std::to_string(size) + place +
                   "; it must be at least 1");
    }
    shape.push_back(size);
  }
  if (!isComplete)
    return std::nullopt;
  if (countElements(shape))
    return shape;
  problems.add(subject + "the shape " + shapeText(shape) + ", which is too large");
  return std::nullopt;
}

/// The elements of an input: f32 for every float type, integers, or codes that stand for themselves
/// until a node says what they mean. Null if there is no such input.
Type GraphImporter::getInputElement(DataType type) {
  if (isFloat(type))
    return builder.getF32Type();
  IntegerType integer = integerTypeOf(builder.getContext(), type);
  if (storageOf(type) && (state.integersAreCodes || !integer))
    return Quantization::raw(type).getType(builder.getContext(), {});
  return integer;
}

/// Whether a node of the graph or of a body in it says what integers stand for.
static bool hasQuantization(const Graph &graph) {
  return llvm::any_of(graph.nodes, [](const Node &node) {
    StringRef op = node.opType;
    return op.contains_insensitive("quantize") || op.starts_with("QLinear") || op == "QGemm" ||
           op.ends_with("Integer") || llvm::any_of(node.attributes, [](const auto &attribute) {
             return attribute.second.graph && hasQuantization(*attribute.second.graph);
           });
  });
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

void GraphImporter::addInput(func::FuncOp function, const ValueInfo &input) {
  std::string subject = "input '" + input.name + "' ";
  if (auto found = state.values.find(input.name); found != state.values.end()) {
    if (!found->second.isConstant()) {
      problems.add(subject + "is there twice");
      return;
    }
    // Up to IR version 3, initializers are inputs too.
    ArrayRef<int64_t> shape = found->second.getShape();
    bool fits = !input.hasShape || input.shape.size() == shape.size();
    for (size_t d = 0; fits && d < input.shape.size(); ++d)
      fits = input.shape[d].size < 0 || input.shape[d].size == shape[d];
    if (!fits)
      problems.add("initializer '" + input.name + "' has the shape " + shapeText(shape) +
                   ", which is not the shape that it is declared with as an input");
    return;
  }
  std::optional<Shape> shape = resolveShape(input);
  Type element = getInputElement(input.type);
  if (!element)
    problems.add(subject + "is of " + nameOf(input.type) +
                 "; inputs are of a float type, integers or booleans, or made constants by "
                 "--constant NAME=FILE.npy");
  if (!shape || !element) {
    unknown.insert(input.name);
    return;
  }
  auto attributes = builder.getDictionaryAttr(
      builder.getNamedAttr("nnq.name", builder.getStringAttr(input.name)));
  unsigned index = function.getNumArguments();
  LogicalResult inserted =
      function.insertArgument(index, RankedTensorType::get(*shape, element), attributes,
                              NameLoc::get(builder.getStringAttr(input.name)));
  assert(succeeded(inserted) && "a function of this module");
  (void)inserted;
  state.define(input.name, Operand(function.getArgument(index)));
}

void GraphImporter::addInputs(func::FuncOp function) {
  for (const ValueInfo &input : model.graph.inputs)
    addInput(function, input);
  for (const auto &dimension : options.dimensions)
    if (!usedDimensions.contains(dimension.getKey()))
      problems.add("no input has a dynamic dimension '" + dimension.getKey().str() +
                   "', for which a size was given");
}

//===----------------------------------------------------------------------===//
// Outputs
//===----------------------------------------------------------------------===//

/// The value of an output; null if that is unknown, or after a problem.
Value GraphImporter::getOutput(const ValueInfo &output) {
  if (unknown.contains(output.name))
    return {};
  std::string subject = "output '" + output.name + "' ";
  auto found = state.values.find(output.name);
  if (found == state.values.end()) {
    problems.add(subject + "is computed by no node");
    return {};
  }
  Node node;
  node.name = output.name;
  auto [value, reason] = capturing(
      [&] { return NodeImporter(node, newestOpset, builder, state).getAnyValue(found->second); });
  if (!value) {
    problems.add(subject + reason);
    return {};
  }
  auto type = mlir::cast<RankedTensorType>(value.getType());
  Type declaredElement = getInputElement(output.type);
  DataType computed = dataTypeOf(type.getElementType());
  if (declaredElement && dataTypeOf(declaredElement) != computed) {
    problems.add(subject + "is declared as " + nameOf(output.type) + ", but the graph computes " +
                 nameOf(computed));
    return {};
  }
  ArrayRef<int64_t> shape = type.getShape();
  bool fits = !output.hasShape || output.shape.size() == shape.size();
  for (size_t d = 0; fits && d < output.shape.size(); ++d)
    fits = output.shape[d].size < 0 || output.shape[d].size == shape[d];
  if (fits)
    return value;
  auto declared = llvm::map_range(output.shape, [](const Dimension &dimension) {
    return dimension.size < 0 ? "?" : std::to_string(dimension.size);
  });
  problems.add(subject + "is declared with the shape " + llvm::join(declared, "x") +
               ", but the graph computes " + shapeText(shape));
  return {};
}

void GraphImporter::addOutputs(func::FuncOp function) {
  if (model.graph.outputs.empty())
    problems.add("has no outputs");
  SmallVector<Value> results;
  SmallVector<DictionaryAttr> attributes;
  for (const ValueInfo &output : model.graph.outputs) {
    results.push_back(getOutput(output));
    attributes.push_back(builder.getDictionaryAttr(
        builder.getNamedAttr("nnq.name", builder.getStringAttr(output.name))));
  }
  if (!problems.empty())
    return;
  auto terminator = func::ReturnOp::create(builder, builder.getUnknownLoc(), results);
  adoptQuantizationOfUses(function);
  function.setType(
      builder.getFunctionType(function.getBody().getArgumentTypes(), terminator.getOperandTypes()));
  function.setAllResultAttrs(attributes);
}

OwningOpRef<ModuleOp> GraphImporter::import() {
  const Graph &graph = model.graph;
  Location loc = NameLoc::get(builder.getStringAttr(graph.name));
  OwningOpRef<ModuleOp> module =
      graph.name.empty() ? ModuleOp::create(loc) : ModuleOp::create(loc, graph.name);
  builder.setInsertionPointToEnd(module->getBody());
  auto function = func::FuncOp::create(builder, loc, "main", builder.getFunctionType({}, {}));
  builder.setInsertionPointToStart(function.addEntryBlock());
  checkOpsets();
  countUses(graph, /*isBody=*/false);
  addInitializers(graph);
  int64_t total = 0;
  for (const Initializer &initializer : graph.initializers)
    total += initializer.value.tensor.size();
  state.evaluationBudget = (int64_t{1} << 25) + 8 * total;
  state.integersAreCodes = hasQuantization(graph);
  addInputs(function);
  listener.take();
  importNodes(graph);
  addOutputs(function);
  // Every operation has been verified; only the function around them is left.
  if (problems.empty())
    if (auto [verified, reason] = capturing([&] { return succeeded(verify(*module)); }); !verified)
      problems.add("does not verify: " + reason);
  if (problems.empty())
    return module;
  emitError(builder.getUnknownLoc()) << file << ": " << problems.str();
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
