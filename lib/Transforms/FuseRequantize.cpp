// --nnq-fuse-requantize: activation and requantization go into the operation in front.

#include "QuantizedConstants.h"

#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"
#include "nnq/Transforms/ObservationNames.h"
#include "nnq/Transforms/Passes.h"

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

static bool isByte(Value value) {
  auto type = dyn_cast_or_null<quant::UniformQuantizedType>(getQuantizedElement(value.getType()));
  return type && type.getStorageTypeIntegralWidth() <= 8;
}

/// Whether ONNX Runtime has an operator on bytes for `codes` to `result`: only where all have one
/// storage type. It computes in float otherwise, which rounds differently.
static bool haveOneStorage(ValueRange codes, Value result) {
  auto type = getQuantizedElement(result.getType());
  return llvm::all_of(codes, [&](Value code) {
    auto other = getQuantizedElement(code.getType());
    return other && other.getStorageType() == type.getStorageType() &&
           other.isSigned() == type.isSigned();
  });
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
    if (producer.roundsWithZeroPoint() && isByte(op) &&
        llvm::all_of(producer->getOperands(), isByte) &&
        !haveOneStorage(producer->getOperands(), op))
      return rewriter.notifyMatchFailure(op, "bytes of different types");
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
    if (!quantizesTo(op) || !isByte(op) || !producer || !op.getInput().hasOneUse() ||
        !producer.hasByteForm() || producer.sharesScale())
      return rewriter.notifyMatchFailure(op, "the operation in front has no form between bytes");
    SmallVector<Value> codes;
    for (Value operand : producer->getOperands()) {
      auto dequantize = operand.getDefiningOp<RequantizeOp>();
      if (!dequantize || !isByte(dequantize.getInput()))
        return rewriter.notifyMatchFailure(op, "the operation in front takes no dequantized bytes");
      codes.push_back(dequantize.getInput());
    }
    if (!haveOneStorage(codes, op))
      return rewriter.notifyMatchFailure(op, "bytes of different types");
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
    if (!type || !saturatesInside(type, *bounds))
      return rewriter.notifyMatchFailure(op, "is no clamp to a type that saturates at its bounds");
    Value input = op->getOperand(0);
    if (input.getType() != op->getResult(0).getType())
      input = RequantizeOp::create(rewriter, op->getLoc(), op->getResult(0).getType(), input);
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
    rewriter.setInsertionPoint(move);
    SmallVector<Value> operands =
        llvm::map_to_vector(move->getOperands(), [&](Value operand) -> Value {
          auto operandType = cast<RankedTensorType>(operand.getType());
          if (!operandType.getElementType().isF32()) // places, which are moved by
            return operand;
          return RequantizeOp::create(rewriter, op.getLoc(), operandType.clone(type), operand);
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
    patterns.add<FuseRequantizeIntoProducer, FuseBytesAroundProducer, DropClampInsideSaturation,
                 HoistQuantizeAboveMove>(&getContext());
    RequantizeOp::getCanonicalizationPatterns(patterns, &getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
