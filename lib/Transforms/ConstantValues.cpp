// Reading and making constants.

#include "nnq/Transforms/ConstantValues.h"

#include "nnq/Dialect/NNQ/IR/ConstantData.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"

#include "mlir/Dialect/Utils/IndexingUtils.h"

using namespace mlir;

namespace nnq {

template <typename T> static bool holds(Type element) {
  return std::is_same_v<T, float> ? element.isF32() : element.isInteger(8 * sizeof(T));
}

template <typename T> std::optional<ConstantValues<T>> readConstant(Value value) {
  auto constant = value.getDefiningOp<ConstantOp>();
  if (!constant || !holds<T>(constant.getValue().getElementType()))
    return std::nullopt;
  FailureOr<ConstantData> data = ConstantData::get(constant.getValue());
  if (failed(data))
    return std::nullopt;
  auto *values = reinterpret_cast<const T *>(data->getBytes().data());
  if (data->isOneValue() && data->size() != 1)
    return ConstantValues<T>(std::vector<T>(data->size(), *values));
  return ConstantValues<T>(ArrayRef<T>(values, data->size()));
}

template <typename T>
ConstantOp createConstant(OpBuilder &builder, Location loc, RankedTensorType type,
                          ArrayRef<T> values) {
  return ConstantOp::create(builder, loc, type,
                            makeConstant(cast<RankedTensorType>(getStorageType(type)), values));
}

template std::optional<ConstantValues<float>> readConstant<float>(Value);
template std::optional<ConstantValues<int8_t>> readConstant<int8_t>(Value);
template std::optional<ConstantValues<int32_t>> readConstant<int32_t>(Value);
template ConstantOp createConstant<float>(OpBuilder &, Location, RankedTensorType, ArrayRef<float>);
template ConstantOp createConstant<int8_t>(OpBuilder &, Location, RankedTensorType,
                                           ArrayRef<int8_t>);
template ConstantOp createConstant<int32_t>(OpBuilder &, Location, RankedTensorType,
                                            ArrayRef<int32_t>);

ConstantOp permuteConstant(OpBuilder &builder, ConstantOp constant, ArrayRef<int64_t> viewShape,
                           ArrayRef<int64_t> permutation, RankedTensorType type) {
  auto storage = cast<RankedTensorType>(getStorageType(type));
  FailureOr<ConstantData> data = ConstantData::get(constant.getValue());
  if (failed(data))
    return nullptr;
  if (data->isOneValue() || llvm::is_sorted(permutation))
    return ConstantOp::create(builder, constant.getLoc(), type,
                              reshapeConstant(constant.getValue(), storage.getShape()));
  SmallVector<int64_t> strides = computeSuffixProduct(viewShape);
  SmallVector<int64_t> sizes = applyPermutation(viewShape, permutation),
                       steps = applyPermutation(ArrayRef<int64_t>(strides), permutation);
  auto source = [&](int64_t at) {
    int64_t from = 0;
    for (size_t d = sizes.size(); d-- > 0; at /= sizes[d])
      from += at % sizes[d] * steps[d];
    return from;
  };
  return ConstantOp::create(builder, constant.getLoc(), type, data->gather(storage, source));
}

} // namespace nnq
