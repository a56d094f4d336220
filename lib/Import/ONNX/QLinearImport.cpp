// Operators on integers with scales and zero points of their own (QLinearConv, MatMulInteger, ...).
// Each is the operator on reals between DequantizeLinear and QuantizeLinear; the passes that fold
// those make it one operation on quantized types.

#include "QuantizationImport.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace nnq;
using namespace nnq::onnximport;

/// A tensor with its quantization.
namespace {
struct Quantized {
  Operand codes;
  Quantization quantization;
};
} // namespace

/// The tensor of input `x`, whose scale and zero point are the inputs behind it.
static std::optional<Quantized> readTensor(const NodeImporter &n, unsigned x, unsigned scale,
                                           unsigned zeroPoint, int64_t axis = 0) {
  Operand codes = n.input(x);
  if (!codes)
    return std::nullopt;
  std::optional<DataType> type = getCodeType(codes);
  if (!type) {
    n.error() << "input " << x << " ('" << n.node.inputs[x] << "') must be a tensor of integers";
    return std::nullopt;
  }
  std::optional<Quantization> quantization =
      readQuantization(n, {scale, zeroPoint, *type, axis, 0, codes.isConstant()}, codes.getShape());
  if (!quantization)
    return std::nullopt;
  return Quantized{codes, *quantization};
}

static Operand dequantize(const NodeImporter &n, const std::optional<Quantized> &tensor) {
  return tensor ? n.dequantize(tensor->codes, tensor->quantization) : Operand();
}

/// Sets the node's output to `result`, quantized as the inputs say: of the type of the zero point,
/// or of `type` where there is none.
static LogicalResult setQuantized(NodeImporter &n, const Operand &result, unsigned scale,
                                  unsigned zeroPoint, DataType type) {
  if (!result)
    return failure();
  std::optional<Quantization> quantization =
      readQuantization(n, {scale, zeroPoint, type}, result.getShape());
  return quantization ? n.setOutput(0, n.quantize(result, *quantization)) : failure();
}

//===----------------------------------------------------------------------===//
// Convolutions and products
//===----------------------------------------------------------------------===//

/// x, x_scale, x_zero_point, w, w_scale, w_zero_point, y_scale, y_zero_point, B
static LogicalResult importQLinearConv(NodeImporter &n) {
  std::optional<Quantized> x = readTensor(n, 0, 1, 2), w = readTensor(n, 3, 4, 5);
  if (!x || !w)
    return failure();
  SmallVector<Operand> inputs{dequantize(n, x), dequantize(n, w)};
  if (n.hasInput(8))
    inputs.push_back(dequantizeBias(n, n.input(8), x->quantization, w->quantization));
  if (llvm::any_of(inputs, [](const Operand &input) { return !input; }))
    return failure();
  return setQuantized(n, n.importAs("Conv", inputs), 6, 7, x->quantization.type);
}

/// a, a_scale, a_zero_point, b, b_scale, b_zero_point, y_scale, y_zero_point
static LogicalResult importQLinearMatMul(NodeImporter &n) {
  Operand rhs = n.input(3);
  if (!rhs)
    return failure();
  std::optional<Quantized> a = readTensor(n, 0, 1, 2),
                           b = readTensor(n, 3, 4, 5, rhs.getRank() - 1);
  Operand x = dequantize(n, a), w = dequantize(n, b);
  if (!x || !w)
    return failure();
  return setQuantized(n, n.importAs("MatMul", {x, w}), 6, 7, a->quantization.type);
}

/// A, a_scale, a_zero_point, B, b_scale, b_zero_point, C, y_scale, y_zero_point. The factor alpha
/// is part of the input's scale: (alpha * a_scale) * b_scale.
static LogicalResult importQGemm(NodeImporter &n) {
  int64_t columns = n.getInt("transB", 0) != 0 ? 0 : 1;
  std::optional<Quantized> a = readTensor(n, 0, 1, 2), b = readTensor(n, 3, 4, 5, columns);
  if (!a || !b)
    return failure();
  a->quantization.scales[0] *= n.getFloat("alpha", 1);
  Operand x = dequantize(n, a), w = dequantize(n, b), bias;
  if (!x || !w)
    return failure();
  if (n.hasInput(6) && !(bias = dequantizeBias(n, n.input(6), a->quantization, b->quantization)))
    return failure();
  Operand product = n.importAs("Gemm", {x, w, bias}, 13, "alpha");
  if (!product)
    return failure();
  return n.hasInput(7) ? setQuantized(n, product, 7, 8, a->quantization.type)
                       : n.setOutput(0, product);
}

