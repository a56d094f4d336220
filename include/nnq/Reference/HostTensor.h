//===- HostTensor.h - A tensor in the host's memory -------------*- C++ -*-===//
//
// The values that the executable reference computes on. Apart from the interpreter because callers
// fill and read them without caring how they were computed.
//
//===----------------------------------------------------------------------===//

#ifndef NNQ_REFERENCE_HOSTTENSOR_H
#define NNQ_REFERENCE_HOSTTENSOR_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <cstdint>
#include <variant>
#include <vector>

namespace nnq::reference {

/// A dense tensor in row-major order. Elements of type f32 are stored as float, the storage
/// integers of a quantized type as int32_t, and the elements of a plain integer or index type as
/// int64_t, whatever their width and signedness: 200 of an unsigned 8-bit type is the number 200,
/// and 64 unsigned bits are the signed number of the same bits. One of the alternatives is held, as
/// `elementType` says.
struct HostTensor {
  llvm::SmallVector<int64_t> shape;
  mlir::Type elementType;
  std::variant<std::vector<float>, std::vector<int32_t>, std::vector<int64_t>> storage;

  HostTensor() = default;
  HostTensor(llvm::ArrayRef<int64_t> shape, mlir::Type elementType, std::vector<float> values)
      : shape(shape), elementType(elementType), storage(std::move(values)) {}
  HostTensor(llvm::ArrayRef<int64_t> shape, mlir::Type elementType, std::vector<int32_t> values)
      : shape(shape), elementType(elementType), storage(std::move(values)) {}
  HostTensor(llvm::ArrayRef<int64_t> shape, mlir::Type elementType, std::vector<int64_t> values)
      : shape(shape), elementType(elementType), storage(std::move(values)) {}

  /// A tensor of zeros of a static type whose elements `isSupported`.
  static HostTensor zeros(mlir::RankedTensorType type);

  /// Whether elements of this type can be held: f32, integers up to 64 bits, index, uniform
  /// quantized types.
  static bool isSupported(mlir::Type elementType);

  bool isFloat() const { return std::holds_alternative<std::vector<float>>(storage); }
  std::vector<float> &floats() { return std::get<std::vector<float>>(storage); }
  const std::vector<float> &floats() const { return std::get<std::vector<float>>(storage); }
  std::vector<int32_t> &integers() { return std::get<std::vector<int32_t>>(storage); }
  const std::vector<int32_t> &integers() const { return std::get<std::vector<int32_t>>(storage); }
  /// The elements of a plain integer type.
  std::vector<int64_t> &plainIntegers() { return std::get<std::vector<int64_t>>(storage); }
  const std::vector<int64_t> &plainIntegers() const {
    return std::get<std::vector<int64_t>>(storage);
  }
  int64_t getNumElements() const { return mlir::ShapedType::getNumElements(shape); }
};

/// Checks that `tensor` has the shape and element type of `type`, as many elements as its shape
/// says, and codes inside the storage range of a quantized type. The first violation is reported
/// with the values found and needed.
mlir::LogicalResult verify(const HostTensor &tensor, mlir::RankedTensorType type,
                           llvm::function_ref<mlir::InFlightDiagnostic()> emitError);

/// The elements of a constant, dense or resource. `type` is the type of the constant's result,
/// `value` its storage.
mlir::FailureOr<HostTensor> fromElements(mlir::ElementsAttr value, mlir::RankedTensorType type,
                                         llvm::function_ref<mlir::InFlightDiagnostic()> emitError);

} // namespace nnq::reference

#endif // NNQ_REFERENCE_HOSTTENSOR_H
