// Operations of NNQMatrixOps.td: shapes, verifiers, canonicalization.

#include "Verification.h"

#include "nnq/Dialect/NNQ/IR/Accumulation.h"

#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace nnq;

#define GET_OP_CLASSES
#include "nnq/Dialect/NNQ/IR/NNQMatrixOps.cpp.inc"

//===----------------------------------------------------------------------===//
// Rules shared by the convolutions
//===----------------------------------------------------------------------===//

/// conv2d (C1) to (C5), for both convolutions: ranks, numbers of attributes, channels and groups.
static LogicalResult checkConvolution(std::optional<Location> loc, StringRef name, Value input,
                                      Value filter, Value bias, ArrayRef<int64_t> strides,
                                      ArrayRef<int64_t> pads, ArrayRef<int64_t> dilations,
                                      int64_t groups) {
  ArrayRef<int64_t> x = shapeOf(input), w = shapeOf(filter);
  if (x.size() != 4 || w.size() != 4) // (C1)
    return shapeError(loc, name, "has an input of rank ", x.size(), " and a filter of rank ",
                      w.size(), "; both need rank 4 (NHWC, OHWI)");
  if (strides.size() != 2 || dilations.size() != 2 || pads.size() != 4) // (C2)
    return shapeError(loc, name, "has ", strides.size(), " strides, ", dilations.size(),
                      " dilations and ", pads.size(), " pads; it needs 2, 2 and 4");
  for (int64_t v : llvm::concat<const int64_t>(strides, dilations))
    if (v < 1)
      return shapeError(loc, name, "has a stride or dilation of ", v, "; they are at least 1");
  for (int64_t v : pads)
    if (v < 0)
      return shapeError(loc, name, "has a padding of ", v, "; use nnq.slice to cut the input");
  if (groups < 1 || x[3] % groups != 0 || w[0] % groups != 0) // (C3)
    return shapeError(loc, name, "has ", groups, " groups, which do not divide ", x[3],
                      " input and ", w[0], " output channels");
  if (w[3] * groups != x[3]) // (C4)
    return shapeError(loc, name, "has ", x[3], " input channels in ", groups,
                      " groups but a filter for ", w[3], " channels per group");
  if (bias && shapeOf(bias) != ArrayRef<int64_t>{w[0]}) // (C5)
    return shapeError(loc, name, "has ", w[0], " output channels but a bias of shape ",
                      toText(shapeOf(bias)));
  return success();
}

/// conv2d (C6): weights are quantized per tensor, per output channel, or in blocks. The shapes have
/// been verified with the interface (detail::verifyAccumulatingOp).
static LogicalResult verifyWeightAxis(Operation *op, Value filter) {
  auto type = getQuantizedElement(filter.getType());
  int64_t axis = type ? getQuantizedAxis(type) : -1;
  if (axis > 0)
    return op->emitOpError() << "has weights quantized along dimension " << axis
                             << "; the output channels are dimension 0";
  return success();
}

//===----------------------------------------------------------------------===//
// Conv2DOp
//===----------------------------------------------------------------------===//

LogicalResult Conv2DOp::inferReturnTypeComponents(MLIRContext *, std::optional<Location> loc,
                                                  Adaptor op,
                                                  SmallVectorImpl<ShapedTypeComponents> &shapes) {
  if (failed(checkConvolution(loc, "conv2d", op.getInput(), op.getFilter(), op.getBias(),
                              op.getStrides(), op.getPads(), op.getDilations(), op.getGroups())))
    return failure();
  ArrayRef<int64_t> x = shapeOf(op.getInput()), w = shapeOf(op.getFilter());
  SmallVector<int64_t> result{x[0], 0, 0, w[0]};
  for (int i : {0, 1}) {
    int64_t window = (w[1 + i] - 1) * op.getDilations()[i] + 1,
            padded = x[1 + i] + op.getPads()[i] + op.getPads()[i + 2];
    if (padded < window) // (C7)
      return shapeError(loc, "conv2d", "has a window of ", window, " on a padded input of ", padded,
                        " along dimension ", 1 + i);
    result[1 + i] = (padded - window) / op.getStrides()[i] + 1;
  }
  shapes.emplace_back(result);
  return success();
}

