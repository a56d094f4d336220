// --nnq-propagate-layout: transposes move until they cancel, or reach an input, an output or
// weights.

#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Dialect/NNQ/IR/Numerics.h"
#include "nnq/Transforms/ConstantValues.h"
#include "nnq/Transforms/Passes.h"
#include "nnq/Transforms/Transforms.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace nnq {
#define GEN_PASS_DEF_PROPAGATELAYOUT
#include "nnq/Transforms/Passes.h.inc"
} // namespace nnq

using namespace mlir;
using namespace nnq;

//===----------------------------------------------------------------------===//
// Permutations
//===----------------------------------------------------------------------===//

/// From channels-last to channels-first: [0, n - 1, 1, 2, ...].
static bool leavesChannelsLast(ArrayRef<int64_t> p) {
  int64_t n = p.size();
  if (n < 3 || p[0] != 0 || p[1] != n - 1)
    return false;
  return llvm::equal(p.drop_front(2), llvm::seq<int64_t>(1, n - 1));
}

/// From channels-first to channels-last: [0, 2, 3, ..., 1].
static bool entersChannelsLast(ArrayRef<int64_t> p) {
  int64_t n = p.size();
  return n >= 3 && p[0] == 0 && p[n - 1] == 1 &&
         llvm::equal(p.slice(1, n - 2), llvm::seq<int64_t>(2, n));
}

/// The two directions are one permutation for three dimensions; new transposes are only made where
/// they differ.
static bool hasDirection(ArrayRef<int64_t> p) { return p.size() >= 4; }

static SmallVector<int64_t> inverse(ArrayRef<int64_t> p) {
  SmallVector<int64_t> result(p.size());
  for (auto [i, d] : llvm::enumerate(p))
    result[d] = i;
  return result;
}

static SmallVector<int64_t> permute(ArrayRef<int64_t> values, ArrayRef<int64_t> p) {
  return llvm::map_to_vector(p, [&](int64_t d) { return values[d]; });
}

static RankedTensorType typeOf(Value value) { return cast<RankedTensorType>(value.getType()); }

/// `shape` with dimensions of size 1 in front, to `rank`.
static SmallVector<int64_t> rightAlign(ArrayRef<int64_t> shape, int64_t rank) {
  SmallVector<int64_t> aligned(rank - shape.size(), 1);
  aligned.append(shape.begin(), shape.end());
  return aligned;
}

//===----------------------------------------------------------------------===//
// Operands in another order
//===----------------------------------------------------------------------===//

/// True if `permuteOperand` can give this operand without a transpose at run time.
static bool isFreeToPermute(Value operand, ArrayRef<int64_t> p) {
  if (auto transpose = operand.getDefiningOp<TransposeOp>())
    return transpose.getPermutation() == ArrayRef<int64_t>(inverse(p));
  return operand.getDefiningOp<ConstantOp>() && typeOf(operand).getElementType().isIntOrFloat();
}

/// `operand` of an operation of rank p.size() with its dimensions permuted by `p`. `mayBroadcast`:
/// a constant's leading 1s are dropped.
static Value permuteOperand(PatternRewriter &rewriter, Value operand, ArrayRef<int64_t> p,
                            bool mayBroadcast) {
  if (auto transpose = operand.getDefiningOp<TransposeOp>();
      transpose && isFreeToPermute(operand, p))
    return transpose.getInput();
  RankedTensorType type = typeOf(operand);
  if (type.getNumElements() == 1 && mayBroadcast)
    return operand;
  SmallVector<int64_t> aligned = rightAlign(type.getShape(), p.size()), shape = permute(aligned, p);
  if (auto constant = operand.getDefiningOp<ConstantOp>()) {
    ArrayRef<int64_t> kept(shape);
    while (mayBroadcast && kept.size() > 1 && kept.front() == 1)
      kept = kept.drop_front();
    if (ConstantOp permuted = permuteConstant(rewriter, constant, aligned, p, type.clone(kept)))
      return permuted;
  }
  if (type.getRank() != static_cast<int64_t>(p.size()))
    operand = ReshapeOp::create(rewriter, operand.getLoc(), type.clone(aligned), operand);
  return TransposeOp::create(rewriter, operand.getLoc(), type.clone(shape), operand, p);
}

