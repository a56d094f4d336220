// --nnq-decompose-layers: layers that are written in terms of others before kernels are formed:
// padding, transposed convolution, a bias that is computed, a transposed right operand.

#include "nnq/Codegen/Codegen.h"
#include "nnq/Codegen/Passes.h"
#include "nnq/Dialect/NNQ/IR/ConstantData.h"
#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Dialect/NNQ/IR/Network.h"
#include "nnq/Dialect/NNQ/IR/Numerics.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace nnq {
#define GEN_PASS_DEF_DECOMPOSELAYERS
#include "nnq/Codegen/Passes.h.inc"

namespace {

bool isZero(ArrayRef<int64_t> values) {
  return llvm::all_of(values, [](int64_t v) { return v == 0; });
}

/// An NHWC image with a border of `pads` (top, left, bottom, right); `input` itself where there is
/// none.
Value padImage(OpBuilder &builder, Location loc, Value input, ArrayRef<int64_t> pads,
               APFloat value) {
  if (isZero(pads))
    return input;
  SmallVector<int64_t> low{0, pads[0], pads[1], 0}, high{0, pads[2], pads[3], 0};
  return createInferred<PadOp>(builder, loc, getElementTypeOrSelf(input), input, low, high, value);
}

/// conv2d(x, pads = p) -> conv2d(pad(x, p, 0)). The border holds the input's zero point, so nothing
/// changes, and the zero point can be folded into the bias: every tap is then multiplied.
struct MakeConvPaddingExplicit : OpRewritePattern<Conv2DOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(Conv2DOp op, PatternRewriter &rewriter) const override {
    if (isZero(op.getPads()))
      return rewriter.notifyMatchFailure(op, "no padding");
    Value padded = padImage(rewriter, op.getLoc(), op.getInput(), op.getPads(), APFloat(0.0f));
    rewriter.modifyOpInPlace(op, [&] {
      op.getInputMutable().assign(padded);
      op.setPads({0, 0, 0, 0});
    });
    return success();
  }
};

/// max_pool2d(x, pads = p) -> max_pool2d(pad(x, p, -inf)). In a quantized tensor -inf saturates to
/// the least code.
struct MakeMaxPoolPaddingExplicit : OpRewritePattern<MaxPool2DOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(MaxPool2DOp op, PatternRewriter &rewriter) const override {
    if (isZero(op.getPads()))
      return rewriter.notifyMatchFailure(op, "no padding");
    APFloat lowest = APFloat::getInf(APFloat::IEEEsingle(), /*Negative=*/true);
    Value padded = padImage(rewriter, op.getLoc(), op.getInput(), op.getPads(), lowest);
    rewriter.modifyOpInPlace(op, [&] {
      op.getInputMutable().assign(padded);
      op.setPads({0, 0, 0, 0});
    });
    return success();
  }
};

/// An image with `strides - 1` rows and columns of zeros behind each row and column, those behind
/// the last included:
///     [N, H, W, C] -> [N, H, 1, W, 1, C] -> pad the unit dimensions -> [N, H * sh, W * sw, C]
Value insertZeros(OpBuilder &builder, Location loc, Value input, ArrayRef<int64_t> strides) {
  auto type = cast<RankedTensorType>(input.getType());
  ArrayRef<int64_t> s = type.getShape();
  if (strides[0] == 1 && strides[1] == 1)
    return input;
  Value spread = ReshapeOp::create(builder, loc, type.clone({s[0], s[1], 1, s[2], 1, s[3]}), input);
  SmallVector<int64_t> low(6, 0), high{0, 0, strides[0] - 1, 0, strides[1] - 1, 0};
  spread =
      createInferred<PadOp>(builder, loc, type.getElementType(), spread, low, high, APFloat(0.0f));
  return ReshapeOp::create(builder, loc,
                           type.clone({s[0], s[1] * strides[0], s[2] * strides[1], s[3]}), spread);
}

