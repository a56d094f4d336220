// Products with constant weights: what they look like, how their weights are packed, and the
// register-tiled loops.

#ifndef NNQ_LIB_CODEGEN_CONTRACTION_H
#define NNQ_LIB_CODEGEN_CONTRACTION_H

#include "TensorReader.h"

#include "nnq/Target/Target.h"

namespace nnq {

/// A `linalg.generic` that adds up products of an input and constant weights, seen as a matrix
/// product per batch: rows (pixels) x channels, reduced over runs of contiguous inputs.
///
///     for batch, row, channel:  result += input[address(batch, row, outer, k)] * weight(batch,
///     channel, outer, k)
///
/// `address` is linear in all indices, so that rows are a constant distance apart and reductions
/// that follow each other in memory (a kernel row of KW pixels x C channels) are one run of
/// `runLength` elements.
///
/// With weights in blocks, the sum of each block is taken to f32 by itself: a second operation adds
/// them up,
///
///     for batch, row, channel, block:
///       result = fma(f32(sum), scale(block, channel) * inputScale, result)
///
/// where the scale is an f32 or a byte times the channel's unit, and blocks are the outermost
/// reduction here.
struct Contraction {
  mutable mlir::linalg::GenericOp op;
  mutable mlir::linalg::GenericOp combine; ///< what adds up the blocks' sums; null without blocks
  mlir::ElementsAttr scales; ///< its second input, [batch..., block, channel], f32 or bytes
  mlir::ElementsAttr units;  ///< its third input, [batch..., channel], of which bytes are multiples
  float inputScale = 1;
  int64_t inputZeroPoint = 0; ///< taken from each input of a block's sum
  bool isFloat = false;
  DotProduct dot; ///< the target's for integers as wide as the input's
  unsigned weightBits = 8;
  llvm::SmallVector<int64_t> sizes;      ///< of all loops
  llvm::SmallVector<unsigned> batchDims; ///< loops of input and weights (groups)
  llvm::SmallVector<unsigned> rowDims;   ///< loops of the input alone; the last one is tiled
  unsigned channelDim = 0;               ///< loop of the weights alone, innermost in the result
  llvm::SmallVector<unsigned> outerDims; ///< reductions outside the run, largest distance first
  llvm::SmallVector<unsigned> runDims;   ///< reductions of the run, largest distance first
  int64_t runLength = 1;
  llvm::SmallVector<int64_t>
      inputStride; ///< elements of the input from one index of a loop to the next
  int64_t inputOffset = 0;
  llvm::SmallVector<int64_t> weightStride; ///< the same for the weights

  /// What computes the result.
  mlir::linalg::GenericOp root() const { return combine ? combine : op; }
  mlir::Value input() const { return op.getDpsInputs()[0]; }
  /// Where the loops find an element of the result.
  mlir::AffineMap resultMap() const;
  int64_t numBlocks() const { return sizes[outerDims.front()]; }
  /// How often all of these loops together run.
  int64_t numIterations(llvm::ArrayRef<unsigned> dims) const;

  /// The contraction that `op` is the root of; nothing if it is none, with `reason` set if only a
  /// detail is in the way.
  static std::optional<Contraction> match(mlir::linalg::GenericOp op,
                                          const TargetDescription &target, std::string &reason);

private:
  static std::optional<Contraction>
  matchProduct(mlir::linalg::GenericOp op, const TargetDescription &target, std::string &reason);
  static std::optional<Contraction> matchBlocks(mlir::linalg::GenericOp combine,
                                                const TargetDescription &target,
                                                std::string &reason);
};

/// How a contraction is tiled: `tile.rows x tile.columns` accumulators of `block` channels; `depth`
/// elements of the run per step. A byte holds the weights of `packing` steps.
struct ContractionTiling {
  TileShape tile;
  int64_t block;
  int64_t depth;
  int64_t interleave; ///< rows per dot product
  int64_t packing;    ///< 2 for weights of 4 bits, else 1
  int64_t groups;     ///< of `packing` steps per run
  int64_t blocks;     ///< blocks of output channels, the last one perhaps partial
  int64_t fullTiles;  ///< tiles of whole blocks; the blocks behind them are the last, narrower tile
  double stepCost;    ///< of one step of all tiles of a channel and row loop, in dot products
  int64_t restBlocks() const { return blocks - fullTiles * tile.columns; }
};

/// The tile of the target's table that needs the fewest steps for this shape, edges included.
ContractionTiling chooseTiling(const Contraction &contraction, const TargetDescription &target);

/// The weights in the order in which the loops read them:
///
///     packed[batch][tile][outer][group][column][lane][d] = weight(batch, channel = (tile * columns
///     + column) * block + lane,
///                                                                outer, k = step * depth + d), 0
///                                                                beyond the edges
///
/// where the step is the group, or one of its two, the first in the low bits of the byte and the
/// second in the high ones.
mlir::ElementsAttr packWeights(const Contraction &contraction, const ContractionTiling &tiling,
                               mlir::ElementsAttr weights);

/// The number of its elements: bytes, or floats.
int64_t numPackedWeights(const Contraction &contraction, const ContractionTiling &tiling);

/// The scales of the blocks in the order in which the loops read them:
///
///     packed[batch][tile][block][column][lane]        0 beyond the last channel
mlir::ElementsAttr packScales(const Contraction &contraction, const ContractionTiling &tiling);

/// The units of the channels, if they have any:
///
///     packed[batch][channel]        0 beyond the last one
mlir::ElementsAttr packUnits(const Contraction &contraction, const ContractionTiling &tiling);

/// What scales and units take, in bytes.
int64_t packedScaleBytes(const Contraction &contraction, const ContractionTiling &tiling);

/// What the loops read, as flat memrefs.
struct ContractionMemory {
  mlir::Value input;
  mlir::Value weights;
  mlir::Value scales = {};     ///< with blocks
  mlir::Value units = {};      ///< with scales that are bytes
  mlir::Value zeroPoints = {}; ///< `depth` of them, where the input's zero point is taken here
};

/// Emits the loops that compute `result` (the contraction's, or that of elementwise operations
/// behind it) into `destination`.
void emitContraction(mlir::OpBuilder &builder, const Contraction &contraction,
                     const ContractionTiling &tiling, const ContractionMemory &memory,
                     TensorReader &reader, mlir::Value result, mlir::Value destination);

} // namespace nnq

#endif // NNQ_LIB_CODEGEN_CONTRACTION_H
