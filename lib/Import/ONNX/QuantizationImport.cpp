// QuantizeLinear, DequantizeLinear, DynamicQuantizeLinear, and casts between reals and codes.

#include "QuantizationImport.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>

using namespace mlir;
using namespace nnq;
using namespace nnq::onnximport;

//===----------------------------------------------------------------------===//
// Scales and zero points
//===----------------------------------------------------------------------===//

std::optional<DataType> nnq::onnximport::getCodeType(const Operand &x) {
  DataType type = x.getType();
  return storageOf(type) ? std::optional(type) : std::nullopt;
}

/// Granularity, axis and shape of the scales; false after an error.
static bool setGranularity(const NodeImporter &n, const QuantizationInputs &inputs,
                           ArrayRef<int64_t> shape, ArrayRef<int64_t> scaleShape,
                           Quantization &quantization) {
  int64_t count = *countElements(scaleShape);
  if (inputs.blockSize == 0 && count == 1 && scaleShape.size() <= 1) {
    quantization.granularity = Quantization::Granularity::Tensor;
    return true;
  }
  std::optional<int64_t> axis = n.resolveAxis(inputs.axis, shape.size());
  if (!axis)
    return false;
  quantization.axis = *axis;
  quantization.scaleShape = Shape(scaleShape);
  if (inputs.blockSize == 0) {
    quantization.granularity = Quantization::Granularity::Axis;
    if (scaleShape.size() == 1 && count == shape[*axis])
      return true;
    n.error() << "has scales of shape " << shapeText(scaleShape) << " for a tensor of shape "
              << shapeText(shape) << "; it needs 1, or " << shape[*axis] << " along axis " << *axis;
    return false;
  }
  quantization.granularity = Quantization::Granularity::Block;
  quantization.blockSize = inputs.blockSize;
  Shape wanted(shape);
  if (inputs.blockSize < 1 || shape[*axis] % inputs.blockSize != 0) {
    n.error() << "has blocks of " << inputs.blockSize << ", which do not divide " << shape[*axis]
              << " elements along axis " << *axis;
    return false;
  }
  wanted[*axis] = shape[*axis] / inputs.blockSize;
  if (ArrayRef<int64_t>(wanted) == scaleShape)
    return true;
  n.error() << "has scales of shape " << shapeText(scaleShape) << " for blocks that are "
            << shapeText(wanted) << "; it needs one for each";
  return false;
}

/// The zero points, as many as scales; false after an error.
static bool setZeroPoints(const NodeImporter &n, const QuantizationInputs &inputs,
                          ArrayRef<int64_t> scaleShape, Quantization &quantization) {
  if (!inputs.zeroPoint || !n.hasInput(*inputs.zeroPoint)) {
    quantization.type = inputs.type;
    quantization.zeroPoints.assign(quantization.scales.size(), 0);
    return true;
  }
  Operand zeroPoint = n.input(*inputs.zeroPoint);
  std::optional<Shape> values = n.getConstantInts(*inputs.zeroPoint);
  if (!values)
    return false;
  quantization.type = zeroPoint.getTensor().type;
  std::optional<Storage> storage = storageOf(quantization.type);
  if (!storage) {
    n.error() << "has a zero point of " << nameOf(quantization.type) << ", which is not supported";
    return false;
  }
  // A single zero point may be a scalar where the scale is a tensor of one element, and the
  // reverse.
  bool isSingle = values->size() == 1 && quantization.scales.size() == 1;
  if (!isSingle && zeroPoint.getShape() != scaleShape) {
    n.error() << "has zero points of shape " << shapeText(zeroPoint.getShape())
              << " for scales of shape " << shapeText(scaleShape) << "; the shapes must agree";
    return false;
  }
  for (int64_t value : *values)
    if (value < storage->min() || value > storage->max()) {
      n.error() << "has a zero point of " << value << ", which is outside of "
                << nameOf(quantization.type);
      return false;
    }
  quantization.zeroPoints.assign(values->begin(), values->end());
  return true;
}

