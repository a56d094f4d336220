// --nnq-collapse-dims: fewer, longer dimensions: what is one loop in memory is one dimension of a
// kernel. The reshapes that this takes stay outside of kernels, where they are other names of the
// same memory.

#include "nnq/Codegen/Codegen.h"
#include "nnq/Codegen/Passes.h"
#include "nnq/Dialect/NNQ/IR/ConstantData.h"
#include "nnq/Dialect/NNQ/IR/KernelBodies.h"
#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Dialect/NNQ/IR/Network.h"
#include "nnq/Dialect/NNQ/IR/Numerics.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace nnq {
#define GEN_PASS_DEF_COLLAPSEDIMS
#include "nnq/Codegen/Passes.h.inc"

namespace {

ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

/// True if the element type does not name a dimension.
bool isFreeOfDims(Value value) {
  Type element = getElementTypeOrSelf(value);
  return element.isIntOrFloat() || isa<quant::UniformQuantizedType>(element);
}

/// `value` in another shape: a constant of that shape, the input of a reshape that is undone, or a
/// reshape.
Value reshapeTo(OpBuilder &builder, Location loc, Value value, ArrayRef<int64_t> shape) {
  auto type = cast<RankedTensorType>(value.getType());
  if (type.getShape() == shape)
    return value;
  if (auto constant = value.getDefiningOp<ConstantOp>())
    return ConstantOp::create(builder, constant.getLoc(), type.clone(shape),
                              reshapeConstant(constant.getValue(), shape));
  if (auto reshape = value.getDefiningOp<ReshapeOp>();
      reshape && shapeOf(reshape.getInput()) == shape)
    return reshape.getInput();
  return ReshapeOp::create(builder, loc, type.clone(shape), value);
}

//===----------------------------------------------------------------------===//
// Operands of elementwise operations
//===----------------------------------------------------------------------===//

/// How an operand relates to the shape of the result.
enum class Extent { Scalar, Channels, Full, Other };

Extent getExtent(Value operand, ArrayRef<int64_t> result) {
  ArrayRef<int64_t> shape = shapeOf(operand);
  if (shape == result)
    return Extent::Full;
  int64_t numElements = ShapedType::getNumElements(shape);
  if (numElements == 1)
    return Extent::Scalar;
  return !shape.empty() && shape.back() == result.back() && numElements == shape.back()
             ? Extent::Channels
             : Extent::Other;
}

/// Whether an operand of an operation with a result of shape `from` can be given to the same
/// operation on shape `to`.
bool canMoveOperand(Value operand, ArrayRef<int64_t> from, ArrayRef<int64_t> to) {
  if (!isFreeOfDims(operand))
    return false;
  switch (getExtent(operand, from)) {
  case Extent::Scalar:
  case Extent::Full:
    return true;
  case Extent::Channels:
    return !to.empty() && to.back() == from.back();
  case Extent::Other:
    return false;
  }
  llvm_unreachable("every extent has its rule");
}

Value moveOperand(OpBuilder &builder, Location loc, Value operand, ArrayRef<int64_t> from,
                  ArrayRef<int64_t> to) {
  Extent extent = getExtent(operand, from);
  if (extent == Extent::Full)
    return reshapeTo(builder, loc, operand, to);
  return reshapeTo(builder, loc, operand, extent == Extent::Scalar ? 1 : from.back());
}

/// A filter O x 1 x 1 x C as a matrix, with its scales or blocks of input channels; null if its
/// type has other blocks.
Value asMatrix(OpBuilder &builder, ConstantOp filter) {
  auto type = cast<RankedTensorType>(filter.getType());
  SmallVector<int64_t> shape{type.getShape().front(), type.getShape().back()};
  auto blocks = dyn_cast_or_null<quant::UniformQuantizedSubChannelType>(getQuantizedElement(type));
  if (!blocks)
    return reshapeTo(builder, filter.getLoc(), filter, shape);
  std::optional<int64_t> block = getInputChannelBlock(type);
  if (!block)
    return nullptr;
  auto flatten = [&](DenseElementsAttr values) {
    return values.reshape(
        RankedTensorType::get({shape[0], shape[1] / *block}, values.getElementType()));
  };
  auto element = quant::UniformQuantizedSubChannelType::get(
      blocks.getFlags(), blocks.getStorageType(), blocks.getExpressedType(),
      flatten(blocks.getScales()), flatten(blocks.getZeroPoints()), {0, 1}, {1, *block},
      blocks.getStorageTypeMin(), blocks.getStorageTypeMax());
  return ConstantOp::create(builder, filter.getLoc(),
                            withQuantizedElement(type, element).clone(shape),
                            reshapeConstant(filter.getValue(), shape));
}

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

/// conv2d(x, w : O x 1 x 1 x C) with stride 1 and without padding -> fully_connected on [N * H * W,
/// C].
struct PointwiseConvToFullyConnected : OpRewritePattern<Conv2DOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(Conv2DOp op, PatternRewriter &rewriter) const override {
    ArrayRef<int64_t> filter = shapeOf(op.getFilter()), input = shapeOf(op.getInput());
    auto isOne = [](int64_t v) { return v == 1; };
    if (filter[1] != 1 || filter[2] != 1 || op.getGroups() != 1 ||
        !llvm::all_of(op.getStrides(), isOne) ||
        llvm::any_of(op.getPads(), [](int64_t v) { return v != 0; }))
      return rewriter.notifyMatchFailure(op, "not a product of each pixel with one matrix");
    auto weights = op.getFilter().getDefiningOp<ConstantOp>();
    Value matrix = weights ? asMatrix(rewriter, weights) : Value();
    if (!matrix)
      return rewriter.notifyMatchFailure(op, "the filter is not a constant that can be reshaped");
    Value rows =
        reshapeTo(rewriter, op.getLoc(), op.getInput(), {input[0] * input[1] * input[2], input[3]});
    auto type = op.getType().clone({input[0] * input[1] * input[2], filter[0]});
    auto product =
        FullyConnectedOp::create(rewriter, op.getLoc(), type, rows, matrix, op.getBias());
    keepNumerics(op, product);
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getType(), product);
    return success();
  }
};

