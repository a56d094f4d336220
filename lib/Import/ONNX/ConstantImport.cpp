// Operators that make constants, and those that are supported on constants only: the arithmetic on
// shapes.

#include "QuantizationImport.h"

#include "nnq/Dialect/NNQ/IR/IntegerOps.h"

#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/STLExtras.h"

#include <cmath>

using namespace mlir;
using namespace nnq;
using namespace nnq::onnximport;

//===----------------------------------------------------------------------===//
// Sources
//===----------------------------------------------------------------------===//

static LogicalResult importConstant(NodeImporter &n) {
  auto found = n.node.attributes.find("value");
  if (found != n.node.attributes.end() && found->second.kind == NodeAttribute::Kind::Tensor) {
    const TensorOrReason &value = found->second.tensor;
    if (!value.reason.empty())
      return n.error() << "the constant " << value.reason;
    StringRef name = n.node.outputs.empty() ? StringRef(n.node.name) : StringRef(n.node.outputs[0]);
    return n.setOutput(0, Operand(value.tensor, name));
  }
  if (n.hasAttribute("value_int"))
    return n.setOutput(0, n.evaluated(HostTensor::ofInts({}, {n.getInt("value_int", 0)})));
  if (n.hasAttribute("value_float"))
    return n.setOutput(0, n.scalar(n.getFloat("value_float", 0)));
  if (std::optional<Shape> ints = n.getInts("value_ints"))
    return n.setOutput(0, n.evaluated(HostTensor::ofInts({static_cast<int64_t>(ints->size())},
                                                         {ints->begin(), ints->end()})));
  if (std::optional<std::vector<float>> floats = n.getFloats("value_floats"))
    return n.setOutput(0, n.constantFloats({static_cast<int64_t>(floats->size())}, *floats));
  return n.error()
         << "has none of the attributes value, value_int, value_ints, value_float and value_floats";
}

static LogicalResult importConstantOfShape(NodeImporter &n) {
  std::optional<Shape> shape = n.getConstantInts(0);
  if (!shape || !n.reserve(*shape))
    return failure();
  HostTensor value = HostTensor::ofFloats({1}, {0});
  if (auto found = n.node.attributes.find("value"); found != n.node.attributes.end()) {
    if (found->second.kind != NodeAttribute::Kind::Tensor || !found->second.tensor.reason.empty())
      return n.error() << "the value "
                       << (found->second.tensor.reason.empty() ? "is not a tensor"
                                                               : found->second.tensor.reason);
    value = found->second.tensor.tensor;
  }
  if (value.size() != 1)
    return n.error() << "the value has " << value.size() << " elements; it needs 1";
  return n.setOutput(0, n.evaluated(broadcast(reshape(value, {}), *shape)));
}

static LogicalResult importShape(NodeImporter &n) {
  Operand x = n.input(0);
  if (!x)
    return failure();
  ArrayRef<int64_t> shape = x.getShape();
  int64_t rank = shape.size();
  auto bound = [&](int64_t axis) {
    return std::clamp<int64_t>(axis < 0 ? axis + rank : axis, 0, rank);
  };
  int64_t start = bound(n.getInt("start", 0)), end = bound(n.getInt("end", rank));
  ArrayRef<int64_t> part = start < end ? shape.slice(start, end - start) : ArrayRef<int64_t>();
  return n.setOutput(
      0, n.evaluated(HostTensor::ofInts({static_cast<int64_t>(part.size())}, part.vec())));
}

