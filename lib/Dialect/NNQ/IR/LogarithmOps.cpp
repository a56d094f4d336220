// Operations of NNQLogarithmOps.td: shapes, and the logarithms that they stand for.

#include "nnq/Dialect/NNQ/IR/LogarithmOps.h"

#include "Verification.h"

#include "mlir/IR/Matchers.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace nnq;

#define GET_OP_CLASSES
#include "nnq/Dialect/NNQ/IR/NNQLogarithmOps.cpp.inc"

LogicalResult
LogSoftmaxOp::inferReturnTypeComponents(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                        SmallVectorImpl<ShapedTypeComponents> &shapes) {
  ArrayRef<int64_t> x = shapeOf(op.getInput());
  int64_t axis = op.getAxis();
  if (axis < 0 || axis >= static_cast<int64_t>(x.size())) // log_softmax (C1)
    return shapeError(loc, "log_softmax", "has axis ", axis, " for an input of rank ", x.size());
  shapes.emplace_back(x);
  return success();
}

LogicalResult LogSoftmaxOp::verify() { return verifyInferredShape(*this); }

bool LogSoftmaxOp::hasIntegerForm() { return false; }

Operation *LogSoftmaxOp::permuteDims(OpBuilder &builder, ValueRange operands,
                                     ArrayRef<int64_t> permutation) {
  int64_t axis = llvm::find(permutation, static_cast<int64_t>(getAxis())) - permutation.begin();
  return createInferred<LogSoftmaxOp>(builder, getLoc(), getType().getElementType(), operands[0],
                                      axis);
}

//===----------------------------------------------------------------------===//
// Logarithms of exponentials
//===----------------------------------------------------------------------===//

static bool isFloat(Value value) { return getElementTypeOrSelf(value).isF32(); }

/// The operand of a unary function of this kind whose operand and result are floats; or null.
static Value operandOf(Value value, UnaryKind kind) {
  auto op = value.getDefiningOp<UnaryOp>();
  return op && op.getKind() == kind && isFloat(value) && isFloat(op.getInput()) ? op.getInput()
                                                                                : Value();
}

static Value createUnary(PatternRewriter &rewriter, Location loc, Type type, UnaryKind kind,
                         Value operand) {
  return UnaryOp::create(rewriter, loc, type, operand, kind, APFloat(0.0f), APFloat(0.0f));
}

/// x where `value` is x + 1, of floats and x's shape.
static Value lessOne(Value value) {
  auto sum = value.getDefiningOp<AddOp>();
  if (!sum)
    return {};
  for (auto [x, one] : {std::pair(sum.getLhs(), sum.getRhs()), {sum.getRhs(), sum.getLhs()}}) {
    DenseElementsAttr constant;
    if (x.getType() == value.getType() && isFloat(x) && matchPattern(one, m_Constant(&constant)) &&
        constant.isSplat() && constant.getElementType().isF32() &&
        constant.getSplatValue<float>() == 1)
      return x;
  }
  return {};
}

namespace {

/// log(softmax(x)) -> log_softmax(x), also where the softmax is reshaped in between.
struct LogOfSoftmax : OpRewritePattern<UnaryOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(UnaryOp op, PatternRewriter &rewriter) const override {
    auto reshape = op.getInput().getDefiningOp<ReshapeOp>();
    auto softmax = (reshape ? reshape.getInput() : op.getInput()).getDefiningOp<SoftmaxOp>();
    if (op.getKind() != UnaryKind::Log || !softmax || !isFloat(softmax))
      return rewriter.notifyMatchFailure(op, "no logarithm of a softmax that gives floats");
    Type type = softmax.getType().clone(op.getType().getElementType());
    Value result =
        LogSoftmaxOp::create(rewriter, op.getLoc(), type, softmax.getInput(), softmax.getAxis());
    if (reshape)
      result = ReshapeOp::create(rewriter, reshape.getLoc(), op.getType(), result);
    rewriter.replaceOp(op, result);
    return success();
  }
};

/// log(sigmoid(x)) -> -softplus(-x), log(1 + e^x) -> softplus(x).
struct LogOfExponential : OpRewritePattern<UnaryOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(UnaryOp op, PatternRewriter &rewriter) const override {
    if (op.getKind() != UnaryKind::Log)
      return rewriter.notifyMatchFailure(op, "no logarithm");
    Location loc = op.getLoc();
    if (Value x = operandOf(op.getInput(), UnaryKind::Sigmoid)) {
      Value negated = createUnary(rewriter, loc, x.getType(), UnaryKind::Neg, x);
      Value plus = createUnary(rewriter, loc, x.getType(), UnaryKind::Softplus, negated);
      rewriter.replaceOp(op, createUnary(rewriter, loc, op.getType(), UnaryKind::Neg, plus));
      return success();
    }
    Value power = lessOne(op.getInput());
    Value x = power ? operandOf(power, UnaryKind::Exp) : Value();
    if (!x)
      return rewriter.notifyMatchFailure(op, "no logarithm of a sigmoid or of 1 + e^x");
    rewriter.replaceOp(op, createUnary(rewriter, loc, op.getType(), UnaryKind::Softplus, x));
    return success();
  }
};

} // namespace

void LogSoftmaxOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<LogOfSoftmax, LogOfExponential>(context);
}
