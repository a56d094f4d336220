// Weights of layers as patterns of zeros see them.

#include "nnq/Transforms/PrunedLayers.h"

#include "nnq/Dialect/NNQ/IR/ConstantData.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"

using namespace mlir;

namespace nnq {

llvm::Expected<WeightShape> getWeightShape(AccumulatingOp op) {
  std::optional<InputWindow> window = op.getWindow();
  auto type = cast<RankedTensorType>(op.getWeightOperand().get().getType());
  ArrayRef<int64_t> shape = type.getShape();
  if (!window || type.getNumElements() == 0)
    return llvm::createStringError("its sums are not over windows of its input");
  return WeightShape{shape.front(), type.getNumElements() / (shape.front() * shape.back()),
                     shape.back(), window->groups};
}

llvm::Error checkSuits(AccumulatingOp op, const PruningPattern &pattern) {
  llvm::Expected<WeightShape> shape = getWeightShape(op);
  return shape ? pattern.checkSuits(*shape) : shape.takeError();
}

/// Whether the code 0 stands for 0.
static bool isZeroAtZero(Type weights) {
  quant::QuantizedType element = getQuantizedElement(weights);
  return !element ||
         (!getCodebook(weights) &&
          llvm::all_of(getZeroPoints(element), [](int64_t point) { return point == 0; }));
}

std::optional<WeightMask> readWeightMask(AccumulatingOp op) {
  Value weights = op.getWeightOperand().get();
  auto constant = weights.getDefiningOp<ConstantOp>();
  llvm::Expected<WeightShape> shape = getWeightShape(op);
  if (!shape || !constant || !isZeroAtZero(weights.getType())) {
    llvm::consumeError(shape.takeError());
    return std::nullopt;
  }
  Type stored = constant.getValue().getElementType();
  FailureOr<ConstantData> data = ConstantData::get(constant.getValue());
  if (failed(data) || !(stored.isF32() || stored.isInteger()))
    return std::nullopt;
  WeightMask mask{*shape, std::vector<uint8_t>(data->size())};
  for (auto [i, kept] : llvm::enumerate(mask.kept))
    kept = stored.isF32() ? data->getFloat(i) != 0 : data->getInteger(i, /*isSigned=*/true) != 0;
  return mask;
}

} // namespace nnq
