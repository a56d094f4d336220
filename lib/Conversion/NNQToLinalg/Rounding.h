// Between codes and reals, element by element: the formulas of docs/Semantics.md as arith
// operations, with the roundings of a numerics profile.

#ifndef NNQ_LIB_CONVERSION_NNQTOLINALG_ROUNDING_H
#define NNQ_LIB_CONVERSION_NNQTOLINALG_ROUNDING_H

#include "nnq/Dialect/NNQ/IR/CodeArithmetic.h"
#include "nnq/Dialect/NNQ/IR/NNQOps.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/Builders.h"

namespace nnq {

/// The type of a value with one scale per tensor, or null.
mlir::quant::UniformQuantizedType perTensorType(mlir::Value value);

/// Whether codes of `type`, which may be null, have a byte in memory.
bool isByte(mlir::quant::UniformQuantizedType type);

/// f32(code - z) * s.
mlir::Value emitDequantize(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value code,
                           mlir::quant::UniformQuantizedType type);

/// saturate(round(x / s) + z). NaN gives the least code.
mlir::Value emitQuantize(NumericsProfile numerics, mlir::OpBuilder &builder, mlir::Location loc,
                         mlir::Value real, mlir::quant::UniformQuantizedType type);

/// What accumulators are multiplied by: the profile's constants for some factors.
class Multipliers {
public:
  /// With codes as products.
  Multipliers(NumericsProfile numerics, mlir::MLIRContext *context, llvm::ArrayRef<double> factors);
  /// With reals, f32(accumulator) * f32(factor), which are the same in all profiles.
  Multipliers(mlir::MLIRContext *context, llvm::ArrayRef<double> factors);

  bool isUniform() const { return llvm::all_equal(constants); }
  /// One of equal ones.
  mlir::Value emitUniform(mlir::OpBuilder &builder, mlir::Location loc) const;
  /// All of them, as a tensor of this shape.
  mlir::ElementsAttr getTensor(llvm::ArrayRef<int64_t> shape) const;
  /// saturate(round(accumulator * multiplier) + z), as the profile does it; with a `zeroPoint` for
  /// each element where those of the type differ.
  mlir::Value emitRequantize(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value accumulator,
                             mlir::Value multiplier, mlir::quant::QuantizedType type,
                             mlir::Value zeroPoint = nullptr) const;

private:
  NumericsProfile numerics;
  llvm::SmallVector<mlir::TypedAttr> constants;
  double largest = 0;
};

/// The value of an operand of element type `type`, from its element in memory: an f32 or an integer
/// as it is, a code dequantized, a boolean as i1.
mlir::Value emitReal(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value element,
                     mlir::Type type);

/// Such a value as `type` has it in memory.
mlir::Value emitStored(NumericsProfile numerics, mlir::OpBuilder &builder, mlir::Location loc,
                       mlir::Value real, mlir::Type type);

/// The code of `real` in a type, or `real` itself for f32, as an attribute.
mlir::TypedAttr getStoredAttr(NumericsProfile numerics, mlir::Type type, float real);

/// The f32 values of a quantized constant of any granularity; f32 constants as they are. Fails if
/// the data can't be read.
mlir::FailureOr<mlir::ElementsAttr> dequantizeConstant(ConstantOp op);

/// Fails with a diagnostic unless each operand and result of `op` that is not constant is f32 or
/// quantized per tensor.
mlir::LogicalResult verifyLowerable(mlir::Operation *op);

} // namespace nnq

#endif // NNQ_LIB_CONVERSION_NNQTOLINALG_ROUNDING_H