std::optional<Quantization> nnq::onnximport::readQuantization(const NodeImporter &n,
                                                              const QuantizationInputs &inputs,
                                                              ArrayRef<int64_t> shape) {
  Operand scale = n.input(inputs.scale);
  std::optional<std::vector<float>> scales = n.getConstantFloats(inputs.scale);
  if (!scales)
    return std::nullopt;
  for (float value : *scales)
    if (!std::isfinite(value) || (value <= 0 && !inputs.isConstant)) {
      n.error() << "has a scale of " << value << " in '" << n.node.inputs[inputs.scale]
                << (inputs.isConstant
                        ? "'; scales are finite"
                        : "'; scales of what is not constant are positive and finite");
      return std::nullopt;
    }
  Quantization quantization;
  quantization.scales = *scales;
  if (!setGranularity(n, inputs, shape, scale.getShape(), quantization) ||
      !setZeroPoints(n, inputs, scale.getShape(), quantization))
    return std::nullopt;
  return quantization;
}

Operand nnq::onnximport::dequantizeBias(const NodeImporter &n, const Operand &codes,
                                        const Quantization &input, const Quantization &weight) {
  if (!codes)
    return {};
  Quantization quantization = Quantization::raw(DataType::Int32);
  quantization.scales.clear();
  for (float scale : weight.scales)
    quantization.scales.push_back(input.scales.front() * scale);
  quantization.zeroPoints.assign(quantization.scales.size(), 0);
  if (weight.granularity != Quantization::Granularity::Tensor) {
    quantization.granularity = Quantization::Granularity::Axis;
    quantization.axis = codes.getRank() - 1;
    quantization.scaleShape = {static_cast<int64_t>(quantization.scales.size())};
    if (codes.getRank() == 0 || codes.getShape().back() != quantization.scaleShape[0]) {
      n.error() << "has a bias of shape " << shapeText(codes.getShape()) << " for "
                << quantization.scales.size() << " output channels";
      return {};
    }
  }
  return n.dequantize(codes, quantization);
}

//===----------------------------------------------------------------------===//
// QuantizeLinear and DequantizeLinear
//===----------------------------------------------------------------------===//

/// What the two read alike. `type` is that of codes without a zero point.
static std::optional<Quantization> readLinear(NodeImporter &n, ArrayRef<int64_t> shape,
                                              DataType type, bool isConstant = false) {
  return readQuantization(
      n, {1, 2, type, n.getInt("axis", 1), n.getInt("block_size", 0), isConstant}, shape);
}

static bool isConstantInput(const NodeImporter &n, unsigned i) {
  return !n.hasInput(i) || n.input(i).isConstant();
}

/// A scale or zero point that is computed, as f32.
static Operand getReal(NodeImporter &n, unsigned i) {
  Operand x = n.input(i);
  if (!x)
    return {};
  std::optional<DataType> codes = getCodeType(x);
  return codes ? n.dequantize(x, Quantization::raw(*codes)) : x;
}

/// Scales that are computed have no type: (x - zero point) * scale in f32, as it is defined.
static Operand dequantizeByComputedScale(NodeImporter &n, const Operand &x, DataType type) {
  Operand real = n.dequantize(x, Quantization::raw(type));
  if (n.hasInput(2))
    real = n.binary(BinaryKind::Sub, real, getReal(n, 2));
  return n.binary(BinaryKind::Mul, real, getReal(n, 1));
}

static LogicalResult importDequantizeLinear(NodeImporter &n) {
  Operand x = n.input(0);
  if (!x)
    return failure();
  std::optional<DataType> type = getCodeType(x);
  if (!type)
    return n.error() << "takes integers of 2 to 32 bits, not "
                     << nameOf(x.isConstant() ? x.getTensor().type : DataType::Float);
  if (!isConstantInput(n, 1) || !isConstantInput(n, 2))
    return n.setOutput(0, dequantizeByComputedScale(n, x, *type));
  std::optional<Quantization> quantization = readLinear(n, x.getShape(), *type, x.isConstant());
  return quantization ? n.setOutput(0, n.dequantize(x, *quantization)) : failure();
}

