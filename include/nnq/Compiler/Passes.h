// Passes that need the whole compiler, or make what a program links.

#ifndef NNQ_COMPILER_PASSES_H
#define NNQ_COMPILER_PASSES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace nnq {
#define GEN_PASS_DECL
#include "nnq/Compiler/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "nnq/Compiler/Passes.h.inc"
} // namespace nnq

#endif // NNQ_COMPILER_PASSES_H