/// Rebuilds `op` on operands permuted by `p`; its result is then permuted too.
static Value permuteOperation(PatternRewriter &rewriter, LayoutPermutableOp op,
                              ArrayRef<int64_t> p) {
  bool mayBroadcast = isa<ElementwiseOp>(*op);
  SmallVector<Value> operands = llvm::map_to_vector(op->getOperands(), [&](Value operand) {
    return permuteOperand(rewriter, operand, p, mayBroadcast);
  });
  Operation *permuted = op.permuteDims(rewriter, operands, p);
  if (!permuted)
    return {};
  keepNumerics(op, permuted);
  return permuted->getResult(0);
}

/// True if `op` has one result and its operands have its rank, or less where it broadcasts.
static bool hasPermutableRanks(LayoutPermutableOp op, int64_t rank) {
  if (op->getNumResults() != 1 || typeOf(op->getResult(0)).getRank() != rank)
    return false;
  return llvm::all_of(op->getOperands(), [&](Value operand) {
    int64_t r = typeOf(operand).getRank();
    return r == rank || (r < rank && isa<ElementwiseOp>(*op));
  });
}

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

namespace {

/// op(transpose(x)) -> transpose(op(x)), for transposes from channels-last to channels-first.
struct SinkTransposeBelowPermutable : OpInterfaceRewritePattern<LayoutPermutableOp> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;
  LogicalResult matchAndRewrite(LayoutPermutableOp op, PatternRewriter &rewriter) const override {
    TransposeOp transpose;
    for (Value operand : op->getOperands())
      if (auto candidate = operand.getDefiningOp<TransposeOp>();
          candidate && leavesChannelsLast(candidate.getPermutation()))
        transpose = transpose ? transpose : candidate;
    if (!transpose || !hasPermutableRanks(op, transpose.getPermutation().size()))
      return rewriter.notifyMatchFailure(
          op, "no operand of the result's rank is transposed to channels-first");
    SmallVector<int64_t> outward(transpose.getPermutation()), inward = inverse(outward);
    auto isFree = [&](Value operand) { return isFreeToPermute(operand, inward); };
    if (!hasDirection(outward) && !llvm::all_of(op->getOperands(), isFree))
      return rewriter.notifyMatchFailure(
          op, "another operand would need a transpose that can't be told from this one");
    Value permuted = permuteOperation(rewriter, op, inward);
    if (!permuted)
      return rewriter.notifyMatchFailure(op, "the operation can't be permuted");
    rewriter.replaceOpWithNewOp<TransposeOp>(op, op->getResult(0).getType(), permuted, outward);
    return success();
  }
};

/// transpose(op(x)) -> op(transpose(x)), for transposes from channels-first to channels-last, where
/// `op` has one use and one operand that is not constant.
struct HoistTransposeAbovePermutable : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(TransposeOp transpose, PatternRewriter &rewriter) const override {
    SmallVector<int64_t> inward(transpose.getPermutation());
    if (!hasDirection(inward) || !entersChannelsLast(inward))
      return rewriter.notifyMatchFailure(transpose, "does not enter channels-last order");
    auto op = transpose.getInput().getDefiningOp<LayoutPermutableOp>();
    if (!op || !op->hasOneUse() || !hasPermutableRanks(op, inward.size()))
      return rewriter.notifyMatchFailure(
          transpose, "its input is not the result of a permutable operation with one use");
    int64_t computed = llvm::count_if(
        op->getOperands(), [](Value operand) { return !operand.getDefiningOp<ConstantOp>(); });
    if (computed != 1)
      return rewriter.notifyMatchFailure(transpose, "several operands would need a transpose each");
    rewriter.setInsertionPoint(op);
    Value permuted = permuteOperation(rewriter, op, inward);
    if (!permuted)
      return rewriter.notifyMatchFailure(transpose, "the operation can't be permuted");
    rewriter.replaceOp(transpose, permuted);
    return success();
  }
};

