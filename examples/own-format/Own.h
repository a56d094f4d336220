// The dialect of this project, and what its plugin registers.

#ifndef OWN_H
#define OWN_H

#include "nnq/Dialect/Kernel/IR/KernelDialect.h"
#include "nnq/Dialect/NNQ/IR/Numerics.h"

#include "mlir/Pass/Pass.h"

#include "OwnDialect.h.inc"
#define GET_ATTRDEF_CLASSES
#include "OwnAttributes.h.inc"

namespace own {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "OwnPasses.h.inc"

/// Adds the dialect, its encoding to those that layers take by themselves, and its profile to those
/// that nnq knows by name.
void registerDialect(mlir::DialectRegistry &registry);

/// Adds how targets multiply by permuted bytes, and a target that has nothing else.
void registerRows();
} // namespace own

#endif // OWN_H
