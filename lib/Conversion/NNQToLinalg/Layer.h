// The constants of a layer with weights, folded at compile time: what its loops multiply by, what
// its accumulators start at, and how wide they are.

#ifndef NNQ_LIB_CONVERSION_NNQTOLINALG_LAYER_H
#define NNQ_LIB_CONVERSION_NNQTOLINALG_LAYER_H

#include "nnq/Dialect/NNQ/IR/NNQOps.h"

#include "mlir/IR/BuiltinAttributes.h"

namespace nnq {

/// A layer on a float input computes  bias[c] + sum of x * weights. One on a quantized input
///
///     bias[c] + sum of q_x * weights + rowFactors[c] * sum of q_x        modulo 2^32, or in i64
///
/// which is b[c] + sum of (q_x - z_x) * (q_w - z_w[c]), the accumulator of docs/Semantics.md: the
/// factors q_w - z_w[c] are weights + rowFactors[c], and -z_x times their sum is in the bias.
struct Layer {
  mlir::ElementsAttr weights; ///< as the operand: OHWI or OC; signed integers of 8 bits, where they
                              ///< must be more, or f32
  mlir::ElementsAttr bias;    ///< [O], of the accumulator's type
  /// One or O; empty where the weights are the factors. They keep 8-bit products on dot-product
  /// instructions when some factor needs nine bits, as with the u8 weights of many converters.
  llvm::SmallVector<int32_t> rowFactors;
  /// Real value of the accumulator's unit, one or O; empty for a float accumulator.
  llvm::SmallVector<float> units;
  bool inputSigned = false;
  mlir::Type accumulator; ///< i32; i64 where an i32 is not proved to hold every sum; f32
  mlir::Type result;

  bool isInteger() const { return !units.empty(); }
};

/// Reads the constants of `op`; fails with a diagnostic where they are none. `hasDotProducts`: the
/// loops of this layer use dot products of bytes, so that weights of 8 bits are worth a sum over
/// the input. Remarks on an accumulator of 64 bits.
mlir::FailureOr<Layer> foldConstants(AccumulatingOp op, bool hasDotProducts);

} // namespace nnq

#endif // NNQ_LIB_CONVERSION_NNQTOLINALG_LAYER_H