/// The image with `borders` (top, left, bottom, right) of zeros; negative ones are cut off.
Value setBorders(OpBuilder &builder, Location loc, Value image, ArrayRef<int64_t> borders) {
  auto type = cast<RankedTensorType>(image.getType());
  SmallVector<int64_t> starts(4, 0), sizes(type.getShape()), strides(4, 1), pads(4, 0);
  for (int i : {0, 1}) {
    starts[1 + i] = std::max<int64_t>(0, -borders[i]);
    sizes[1 + i] -= starts[1 + i] + std::max<int64_t>(0, -borders[i + 2]);
    pads[i] = std::max<int64_t>(0, borders[i]);
    pads[i + 2] = std::max<int64_t>(0, borders[i + 2]);
  }
  if (sizes != type.getShape())
    image =
        createInferred<SliceOp>(builder, loc, type.getElementType(), image, starts, sizes, strides);
  return padImage(builder, loc, image, pads, APFloat(0.0f));
}

/// The filter (OHWI) turned by 180 degrees, or null if it can't be read.
ElementsAttr flipFilter(ElementsAttr filter) {
  FailureOr<ConstantData> data = ConstantData::get(filter);
  if (failed(data))
    return nullptr;
  auto type = cast<RankedTensorType>(filter.getShapedType());
  int64_t taps = type.getDimSize(1) * type.getDimSize(2), channels = type.getDimSize(3);
  return data->gather(type, [&](int64_t i) {
    int64_t channel = i % channels, tap = i / channels % taps, output = i / channels / taps;
    return (output * taps + taps - 1 - tap) * channels + channel;
  });
}

/// The filter (OHWI) turned by 180 degrees where it is computed: its rows in reverse, then its
/// columns.
Value flipComputedFilter(OpBuilder &builder, Location loc, Value filter) {
  for (int64_t axis : {1, 2}) {
    auto type = cast<RankedTensorType>(filter.getType());
    SmallVector<int64_t> starts(4, 0), sizes(type.getShape()), strides(4, 1);
    sizes[axis] = 1;
    SmallVector<Value> parts;
    for (int64_t i = type.getDimSize(axis); i-- > 0;) {
      starts[axis] = i;
      parts.push_back(createInferred<SliceOp>(builder, loc, type.getElementType(), filter, starts,
                                              sizes, strides));
    }
    if (parts.size() > 1)
      filter = ConcatOp::create(builder, loc, type, parts, axis);
  }
  return filter;
}

/// transposed_conv2d(x, w) -> conv2d(x with zeros between its pixels, w turned by 180 degrees),
/// stride 1.
struct TransposedConvToConv : OpRewritePattern<TransposedConv2DOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(TransposedConv2DOp op, PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto filterType = cast<RankedTensorType>(op.getFilter().getType());
    auto filter = op.getFilter().getDefiningOp<ConstantOp>();
    ElementsAttr flipped = filter ? flipFilter(filter.getValue()) : nullptr;
    if (filter && !flipped)
      return rewriter.notifyMatchFailure(op, "the filter can't be read");
    Value weights = filter
                        ? Value(ConstantOp::create(rewriter, filter.getLoc(), filterType, flipped))
                        : flipComputedFilter(rewriter, loc, op.getFilter());
    SmallVector<int64_t> borders(4);
    for (int i : {0, 1}) {
      int64_t reach = (filterType.getDimSize(1 + i) - 1) * op.getDilations()[i];
      borders[i] = reach - op.getPads()[i];
      borders[i + 2] =
          reach - op.getPads()[i + 2] + op.getOutputPads()[i] - (op.getStrides()[i] - 1);
    }
    Value image = setBorders(rewriter, loc,
                             insertZeros(rewriter, loc, op.getInput(), op.getStrides()), borders);
    auto conv = Conv2DOp::create(rewriter, loc, op.getType(), image, weights, op.getBias(),
                                 ArrayRef<int64_t>{1, 1}, ArrayRef<int64_t>{0, 0, 0, 0},
                                 op.getDilations(), op.getGroups());
    keepNumerics(op, conv);
    rewriter.replaceOp(op, conv);
    return success();
  }
};

