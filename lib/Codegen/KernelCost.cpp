// Predicts size and time of a kernel from its operations on tensors and the target's description.

#include "nnq/Codegen/KernelCost.h"

#include "Contraction.h"
#include "KernelLowering.h"
#include "NestFusion.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace nnq {
namespace {

//===----------------------------------------------------------------------===//
// What is assumed of machines, beside the rows of the target. Round figures that hold for most.
//===----------------------------------------------------------------------===//

/// Vector instructions a cycle.
constexpr double issue = 2;

/// Cycles from a product's operands to its sum: a tile of fewer sums waits for itself.
constexpr double latency = 4;

/// Cycles to begin a tile and to leave its loop, whose end is predicted wrong.
constexpr double tileOverhead = 16;

/// Bytes a cycle that one core streams from behind its own caches: 15 GB/s at 3 GHz.
constexpr double streamedBytes = 5;

/// Bytes that a core's own cache keeps from one kernel to the next. Constants are never there: the
/// rest of the network runs between two uses.
constexpr double cachedBytes = 1 << 20;

/// Instructions of a division or square root, and of a function of math as a polynomial.
constexpr double divisionInstructions = 8, functionInstructions = 20;

/// Instructions that pack a vector of computed weights: they load, interleave and store it.
constexpr double packInstructions = 6;

/// Instructions of a lane that is read by itself: its address, its load, its place in the vector.
constexpr double laneInstructions = 3;

//===----------------------------------------------------------------------===//

ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

int64_t byteSize(Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  return type.getNumElements() * llvm::divideCeil(type.getElementTypeBitWidth(), 8);
}

/// Vectors along a loop of `size` iterations: whole ones, then a power of two for each bit of the
/// rest.
int64_t numChunks(int64_t size, int64_t lanes) {
  return size / lanes + llvm::popcount(static_cast<uint64_t>(size % lanes));
}

/// Vectors of `lanes` elements along the last dimension of `shape`.
int64_t numVectors(ArrayRef<int64_t> shape, int64_t lanes) {
  if (shape.empty())
    return 1;
  return ShapedType::getNumElements(shape.drop_back()) * numChunks(shape.back(), lanes);
}

/// Instructions of a vector operation. A load extends what it loads.
double instructionsOf(Operation &op) {
  return TypeSwitch<Operation *, double>(&op)
      .Case<arith::ConstantOp, linalg::IndexOp, arith::IndexCastOp, tensor::ExtractOp>(
          [](auto) { return 0; })
      .Case<arith::ExtSIOp, arith::ExtUIOp>(
          [](auto op) { return isa<BlockArgument>(op.getIn()) ? 0 : 1; })
      .Case<arith::DivFOp, arith::DivSIOp, arith::DivUIOp, math::SqrtOp, math::RsqrtOp>(
          [](auto) { return divisionInstructions; })
      .Case<math::RoundEvenOp>([](auto) { return 0; }) // part of the conversion behind it
      .Case<math::FmaOp, math::AbsFOp, math::FloorOp, math::CeilOp>([](auto) { return 1; })
      .Default([](Operation *op) {
        return isa<math::MathDialect>(op->getDialect()) ? functionInstructions : 1;
      });
}

class CostEstimator {
public:
  CostEstimator(func::FuncOp kernel, const TargetDescription &target)
      : body(kernel.getBody().front()), target(target) {}

  KernelCost run() {
    for (Operation &op : llvm::reverse(body))
      TypeSwitch<Operation *>(&op)
          .Case<linalg::GenericOp, ContractOp>([&](auto reduction) { visit(reduction); })
          .Case<linalg::FillOp>(
              [&](auto fill) { store(fill.getResult(0), lanesOf(bitsOf(fill.getResult(0)))); })
          .Case<tensor::InsertSliceOp>([&](auto insert) {
            if (!isComputed(insert.getSource())) // else it is computed in its place
              copy(insert.getSource());
          });
    for (Operation &op : body)
      if (auto constant = dyn_cast<arith::ConstantOp>(op); constant && !packed.contains(constant))
        visit(constant);
    double activations = 0;
    for (Value value : body.getArguments())
      activations += byteSize(value);
    for (Value value : body.getTerminator()->getOperands())
      activations += byteSize(value);
    cost.cycles = cycles + instructions / issue;
    if (activations > cachedBytes)
      cost.cycles = std::max(cost.cycles, activations / streamedBytes);
    return cost;
  }

private:
  int64_t lanesOf(unsigned bits) { return target.vectorBits / bits; }

  static bool isComputed(Value value) {
    return isa_and_nonnull<linalg::GenericOp, ContractOp, linalg::FillOp>(value.getDefiningOp());
  }

  void copy(Value value) { instructions += 2 * numVectors(shapeOf(value), lanesOf(bitsOf(value))); }

  /// A value that does not stay in registers is stored.
  void store(Value value, int64_t lanes) {
    if (!llvm::all_of(value.getUses(), isComputedWhereRead))
      instructions += numVectors(shapeOf(value), lanes);
  }

  static unsigned bitsOf(Value value) {
    return std::max(8u, cast<RankedTensorType>(value.getType()).getElementTypeBitWidth());
  }

  void visit(linalg::GenericOp op) {
    visitNest(op);
    store(op.getResult(0), lanesOf(widestType(op)));
  }

  void visit(ContractOp op) {
    std::string reason;
    std::optional<Contraction> contraction = Contraction::get(op, target, reason);
    assert(contraction && "--nnq-choose-tiles leaves no other contractions");
    visit(*contraction);
    store(op.getResult(), lanesOf(32));
  }

