// What passes take for a network.

#ifndef NNQ_DIALECT_NNQ_IR_NETWORK_H
#define NNQ_DIALECT_NNQ_IR_NETWORK_H

#include "mlir/Interfaces/FunctionInterfaces.h"

namespace nnq {

/// So many elements has a tensor at most.
inline constexpr int64_t maxElements = int64_t(1) << 31;
/// So many has a constant of one value, which passes may write out.
inline constexpr int64_t maxSplatElements = int64_t(1) << 28;

/// The number of elements of a shape, or nothing if it is dynamic or more than `maxElements`.
std::optional<int64_t> countElements(llvm::ArrayRef<int64_t> shape);

/// Fails with an error that says what is in the way, unless `function` is a network: one block of
/// operations without regions, on ranked tensors of static shapes with one to `maxElements`
/// elements of f32, integers of up to 64 bits, or codes.
mlir::LogicalResult verifyNetwork(mlir::FunctionOpInterface function);

} // namespace nnq

#endif // NNQ_DIALECT_NNQ_IR_NETWORK_H
