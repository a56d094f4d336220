// nnq_kernel.contract: its verifier and how it is tiled.

#include "nnq/Dialect/Kernel/IR/KernelOps.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Linalg/Utils/Utils.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StructuredOpsUtils.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace nnq;

#define GET_OP_CLASSES
#include "nnq/Dialect/Kernel/IR/KernelOps.cpp.inc"

//===----------------------------------------------------------------------===//
// Accessors
//===----------------------------------------------------------------------===//

bool ContractOp::isFloat() { return isa<FloatType>(getElementTypeOrSelf(getInput())); }

Type ContractOp::getSumType() {
  if (isFloat())
    return Float32Type::get(getContext());
  return IntegerType::get(getContext(), getWideSums() ? 64 : 32);
}

std::optional<int64_t> ContractOp::getNumProducts() {
  std::optional<unsigned> block = getBlockLoop();
  int64_t products = 1;
  for (auto [loop, extent] : llvm::enumerate(getLoopExtents())) {
    if (loop < getNumParallelLoops() || loop == block)
      continue;
    if (ShapedType::isDynamic(extent))
      return std::nullopt;
    if (llvm::MulOverflow(products, extent, products))
      return std::numeric_limits<int64_t>::max();
  }
  return products;
}

bool ContractOp::sumsHoldProducts(WeightEncoding encoding) {
  return !getSumType().isInteger(32) || getNumProducts().value_or(0) <= encoding.getProductLimit();
}

Accumulation ContractOp::getAccumulationOrPlain() {
  std::optional<Accumulation> accumulation = getAccumulation();
  return accumulation ? *accumulation : Accumulation(PlainAttr::get(getContext()));
}

/// The operand, and its dimension, that loop `loop` runs along alone; every loop has one in the
/// start or in the weights.
static std::optional<std::pair<Value, unsigned>> findExtent(ContractOp op, unsigned loop) {
  AffineExpr dim = getAffineDimExpr(loop, op.getContext());
  for (auto [value, map] : {std::pair<Value, AffineMap>(op.getStart(), op.getStartMap()),
                            {op.getWeights(), op.getWeightsMap()}})
    if (std::optional<unsigned> position = map.getResultPosition(dim))
      return std::pair(value, *position);
  return std::nullopt;
}

SmallVector<int64_t> ContractOp::getLoopExtents() {
  return llvm::map_to_vector(llvm::seq(getNumLoops()), [&](unsigned loop) {
    auto [value, dim] = *findExtent(*this, loop);
    return cast<RankedTensorType>(value.getType()).getDimSize(dim);
  });
}

std::optional<unsigned> ContractOp::getBlockLoop() {
  if (!getAccumulationOrPlain().hasBlocks())
    return std::nullopt;
  return getNumParallelLoops();
}

//===----------------------------------------------------------------------===//
// Verifier
//===----------------------------------------------------------------------===//

/// Maps as many as operands, each with a result per dimension, of one nest of loops.
static LogicalResult verifyMaps(ContractOp op) {
  SmallVector<Value> operands{op.getInput(), op.getWeights()};
  llvm::append_range(operands, op.getScales());
  operands.push_back(op.getStart());
  if (op.getIndexingMaps().size() != operands.size())
    return op.emitOpError() << "has " << op.getIndexingMaps().size() << " indexing maps for "
                            << operands.size()
                            << " operands: input, weights, scales and start have one each";
  unsigned numLoops = op.getInputMap().getNumDims();
  for (auto [i, operand] : llvm::enumerate(operands)) {
    AffineMap map = cast<AffineMapAttr>(op.getIndexingMaps()[i]).getValue();
    int64_t rank = cast<RankedTensorType>(operand.getType()).getRank();
    if (map.getNumSymbols() != 0 || map.getNumDims() != numLoops || map.getNumResults() != rank)
      return op.emitOpError() << "indexing map " << i << ", " << AffineMapAttr::get(map)
                              << ", must lead from " << numLoops << " loops to the " << rank
                              << " dimensions of its operand";
  }
  return success();
}

