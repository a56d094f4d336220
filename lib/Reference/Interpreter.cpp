// The loop over a function's operations. What an operation means stands in the file of its theme.

#include "nnq/Reference/Interpreter.h"

#include "Handlers.h"

#include "nnq/Dialect/NNQ/IR/Numerics.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "llvm/ADT/DenseMap.h"

using namespace mlir;

namespace nnq::reference {

static const HandlerTable &getHandlers() {
  static const HandlerTable table = [] {
    HandlerTable rows;
    addMatrixHandlers(rows);
    addElementwiseHandlers(rows);
    addPoolingHandlers(rows);
    addShapeHandlers(rows);
    addCompoundHandlers(rows);
    addImageHandlers(rows);
    addIntegerHandlers(rows);
    addIndexHandlers(rows);
    return rows;
  }();
  return table;
}

/// Whether the scales of a type in blocks are a tensor of one scale per block of `tensor`.
static bool hasOneScalePerBlock(RankedTensorType tensor) {
  auto type = dyn_cast<quant::UniformQuantizedSubChannelType>(tensor.getElementType());
  if (!type)
    return true;
  SmallVector<int64_t> blocks(tensor.getShape());
  for (auto [dim, size] : type.getBlockSizeInfo())
    if (dim < tensor.getRank())
      blocks[dim] = size;
  ArrayRef<int64_t> scales = type.getScales().getType().getShape();
  if (static_cast<int64_t>(scales.size()) != tensor.getRank())
    return false;
  for (auto [count, block, size] : llvm::zip(scales, blocks, tensor.getShape()))
    if (count * block != size)
      return false;
  return true;
}

/// The tensor type of a value that a HostTensor can hold, or an error at `op`.
static FailureOr<RankedTensorType> getHostType(Operation *op, Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape() || !HostTensor::isSupported(tensor.getElementType()))
    return op->emitOpError()
           << "has a value of " << type
           << "; the reference holds static tensors of f32, integers and uniform quantized types";
  if (!hasOneScalePerBlock(tensor))
    return op->emitOpError() << "has a value of " << type
                             << "; scales in blocks need the rank of the tensor and one per block";
  return tensor;
}

/// Zero tensors for the results of `op`.
static FailureOr<SmallVector<HostTensor, 1>> allocateResults(Operation *op) {
  SmallVector<HostTensor, 1> results;
  for (Type type : op->getResultTypes()) {
    FailureOr<RankedTensorType> tensor = getHostType(op, type);
    if (failed(tensor))
      return failure();
    results.push_back(HostTensor::zeros(*tensor));
  }
  return results;
}

static LogicalResult verifyInputs(func::FuncOp function, ArrayRef<HostTensor> inputs) {
  if (!function.getBody().hasOneBlock())
    return function.emitOpError() << "has " << function.getBody().getBlocks().size()
                                  << " blocks; the reference runs functions of one block";
  if (inputs.size() != function.getNumArguments())
    return function.emitOpError() << "takes " << function.getNumArguments() << " inputs but got "
                                  << inputs.size();
  for (auto [i, input, type] : llvm::enumerate(inputs, function.getArgumentTypes())) {
    FailureOr<RankedTensorType> tensor = getHostType(function, type);
    auto emitError = [&, index = i]() -> InFlightDiagnostic {
      return function.emitOpError() << "input " << index << " ";
    };
    if (failed(tensor) || failed(verify(input, *tensor, emitError)))
      return failure();
  }
  return success();
}

FailureOr<std::vector<HostTensor>> interpret(func::FuncOp function, ArrayRef<HostTensor> inputs) {
  if (failed(verifyInputs(function, inputs)))
    return failure();

  // Values computed here live in `results`; `values` finds them and the caller's inputs.
  DenseMap<Value, const HostTensor *> values;
  std::vector<SmallVector<HostTensor, 1>> results;
  Block &body = function.getBody().front();
  results.reserve(body.getOperations().size());
  for (auto [argument, input] : llvm::zip(function.getArguments(), inputs))
    values[argument] = &input;

  for (Operation &op : body.without_terminator()) {
    auto handler = getHandlers().find(op.getName().getStringRef());
    if (handler == getHandlers().end())
      return op.emitOpError()
             << "has no meaning in the reference interpreter; lower or remove it first";
    if (!lookupProfile(&op))
      return op.emitOpError() << "is computed by the numerics profile '"
                              << getNumerics(&op).getName()
                              << "', which the reference does not know; register its arithmetic "
                                 "(nnq/Reference/Profile.h)";
    auto operands = llvm::map_to_vector(op.getOperands(),
                                        [&](Value operand) { return values.lookup(operand); });
    auto allocated = allocateResults(&op);
    if (failed(allocated) || failed(handler->second(&op, operands, *allocated)))
      return failure();
    results.push_back(std::move(*allocated));
    for (auto [value, tensor] : llvm::zip(op.getResults(), results.back()))
      values[value] = &tensor;
  }

  std::vector<HostTensor> returned;
  for (Value operand : body.getTerminator()->getOperands())
    returned.push_back(*values.lookup(operand));
  return returned;
}

} // namespace nnq::reference
