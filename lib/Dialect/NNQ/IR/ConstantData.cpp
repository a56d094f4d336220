// Reads and rewrites the elements of constants.

#include "nnq/Dialect/NNQ/IR/ConstantData.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/Support/MathExtras.h"

#include <cstring>

using namespace mlir;

namespace nnq {

/// Above this, data is kept once, outside of the context's table of attributes, and is not printed
/// unless asked for.
constexpr size_t resourceThreshold = 4096;

FailureOr<ConstantData> ConstantData::get(ElementsAttr value) {
  ConstantData data;
  Type element = value.getShapedType().getElementType();
  if (!element.isIntOrFloat())
    return failure();
  data.bits = element.getIntOrFloatBitWidth();
  data.numElements = value.getShapedType().getNumElements();
  data.elementBytes = llvm::divideCeil(data.bits, 8);
  if (auto dense = dyn_cast<DenseElementsAttr>(value)) {
    data.bytes = dense.getRawData();
    data.isSplat = dense.isSplat();
    data.isBitPacked = data.bits == 1;
    return data;
  }
  auto resource = dyn_cast<DenseResourceElementsAttr>(value);
  AsmResourceBlob *blob = resource ? resource.getRawHandle().getBlob() : nullptr;
  if (!blob || static_cast<int64_t>(blob->getData().size()) != data.numElements * data.elementBytes)
    return failure();
  data.bytes = blob->getData();
  return data;
}

int64_t ConstantData::getInteger(int64_t i, bool isSigned) const {
  if (isBitPacked) {
    int64_t bit = isSplat ? bytes[0] & 1 : bytes[i / 8] >> (i % 8) & 1;
    return isSigned ? -bit : bit;
  }
  uint64_t value = 0;
  std::memcpy(&value, at(i), elementBytes); // little endian, as all hosts of this compiler
  value &= llvm::maskTrailingOnes<uint64_t>(bits);
  return isSigned ? llvm::SignExtend64(value, bits) : static_cast<int64_t>(value);
}

float ConstantData::getFloat(int64_t i) const {
  assert(bits == 32 && "floats are f32");
  float value;
  std::memcpy(&value, at(i), sizeof(value));
  return value;
}

ElementsAttr ConstantData::gather(RankedTensorType type,
                                  llvm::function_ref<int64_t(int64_t)> source) const {
  std::vector<char> result(type.getNumElements() * elementBytes);
  for (int64_t i = 0, end = type.getNumElements(); i < end; ++i)
    if (int64_t from = source(i); from >= 0 && isBitPacked)
      result[i] = static_cast<char>(getInteger(from, /*isSigned=*/false));
    else if (from >= 0)
      std::memcpy(result.data() + i * elementBytes, at(from), elementBytes);
  return makeConstant(type, ArrayRef<char>(result));
}

static ElementsAttr makeResource(RankedTensorType type, ArrayRef<char> bytes) {
  // Bytecode is refused where the file's buffer is aligned less than a resource in it; object code
  // aligns its data itself.
  return DenseResourceElementsAttr::get(
      type, "nnq_constant", HeapAsmResourceBlob::allocateAndCopyWithAlign(bytes, /*align=*/16));
}

/// Dense constants of i1 have eight in a byte.
static std::vector<char> packBits(ArrayRef<char> bytes) {
  std::vector<char> packed(llvm::divideCeil(bytes.size(), 8));
  for (auto [i, byte] : llvm::enumerate(bytes))
    packed[i / 8] = static_cast<char>(packed[i / 8] | (byte & 1) << (i % 8));
  return packed;
}

ElementsAttr makeConstant(RankedTensorType type, ArrayRef<char> bytes) {
  if (type.getElementType().isInteger(1) && bytes.size() <= resourceThreshold)
    return DenseElementsAttr::getFromRawBuffer(type, packBits(bytes));
  return bytes.size() <= resourceThreshold ? DenseElementsAttr::getFromRawBuffer(type, bytes)
                                           : makeResource(type, bytes);
}

ElementsAttr reshapeConstant(ElementsAttr value, ArrayRef<int64_t> shape) {
  auto type = RankedTensorType::get(shape, value.getShapedType().getElementType());
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value))
    return DenseResourceElementsAttr::get(type, resource.getRawHandle());
  return cast<DenseElementsAttr>(value).reshape(type);
}

} // namespace nnq
