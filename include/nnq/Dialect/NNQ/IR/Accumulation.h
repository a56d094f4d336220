// What the accumulator of a layer with a quantized input can reach. Apart from the verifier because
// the lowering chooses the accumulator's width by the same proof.

#ifndef NNQ_DIALECT_NNQ_IR_ACCUMULATION_H
#define NNQ_DIALECT_NNQ_IR_ACCUMULATION_H

#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Quantization/AccumulatorBounds.h"

namespace nnq {

/// The factors q_w - z_w[c] of quantized weights with the output channels as dimension 0, in order.
/// Fails if the constant's data can't be read.
mlir::FailureOr<std::vector<int32_t>> readCentredWeights(ConstantOp weights);

/// A range that holds every accumulator of `op`, whose input is quantized, or every sum of a block
/// where its weights are in blocks: by the storage ranges
/// where those prove an i32 already or the weights are not constant, otherwise the exact one over
/// all channels, from the actual weights. A constant bias counts; one that is data counts as 0,
/// because by its type it could fill an i32 without any product. Blocks have the range of their
/// types, without a bias.
AccumulatorRange getAccumulatorRange(AccumulatingOp op);

/// The same for a product of two quantized tensors, by their storage ranges.
AccumulatorRange getAccumulatorRange(MatMulOp op);

} // namespace nnq

#endif // NNQ_DIALECT_NNQ_IR_ACCUMULATION_H
