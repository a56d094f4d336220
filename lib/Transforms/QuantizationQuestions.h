// What the parts of a QuantizationPlan ask of an operation by itself.

#ifndef NNQ_LIB_TRANSFORMS_QUANTIZATIONQUESTIONS_H
#define NNQ_LIB_TRANSFORMS_QUANTIZATIONQUESTIONS_H

#include "nnq/Dialect/NNQ/IR/NNQOps.h"

namespace nnq {

inline bool isConstant(mlir::Value value) { return value.getDefiningOp<ConstantOp>() != nullptr; }

inline bool sharesScale(mlir::Operation *op) { return mlir::cast<QuantizableOp>(op).sharesScale(); }

inline bool isMove(mlir::Operation *op) { return mlir::isa<QuantizableOp>(op) && sharesScale(op); }

/// Moves the values of one tensor, all or some of them.
inline bool isMoveOfOne(mlir::Operation *op) {
  return isMove(op) && mlir::cast<QuantizableOp>(op).movesOneTensor() && op->getNumResults() == 1;
}

inline bool isElementwise(mlir::Operation *op, unsigned leastOperands) {
  return mlir::isa<ElementwiseOp>(op) && !mlir::isa<RequantizeOp>(op) &&
         op->getNumOperands() >= leastOperands;
}

} // namespace nnq

#endif // NNQ_LIB_TRANSFORMS_QUANTIZATIONQUESTIONS_H
