// Rules that the verifiers of several themes share.

#include "Verification.h"

#include "nnq/Dialect/NNQ/IR/Accumulation.h"

#include <cmath>

using namespace mlir;

namespace nnq {

std::string toText(ArrayRef<int64_t> values) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  stream << '[';
  llvm::interleaveComma(values, stream);
  stream << ']';
  return text;
}

/// types (T3): the blocks divide the tensor, and each has its scale.
static LogicalResult verifyBlocks(Operation *op, RankedTensorType tensor,
                                  quant::UniformQuantizedSubChannelType type) {
  SmallVector<int64_t> counts(tensor.getRank(), 1);
  for (auto [dim, size] : type.getBlockSizeInfo()) {
    if (dim >= tensor.getRank())
      return op->emitOpError() << "has blocks along dimension " << dim << " of a tensor of rank "
                               << tensor.getRank();
    if (tensor.getDimSize(dim) % size != 0)
      return op->emitOpError() << "has blocks of " << size << " along dimension " << dim
                               << ", which do not divide " << tensor.getDimSize(dim)
                               << "; choose a divisor or pad the tensor";
    counts[dim] = tensor.getDimSize(dim) / size;
  }
  ArrayRef<int64_t> scales = type.getScales().getType().getShape();
  if (scales != ArrayRef<int64_t>(counts))
    return op->emitOpError() << "has scales of shape " << toText(scales) << " for blocks that are "
                             << toText(counts) << "; give one scale per block";
  return success();
}

static LogicalResult verifyQuantizedType(Operation *op, Type type) {
  auto quantized = getQuantizedElement(type);
  if (!quantized)
    return success();
  // types (T5)
  if (!isa<quant::UniformQuantizedType, quant::UniformQuantizedPerAxisType,
           quant::UniformQuantizedSubChannelType>(quantized) ||
      !quantized.getExpressedType().isF32())
    return op->emitOpError() << "has elements of " << quantized
                             << "; quantized tensors hold !quant.uniform types that express f32";
  int64_t lo = quantized.getStorageTypeMin(), hi = quantized.getStorageTypeMax();
  for (int64_t zeroPoint : getZeroPoints(quantized)) // types (T1)
    if (zeroPoint < lo || zeroPoint > hi)
      return op->emitOpError() << "has a zero point of " << zeroPoint
                               << " outside the storage range [" << lo << ", " << hi
                               << "]; choose a zero point inside it";
  auto tensor = cast<RankedTensorType>(type);
  if (auto axis = dyn_cast<quant::UniformQuantizedPerAxisType>(quantized)) { // types (T2)
    int64_t dim = axis.getQuantizedDimension(), scales = axis.getScales().size();
    if (dim >= tensor.getRank())
      return op->emitOpError() << "has scales along dimension " << dim << " of a tensor of rank "
                               << tensor.getRank();
    if (tensor.getDimSize(dim) != scales)
      return op->emitOpError() << "has " << scales << " scales along dimension " << dim
                               << " of size " << tensor.getDimSize(dim)
                               << "; give one scale per element of that dimension";
  }
  if (auto blocks = dyn_cast<quant::UniformQuantizedSubChannelType>(quantized)) // types (T3)
    return verifyBlocks(op, tensor, blocks);
  return success();
}

LogicalResult verifyQuantizedTypes(Operation *op) {
  for (Type type : llvm::concat<const Type>(op->getOperandTypes(), op->getResultTypes()))
    if (failed(verifyQuantizedType(op, type)))
      return failure();
  return success();
}

LogicalResult verifyInferredShape(Operation *op) {
  if (failed(verifyQuantizedTypes(op)))
    return failure();
  auto shaped = cast<InferShapedTypeOpInterface>(op);
  SmallVector<ShapedTypeComponents> inferred;
  if (failed(shaped.inferReturnTypeComponents(
          op->getContext(), op->getLoc(), ValueShapeRange(op->getOperands()),
          op->getAttrDictionary(), op->getPropertiesStorage(), op->getRegions(), inferred)))
    return failure();
  for (auto [result, shape] : llvm::zip(op->getResults(), inferred)) {
    ArrayRef<int64_t> found = cast<ShapedType>(result.getType()).getShape();
    if (found == ArrayRef<int64_t>(shape.getDims()))
      continue;
    return op->emitOpError() << "has a result of shape " << toText(found)
                             << " where its operands and attributes give "
                             << toText(shape.getDims());
  }
  return success();
}

LogicalResult verifySameElementType(Operation *op) {
  auto element = [](Type type) { return cast<ShapedType>(type).getElementType(); };
  for (Type type : llvm::concat<const Type>(op->getOperandTypes(), op->getResultTypes()))
    if (element(type) != element(op->getResult(0).getType())) // types (T4)
      return op->emitOpError() << "moves values without changing them, but has element types "
                               << element(type) << " and " << element(op->getResult(0).getType())
                               << "; put an nnq.requantize in front of it";
  return success();
}

SmallVector<int64_t> getScaledDims(Type type) {
  auto quantized = getQuantizedElement(type);
  SmallVector<int64_t> dims;
  if (auto axis = dyn_cast_or_null<quant::UniformQuantizedPerAxisType>(quantized))
    dims.push_back(axis.getQuantizedDimension());
  if (auto blocks = dyn_cast_or_null<quant::UniformQuantizedSubChannelType>(quantized))
    llvm::append_range(dims, blocks.getQuantizedDimensions());
  return dims;
}

