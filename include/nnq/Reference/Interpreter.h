//===- Interpreter.h - The executable meaning of nnq operations -*- C++ -*-===//
//
// Runs a function of nnq operations by the formulas of docs/Semantics.md. Shares no arithmetic with
// the lowering nor with Quantization/, so that a comparison with compiled code is a comparison of
// two independent readings of the contract.
//
//===----------------------------------------------------------------------===//

#ifndef NNQ_REFERENCE_INTERPRETER_H
#define NNQ_REFERENCE_INTERPRETER_H

#include "nnq/Reference/HostTensor.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace nnq::reference {

/// The results of `function` on `inputs`, one per argument. The function has one block of nnq
/// operations and must have been verified: i32 accumulators of convolutions rely on `accumulate
/// (A6)`. Where the contract gives an integer result, it is exact; where it gives a float result,
/// sums are made in double and rounded once.
///
/// Fails, with a diagnostic at the operation, on an input that does not fit its argument, an
/// operation that has no handler, a combination of types that docs/Semantics.md leaves undefined,
/// and an i32 accumulator that overflows.
mlir::FailureOr<std::vector<HostTensor>> interpret(mlir::func::FuncOp function,
                                                   llvm::ArrayRef<HostTensor> inputs);

} // namespace nnq::reference

#endif // NNQ_REFERENCE_INTERPRETER_H