/// The tensor of input `i` as integers, less its zero point. One that is computed is subtracted in
/// 16 bits: two codes of a type are at most its greatest less its least apart.
static Operand centre(NodeImporter &n, unsigned i, unsigned zeroPoint, int64_t axis) {
  Operand codes = n.input(i);
  std::optional<DataType> type = codes ? getCodeType(codes) : std::nullopt;
  if (!type) {
    n.error() << "input " << i << " must be a tensor of integers";
    return {};
  }
  Quantization quantization = Quantization::raw(*type);
  if (!n.hasInput(zeroPoint))
    return n.dequantize(codes, quantization);
  Operand offset = n.input(zeroPoint);
  if (!offset.isConstant()) {
    if (getCodeType(offset) != type || *countElements(offset.getShape()) != 1) {
      n.error() << "has a zero point that is computed and not a single integer of " << nameOf(*type)
                << ", the type of its tensor";
      return {};
    }
    int64_t farthest = storageOf(*type)->max() - storageOf(*type)->min();
    if (storageOf(*type)->bits > 8) {
      n.error() << "has a zero point of " << nameOf(*type)
                << " that is computed; supported are zero points of 8 bits";
      return {};
    }
    Operand difference = n.binary(BinaryKind::Sub, n.dequantize(codes, quantization),
                                  n.reshape(n.dequantize(offset, quantization), {}));
    Quantization wide = Quantization::wholeNumbers(farthest);
    return n.dequantize(n.quantize(difference, wide), wide);
  }
  std::optional<Shape> zeroPoints = n.getConstantInts(zeroPoint);
  if (!zeroPoints)
    return {};
  quantization.zeroPoints.assign(zeroPoints->begin(), zeroPoints->end());
  if (zeroPoints->size() != 1) {
    quantization.granularity = Quantization::Granularity::Axis;
    quantization.axis = axis;
    quantization.scaleShape = {static_cast<int64_t>(zeroPoints->size())};
    quantization.scales.assign(zeroPoints->size(), 1);
    if (codes.getShape()[axis] != quantization.scaleShape[0]) {
      n.error() << "has " << zeroPoints->size() << " zero points for " << codes.getShape()[axis]
                << " elements along axis " << axis;
      return {};
    }
  }
  return n.dequantize(codes, quantization);
}

static LogicalResult setAccumulator(NodeImporter &n, const Operand &sum) {
  return n.setOutput(0, n.quantize(sum, Quantization::raw(DataType::Int32)));
}

/// x, w, x_zero_point, w_zero_point
static LogicalResult importConvInteger(NodeImporter &n) {
  Operand x = centre(n, 0, 2, 0), w = centre(n, 1, 3, 0);
  return x && w ? setAccumulator(n, n.importAs("Conv", {x, w})) : failure();
}

/// A, B, a_zero_point, b_zero_point
static LogicalResult importMatMulInteger(NodeImporter &n) {
  Operand rhs = n.input(1);
  if (!rhs)
    return failure();
  Operand a = centre(n, 0, 2, 0), b = centre(n, 1, 3, rhs.getRank() - 1);
  return a && b ? setAccumulator(n, n.importAs("MatMul", {a, b})) : failure();
}

//===----------------------------------------------------------------------===//
// Elementwise operators, pools
//===----------------------------------------------------------------------===//

/// a, a_scale, a_zero_point, b, b_scale, b_zero_point, y_scale, y_zero_point
template <BinaryKind kind> static LogicalResult importQLinearBinary(NodeImporter &n) {
  std::optional<Quantized> a = readTensor(n, 0, 1, 2), b = readTensor(n, 3, 4, 5);
  if (!a || !b)
    return failure();
  return setQuantized(n, n.binary(kind, dequantize(n, a), dequantize(n, b)), 6, 7,
                      a->quantization.type);
}

