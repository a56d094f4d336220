// nnq_kernel.contract as the loops of code generation see it: strides in memory, tiles, packed
// weights.

#ifndef NNQ_LIB_CODEGEN_CONTRACTION_H
#define NNQ_LIB_CODEGEN_CONTRACTION_H

#include "TensorReader.h"

#include "nnq/Dialect/Kernel/IR/KernelOps.h"
#include "nnq/Target/Target.h"

namespace nnq {

/// A contraction seen as a matrix product per batch: rows (pixels) x channels, reduced over runs of
/// contiguous inputs.
///
///     for batch, row, channel:
///       result += input[address(batch, row, outer, k)] * weight(batch, channel, outer, k)
///
/// `address` is linear in all indices, so that rows are a constant distance apart and reductions
/// that follow each other in memory (a kernel row of KW pixels x C channels) are one run of
/// `runLength` elements. Blocks, where the accumulation has them, are the outermost reduction.
struct Contraction {
  mutable ContractOp op;
  Accumulation accumulation;
  WeightEncoding encoding;
  bool isFloat = false;
  const ProductRow *row = nullptr;       ///< the target's for this input and encoding
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
  bool hasConstantWeights = true;
  int64_t runStride = 0; ///< of computed weights, from one element of the run to the next

  bool hasBlocks() const { return accumulation.hasBlocks(); }
  int64_t numBlocks() const { return sizes[outerDims.front()]; }
  /// How often all of these loops together run.
  int64_t numIterations(llvm::ArrayRef<unsigned> dims) const;

  /// The view of `op`; nothing, with `reason` set, where its loops can't be those of dot products.
  static std::optional<Contraction> get(ContractOp op, const TargetDescription &target,
                                        std::string &reason);
};

/// How the target multiplies the input of `op` by weights of that encoding; null if it does not.
const ProductRow *findRow(ContractOp op, WeightEncoding encoding, const TargetDescription &target);

/// How a contraction is tiled: `tile.rows x tile.columns` accumulators of so many `channels`;
/// `depth` elements of the run per step. An element of packed weights holds those of `packing`
/// steps, a pack.
struct ContractionTiling {
  TileShape tile;
  int64_t channels;
  int64_t depth;
  int64_t packing;
  int64_t packs;     ///< of a run
  int64_t columns;   ///< of output channels, the last one perhaps partial
  int64_t fullTiles; ///< tiles of whole columns; those behind them are the last, narrower tile
  double stepCost;   ///< of one step of all tiles of a channel and row loop, in dot products
  WeightEncoding encoding;
  int64_t dotDepth; ///< of a dot product: `depth`, or less where only some weights are stored

  int64_t restColumns() const { return columns - fullTiles * tile.columns; }
  /// Packed elements of a pack, for so many columns.
  int64_t packElements(int64_t ofColumns) const {
    if (int64_t dots = encoding.getDotsPerStep())
      return dots * ofColumns * channels * dotDepth + encoding.getIndexBytes(ofColumns);
    return ofColumns * channels * depth;
  }
  /// Of all packs of all tiles.
  int64_t packElementsOfTiles() const {
    int64_t rest = restColumns() ? packElements(restColumns()) : 0;
    return fullTiles * packElements(tile.columns) + rest;
  }
};

/// The tile of the target's table that needs the fewest steps for this shape, edges included.
TileShape chooseTile(const Contraction &contraction, const TargetDescription &target);

/// Why `tile` can't be used; empty if it can.
std::string explainMisfit(const Contraction &contraction, const TargetDescription &target,
                          TileShape tile);

/// The contraction's own tile, or the one that would be chosen, and what follows from it.
ContractionTiling getTiling(const Contraction &contraction, const TargetDescription &target);

/// The weights in the order in which the loops read them:
///
///     packed[batch][tile][outer][pack][column][lane][d] = weight(batch, channel, outer, k)
///       channel = (tile * columns + column) * channels + lane
///       k = step * depth + d                                     0 beyond the edges
///
/// for each of the `packing` steps of a pack, as the encoding puts them together; or, where it stores
/// only some, whole steps of a tile. Null if it does not hold these weights.
mlir::ElementsAttr packWeights(const Contraction &contraction, const ContractionTiling &tiling,
                               mlir::ElementsAttr weights);

/// Emits the loops that do the same at run time: computed weights in the flat memref `from` are packed
/// into `to`.
void emitPackWeights(mlir::OpBuilder &builder, const Contraction &contraction,
                     const ContractionTiling &tiling, mlir::Value from, mlir::Value to);

/// The number of its elements.
int64_t numPackedWeights(const Contraction &contraction, const ContractionTiling &tiling);

/// Scales of blocks, or units of channels, in the order in which the loops read them:
///
///     packed[batch][tile][block][column][lane], or packed[batch][channel]
///                                                              0 beyond the last channel
mlir::ElementsAttr packScales(const Contraction &contraction, const ContractionTiling &tiling,
                              unsigned operand);

/// What all scales take, in bytes.
int64_t packedScaleBytes(const Contraction &contraction, const ContractionTiling &tiling);

/// What the loops read, as flat memrefs.
struct ContractionMemory {
  mlir::Value input;
  mlir::Value weights;
  llvm::SmallVector<mlir::Value> scales = {}; ///< with blocks
  mlir::Value zeroPoints = {}; ///< `depth` of them, where the input's zero point is taken here
};

/// Emits the loops that compute `result` (the contraction's, or that of elementwise operations
/// behind it) into `destination`.
void emitContraction(mlir::OpBuilder &builder, const Contraction &contraction,
                     const ContractionTiling &tiling, const ContractionMemory &memory,
                     TensorReader &reader, mlir::Value result, mlir::Value destination);

} // namespace nnq

#endif // NNQ_LIB_CODEGEN_CONTRACTION_H
