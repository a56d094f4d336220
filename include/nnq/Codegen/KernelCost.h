// What a kernel costs, said before it is lowered.

#ifndef NNQ_CODEGEN_KERNELCOST_H
#define NNQ_CODEGEN_KERNELCOST_H

#include "nnq/Target/Target.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace nnq {

struct KernelCost {
  /// What its constants take in an object file, as its loops read them: weights packed into columns
  /// of channels and steps of the target, scales, multipliers, biases, tables. Not what aligns
  /// them, nor constants of single instructions.
  int64_t constantBytes = 0;
  /// Cycles of one thread. Good for comparing layers on one target; the scale is that of a common
  /// processor and no one's in particular.
  double cycles = 0;
};

/// The cost of `kernel`, which --convert-nnq-to-linalg has left on tensors: of the loops that
/// --nnq-lower-kernels would make of it. Contractions are tiled by the same function that tiles
/// them there; other operations are counted as vector instructions. A kernel takes as long as the
/// slower one of its instructions and of the memory that it streams.
KernelCost estimateCost(mlir::func::FuncOp kernel, const TargetDescription &target);

} // namespace nnq

#endif // NNQ_CODEGEN_KERNELCOST_H
