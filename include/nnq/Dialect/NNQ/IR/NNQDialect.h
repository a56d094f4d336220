// The nnq dialect, its enumerations, and the interfaces that passes know operations by.

#ifndef NNQ_DIALECT_NNQ_IR_NNQDIALECT_H
#define NNQ_DIALECT_NNQ_IR_NNQDIALECT_H

#include "nnq/Quantization/InputMoments.h"

#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"

#include <optional>
#include <string>

namespace nnq {

/// The part an operand plays when an operation is quantized.
enum class OperandRole {
  Activation, ///< computed at run time, one scale for the tensor
  Weight,     ///< constant, one scale per output channel
  Bias,       ///< constant, i32, its scale follows from input and weight
  Parameter   ///< stays as it is (normalization parameters)
};

/// Attribute of a module or function, or of an operation that deviates from it: the numerics
/// profile that holds (Numerics.h).
inline constexpr llvm::StringLiteral profileAttrName = "nnq.profile";

/// The name of the operation's location; its operation name without the dialect where the location
/// has none.
std::string getLayerName(mlir::Operation *op);

namespace detail {
/// Rules that all operations with weights share; `docs/Semantics.md`, "Accumulation".
mlir::LogicalResult verifyAccumulatingOp(mlir::Operation *op);
} // namespace detail
} // namespace nnq

#include "nnq/Dialect/NNQ/IR/NNQDialect.h.inc"
#include "nnq/Dialect/NNQ/IR/NNQEnums.h.inc"
#define GET_TYPEDEF_CLASSES
#include "nnq/Dialect/NNQ/IR/NNQTypes.h.inc"
#define GET_ATTRDEF_CLASSES
#include "nnq/Dialect/NNQ/IR/NNQAttributes.h.inc"

#include "nnq/Dialect/NNQ/IR/NNQInterfaces.h.inc"

#endif // NNQ_DIALECT_NNQ_IR_NNQDIALECT_H
