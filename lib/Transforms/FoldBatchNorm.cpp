// --nnq-fold-batch-norm: per-channel affine maps go into the weights in front of them.

#include "nnq/Dialect/NNQ/IR/ImageOps.h"
#include "nnq/Dialect/NNQ/IR/Numerics.h"
#include "nnq/Transforms/ConstantValues.h"
#include "nnq/Transforms/Passes.h"
#include "nnq/Transforms/Transforms.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <cmath>

namespace nnq {
#define GEN_PASS_DEF_FOLDBATCHNORM
#include "nnq/Transforms/Passes.h.inc"
} // namespace nnq

using namespace mlir;
using namespace nnq;

namespace {

/// result = input * scale + offset, one of each per channel of the last dimension.
struct ChannelAffine {
  Value input;
  SmallVector<double> scale, offset;
};

/// The number that `value` has for each of `channels` channels of the last dimension, if it is
/// constant and the same along all others.
std::optional<SmallVector<double>> readPerChannel(Value value, int64_t channels) {
  auto type = cast<RankedTensorType>(value.getType());
  std::optional<ConstantValues<float>> constant = readConstant<float>(value);
  if (!constant)
    return std::nullopt;
  ArrayRef<float> values = *constant;
  if (values.size() == 1)
    return SmallVector<double>(channels, values[0]);
  if (static_cast<int64_t>(values.size()) != channels || type.getShape().back() != channels)
    return std::nullopt;
  return SmallVector<double>(values.begin(), values.end());
}

std::optional<ChannelAffine> matchBatchNorm(BatchNormOp op, int64_t channels) {
  auto scale = readPerChannel(op.getScale(), channels),
       bias = readPerChannel(op.getBias(), channels), mean = readPerChannel(op.getMean(), channels),
       variance = readPerChannel(op.getVariance(), channels);
  if (!scale || !bias || !mean || !variance)
    return std::nullopt;
  ChannelAffine affine{op.getInput(), *scale, *bias};
  for (int64_t c = 0; c < channels; ++c) {
    affine.scale[c] /= std::sqrt((*variance)[c] + op.getEpsilon().convertToDouble());
    affine.offset[c] -= (*mean)[c] * affine.scale[c];
  }
  return affine;
}

/// What `op` does to each channel of its first operand, if that is a scale and an offset.
std::optional<ChannelAffine> matchChannelAffine(Operation *op) {
  if (op->getNumResults() != 1 || op->getNumOperands() == 0)
    return std::nullopt;
  auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
  if (!type || !type.getElementType().isF32() || type.getRank() == 0 ||
      op->getOperand(0).getType() != type)
    return std::nullopt;
  int64_t channels = type.getShape().back();
  if (auto norm = dyn_cast<BatchNormOp>(op))
    return matchBatchNorm(norm, channels);
  if (!isa<MulOp, DivOp, AddOp, SubOp>(op))
    return std::nullopt;
  auto values = readPerChannel(op->getOperand(1), channels);
  if (!values)
    return std::nullopt;
  ChannelAffine affine{op->getOperand(0), SmallVector<double>(channels, 1),
                       SmallVector<double>(channels, 0)};
  for (auto [c, value] : llvm::enumerate(*values)) {
    if (isa<MulOp>(op))
      affine.scale[c] = value;
    else if (isa<DivOp>(op))
      affine.scale[c] = 1 / value;
    else
      affine.offset[c] = isa<AddOp>(op) ? value : -value;
  }
  return affine;
}

void replaceParameters(PatternRewriter &rewriter, AccumulatingOp op, ArrayRef<float> weights,
                       ArrayRef<float> bias) {
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPoint(op);
  OpOperand &weightOperand = op.getWeightOperand();
  auto weightType = cast<RankedTensorType>(weightOperand.get().getType());
  auto biasType =
      RankedTensorType::get({static_cast<int64_t>(bias.size())}, weightType.getElementType());
  Value newWeights = createConstant(rewriter, weightOperand.get().getLoc(), weightType, weights);
  Value newBias = createConstant(rewriter, op.getLoc(), biasType, bias);
  rewriter.modifyOpInPlace(op, [&] {
    weightOperand.set(newWeights);
    if (OpOperand *operand = op.getBiasOperand())
      operand->set(newBias);
    else // the bias is the last operand of every accumulation
      op->insertOperands(op->getNumOperands(), newBias);
  });
}

/// Gives the weights and the bias of `accumulating`, whose result feeds `op`, a scale and an
/// offset.
LogicalResult foldIntoParameters(PatternRewriter &rewriter, Operation *op,
                                 AccumulatingOp accumulating, const ChannelAffine &affine) {
  std::optional<ConstantValues<float>> weights = readConstant<float>(
                                           accumulating.getWeightOperand().get()),
                                       bias;
  if (OpOperand *operand = accumulating.getBiasOperand())
    if (!(bias = readConstant<float>(operand->get())))
      return rewriter.notifyMatchFailure(op, "the bias is not constant");
  auto type = cast<RankedTensorType>(accumulating.getWeightOperand().get().getType());
  int64_t channels = affine.scale.size();
  int64_t channelDim = cast<QuantizableOp>(*accumulating).getWeightChannelDim();
  if (!weights || channelDim < 0 || type.getDimSize(channelDim) != channels)
    return rewriter.notifyMatchFailure(op, "the weights are not constant or have other channels");

  int64_t inner = 1;
  for (int64_t size : type.getShape().drop_front(channelDim + 1))
    inner *= size;
  std::vector<float> newWeights(weights->get()), newBias(channels);
  for (auto [i, w] : llvm::enumerate(newWeights))
    w = static_cast<float>(w * affine.scale[i / inner % channels]);
  for (auto [c, b] : llvm::enumerate(newBias))
    b = static_cast<float>((bias ? bias->get()[c] : 0.0) * affine.scale[c] + affine.offset[c]);
  replaceParameters(rewriter, accumulating, newWeights, newBias);
  return success();
}

/// batch_norm(conv(x, w, b)) -> conv(x, w', b'), and the same for scales and offsets per channel.
struct FoldAffineIntoAccumulation : RewritePattern {
  explicit FoldAffineIntoAccumulation(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/2, context) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    std::optional<ChannelAffine> affine = matchChannelAffine(op);
    if (!affine)
      return rewriter.notifyMatchFailure(op, "is no scale and offset per channel");
    auto accumulating = affine->input.getDefiningOp<AccumulatingOp>();
    if (!accumulating || !affine->input.hasOneUse())
      return rewriter.notifyMatchFailure(
          op, "its input is not the result of an accumulation with one use");
    if (failed(foldIntoParameters(rewriter, op, accumulating, *affine)))
      return failure();
    rewriter.replaceOp(op, affine->input);
    return success();
  }
};

