// Functions of each element, with broadcasting.

#include "NodeImporter.h"

#include "nnq/Dialect/NNQ/IR/ImageOps.h"

#include "llvm/ADT/STLExtras.h"

#include <limits>

using namespace mlir;
using namespace nnq;
using namespace nnq::onnximport;

static constexpr float infinity = std::numeric_limits<float>::infinity();

//===----------------------------------------------------------------------===//
// One operand
//===----------------------------------------------------------------------===//

template <UnaryKind kind> static LogicalResult importUnary(NodeImporter &n) {
  return n.setOutput(0, n.unary(kind, n.input(0)));
}

static Operand integer(NodeImporter &n, DataType type, int64_t value) {
  return n.evaluated(HostTensor::ofInts({}, {value}, type));
}

/// Of integers: -x = 0 - x, |x| = max(x, 0 - x), and the sign is x between -1 and 1.
template <UnaryKind kind> static LogicalResult importSigned(NodeImporter &n) {
  Operand x = n.input(0);
  if (!x || !isInteger(x.getType()))
    return n.setOutput(0, n.unary(kind, x));
  if (kind == UnaryKind::Sign) {
    Operand atMostOne = n.binary(BinaryKind::Min, x, integer(n, x.getType(), 1));
    return n.setOutput(0, n.binary(BinaryKind::Max, atMostOne, integer(n, x.getType(), -1)));
  }
  Operand negated = n.binary(BinaryKind::Sub, integer(n, x.getType(), 0), x);
  return n.setOutput(0, kind == UnaryKind::Neg ? negated : n.binary(BinaryKind::Max, x, negated));
}

static LogicalResult importRelu(NodeImporter &n) {
  Operand x = n.input(0);
  if (x && isInteger(x.getType()))
    return n.setOutput(0, n.binary(BinaryKind::Max, x, integer(n, x.getType(), 0)));
  return n.setOutput(0, n.clamp(x, 0, infinity));
}

static LogicalResult importLeakyRelu(NodeImporter &n) {
  return n.setOutput(0, n.unary(UnaryKind::LeakyRelu, n.input(0), n.getFloat("alpha", 0.01f)));
}
static LogicalResult importElu(NodeImporter &n) {
  return n.setOutput(0, n.unary(UnaryKind::Elu, n.input(0), n.getFloat("alpha", 1)));
}
static LogicalResult importSelu(NodeImporter &n) {
  bool isRounded = n.opset < 6; // the defaults of that time
  float alpha = n.getFloat("alpha", isRounded ? 1.6732f : 1.67326319217681884765625f),
        gamma = n.getFloat("gamma", isRounded ? 1.0507f : 1.05070102214813232421875f);
  return n.setOutput(0, n.unary(UnaryKind::Selu, n.input(0), alpha, gamma));
}
static LogicalResult importHardSigmoid(NodeImporter &n) {
  return n.setOutput(0, n.unary(UnaryKind::HardSigmoid, n.input(0), n.getFloat("alpha", 0.2f),
                                n.getFloat("beta", 0.5f)));
}

/// The erf form, or the tanh form where the attribute says so.
static LogicalResult importGelu(NodeImporter &n) {
  StringRef approximate = n.getString("approximate", "none");
  if (approximate != "none" && approximate != "tanh")
    return n.error() << "approximate = '" << approximate << "' is not known; it is none or tanh";
  return n.setOutput(
      0, n.unary(approximate == "tanh" ? UnaryKind::GeluTanh : UnaryKind::Gelu, n.input(0)));
}

/// com.microsoft: Gelu(x + bias).
static LogicalResult importBiasGelu(NodeImporter &n) {
  return n.setOutput(0,
                     n.unary(UnaryKind::Gelu, n.binary(BinaryKind::Add, n.input(0), n.input(1))));
}

/// A bound of Clip that is an attribute before opset 11 and input `i` since. Null after an error.
static Operand readBound(NodeImporter &n, StringRef name, unsigned i, float byDefault) {
  if (n.opset < 11) {
    float value = n.getFloat(name, byDefault);
    bool unbounded =
        std::abs(value) == std::numeric_limits<float>::max(); // the default that the standard names
    return n.scalar(unbounded ? byDefault : value);
  }
  if (!n.hasInput(i))
    return n.scalar(byDefault);
  Operand bound = n.input(i);
  if (bound && *countElements(bound.getShape()) != 1) {
    n.error() << "the bound '" << name << "' has the shape " << shapeText(bound.getShape())
              << "; it must be a scalar";
    return {};
  }
  return bound;
}

/// A bound of integers that is left out is none.
static LogicalResult importClipOfIntegers(NodeImporter &n, Operand x) {
  for (auto [i, kind] : {std::make_pair(1u, BinaryKind::Max), std::make_pair(2u, BinaryKind::Min)})
    if (n.hasInput(i))
      x = n.binary(kind, x, n.reshape(readBound(n, i == 1 ? "min" : "max", i, 0), {}));
  return n.setOutput(0, x);
}

