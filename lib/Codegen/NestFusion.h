// What of a kernel's body is computed where it is read, and so never in memory.

#ifndef NNQ_LIB_CODEGEN_NESTFUSION_H
#define NNQ_LIB_CODEGEN_NESTFUSION_H

#include "mlir/IR/Value.h"

namespace nnq {

/// The reduction, a `linalg.generic` or a contraction, whose sums stay in registers until `value`, the
/// result of a nest of loops, is computed from them: `value` itself, or what elementwise operations
/// read at their own indices and nothing else reads. Null if there is none.
mlir::Operation *findRoot(mlir::Value value);

/// Whether the reader asks for each element once. A reduction reads its start so, and its inputs again
/// and again.
bool readsOnce(mlir::OpOperand &use);

/// Whether the value behind `use` is computed where it is read, in the nest of its reader, instead of
/// being in memory: each element is read once, by nothing else, and the value is that of an
/// elementwise operation or of the nest's root. What one scalar fills is, whoever else reads it.
bool isComputedWhereRead(mlir::OpOperand &use);

} // namespace nnq

#endif // NNQ_LIB_CODEGEN_NESTFUSION_H