/// group_norm(x, s, b) * scale + offset -> group_norm(x, s', b').
struct FoldAffineIntoGroupNorm : RewritePattern {
  explicit FoldAffineIntoGroupNorm(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/1, context) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    std::optional<ChannelAffine> affine = matchChannelAffine(op);
    auto norm = affine ? affine->input.getDefiningOp<GroupNormOp>() : nullptr;
    if (!norm || !affine->input.hasOneUse())
      return rewriter.notifyMatchFailure(
          op, "is no scale and offset per channel of a normalization with one use");
    auto scale = readPerChannel(norm.getScale(), affine->scale.size()),
         bias = readPerChannel(norm.getBias(), affine->scale.size());
    if (!scale || !bias)
      return rewriter.notifyMatchFailure(op, "the normalization's parameters are not constant");
    std::vector<float> newScale, newBias;
    for (auto [s, b, factor, offset] : llvm::zip(*scale, *bias, affine->scale, affine->offset)) {
      newScale.push_back(static_cast<float>(s * factor));
      newBias.push_back(static_cast<float>(b * factor + offset));
    }
    auto constant = [&](ArrayRef<float> values) -> Value {
      return createConstant(rewriter, op->getLoc(), norm.getScale().getType(), values);
    };
    rewriter.replaceOpWithNewOp<GroupNormOp>(op, norm.getType(), norm.getInput(),
                                             constant(newScale), constant(newBias),
                                             norm.getGroupsAttr(), norm.getEpsilonAttr());
    return success();
  }
};

