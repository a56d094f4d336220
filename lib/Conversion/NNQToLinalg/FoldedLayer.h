// The constants of a layer with weights, folded at compile time: what its loops multiply by, what
// its accumulators start at, and how wide they are.

#ifndef NNQ_LIB_CONVERSION_NNQTOLINALG_FOLDEDLAYER_H
#define NNQ_LIB_CONVERSION_NNQTOLINALG_FOLDEDLAYER_H

#include "nnq/Dialect/Kernel/IR/KernelDialect.h"
#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Dialect/NNQ/IR/Numerics.h"

#include "mlir/IR/BuiltinAttributes.h"

namespace nnq {

/// A layer on a float input computes  bias[c] + sum of x * weights. One on a quantized input
///
///     bias[c] + sum of q_x * weights + rowFactors[c] * sum of q_x        modulo 2^32, or in i64
///
/// which is b[c] + sum of (q_x - z_x) * (q_w - z_w[c]), the accumulator of docs/Semantics.md: the
/// factors q_w - z_w[c] are weights + rowFactors[c], and -z_x times their sum is in the bias.
///
/// With weights in blocks, it adds up reals in f32: from bias[c] on, for each block in order,
///
///     result = fma(f32(S), inputScale * s_w[c, block], result)
///     S = sum of (q_x - zero) * weights
///
/// and so does one on a float input with weights of at most 4 bits, which are multiplied as they
/// are: all input channels are one block where there are no others.
struct FoldedLayer {
  mlir::ElementsAttr weights; ///< as the operand: OHWI or OC; signed integers of 8 bits, of fewer
                              ///< where loops unpack them, of more where they must; f32
  mlir::ElementsAttr bias;    ///< [O], of the accumulator's type; f32 with blocks
  /// One or O; empty where the weights are the factors. They keep products on dot-product
  /// instructions when some factor needs one bit more than the weights, as with the unsigned
  /// weights of many converters.
  llvm::SmallVector<int32_t> rowFactors;
  /// Real value of the accumulator's unit, one or O; empty for a float accumulator and with blocks.
  llvm::SmallVector<double> units;
  struct Blocks {
    int64_t channels;                ///< input channels of a block
    int64_t count;                   ///< blocks of an output channel
    llvm::SmallVector<float> scales; ///< s_w, O by blocks
    int64_t inputZeroPoint;
    float inputScale;
  };
  std::optional<Blocks> blocks;
  WeightEncoding encoding; ///< for dot products
  bool inputSigned = false;
  mlir::Type accumulator; ///< i32; i64 where an i32 is not proved to hold every sum; f32
  mlir::Type result;
  NumericsProfile numerics;

  bool isInteger() const { return accumulator.isInteger(); }
};

/// Reads the constants of `op`; fails with a diagnostic where they are none. `hasDotProducts`: the
/// loops of this layer are those of dot products, which unpack weights of few bits, and for which
/// weights of no more than 8 bits are worth a sum over the input. Remarks on an accumulator of 64
/// bits, and on weights of few bits that are kept as more.
mlir::FailureOr<FoldedLayer> foldConstants(AccumulatingOp op, bool hasDotProducts);

} // namespace nnq

#endif // NNQ_LIB_CONVERSION_NNQTOLINALG_FOLDEDLAYER_H
