// Passes from kernels on tensors to loops of vector operations on planned memory.

#ifndef NNQ_CODEGEN_PASSES_H
#define NNQ_CODEGEN_PASSES_H

#include "mlir/Pass/Pass.h"

namespace nnq {
#define GEN_PASS_DECL
#include "nnq/Codegen/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "nnq/Codegen/Passes.h.inc"
} // namespace nnq

#endif // NNQ_CODEGEN_PASSES_H
