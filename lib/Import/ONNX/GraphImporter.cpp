// The walk over the nodes of a graph and of the bodies in it.

#include "GraphImporter.h"

#include "mlir/IR/Verifier.h"

using namespace mlir;
using namespace nnq;
using namespace nnq::onnximport;

GraphImporter::GraphImporter(const Model &model, StringRef file, MLIRContext *context,
                             const ONNXImportOptions &options)
    : model(model), file(file), options(options), builder(context, &listener) {
  state.handlers = &getHandlers();
  state.importBody = [this](const Node &owner, const Graph &body, ArrayRef<Operand> inputs,
                            StringRef label) { return importBody(owner, body, inputs, label); };
}

std::string GraphImporter::describe(const Node &node) {
  std::string text =
      "'" + node.name + "' (" + node.opType + ", domain '" + node.getDomain().str() + "')";
  for (const Node *owner : llvm::reverse(owners))
    text += " in '" + owner->name + "' (" + owner->opType + ")";
  return text;
}

/// Calls `function` with each name that `graph` itself defines.
static void forEachDefinition(const Graph &graph, llvm::function_ref<void(StringRef)> function) {
  for (const ValueInfo &input : graph.inputs)
    function(input.name);
  for (const Initializer &initializer : graph.initializers)
    function(initializer.name);
  for (const Node &node : graph.nodes)
    for (const std::string &output : node.outputs)
      function(output);
}

static void forEachBody(const Node &node, llvm::function_ref<void(const Graph &)> function) {
  for (const auto &attribute : node.attributes)
    if (attribute.second.graph)
      function(*attribute.second.graph);
}

/// A body may run more than once: what it uses from around it counts twice.
void GraphImporter::countUses(const Graph &graph, bool isBody) {
  llvm::StringSet<> own;
  if (isBody)
    forEachDefinition(graph, [&](StringRef name) { own.insert(name); });
  auto count = [&](StringRef name) {
    state.useCounts[name] += isBody && !own.contains(name) ? 2 : 1;
  };
  for (const Node &node : graph.nodes) {
    llvm::for_each(node.inputs, count);
    forEachBody(node, [&](const Graph &body) { countUses(body, /*isBody=*/true); });
  }
  for (const ValueInfo &output : graph.outputs)
    count(output.name);
}

