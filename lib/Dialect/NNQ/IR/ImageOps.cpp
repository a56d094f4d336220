// Operations of NNQImageOps.td: shapes, verifiers, interface methods.

#include "nnq/Dialect/NNQ/IR/ImageOps.h"

#include "Broadcasting.h"
#include "Verification.h"

#include "nnq/Dialect/NNQ/IR/ConstantData.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace nnq;

#include "nnq/Dialect/NNQ/IR/NNQImageEnums.cpp.inc"
#define GET_OP_CLASSES
#include "nnq/Dialect/NNQ/IR/NNQImageOps.cpp.inc"

/// The first operand is an activation, the others stay as they are.
static OperandRole activationFirst(unsigned index) {
  return index == 0 ? OperandRole::Activation : OperandRole::Parameter;
}

//===----------------------------------------------------------------------===//
// PReluOp
//===----------------------------------------------------------------------===//

LogicalResult PReluOp::inferReturnTypeComponents(MLIRContext *, std::optional<Location> loc,
                                                 Adaptor op,
                                                 SmallVectorImpl<ShapedTypeComponents> &shapes) {
  if (failed(inferBroadcast(loc, "prelu", op.getOperands(), shapes)))
    return failure();
  ArrayRef<int64_t> x = shapeOf(op.getInput());
  if (ArrayRef<int64_t>(shapes.back().getDims()) != x) // prelu (C1)
    return shapeError(loc, "prelu", "has a slope of shape ", toText(shapeOf(op.getSlope())),
                      " that does not broadcast to the input's shape ", toText(x));
  return success();
}
LogicalResult PReluOp::verify() { return verifyInferredShape(*this); }
OperandRole PReluOp::getOperandRole(unsigned index) { return activationFirst(index); }

bool PReluOp::actsPerChannel() {
  ArrayRef<int64_t> slope = shapeOf(getSlope());
  return getSlope().getDefiningOp<ConstantOp>() &&
         (slope.empty() || llvm::all_of(slope.drop_back(), [](int64_t size) { return size == 1; }));
}

Operation *PReluOp::permuteDims(OpBuilder &builder, ValueRange operands,
                                ArrayRef<int64_t> permutation) {
  return permuteElementwise(*this, builder, operands, permutation);
}

Value PReluOp::emitScalar(OpBuilder &builder, Location loc, ValueRange v) {
  Value zero = arith::ConstantOp::create(builder, loc, builder.getF32FloatAttr(0));
  Value isPositive = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::OGE, v[0], zero);
  Value scaled = arith::MulFOp::create(builder, loc, v[0], v[1]);
  return arith::SelectOp::create(builder, loc, isPositive, v[0], scaled);
}
double PReluOp::evaluateScalar(ArrayRef<double> v) { return v[0] >= 0 ? v[0] : v[0] * v[1]; }

namespace {
/// prelu(x, a) with one slope for all -> unary leaky_relu(x), which is a table on bytes.
struct PReluOfOneSlope : OpRewritePattern<PReluOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(PReluOp op, PatternRewriter &rewriter) const override {
    DenseFPElementsAttr slope;
    if (!matchPattern(op.getSlope(), m_Constant(&slope)) || !slope.isSplat())
      return rewriter.notifyMatchFailure(op, "the slope is not one number");
    rewriter.replaceOpWithNewOp<UnaryOp>(op, op.getType(), op.getInput(), UnaryKind::LeakyRelu,
                                         slope.getSplatValue<APFloat>(), APFloat(0.0f));
    return success();
  }
};
} // namespace

void PReluOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<PReluOfOneSlope>(context);
}

//===----------------------------------------------------------------------===//
// GroupNormOp, LocalResponseNormOp
//===----------------------------------------------------------------------===//

LogicalResult
GroupNormOp::inferReturnTypeComponents(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                       SmallVectorImpl<ShapedTypeComponents> &shapes) {
  ArrayRef<int64_t> x = shapeOf(op.getInput());
  if (x.size() < 2) // group_norm (C1)
    return shapeError(loc, "group_norm", "has an input of rank ", x.size(),
                      "; it needs images and channels");
  int64_t groups = op.getGroups();
  if (groups < 1 || x.back() % groups != 0) // group_norm (C2)
    return shapeError(loc, "group_norm", "has ", groups, " groups, which do not divide ", x.back(),
                      " channels");
  for (Value parameter : {op.getScale(), op.getBias()})
    if (shapeOf(parameter) != ArrayRef<int64_t>{x.back()}) // group_norm (C3)
      return shapeError(loc, "group_norm", "has ", x.back(), " channels but a parameter of shape ",
                        toText(shapeOf(parameter)));
  shapes.emplace_back(x);
  return success();
}
LogicalResult GroupNormOp::verify() { return verifyInferredShape(*this); }
OperandRole GroupNormOp::getOperandRole(unsigned index) { return activationFirst(index); }
bool GroupNormOp::hasIntegerForm() { return false; }