/// conv2d(x, w, b) -> conv2d(x, w) + b for a float bias that is computed, and so for all layers
/// with weights.
struct AddComputedBiasBehind : OpInterfaceRewritePattern<AccumulatingOp> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;
  LogicalResult matchAndRewrite(AccumulatingOp op, PatternRewriter &rewriter) const override {
    OpOperand *bias = op.getBiasOperand();
    if (!bias || bias->get().getDefiningOp<ConstantOp>() ||
        !getElementTypeOrSelf(bias->get()).isF32())
      return rewriter.notifyMatchFailure(op, "no float bias that is computed");
    Value result = op->getResult(0), addend = bias->get();
    auto type = cast<RankedTensorType>(result.getType());
    rewriter.setInsertionPointAfter(op);
    auto sum = AddOp::create(rewriter, op.getLoc(), type, result, addend);
    keepNumerics(op, sum);
    rewriter.replaceAllUsesExcept(result, sum, sum);
    rewriter.modifyOpInPlace(op, [&] {
      op->eraseOperand(bias->getOperandNumber());
      result.setType(type.clone(rewriter.getF32Type()));
    });
    return success();
  }
};

/// matmul(a, transpose(b)) -> matmul(a, b) of the other `transpose_rhs` where the transpose turns rows of
/// memory into columns: kernels read either, and a transpose reads element by element. What else it
/// does stays, on whole rows.
struct ReadTransposedInRows : OpRewritePattern<MatMulOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(MatMulOp op, PatternRewriter &rewriter) const override {
    auto transpose = op.getRhs().getDefiningOp<TransposeOp>();
    if (!transpose || !transpose->hasOneUse())
      return rewriter.notifyMatchFailure(op, "no transpose of its own");
    SmallVector<int64_t> order(transpose.getPermutation());
    size_t rank = order.size();
    if (order[rank - 2] != static_cast<int64_t>(rank - 1))
      return rewriter.notifyMatchFailure(op, "columns that are no rows of memory");
    std::swap(order[rank - 2], order[rank - 1]);
    RankedTensorType type = op.getRhs().getType();
    SmallVector<int64_t> shape(type.getShape());
    std::swap(shape[rank - 2], shape[rank - 1]);
    Value rows = rewriter.createOrFold<TransposeOp>(transpose.getLoc(), type.clone(shape),
                                                    transpose.getInput(), order);
    rewriter.modifyOpInPlace(op, [&] {
      op.getRhsMutable().assign(rows);
      op.setTransposeRhs(!op.getTransposeRhs());
    });
    return success();
  }
};

struct DecomposeLayers : impl::DecomposeLayersBase<DecomposeLayers> {
  void runOnOperation() override {
    func::FuncOp network = getOperation();
    if (network.isDeclaration() || network->hasAttr("nnq.kernel"))
      return;
    RewritePatternSet patterns(&getContext());
    populateDecomposeLayersPatterns(patterns);
    if (failed(verifyNetwork(network)) ||
        failed(applyPatternsGreedily(
            network, std::move(patterns),
            GreedyRewriteConfig().setMaxIterations(GreedyRewriteConfig::kNoLimit))))
      signalPassFailure();
  }
};

} // namespace

void populateDecomposeLayersPatterns(RewritePatternSet &patterns) {
  patterns.add<MakeConvPaddingExplicit, MakeMaxPoolPaddingExplicit, TransposedConvToConv,
               AddComputedBiasBehind, ReadTransposedInRows>(patterns.getContext());
  SplitOp::getCanonicalizationPatterns(patterns, patterns.getContext());
}

} // namespace nnq
