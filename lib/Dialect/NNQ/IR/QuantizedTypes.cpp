// Questions on upstream's quantized types.

#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace nnq {

//===----------------------------------------------------------------------===//
// Codebooks
//===----------------------------------------------------------------------===//

unsigned QuantileType::getBitsFor(size_t levels) { return levels <= 2 ? 1 : levels <= 4 ? 2 : 4; }

QuantileType QuantileType::getSmallest(quant::QuantizedType expressed, ArrayRef<int64_t> levels) {
  MLIRContext *context = expressed.getContext();
  return get(context, IntegerType::get(context, getBitsFor(levels.size())), expressed, levels);
}

QuantileType QuantileType::withExpressed(quant::QuantizedType expressed) const {
  return get(getContext(), getStorage(), expressed, getLevels());
}

LogicalResult QuantileType::verify(function_ref<InFlightDiagnostic()> emitError,
                                   IntegerType storage, quant::QuantizedType expressed,
                                   ArrayRef<int64_t> levels) {
  unsigned bits = storage.getWidth();
  if (!storage.isSignless() || (bits != 1 && bits != 2 && bits != 4)) // types (T6)
    return emitError() << "a codebook has positions of i1, i2 or i4, not " << storage;
  if (levels.size() < 2 || levels.size() > size_t(1) << bits)
    return emitError() << "positions of " << storage << " are of a codebook of 2 to " << (1 << bits)
                       << " levels, not " << levels.size();
  if (!expressed.isSigned() || !expressed.getStorageType().isInteger(8) ||
      !llvm::all_of(getZeroPoints(expressed), [](int64_t zero) { return zero == 0; }))
    return emitError() << "levels of a codebook are codes of i8 with zero point 0, not of "
                       << expressed;
  for (auto [i, level] : llvm::enumerate(levels)) {
    if (level < expressed.getStorageTypeMin() || level > expressed.getStorageTypeMax())
      return emitError() << "level " << i << " of a codebook is " << level
                         << ", which is no code of " << expressed;
    if (i > 0 && level <= levels[i - 1])
      return emitError() << "level " << i << " of a codebook is " << level << ", behind "
                         << levels[i - 1] << "; levels ascend";
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Tensors and their elements
//===----------------------------------------------------------------------===//

quant::QuantizedType getQuantizedElement(Type type) {
  if (QuantileType codebook = getCodebook(type))
    return codebook.getExpressed();
  return dyn_cast<quant::QuantizedType>(getElementTypeOrSelf(type));
}

QuantileType getCodebook(Type type) { return dyn_cast<QuantileType>(getElementTypeOrSelf(type)); }

RankedTensorType withQuantizedElement(RankedTensorType type, quant::QuantizedType element) {
  QuantileType codebook = getCodebook(type);
  return type.clone(codebook ? Type(codebook.withExpressed(element)) : element);
}

unsigned getElementBits(Type type) {
  Type element = getElementTypeOrSelf(type);
  if (QuantileType codebook = getCodebook(element))
    return codebook.getStorage().getWidth();
  auto quantized = getQuantizedElement(element);
  return quantized ? quantized.getStorageTypeIntegralWidth() : element.getIntOrFloatBitWidth();
}

bool isFloatTensor(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.getElementType().isF32();
}

SmallVector<double> getScales(quant::QuantizedType type) {
  if (auto t = dyn_cast<quant::UniformQuantizedType>(type))
    return {t.getScale()};
  if (auto t = dyn_cast<quant::UniformQuantizedPerAxisType>(type))
    return SmallVector<double>(t.getScales());
  SmallVector<double> scales;
  if (auto t = dyn_cast<quant::UniformQuantizedSubChannelType>(type))
    for (const APFloat &s : t.getScales().getValues<APFloat>())
      scales.push_back(s.convertToDouble());
  return scales;
}

SmallVector<int64_t> getZeroPoints(quant::QuantizedType type) {
  if (auto t = dyn_cast<quant::UniformQuantizedType>(type))
    return {t.getZeroPoint()};
  if (auto t = dyn_cast<quant::UniformQuantizedPerAxisType>(type))
    return SmallVector<int64_t>(t.getZeroPoints());
  SmallVector<int64_t> zeroPoints;
  if (auto t = dyn_cast<quant::UniformQuantizedSubChannelType>(type))
    for (const APInt &z : t.getZeroPoints().getValues<APInt>()) {
      // Upstream prints them with a sign, and reads narrow ones back into a wider integer.
      APInt code = z.trunc(std::min(z.getBitWidth(), t.getStorageTypeIntegralWidth()));
      zeroPoints.push_back(t.isSigned() ? code.getSExtValue()
                                        : static_cast<int64_t>(code.getZExtValue()));
    }
  return zeroPoints;
}

int64_t getQuantizedAxis(quant::QuantizedType type) {
  auto t = dyn_cast<quant::UniformQuantizedPerAxisType>(type);
  return t ? t.getQuantizedDimension() : -1;
}

std::optional<int64_t> getInputChannelBlock(RankedTensorType weights) {
  auto type = dyn_cast_or_null<quant::UniformQuantizedSubChannelType>(getQuantizedElement(weights));
  if (!type || weights.getRank() < 2)
    return std::nullopt;
  SmallVector<int64_t> sizes(weights.getShape());
  for (auto [dim, size] : type.getBlockSizeInfo())
    sizes[dim] = size;
  ArrayRef<int64_t> between = ArrayRef<int64_t>(sizes).drop_front().drop_back();
  if (sizes.front() != 1 || between != weights.getShape().drop_front().drop_back())
    return std::nullopt;
  return sizes.back();
}

quant::UniformQuantizedType getPerTensorType(MLIRContext *context, bool isSigned, unsigned bits,
                                             float scale, int64_t zeroPoint, int64_t storageMin,
                                             int64_t storageMax) {
  return quant::UniformQuantizedType::get(
      isSigned ? quant::QuantizationFlags::Signed : 0, IntegerType::get(context, bits),
      Float32Type::get(context), scale, zeroPoint, storageMin, storageMax);
}

QuantParams getQuantParams(quant::UniformQuantizedType type, int64_t offset) {
  return {static_cast<float>(type.getScale()), static_cast<int32_t>(type.getZeroPoint() + offset),
          static_cast<int32_t>(type.getStorageTypeMin() + offset),
          static_cast<int32_t>(type.getStorageTypeMax() + offset)};
}

quant::QuantizedType getBiasType(quant::QuantizedType input, quant::QuantizedType weight) {
  auto x = dyn_cast_or_null<quant::UniformQuantizedType>(input);
  if (!x || !weight)
    return nullptr;
  MLIRContext *context = input.getContext();
  auto product = [&](double w) {
    return static_cast<double>(static_cast<float>(x.getScale()) * static_cast<float>(w));
  };
  auto i32 = IntegerType::get(context, 32);
  auto f32 = Float32Type::get(context);
  constexpr int64_t lo = std::numeric_limits<int32_t>::min(),
                    hi = std::numeric_limits<int32_t>::max();
  if (auto w = dyn_cast<quant::UniformQuantizedType>(weight))
    return quant::UniformQuantizedType::get(quant::QuantizationFlags::Signed, i32, f32,
                                            product(w.getScale()), 0, lo, hi);
  if (auto w = dyn_cast<quant::UniformQuantizedPerAxisType>(weight)) {
    SmallVector<double> scales = llvm::map_to_vector(w.getScales(), product);
    SmallVector<int64_t> zeroPoints(scales.size(), 0);
    return quant::UniformQuantizedPerAxisType::get(quant::QuantizationFlags::Signed, i32, f32,
                                                   scales, zeroPoints,
                                                   /*quantizedDimension=*/0, lo, hi);
  }
  return nullptr;
}

/// Integers are stored without a sign, booleans as bytes.
static Type getStorageElement(Type element) {
  if (QuantileType codebook = getCodebook(element))
    return codebook.getStorage();
  if (auto quantized = dyn_cast<quant::QuantizedType>(element))
    return quantized.getStorageType();
  auto integer = dyn_cast<IntegerType>(element);
  return integer ? IntegerType::get(element.getContext(), std::max(8u, integer.getWidth()))
                 : element;
}

Type getStorageType(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor ? tensor.clone(getStorageElement(tensor.getElementType()))
                : getStorageElement(type);
}

Type getMemoryType(Type type) {
  Type storage = getStorageType(type);
  if (!getQuantizedElement(type) || getElementTypeOrSelf(storage).getIntOrFloatBitWidth() >= 8)
    return storage;
  auto byte = IntegerType::get(type.getContext(), 8);
  auto tensor = dyn_cast<RankedTensorType>(storage);
  return tensor ? Type(tensor.clone(byte)) : byte;
}

/// Codes of fewer than `leastBits` are called as if they had so many.
static std::string elementName(Type type, unsigned leastBits) {
  Type element = getElementTypeOrSelf(type);
  if (element.isInteger(1))
    return "bool";
  if (QuantileType codebook = getCodebook(element))
    return codebook.getLevels() == ArrayRef<int64_t>{-1, 1}
               ? "binary"
               : "codebook" + std::to_string(1 << codebook.getStorage().getWidth());
  if (auto quantized = getQuantizedElement(element))
    return (quantized.isSigned() ? "i" : "u") +
           std::to_string(std::max(leastBits, quantized.getStorageTypeIntegralWidth()));
  if (auto integer = dyn_cast<IntegerType>(element))
    return (integer.isUnsigned() ? "u" : "i") + std::to_string(integer.getWidth());
  std::string text;
  llvm::raw_string_ostream(text) << element;
  return text;
}

std::string getElementName(Type type) { return elementName(type, 1); }

std::string getMemoryElementName(Type type) { return elementName(type, 8); }

int64_t getCodeOffset(Operation *op, unsigned index) {
  auto offsets = op->getAttrOfType<DenseI64ArrayAttr>(codeOffsetsAttrName);
  return offsets ? offsets[index] : 0;
}

} // namespace nnq