static LogicalResult importSize(NodeImporter &n) {
  Operand x = n.input(0);
  return x ? n.setOutput(0, n.evaluated(HostTensor::ofInts({}, {*countElements(x.getShape())})))
           : failure();
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

/// The tensors of the first `count` inputs; an error if one is not constant.
static std::optional<SmallVector<HostTensor>> getConstants(NodeImporter &n, unsigned count) {
  SmallVector<HostTensor> tensors;
  for (unsigned i = 0; i < count; ++i) {
    Operand operand = n.input(i);
    if (operand && !operand.isConstant())
      n.error() << "input " << i << " ('" << n.node.inputs[i] << "') must be constant";
    if (!operand || !operand.isConstant())
      return std::nullopt;
    tensors.push_back(operand.getTensor());
  }
  return tensors;
}

/// start, start + delta, ... up to limit, without it.
static LogicalResult importRange(NodeImporter &n) {
  auto inputs = getConstants(n, 3);
  if (!inputs)
    return failure();
  DataType type = inputs->front().type;
  for (const HostTensor &input : *inputs)
    if (input.size() != 1 || isFloat(input.type) != isFloat(type))
      return n.error() << "takes three scalars of one type, not " << shapeText(input.shape)
                       << " of " << nameOf(input.type);
  // Doubles hold the floats and, up to the largest number here, the integers.
  auto value = [&](unsigned i) {
    const HostTensor &input = (*inputs)[i];
    return isFloat(type) ? static_cast<double>(input.floats[0])
                         : static_cast<double>(input.ints[0]);
  };
  double start = value(0), limit = value(1), delta = value(2);
  constexpr double largest = int64_t{1} << 40;
  double steps = std::ceil((limit - start) / delta);
  if (!(std::abs(start) <= largest && std::abs(limit) <= largest && std::abs(delta) <= largest &&
        std::abs(steps) <= largest))
    return n.error() << "the range from " << start << " to " << limit << " by " << delta
                     << " is not possible";
  int64_t count = std::max<int64_t>(static_cast<int64_t>(steps), 0);
  if (!n.reserve({count}))
    return failure();
  if (isFloat(type)) {
    std::vector<float> floats(count);
    for (int64_t i = 0; i < count; ++i)
      floats[i] = (*inputs)[0].floats[0] + static_cast<float>(i) * (*inputs)[2].floats[0];
    return n.setOutput(0, n.constantFloats({count}, std::move(floats)));
  }
  std::vector<int64_t> values(count);
  for (int64_t i = 0; i < count; ++i)
    values[i] = (*inputs)[0].ints[0] + i * (*inputs)[2].ints[0];
  return n.setOutput(0, n.evaluated(HostTensor::ofInts({count}, std::move(values), type)));
}

/// The integer of fewer than 8 bits that is left of a float without its fraction; what does not fit
/// wraps around.
static Operand truncateTo(NodeImporter &n, const Operand &x, Storage to) {
  auto floor = [&](const Operand &real) { return n.unary(UnaryKind::Floor, real); };
  Operand whole =
      n.binary(BinaryKind::Mul, n.unary(UnaryKind::Sign, x), floor(n.unary(UnaryKind::Abs, x)));
  auto span = static_cast<float>(to.max() - to.min() + 1);
  Operand shifted = n.binary(BinaryKind::Sub, whole, n.scalar(static_cast<float>(to.min())));
  Operand turns = floor(n.binary(BinaryKind::Div, shifted, n.scalar(span)));
  return n.binary(BinaryKind::Sub, whole, n.binary(BinaryKind::Mul, turns, n.scalar(span)));
}

/// A cast between reals and codes of fewer than 8 bits. Integers are codes of scale 1.
static Operand castNarrow(NodeImporter &n, const Operand &x, DataType type) {
  std::optional<DataType> from = getCodeType(x);
  std::optional<Storage> to = storageOf(type);
  Operand real = from ? n.dequantize(x, Quantization::raw(*from)) : x;
  if (isFloat(type))
    return real;
  if (!to || (from && storageOf(*from)->bits > to->bits)) {
    n.error() << "casts an activation of " << nameOf(x.getType()) << " to " << nameOf(type)
              << ", which is not supported";
    return {};
  }
  if (!from)
    real = truncateTo(n, real, *to);
  return n.quantize(real, Quantization::raw(type));
}

/// A cast at run time. Between floats it is the identity: everything is computed in f32.
static Operand castActivation(NodeImporter &n, const Operand &x, DataType type) {
  DataType from = x.getType();
  auto integerOf = [&](DataType of) { return integerTypeOf(n.builder.getContext(), of); };
  if (from == type || (isFloat(from) && isFloat(type)))
    return x;
  bool areCodes = !mlir::isa<IntegerType>(getElementTypeOrSelf(x.getValue()));
  bool toReals = isFloat(type), fromReals = isFloat(from);
  if ((!fromReals && !integerOf(from)) || (!toReals && !integerOf(type)) ||
      (toReals && areCodes)) // codes are dequantized, so that what reads them finds them
    return castNarrow(n, x, type);
  Type element = toReals ? Type(n.builder.getF32Type()) : integerOf(type);
  return n.createOf<CastOp>(element, fromReals ? n.getValue(x) : n.getIntegers(x));
}

static LogicalResult castTo(NodeImporter &n, const Operand &x, DataType type) {
  if (!x)
    return failure();
  if (!isFloat(type) && !isInteger(type))
    return n.error() << "casts to " << nameOf(type) << ", which is not supported";
  if (!x.isConstant())
    return n.setOutput(0, castActivation(n, x, type));
  if (!n.reserve(x.getShape()))
    return failure();
  return n.setOutput(0, n.moved(x, cast(x.getTensor(), type)));
}

/// The type by number, or by name before opset 6.
static LogicalResult importCast(NodeImporter &n) {
  if (n.opset < 6) {
    StringRef name = n.getString("to", "");
    for (auto number = DataType::Float; number <= DataType::Int2;
         number = static_cast<DataType>(static_cast<int32_t>(number) + 1))
      if (nameOf(number) == name)
        return castTo(n, n.input(0), number);
    return n.error() << "casts to '" << name << "', which is no type";
  }
  return castTo(n, n.input(0), static_cast<DataType>(n.getInt("to", 0)));
}

/// To the type of the second input, whose values do not matter.
static LogicalResult importCastLike(NodeImporter &n) {
  Operand like = n.input(1);
  if (!like)
    return failure();
  return castTo(n, n.input(0), like.getType());
}

void nnq::onnximport::registerConstantOps(HandlerTable &table) {
  table.add("Constant", {importConstant, 0, 0});
  table.add("ConstantOfShape", {importConstantOfShape, 1, 1});
  table.add("Shape", {importShape, 1, 1});
  table.add("Size", {importSize, 1, 1});
  table.add("Cast", {importCast, 1, 1});
  table.add("CastLike", {importCastLike, 2, 2});
  table.add("Range", {importRange, 3, 3});
}
