// Registration of the passes under their flags.

#include "nnq/Dialect/NNQ/IR/NNQDialect.h"
#include "nnq/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace nnq {
#define GEN_PASS_REGISTRATION
#include "nnq/Transforms/Passes.h.inc"

void registerTransformsPasses() { registerNNQTransformsPasses(); }
} // namespace nnq