/// fully_connected on [..., C] -> fully_connected on [M, C].
struct CollapseFullyConnected : OpRewritePattern<FullyConnectedOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(FullyConnectedOp op, PatternRewriter &rewriter) const override {
    ArrayRef<int64_t> input = shapeOf(op.getInput());
    if (input.size() == 2)
      return rewriter.notifyMatchFailure(op, "of rank 2 already");
    int64_t rows = ShapedType::getNumElements(input.drop_back());
    Value matrix = reshapeTo(rewriter, op.getLoc(), op.getInput(), {rows, input.back()});
    auto type = op.getType().clone({rows, shapeOf(op.getFilter())[0]});
    auto product =
        FullyConnectedOp::create(rewriter, op.getLoc(), type, matrix, op.getFilter(), op.getBias());
    keepNumerics(op, product);
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getType(), product);
    return success();
  }
};

/// f(reshape(x), y) -> reshape(f(x, reshape(y))), so that f can be computed together with what
/// computes x.
struct SinkReshapeBelowElementwise : OpInterfaceRewritePattern<ElementwiseOp> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;
  LogicalResult matchAndRewrite(ElementwiseOp op, PatternRewriter &rewriter) const override {
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    for (Value operand : op->getOperands()) {
      auto reshape = operand.getDefiningOp<ReshapeOp>();
      if (!reshape || !reshape->hasOneUse() || shapeOf(reshape) != type.getShape() ||
          !canAbsorb(reshape.getInput()))
        continue;
      ArrayRef<int64_t> to = shapeOf(reshape.getInput());
      // Ranks only fall, or two operands of different shapes would trade their reshapes for ever.
      if (to.size() >= type.getShape().size())
        continue;
      if (!isFreeOfDims(op->getResult(0)) || !llvm::all_of(op->getOperands(), [&](Value v) {
            return canMoveOperand(v, type.getShape(), to);
          }))
        continue;
      rewriter.setInsertionPoint(op);
      IRMapping moved;
      for (Value v : op->getOperands())
        moved.map(v, moveOperand(rewriter, op.getLoc(), v, type.getShape(), to));
      Operation *collapsed = rewriter.clone(*op, moved);
      collapsed->getResult(0).setType(type.clone(to));
      rewriter.replaceOpWithNewOp<ReshapeOp>(op, type, collapsed->getResult(0));
      return success();
    }
    return rewriter.notifyMatchFailure(
        op, "no operand is a reshape of what could be computed together with it");
  }

