// Reading and making constants.

#include "nnq/Transforms/ConstantData.h"

#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;

namespace nnq {

/// Constants up to this size stay readable in text.
static constexpr size_t largestDense = 1024;

namespace {
struct RawConstant {
  ArrayRef<char> bytes; ///< one element if `isSplat`
  bool isSplat;
};
} // namespace

static std::optional<RawConstant> readRaw(ElementsAttr attribute) {
  if (auto dense = dyn_cast<DenseElementsAttr>(attribute)) {
    if (isa<DenseStringElementsAttr>(attribute))
      return std::nullopt;
    return RawConstant{dense.getRawData(), dense.isSplat()};
  }
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(attribute))
    if (AsmResourceBlob *blob = resource.getRawHandle().getBlob())
      return RawConstant{blob->getData(), false};
  return std::nullopt;
}

template <typename T> static bool holds(Type element) {
  return std::is_same_v<T, float> ? element.isF32() : element.isInteger(8 * sizeof(T));
}

template <typename T> std::optional<ConstantValues<T>> readConstant(Value value) {
  auto constant = value.getDefiningOp<ConstantOp>();
  if (!constant || !holds<T>(constant.getValue().getElementType()))
    return std::nullopt;
  std::optional<RawConstant> raw = readRaw(constant.getValue());
  size_t count = constant.getValue().getNumElements();
  if (!raw || raw->bytes.size() != (raw->isSplat ? 1 : count) * sizeof(T))
    return std::nullopt;
  auto *data = reinterpret_cast<const T *>(raw->bytes.data());
  if (raw->isSplat && count != 1)
    return ConstantValues<T>(std::vector<T>(count, *data));
  return ConstantValues<T>(ArrayRef<T>(data, count));
}

static ElementsAttr makeAttribute(ShapedType storage, ArrayRef<char> bytes, size_t alignment) {
  if (bytes.size() <= largestDense)
    return DenseElementsAttr::getFromRawBuffer(storage, bytes);
  return DenseResourceElementsAttr::get(
      storage, "nnq", HeapAsmResourceBlob::allocateAndCopyWithAlign(bytes, alignment));
}

template <typename T>
ConstantOp createConstant(OpBuilder &builder, Location loc, RankedTensorType type,
                          ArrayRef<T> values) {
  auto storage = cast<ShapedType>(getStorageType(type));
  ArrayRef<char> bytes(reinterpret_cast<const char *>(values.data()), values.size() * sizeof(T));
  return ConstantOp::create(builder, loc, type, makeAttribute(storage, bytes, alignof(T)));
}

template std::optional<ConstantValues<float>> readConstant<float>(Value);
template std::optional<ConstantValues<int8_t>> readConstant<int8_t>(Value);
template std::optional<ConstantValues<int32_t>> readConstant<int32_t>(Value);
template ConstantOp createConstant<float>(OpBuilder &, Location, RankedTensorType, ArrayRef<float>);
template ConstantOp createConstant<int8_t>(OpBuilder &, Location, RankedTensorType,
                                           ArrayRef<int8_t>);
template ConstantOp createConstant<int32_t>(OpBuilder &, Location, RankedTensorType,
                                            ArrayRef<int32_t>);

/// Copies elements of `size` bytes from `from`, in the order of `shape`, to `to` in permuted order.
static void permuteBytes(ArrayRef<char> from, MutableArrayRef<char> to, size_t size,
                         ArrayRef<int64_t> shape, ArrayRef<int64_t> permutation) {
  size_t rank = shape.size();
  SmallVector<int64_t> strides(rank, 1), sizes(rank), steps(rank), index(rank, 0);
  for (size_t d = rank - 1; d > 0; --d)
    strides[d - 1] = strides[d] * shape[d];
  for (size_t d = 0; d < rank; ++d) {
    sizes[d] = shape[permutation[d]];
    steps[d] = strides[permutation[d]] * size;
  }
  const char *source = from.data();
  char *out = to.data(), *end = out + to.size();
  while (out != end) {
    for (int64_t i = 0; i < sizes[rank - 1]; ++i, out += size)
      std::memcpy(out, source + i * steps[rank - 1], size);
    for (size_t d = rank - 1; d-- > 0;) {
      source += steps[d];
      if (++index[d] < sizes[d])
        break;
      source -= steps[d] * sizes[d];
      index[d] = 0;
    }
  }
}

ConstantOp permuteConstant(OpBuilder &builder, ConstantOp constant, ArrayRef<int64_t> viewShape,
                           ArrayRef<int64_t> permutation, RankedTensorType type) {
  ElementsAttr attribute = constant.getValue();
  auto storage = cast<ShapedType>(getStorageType(type));
  std::optional<RawConstant> raw = readRaw(attribute);
  size_t count = attribute.getNumElements();
  if (!raw || !storage.getElementType().isIntOrFloat() ||
      storage.getElementTypeBitWidth() % 8 != 0 || count == 0)
    return nullptr;
  bool identity =
      raw->isSplat || llvm::equal(permutation, llvm::seq<int64_t>(0, permutation.size()));
  if (identity) {
    ElementsAttr same;
    if (auto dense = dyn_cast<DenseElementsAttr>(attribute))
      same = dense.reshape(storage);
    else
      same = DenseResourceElementsAttr::get(
          storage, cast<DenseResourceElementsAttr>(attribute).getRawHandle());
    return ConstantOp::create(builder, constant.getLoc(), type, same);
  }
  size_t size = storage.getElementTypeBitWidth() / 8;
  if (raw->bytes.size() != count * size)
    return nullptr;
  if (raw->bytes.size() <= largestDense) {
    std::vector<char> bytes(raw->bytes.size());
    permuteBytes(raw->bytes, bytes, size, viewShape, permutation);
    return ConstantOp::create(builder, constant.getLoc(), type,
                              DenseElementsAttr::getFromRawBuffer(storage, bytes));
  }
  AsmResourceBlob blob =
      HeapAsmResourceBlob::allocate(raw->bytes.size(), size, /*dataIsMutable=*/true);
  permuteBytes(raw->bytes, blob.getMutableData(), size, viewShape, permutation);
  return ConstantOp::create(builder, constant.getLoc(), type,
                            DenseResourceElementsAttr::get(storage, "nnq", std::move(blob)));
}

} // namespace nnq
