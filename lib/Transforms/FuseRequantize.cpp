// --nnq-fuse-requantize: activation and requantization go into the operation in front.

#include "QuantizedConstants.h"

#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"
#include "nnq/Transforms/ObservationNames.h"
#include "nnq/Transforms/Passes.h"
#include "nnq/Transforms/Transforms.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace nnq {
#define GEN_PASS_DEF_FUSEREQUANTIZE
#include "nnq/Transforms/Passes.h.inc"
} // namespace nnq

using namespace mlir;
using namespace nnq;

static bool isQuantized(Value value) {
  return static_cast<bool>(getQuantizedElement(value.getType()));
}

/// The type that a quantization from float gives, or null.
static quant::UniformQuantizedType quantizesTo(RequantizeOp op) {
  if (isQuantized(op.getInput()))
    return nullptr;
  return dyn_cast_or_null<quant::UniformQuantizedType>(getQuantizedElement(op.getType()));
}

/// Whether `producer` on `operands` may give what `op` quantizes its result to. The rounding must
/// be the same behind it as in it.
static bool mayFuse(RequantizeOp op, QuantizableOp producer, ValueRange operands) {
  NumericsProfile numerics = getNumerics(producer);
  return numerics == getNumerics(op) &&
         numerics.fusesQuantization(producer, operands, quantizesTo(op));
}

namespace {

/// requantize(conv(q...) -> float) -> q becomes conv(q...) -> q.
struct FuseRequantizeIntoProducer : OpRewritePattern<RequantizeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(RequantizeOp op, PatternRewriter &rewriter) const override {
    auto producer = op.getInput().getDefiningOp<QuantizableOp>();
    if (!quantizesTo(op) || !producer || !op.getInput().hasOneUse())
      return rewriter.notifyMatchFailure(op, "does not quantize the only use of a float result");
    bool computes =
        !isa<RequantizeOp>(*producer) && !producer.sharesScale() && producer.hasIntegerForm();
    if (!computes ||
        (!isa<ElementwiseOp>(*producer) && llvm::none_of(producer->getOperands(), isQuantized)))
      return rewriter.notifyMatchFailure(op, "the operation in front computes in float");
    if (!mayFuse(op, producer, producer->getOperands()))
      return rewriter.notifyMatchFailure(op, "the numerics profile rounds in between");
    Type type = op.getType();
    passObservationOn(op, op.getInput());
    rewriter.replaceOp(op, op.getInput());
    rewriter.modifyOpInPlace(producer, [&] { producer->getResult(0).setType(type); });
    return success();
  }
};

/// requantize(softmax(requantize(q) -> float)) -> q becomes softmax(q) -> q.
struct FuseBytesAroundProducer : OpRewritePattern<RequantizeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(RequantizeOp op, PatternRewriter &rewriter) const override {
    auto producer = op.getInput().getDefiningOp<QuantizableOp>();
    if (!quantizesTo(op) || !producer || !op.getInput().hasOneUse() || producer.hasIntegerForm())
      return rewriter.notifyMatchFailure(op, "the operation in front is none that stays in float");
    SmallVector<Value> codes;
    for (Value operand : producer->getOperands()) {
      Value code = RequantizeOp::getDequantized(operand);
      if (!code)
        return rewriter.notifyMatchFailure(op, "the operation in front takes no dequantized codes");
      codes.push_back(code);
    }
    if (!mayFuse(op, producer, codes))
      return rewriter.notifyMatchFailure(op, "the numerics profile has no such form of it");
    Type type = op.getType();
    passObservationOn(op, op.getInput());
    rewriter.replaceOp(op, op.getInput());
    rewriter.modifyOpInPlace(producer, [&] {
      producer->setOperands(codes);
      producer->getResult(0).setType(type);
    });
    return success();
  }
};

/// clamp(x) -> q becomes requantize(x) -> q where q saturates at the bounds, and x where x has that
/// type already.
struct DropClampInsideSaturation : OpInterfaceRewritePattern<QuantizableOp> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;
  LogicalResult matchAndRewrite(QuantizableOp op, PatternRewriter &rewriter) const override {
    auto bounds = op.getClampBounds();
    auto type = bounds ? dyn_cast_or_null<quant::UniformQuantizedType>(
                             getQuantizedElement(op->getResult(0).getType()))
                       : nullptr;
    if (!type || !saturatesInside(getNumerics(op), type, *bounds))
      return rewriter.notifyMatchFailure(op, "is no clamp to a type that saturates at its bounds");
    Value input = op->getOperand(0);
    if (input.getType() != op->getResult(0).getType()) {
      input = RequantizeOp::create(rewriter, op->getLoc(), op->getResult(0).getType(), input);
      keepNumerics(op, input.getDefiningOp());
    }
    passObservationOn(op, input);
    rewriter.replaceOp(op, input);
    return success();
  }
};

/// requantize(max_pool(x) : float) -> q becomes max_pool(requantize(x)) on q.
struct HoistQuantizeAboveMove : OpRewritePattern<RequantizeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(RequantizeOp op, PatternRewriter &rewriter) const override {
    auto move = op.getInput().getDefiningOp<QuantizableOp>();
    auto type = quantizesTo(op);
    if (!type || !move || !move.sharesScale() || move->getNumResults() != 1 ||
        !op.getInput().hasOneUse())
      return rewriter.notifyMatchFailure(op, "does not quantize the only use of a move");
    if (move.getInsertedValue() && getNumerics(move) != getNumerics(op))
      return rewriter.notifyMatchFailure(op, "the move would round its border by another profile");
    rewriter.setInsertionPoint(move);
    SmallVector<Value> operands =
        llvm::map_to_vector(move->getOperands(), [&](Value operand) -> Value {
          auto operandType = cast<RankedTensorType>(operand.getType());
          if (!operandType.getElementType().isF32()) // places, which are moved by
            return operand;
          auto hoisted =
              RequantizeOp::create(rewriter, op.getLoc(), operandType.clone(type), operand);
          keepNumerics(op, hoisted);
          return hoisted;
        });
    Type resultType = op.getType();
    passObservationOn(op, op.getInput());
    rewriter.replaceOp(op, op.getInput());
    rewriter.modifyOpInPlace(move, [&] {
      move->setOperands(operands);
      move->getResult(0).setType(resultType);
    });
    return success();
  }
};

struct FuseRequantize : nnq::impl::FuseRequantizeBase<FuseRequantize> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateFuseRequantizePatterns(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace

void nnq::populateFuseRequantizePatterns(RewritePatternSet &patterns) {
  patterns.add<FuseRequantizeIntoProducer, FuseBytesAroundProducer, DropClampInsideSaturation,
               HoistQuantizeAboveMove>(patterns.getContext());
  RequantizeOp::getCanonicalizationPatterns(patterns, patterns.getContext());
}