LogicalResult
LocalResponseNormOp::inferReturnTypeComponents(MLIRContext *, std::optional<Location> loc,
                                               Adaptor op,
                                               SmallVectorImpl<ShapedTypeComponents> &shapes) {
  ArrayRef<int64_t> x = shapeOf(op.getInput());
  if (x.empty() || static_cast<int64_t>(op.getSize()) < 1) // local_response_norm (C1)
    return shapeError(loc, "local_response_norm", "normalizes over ", op.getSize(),
                      " channels of an input of rank ", x.size(), "; it needs at least 1 of each");
  shapes.emplace_back(x);
  return success();
}
LogicalResult LocalResponseNormOp::verify() { return verifyInferredShape(*this); }
OperandRole LocalResponseNormOp::getOperandRole(unsigned index) { return activationFirst(index); }
bool LocalResponseNormOp::hasIntegerForm() { return false; }

//===----------------------------------------------------------------------===//
// InterpolateOp
//===----------------------------------------------------------------------===//

LogicalResult
InterpolateOp::inferReturnTypeComponents(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                         SmallVectorImpl<ShapedTypeComponents> &shapes) {
  SmallVector<int64_t> result(shapeOf(op.getInput()));
  ArrayRef<int64_t> indices = shapeOf(op.getIndices()), weights = shapeOf(op.getWeights());
  int64_t axis = op.getAxis();
  if (axis < 0 || axis >= static_cast<int64_t>(result.size())) // interpolate (C1)
    return shapeError(loc, "interpolate", "has axis ", axis, " for an input of rank ",
                      result.size());
  if (indices.size() != 2 || indices != weights) // interpolate (C2)
    return shapeError(loc, "interpolate", "has indices of shape ", toText(indices),
                      " and weights of shape ", toText(weights),
                      "; it needs a row for each element of the result in both");
  result[axis] = indices[0];
  shapes.emplace_back(result);
  return success();
}

LogicalResult InterpolateOp::verify() {
  if (failed(verifyInferredShape(*this)))
    return failure();
  auto indices = getIndices().getDefiningOp<ConstantOp>(),
       weights = getWeights().getDefiningOp<ConstantOp>();
  if (!indices || !weights) // interpolate (C3)
    return emitOpError() << "has " << (indices ? "weights" : "indices")
                         << " that are computed; they must be constant";
  FailureOr<ConstantData> data = ConstantData::get(indices.getValue());
  if (failed(data))
    return emitOpError() << "has indices whose data can't be read";
  int64_t size = shapeOf(getInput())[getAxis()];
  for (int64_t i = 0; i < data->size(); ++i)
    if (int32_t index = data->getInteger(i, /*isSigned=*/true);
        index < 0 || index >= size) // interpolate (C4)
      return emitOpError() << "has the index " << index << " along an axis of " << size
                           << " elements";
  return success();
}
OperandRole InterpolateOp::getOperandRole(unsigned index) { return activationFirst(index); }
bool InterpolateOp::hasIntegerForm() { return false; }

//===----------------------------------------------------------------------===//
// GridSampleOp
//===----------------------------------------------------------------------===//

LogicalResult
GridSampleOp::inferReturnTypeComponents(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                        SmallVectorImpl<ShapedTypeComponents> &shapes) {
  ArrayRef<int64_t> x = shapeOf(op.getInput()), grid = shapeOf(op.getGrid());
  if (x.size() != 4 || grid.size() != 4 || grid[0] != x[0] || grid[3] != 2) // grid_sample (C1)
    return shapeError(loc, "grid_sample", "samples ", toText(x), " along a grid of ", toText(grid),
                      "; it needs N x H x W x C and N x H x W x 2");
  shapes.emplace_back(ArrayRef<int64_t>{x[0], grid[1], grid[2], x[3]});
  return success();
}
LogicalResult GridSampleOp::verify() { return verifyInferredShape(*this); }
OperandRole GridSampleOp::getOperandRole(unsigned index) { return activationFirst(index); }
bool GridSampleOp::hasIntegerForm() { return false; }