/// Parallel loops in front, in the order of the start; an output channel that the weights have
/// alone, the last of them; reductions that the weights have.
static LogicalResult verifyLoops(ContractOp op) {
  MLIRContext *context = op.getContext();
  unsigned numParallel = op.getNumParallelLoops(), numLoops = op.getNumLoops();
  SmallVector<unsigned> parallel = llvm::to_vector(llvm::seq(numParallel));
  if (op.getStartMap() != AffineMap::getMultiDimMapWithTargets(numLoops, parallel, context))
    return op.emitOpError() << "the start's map, " << AffineMapAttr::get(op.getStartMap())
                            << ", must be the parallel loops in their order";
  if (!op.getWeightsMap().isProjectedPermutation())
    return op.emitOpError() << "the weights' map, " << AffineMapAttr::get(op.getWeightsMap())
                            << ", must name each loop at most once, and nothing else";
  if (numParallel == 0 || numParallel == numLoops)
    return op.emitOpError() << "has no " << (numParallel ? "reduction" : "parallel") << " loop";
  unsigned channel = numParallel - 1;
  if (!op.getWeightsMap().isFunctionOfDim(channel) || op.getInputMap().isFunctionOfDim(channel))
    return op.emitOpError() << "the last parallel loop, d" << channel
                            << ", must be one of the weights and not of the input: output channels";
  for (unsigned loop = numParallel; loop < numLoops; ++loop)
    if (!op.getWeightsMap().isFunctionOfDim(loop))
      return op.emitOpError() << "reduction loop d" << loop << " must be one of the weights";
  return success();
}

/// No loop leaves an operand, and one that runs along a dimension alone runs to its end. Loops without
/// constant extents are not checked.
static LogicalResult verifyExtents(ContractOp op) {
  SmallVector<Value> operands{op.getInput(), op.getWeights()};
  llvm::append_range(operands, op.getScales());
  SmallVector<std::optional<int64_t>> first(op.getNumLoops(), 0), last;
  for (int64_t extent : op.getLoopExtents())
    last.push_back(ShapedType::isDynamic(extent) ? std::nullopt : std::optional(extent - 1));
  if (llvm::is_contained(last, -1)) // nothing is read
    return success();
  for (auto [i, operand] : llvm::enumerate(operands)) {
    AffineMap map = cast<AffineMapAttr>(op.getIndexingMaps()[i]).getValue();
    ArrayRef<int64_t> shape = cast<RankedTensorType>(operand.getType()).getShape();
    for (auto [dim, expr] : llvm::enumerate(map.getResults())) {
      auto bound = [&, e = expr](bool isUpper) {
        return getBoundForAffineExpr(e, map.getNumDims(), 0, first, last, isUpper);
      };
      std::optional<int64_t> begin = bound(false), end = bound(true);
      auto report = [&](int64_t index, StringRef where) {
        return op.emitOpError() << "loops run to " << index << " in dimension " << dim << " of "
                                << operand.getType() << ", " << where;
      };
      if (begin && *begin < 0)
        return report(*begin, "in front of it");
      if (!end || ShapedType::isDynamic(shape[dim]))
        continue;
      if (*end >= shape[dim])
        return report(*end, "beyond its end");
      if (isa<AffineDimExpr>(expr) && *end + 1 != shape[dim])
        return report(*end, "not to its end");
    }
  }
  return success();
}

/// Bits of an integer or float.
static unsigned widthOf(Type type) { return type.getIntOrFloatBitWidth(); }

/// The encoding holds these elements, and its sums so many products.
static LogicalResult verifyEncoding(ContractOp op) {
  WeightEncoding encoding = op.getEncoding();
  Type input = getElementTypeOrSelf(op.getInput()), weights = getElementTypeOrSelf(op.getWeights());
  if (!encoding.supports(input, weights))
    return op.emitOpError() << "has weights of " << weights << " below " << input << " as "
                            << encoding << ", which holds " << encoding.describeElements();
  Type sum = op.getSumType();
  if (isa<IntegerType>(sum) &&
      (!input.isSignlessInteger() || std::max(widthOf(input), widthOf(weights)) > widthOf(sum)))
    return op.emitOpError() << "has integers of " << input << " and " << weights
                            << "; they are signless, of at most the " << widthOf(sum)
                            << " bits of sums" << (op.getWideSums() ? "" : ", or sums are wide");
  if (!op.sumsHoldProducts(encoding))
    return op.emitOpError() << "sums " << *op.getNumProducts() << " products of weights as "
                            << encoding << ", of which i32 holds at most "
                            << encoding.getProductLimit() << "; take another encoding";
  return success();
}

