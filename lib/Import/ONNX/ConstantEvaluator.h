// Operations on tensors that are known at import: movement, arithmetic, reductions. Free of IR.

#ifndef NNQ_LIB_IMPORT_ONNX_CONSTANTEVALUATOR_H
#define NNQ_LIB_IMPORT_ONNX_CONSTANTEVALUATOR_H

#include "HostTensor.h"

#include "llvm/ADT/STLFunctionalExtras.h"

namespace nnq::onnximport {

/// `Mod` has the sign of the divisor, `Rem` that of the dividend.
enum class BinaryKind { Add, Sub, Mul, Div, Max, Min, Pow, Mod, Rem };
enum class Comparison { Equal, Less, LessOrEqual, Greater, GreaterOrEqual };
enum class Reduction { Sum, Mean, Max, Min, Prod };

/// Numpy's broadcast shape, or nothing if the shapes do not agree.
std::optional<Shape> broadcastShape(llvm::ArrayRef<int64_t> a, llvm::ArrayRef<int64_t> b);

// Callers have checked that shapes, axes and indices fit, and that the result is not too large.
// Tensors that are combined are both float or both integer.

/// Shares the elements of `x`.
HostTensor reshape(const HostTensor &x, llvm::ArrayRef<int64_t> shape);
HostTensor transpose(const HostTensor &x, llvm::ArrayRef<int64_t> permutation);
/// Strides may be negative.
HostTensor slice(const HostTensor &x, llvm::ArrayRef<int64_t> starts, llvm::ArrayRef<int64_t> sizes,
                 llvm::ArrayRef<int64_t> strides);
HostTensor broadcast(const HostTensor &x, llvm::ArrayRef<int64_t> shape);
HostTensor concat(llvm::ArrayRef<HostTensor> parts, int64_t axis);
/// `x` at `indices` (in range, not negative) along `axis`.
HostTensor gather(const HostTensor &x, const HostTensor &indices, int64_t axis);
/// Float types to float, anything to integers (truncated, wrapped to the type's width) or to BOOL.
HostTensor cast(const HostTensor &x, DataType type);
/// Nothing on an integer division by zero.
std::optional<HostTensor> binary(BinaryKind kind, const HostTensor &a, const HostTensor &b);
HostTensor compare(Comparison kind, const HostTensor &a, const HostTensor &b);
HostTensor select(const HostTensor &condition, const HostTensor &a, const HostTensor &b);
/// `function` of each element of a float tensor.
HostTensor mapFloats(const HostTensor &x, llvm::function_ref<double(double)> function);
/// The reduced axes stay with size 1. Only sums and products may be of nothing.
HostTensor reduce(Reduction kind, const HostTensor &x, llvm::ArrayRef<int64_t> axes);

} // namespace nnq::onnximport

#endif // NNQ_LIB_IMPORT_ONNX_CONSTANTEVALUATOR_H