static LogicalResult importClip(NodeImporter &n) {
  if (Operand x = n.input(0); x && isInteger(x.getType()))
    return importClipOfIntegers(n, x);
  Operand x = n.input(0), min = readBound(n, "min", 1, -infinity),
          max = readBound(n, "max", 2, infinity);
  if (!x || !min || !max)
    return failure();
  auto isKnown = [](const Operand &bound) {
    return bound.isConstant() && isFloat(bound.getTensor().type);
  };
  if (isKnown(min) && isKnown(max))
    return n.setOutput(0, n.clamp(x, min.getTensor().floats[0], max.getTensor().floats[0]));
  // Bounds of one element keep the shape of x.
  Operand lower = n.reshape(min, {}), upper = n.reshape(max, {});
  return n.setOutput(0, n.binary(BinaryKind::Min, n.binary(BinaryKind::Max, x, lower), upper));
}

/// The value of a float constant that has one value everywhere.
static std::optional<float> getSplat(const Operand &operand) {
  if (operand.isConstant() && isFloat(operand.getTensor().type) &&
      !operand.getTensor().floats.empty() && llvm::all_equal(operand.getTensor().floats))
    return operand.getTensor().floats[0];
  return std::nullopt;
}

/// One slope for all is a leaky_relu.
static LogicalResult importPRelu(NodeImporter &n) {
  Operand x = n.input(0), slope = n.input(1);
  if (!x || !slope)
    return failure();
  // Before opset 7, a vector is one slope per channel.
  if (n.opset < 7 && slope.getRank() == 1 && x.getRank() > 2 &&
      slope.getShape()[0] == x.getShape()[1]) {
    Shape perChannel(x.getRank() - 1, 1);
    perChannel[0] = slope.getShape()[0];
    slope = n.reshape(slope, perChannel);
  }
  std::optional<Shape> shape = broadcastShape(x.getShape(), slope.getShape());
  if (!shape || ArrayRef<int64_t>(*shape) != x.getShape())
    return n.error() << "can't broadcast a slope of shape " << shapeText(slope.getShape()) << " to "
                     << shapeText(x.getShape());
  if (std::optional<float> splat = getSplat(slope))
    return n.setOutput(0, n.unary(UnaryKind::LeakyRelu, x, *splat));
  if (!x.isConstant())
    return n.setOutput(0, n.create<PReluOp>(n.getValue(x), n.getValue(slope)));
  Operand positive = n.clamp(x, 0, infinity), negative = n.clamp(x, -infinity, 0);
  return n.setOutput(
      0, n.binary(BinaryKind::Add, positive, n.binary(BinaryKind::Mul, negative, slope)));
}

//===----------------------------------------------------------------------===//
// Two and more operands
//===----------------------------------------------------------------------===//

template <BinaryKind kind> static LogicalResult importBinary(NodeImporter &n) {
  auto [a, b] = n.getBroadcastInputs();
  return n.setOutput(0, n.binary(kind, a, b));
}

/// The product with a constant matrix takes a constant vector that is added to each row as its
/// bias. Only if nothing else uses the product: the operation keeps the name of the product.
static bool foldIntoBias(NodeImporter &n, unsigned productIndex) {
  Operand product = n.input(productIndex), bias = n.input(1 - productIndex);
  if (!product || !bias || product.isConstant() || !bias.isConstant() ||
      !isFloat(bias.getTensor().type) || n.getNumUses(product) != 1)
    return false;
  auto op = n.getValue(product).getDefiningOp<FullyConnectedOp>();
  if (!op || op.getBias() || bias.getShape() != product.getShape().take_back())
    return false;
  op.getBiasMutable().assign(n.getValue(bias));
  op->moveAfter(n.builder.getInsertionBlock(), std::prev(n.builder.getInsertionPoint()));
  return succeeded(n.setOutput(0, product));
}

static LogicalResult importAdd(NodeImporter &n) {
  if (foldIntoBias(n, 0) || foldIntoBias(n, 1))
    return success();
  return importBinary<BinaryKind::Add>(n);
}

/// Integers that are computed: squares and cubes are products.
static LogicalResult importIntegerPow(NodeImporter &n, const Operand &x, const Operand &exponent) {
  bool isKnown = exponent.isConstant() && exponent.getTensor().size() == 1 &&
                 exponent.getRank() <= x.getRank();
  double power = !isKnown                             ? 0
                 : isFloat(exponent.getTensor().type) ? exponent.getTensor().floats.front()
                                                      : exponent.getTensor().ints.front();
  if (power != 1 && power != 2 && power != 3)
    return n.error() << "takes integers of " << nameOf(x.getType())
                     << " to another power than 1, 2 or 3, which is supported on constants only; "
                        "Casts to FLOAT in front help";
  Operand result = x;
  for (int i = 1; i < power; ++i)
    result = n.binary(BinaryKind::Mul, result, x);
  return n.setOutput(0, result);
}

