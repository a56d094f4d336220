// What the import of one node sees.

#include "NodeImporter.h"

#include "nnq/Quantization/UnaryFunctions.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <cmath>

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

const HostTensor &Operand::getTensor() const {
  if (constant->source && constant->tensor.type == DataType::Undefined)
    constant->tensor =
        onnximport::dequantize(constant->source->codes, constant->source->quantization);
  return constant->tensor;
}

Value NodeImporter::findOrCreateConstant(Location at, RankedTensorType type, Type storage,
                                         ArrayRef<char> bytes) const {
  constexpr size_t largestInline = 1024;
  // Bytecode is refused where its buffer is aligned less than a resource in it, and LLVM reads
  // small files and pipes into memory that is aligned to 16.
  constexpr size_t alignment = 16;
  StringRef name = mlir::cast<NameLoc>(at).getName().getValue();
  auto stored = RankedTensorType::get(type.getShape(), storage);
  // Elements are in the IR where there are few, a resource where there are many.
  ElementsAttr few = bytes.size() <= largestInline
                         ? DenseElementsAttr::getFromRawBuffer(stored, bytes)
                         : ElementsAttr();
  SmallVectorImpl<Value> &candidates = state.constants[name];
  for (Value candidate : candidates) {
    ElementsAttr known = candidate.getDefiningOp<ConstantOp>().getValue();
    auto resource = dyn_cast<DenseResourceElementsAttr>(known);
    if (candidate.getType() == type &&
        (few ? known == few
             : resource && resource.getShapedType() == stored && resource.getData() == bytes))
      return candidate;
  }
  ElementsAttr value = few ? few
                           : DenseResourceElementsAttr::get(
                                 stored, name.empty() ? StringRef("constant") : name,
                                 HeapAsmResourceBlob::allocateAndCopyWithAlign(bytes, alignment));
  candidates.push_back(ConstantOp::create(builder, at, type, value));
  return candidates.back();
}

template <typename T> static ArrayRef<char> bytesOf(ArrayRef<T> values) {
  return ArrayRef(reinterpret_cast<const char *>(values.data()), values.size() * sizeof(T));
}

/// Codes in the bytes of an integer of `T`'s width, whatever the sign.
template <typename T> static std::vector<T> narrow(ArrayRef<int64_t> codes) {
  return std::vector<T>(codes.begin(), codes.end());
}

Value NodeImporter::materializeCodes(const HostTensor &codes, const Quantization &quantization,
                                     Location at) const {
  quant::QuantizedType element = quantization.getType(builder.getContext(), codes.shape);
  auto type = RankedTensorType::get(codes.shape, element);
  Type storage = element.getStorageType();
  auto create = [&](const auto &narrowed) {
    return findOrCreateConstant(at, type, storage, bytesOf(ArrayRef(narrowed)));
  };
  unsigned bits = element.getStorageTypeIntegralWidth();
  return bits <= 8    ? create(narrow<int8_t>(codes.ints))
         : bits <= 16 ? create(narrow<int16_t>(codes.ints))
                      : create(narrow<int32_t>(codes.ints));
}

Value NodeImporter::materialize(Operand::Constant &constant) const {
  const HostTensor &tensor = constant.source ? constant.source->codes : constant.tensor;
  Location at = NameLoc::get(builder.getStringAttr(constant.name));
  if (tensor.size() == 0) {
    error() << "needs a tensor with elements, but '" << constant.name << "' has the shape "
            << shapeText(tensor.shape);
    return {};
  }
  if (constant.source) {
    Value codes = materializeCodes(tensor, constant.source->quantization, at);
    return RequantizeOp::create(builder, at, f32Tensor(tensor.shape), codes);
  }
  if (isFloat(tensor.type))
    return findOrCreateConstant(at, f32Tensor(tensor.shape), builder.getF32Type(),
                                bytesOf(tensor.floats));
  if (storageOf(tensor.type))
    return materializeCodes(tensor, Quantization::raw(tensor.type), at);
  error() << "needs a tensor of FLOAT, but '" << constant.name << "' is of " << nameOf(tensor.type);
  return {};
}

Value NodeImporter::getAnyValue(const Operand &operand) const {
  if (!operand.isConstant())
    return operand.value;
  Operand::Constant &constant = *operand.constant;
  if (!constant.materialized)
    constant.materialized = materialize(constant);
  return constant.materialized;
}