LogicalResult verifyScaledDimsStay(Operation *op, function_ref<bool(int64_t)> stays) {
  for (int64_t dim : getScaledDims(op->getOperand(0).getType())) // types (T4)
    if (!stays(dim))
      return op->emitOpError()
             << "moves dimension " << dim
             << ", which the scales of its type run along; the type would name another one";
  return success();
}

FailureOr<SmallVector<int64_t>> broadcastShapes(ArrayRef<ArrayRef<int64_t>> shapes) {
  SmallVector<int64_t> result;
  for (ArrayRef<int64_t> shape : shapes) {
    if (shape.size() > result.size())
      result.insert(result.begin(), shape.size() - result.size(), 1);
    for (auto [i, size] : llvm::enumerate(llvm::reverse(shape))) {
      int64_t &out = result[result.size() - 1 - i];
      if (out != size && out != 1 && size != 1)
        return failure();
      out = out == 1 ? size : out;
    }
  }
  return result;
}

namespace detail {

/// accumulate (A7): the sums of blocks are integers by themselves, and have no common unit.
static LogicalResult verifyBlockedWeights(AccumulatingOp op) {
  auto weights = cast<RankedTensorType>(op.getWeightOperand().get().getType());
  if (!getInputChannelBlock(weights))
    return op->emitOpError() << "has a quantized input but blocks of " << weights.getElementType()
                             << "; those of weights hold one output channel (dimension 0), the "
                                "whole kernel, and any number of input channels (the last one)";
  if (OpOperand *bias = op.getBiasOperand(); bias && getQuantizedElement(bias->get().getType()))
    return op->emitOpError() << "has weights in blocks, whose sums have no common unit, but a "
                                "quantized bias; keep the bias in f32";
  auto result = getQuantizedElement(op->getResult(0).getType());
  if (result && result.getStorageType().isInteger(32))
    return op->emitOpError() << "has weights in blocks, whose sums have no common unit, but an i32 "
                                "result; give an f32 result or one of at most 16 bits";
  AccumulatorRange range = getAccumulatorRange(op);
  if (!fitsInt32(range))
    return op->emitOpError() << "has blocks of weights with sums from " << range.min << " to "
                             << range.max << ", beyond i32; choose smaller blocks";
  return success();
}

LogicalResult verifyAccumulatingOp(Operation *op) {
  // Shapes first: the interface is verified before the operation, and the depth below reads them.
  if (failed(verifyInferredShape(op)))
    return failure();
  auto accumulating = cast<AccumulatingOp>(op);
  Type inputType = accumulating.getInputOperand().get().getType(),
       weightType = accumulating.getWeightOperand().get().getType();
  OpOperand *bias = accumulating.getBiasOperand();
  auto input = getQuantizedElement(inputType), weight = getQuantizedElement(weightType);
  if (input && !weight) // accumulate (A1)
    return op->emitOpError() << "has a quantized input but weights of " << weightType
                             << "; quantize the weights too";
  if (!input) {
    if (bias && getQuantizedElement(bias->get().getType())) // accumulate (A2)
      return op->emitOpError() << "has a float input but a quantized bias; keep the bias in f32";
    return success();
  }
  if (!isa<quant::UniformQuantizedType>(input)) // accumulate (A3)
    return op->emitOpError() << "has an input with " << getScales(input).size()
                             << " scales; activations have one scale per tensor";
  for (auto type : {input, weight}) // accumulate (A4)
    if (type.getStorageTypeIntegralWidth() > 16)
      return op->emitOpError() << "multiplies codes of " << type
                               << "; factors have at most 16 bits, requantize first";
  if (isa<quant::UniformQuantizedSubChannelType>(weight))
    return verifyBlockedWeights(accumulating);
  if (bias) { // accumulate (A5)
    quant::QuantizedType expected = getBiasType(input, weight),
                         found = getQuantizedElement(bias->get().getType());
    if (!found || !found.getStorageType().isInteger(32) || !found.isSigned())
      return op->emitOpError()
             << "has a quantized input but a bias of " << bias->get().getType()
             << "; quantize the bias to i32 with the scale input scale * weight scale";
    for (int64_t zeroPoint : getZeroPoints(found))
      if (zeroPoint != 0)
        return op->emitOpError() << "has a bias with zero point " << zeroPoint
                                 << "; the bias is added as it is, zero point 0";
    SmallVector<double> scales = getScales(found), wanted = getScales(expected);
    if (scales.size() != wanted.size())
      return op->emitOpError() << "has a bias with " << scales.size()
                               << " scales where input and weights give " << wanted.size();
    for (auto [i, scale, want] : llvm::enumerate(scales, wanted))
      if (std::abs(scale - want) > 1e-6 * want)
        return op->emitOpError() << "has a bias scale of " << scale << " at channel " << i
                                 << " which is not the product of input and weight scale, " << want;
  }
  auto result = getQuantizedElement(op->getResult(0).getType());
  if (!result || !result.getStorageType().isInteger(32))
    return success();
  AccumulatorRange range = getAccumulatorRange(accumulating); // accumulate (A6)
  if (!fitsInt32(range))
    return op->emitOpError() << "has an i32 result but sums from " << range.min << " to "
                             << range.max
                             << "; give an f32 result or one of at most 16 bits, whose sums may "
                                "take 64 bits, or split the layer";
  return success();
}

} // namespace detail
} // namespace nnq
