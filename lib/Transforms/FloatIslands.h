// Operations of a quantized network that compute in float: which they are, and how that is said.

#ifndef NNQ_LIB_TRANSFORMS_FLOATISLANDS_H
#define NNQ_LIB_TRANSFORMS_FLOATISLANDS_H

#include "nnq/Dialect/NNQ/IR/KernelBodies.h"
#include "nnq/Dialect/NNQ/IR/NNQOps.h"

namespace nnq {

/// True if `op` has float operands and results only, more than moves them, and is no elementwise part
/// of a loop that reads or writes codes.
bool computesInFloat(QuantizableOp op, const KernelBodies &kernels);

/// Marks `op` with `nnq.float_island`, emits a remark, and returns the entry {name, op, reason} for
/// the module's `nnq.float_islands`.
mlir::Attribute markFloatIsland(mlir::Operation *op, llvm::StringRef reason);

} // namespace nnq

#endif // NNQ_LIB_TRANSFORMS_FLOATISLANDS_H
