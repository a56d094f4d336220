// Reads and rewrites the elements of constants, whether they stand in the IR or in a resource.

#ifndef NNQ_DIALECT_NNQ_IR_CONSTANTDATA_H
#define NNQ_DIALECT_NNQ_IR_CONSTANTDATA_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace nnq {

/// A view of a constant's elements in row-major order, without a copy. The attribute must outlive
/// it.
class ConstantData {
public:
  /// Fails on elements that are neither integers nor floats, and on resources whose data is missing
  /// or of another size.
  static mlir::FailureOr<ConstantData> get(mlir::ElementsAttr value);

  int64_t size() const { return numElements; }
  /// All elements, or the one of a splat (`isOneValue`), as they lie in memory: in whole bytes, but
  /// for i1, of which dense constants have eight in a byte.
  llvm::ArrayRef<char> getBytes() const { return bytes; }
  bool isOneValue() const { return isSplat; }

  /// Element `i` of an integer constant. Bits above the element's width are ignored; 64 of them are
  /// a signed number.
  int64_t getInteger(int64_t i, bool isSigned) const;
  /// Element `i` of an f32 constant.
  float getFloat(int64_t i) const;

  /// A constant of `type` whose element `i` is element `source(i)` of this one, or 0 where that is
  /// negative. The element type stays.
  mlir::ElementsAttr gather(mlir::RankedTensorType type,
                            llvm::function_ref<int64_t(int64_t)> source) const;

private:
  const char *at(int64_t i) const { return bytes.data() + (isSplat ? 0 : i * elementBytes); }

  llvm::ArrayRef<char> bytes;
  int64_t numElements = 0, elementBytes = 0;
  unsigned bits = 0;
  bool isSplat = false, isBitPacked = false;
};

/// A constant of `type` from its bytes, each element `bytes.size() / elements` wide (i1: a byte).
/// Large ones become resources.
mlir::ElementsAttr makeConstant(mlir::RankedTensorType type, llvm::ArrayRef<char> bytes);

template <typename T>
mlir::ElementsAttr makeConstant(mlir::RankedTensorType type, llvm::ArrayRef<T> values) {
  return makeConstant(type, llvm::ArrayRef(reinterpret_cast<const char *>(values.data()),
                                           values.size() * sizeof(T)));
}

/// The same elements in another shape; the data is shared.
mlir::ElementsAttr reshapeConstant(mlir::ElementsAttr value, llvm::ArrayRef<int64_t> shape);

} // namespace nnq

#endif // NNQ_DIALECT_NNQ_IR_CONSTANTDATA_H