/// True if f(a x) = a f(x) for every channel and a > 0, whatever the other channels are.
bool isHomogeneous(Operation *op) {
  auto quantizable = dyn_cast<QuantizableOp>(op);
  if (!quantizable)
    return false;
  auto bounds = quantizable.getClampBounds();
  bool isRectifier = bounds && bounds->first == 0 && std::isinf(bounds->second);
  return isRectifier || quantizable.actsPerChannel();
}

/// pool(relu(conv(x, w, b))) * s -> pool(relu(conv(x, w |s|, b |s|))) * sign(s)
struct MoveScaleAboveHomogeneousOps : RewritePattern {
  explicit MoveScaleAboveHomogeneousOps(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/1, context) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    std::optional<ChannelAffine> affine = matchChannelAffine(op);
    if (!affine || !isa<MulOp, DivOp>(op))
      return rewriter.notifyMatchFailure(op, "is no scale per channel");
    Value value = affine->input;
    while (value.hasOneUse() && value.getDefiningOp() && isHomogeneous(value.getDefiningOp()))
      value = value.getDefiningOp()->getOperand(0);
    auto accumulating = value.getDefiningOp<AccumulatingOp>();
    if (!accumulating || !value.hasOneUse())
      return rewriter.notifyMatchFailure(op, "nothing in front of it can take its scale");

    if (!llvm::all_of(affine->scale, [](double scale) { return std::isfinite(scale); }))
      return rewriter.notifyMatchFailure(op, "its scale is not finite");
    std::vector<float> signs;
    for (double &scale : affine->scale) {
      signs.push_back(scale > 0 ? 1 : scale < 0 ? -1 : 0);
      scale = scale == 0 ? 1 : std::abs(scale);
    }
    if (llvm::all_of(affine->scale, [](double scale) { return scale == 1; }))
      return rewriter.notifyMatchFailure(op, "its scale is 1, 0 or -1 for every channel");
    if (failed(foldIntoParameters(rewriter, op, accumulating, *affine)))
      return failure();
    if (llvm::all_of(signs, [](float sign) { return sign == 1; })) {
      rewriter.replaceOp(op, affine->input);
      return success();
    }
    auto type = RankedTensorType::get({static_cast<int64_t>(signs.size())}, rewriter.getF32Type());
    Value constant = createConstant(rewriter, op->getLoc(), type, ArrayRef<float>(signs));
    rewriter.replaceOpWithNewOp<MulOp>(op, op->getResult(0).getType(), affine->input, constant);
    return success();
  }
};

/// batch_norm(x) -> x * scale + offset.
struct RewriteBatchNormToMulAndAdd : OpRewritePattern<BatchNormOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(BatchNormOp op, PatternRewriter &rewriter) const override {
    std::optional<ChannelAffine> affine = matchChannelAffine(op);
    if (!affine)
      return rewriter.notifyMatchFailure(op, "the statistics are not constant");
    auto type =
        RankedTensorType::get({static_cast<int64_t>(affine->scale.size())}, rewriter.getF32Type());
    auto constant = [&](ArrayRef<double> values) -> Value {
      std::vector<float> rounded(values.begin(), values.end());
      return createConstant(rewriter, op.getLoc(), type, ArrayRef<float>(rounded));
    };
    auto scaled =
        MulOp::create(rewriter, op.getLoc(), op.getType(), op.getInput(), constant(affine->scale));
    auto sum = AddOp::create(rewriter, op.getLoc(), op.getType(), scaled, constant(affine->offset));
    keepNumerics(op, scaled);
    keepNumerics(op, sum);
    rewriter.replaceOp(op, sum);
    return success();
  }
};

struct FoldBatchNorm : nnq::impl::FoldBatchNormBase<FoldBatchNorm> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateFoldBatchNormPatterns(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace

void nnq::populateFoldBatchNormPatterns(RewritePatternSet &patterns) {
  patterns.add<FoldAffineIntoAccumulation, FoldAffineIntoGroupNorm, MoveScaleAboveHomogeneousOps,
               RewriteBatchNormToMulAndAdd>(patterns.getContext());
}