void GraphImporter::addInitializers(const Graph &graph) {
  for (const Initializer &initializer : graph.initializers) {
    const TensorOrReason &value = initializer.value;
    std::string subject = "initializer '" + initializer.name + "'";
    if (!value.reason.empty()) {
      problems.add(subject + " " + value.reason);
      unknown.insert(initializer.name);
    } else if (state.values.count(initializer.name)) {
      problems.add(subject + " is there twice");
    } else {
      // One operand for all runs of a body.
      Operand &operand = initializers[&initializer];
      if (!operand)
        operand = Operand(value.tensor, initializer.name);
      state.define(initializer.name, operand);
    }
  }
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

std::string GraphImporter::checkEdges(const Node &node) {
  for (const std::string &input : node.inputs) {
    if (input.empty() || state.values.count(input) || unknown.contains(input))
      continue;
    for (const Node &other : graphs.back()->nodes)
      if (llvm::is_contained(other.outputs, input))
        return "input '" + input + "' is computed by node '" + other.name +
               "', which does not come before it; the graph has a cycle, its nodes are not in "
               "order, or that output is not supported";
    return "input '" + input +
           "' is neither an input of the graph, nor an initializer, nor computed by a node";
  }
  for (const std::string &output : node.outputs)
    if (!output.empty() && (state.values.count(output) || unknown.contains(output)))
      return "output '" + output + "' has been defined before";
  return {};
}

void GraphImporter::checkBodies(const Node &node) {
  owners.push_back(&node);
  forEachBody(node, [&](const Graph &body) {
    for (const Node &inner : body.nodes) {
      if (!getHandlers().lookup(inner))
        problems.add("node " + describe(inner), notSupported, inner.domain + inner.opType);
      checkBodies(inner);
    }
  });
  owners.pop_back();
}

LogicalResult GraphImporter::verifyInserted(ArrayRef<Operation *> ops) {
  for (Operation *op : ops) {
    for (Type type : op->getResultTypes()) {
      ArrayRef<int64_t> shape = mlir::cast<RankedTensorType>(type).getShape();
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

bool GraphImporter::importWithHandler(const Node &node, const Handler &handler) {
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
  size_t before = problems.size();
  auto [result, reason] = capturing(run);
  SmallVector<Operation *> inserted = listener.take();
  if (succeeded(result) && reason.empty())
    std::tie(result, reason) = capturing([&] { return verifyInserted(inserted); });
  if (succeeded(result) && reason.empty())
    return true;
  for (const std::string &output : node.outputs)
    state.values.erase(output);
  // Where a node in a body has failed, that has been said.
  if (!reason.empty() || problems.size() == before)
    problems.add("node " + describe(node), reason.empty() ? "can't be imported" : reason,
                 node.domain + node.opType);
  return false;
}

bool GraphImporter::readsUnknown(const Node &node) const {
  auto isUnknown = [&](const std::string &name) { return unknown.contains(name); };
  return llvm::any_of(node.inputs, isUnknown) ||
         llvm::any_of(node.attributes, [&](const auto &attribute) {
           const auto &body = attribute.second.graph;
           return body && (llvm::any_of(body->nodes,
                                        [&](const Node &inner) { return readsUnknown(inner); }) ||
                           llvm::any_of(body->outputs, [&](const ValueInfo &output) {
                             return isUnknown(output.name);
                           }));
         });
}

bool GraphImporter::importNode(const Node &node) {
  const Handler *handler = getHandlers().lookup(node);
  std::string reason = !handler ? notSupported.str() : checkEdges(node);
  if (!reason.empty())
    problems.add("node " + describe(node), reason, node.domain + node.opType);
  if (reason.empty() && !readsUnknown(node))
    return importWithHandler(node, *handler);
  checkBodies(node);
  return false;
}

void GraphImporter::assume(StringRef name, const Graph &graph) {
  auto declared = graph.declarations.find(name);
  if (declared != graph.declarations.end() && isFloat(declared->second.type) &&
      declared->second.hasShape) {
    Shape shape;
    for (const Dimension &dimension : declared->second.shape) {
      auto given = options.dimensions.find(dimension.symbol);
      shape.push_back(given == options.dimensions.end() ? dimension.size : given->second);
    }
    if (std::optional<int64_t> count = countElements(shape); count && *count > 0) {
      auto type = RankedTensorType::get(shape, builder.getF32Type());
      auto placeholder = UnrealizedConversionCastOp::create(
          builder, NameLoc::get(builder.getStringAttr(name)), TypeRange(type), ValueRange());
      state.define(name, Operand(placeholder.getResult(0)));
      return;
    }
  }
  unknown.insert(name);
}

void GraphImporter::importNodes(const Graph &graph) {
  graphs.push_back(&graph);
  for (const Node &node : graph.nodes) {
    if (importNode(node))
      continue;
    for (const std::string &output : node.outputs)
      if (!output.empty() && !state.values.count(output))
        assume(output, graph);
  }
  graphs.pop_back();
  listener.take();
}

//===----------------------------------------------------------------------===//
// Bodies
//===----------------------------------------------------------------------===//

std::optional<SmallVector<Operand>> GraphImporter::importBody(const Node &owner, const Graph &body,
                                                              ArrayRef<Operand> inputs,
                                                              StringRef label) {
  size_t before = problems.size();
  // The names of the body hide those around it, and are gone behind it.
  llvm::StringMap<Operand> hidden;
  forEachDefinition(body, [&](StringRef name) {
    if (auto found = state.values.find(name); found != state.values.end()) {
      hidden[name] = found->second;
      state.values.erase(found);
    }
  });
  std::string outerPrefix = state.namePrefix;
  if (!label.empty())
    state.namePrefix += owner.name + "/" + label.str() + "/";
  owners.push_back(&owner);
  for (auto [input, operand] : llvm::zip(body.inputs, inputs))
    state.define(input.name, operand);
  addInitializers(body);
  importNodes(body);
  SmallVector<Operand> outputs;
  for (const ValueInfo &output : body.outputs) {
    outputs.push_back(state.values.lookup(output.name));
    if (!outputs.back() && !unknown.contains(output.name))
      problems.add("output '" + output.name + "' of the body of node " + describe(owner) +
                   " is computed by no node");
  }
  owners.pop_back();
  state.namePrefix = outerPrefix;
  forEachDefinition(body, [&](StringRef name) {
    state.values.erase(name);
    unknown.erase(name);
  });
  for (auto &entry : hidden)
    state.values[entry.first()] = entry.second;
  return problems.size() == before ? std::optional(outputs) : std::nullopt;
}