LogicalResult Conv2DOp::verify() { return verifyWeightAxis(*this, getFilter()); }
std::optional<InputWindow> Conv2DOp::getWindow() {
  ArrayRef<int64_t> x = shapeOf(getInput()), w = shapeOf(getFilter()), y = getType().getShape();
  InputWindow window;
  window.batch = x[0];
  window.height = x[1];
  window.width = x[2];
  window.channels = x[3];
  window.kernelHeight = w[1];
  window.kernelWidth = w[2];
  window.strideHeight = getStrides()[0];
  window.strideWidth = getStrides()[1];
  window.dilationHeight = getDilations()[0];
  window.dilationWidth = getDilations()[1];
  window.padTop = getPads()[0];
  window.padLeft = getPads()[1];
  window.outputHeight = y[1];
  window.outputWidth = y[2];
  window.groups = getGroups();
  return window;
}

namespace {
/// conv2d(pad(x)) -> conv2d with larger pads, where the border is zero and only H and W are padded.
struct FoldZeroPadIntoConv : OpRewritePattern<Conv2DOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(Conv2DOp op, PatternRewriter &rewriter) const override {
    auto pad = op.getInput().getDefiningOp<PadOp>();
    if (!pad || !pad.getValue().isZero())
      return rewriter.notifyMatchFailure(op, "input is not padded with zeros");
    ArrayRef<int64_t> low = pad.getLow(), high = pad.getHigh();
    if (low[0] || low[3] || high[0] || high[3] ||
        llvm::any_of(llvm::concat<const int64_t>(low, high), [](int64_t p) { return p < 0; }))
      return rewriter.notifyMatchFailure(op, "padding is not spatial");
    ArrayRef<int64_t> p = op.getPads();
    rewriter.modifyOpInPlace(op, [&] {
      op.setPads({p[0] + low[1], p[1] + low[2], p[2] + high[1], p[3] + high[2]});
      op.getInputMutable().assign(pad.getInput());
    });
    return success();
  }
};
} // namespace

void Conv2DOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<FoldZeroPadIntoConv>(context);
}

//===----------------------------------------------------------------------===//
// TransposedConv2DOp
//===----------------------------------------------------------------------===//

LogicalResult
TransposedConv2DOp::inferReturnTypeComponents(MLIRContext *, std::optional<Location> loc,
                                              Adaptor op,
                                              SmallVectorImpl<ShapedTypeComponents> &shapes) {
  if (failed(checkConvolution(loc, "transposed_conv2d", op.getInput(), op.getFilter(), op.getBias(),
                              op.getStrides(), op.getPads(), op.getDilations(), op.getGroups())))
    return failure();
  ArrayRef<int64_t> x = shapeOf(op.getInput()), w = shapeOf(op.getFilter()),
                    extra = op.getOutputPads();
  if (extra.size() != 2) // transposed_conv2d (C1)
    return shapeError(loc, "transposed_conv2d", "has ", extra.size(), " output_pads; it needs 2");
  SmallVector<int64_t> result{x[0], 0, 0, w[0]};
  for (int i : {0, 1}) {
    result[1 + i] = (x[1 + i] - 1) * op.getStrides()[i] + (w[1 + i] - 1) * op.getDilations()[i] +
                    1 - op.getPads()[i] - op.getPads()[i + 2] + extra[i];
    if (result[1 + i] < 1) // transposed_conv2d (C2)
      return shapeError(loc, "transposed_conv2d", "would have a result of size ", result[1 + i],
                        " along dimension ", 1 + i);
  }
  shapes.emplace_back(result);
  return success();
}

LogicalResult TransposedConv2DOp::verify() { return verifyWeightAxis(*this, getFilter()); }
/// Scatters windows instead of gathering them.
std::optional<InputWindow> TransposedConv2DOp::getWindow() { return std::nullopt; }

//===----------------------------------------------------------------------===//
// FullyConnectedOp
//===----------------------------------------------------------------------===//