private:
  static bool canAbsorb(Value value) {
    Operation *producer = value.getDefiningOp();
    return producer && value.hasOneUse() && isa_and_nonnull<NNQDialect>(producer->getDialect()) &&
           !isa<ConstantOp>(producer);
  }
};

/// reshape(constant) -> constant, resources too.
struct FoldReshapeOfConstant : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReshapeOp op, PatternRewriter &rewriter) const override {
    auto constant = op.getInput().getDefiningOp<ConstantOp>();
    if (!constant || !isFreeOfDims(op.getInput()))
      return rewriter.notifyMatchFailure(op, "not a constant that can be reshaped");
    rewriter.replaceOpWithNewOp<ConstantOp>(
        op, op.getType(), reshapeConstant(constant.getValue(), op.getType().getShape()));
    return success();
  }
};

/// Rewrites a chain of elementwise operations whose results have one shape to rank 1, or to rank 2
/// where an operand has one element per channel. `ops` are in order, and each but the last is used
/// inside the chain only. Leaves the chain alone where an operand is broadcast along other
/// dimensions.
void collapseElementwiseChain(OpBuilder &builder, ArrayRef<Operation *> ops) {
  Value last = ops.back()->getResult(0);
  auto type = cast<RankedTensorType>(last.getType());
  SmallVector<int64_t> from(type.getShape()), to{type.getNumElements()};
  auto isInside = [&](Value v) { return llvm::is_contained(ops, v.getDefiningOp()); };
  for (Operation *op : ops)
    for (Value operand : op->getOperands())
      if (!isInside(operand) && getExtent(operand, from) == Extent::Channels)
        to = {type.getNumElements() / from.back(), from.back()};
  if (from.empty() || from == to)
    return;
  for (Operation *op : ops)
    for (Value operand : op->getOperands())
      if (!isFreeOfDims(op->getResult(0)) ||
          (!isInside(operand) && !canMoveOperand(operand, from, to)))
        return;

  for (Operation *op : ops) {
    builder.setInsertionPoint(op);
    for (OpOperand &operand : op->getOpOperands())
      if (!isInside(operand.get()))
        operand.set(moveOperand(builder, op->getLoc(), operand.get(), from, to));
  }
  for (Operation *op : ops)
    op->getResult(0).setType(cast<RankedTensorType>(op->getResult(0).getType()).clone(to));
  builder.setInsertionPointAfter(ops.back());
  auto reshape = ReshapeOp::create(builder, ops.back()->getLoc(), type, last);
  last.replaceAllUsesExcept(reshape, reshape);
}

struct CollapseDims : impl::CollapseDimsBase<CollapseDims> {
  void runOnOperation() override {
    func::FuncOp network = getOperation();
    if (network.isDeclaration() || network->hasAttr("nnq.kernel"))
      return;
    RewritePatternSet patterns(&getContext());
    populateCollapseDimsPatterns(patterns);
    // Reshapes sink through the whole network, a layer per iteration.
    if (failed(verifyNetwork(network)) ||
        failed(applyPatternsGreedily(
            network, std::move(patterns),
            GreedyRewriteConfig().setMaxIterations(GreedyRewriteConfig::kNoLimit))))
      return signalPassFailure();
    OpBuilder builder(&getContext());
    KernelBodies bodies(network.getBody().front());
    for (const KernelBody &body : bodies.get())
      if (isa<ElementwiseOp>(body.front()))
        collapseElementwiseChain(builder, body);
  }
};

} // namespace

void populateCollapseDimsPatterns(RewritePatternSet &patterns) {
  patterns.add<PointwiseConvToFullyConnected, CollapseFullyConnected, SinkReshapeBelowElementwise,
               FoldReshapeOfConstant>(patterns.getContext());
  ReshapeOp::getCanonicalizationPatterns(patterns, patterns.getContext());
}

} // namespace nnq
