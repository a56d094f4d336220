// All operations of the nnq dialect.

#ifndef NNQ_DIALECT_NNQ_IR_NNQOPS_H
#define NNQ_DIALECT_NNQ_IR_NNQOPS_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "nnq/Dialect/NNQ/IR/NNQDialect.h"

#define GET_OP_CLASSES
#include "nnq/Dialect/NNQ/IR/NNQMatrixOps.h.inc"
#define GET_OP_CLASSES
#include "nnq/Dialect/NNQ/IR/NNQElementwiseOps.h.inc"
#define GET_OP_CLASSES
#include "nnq/Dialect/NNQ/IR/NNQPoolingOps.h.inc"
#define GET_OP_CLASSES
#include "nnq/Dialect/NNQ/IR/NNQShapeOps.h.inc"
#define GET_OP_CLASSES
#include "nnq/Dialect/NNQ/IR/NNQCalibrationOps.h.inc"

namespace nnq {

/// Creates `OpTy` with its inferred shapes and `elementType` as element type of every result.
/// `populate` receives the OperationState with operands set, to add attributes. Emits the shape
/// error at `loc` and returns null on a mismatch.
template <typename OpTy, typename... Args>
OpTy createInferred(mlir::OpBuilder &builder, mlir::Location loc, mlir::Type elementType,
                    Args &&...args) {
  // Built first with a placeholder, so that the typed builder fills operands and properties in one
  // way only.
  auto placeholder = mlir::RankedTensorType::get({1}, elementType);
  mlir::OperationState state(loc, OpTy::getOperationName());
  OpTy::build(builder, state, placeholder, std::forward<Args>(args)...);
  llvm::SmallVector<mlir::ShapedTypeComponents> shapes;
  mlir::DictionaryAttr attributes = state.attributes.getDictionary(builder.getContext());
  if (failed(OpTy::inferReturnTypeComponents(builder.getContext(), loc,
                                             mlir::ValueShapeRange(state.operands), attributes,
                                             state.getRawProperties(), {}, shapes)))
    return nullptr;
  state.types.assign(1, mlir::RankedTensorType::get(shapes[0].getDims(), elementType));
  return llvm::cast<OpTy>(builder.create(state));
}

} // namespace nnq

#endif // NNQ_DIALECT_NNQ_IR_NNQOPS_H
