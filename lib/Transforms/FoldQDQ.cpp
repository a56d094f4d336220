// --nnq-fold-qdq: dequantizations go into the operations behind them.

#include "QuantizedConstants.h"

#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"
#include "nnq/Transforms/ConstantValues.h"
#include "nnq/Transforms/ObservationNames.h"
#include "nnq/Transforms/Passes.h"
#include "nnq/Transforms/Transforms.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <cmath>

namespace nnq {
#define GEN_PASS_DEF_FOLDQDQ
#include "nnq/Transforms/Passes.h.inc"
} // namespace nnq

using namespace mlir;
using namespace nnq;

static bool isPerTensor(Value value) {
  return isa_and_nonnull<quant::UniformQuantizedType>(getQuantizedElement(value.getType()));
}

namespace {

/// conv(dequantize(x), dequantize(w), dequantize(b)) -> conv(x, w, b), with a float result. A float
/// bias that the profile does not round is added to the result instead.
struct FoldDequantizeIntoAccumulation : OpInterfaceRewritePattern<AccumulatingOp> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;
  LogicalResult matchAndRewrite(AccumulatingOp op, PatternRewriter &rewriter) const override {
    Value input = RequantizeOp::getDequantized(op.getInputOperand().get()),
          weights = RequantizeOp::getDequantized(op.getWeightOperand().get());
    if (!input || !weights || !isPerTensor(input))
      return rewriter.notifyMatchFailure(op, "input and weights are not dequantized");
    if (!weights.getDefiningOp<ConstantOp>())
      return rewriter.notifyMatchFailure(op, "the weights are computed");
    auto inputType = getQuantizedElement(input.getType()),
         weightType = getQuantizedElement(weights.getType());
    if (inputType.getStorageTypeIntegralWidth() > 16 ||
        weightType.getStorageTypeIntegralWidth() > 16)
      return rewriter.notifyMatchFailure(op, "the input or the weights have more than 16 bits");
    auto biasType = getBiasType(inputType, weightType);
    if (!biasType || getQuantizedAxis(weightType) > 0)
      return rewriter.notifyMatchFailure(
          op, "the weights are in blocks or have scales off the output channels");
    OpOperand *biasOperand = op.getBiasOperand();
    bool addsFloat = biasOperand && biasOperand->get().getDefiningOp<ConstantOp>() &&
                     !getQuantizedElement(biasOperand->get().getType()) &&
                     !getNumerics(op).roundsBias(op);
    Value bias;
    if (biasOperand && !addsFloat &&
        !(bias = quantizedBias(rewriter, op, biasOperand->get(), biasType)))
      return rewriter.notifyMatchFailure(
          op, "the bias has another scale, is not constant, or is out of range");
    if (addsFloat)
      addBehind(rewriter, op);
    rewriter.modifyOpInPlace(op, [&] {
      op.getInputOperand().set(input);
      op.getWeightOperand().set(weights);
      if (bias)
        op.getBiasOperand()->set(bias);
    });
    return success();
  }

private:
  /// conv(x, w, b) -> conv(x, w) + b.
  static void addBehind(PatternRewriter &rewriter, AccumulatingOp op) {
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPointAfter(op);
    OpOperand *bias = op.getBiasOperand();
    Value result = op->getResult(0);
    auto sum = AddOp::create(rewriter, op.getLoc(), result.getType(), result, bias->get());
    passObservationOn(op, sum);
    keepNumerics(op, sum);
    rewriter.replaceAllUsesExcept(result, sum, sum);
    rewriter.modifyOpInPlace(op, [&] { op->eraseOperand(bias->getOperandNumber()); });
  }