/// fully_connected(reshape(transpose(x)), w) -> fully_connected(reshape(x), w'): the columns of w'
/// are in the order of x.
struct MoveTransposeIntoWeights : OpInterfaceRewritePattern<AccumulatingOp> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;
  LogicalResult matchAndRewrite(AccumulatingOp op, PatternRewriter &rewriter) const override {
    OpOperand &input = op.getInputOperand(), &weights = op.getWeightOperand();
    auto reshape = input.get().getDefiningOp<ReshapeOp>();
    auto transpose = reshape ? reshape.getInput().getDefiningOp<TransposeOp>() : nullptr;
    auto constant = weights.get().getDefiningOp<ConstantOp>();
    RankedTensorType weightType = typeOf(weights.get());
    if (!transpose || !constant || weightType.getRank() != 2)
      return rewriter.notifyMatchFailure(op,
                                         "no flattened transpose in front of a constant matrix");
    ArrayRef<int64_t> p = transpose.getPermutation(), shape = transpose.getType().getShape();
    size_t first = shape.size();
    for (int64_t columns = 1; first > 0 && columns < weightType.getDimSize(1);)
      columns *= shape[--first];
    // The dimensions from `first` on make up the columns; those in front must stay where they are.
    int64_t columns = 1;
    for (int64_t size : shape.drop_front(first))
      columns *= size;
    if (columns != weightType.getDimSize(1) ||
        !llvm::equal(p.take_front(first), llvm::seq<int64_t>(0, first)))
      return rewriter.notifyMatchFailure(op, "the transpose moves more than the columns");
    SmallVector<int64_t> view{weightType.getDimSize(0)}, order{0};
    view.append(shape.begin() + first, shape.end());
    for (int64_t d : ArrayRef<int64_t>(inverse(p)).drop_front(first))
      order.push_back(d - first + 1);
    ConstantOp permuted = permuteConstant(rewriter, constant, view, order, weightType);
    if (!permuted)
      return rewriter.notifyMatchFailure(op, "the weights can't be permuted");
    Value flat =
        ReshapeOp::create(rewriter, reshape.getLoc(), reshape.getType(), transpose.getInput());
    rewriter.modifyOpInPlace(op, [&] {
      input.set(flat);
      weights.set(permuted.getResult());
    });
    return success();
  }
};

/// True if the elements of a constant may be put in another order without a change of their type.
bool canPermuteElements(ConstantOp constant) {
  return constant && constant.getType().getElementType().isIntOrFloat();
}

struct FoldTransposeOfConstant : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(TransposeOp op, PatternRewriter &rewriter) const override {
    auto constant = op.getInput().getDefiningOp<ConstantOp>();
    if (!canPermuteElements(constant))
      return rewriter.notifyMatchFailure(op, "input is not a plain constant");
    ConstantOp folded = permuteConstant(rewriter, constant, constant.getType().getShape(),
                                        op.getPermutation(), op.getType());
    if (!folded)
      return rewriter.notifyMatchFailure(op, "elements are not whole bytes");
    rewriter.replaceOp(op, folded);
    return success();
  }
};

struct FoldReshapeOfConstant : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReshapeOp op, PatternRewriter &rewriter) const override {
    auto constant = op.getInput().getDefiningOp<ConstantOp>();
    if (!canPermuteElements(constant))
      return rewriter.notifyMatchFailure(op, "input is not a plain constant");
    ConstantOp folded = permuteConstant(
        rewriter, constant, constant.getType().getShape(),
        llvm::to_vector(llvm::seq<int64_t>(0, constant.getType().getRank())), op.getType());
    if (!folded)
      return rewriter.notifyMatchFailure(op, "elements are not whole bytes");
    rewriter.replaceOp(op, folded);
    return success();
  }
};

struct PropagateLayout : nnq::impl::PropagateLayoutBase<PropagateLayout> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populatePropagateLayoutPatterns(patterns);
    GreedyRewriteConfig config;
    config.setMaxIterations(GreedyRewriteConfig::kNoLimit);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns), config)))
      signalPassFailure();
  }
};

} // namespace

void nnq::populatePropagateLayoutPatterns(RewritePatternSet &patterns) {
  MLIRContext *context = patterns.getContext();
  patterns.add<SinkTransposeBelowPermutable, HoistTransposeAbovePermutable,
               MoveTransposeIntoWeights, FoldTransposeOfConstant, FoldReshapeOfConstant>(context);
  TransposeOp::getCanonicalizationPatterns(patterns, context);
  ReshapeOp::getCanonicalizationPatterns(patterns, context);
  SplitOp::getCanonicalizationPatterns(patterns, context);
}
