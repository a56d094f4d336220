// Operations of NNQPoolingOps.td: shapes, verifiers, interface methods.

#include "Verification.h"

#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace nnq;

#define GET_OP_CLASSES
#include "nnq/Dialect/NNQ/IR/NNQPoolingOps.cpp.inc"

/// pool (C1) to (C4): rank, numbers of attributes, and a window that fits.
static LogicalResult inferPool(std::optional<Location> loc, StringRef name, Value input,
                               ArrayRef<int64_t> kernel, ArrayRef<int64_t> strides,
                               ArrayRef<int64_t> pads, ArrayRef<int64_t> dilations,
                               SmallVectorImpl<ShapedTypeComponents> &shapes) {
  ArrayRef<int64_t> x = shapeOf(input);
  if (x.size() != 4) // (C1)
    return shapeError(loc, name, "has an input of rank ", x.size(), "; it needs rank 4 (NHWC)");
  if (kernel.size() != 2 || strides.size() != 2 || dilations.size() != 2 ||
      pads.size() != 4) // (C2)
    return shapeError(loc, name, "has ", kernel.size(), " kernel sizes, ", strides.size(),
                      " strides, ", dilations.size(), " dilations and ", pads.size(),
                      " pads; it needs 2, 2, 2 and 4");
  SmallVector<int64_t> result{x[0], 0, 0, x[3]};
  for (int i : {0, 1}) {
    int64_t window = (kernel[i] - 1) * dilations[i] + 1, padded = x[1 + i] + pads[i] + pads[i + 2];
    if (kernel[i] < 1 || strides[i] < 1 || dilations[i] < 1 || padded < window) // (C3)
      return shapeError(loc, name, "has a window of ", kernel[i], " pixels ", dilations[i],
                        " apart and a stride of ", strides[i], " on a padded input of ", padded,
                        "; the window must fit, and each be at least 1");
    if (pads[i] >= window || pads[i + 2] >= window || pads[i] < 0 || pads[i + 2] < 0) // (C4)
      return shapeError(loc, name, "has pads of ", pads[i], " and ", pads[i + 2],
                        " for a window of ", window,
                        "; a window must not lie in the padding alone");
    result[1 + i] = (padded - window) / strides[i] + 1;
  }
  shapes.emplace_back(result);
  return success();
}

LogicalResult
MaxPool2DOp::inferReturnTypeComponents(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                       SmallVectorImpl<ShapedTypeComponents> &shapes) {
  return inferPool(loc, "max_pool2d", op.getInput(), op.getKernel(), op.getStrides(), op.getPads(),
                   op.getDilations(), shapes);
}
LogicalResult MaxPool2DOp::verify() {
  return failure(failed(verifyInferredShape(*this)) || failed(verifySameElementType(*this)));
}
bool MaxPool2DOp::sharesScale() { return true; }
bool MaxPool2DOp::actsPerChannel() { return true; }

LogicalResult
AvgPool2DOp::inferReturnTypeComponents(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                       SmallVectorImpl<ShapedTypeComponents> &shapes) {
  return inferPool(loc, "avg_pool2d", op.getInput(), op.getKernel(), op.getStrides(), op.getPads(),
                   {1, 1}, shapes);
}
LogicalResult AvgPool2DOp::verify() { return verifyInferredShape(*this); }
bool AvgPool2DOp::roundsWithZeroPoint() { return true; }
bool AvgPool2DOp::actsPerChannel() { return true; }

namespace {
/// A window that is the whole image: the mean over H and W, which is exact on integers. Floats
/// only; on codes the two round differently.
struct AverageWholeImage : OpRewritePattern<AvgPool2DOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AvgPool2DOp op, PatternRewriter &rewriter) const override {
    ArrayRef<int64_t> image = shapeOf(op.getInput()).slice(1, 2);
    if (image != op.getKernel() || llvm::any_of(op.getPads(), [](int64_t pad) { return pad != 0; }))
      return rewriter.notifyMatchFailure(op, "the window is not the whole image");
    auto isFloat = [](Value v) { return getElementTypeOrSelf(v).isF32(); };
    if (!isFloat(op.getInput()) || !isFloat(op.getResult()))
      return rewriter.notifyMatchFailure(op, "not on floats");
    rewriter.replaceOpWithNewOp<ReduceOp>(op, op.getType(), op.getInput(), ReduceKind::Mean,
                                          ArrayRef<int64_t>{1, 2});
    return success();
  }
};
} // namespace

void AvgPool2DOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<AverageWholeImage>(context);
}

//===----------------------------------------------------------------------===//
// ReduceOp
//===----------------------------------------------------------------------===//

