// A product of an input and weights, accumulated in a type that is exact (i32, i64) or f32, and an
// elementwise operation that makes the result of the accumulator.

#ifndef NNQ_LIB_CONVERSION_NNQTOLINALG_PRODUCT_H
#define NNQ_LIB_CONVERSION_NNQTOLINALG_PRODUCT_H

#include "nnq/Dialect/Kernel/IR/KernelDialect.h"
#include "nnq/Dialect/NNQ/IR/Numerics.h"

#include "mlir/IR/AffineMap.h"
#include "mlir/IR/Builders.h"

namespace nnq {

/// A contraction: its operands, and where its loops find their elements.
struct Product {
  mlir::Value input, weights, start;
  mlir::AffineMap inputMap, weightMap;
  WeightEncoding encoding;
  bool isUnsigned = false;
  bool hasWideSums = false;
  llvm::SmallVector<mlir::Value> scales = {};
  llvm::SmallVector<mlir::AffineMap> scaleMaps = {};
  Accumulation accumulation = {};
};

mlir::Value emitContract(mlir::OpBuilder &builder, mlir::Location loc, const Product &product);

/// One value per output channel, or one for all.
struct ChannelValues {
  llvm::SmallVector<double> values;
  llvm::SmallVector<int64_t> shape; ///< of the channels: [O], or [G, O / G]
  mlir::AffineMap map;              ///< from the loops of the accumulator to the channels
};

/// The result of an integer accumulator whose unit is the real value `units[c]`: the accumulator
/// itself for a 32-bit type, otherwise requantized with the factor units[c] / s, or
/// f32(accumulator) * units[c]. A factor of all channels is a constant in the body, others are an
/// operand.
mlir::Value emitFromAccumulator(NumericsProfile numerics, mlir::OpBuilder &builder,
                                mlir::Location loc, mlir::Value accumulator, ChannelValues units,
                                mlir::Type element);

/// The result of a float accumulator: itself, or quantized.
mlir::Value emitFromReal(NumericsProfile numerics, mlir::OpBuilder &builder, mlir::Location loc,
                         mlir::Value accumulator, mlir::Type element);

} // namespace nnq

#endif // NNQ_LIB_CONVERSION_NNQTOLINALG_PRODUCT_H
