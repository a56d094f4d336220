// Tensors in the host's memory: allocation, checks, reading of constants.

#include "nnq/Reference/HostTensor.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/DialectResourceBlobManager.h"

#include <cstring>
#include <limits>

using namespace mlir;

namespace nnq::reference {

constexpr int64_t int32Min = std::numeric_limits<int32_t>::min(),
                  int32Max = std::numeric_limits<int32_t>::max();

bool HostTensor::isSupported(Type elementType) {
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
  size_t count = type.getNumElements();
  if (type.getElementType().isF32())
    return HostTensor(type.getShape(), type.getElementType(), std::vector<float>(count));
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
  if (tensor.elementType != type.getElementType())
    return emitError() << "has element type " << tensor.elementType << " where " << type
                       << " is needed";
  if (ArrayRef<int64_t>(tensor.shape) != type.getShape()) {
    InFlightDiagnostic diag = emitError() << "has shape [";
    llvm::interleaveComma(tensor.shape, diag);
    return diag << "] where " << type << " is needed";
  }
  if (tensor.isFloat() != type.getElementType().isF32())
    return emitError() << "holds " << (tensor.isFloat() ? "floats" : "integers") << " where "
                       << type << " is needed";
  int64_t found = tensor.isFloat() ? tensor.floats().size() : tensor.integers().size();
  if (found != type.getNumElements())
    return emitError() << "holds " << found << " elements where " << type << " needs "
                       << type.getNumElements();
  return verifyCodes(tensor, emitError);
}

/// `count` integers of `Stored`, widened; i64 values outside i32 are an error.
template <typename Stored>
static FailureOr<std::vector<int32_t>> widen(ArrayRef<char> bytes, size_t count,
                                             function_ref<InFlightDiagnostic()> emitError) {
  std::vector<int32_t> values(count);
  for (size_t i = 0; i < count; ++i) {
    Stored stored;
    std::memcpy(&stored, bytes.data() + i * sizeof(Stored), sizeof(Stored));
    if (static_cast<int64_t>(stored) < int32Min || static_cast<int64_t>(stored) > int32Max)
      return emitError() << "element " << i << " is " << static_cast<int64_t>(stored)
                         << "; the reference holds integers of 32 bits";
    values[i] = static_cast<int32_t>(stored);
  }
  return values;
}

/// Integers of a raw buffer, each in its own whole bytes, as MLIR keeps them.
static FailureOr<std::vector<int32_t>> readIntegers(ArrayRef<char> bytes, size_t count,
                                                    unsigned storedBytes, bool isSigned,
                                                    function_ref<InFlightDiagnostic()> emitError) {
  switch (storedBytes) {
  case 1:
    return isSigned ? widen<int8_t>(bytes, count, emitError)
                    : widen<uint8_t>(bytes, count, emitError);
  case 2:
    return isSigned ? widen<int16_t>(bytes, count, emitError)
                    : widen<uint16_t>(bytes, count, emitError);
  case 4:
    return isSigned ? widen<int32_t>(bytes, count, emitError)
                    : widen<uint32_t>(bytes, count, emitError);
  default:
    return widen<int64_t>(bytes, count, emitError);
  }
}

FailureOr<HostTensor> fromElements(ElementsAttr value, RankedTensorType type,
                                   function_ref<InFlightDiagnostic()> emitError) {
  HostTensor tensor = HostTensor::zeros(type);
  auto count = static_cast<size_t>(type.getNumElements());
  auto quantized = dyn_cast<quant::QuantizedType>(type.getElementType());
  Type stored = value.getElementType();
  bool isSigned =
      quantized ? quantized.isSigned() : !stored.isUnsignedInteger() && !stored.isInteger(1);

  if (auto dense = dyn_cast<DenseElementsAttr>(value)) {
    if (tensor.isFloat()) {
      auto values = dense.getValues<float>();
      tensor.floats().assign(values.begin(), values.end());
    } else {
      std::vector<int32_t> &integers = tensor.integers();
      for (auto [i, element] : llvm::enumerate(dense.getValues<APInt>())) {
        if (!(isSigned ? element.isSignedIntN(32) : element.isIntN(31)))
          return emitError() << "element " << i
                             << " needs more than the 32 bits that the reference holds integers in";
        integers[i] = static_cast<int32_t>(isSigned ? element.getSExtValue()
                                                    : static_cast<int64_t>(element.getZExtValue()));
      }
    }
  } else if (auto resource = dyn_cast<DenseResourceElementsAttr>(value)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    unsigned width = stored.isIndex() ? 64 : stored.getIntOrFloatBitWidth();
    unsigned storedBytes = llvm::PowerOf2Ceil((width + 7) / 8);
    if (!blob || blob->getData().size() != count * storedBytes)
      return emitError() << "resource '" << resource.getRawHandle().getKey() << "' holds "
                         << (blob ? blob->getData().size() : 0) << " bytes where "
                         << value.getShapedType() << " needs " << count * storedBytes;
    if (tensor.isFloat()) {
      std::memcpy(tensor.floats().data(), blob->getData().data(), count * sizeof(float));
    } else {
      auto integers = readIntegers(blob->getData(), count, storedBytes, isSigned, emitError);
      if (failed(integers))
        return failure();
      tensor.integers() = std::move(*integers);
    }
  } else {
    return emitError() << "the reference reads dense and resource constants, not " << value;
  }
  if (failed(verifyCodes(tensor, emitError)))
    return failure();
  return tensor;
}

} // namespace nnq::reference