Value NodeImporter::getValue(const Operand &operand) const {
  Value value = getAnyValue(operand);
  if (!value || mlir::cast<RankedTensorType>(value.getType()).getElementType().isF32())
    return value;
  auto named = mlir::dyn_cast<NameLoc>(value.getLoc());
  error() << "needs a tensor of FLOAT, but " << (named ? "'" + named.getName().str() + "' " : "it ")
          << "holds integers of " << value.getType()
          << "; a DequantizeLinear or a Cast is missing in front of it";
  return {};
}

//===----------------------------------------------------------------------===//
// Quantization
//===----------------------------------------------------------------------===//

Operand NodeImporter::dequantize(const Operand &x, const Quantization &quantization) const {
  if (!x)
    return {};
  if (x.isConstant() && !x.isDequantized() && x.getTensor().type == quantization.type) {
    HostTensor codes = x.getTensor();
    Quantization positive = quantization;
    makeScalesPositive(codes, positive);
    return Operand(std::move(codes), std::move(positive), x.getName());
  }
  auto type = x.isConstant() ? RankedTensorType() : mlir::cast<RankedTensorType>(x.value.getType());
  auto found = type ? dyn_cast<quant::QuantizedType>(type.getElementType()) : nullptr;
  Storage storage = *storageOf(quantization.type);
  if (!found || found.getStorageTypeIntegralWidth() != storage.bits ||
      found.isSigned() != storage.isSigned) {
    InFlightDiagnostic diagnostic = error();
    diagnostic << "needs a tensor of " << nameOf(quantization.type) << ", as its zero point, but ";
    if (found)
      diagnostic << "got integers of " << (found.isSigned() ? "INT" : "UINT")
                 << found.getStorageTypeIntegralWidth();
    else
      diagnostic << "got " << nameOf(x.isConstant() ? x.getTensor().type : DataType::Float);
    return {};
  }
  Value codes = x.value;
  RankedTensorType wanted = type.clone(quantization.getType(builder.getContext(), type.getShape()));
  if (wanted != type)
    codes = ReinterpretOp::create(builder, loc, wanted, codes);
  return RequantizeOp::create(builder, loc, f32Tensor(type.getShape()), codes).getResult();
}

