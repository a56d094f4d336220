// What the import of one node sees: its operands, results and attributes.

#include "NodeImporter.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace nnq;
using namespace nnq::onnximport;

std::string nnq::onnximport::shapeText(ArrayRef<int64_t> shape) {
  return shape.empty()
             ? "scalar"
             : llvm::join(llvm::map_range(shape, [](int64_t d) { return std::to_string(d); }), "x");
}

const Handler *HandlerTable::lookup(const Node &node) const {
  std::string key = node.domain.empty() ? node.opType : node.domain + "." + node.opType;
  auto found = handlers.find(key);
  return found == handlers.end() ? nullptr : &found->second;
}

NodeImporter::NodeImporter(const Node &node, int64_t opset, OpBuilder &builder, GraphState &state)
    : node(node), opset(opset), builder(builder),
      loc(NameLoc::get(
          builder.getStringAttr(state.namePrefix + (node.name.empty() ? node.opType : node.name)))),
      state(state) {}

void NodeImporter::setPart(const Twine &part, const Twine &step) {
  auto within = [&](const Twine &name) {
    std::string text = name.str();
    return builder.getStringAttr(state.namePrefix + node.name + (text.empty() ? "" : "/" + text));
  };
  loc = NameLoc::get(within(part));
  this->step = step.isTriviallyEmpty() ? StringAttr() : within(step);
}

//===----------------------------------------------------------------------===//
// Operands and results
//===----------------------------------------------------------------------===//

Operand NodeImporter::input(unsigned i) const {
  if (!hasInput(i)) {
    error() << "input " << i << " is missing";
    return {};
  }
  // The graph's import has checked that every input is defined.
  return state.values.lookup(node.inputs[i]);
}

std::pair<Operand, Operand> NodeImporter::getBroadcastInputs() const {
  Operand a = input(0), b = input(1);
  if (opset >= 7 || !a || !b || a.getShape() == b.getShape())
    return {a, b};
  // The dimensions of b are those of a from `axis` on.
  int64_t axis = getInt("axis", a.getRank() - b.getRank()), behind;
  axis = axis < 0 ? axis + a.getRank() : axis;
  behind = a.getRank() - axis - b.getRank();
  if (getInt("broadcast", 0) == 0 || axis < 0 || behind < 0) {
    error() << "combines " << shapeText(a.getShape()) << " and " << shapeText(b.getShape())
            << " with broadcast = " << getInt("broadcast", 0) << " and axis = " << axis
            << ", which is not possible in opset " << opset;
    return {};
  }
  Shape aligned(b.getShape());
  aligned.append(behind, 1);
  return {a, reshape(b, aligned)};
}

bool NodeImporter::isInference() const {
  bool trains = opset < 7 ? getInt("is_test", 0) == 0 : getInt("training_mode", 0) != 0;
  if (trains)
    error() << (opset < 7 ? "is_test = 0" : "training_mode = 1")
            << " is not supported; export the model for inference";
  return !trains;
}

bool NodeImporter::isOutputUsed(unsigned i) const {
  return i < node.outputs.size() && !node.outputs[i].empty() &&
         state.useCounts.lookup(node.outputs[i]) > 0;
}

LogicalResult NodeImporter::setOutput(unsigned i, Operand value) const {
  if (!value)
    return failure();
  if (i < node.outputs.size() && !node.outputs[i].empty())
    state.define(node.outputs[i], std::move(value));
  return success();
}