LogicalResult
FullyConnectedOp::inferReturnTypeComponents(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                            SmallVectorImpl<ShapedTypeComponents> &shapes) {
  ArrayRef<int64_t> x = shapeOf(op.getInput()), w = shapeOf(op.getFilter());
  if (x.empty() || w.size() != 2) // fully_connected (C1)
    return shapeError(loc, "fully_connected", "has an input of rank ", x.size(),
                      " and a filter of rank ", w.size(), "; it needs at least 1, and 2");
  if (x.back() != w[1]) // fully_connected (C2)
    return shapeError(loc, "fully_connected", "has inputs of ", x.back(),
                      " channels but a filter for ", w[1]);
  if (op.getBias() && shapeOf(op.getBias()) != ArrayRef<int64_t>{w[0]}) // fully_connected (C3)
    return shapeError(loc, "fully_connected", "has ", w[0], " outputs but a bias of shape ",
                      toText(shapeOf(op.getBias())));
  SmallVector<int64_t> result(x);
  result.back() = w[0];
  shapes.emplace_back(result);
  return success();
}

LogicalResult FullyConnectedOp::verify() { return verifyWeightAxis(*this, getFilter()); }
std::optional<InputWindow> FullyConnectedOp::getWindow() {
  InputWindow window;
  window.channels = shapeOf(getInput()).back();
  if (window.channels == 0)
    return std::nullopt;
  window.batch = getInput().getType().getNumElements() / window.channels;
  return window;
}

//===----------------------------------------------------------------------===//
// MatMulOp
//===----------------------------------------------------------------------===//

LogicalResult MatMulOp::inferReturnTypeComponents(MLIRContext *, std::optional<Location> loc,
                                                  Adaptor op,
                                                  SmallVectorImpl<ShapedTypeComponents> &shapes) {
  ArrayRef<int64_t> a = shapeOf(op.getLhs()), b = shapeOf(op.getRhs());
  if (a.size() < 2 || b.size() < 2) // matmul (C1)
    return shapeError(loc, "matmul", "has operands of rank ", a.size(), " and ", b.size(),
                      "; both need at least 2");
  int64_t k = op.getTransposeRhs() ? b.back() : b[b.size() - 2],
          n = op.getTransposeRhs() ? b[b.size() - 2] : b.back();
  if (a.back() != k) // matmul (C2)
    return shapeError(loc, "matmul", "multiplies rows of ", a.back(), " by columns of ", k);
  auto batch = broadcastShapes({a.drop_back(2), b.drop_back(2)});
  if (failed(batch)) // matmul (C3)
    return shapeError(loc, "matmul", "has batch dimensions ", toText(a.drop_back(2)), " and ",
                      toText(b.drop_back(2)), " that can't be broadcast");
  batch->push_back(a[a.size() - 2]);
  batch->push_back(n);
  shapes.emplace_back(*batch);
  return success();
}

LogicalResult MatMulOp::verify() {
  if (failed(verifyInferredShape(*this)))
    return failure();
  for (Value operand : getOperands())
    if (auto type = getQuantizedElement(operand.getType()))
      if (!isa<quant::UniformQuantizedType>(type) ||
          type.getStorageTypeIntegralWidth() > 16) // matmul (C4)
        return emitOpError()
               << "has an operand of " << type
               << "; quantized operands have one scale per tensor and at most 16 bits";
  auto result = getQuantizedElement(getType());
  if (result && result.getStorageType().isInteger(32) && hasIntegerForm() &&
      !fitsInt32(getAccumulatorRange(*this))) // matmul (C5)
    return emitOpError() << "has an i32 result but sums of " << getLhs().getType().getShape().back()
                         << " products that may leave i32; give an f32 result or one of at most "
                            "16 bits, whose sums may take 64 bits, or split the product";
  return success();
}

// The quantizer leaves two activations in float: they would need the run-time sums of rows and
// columns that their zero points multiply.
bool MatMulOp::hasIntegerForm() {
  return getQuantizedElement(getLhs().getType()) && getQuantizedElement(getRhs().getType());
}
