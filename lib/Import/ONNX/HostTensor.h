// Tensors that are known while a model is read: weights, and the arithmetic on shapes.

#ifndef NNQ_LIB_IMPORT_ONNX_HOSTTENSOR_H
#define NNQ_LIB_IMPORT_ONNX_HOSTTENSOR_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace nnq::onnximport {

using Shape = llvm::SmallVector<int64_t>;

/// ONNX's data types by number. TensorProto::DataType of the installed libonnx ends at BFloat16.
enum class DataType : int32_t {
  Undefined = 0,
  Float = 1,
  UInt8 = 2,
  Int8 = 3,
  UInt16 = 4,
  Int16 = 5,
  Int32 = 6,
  Int64 = 7,
  String = 8,
  Bool = 9,
  Float16 = 10,
  Double = 11,
  UInt32 = 12,
  UInt64 = 13,
  BFloat16 = 16,
  UInt4 = 21,
  Int4 = 22,
  UInt2 = 25,
  Int2 = 26,
};

/// "FLOAT", "INT4", ...; "type 99" for what ONNX does not know.
std::string nameOf(DataType type);
/// True for the float types whose values are held as `float`.
bool isFloat(DataType type);
/// True for integers and booleans, whose values are held as `int64_t`.
bool isInteger(DataType type);

/// The number of elements, or nothing if a dimension is negative or the product is above 2^40.
std::optional<int64_t> countElements(llvm::ArrayRef<int64_t> shape);

/// A row-major tensor. Copies share the elements.
struct HostTensor {
  DataType type = DataType::Undefined;
  Shape shape;
  /// The elements, in the member that suits `type`.
  llvm::ArrayRef<float> floats;
  llvm::ArrayRef<int64_t> ints;
  /// Keeps the elements alive: a vector, the model's protobuf message, or a mapped file.
  std::shared_ptr<const void> owner;

  int64_t size() const { return isFloat(type) ? floats.size() : ints.size(); }

  static HostTensor ofFloats(llvm::ArrayRef<int64_t> shape, std::vector<float> values);
  static HostTensor ofInts(llvm::ArrayRef<int64_t> shape, std::vector<int64_t> values,
                           DataType type = DataType::Int64);
};

} // namespace nnq::onnximport

#endif // NNQ_LIB_IMPORT_ONNX_HOSTTENSOR_H
