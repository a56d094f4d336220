// --nnq-generalize-contractions: contractions as linalg.generic, which any compiler can lower.

#include "nnq/Codegen/Codegen.h"
#include "nnq/Codegen/Passes.h"
#include "nnq/Dialect/Kernel/IR/KernelOps.h"
#include "nnq/Dialect/NNQ/IR/CodeArithmetic.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"

using namespace mlir;

namespace nnq {
#define GEN_PASS_DEF_GENERALIZECONTRACTIONS
#include "nnq/Codegen/Passes.h.inc"

namespace {

/// accumulator + (x - zero point) * w of a contraction's elements.
Value emitStep(OpBuilder &b, Location loc, ContractOp op, ValueRange arguments) {
  return emitMultiplyAdd(b, loc, arguments[0], !op.getUnsignedInput(),
                         op.getAccumulationOrPlain().getInputZeroPoint(), arguments[1],
                         arguments[2]);
}

/// A generic with `numParallel` parallel loops in front.
template <typename Body>
Value emitGeneric(OpBuilder &b, Location loc, ValueRange inputs, Value start,
                  ArrayRef<AffineMap> maps, unsigned numParallel, Body body) {
  SmallVector<utils::IteratorType> loops(maps[0].getNumDims(), utils::IteratorType::reduction);
  std::fill_n(loops.begin(), numParallel, utils::IteratorType::parallel);
  return linalg::GenericOp::create(b, loc, start.getType(), inputs, start, maps, loops,
                                   [&](OpBuilder &inner, Location l, ValueRange arguments) {
                                     linalg::YieldOp::create(inner, l,
                                                             Value(body(inner, l, arguments)));
                                   })
      .getResult(0);
}

/// The sum of each block, exact, as a tensor with one more dimension in front of the channels.
Value emitBlockSums(OpBuilder &b, ContractOp op) {
  Location loc = op.getLoc();
  unsigned numLoops = op.getNumLoops(), block = *op.getBlockLoop(), channel = block - 1;
  // The block's loop is parallel here and stands in front of the channels'.
  SmallVector<AffineExpr> moved =
      llvm::map_to_vector(llvm::seq(numLoops), [&](unsigned d) { return b.getAffineDimExpr(d); });
  std::swap(moved[channel], moved[block]);
  auto move = [&](AffineMap map) { return map.replaceDimsAndSymbols(moved, {}, numLoops, 0); };
  SmallVector<OpFoldResult> shape =
      llvm::map_to_vector(op.getIterationDomain(b), [](Range range) { return range.size; });
  shape.truncate(block + 1);
  std::swap(shape[channel], shape[block]);
  Type type = op.getSumType();
  Value zero = arith::ConstantOp::create(b, loc, b.getZeroAttr(type)),
        empty = tensor::EmptyOp::create(b, loc, shape, type);
  Value start = linalg::FillOp::create(b, loc, zero, empty).getResult(0);
  AffineMap sums = b.getMultiDimIdentityMap(numLoops).getMajorSubMap(block + 1);
  return emitGeneric(b, loc, {op.getInput(), op.getWeights()}, start,
                     {move(op.getInputMap()), move(op.getWeightsMap()), sums}, block + 1,
                     [&](OpBuilder &inner, Location l, ValueRange arguments) {
                       return emitStep(inner, l, op, arguments);
                     });
}

/// Their reals, added up from the start on.
Value emitScaledSum(OpBuilder &b, ContractOp op, Value sums) {
  unsigned numLoops = op.getNumParallelLoops() + 1, block = *op.getBlockLoop();
  SmallVector<unsigned> sumDims = llvm::to_vector(llvm::seq(block + 1));
  std::swap(sumDims[block - 1], sumDims[block]);
  MLIRContext *context = b.getContext();
  // Scales know none of the loops inside a block.
  auto shorten = [&](AffineMap map) {
    return AffineMap::get(numLoops, 0, map.getResults(), context);
  };
  SmallVector<Value> inputs{sums};
  SmallVector<AffineMap> maps{AffineMap::getMultiDimMapWithTargets(numLoops, sumDims, context)};
  for (auto [i, scales] : llvm::enumerate(op.getScales())) {
    inputs.push_back(scales);
    maps.push_back(shorten(op.getScalesMap(i)));
  }
  maps.push_back(shorten(op.getStartMap()));
  Accumulation accumulation = op.getAccumulationOrPlain();
  return emitGeneric(
      b, op.getLoc(), inputs, op.getStart(), maps, block,
      [&](OpBuilder &inner, Location l, ValueRange arguments) {
        Value unit = accumulation.emitUnit(inner, l, arguments.drop_front().drop_back());
        return accumulation.emitAdd(inner, l, arguments.front(), unit, arguments.back());
      });
}

struct GeneralizeContraction : OpRewritePattern<ContractOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ContractOp op, PatternRewriter &rewriter) const override {
    Value result;
    if (op.getBlockLoop())
      result = emitScaledSum(rewriter, op, emitBlockSums(rewriter, op));
    else
      result = emitGeneric(rewriter, op.getLoc(), {op.getInput(), op.getWeights()}, op.getStart(),
                           {op.getInputMap(), op.getWeightsMap(), op.getStartMap()},
                           op.getNumParallelLoops(),
                           [&](OpBuilder &b, Location l, ValueRange arguments) {
                             return emitStep(b, l, op, arguments);
                           });
    rewriter.replaceOp(op, result);
    return success();
  }
};

struct GeneralizeContractions : impl::GeneralizeContractionsBase<GeneralizeContractions> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateGeneralizeContractionPatterns(patterns);
    walkAndApplyPatterns(getOperation(), std::move(patterns));
  }
};

} // namespace

void populateGeneralizeContractionPatterns(RewritePatternSet &patterns) {
  patterns.add<GeneralizeContraction>(patterns.getContext());
}

} // namespace nnq