/// Scales by [batch..., block, channel], units by [batch..., channel].
static LogicalResult verifyAccumulation(ContractOp op) {
  Accumulation accumulation = op.getAccumulationOrPlain();
  SmallVector<Type> scales =
      llvm::map_to_vector(op.getScales(), [](Value v) { return getElementTypeOrSelf(v); });
  if (failed(accumulation.verifyOperands([&] { return op.emitOpError(); }, op.getSumType(),
                                         getElementTypeOrSelf(op.getStart()), scales)))
    return failure();
  if (op.isFloat() &&
      (op.getUnsignedInput() || op.getWideSums() || accumulation.getInputZeroPoint() != 0))
    return op.emitOpError() << "has an input of floats with a sign, a zero point or wide sums, "
                               "which are of integers";
  if (!op.isFloat()) {
    unsigned bits = widthOf(getElementTypeOrSelf(op.getInput()));
    int64_t zeroPoint = accumulation.getInputZeroPoint();
    if (!(op.getUnsignedInput() ? llvm::isUIntN(bits, zeroPoint) : llvm::isIntN(bits, zeroPoint)))
      return op.emitOpError() << "takes a zero point of " << zeroPoint << " from inputs of " << bits
                              << " bits " << (op.getUnsignedInput() ? "without" : "with")
                              << " a sign, which is none of their codes";
  }
  std::optional<unsigned> block = op.getBlockLoop();
  if (!block)
    return success();
  SmallVector<unsigned> dims;
  for (unsigned d = 0; d + 1 < op.getNumParallelLoops(); ++d)
    if (op.getWeightsMap().isFunctionOfDim(d))
      dims.push_back(d);
  for (unsigned i = 0; i < op.getScales().size(); ++i) {
    SmallVector<unsigned> expected(dims);
    if (i == 0)
      expected.push_back(*block);
    expected.push_back(op.getNumParallelLoops() - 1);
    auto map = AffineMap::getMultiDimMapWithTargets(op.getNumLoops(), expected, op.getContext());
    if (op.getScalesMap(i) != map)
      return op.emitOpError() << "scales " << i << " must be read along " << AffineMapAttr::get(map)
                              << (i == 0 ? ": blocks are the first reduction" : ", by channel");
  }
  return success();
}

LogicalResult ContractOp::verify() {
  return failure(failed(verifyMaps(*this)) || failed(verifyLoops(*this)) ||
                 failed(verifyExtents(*this)) || failed(verifyEncoding(*this)) ||
                 failed(verifyAccumulation(*this)));
}

//===----------------------------------------------------------------------===//
// Tiling
//===----------------------------------------------------------------------===//

SmallVector<utils::IteratorType> ContractOp::getLoopIteratorTypes() {
  SmallVector<utils::IteratorType> types(getNumParallelLoops(), utils::IteratorType::parallel);
  types.append(getNumReductionLoops(), utils::IteratorType::reduction);
  return types;
}

SmallVector<Range> ContractOp::getIterationDomain(OpBuilder &b) {
  OpFoldResult zero = b.getIndexAttr(0), one = b.getIndexAttr(1);
  return llvm::map_to_vector(llvm::seq(getNumLoops()), [&](unsigned loop) {
    auto [value, dim] = *findExtent(*this, loop);
    return Range{zero, tensor::getMixedSize(b, getLoc(), value, dim), one};
  });
}

FailureOr<TilingResult> ContractOp::getTiledImplementation(OpBuilder &b,
                                                           ArrayRef<OpFoldResult> offsets,
                                                           ArrayRef<OpFoldResult> sizes) {
  SmallVector<OpFoldResult> ends =
      llvm::map_to_vector(getIterationDomain(b), [](Range range) { return range.size; });
  AffineExpr size = b.getAffineDimExpr(0);
  SmallVector<OpFoldResult> lastOfTile = llvm::map_to_vector(sizes, [&](OpFoldResult value) {
    return affine::makeComposedFoldedAffineApply(b, getLoc(), size - 1, {value});
  });
  TilingResult result;
  SmallVector<Value> operands;
  SmallVector<Value> tensors(getOperation()->getOperands());
  for (auto [i, operand] : llvm::enumerate(tensors)) {
    AffineMap map = cast<AffineMapAttr>(getIndexingMaps()[i]).getValue();
    Operation *slice = linalg::makeTiledShape(b, getLoc(), operand, sizes, map, offsets, ends,
                                              lastOfTile, /*omitPartialTileCheck=*/true);
    operands.push_back(slice->getResult(0));
    result.generatedSlices.push_back(slice);
  }
  Operation *tiled = mlir::clone(b, getOperation(), operands.back().getType(), operands);
  result.tiledOps.push_back(tiled);
  result.tiledValues.push_back(tiled->getResult(0));
  return result;
}

LogicalResult ContractOp::getResultTilePosition(OpBuilder &, unsigned,
                                                ArrayRef<OpFoldResult> offsets,
                                                ArrayRef<OpFoldResult> sizes,
                                                SmallVector<OpFoldResult> &resultOffsets,
                                                SmallVector<OpFoldResult> &resultSizes) {
  llvm::append_range(resultOffsets, offsets.take_front(getNumParallelLoops()));
  llvm::append_range(resultSizes, sizes.take_front(getNumParallelLoops()));
  return success();
}
