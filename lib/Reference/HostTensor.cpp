// Tensors in the host's memory: allocation, checks, reading of constants.

#include "nnq/Reference/HostTensor.h"

#include "nnq/Dialect/NNQ/IR/NNQDialect.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/DialectResourceBlobManager.h"

#include <cstring>
#include <limits>

using namespace mlir;

namespace nnq::reference {

constexpr int64_t int32Min = std::numeric_limits<int32_t>::min(),
                  int32Max = std::numeric_limits<int32_t>::max();

/// What elements of that type are held as: positions in a codebook as the codes that they stand for.
static Type heldType(Type elementType) {
  auto codebook = dyn_cast<QuantileType>(elementType);
  return codebook ? Type(codebook.getExpressed()) : elementType;
}

bool HostTensor::isSupported(Type elementType) {
  elementType = heldType(elementType);
  if (elementType.isF32() || elementType.isIndex())
    return true;
  if (auto integer = dyn_cast<IntegerType>(elementType))
    return integer.getWidth() <= 64;
  auto quantized = dyn_cast<quant::QuantizedType>(elementType);
  return isa_and_nonnull<quant::UniformQuantizedType, quant::UniformQuantizedPerAxisType,
                         quant::UniformQuantizedSubChannelType>(quantized) &&
         quantized.getStorageTypeMin() >= int32Min && quantized.getStorageTypeMax() <= int32Max;
}

HostTensor HostTensor::zeros(RankedTensorType type) {
  type = type.clone(heldType(type.getElementType()));
  size_t count = type.getNumElements();
  if (type.getElementType().isF32())
    return HostTensor(type.getShape(), type.getElementType(), std::vector<float>(count));
  if (type.getElementType().isIntOrIndex())
    return HostTensor(type.getShape(), type.getElementType(), std::vector<int64_t>(count));
  return HostTensor(type.getShape(), type.getElementType(), std::vector<int32_t>(count));
}

static LogicalResult verifyCodes(const HostTensor &tensor,
                                 function_ref<InFlightDiagnostic()> emitError) {
  auto quantized = dyn_cast<quant::QuantizedType>(tensor.elementType);
  if (!quantized)
    return success();
  int64_t lo = quantized.getStorageTypeMin(), hi = quantized.getStorageTypeMax();
  for (auto [i, code] : llvm::enumerate(tensor.integers()))
    if (code < lo || code > hi)
      return emitError() << "element " << i << " is " << code << ", outside the storage range ["
                         << lo << ", " << hi << "] of " << tensor.elementType;
  return success();
}

LogicalResult verify(const HostTensor &tensor, RankedTensorType type,
                     function_ref<InFlightDiagnostic()> emitError) {
  if (tensor.elementType != heldType(type.getElementType()))
    return emitError() << "has element type " << tensor.elementType << " where " << type
                       << " is needed";
  if (ArrayRef<int64_t>(tensor.shape) != type.getShape()) {
    InFlightDiagnostic diag = emitError() << "has shape [";
    llvm::interleaveComma(tensor.shape, diag);
    return diag << "] where " << type << " is needed";
  }
  HostTensor wanted = HostTensor::zeros(type.clone(ArrayRef<int64_t>{}));
  if (tensor.storage.index() != wanted.storage.index()) {
    constexpr StringLiteral names[] = {"floats", "codes", "integers"};
    return emitError() << "holds " << names[tensor.storage.index()] << " where " << type
                       << " is needed";
  }
  int64_t found = std::visit([](const auto &values) { return values.size(); }, tensor.storage);
  if (found != type.getNumElements())
    return emitError() << "holds " << found << " elements where " << type << " needs "
                       << type.getNumElements();
  return verifyCodes(tensor, emitError);
}

/// `count` integers of `Stored`, widened.
template <typename Stored> static std::vector<int64_t> widen(ArrayRef<char> bytes, size_t count) {
  std::vector<int64_t> values(count);
  for (size_t i = 0; i < count; ++i) {
    Stored stored;
    std::memcpy(&stored, bytes.data() + i * sizeof(Stored), sizeof(Stored));
    values[i] = static_cast<int64_t>(stored);
  }
  return values;
}

/// Integers of a raw buffer, each in its own whole bytes, as MLIR keeps them.
static std::vector<int64_t> readIntegers(ArrayRef<char> bytes, size_t count, unsigned storedBytes,
                                         bool isSigned) {
  switch (storedBytes) {
  case 1:
    return isSigned ? widen<int8_t>(bytes, count) : widen<uint8_t>(bytes, count);
  case 2:
    return isSigned ? widen<int16_t>(bytes, count) : widen<uint16_t>(bytes, count);
  case 4:
    return isSigned ? widen<int32_t>(bytes, count) : widen<uint32_t>(bytes, count);
  default:
    return widen<int64_t>(bytes, count);
  }
}

/// The integers of a constant, by the sign of its type.
static LogicalResult setIntegers(HostTensor &tensor, std::vector<int64_t> values,
                                 function_ref<InFlightDiagnostic()> emitError) {
  if (tensor.elementType.isIntOrIndex()) {
    tensor.plainIntegers() = std::move(values);
    return success();
  }
  for (auto [i, value] : llvm::enumerate(values)) {
    if (value < int32Min || value > int32Max)
      return emitError() << "element " << i << " is " << value
                         << "; the reference holds codes of 32 bits";
    tensor.integers()[i] = static_cast<int32_t>(value);
  }
  return success();
}

/// Replaces positions in a codebook by what stands there.
static LogicalResult lookUp(HostTensor &positions, QuantileType codebook,
                            function_ref<InFlightDiagnostic()> emitError) {
  ArrayRef<int64_t> levels = codebook.getLevels();
  for (auto [i, position] : llvm::enumerate(positions.integers())) {
    if (position < 0 || position >= static_cast<int64_t>(levels.size()))
      return emitError() << "element " << i << " is position " << position << " of a codebook of "
                         << levels.size() << " levels";
    position = static_cast<int32_t>(levels[position]);
  }
  return success();
}

FailureOr<HostTensor> fromElements(ElementsAttr value, RankedTensorType type,
                                   function_ref<InFlightDiagnostic()> emitError) {
  HostTensor tensor = HostTensor::zeros(type);
  auto count = static_cast<size_t>(type.getNumElements());
  auto quantized = dyn_cast<quant::QuantizedType>(type.getElementType());
  Type stored = value.getElementType();
  auto plain = dyn_cast<IntegerType>(type.getElementType());
  auto codebook = dyn_cast<QuantileType>(type.getElementType());
  bool isSigned = quantized
                      ? quantized.isSigned()
                      : !codebook && (!plain || (!plain.isUnsigned() && plain.getWidth() > 1));

  if (auto dense = dyn_cast<DenseElementsAttr>(value)) {
    if (tensor.isFloat()) {
      auto values = dense.getValues<float>();
      tensor.floats().assign(values.begin(), values.end());
    } else {
      std::vector<int64_t> integers;
      for (const APInt &element : dense.getValues<APInt>())
        integers.push_back(isSigned ? element.getSExtValue()
                                    : static_cast<int64_t>(element.getZExtValue()));
      if (failed(setIntegers(tensor, std::move(integers), emitError)))
        return failure();
    }
  } else if (auto resource = dyn_cast<DenseResourceElementsAttr>(value)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    unsigned width = stored.isIndex() ? 64 : stored.getIntOrFloatBitWidth();
    unsigned storedBytes = llvm::PowerOf2Ceil((width + 7) / 8);
    if (!blob || blob->getData().size() != count * storedBytes)
      return emitError() << "resource '" << resource.getRawHandle().getKey() << "' holds "
                         << (blob ? blob->getData().size() : 0) << " bytes where "
                         << value.getShapedType() << " needs " << count * storedBytes;
    if (tensor.isFloat())
      std::memcpy(tensor.floats().data(), blob->getData().data(), count * sizeof(float));
    else if (failed(setIntegers(tensor, readIntegers(blob->getData(), count, storedBytes, isSigned),
                                emitError)))
      return failure();
  } else {
    return emitError() << "the reference reads dense and resource constants, not " << value;
  }
  if ((codebook && failed(lookUp(tensor, codebook, emitError))) ||
      failed(verifyCodes(tensor, emitError)))
    return failure();
  return tensor;
}

} // namespace nnq::reference
