// Which tile a contraction gets, and what follows from it.

#include "Contraction.h"

#include "mlir/IR/TypeUtilities.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace nnq {
namespace {

/// What the tile of a contraction costs, by its shape.
class TileCost {
public:
  TileCost(const Contraction &c, const TargetDescription &target)
      : rows(c.rowDims.empty() ? 1 : c.sizes[c.rowDims.back()]),
        columns(llvm::divideCeil(c.sizes[c.channelDim], c.row->channels)),
        further(c.accumulation.getInputZeroPoint() != 0) {
    // Weights that are unpacked are one load for several steps. A column of a dot product for half
    // a register takes two instructions for it, so that these weigh half. One for activations of 16
    // bits is widened.
    const DotProduct &dot = c.row->dot;
    double registers = c.isFloat ? 1 : double(dot.lanes * dot.depth * 8) / target.vectorBits;
    bool isWidened = dot.activationBits == 16;
    columnCost = 0.4 / c.encoding.getStepsPerElement() + (isWidened ? 0.4 : 0.0) +
                 c.encoding.getUnpackInstructions(c.isFloat) * registers;
    if (int64_t stored = c.encoding.getDotsPerStep()) {
      dots = static_cast<double>(stored);
      selections = dots;
      sharesSelections = c.encoding.sharesIndices();
      columnCost += 0.4 * dots;
    }
  }

  /// No larger than there are rows and columns; a row of its own beside a zero point.
  TileShape clamp(TileShape shape) const {
    return {std::clamp<int64_t>(shape.rows - further, 1, rows), std::min(shape.columns, columns)};
  }

  /// Of one step of all tiles, edges included, in dot products.
  double of(TileShape tile) const {
    auto columnsCost = [&](int64_t n) {
      double rest = rows % tile.rows ? stepCost(rows % tile.rows + further, n) : 0;
      return (rows / tile.rows) * stepCost(tile.rows + further, n) + rest;
    };
    double cost =
        (columns / tile.columns) * columnsCost(tile.columns) + columnsCost(columns % tile.columns);
    // Each edge is a loop of its own: code to load, registers to set up.
    return cost * (1 + 0.03 * (rows % tile.rows != 0) + 0.03 * (columns % tile.columns != 0));
  }

  const int64_t rows;
  const int64_t columns; ///< of output channels, the last one perhaps partial
  const int64_t further; ///< the zero point takes part as a row of its own

private:
  /// A step of a tile issues rows * columns dot products, or as many times that; its loads overlap with them, but not for
  /// free.
  double stepCost(int64_t r, int64_t n) const {
    if (r == 0 || n == 0)
      return 0.0;
    double selected = selections * r * (sharesSelections ? 1 : n);
    return dots * r * n + 0.8 * selected + 0.4 * r + columnCost * n + 0.5;
  }

  double columnCost;
  double dots = 1;       ///< of a step, for each row and column
  double selections = 0; ///< shuffles that select the inputs of a row, likewise or for all columns
  bool sharesSelections = false;
};

} // namespace

TileShape chooseTile(const Contraction &c, const TargetDescription &target) {
  TileCost cost(c, target);
  double best = std::numeric_limits<double>::infinity();
  TileShape chosen{1, 1};
  for (TileShape shape : c.row->tiles) {
    TileShape tile = cost.clamp(shape);
    if (double steps = cost.of(tile); steps < best) {
      best = steps;
      chosen = tile;
    }
  }
  return chosen;
}

std::string explainMisfit(const Contraction &c, const TargetDescription &target, TileShape tile) {
  TileCost cost(c, target);
  if (tile.rows > cost.rows)
    return llvm::formatv("the innermost loop over rows has {0}", cost.rows);
  if (tile.columns > cost.columns)
    return llvm::formatv("there are {0} columns of {1} output channels", cost.columns,
                         c.row->channels);
  int64_t registers = (tile.rows + cost.further) * tile.columns *
                      llvm::divideCeil(c.row->channels * 32, target.vectorBits);
  int64_t others = 1 + c.encoding.getRegistersPerColumn();
  if (target.vectorRegisters != 0 && registers + others > target.vectorRegisters)
    return llvm::formatv(
        "its sums take {0} registers, and at least {1} are for what is multiplied, "
        "but there are {2}",
        registers, others, target.vectorRegisters);
  return "";
}

ContractionTiling getTiling(const Contraction &c, const TargetDescription &target) {
  TileCost cost(c, target);
  std::optional<TilingAttr> own = c.op.getTiling();
  ContractionTiling tiling;
  tiling.tile = own ? TileShape{own->getRows(), own->getColumns()} : chooseTile(c, target);
  tiling.channels = c.row->channels;
  tiling.encoding = c.encoding;
  tiling.dotDepth = c.row->dot.depth;
  tiling.depth = c.encoding.getStepInputs(tiling.dotDepth);
  tiling.packing = c.encoding.getStepsPerElement();
  tiling.packs = llvm::divideCeil(c.runLength, tiling.depth * tiling.packing);
  tiling.columns = cost.columns;
  // The tile that holds a partial column stores fewer channels, so it is emitted apart.
  tiling.fullTiles = (c.sizes[c.channelDim] / tiling.channels) / tiling.tile.columns;
  tiling.stepCost = cost.of(tiling.tile);
  return tiling;
}

} // namespace nnq