  /// A float constant in `type`; or the i32 constant that was dequantized, if its scales are those
  /// of `type` within f32's rounding.
  static Value quantizedBias(PatternRewriter &rewriter, AccumulatingOp op, Value bias,
                             quant::QuantizedType type) {
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPoint(op);
    Value quantized = RequantizeOp::getDequantized(bias);
    if (!quantized) {
      ConstantOp constant = quantizeBiasConstant(getNumerics(op), rewriter, bias, type);
      return constant ? constant.getResult() : Value();
    }
    auto found = getQuantizedElement(quantized.getType());
    SmallVector<double> scales = getScales(found), wanted = getScales(type);
    std::optional<ConstantValues<int32_t>> codes = readConstant<int32_t>(quantized);
    if (!codes || scales.size() != wanted.size() ||
        llvm::any_of(getZeroPoints(found), [](int64_t z) { return z != 0; }))
      return {};
    for (auto [scale, want] : llvm::zip(scales, wanted))
      if (std::abs(scale - want) > 1e-6 * want)
        return {};
    return createConstant(rewriter, quantized.getLoc(),
                          cast<RankedTensorType>(quantized.getType()).clone(type), codes->get());
  }
};

/// add(dequantize(x), dequantize(y)) -> add(x, y), and so for all operations that compute on
/// integers and neither accumulate nor move.
struct FoldDequantizeIntoOp : OpInterfaceRewritePattern<QuantizableOp> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;
  LogicalResult matchAndRewrite(QuantizableOp op, PatternRewriter &rewriter) const override {
    if (isa<AccumulatingOp, RequantizeOp>(*op) || op.sharesScale())
      return rewriter.notifyMatchFailure(op, "accumulates or moves");
    SmallVector<Value> before(op->getOperands());
    rewriter.startOpModification(op);
    for (OpOperand &operand : op->getOpOperands())
      if (Value quantized = RequantizeOp::getDequantized(operand.get());
          quantized && isPerTensor(quantized))
        operand.set(quantized);
    // Asked of the new operands: a product computes on integers where both factors are quantized.
    if (!llvm::equal(before, op->getOperands()) && op.hasIntegerForm()) {
      rewriter.finalizeOpModification(op);
      return success();
    }
    op->setOperands(before);
    rewriter.cancelOpModification(op);
    return rewriter.notifyMatchFailure(op, "nothing to fold, or no integer form");
  }
};

/// max_pool(dequantize(x)) -> dequantize(max_pool(x)).
struct SinkDequantizeBelowMove : OpInterfaceRewritePattern<QuantizableOp> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;
  LogicalResult matchAndRewrite(QuantizableOp op, PatternRewriter &rewriter) const override {
    if (!op.sharesScale() || op->getNumOperands() == 0)
      return rewriter.notifyMatchFailure(op, "does more than move values");
    SmallVector<Value> operands(op->getOperands());
    quant::QuantizedType element;
    for (Value &operand : operands) {
      if (!getElementTypeOrSelf(operand).isF32())
        continue; // places, which are moved by
      operand = RequantizeOp::getDequantized(operand);
      if (!operand || !isPerTensor(operand))
        return rewriter.notifyMatchFailure(op, "its operands are not dequantized");
      auto found = getQuantizedElement(operand.getType());
      if (element && found != element)
        return rewriter.notifyMatchFailure(op, "its operands have different types");
      element = found;
    }
    if (!element)
      return rewriter.notifyMatchFailure(op, "it moves no reals");
    auto inserted = op.getInsertedValue();
    if (inserted && !isExact(cast<quant::UniformQuantizedType>(element), *inserted))
      return rewriter.notifyMatchFailure(op, "no code stands for the value that it inserts");
    Operation *moved = rewriter.clone(*op);
    rewriter.modifyOpInPlace(moved, [&] {
      moved->setOperands(operands);
      for (Value result : moved->getResults())
        result.setType(cast<RankedTensorType>(result.getType()).clone(element));
    });
    SmallVector<Value> results;
    for (auto [old, result] : llvm::zip(op->getResults(), moved->getResults()))
      results.push_back(RequantizeOp::create(rewriter, op.getLoc(), old.getType(), result));
    rewriter.replaceOp(op, results);
    return success();
  }
};

/// requantize(requantize(q : A -> float) -> B) -> requantize(q : A -> B), which goes through f32 by
/// definition.
struct MergeRequantizesThroughFloat : OpRewritePattern<RequantizeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(RequantizeOp op, PatternRewriter &rewriter) const override {
    Value quantized = RequantizeOp::getDequantized(op.getInput());
    if (!quantized || !getQuantizedElement(op.getType()))
      return rewriter.notifyMatchFailure(op, "no dequantization in front of a quantization");
    if (quantized.getType() != op.getType()) {
      quantized = RequantizeOp::create(rewriter, op.getLoc(), op.getType(), quantized);
      keepNumerics(op, quantized.getDefiningOp());
    }
    rewriter.replaceOp(op, quantized);
    return success();
  }
};