Operand NodeImporter::importAs(StringRef opType, ArrayRef<Operand> inputs, int64_t opset,
                               StringRef without) const {
  Node derived = node;
  derived.attributes.erase(without);
  derived.opType = opType.str();
  derived.domain.clear();
  derived.inputs.clear();
  // Names that no graph has.
  auto nameOf = [&](const Twine &what) { return ("\1" + node.name + "/" + what).str(); };
  for (auto [i, input] : llvm::enumerate(inputs)) {
    derived.inputs.push_back(input ? nameOf(Twine(i)) : "");
    if (input)
      state.values[derived.inputs.back()] = input;
  }
  derived.outputs = {nameOf("result")};
  const Handler *handler = state.handlers->lookup(derived);
  assert(handler && "an operator of the table");
  NodeImporter importer(derived, opset, builder, state);
  LogicalResult imported = handler->import(importer);
  Operand result = state.values.lookup(derived.outputs.front());
  for (StringRef name : llvm::concat<std::string>(derived.inputs, derived.outputs))
    state.values.erase(name);
  return succeeded(imported) ? result : Operand();
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

const NodeAttribute *NodeImporter::getAttribute(StringRef name, NodeAttribute::Kind kind,
                                                StringRef kindName) const {
  auto found = node.attributes.find(name);
  if (found == node.attributes.end())
    return nullptr;
  if (found->second.kind == kind)
    return &found->second;
  error() << "attribute '" << name << "' is not " << kindName;
  return nullptr;
}

int64_t NodeImporter::getInt(StringRef name, int64_t byDefault) const {
  const auto *attribute = getAttribute(name, NodeAttribute::Kind::Int, "an integer");
  return attribute ? attribute->ints[0] : byDefault;
}

float NodeImporter::getFloat(StringRef name, float byDefault) const {
  const auto *attribute = getAttribute(name, NodeAttribute::Kind::Float, "a float");
  return attribute ? attribute->floats[0] : byDefault;
}

StringRef NodeImporter::getString(StringRef name, StringRef byDefault) const {
  const auto *attribute = getAttribute(name, NodeAttribute::Kind::String, "a string");
  return attribute ? StringRef(attribute->string) : byDefault;
}

std::optional<Shape> NodeImporter::getInts(StringRef name) const {
  const auto *attribute = getAttribute(name, NodeAttribute::Kind::Ints, "a list of integers");
  return attribute ? std::optional(Shape(attribute->ints.begin(), attribute->ints.end()))
                   : std::nullopt;
}

std::optional<std::vector<float>> NodeImporter::getFloats(StringRef name) const {
  const auto *attribute = getAttribute(name, NodeAttribute::Kind::Floats, "a list of floats");
  return attribute ? std::optional(attribute->floats) : std::nullopt;
}

std::optional<std::vector<std::string>> NodeImporter::getStrings(StringRef name) const {
  const auto *attribute = getAttribute(name, NodeAttribute::Kind::Strings, "a list of strings");
  return attribute ? std::optional(attribute->strings) : std::nullopt;
}

const Graph *NodeImporter::getGraph(StringRef name) const {
  const auto *attribute = getAttribute(name, NodeAttribute::Kind::Graph, "a graph");
  if (!attribute && !hasAttribute(name))
    error() << "has no attribute '" << name << "'";
  return attribute ? attribute->graph.get() : nullptr;
}

bool NodeImporter::reserveUnrolled(int64_t nodes) const {
  state.unrollBudget -= nodes;
  if (state.unrollBudget >= 0)
    return true;
  error() << "unrolls to more than " << mostUnrolledNodes << " nodes, which is not supported";
  return false;
}

std::optional<Shape> NodeImporter::getIntsAttributeOrInput(StringRef name, int64_t since,
                                                           unsigned i) const {
  if (opset < since)
    return getInts(name);
  return hasInput(i) ? getConstantInts(i) : std::nullopt;
}

std::optional<Shape> NodeImporter::getConstantInts(unsigned i) const {
  Operand operand = input(i);
  if (!operand)
    return std::nullopt;
  if (operand.isConstant() && isInteger(operand.getTensor().type))
    return Shape(operand.getTensor().ints);
  error() << "input " << i << " ('" << node.inputs[i] << "') must be a constant tensor of integers";
  return std::nullopt;
}

std::optional<std::vector<float>> NodeImporter::getConstantFloats(unsigned i) const {
  Operand operand = input(i);
  if (!operand)
    return std::nullopt;
  if (operand.isConstant() && isFloat(operand.getTensor().type))
    return std::vector<float>(operand.getTensor().floats);
  error() << "input " << i << " ('" << node.inputs[i] << "') must be a constant tensor of floats";
  return std::nullopt;
}

std::optional<int64_t> NodeImporter::resolveAxis(int64_t axis, int64_t rank) const {
  if (axis >= -rank && axis < rank)
    return axis < 0 ? axis + rank : axis;
  error() << "axis " << axis << " is outside of a tensor of rank " << rank;
  return std::nullopt;
}

std::optional<Shape> NodeImporter::resolveAxes(ArrayRef<int64_t> axes, int64_t rank) const {
  Shape result;
  for (int64_t axis : axes) {
    std::optional<int64_t> resolved = resolveAxis(axis, rank);
    if (!resolved)
      return std::nullopt;
    result.push_back(*resolved);
  }
  llvm::sort(result);
  if (const auto *twice = std::adjacent_find(result.begin(), result.end()); twice != result.end()) {
    error() << "axis " << *twice << " is named twice";
    return std::nullopt;
  }
  return result;
}
