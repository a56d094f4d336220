// How products become a sum.

#include "nnq/Dialect/Kernel/IR/KernelDialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace nnq;

LogicalResult PlainAttr::verifyOperands(function_ref<InFlightDiagnostic()> emitError, Type product,
                                        Type start, TypeRange scales) const {
  if (start != product)
    return emitError() << "sums of " << product << " start at " << product << ", not " << start;
  if (!scales.empty())
    return emitError() << "has scales, which only an accumulation with blocks applies";
  return success();
}

LogicalResult BlocksAttr::verify(function_ref<InFlightDiagnostic()> emitError, FloatAttr inputScale,
                                 int64_t) {
  const APFloat scale = inputScale.getValue();
  if (!inputScale.getType().isF32() || !scale.isFinite() || scale.isNegative() || scale.isZero())
    return emitError() << "the scale of inputs is a finite f32 above 0, not " << inputScale;
  return success();
}

LogicalResult BlocksAttr::verifyOperands(function_ref<InFlightDiagnostic()> emitError, Type product,
                                         Type start, TypeRange scales) const {
  if (!start.isF32())
    return emitError() << "sums of scaled blocks start at f32, not " << start;
  bool areReals = scales.size() == 1 && scales[0].isF32(),
       areMultiples = scales.size() == 2 && scales[0].isInteger(8) && scales[1].isF32();
  if (!areReals && !areMultiples)
    return emitError() << "blocks have scales in f32, or bytes and their unit in f32";
  return success();
}

bool BlocksAttr::hasBlocks() const { return true; }

/// f32, or a vector of it as long as `value`.
static Type realsLike(Value value) {
  Type real = Float32Type::get(value.getContext());
  auto vector = dyn_cast<VectorType>(value.getType());
  return vector ? Type(vector.clone(real)) : real;
}

Value BlocksAttr::emitUnit(OpBuilder &b, Location loc, ValueRange scales) const {
  Value scale = scales[0];
  Type type = realsLike(scale);
  if (scales.size() == 2)
    scale = arith::MulFOp::create(b, loc, arith::UIToFPOp::create(b, loc, type, scale), scales[1]);
  TypedAttr factor = getInputScale();
  if (auto vector = dyn_cast<VectorType>(type))
    factor = DenseElementsAttr::get(vector, getInputScale());
  return arith::MulFOp::create(b, loc, scale, arith::ConstantOp::create(b, loc, factor));
}

Value BlocksAttr::emitAdd(OpBuilder &b, Location loc, Value sum, Value unit, Value real) const {
  if (!getElementTypeOrSelf(sum).isF32())
    sum = arith::SIToFPOp::create(b, loc, realsLike(sum), sum);
  return math::FmaOp::create(b, loc, sum, unit, real);
}
