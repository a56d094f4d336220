// Registration of the nnq_kernel dialect, its attributes and operations.

#include "nnq/Dialect/Kernel/IR/KernelDialect.h"
#include "nnq/Dialect/Kernel/IR/KernelOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace nnq;

#include "nnq/Dialect/Kernel/IR/KernelDialect.cpp.inc"
#include "nnq/Dialect/Kernel/IR/KernelInterfaces.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "nnq/Dialect/Kernel/IR/KernelAttributes.cpp.inc"

/// Adds those of these attributes that are weight encodings.
template <typename... Attributes> static void addEncodingsAmong(KernelDialect &dialect) {
  auto add = [&](auto *none) {
    using T = std::remove_pointer_t<decltype(none)>;
    if constexpr (std::is_base_of_v<WeightEncoding::Trait<T>, T>)
      dialect.addWeightEncoding(T::get(dialect.getContext()));
  };
  (add(static_cast<Attributes *>(nullptr)), ...);
}

void KernelDialect::addWeightEncoding(Attribute encoding) {
  Type widest = Float32Type::get(getContext());
  auto bits = [&](Attribute a) { return cast<WeightEncoding>(a).getBitsPerWeight(widest); };
  auto *place = llvm::upper_bound(weightEncodings, encoding,
                                  [&](Attribute a, Attribute b) { return bits(a) < bits(b); });
  weightEncodings.insert(place, encoding);
}

WeightEncoding KernelDialect::findWeightEncoding(Type input, Type weights, ArrayRef<int64_t> levels,
                                                 function_ref<bool(WeightEncoding)> accept) const {
  for (Attribute attribute : weightEncodings)
    if (auto encoding =
            cast_or_null<WeightEncoding>(cast<WeightEncoding>(attribute).withLevels(levels));
        encoding && encoding.supports(input, weights) && accept(encoding))
      return encoding;
  return {};
}

WeightEncoding KernelDialect::findSparseEncoding(Type input, Type weights,
                                                 const PruningPattern &pattern) const {
  for (Attribute attribute : weightEncodings)
    if (auto encoding =
            cast_or_null<WeightEncoding>(cast<WeightEncoding>(attribute).withPattern(pattern));
        encoding && encoding.supports(input, weights))
      return encoding;
  return {};
}

void KernelDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "nnq/Dialect/Kernel/IR/KernelAttributes.cpp.inc"
      >();
  addEncodingsAmong<
#define GET_ATTRDEF_LIST
#include "nnq/Dialect/Kernel/IR/KernelAttributes.cpp.inc"
      >(*this);
  addOperations<
#define GET_OP_LIST
#include "nnq/Dialect/Kernel/IR/KernelOps.cpp.inc"
      >();
}

void LookupOp::build(OpBuilder &b, OperationState &state, Value indices, ArrayRef<int8_t> table) {
  SmallVector<int8_t> bytes(table);
  bytes.resize(tableSize);
  auto type = VectorType::get({tableSize}, b.getI8Type());
  build(
      b, state, indices,
      arith::ConstantOp::create(b, state.location, DenseElementsAttr::get(type, ArrayRef(bytes))));
}

LogicalResult TilingAttr::verify(function_ref<InFlightDiagnostic()> emitError, int64_t rows,
                                 int64_t columns) {
  if (rows < 1 || columns < 1)
    return emitError() << "a tile has at least one row and one column, not " << rows << " and "
                       << columns;
  return success();
}