LogicalResult ReduceOp::inferReturnTypeComponents(MLIRContext *, std::optional<Location> loc,
                                                  Adaptor op,
                                                  SmallVectorImpl<ShapedTypeComponents> &shapes) {
  SmallVector<int64_t> result(shapeOf(op.getInput()));
  for (int64_t axis : op.getAxes()) {
    if (axis < 0 || axis >= static_cast<int64_t>(result.size())) // reduce (C1)
      return shapeError(loc, "reduce", "has axis ", axis, " for an input of rank ", result.size());
    result[axis] = 1;
  }
  shapes.emplace_back(result);
  return success();
}
LogicalResult ReduceOp::verify() {
  if (failed(verifyInferredShape(*this)))
    return failure();
  if (!llvm::is_sorted(getAxes()) ||
      std::adjacent_find(getAxes().begin(), getAxes().end()) != getAxes().end()) // reduce (C2)
    return emitOpError() << "has axes " << toText(getAxes())
                         << " that do not ascend; list each axis once, in order";
  auto input = dyn_cast<IntegerType>(getInput().getType().getElementType()),
       result = dyn_cast<IntegerType>(getType().getElementType());
  bool isOfIntegers = input && input.getWidth() > 1 && getKind() != ReduceKind::Mean;
  if (input != result || (input && !isOfIntegers)) // reduce (C3)
    return emitOpError() << "is the " << stringifyReduceKind(getKind()) << " of "
                         << getInput().getType() << " as " << getType()
                         << "; integers have sum, max and min in their own type, use nnq.cast";
  return sharesScale() ? verifySameElementType(*this) : success();
}
bool ReduceOp::actsPerChannel() { return !llvm::is_contained(getAxes(), getType().getRank() - 1); }
bool ReduceOp::sharesScale() {
  return getKind() == ReduceKind::Max || getKind() == ReduceKind::Min;
}

Operation *ReduceOp::permuteDims(OpBuilder &builder, ValueRange operands,
                                 ArrayRef<int64_t> permutation) {
  SmallVector<int64_t> axes;
  for (auto [i, d] : llvm::enumerate(permutation))
    if (llvm::is_contained(getAxes(), d))
      axes.push_back(i);
  return createInferred<ReduceOp>(builder, getLoc(), getType().getElementType(), operands[0],
                                  getKind(), axes);
}

//===----------------------------------------------------------------------===//
// SoftmaxOp
//===----------------------------------------------------------------------===//

LogicalResult SoftmaxOp::inferReturnTypeComponents(MLIRContext *, std::optional<Location> loc,
                                                   Adaptor op,
                                                   SmallVectorImpl<ShapedTypeComponents> &shapes) {
  ArrayRef<int64_t> x = shapeOf(op.getInput());
  int64_t axis = op.getAxis();
  if (axis < 0 || axis >= static_cast<int64_t>(x.size())) // softmax (C1)
    return shapeError(loc, "softmax", "has axis ", axis, " for an input of rank ", x.size());
  shapes.emplace_back(x);
  return success();
}
LogicalResult SoftmaxOp::verify() { return verifyInferredShape(*this); }
bool SoftmaxOp::hasIntegerForm() { return false; }
std::optional<std::pair<double, double>> SoftmaxOp::getFixedResultRange() {
  return std::make_pair(0.0, 1.0);
}
Operation *SoftmaxOp::permuteDims(OpBuilder &builder, ValueRange operands,
                                  ArrayRef<int64_t> permutation) {
  int64_t axis = llvm::find(permutation, static_cast<int64_t>(getAxis())) - permutation.begin();
  return createInferred<SoftmaxOp>(builder, getLoc(), getType().getElementType(), operands[0],
                                   axis);
}

//===----------------------------------------------------------------------===//
// Normalizations
//===----------------------------------------------------------------------===//

/// norm (C1): each parameter has one element per channel.
static LogicalResult inferNorm(std::optional<Location> loc, StringRef name, Value input,
                               ValueRange parameters,
                               SmallVectorImpl<ShapedTypeComponents> &shapes) {
  ArrayRef<int64_t> x = shapeOf(input);
  for (Value parameter : parameters)
    if (x.empty() || shapeOf(parameter) != ArrayRef<int64_t>{x.back()})
      return shapeError(loc, name, "has ", x.empty() ? 0 : x.back(),
                        " channels but a parameter of shape ", toText(shapeOf(parameter)));
  shapes.emplace_back(x);
  return success();
}

LogicalResult
LayerNormOp::inferReturnTypeComponents(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                       SmallVectorImpl<ShapedTypeComponents> &shapes) {
  return inferNorm(loc, "layer_norm", op.getInput(), op.getOperands().drop_front(), shapes);
}
LogicalResult LayerNormOp::verify() { return verifyInferredShape(*this); }
bool LayerNormOp::hasIntegerForm() { return false; }
OperandRole LayerNormOp::getOperandRole(unsigned index) {
  return index == 0 ? OperandRole::Activation : OperandRole::Parameter;
}

LogicalResult
BatchNormOp::inferReturnTypeComponents(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                       SmallVectorImpl<ShapedTypeComponents> &shapes) {
  return inferNorm(loc, "batch_norm", op.getInput(), op.getOperands().drop_front(), shapes);
}
LogicalResult BatchNormOp::verify() { return verifyInferredShape(*this); }
bool BatchNormOp::hasIntegerForm() { return false; }
OperandRole BatchNormOp::getOperandRole(unsigned index) {
  return index == 0 ? OperandRole::Activation : OperandRole::Parameter;
}
