// Tensors that are known while a model is read.

#include "HostTensor.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace nnq::onnximport;

std::string nnq::onnximport::nameOf(DataType type) {
  static constexpr llvm::StringLiteral names[] = {
      "UNDEFINED",      "FLOAT",    "UINT8",        "INT8",           "UINT16",
      "INT16",          "INT32",    "INT64",        "STRING",         "BOOL",
      "FLOAT16",        "DOUBLE",   "UINT32",       "UINT64",         "COMPLEX64",
      "COMPLEX128",     "BFLOAT16", "FLOAT8E4M3FN", "FLOAT8E4M3FNUZ", "FLOAT8E5M2",
      "FLOAT8E5M2FNUZ", "UINT4",    "INT4",         "FLOAT4E2M1",     "FLOAT8E8M0",
      "UINT2",          "INT2"};
  auto number = static_cast<int32_t>(type);
  if (number < 0 || number >= static_cast<int32_t>(std::size(names)))
    return "type " + std::to_string(number);
  return names[number].str();
}

bool nnq::onnximport::isFloat(DataType type) {
  return type == DataType::Float || type == DataType::Float16 || type == DataType::Double ||
         type == DataType::BFloat16;
}

bool nnq::onnximport::isInteger(DataType type) {
  switch (type) {
  case DataType::UInt8:
  case DataType::Int8:
  case DataType::UInt16:
  case DataType::Int16:
  case DataType::Int32:
  case DataType::Int64:
  case DataType::Bool:
  case DataType::UInt32:
  case DataType::UInt64:
  case DataType::UInt4:
  case DataType::Int4:
  case DataType::UInt2:
  case DataType::Int2:
    return true;
  default:
    return false;
  }
}

std::optional<int64_t> nnq::onnximport::countElements(llvm::ArrayRef<int64_t> shape) {
  constexpr int64_t largest = int64_t{1} << 40;
  if (llvm::any_of(shape, [](int64_t size) { return size < 0; }))
    return std::nullopt;
  int64_t count =
      1; // of the dimensions that are not 0, so that no product of some of them overflows
  for (int64_t size : shape)
    if (size != 0 && (llvm::MulOverflow(count, size, count) || count > largest))
      return std::nullopt;
  return llvm::is_contained(shape, 0) ? 0 : count;
}

HostTensor HostTensor::ofFloats(llvm::ArrayRef<int64_t> shape, std::vector<float> values) {
  auto storage = std::make_shared<std::vector<float>>(std::move(values));
  return {DataType::Float, Shape(shape), *storage, {}, storage};
}

HostTensor HostTensor::ofInts(llvm::ArrayRef<int64_t> shape, std::vector<int64_t> values,
                              DataType type) {
  auto storage = std::make_shared<std::vector<int64_t>>(std::move(values));
  return {type, Shape(shape), {}, *storage, storage};
}
