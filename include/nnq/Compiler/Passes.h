// Passes that need the whole compiler.

#ifndef NNQ_COMPILER_PASSES_H
#define NNQ_COMPILER_PASSES_H

#include "mlir/Pass/Pass.h"

namespace nnq {
#define GEN_PASS_DECL
#include "nnq/Compiler/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "nnq/Compiler/Passes.h.inc"
} // namespace nnq

#endif // NNQ_COMPILER_PASSES_H
