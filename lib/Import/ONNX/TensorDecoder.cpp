// Decodes the little-endian elements of ONNX tensors.

#include "TensorDecoder.h"

#include "llvm/ADT/bit.h"
#include "llvm/Support/Endian.h"

using namespace nnq::onnximport;
using llvm::support::endian::read;

unsigned nnq::onnximport::bitsOf(DataType type) {
  switch (type) {
  case DataType::UInt2:
  case DataType::Int2:
    return 2;
  case DataType::UInt4:
  case DataType::Int4:
    return 4;
  case DataType::UInt8:
  case DataType::Int8:
  case DataType::Bool:
    return 8;
  case DataType::UInt16:
  case DataType::Int16:
  case DataType::Float16:
  case DataType::BFloat16:
    return 16;
  case DataType::Float:
  case DataType::Int32:
  case DataType::UInt32:
    return 32;
  case DataType::Int64:
  case DataType::UInt64:
  case DataType::Double:
    return 64;
  default:
    return 0;
  }
}

/// binary16 to binary32, which holds each of its values.
static float halfToFloat(uint16_t half) {
  uint32_t sign = static_cast<uint32_t>(half & 0x8000) << 16;
  uint32_t exponent = (half >> 10) & 31, fraction = half & 1023;
  if (exponent == 31) // infinity, NaN
    return llvm::bit_cast<float>(sign | 0x7f800000u | fraction << 13);
  if (exponent != 0)
    return llvm::bit_cast<float>(sign | (exponent + 112) << 23 | fraction << 13);
  float magnitude = static_cast<float>(fraction) * 0x1p-24f; // zero, subnormal
  return sign ? -magnitude : magnitude;
}

static float bfloatToFloat(uint16_t bits) {
  return llvm::bit_cast<float>(static_cast<uint32_t>(bits) << 16);
}

/// Element `i` of a tensor of less than 8 bits, the first ones in the low bits of a byte.
template <typename Bytes> static int64_t unpack(DataType type, const Bytes &bytes, int64_t i) {
  unsigned width = bitsOf(type), perByte = 8 / width;
  unsigned bits = static_cast<unsigned>(bytes[i / perByte]) >> (i % perByte * width);
  bits &= (1u << width) - 1;
  bool isSigned = type == DataType::Int4 || type == DataType::Int2;
  return isSigned && bits >> (width - 1) ? static_cast<int64_t>(bits) - (1 << width) : bits;
}

template <typename Stored, typename Result, typename Convert>
static std::vector<Result> decodeEach(llvm::StringRef bytes, int64_t count, Convert convert) {
  std::vector<Result> values(count);
  for (int64_t i = 0; i < count; ++i)
    values[i] = convert(read<Stored>(bytes.data() + i * sizeof(Stored), llvm::endianness::little));
  return values;
}

template <typename Stored>
static HostTensor decodeInts(DataType type, llvm::ArrayRef<int64_t> shape, llvm::StringRef bytes,
                             int64_t count) {
  auto widen = [](Stored value) { return static_cast<int64_t>(value); };
  return HostTensor::ofInts(shape, decodeEach<Stored, int64_t>(bytes, count, widen), type);
}

template <typename Stored, typename Convert>
static HostTensor decodeFloats(llvm::ArrayRef<int64_t> shape, llvm::StringRef bytes, int64_t count,
                               Convert convert) {
  return HostTensor::ofFloats(shape, decodeEach<Stored, float>(bytes, count, convert));
}

/// The bytes as they are, if this machine can read them so.
template <typename T> static llvm::ArrayRef<T> viewAs(llvm::StringRef bytes) {
  if (llvm::endianness::native != llvm::endianness::little ||
      reinterpret_cast<uintptr_t>(bytes.data()) % alignof(T) != 0)
    return {};
  return {reinterpret_cast<const T *>(bytes.data()), bytes.size() / sizeof(T)};
}

HostTensor nnq::onnximport::decodeRaw(DataType type, llvm::ArrayRef<int64_t> shape,
                                      llvm::StringRef bytes, std::shared_ptr<const void> owner) {
  int64_t count = *countElements(shape);
  switch (type) {
  case DataType::Float:
    if (auto view = viewAs<float>(bytes); !view.empty())
      return {type, Shape(shape), view, {}, std::move(owner)};
    return decodeFloats<uint32_t>(shape, bytes, count, llvm::bit_cast<float, uint32_t>);
  case DataType::Float16:
    return decodeFloats<uint16_t>(shape, bytes, count, halfToFloat);
  case DataType::BFloat16:
    return decodeFloats<uint16_t>(shape, bytes, count, bfloatToFloat);
  case DataType::Double:
    return decodeFloats<uint64_t>(shape, bytes, count, [](uint64_t bits) {
      return static_cast<float>(llvm::bit_cast<double>(bits));
    });
  case DataType::Int64:
  case DataType::UInt64:
    if (auto view = viewAs<int64_t>(bytes); !view.empty())
      return {type, Shape(shape), {}, view, std::move(owner)};
    return decodeInts<int64_t>(type, shape, bytes, count);
  case DataType::Int32:
    return decodeInts<int32_t>(type, shape, bytes, count);
  case DataType::UInt32:
    return decodeInts<uint32_t>(type, shape, bytes, count);
  case DataType::Int16:
    return decodeInts<int16_t>(type, shape, bytes, count);
  case DataType::UInt16:
    return decodeInts<uint16_t>(type, shape, bytes, count);
  case DataType::Int8:
    return decodeInts<int8_t>(type, shape, bytes, count);
  case DataType::UInt8:
  case DataType::Bool:
    return decodeInts<uint8_t>(type, shape, bytes, count);
  default: { // less than 8 bits
    std::vector<int64_t> values(count);
    for (int64_t i = 0; i < count; ++i)
      values[i] = unpack(type, bytes, i);
    return HostTensor::ofInts(shape, std::move(values), type);
  }
  }
}

HostTensor nnq::onnximport::decodeTyped(DataType type, llvm::ArrayRef<int64_t> shape,
                                        llvm::ArrayRef<int64_t> codes) {
  int64_t count = *countElements(shape);
  if (type == DataType::Float16 || type == DataType::BFloat16) {
    std::vector<float> values(count);
    for (int64_t i = 0; i < count; ++i)
      values[i] = type == DataType::Float16 ? halfToFloat(codes[i]) : bfloatToFloat(codes[i]);
    return HostTensor::ofFloats(shape, std::move(values));
  }
  std::vector<int64_t> values(count);
  for (int64_t i = 0; i < count; ++i)
    values[i] = bitsOf(type) < 8 ? unpack(type, codes, i) : codes[i];
  return HostTensor::ofInts(shape, std::move(values), type);
}