Operand NodeImporter::quantize(const Operand &x, const Quantization &quantization) const {
  if (!x)
    return {};
  if (x.isConstant() && isFloat(x.getTensor().type)) {
    if (!reserve(x.getShape()))
      return {};
    return moved(x, onnximport::quantize(x.getTensor(), quantization));
  }
  Value reals = getValue(x);
  if (!reals)
    return {};
  auto type = mlir::cast<RankedTensorType>(reals.getType());
  return RequantizeOp::create(
             builder, loc, type.clone(quantization.getType(builder.getContext(), type.getShape())),
             reals)
      .getResult();
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

//===----------------------------------------------------------------------===//
// Builders
//===----------------------------------------------------------------------===//

bool NodeImporter::reserve(ArrayRef<int64_t> shape) const {
  std::optional<int64_t> count = countElements(shape);
  if (!count || *count > state.evaluationBudget) {
    error() << "would evaluate to a constant of " << shapeText(shape)
            << " elements, too large for this model";
    return false;
  }
  state.evaluationBudget -= *count;
  return true;
}

Operand NodeImporter::constantFloats(ArrayRef<int64_t> shape, std::vector<float> values) const {
  return evaluated(HostTensor::ofFloats(shape, std::move(values)));
}

Operand NodeImporter::reshape(const Operand &x, ArrayRef<int64_t> shape) const {
  if (!x || x.getShape() == shape)
    return x;
  std::optional<int64_t> from = countElements(x.getShape()), to = countElements(shape);
  if (!from || !to || *from != *to) {
    error() << "can't reshape " << shapeText(x.getShape()) << " to " << shapeText(shape);
    return {};
  }
  if (x.isDequantized())
    if (auto quantization = x.constant->source->quantization.reshaped(x.getShape(), shape))
      return Operand(onnximport::reshape(x.constant->source->codes, shape), *quantization,
                     x.getName());
  if (x.isConstant())
    return moved(x, onnximport::reshape(x.getTensor(), shape));
  auto type = mlir::cast<RankedTensorType>(x.value.getType());
  return ReshapeOp::create(builder, loc, type.clone(shape), x.value).getResult();
}

Operand NodeImporter::transpose(const Operand &x, ArrayRef<int64_t> permutation) const {
  if (!x)
    return {};
  Shape sorted(permutation), identity = llvm::to_vector(llvm::seq<int64_t>(0, x.getRank()));
  llvm::sort(sorted);
  if (sorted != identity) {
    error() << "the permutation [" << permutation << "] does not name each dimension of "
            << shapeText(x.getShape()) << " once";
    return {};
  }
  if (permutation == ArrayRef<int64_t>(identity))
    return x;
  if (!x.isConstant())
    return createMove<TransposeOp>(x.value, permutation);
  if (!reserve(x.getShape()))
    return {};
  if (x.isDequantized())
    return Operand(onnximport::transpose(x.constant->source->codes, permutation),
                   x.constant->source->quantization.transposed(permutation), x.getName());
  return moved(x, onnximport::transpose(x.getTensor(), permutation));
}

Operand NodeImporter::slice(const Operand &x, ArrayRef<int64_t> starts, ArrayRef<int64_t> sizes,
                            ArrayRef<int64_t> strides) const {
  if (!x)
    return {};
  if (sizes == x.getShape() && llvm::all_of(strides, [](int64_t stride) { return stride == 1; }))
    return x;
  if (!x.isConstant())
    return createMove<SliceOp>(x.value, starts, sizes, strides);
  if (!reserve(sizes))
    return {};
  return moved(x, onnximport::slice(x.getTensor(), starts, sizes, strides));
}

Operand NodeImporter::sliceAlong(const Operand &x, int64_t axis, int64_t start,
                                 int64_t size) const {
  if (!x)
    return {};
  Shape starts(x.getRank(), 0), sizes(x.getShape()), strides(x.getRank(), 1);
  starts[axis] = start;
  sizes[axis] = size;
  return slice(x, starts, sizes, strides);
}

Operand NodeImporter::broadcast(const Operand &x, ArrayRef<int64_t> shape) const {
  if (!x || x.getShape() == shape)
    return x;
  std::optional<Shape> common = broadcastShape(x.getShape(), shape);
  if (!common || ArrayRef<int64_t>(*common) != shape) {
    error() << "can't broadcast " << shapeText(x.getShape()) << " to " << shapeText(shape);
    return {};
  }
  if (!x.isConstant())
    return BroadcastOp::create(
               builder, loc, mlir::cast<RankedTensorType>(x.value.getType()).clone(shape), x.value)
        .getResult();
  if (!reserve(shape))
    return {};
  return moved(x, onnximport::broadcast(x.getTensor(), shape));
}

Operand NodeImporter::concat(ArrayRef<Operand> parts, int64_t axis) const {
  if (llvm::any_of(parts, [](const Operand &part) { return !part; }))
    return {};
  if (parts.size() == 1)
    return parts.front();
  if (!llvm::all_of(parts, [](const Operand &part) { return part.isConstant(); })) {
    SmallVector<Value> values =
        llvm::map_to_vector(parts, [&](const Operand &part) { return getAnyValue(part); });
    if (llvm::any_of(values, [](Value value) { return !value; }))
      return {};
    return createOf<ConcatOp>(mlir::cast<RankedTensorType>(values[0].getType()).getElementType(),
                              ValueRange(values), axis);
  }
  Shape total(parts.front().getShape());
  SmallVector<HostTensor> tensors;
  for (const Operand &part : parts) {
    Shape shape(part.getShape());
    if (shape.size() == total.size())
      shape[axis] = total[axis];
    if (shape != Shape(parts.front().getShape()) ||
        isFloat(part.getTensor().type) != isFloat(parts.front().getTensor().type)) {
      error() << "can't concatenate " << shapeText(parts.front().getShape()) << " and "
              << shapeText(part.getShape()) << " along axis " << axis;
      return {};
    }
    tensors.push_back(part.getTensor());
  }
  for (const Operand &part : parts.drop_front())
    total[axis] += part.getShape()[axis];
  if (!reserve(total))
    return {};
  return evaluated(onnximport::concat(tensors, axis));
}

/// True if `a` alone is repeated along the innermost dimension of `shape` that has more than one
/// element.
static bool isRepeatedInside(const Operand &a, const Operand &b, ArrayRef<int64_t> shape) {
  for (int64_t behind = 1, rank = shape.size(); behind <= rank; ++behind) {
    if (shape[rank - behind] == 1)
      continue;
    auto isOne = [&](const Operand &operand) {
      return behind > operand.getRank() || operand.getShape()[operand.getRank() - behind] == 1;
    };
    return isOne(a) && !isOne(b);
  }
  return false;
}

Operand NodeImporter::binary(BinaryKind kind, const Operand &a, const Operand &b) const {
  if (!a || !b)
    return {};
  std::optional<Shape> shape = broadcastShape(a.getShape(), b.getShape());
  if (!shape) {
    error() << "can't broadcast " << shapeText(a.getShape()) << " and " << shapeText(b.getShape());
    return {};
  }
  if (a.isConstant() && b.isConstant()) {
    if (isFloat(a.getTensor().type) != isFloat(b.getTensor().type)) {
      error() << "mixes " << nameOf(a.getTensor().type) << " and " << nameOf(b.getTensor().type);
      return {};
    }
    if (!reserve(*shape))
      return {};
    if (auto result = onnximport::binary(kind, a.getTensor(), b.getTensor()))
      return evaluated(std::move(*result));
    error() << "divides an integer by 0";
    return {};
  }
  Value x = getValue(a), y = getValue(b);
  switch (kind) {
  case BinaryKind::Add:
    // A sum of codes is rounded by the order of its operands; here QLinearAdd turns it around.
    return isRepeatedInside(a, b, *shape) ? create<AddOp>(y, x) : create<AddOp>(x, y);
  case BinaryKind::Sub:
    return create<SubOp>(x, y);
  case BinaryKind::Mul:
    return create<MulOp>(x, y);
  case BinaryKind::Div:
    return create<DivOp>(x, y);
  case BinaryKind::Max:
    return create<MaxOp>(x, y);
  case BinaryKind::Min:
    return create<MinOp>(x, y);
  case BinaryKind::Pow:
    return create<PowOp>(x, y);
  }
  return {};
}

Operand NodeImporter::unary(UnaryKind kind, const Operand &x, float alpha, float beta) const {
  if (!x)
    return {};
  if (!x.isConstant() || !isFloat(x.getTensor().type))
    return create<UnaryOp>(getValue(x), kind, APFloat(alpha), APFloat(beta));
  if (!reserve(x.getShape()))
    return {};
  // The dialect's functions are those of Quantization/ behind Relu, in the same order (asserted in
  // ElementwiseOps.cpp).
  auto function = static_cast<UnaryFunction>(static_cast<int>(kind) + 1);
  return evaluated(mapFloats(
      x.getTensor(), [&](double value) { return evaluateUnary(function, value, alpha, beta); }));
}

Operand NodeImporter::clamp(const Operand &x, float min, float max) const {
  if (!x)
    return {};
  if (!x.isConstant() || !isFloat(x.getTensor().type))
    return create<ClampOp>(getValue(x), APFloat(min), APFloat(max));
  if (!reserve(x.getShape()))
    return {};
  return evaluated(mapFloats(x.getTensor(), [&](double value) {
    return std::min<double>(std::max<double>(value, min), max);
  }));
}

Operand NodeImporter::asWeights(const Operand &filter) const {
  if (!filter || !filter.isDequantized())
    return filter;
  const Quantization &quantization = filter.constant->source->quantization;
  bool isBlock = quantization.granularity == Quantization::Granularity::Block;
  bool hasCommonUnits = quantization.granularity == Quantization::Granularity::Tensor ||
                        quantization.axis == (isBlock ? filter.getRank() - 1 : 0);
  return hasCommonUnits ? filter : moved(filter, filter.getTensor());
}

Operand NodeImporter::fullyConnected(const Operand &input, const Operand &filter,
                                     const std::optional<Operand> &bias) const {
  if (!input || !filter || (bias && !*bias))
    return {};
  Value x = getValue(input), w = getValue(asWeights(filter)), b = bias ? getValue(*bias) : Value();
  if (!x || !w || (bias && !b))
    return {};
  auto op = createInferred<FullyConnectedOp>(builder, loc, builder.getF32Type(), x, w, b);
  if (op && step)
    op->setAttr(stepAttrName, step);
  return op ? Operand(op.getResult()) : Operand();
}

static std::optional<ReduceKind> toReduceKind(Reduction kind) {
  switch (kind) {
  case Reduction::Sum:
    return ReduceKind::Sum;
  case Reduction::Mean:
    return ReduceKind::Mean;
  case Reduction::Max:
    return ReduceKind::Max;
  case Reduction::Min:
    return ReduceKind::Min;
  case Reduction::Prod:
    return std::nullopt;
  }
  return std::nullopt;
}

Operand NodeImporter::reduce(Reduction kind, const Operand &x, ArrayRef<int64_t> axes) const {
  if (!x)
    return {};
  if (!x.isConstant()) {
    if (std::optional<ReduceKind> reduceKind = toReduceKind(kind))
      return create<ReduceOp>(getValue(x), *reduceKind, axes);
    error() << "is supported on constants only";
    return {};
  }
  if (kind != Reduction::Sum && kind != Reduction::Prod && x.getTensor().size() == 0) {
    error() << "reduces an empty tensor";
    return {};
  }
  if (!reserve(x.getShape()))
    return {};
  return evaluated(onnximport::reduce(kind, x.getTensor(), axes));
}