/// `opType` of one tensor: x, x_scale, x_zero_point, y_scale, y_zero_point.
static LogicalResult importQLinearUnary(NodeImporter &n, StringRef opType, int64_t opset = 13) {
  std::optional<Quantized> x = readTensor(n, 0, 1, 2);
  if (!x)
    return failure();
  // Pools may take images in N x H x W x C.
  Operand real = dequantize(n, x);
  bool channelsLast = n.getInt("channels_last", 0) != 0;
  int64_t rank = x->codes.getRank();
  Shape toFirst{0, rank - 1}, toLast{0};
  for (int64_t d = 1; d < rank - 1; ++d) {
    toFirst.push_back(d);
    toLast.push_back(d + 1);
  }
  toLast.push_back(1);
  if (channelsLast)
    real = n.transpose(real, toFirst);
  if (!real)
    return failure();
  Operand result = n.importAs(opType, {real}, opset);
  if (channelsLast)
    result = n.transpose(result, toLast);
  return setQuantized(n, result, 3, 4, x->quantization.type);
}

static LogicalResult importQLinearSigmoid(NodeImporter &n) {
  return importQLinearUnary(n, "Sigmoid");
}
static LogicalResult importQLinearLeakyRelu(NodeImporter &n) {
  return importQLinearUnary(n, "LeakyRelu");
}
static LogicalResult importQLinearAveragePool(NodeImporter &n) {
  return importQLinearUnary(n, "AveragePool");
}
static LogicalResult importQLinearGlobalAveragePool(NodeImporter &n) {
  return importQLinearUnary(n, "GlobalAveragePool");
}
static LogicalResult importQLinearSoftmax(NodeImporter &n) {
  return importQLinearUnary(n, "Softmax", n.getInt("opset", 13));
}

/// y_scale, y_zero_point, then tensor, scale and zero point of each part.
static LogicalResult importQLinearConcat(NodeImporter &n) {
  if (n.getNumInputs() % 3 != 2)
    return n.error() << "has " << n.getNumInputs()
                     << " inputs; it needs scale and zero point of the result, and tensor, scale "
                        "and zero point of each part";
  std::optional<DataType> type;
  SmallVector<Operand> parts;
  for (unsigned i = 2; i < n.getNumInputs(); i += 3) {
    std::optional<Quantized> part = readTensor(n, i, i + 1, i + 2);
    parts.push_back(dequantize(n, part));
    if (!parts.back())
      return failure();
    type = part->quantization.type;
  }
  return setQuantized(n, n.importAs("Concat", parts), 0, 1, *type);
}

void nnq::onnximport::registerQLinearOps(HandlerTable &table) {
  table.add("QLinearConv", {importQLinearConv, 8, 9});
  table.add("QLinearMatMul", {importQLinearMatMul, 8, 8});
  table.add("ConvInteger", {importConvInteger, 2, 4});
  table.add("MatMulInteger", {importMatMulInteger, 2, 4});
  auto add = [&](const char *name, LogicalResult (*import)(NodeImporter &), unsigned minInputs,
                 unsigned maxInputs) {
    table.add((Twine("com.microsoft.") + name).str(), {import, minInputs, maxInputs});
  };
  add("QGemm", importQGemm, 6, 9);
  add("QLinearAdd", importQLinearBinary<BinaryKind::Add>, 7, 8);
  add("QLinearMul", importQLinearBinary<BinaryKind::Mul>, 7, 8);
  add("QLinearConcat", importQLinearConcat, 5, anyNumber);
  add("QLinearSigmoid", importQLinearSigmoid, 4, 5);
  add("QLinearLeakyRelu", importQLinearLeakyRelu, 4, 5);
  add("QLinearAveragePool", importQLinearAveragePool, 4, 5);
  add("QLinearGlobalAveragePool", importQLinearGlobalAveragePool, 4, 5);
  add("QLinearSoftmax", importQLinearSoftmax, 4, 5);
}
