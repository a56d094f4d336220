// The bytes of constant tensors.

#include "ConstantBytes.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;

namespace nnq {

std::vector<char> getConstantBytes(ElementsAttr value) {
  int64_t elementBytes = llvm::divideCeil(value.getElementType().getIntOrFloatBitWidth(), 8);
  size_t total = value.getNumElements() * elementBytes;
  ArrayRef<char> raw;
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value))
    raw = resource.getRawHandle().getBlob()->getData();
  else
    raw = cast<DenseElementsAttr>(value).getRawData();
  std::vector<char> bytes(total);
  for (size_t i = 0; i < total; i += raw.size())
    std::copy_n(raw.begin(), std::min(raw.size(), total - i), bytes.begin() + i);
  return bytes;
}

ElementsAttr makeConstant(RankedTensorType type, ArrayRef<char> bytes, StringRef name) {
  return DenseResourceElementsAttr::get(type, name, HeapAsmResourceBlob::allocateAndCopyWithAlign(bytes, /*align=*/64));
}

} // namespace nnq
