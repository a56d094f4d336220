// The table that dispatches an operation to its formula, and how each theme adds its rows.

#ifndef NNQ_LIB_REFERENCE_HANDLERS_H
#define NNQ_LIB_REFERENCE_HANDLERS_H

#include "nnq/Dialect/NNQ/IR/IntegerOps.h"
#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Reference/HostTensor.h"
#include "nnq/Reference/Profile.h"

#include "mlir/IR/Operation.h"
#include "llvm/ADT/StringMap.h"

namespace nnq::reference {

using Operands = llvm::ArrayRef<const HostTensor *>;
using Results = llvm::MutableArrayRef<HostTensor>;

/// Computes `results` (allocated, zero, of the operation's result types) from `operands`. Emits its
/// own errors.
using Handler = mlir::LogicalResult (*)(mlir::Operation *op, Operands operands, Results results);
using HandlerTable = llvm::StringMap<Handler>;

/// Adds the row of one operation, from a function that takes it by its class.
template <typename OpTy, mlir::LogicalResult (*evaluate)(OpTy, Operands, Results)>
void addHandler(HandlerTable &table) {
  table[OpTy::getOperationName()] = [](mlir::Operation *op, Operands operands, Results results) {
    return evaluate(mlir::cast<OpTy>(op), operands, results);
  };
}

/// The sigmoid and the hyperbolic tangent as polynomials in f32: docs/NumericsOnnx.md.
float sigmoidInF32(float x);
float tanhInF32(float x);

/// The formulas of `onnx` from bytes to a byte, with the rounding of `profile`; a softmax of bytes
/// has any result.
void addBytes(const Profile &profile, AddOp op, Operands operands, HostTensor &result);
void multiplyBytes(const Profile &profile, MulOp op, Operands operands, HostTensor &result);
void averageBytes(const Profile &profile, AvgPool2DOp op, const HostTensor &input,
                  HostTensor &result);
void softmaxOfBytes(const Profile &profile, SoftmaxOp op, const HostTensor &input,
                    HostTensor &result);

/// What nnq.integer computes of two numbers of the type of `type`'s elements.
int64_t evaluateInteger(IntegerKind kind, int64_t a, int64_t b, const HostTensor &type);

void addMatrixHandlers(HandlerTable &table);
void addElementwiseHandlers(HandlerTable &table);
void addPoolingHandlers(HandlerTable &table);
void addShapeHandlers(HandlerTable &table);
void addCompoundHandlers(HandlerTable &table);
void addImageHandlers(HandlerTable &table);
void addIntegerHandlers(HandlerTable &table);
void addIndexHandlers(HandlerTable &table);

} // namespace nnq::reference

#endif // NNQ_LIB_REFERENCE_HANDLERS_H
