// Operations of NNQCompoundOps.td: shapes, scalar forms, verifiers.

#include "nnq/Dialect/NNQ/IR/CompoundOps.h"

#include "Broadcasting.h"
#include "FloatExpressions.h"
#include "Verification.h"

#include "mlir/IR/OpImplementation.h"

#include <cmath>

using namespace mlir;
using namespace nnq;

#include "nnq/Dialect/NNQ/IR/NNQCompoundEnums.cpp.inc"
#define GET_OP_CLASSES
#include "nnq/Dialect/NNQ/IR/NNQCompoundOps.cpp.inc"

//===----------------------------------------------------------------------===//
// Activations
//===----------------------------------------------------------------------===//

/// The functions that are formulas of f32 operations, on numbers.
static FloatFunctions<FloatOps> onNumbers() { return FloatFunctions<FloatOps>(FloatOps()); }
static FloatFunctions<Expr> onValues(OpBuilder &builder, Location loc) {
  return FloatFunctions<Expr>(Expr{builder, loc});
}

Value SwishOp::emitScalar(OpBuilder &builder, Location loc, ValueRange v) {
  return onValues(builder, loc).swish(v[0], getBeta().convertToFloat());
}
double SwishOp::evaluateScalar(ArrayRef<double> v) {
  return onNumbers().swish(static_cast<float>(v[0]), getBeta().convertToFloat());
}

Value CeluOp::emitScalar(OpBuilder &builder, Location loc, ValueRange v) {
  Expr e{builder, loc};
  Value alpha = e.constant(getAlpha().convertToDouble());
  Value exponential = math::ExpM1Op::create(builder, loc, e.div(v[0], alpha));
  return e.select(e.positive(v[0]), v[0], e.mul(alpha, exponential));
}
double CeluOp::evaluateScalar(ArrayRef<double> v) {
  double alpha = getAlpha().convertToDouble();
  return v[0] > 0 ? v[0] : alpha * std::expm1(v[0] / alpha);
}

Value LogSigmoidOp::emitScalar(OpBuilder &builder, Location loc, ValueRange v) {
  Expr e{builder, loc};
  return e.neg(e.softplus(e.neg(v[0])));
}
double LogSigmoidOp::evaluateScalar(ArrayRef<double> v) {
  return std::fmin(v[0], 0) - std::log1p(std::exp(-std::fabs(v[0])));
}

Value SoftsignOp::emitScalar(OpBuilder &builder, Location loc, ValueRange v) {
  return onValues(builder, loc).softsign(v[0]);
}
double SoftsignOp::evaluateScalar(ArrayRef<double> v) {
  return onNumbers().softsign(static_cast<float>(v[0]));
}
std::optional<std::pair<double, double>> SoftsignOp::getFixedResultRange() {
  return std::make_pair(-1.0, 1.0);
}

Value TanhShrinkOp::emitScalar(OpBuilder &builder, Location loc, ValueRange v) {
  return onValues(builder, loc).tanhShrink(v[0]);
}
double TanhShrinkOp::evaluateScalar(ArrayRef<double> v) {
  return onNumbers().tanhShrink(static_cast<float>(v[0]));
}

Value CubeOp::emitScalar(OpBuilder &builder, Location loc, ValueRange v) {
  return onValues(builder, loc).cube(v[0]);
}
double CubeOp::evaluateScalar(ArrayRef<double> v) {
  return onNumbers().cube(static_cast<float>(v[0]));
}

//===----------------------------------------------------------------------===//
// NormalizeOp
//===----------------------------------------------------------------------===//

LogicalResult
NormalizeOp::inferReturnTypeComponents(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                       SmallVectorImpl<ShapedTypeComponents> &shapes) {
  ArrayRef<int64_t> x = shapeOf(op.getInput());
  for (int64_t axis : op.getAxes())
    if (axis < 0 || axis >= static_cast<int64_t>(x.size())) // normalize (C1)
      return shapeError(loc, "normalize", "has axis ", axis, " for an input of rank ", x.size());
  for (Value parameter : op.getOperands().drop_front()) {
    ArrayRef<int64_t> shape = shapeOf(parameter);
    bool fits = shape.size() == x.size() && llvm::all_of(llvm::zip(shape, x), [](auto sizes) {
                  return std::get<0>(sizes) == 1 || std::get<0>(sizes) == std::get<1>(sizes);
                });
    if (!fits) // normalize (C3)
      return shapeError(loc, "normalize", "has a parameter of shape ", toText(shape),
                        " for an input of shape ", toText(x),
                        "; each of its dimensions must be 1 or the input's");
  }
  shapes.emplace_back(x);
  return success();
}

LogicalResult NormalizeOp::verify() {
  if (failed(verifyInferredShape(*this)))
    return failure();
  if (getAxes().empty() || !llvm::is_sorted(getAxes()) ||
      std::adjacent_find(getAxes().begin(), getAxes().end()) != getAxes().end()) // normalize (C2)
    return emitOpError() << "has axes " << toText(getAxes())
                         << "; it needs one or more, each once, in ascending order";
  if (!(getEpsilon().convertToFloat() >= 0) || getEpsilon().isInfinity()) // normalize (C4)
    return emitOpError() << "has epsilon " << getEpsilon().convertToFloat()
                         << "; it must be 0 or above, and finite";
  return success();
}

bool NormalizeOp::hasIntegerForm() { return false; }
OperandRole NormalizeOp::getOperandRole(unsigned index) {
  return index == 0 ? OperandRole::Activation : OperandRole::Parameter;
}

Operation *NormalizeOp::permuteDims(OpBuilder &builder, ValueRange operands,
                                    ArrayRef<int64_t> permutation) {
  SmallVector<int64_t> axes;
  for (auto [i, d] : llvm::enumerate(permutation))
    if (llvm::is_contained(getAxes(), d))
      axes.push_back(i);
  ValueRange rest = operands.drop_front();
  Value scale = getScale() ? rest.front() : Value(), bias = getBias() ? rest.back() : Value();
  return createInferred<NormalizeOp>(builder, getLoc(), getType().getElementType(), operands[0],
                                     scale, bias, getKind(), axes, getEpsilon(), getPlace());
}
