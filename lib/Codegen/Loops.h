// Loops over static ranges, with and without values carried through registers; addresses in them.

#ifndef NNQ_LIB_CODEGEN_LOOPS_H
#define NNQ_LIB_CODEGEN_LOOPS_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/ValueRange.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace nnq {

/// for (i = lower; i < upper; i += step) body(i). A single iteration is emitted without a loop, its
/// index constant.
void emitLoop(mlir::OpBuilder &builder, mlir::Location loc, int64_t lower, int64_t upper,
              int64_t step, llvm::function_ref<void(mlir::OpFoldResult)> body);

/// The same, with `carried` values updated by each iteration; returns the last.
llvm::SmallVector<mlir::Value> emitCarriedLoop(
    mlir::OpBuilder &builder, mlir::Location loc, int64_t upper, mlir::ValueRange carried,
    llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::OpFoldResult, mlir::ValueRange)> body);

/// Nested carried loops over all of `sizes`, outermost first.
llvm::SmallVector<mlir::Value> emitCarriedNest(
    mlir::OpBuilder &builder, mlir::Location loc, llvm::ArrayRef<int64_t> sizes,
    mlir::ValueRange carried,
    llvm::function_ref<llvm::SmallVector<mlir::Value>(llvm::ArrayRef<mlir::OpFoldResult>,
                                                      mlir::ValueRange)>
        body);

/// Nested loops over all of `sizes`, outermost first.
void emitNest(mlir::OpBuilder &builder, mlir::Location loc, llvm::ArrayRef<int64_t> sizes,
              llvm::function_ref<void(llvm::ArrayRef<mlir::OpFoldResult>)> body);

/// Indices and what each is multiplied by.
using LinearTerms = llvm::SmallVector<std::pair<mlir::OpFoldResult, int64_t>>;

/// The sum of `constant` and all terms.
mlir::OpFoldResult emitLinear(mlir::OpBuilder &builder, mlir::Location loc,
                              llvm::ArrayRef<std::pair<mlir::OpFoldResult, int64_t>> terms,
                              int64_t constant = 0);

} // namespace nnq

#endif // NNQ_LIB_CODEGEN_LOOPS_H