/// saturate(rint(x / scale) + zero point) for a scale that is computed.
static Operand quantizeByComputedScale(NodeImporter &n, const Operand &x, const Operand &scale,
                                       const Operand *zeroPoint, DataType type) {
  Operand codes = n.unary(UnaryKind::Round, n.binary(BinaryKind::Div, x, scale));
  if (zeroPoint)
    codes = n.binary(BinaryKind::Add, codes, *zeroPoint);
  return n.quantize(codes, Quantization::raw(type));
}

static LogicalResult importQuantizeLinear(NodeImporter &n) {
  Operand x = n.input(0);
  if (!x)
    return failure();
  auto type =
      static_cast<DataType>(n.getInt("output_dtype", static_cast<int64_t>(DataType::UInt8)));
  if (type == DataType::Undefined)
    type = DataType::UInt8;
  if (!storageOf(type))
    return n.error() << "quantizes to " << nameOf(type) << ", which is not supported";
  if (std::optional<DataType> codes = getCodeType(x)) // an int32 accumulator
    x = n.dequantize(x, Quantization::raw(*codes));
  if (!isConstantInput(n, 1) || !isConstantInput(n, 2)) {
    std::optional<DataType> zeroType =
        n.hasInput(2) ? getCodeType(n.input(2)) : std::optional<DataType>(type);
    if (!zeroType)
      return n.error() << "has a zero point that is not a tensor of integers";
    Operand zeroPoint = n.hasInput(2) ? getReal(n, 2) : Operand();
    return n.setOutput(0, quantizeByComputedScale(n, x, getReal(n, 1),
                                                  n.hasInput(2) ? &zeroPoint : nullptr, *zeroType));
  }
  std::optional<Quantization> quantization = readLinear(n, x.getShape(), type);
  return quantization ? n.setOutput(0, n.quantize(x, *quantization)) : failure();
}

/// To UINT8 by the range of the tensor itself, zero included:
///     scale = (max - min) / 255, or 1 where that is 0;  zero point = rint(clamp(-min / scale, 0,
///     255))
static LogicalResult importDynamicQuantizeLinear(NodeImporter &n) {
  Operand x = n.input(0);
  if (!x)
    return failure();
  Shape axes = llvm::to_vector(llvm::seq<int64_t>(0, x.getRank()));
  Operand zero = n.scalar(0);
  Operand least = n.binary(BinaryKind::Min, n.reshape(n.reduce(Reduction::Min, x, axes), {}), zero);
  Operand largest =
      n.binary(BinaryKind::Max, n.reshape(n.reduce(Reduction::Max, x, axes), {}), zero);
  Operand width = n.binary(BinaryKind::Sub, largest, least);
  Operand isEmpty = n.binary(BinaryKind::Sub, n.scalar(1), n.unary(UnaryKind::Sign, width));
  Operand scale =
      n.binary(BinaryKind::Add, n.binary(BinaryKind::Div, width, n.scalar(255)), isEmpty);
  Operand offset = n.binary(BinaryKind::Sub, zero, n.binary(BinaryKind::Div, least, scale));
  Operand zeroPoint = n.unary(UnaryKind::Round, n.clamp(offset, 0, 255));
  Operand codes = quantizeByComputedScale(n, x, scale, &zeroPoint, DataType::UInt8);
  if (!codes || failed(n.setOutput(0, codes)) || failed(n.setOutput(1, scale)))
    return failure();
  return n.setOutput(2, n.quantize(zeroPoint, Quantization::raw(DataType::UInt8)));
}

void nnq::onnximport::registerQuantizationOps(HandlerTable &table) {
  for (const char *domain : {"", "com.microsoft."}) {
    std::string prefix = domain;
    table.add(prefix + "QuantizeLinear", {importQuantizeLinear, 2, 3});
    table.add(prefix + "DequantizeLinear", {importDequantizeLinear, 2, 3});
  }
  table.add("DynamicQuantizeLinear", {importDynamicQuantizeLinear, 1, 1});
}
