// Reading and making constants without passing element by element through attributes.
// Large ones are resources (`dense_resource`), small ones `dense`; callers see an array.

#ifndef NNQ_TRANSFORMS_CONSTANTVALUES_H
#define NNQ_TRANSFORMS_CONSTANTVALUES_H

#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include <vector>

namespace nnq {

/// The elements of a constant, row major. Points into the attribute, except for a splat, which is
/// expanded here.
template <typename T> class ConstantValues {
public:
  explicit ConstantValues(llvm::ArrayRef<T> view) : view(view) {}
  explicit ConstantValues(std::vector<T> expanded) : expanded(std::move(expanded)) {}

  llvm::ArrayRef<T> get() const { return expanded.empty() ? view : llvm::ArrayRef<T>(expanded); }
  operator llvm::ArrayRef<T>() const { return get(); }

private:
  llvm::ArrayRef<T> view;
  std::vector<T> expanded;
};

/// The elements of the `nnq.constant` that defines `value`, or nothing if another operation does or
/// the (storage) element type is not T's: float f32, int8_t 8 bits, int32_t 32 bits.
template <typename T> std::optional<ConstantValues<T>> readConstant(mlir::Value value);

/// Creates an `nnq.constant` of `type`, whose storage has T's width.
template <typename T>
ConstantOp createConstant(mlir::OpBuilder &builder, mlir::Location loc, mlir::RankedTensorType type,
                          llvm::ArrayRef<T> values);

/// Views `constant` as `viewShape` (same number of elements), permutes its dimensions as
/// `nnq.transpose` does, and gives the result the type `type`. A permutation that is the identity
/// copies nothing. Null if the elements are not whole bytes.
ConstantOp permuteConstant(mlir::OpBuilder &builder, ConstantOp constant,
                           llvm::ArrayRef<int64_t> viewShape, llvm::ArrayRef<int64_t> permutation,
                           mlir::RankedTensorType type);

} // namespace nnq

#endif // NNQ_TRANSFORMS_CONSTANTVALUES_H
