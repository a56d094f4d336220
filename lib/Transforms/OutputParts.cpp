// What a network's outputs are put together of.

#include "nnq/Transforms/OutputParts.h"

#include "nnq/Dialect/NNQ/IR/NNQOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace nnq {

/// Its result has the values of its one operand, perhaps rounded.
static bool passesOneOn(Operation *op) {
  auto quantizable = dyn_cast_or_null<QuantizableOp>(op);
  return quantizable && (quantizable.movesOneTensor() || isa<RequantizeOp>(op));
}

/// One part for all of `value`.
static OutputPart wholeOf(Value value) {
  while (passesOneOn(value.getDefiningOp()))
    value = value.getDefiningOp()->getOperand(0);
  Operation *def = value.getDefiningOp();
  OutputPart part;
  part.name = def ? getLayerName(def) : "input";
  if (auto op = dyn_cast_or_null<QuantizableOp>(def))
    part.range = op.getFixedResultRange();
  return part;
}

/// Where dimension `axis` of a reshape's operand is in its result: a dimension of the same size
/// with as many elements in front; -1 if there is none.
static int64_t mapAxis(ReshapeOp reshape, int64_t axis) {
  ArrayRef<int64_t> from = reshape.getInput().getType().getShape();
  ArrayRef<int64_t> to = reshape.getResult().getType().getShape();
  int64_t before = 1, passed = 1;
  for (int64_t size : from.take_front(axis))
    before *= size;
  for (auto [i, size] : llvm::enumerate(to)) {
    if (passed == before && size == from[axis])
      return i;
    passed *= size;
  }
  return -1;
}

/// The parts that `value` is put together of, along one axis; one part where it is not.
static std::vector<OutputPart> partsOf(Value value) {
  Operation *def = value.getDefiningOp();
  if (auto concat = dyn_cast_or_null<ConcatOp>(def)) {
    std::vector<OutputPart> parts;
    int64_t axis = concat.getAxis(), start = 0;
    for (Value operand : concat.getInputs()) {
      OutputPart part = wholeOf(operand);
      part.axis = axis;
      part.start = start;
      part.size = cast<RankedTensorType>(operand.getType()).getDimSize(axis);
      start += part.size;
      parts.push_back(std::move(part));
    }
    return parts;
  }
  if (!def || !isa<TransposeOp, ReshapeOp, RequantizeOp>(def))
    return {wholeOf(value)};
  std::vector<OutputPart> parts = partsOf(def->getOperand(0));
  int64_t axis = parts.front().axis;
  if (auto transpose = dyn_cast<TransposeOp>(def); transpose && axis >= 0)
    axis = llvm::find(transpose.getPermutation(), axis) - transpose.getPermutation().begin();
  if (auto reshape = dyn_cast<ReshapeOp>(def); reshape && axis >= 0)
    axis = mapAxis(reshape, axis);
  if (axis < 0)
    return {wholeOf(value)};
  for (OutputPart &part : parts)
    part.axis = axis;
  return parts;
}

std::vector<std::vector<OutputPart>> findOutputParts(func::FuncOp network) {
  std::vector<std::vector<OutputPart>> outputs;
  if (network.isExternal())
    return outputs;
  for (Value value : network.front().getTerminator()->getOperands())
    outputs.push_back(partsOf(value));
  return outputs;
}

} // namespace nnq