struct QuantizeConstants : OpRewritePattern<RequantizeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(RequantizeOp op, PatternRewriter &rewriter) const override {
    auto type = dyn_cast_or_null<quant::UniformQuantizedType>(getQuantizedElement(op.getType()));
    ConstantOp constant =
        type ? quantizeConstant(getNumerics(op), rewriter, op.getInput(), type) : nullptr;
    if (!constant)
      return rewriter.notifyMatchFailure(op, "no f32 constant, or not to 8 bits per tensor");
    rewriter.replaceOp(op, constant);
    return success();
  }
};

/// fully_connected(x, dequantize(w), b) -> fully_connected(x, w, b) for an x that stays f32, or
/// weights in blocks, whose products have no common unit.
struct FoldDequantizeIntoWeights : OpInterfaceRewritePattern<AccumulatingOp> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;
  LogicalResult matchAndRewrite(AccumulatingOp op, PatternRewriter &rewriter) const override {
    Value weights = RequantizeOp::getDequantized(op.getWeightOperand().get());
    if (!weights || !weights.getDefiningOp<ConstantOp>())
      return rewriter.notifyMatchFailure(op, "the weights are not dequantized constants");
    OpOperand *biasOperand = op.getBiasOperand();
    Value bias = biasOperand ? RequantizeOp::getDequantized(biasOperand->get()) : Value();
    if (bias) {
      rewriter.setInsertionPoint(op);
      ConstantOp reals = dequantizeBiasConstant(rewriter, bias);
      if (!reals)
        return rewriter.notifyMatchFailure(op, "the bias is not an i32 constant");
      bias = reals;
    }
    // A layer on codes is a float island, which --nnq-report-float-islands reports.
    if (!RequantizeOp::getDequantized(op.getInputOperand().get()))
      op.emitRemark() << "'" << getLayerName(op)
                      << "' computes in float: its weights are quantized, its input is not";
    rewriter.modifyOpInPlace(op, [&] {
      op.getWeightOperand().set(weights);
      if (bias)
        biasOperand->set(bias);
    });
    return success();
  }

private:
  /// An i32 constant with one scale, or one for each element, in f32; null if it is none.
  static ConstantOp dequantizeBiasConstant(PatternRewriter &rewriter, Value bias) {
    std::optional<ConstantValues<int32_t>> codes = readConstant<int32_t>(bias);
    if (!codes)
      return nullptr;
    auto type = getQuantizedElement(bias.getType());
    SmallVector<double> scales = getScales(type);
    SmallVector<int64_t> zeroPoints = getZeroPoints(type);
    std::vector<float> reals;
    for (auto [i, code] : llvm::enumerate(codes->get())) {
      size_t channel = scales.size() == 1 ? 0 : i;
      reals.push_back(static_cast<float>(code - zeroPoints[channel]) *
                      static_cast<float>(scales[channel]));
    }
    return createConstant(rewriter, bias.getLoc(),
                          cast<RankedTensorType>(bias.getType()).clone(rewriter.getF32Type()),
                          ArrayRef<float>(reals));
  }
};

struct FoldQDQ : nnq::impl::FoldQDQBase<FoldQDQ> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateFoldQDQPatterns(patterns);
    RewritePatternSet weightPatterns(&getContext());
    populateFoldWeightDequantizePatterns(weightPatterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))) ||
        failed(applyPatternsGreedily(getOperation(), std::move(weightPatterns))))
      signalPassFailure();
  }
};

} // namespace

void nnq::populateFoldQDQPatterns(RewritePatternSet &patterns) {
  patterns.add<FoldDequantizeIntoAccumulation, FoldDequantizeIntoOp, SinkDequantizeBelowMove,
               MergeRequantizesThroughFloat, QuantizeConstants>(patterns.getContext());
}

void nnq::populateFoldWeightDequantizePatterns(RewritePatternSet &patterns) {
  patterns.add<FoldDequantizeIntoWeights>(patterns.getContext());
}