  void visit(const Contraction &c) {
    ContractionTiling tiling = getTiling(c, target);
    auto [outer, rows] = rowLoops(c);
    double batches = c.numIterations(c.batchDims), nests = batches * outer;
    double steps = nests * c.numIterations(c.outerDims) * tiling.packs * tiling.packing;
    int64_t rowTiles = llvm::divideCeil(rows, tiling.tile.rows),
            tiles = rowTiles * llvm::divideCeil(tiling.columns, tiling.tile.columns);
    // The tiling counts products of a row and a column.
    double perProduct =
        double(tiling.channels * c.row->dot.instructions) / (c.row->dot.lanes * c.row->dot.rows);
    double stepCycles = std::max(tiling.stepCost * perProduct / issue, tiles * latency);
    cycles += steps * stepCycles + nests * tiles * tileOverhead;
    Type packedType = c.encoding.getPackedType(getElementTypeOrSelf(c.op.getWeights()));
    int64_t weightBytes = numPackedWeights(c, tiling) * (packedType.getIntOrFloatBitWidth() / 8);
    // The first tile of rows waits for the weights, the others find them in the cache.
    double firstTile = steps * stepCycles / (outer * rowTiles);
    cycles += std::max(0.0, weightBytes / streamedBytes - firstTile);
    if (c.hasConstantWeights) {
      cost.constantBytes += weightBytes;
      packed.insert(c.op.getWeights().getDefiningOp());
    } else {
      instructions += packInstructions * weightBytes / (target.vectorBits / 8.0);
    }
    if (!c.hasBlocks())
      return;
    // The sums of a block are converted and added up, the scales loaded and multiplied for a tile.
    int64_t registers = llvm::divideCeil(tiling.channels, target.floatLanes());
    instructions += 2.0 * registers * nests * c.numBlocks() *
                    (rows * tiling.columns + tiles * tiling.tile.columns);
    cost.constantBytes += packedScaleBytes(c, tiling);
    if (c.accumulation.getInputZeroPoint())
      cost.constantBytes += tiling.depth * c.row->dot.activationBits / 8;
    for (Value scales : c.op.getScales())
      packed.insert(scales.getDefiningOp());
  }

  /// Iterations of the loops around the one that is tiled, and of that one.
  static std::pair<int64_t, int64_t> rowLoops(const Contraction &c) {
    if (c.rowDims.empty())
      return {1, 1};
    return {c.numIterations(ArrayRef(c.rowDims).drop_back()), c.sizes[c.rowDims.back()]};
  }

  /// Any other operation: its body and the loads of its operands, once for each vector.
  void visitNest(linalg::GenericOp op) {
    SmallVector<int64_t> sizes = op.getStaticLoopRanges();
    int64_t lanes = lanesOf(widestType(op));
    std::optional<unsigned> vectorDim = horizontalDim(op);
    if (!vectorDim && op.getNumParallelLoops() > 0)
      vectorDim = op.getNumParallelLoops() - 1;
    int64_t elements = ShapedType::getNumElements(sizes), vectors = elements;
    if (vectorDim)
      vectors = elements / sizes[*vectorDim] * numChunks(sizes[*vectorDim], lanes);
    double perVector = 0, perElement = 0;
    for (Operation &inner : op.getBody()->without_terminator()) {
      perVector += instructionsOf(inner);
      perElement += isa<tensor::ExtractOp>(inner) ? laneInstructions : 0;
    }
    for (OpOperand &operand : op->getOpOperands()) {
      bool isRead = !op.getMatchingBlockArgument(&operand).use_empty();
      if (!isRead || isComputedWhereRead(operand) || isComputedInPlace(op, operand))
        continue;
      if (isContiguous(op.getMatchingIndexingMap(&operand), vectorDim))
        ++perVector;
      else
        perElement += laneInstructions;
    }
    instructions += vectors * perVector + elements * perElement;
  }

  /// The start of a reduction is read once for all its steps.
  static bool isComputedInPlace(linalg::GenericOp op, OpOperand &operand) {
    return op.isDpsInit(&operand) && op.getNumReductionLoops() > 0;
  }

  /// Whether one load reads what all lanes of a vector need.
  static bool isContiguous(AffineMap map, std::optional<unsigned> vectorDim) {
    return !vectorDim || !map.isFunctionOfDim(*vectorDim) ||
           map.getResults().back() == getAffineDimExpr(*vectorDim, map.getContext());
  }

  /// A constant of other loops than those of dot products. One value for all is no memory where it
  /// is read once. Codes of 4 bits are unpacked first.
  void visit(arith::ConstantOp constant) {
    auto values = dyn_cast<ElementsAttr>(constant.getValue());
    if (!values)
      return;
    bool isValue = values.isSplat() && isa<DenseElementsAttr>(values) &&
                   llvm::all_of(constant->getUses(), readsOnce);
    if (isValue)
      return;
    if (!values.getElementType().isInteger(4)) {
      cost.constantBytes += byteSize(constant);
      return;
    }
    cost.constantBytes += llvm::divideCeil(values.getNumElements(), 2);
    instructions += 4 * numChunks(values.getNumElements(), lanesOf(8));
  }

  Block &body;
  const TargetDescription &target;
  KernelCost cost;
  double instructions = 0;                  ///< of vectors, that keep no one waiting
  double cycles = 0;                        ///< of everything else
  llvm::SmallPtrSet<Operation *, 4> packed; ///< constants whose packed form is counted
};

} // namespace

KernelCost estimateCost(func::FuncOp kernel, const TargetDescription &target) {
  return CostEstimator(kernel, target).run();
}

} // namespace nnq