static LogicalResult importPow(NodeImporter &n) {
  auto [x, exponent] = n.getBroadcastInputs();
  if (!x || !exponent)
    return failure();
  if (!x.isConstant() && isInteger(x.getType()))
    return importIntegerPow(n, x, exponent);
  bool baseIsFloat = !x.isConstant() || isFloat(x.getTensor().type);
  if (baseIsFloat && exponent.isConstant() && isInteger(exponent.getTensor().type)) {
    if (!n.reserve(exponent.getShape()))
      return failure();
    exponent = n.moved(exponent, cast(exponent.getTensor(), DataType::Float));
  }
  std::optional<Shape> shape = broadcastShape(x.getShape(), exponent.getShape());
  std::optional<float> splat = getSplat(exponent);
  if (splat && shape && ArrayRef<int64_t>(*shape) == x.getShape()) {
    if (*splat == 1)
      return n.setOutput(0, x);
    if (*splat == 2)
      return n.setOutput(0, n.unary(UnaryKind::Square, x));
    if (*splat == 0.5f)
      return n.setOutput(0, n.unary(UnaryKind::Sqrt, x));
    if (*splat == -1)
      return n.setOutput(0, n.unary(UnaryKind::Reciprocal, x));
    if (*splat == -0.5f)
      return n.setOutput(0, n.unary(UnaryKind::Rsqrt, x));
  }
  return n.setOutput(0, n.binary(BinaryKind::Pow, x, exponent));
}

static Operand accumulate(NodeImporter &n, BinaryKind kind) {
  Operand result = n.input(0);
  for (unsigned i = 1; i < n.getNumInputs(); ++i)
    result = n.binary(kind, result, n.input(i));
  return result;
}

template <BinaryKind kind> static LogicalResult importVariadic(NodeImporter &n) {
  return n.setOutput(0, accumulate(n, kind));
}

static LogicalResult importMean(NodeImporter &n) {
  Operand sum = accumulate(n, BinaryKind::Add);
  return n.setOutput(
      0, n.binary(BinaryKind::Mul, sum, n.scalar(1.0f / static_cast<float>(n.getNumInputs()))));
}

void nnq::onnximport::registerElementwiseOps(HandlerTable &table) {
  table.add("Abs", {importSigned<UnaryKind::Abs>, 1, 1});
  table.add("Neg", {importSigned<UnaryKind::Neg>, 1, 1});
  table.add("Ceil", {importUnary<UnaryKind::Ceil>, 1, 1});
  table.add("Cos", {importUnary<UnaryKind::Cos>, 1, 1});
  table.add("Erf", {importUnary<UnaryKind::Erf>, 1, 1});
  table.add("Exp", {importUnary<UnaryKind::Exp>, 1, 1});
  table.add("Floor", {importUnary<UnaryKind::Floor>, 1, 1});
  table.add("HardSwish", {importUnary<UnaryKind::HardSwish>, 1, 1});
  table.add("Log", {importUnary<UnaryKind::Log>, 1, 1});
  table.add("Mish", {importUnary<UnaryKind::Mish>, 1, 1});
  table.add("Reciprocal", {importUnary<UnaryKind::Reciprocal>, 1, 1});
  table.add("Round", {importUnary<UnaryKind::Round>, 1, 1});
  table.add("Sigmoid", {importUnary<UnaryKind::Sigmoid>, 1, 1});
  table.add("Sign", {importSigned<UnaryKind::Sign>, 1, 1});
  table.add("Sin", {importUnary<UnaryKind::Sin>, 1, 1});
  table.add("Softplus", {importUnary<UnaryKind::Softplus>, 1, 1});
  table.add("Sqrt", {importUnary<UnaryKind::Sqrt>, 1, 1});
  table.add("Tanh", {importUnary<UnaryKind::Tanh>, 1, 1});
  table.add("Relu", {importRelu, 1, 1});
  table.add("LeakyRelu", {importLeakyRelu, 1, 1});
  table.add("Elu", {importElu, 1, 1});
  table.add("Selu", {importSelu, 1, 1});
  table.add("HardSigmoid", {importHardSigmoid, 1, 1});
  table.add("Gelu", {importGelu, 1, 1});
  table.add("com.microsoft.Gelu", {importUnary<UnaryKind::Gelu>, 1, 1});
  table.add("com.microsoft.BiasGelu", {importBiasGelu, 2, 2});
  table.add("Clip", {importClip, 1, 3});
  table.add("PRelu", {importPRelu, 2, 2});
  table.add("Add", {importAdd, 2, 2});
  table.add("Sub", {importBinary<BinaryKind::Sub>, 2, 2});
  table.add("Mul", {importBinary<BinaryKind::Mul>, 2, 2});
  table.add("Div", {importBinary<BinaryKind::Div>, 2, 2});
  table.add("Pow", {importPow, 2, 2});
  table.add("Max", {importVariadic<BinaryKind::Max>, 1, anyNumber});
  table.add("Min", {importVariadic<BinaryKind::Min>, 1, anyNumber});
  table.add("Sum", {importVariadic<BinaryKind::Add>, 1, anyNumber});
  table.add("Mean", {importMean, 1, anyNumber});
}
