// Functions of a module by themselves: the stages that --nnq-split-layers makes of a network.

#ifndef NNQ_TRANSFORMS_STAGES_H
#define NNQ_TRANSFORMS_STAGES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace nnq {

/// A module of a copy of `stage` alone, as `main`, with the attributes of its own module.
mlir::OwningOpRef<mlir::ModuleOp> extractStage(mlir::func::FuncOp stage);

} // namespace nnq

#endif // NNQ_TRANSFORMS_STAGES_H
