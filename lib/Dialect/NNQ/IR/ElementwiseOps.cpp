// Operations of NNQElementwiseOps.td: shapes, scalar forms, folding.

#include "Broadcasting.h"
#include "FloatExpressions.h"
#include "Verification.h"

#include "nnq/Dialect/NNQ/IR/Numerics.h"
#include "nnq/Quantization/UnaryFunctions.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/CommonFolders.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/PatternMatch.h"

#include <cmath>

using namespace mlir;
using namespace nnq;

#define GET_OP_CLASSES
#include "nnq/Dialect/NNQ/IR/NNQElementwiseOps.cpp.inc"

//===----------------------------------------------------------------------===//
// What all elementwise operations share
//===----------------------------------------------------------------------===//

LogicalResult nnq::inferBroadcast(std::optional<Location> loc, StringRef name, ValueRange operands,
                                  SmallVectorImpl<ShapedTypeComponents> &shapes) {
  auto shape = broadcastShapes(llvm::map_to_vector(operands, shapeOf));
  if (failed(shape)) // elementwise (C1), of two operands: one alone has its own shape
    return shapeError(loc, name, "has operands of shapes ", toText(shapeOf(operands[0])), " and ",
                      toText(shapeOf(operands[1])),
                      " that can't be broadcast; sizes agree from the last dimension on, or are 1");
  shapes.emplace_back(*shape);
  return success();
}

Operation *nnq::permuteElementwise(Operation *op, OpBuilder &builder, ValueRange operands,
                                   ArrayRef<int64_t> permutation) {
  auto hasScaledDims = [](Type type) { return !getScaledDims(type).empty(); };
  if (llvm::any_of(op->getOperandTypes(), hasScaledDims) || hasScaledDims(op->getResultTypes()[0]))
    return nullptr; // the type names dimensions by number
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  SmallVector<int64_t> shape =
      llvm::map_to_vector(permutation, [&](int64_t d) { return type.getDimSize(d); });
  OperationState state(op->getLoc(), op->getName());
  state.addOperands(operands);
  state.addTypes(type.clone(shape));
  state.addAttributes(llvm::to_vector(op->getDiscardableAttrs()));
  Operation *permuted = builder.create(state);
  permuted->copyProperties(op->getPropertiesStorage());
  return permuted;
}

#define NNQ_ELEMENTWISE_COMMON(OpTy, mnemonic)                                                     \
  NNQ_ELEMENTWISE_SHAPE(OpTy, mnemonic)                                                            \
  LogicalResult OpTy::verify() { return verifyInferredShape(*this); }

NNQ_ELEMENTWISE_COMMON(AddOp, "add")
NNQ_ELEMENTWISE_COMMON(SubOp, "sub")
NNQ_ELEMENTWISE_COMMON(MulOp, "mul")
NNQ_ELEMENTWISE_COMMON(DivOp, "div")
NNQ_ELEMENTWISE_COMMON(MaxOp, "max")
NNQ_ELEMENTWISE_COMMON(MinOp, "min")
NNQ_ELEMENTWISE_COMMON(PowOp, "pow")
NNQ_ELEMENTWISE_COMMON(ClampOp, "clamp")
NNQ_ELEMENTWISE_COMMON(UnaryOp, "unary")
NNQ_ELEMENTWISE_SHAPE(RequantizeOp, "requantize")
#undef NNQ_ELEMENTWISE_COMMON

//===----------------------------------------------------------------------===//
// Binary operations
//===----------------------------------------------------------------------===//

/// Folds float constants; quantized ones are left to the code generator, whose rounding they would
/// have to repeat.
template <typename Function>
static OpFoldResult foldBinary(Operation *op, ArrayRef<Attribute> operands, Function function) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  auto lhs = dyn_cast_or_null<DenseElementsAttr>(operands[0]),
       rhs = dyn_cast_or_null<DenseElementsAttr>(operands[1]);
  if (!type.getElementType().isF32() || !lhs || !rhs || lhs.getType() != rhs.getType() ||
      lhs.getType() != type)
    return {};
  SmallVector<float> values;
  for (auto [x, y] : llvm::zip(lhs.getValues<float>(), rhs.getValues<float>()))
    values.push_back(function(x, y));
  return DenseElementsAttr::get(type, ArrayRef<float>(values));
}

/// Whether every value of a type is its own quantize(dequantize(q)). Codes of 32 bits are not: f32
/// rounds them above 2^24.
static bool survivesDequantization(Type type) {
  auto quantized = getQuantizedElement(type);
  return !quantized || quantized.getStorageTypeIntegralWidth() <= 16;
}

/// The other operand, if one is a splat of the operation's neutral element and the types agree.
static OpFoldResult foldNeutral(Operation *op, Attribute rhs, float neutral) {
  auto splat = dyn_cast_or_null<DenseElementsAttr>(rhs);
  if (splat && splat.isSplat() && splat.getElementType().isF32() &&
      splat.getSplatValue<float>() == neutral &&
      op->getOperand(0).getType() == op->getResult(0).getType() &&
      survivesDequantization(op->getResult(0).getType()))
    return op->getOperand(0);
  return {};
}

bool AddOp::roundsWithZeroPoint() { return true; }
bool MulOp::roundsWithZeroPoint() { return true; }

/// constant + x -> x + constant, for the folders and patterns that look on the right. Not for a sum
/// of codes, whose order is part of its rounding: not even while its result is still a float.
static bool moveConstantToTheRight(AddOp op, Attribute lhs, Attribute rhs) {
  auto isQuantized = [](Type type) { return static_cast<bool>(getQuantizedElement(type)); };
  if (!lhs || rhs || isQuantized(op.getType()) || llvm::any_of(op->getOperandTypes(), isQuantized))
    return false;
  op->setOperands({op.getRhs(), op.getLhs()});
  return true;
}

#define NNQ_BINARY(OpTy, ArithOp, function, NEUTRAL)                                               \
  Value OpTy::emitScalar(OpBuilder &builder, Location loc, ValueRange v) {                         \
    return ArithOp::create(builder, loc, v[0], v[1]);                                              \
  }                                                                                                \
  double OpTy::evaluateScalar(ArrayRef<double> v) {                                                \
    return [](auto a, auto b) { return function; }(v[0], v[1]);                                    \
  }                                                                                                \
  OpFoldResult OpTy::fold(FoldAdaptor adaptor) {                                                   \
    NEUTRAL return foldBinary(*this, adaptor.getOperands(),                                        \
                              [](float a, float b) -> float { return function; });                 \
  }
#define NNQ_NEUTRAL(value)                                                                         \
  if (OpFoldResult folded = foldNeutral(*this, adaptor.getRhs(), value))                           \
    return folded;

NNQ_BINARY(AddOp, arith::AddFOp, a + b,
           if (moveConstantToTheRight(*this, adaptor.getLhs(),
                                      adaptor.getRhs())) return getResult();
           NNQ_NEUTRAL(0.0f))
NNQ_BINARY(SubOp, arith::SubFOp, a - b, NNQ_NEUTRAL(0.0f))
NNQ_BINARY(MulOp, arith::MulFOp, a *b, NNQ_NEUTRAL(1.0f))
NNQ_BINARY(DivOp, arith::DivFOp, a / b, NNQ_NEUTRAL(1.0f))
NNQ_BINARY(MaxOp, arith::MaximumFOp, llvm::maximum(APFloat(a), APFloat(b)).convertToDouble(), )
NNQ_BINARY(MinOp, arith::MinimumFOp, llvm::minimum(APFloat(a), APFloat(b)).convertToDouble(), )
NNQ_BINARY(PowOp, math::PowFOp, std::pow(double(a), double(b)), NNQ_NEUTRAL(1.0f))
#undef NNQ_NEUTRAL
#undef NNQ_BINARY

//===----------------------------------------------------------------------===//
// ClampOp
//===----------------------------------------------------------------------===//

std::optional<std::pair<double, double>> ClampOp::getClampBounds() {
  return std::make_pair(getMin().convertToDouble(), getMax().convertToDouble());
}

Value ClampOp::emitScalar(OpBuilder &builder, Location loc, ValueRange v) {
  // A bound at infinity costs no instruction. NaN is beyond no bound and stays; of this form x86
  // makes one instruction, of `maximumf` several.
  Value x = v[0];
  auto limit = [&](arith::CmpFPredicate isBeyond, APFloat bound) {
    if (bound.isInfinity())
      return;
    Value constant = Expr{builder, loc}.constant(bound.convertToDouble());
    Value beyond = arith::CmpFOp::create(builder, loc, isBeyond, x, constant);
    x = arith::SelectOp::create(builder, loc, beyond, constant, x);
  };
  limit(arith::CmpFPredicate::OLT, getMin());
  limit(arith::CmpFPredicate::OGT, getMax());
  return x;
}

double ClampOp::evaluateScalar(ArrayRef<double> v) {
  return std::min(std::max(v[0], getMin().convertToDouble()), getMax().convertToDouble());
}

OpFoldResult ClampOp::fold(FoldAdaptor adaptor) {
  if (getMin().isInfinity() && getMax().isInfinity() && getInput().getType() == getType())
    return getInput();
  // A quantized type that already ends inside the bounds makes the clamp the identity.
  auto type = dyn_cast_or_null<quant::UniformQuantizedType>(getQuantizedElement(getType()));
  if (!type || getInput().getType() != getType())
    return {};
  double lo = (type.getStorageTypeMin() - type.getZeroPoint()) * type.getScale();
  double hi = (type.getStorageTypeMax() - type.getZeroPoint()) * type.getScale();
  return getMin().convertToDouble() <= lo && hi <= getMax().convertToDouble()
             ? OpFoldResult(getInput())
             : OpFoldResult();
}

namespace {
/// clamp(clamp(x, a, b), c, d) -> clamp(x, max(a, c), min(b, d)), where the intervals meet and no
/// rounding lies between.
struct MergeClamps : OpRewritePattern<ClampOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ClampOp op, PatternRewriter &rewriter) const override {
    auto inner = op.getInput().getDefiningOp<ClampOp>();
    if (!inner || inner.getInput().getType() != op.getType() || inner.getType() != op.getType())
      return rewriter.notifyMatchFailure(op, "no clamp of the same type in front");
    APFloat lo = llvm::maximum(inner.getMin(), op.getMin()),
            hi = llvm::minimum(inner.getMax(), op.getMax());
    if (hi < lo)
      return rewriter.notifyMatchFailure(op, "the intervals do not meet");
    if (getNumerics(inner) != getNumerics(op))
      return rewriter.notifyMatchFailure(op, "the bounds are rounded by different profiles");
    auto merged = ClampOp::create(rewriter, op.getLoc(), op.getType(), inner.getInput(), lo, hi);
    keepNumerics(op, merged);
    rewriter.replaceOp(op, merged);
    return success();
  }
};
} // namespace

void ClampOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<MergeClamps>(context);
}

//===----------------------------------------------------------------------===//
// UnaryOp
//===----------------------------------------------------------------------===//

static UnaryFunction toFunction(UnaryKind kind) {
  return static_cast<UnaryFunction>(static_cast<int>(kind) + 1);
}
static_assert(static_cast<int>(UnaryFunction::LeakyRelu) ==
                      static_cast<int>(UnaryKind::LeakyRelu) + 1 &&
                  static_cast<int>(UnaryFunction::Sign) == static_cast<int>(UnaryKind::Sign) + 1,
              "the dialect's functions are those of Quantization/ behind Relu, in the same order");

std::optional<std::pair<double, double>> UnaryOp::getFixedResultRange() {
  using Range = std::pair<double, double>;
  switch (getKind()) {
  case UnaryKind::Sigmoid:
  case UnaryKind::HardSigmoid:
    return Range(0, 1);
  case UnaryKind::Tanh:
  case UnaryKind::Erf:
  case UnaryKind::Sin:
  case UnaryKind::Cos:
  case UnaryKind::Sign:
    return Range(-1, 1);
  default:
    return std::nullopt;
  }
}

double UnaryOp::evaluateScalar(ArrayRef<double> v) {
  return evaluateUnary(toFunction(getKind()), v[0], getAlpha().convertToDouble(),
                       getBeta().convertToDouble());
}

Value UnaryOp::emitScalar(OpBuilder &builder, Location loc, ValueRange v) {
  Value x = v[0];
  double alpha = getAlpha().convertToDouble(), beta = getBeta().convertToDouble();
  Expr e{builder, loc};
  FloatFunctions<Expr> f(e);
  switch (getKind()) {
  case UnaryKind::LeakyRelu:
    return e.select(e.positive(x), x, e.mul(x, e.constant(alpha)));
  case UnaryKind::Elu:
    return e.select(e.positive(x), x,
                    e.mul(e.constant(alpha), math::ExpM1Op::create(builder, loc, x)));
  case UnaryKind::Selu:
    return e.mul(e.constant(beta),
                 e.select(e.positive(x), x,
                          e.mul(e.constant(alpha), math::ExpM1Op::create(builder, loc, x))));
  case UnaryKind::Sigmoid:
    return f.sigmoid(x);
  case UnaryKind::HardSigmoid:
    return f.hardSigmoid(x, static_cast<float>(alpha), static_cast<float>(beta));
  case UnaryKind::Tanh:
    return f.tanh(x);
  case UnaryKind::HardSwish:
    return f.hardSwish(x);
  case UnaryKind::Gelu:
    return f.gelu(x);
  case UnaryKind::GeluTanh:
    return f.geluTanh(x);
  case UnaryKind::Silu:
    return f.silu(x);
  case UnaryKind::Exp:
    return e.exp(x);
  case UnaryKind::Log:
    return math::LogOp::create(builder, loc, x);
  case UnaryKind::Sqrt:
    return math::SqrtOp::create(builder, loc, x);
  case UnaryKind::Rsqrt:
    return e.div(e.constant(1), math::SqrtOp::create(builder, loc, x));
  case UnaryKind::Reciprocal:
    return e.div(e.constant(1), x);
  case UnaryKind::Erf:
    return f.erf(x);
  case UnaryKind::Abs:
    return e.abs(x);
  case UnaryKind::Neg:
    return e.neg(x);
  case UnaryKind::Floor:
    return math::FloorOp::create(builder, loc, x);
  case UnaryKind::Ceil:
    return math::CeilOp::create(builder, loc, x);
  case UnaryKind::Round:
    return math::RoundEvenOp::create(builder, loc, x);
  case UnaryKind::Softplus:
    return e.softplus(x);
  case UnaryKind::Sin:
    return math::SinOp::create(builder, loc, x);
  case UnaryKind::Cos:
    return math::CosOp::create(builder, loc, x);
  case UnaryKind::Mish:
    return f.gate(x, e.tanh(e.softplus(x)));
  case UnaryKind::Square:
    return e.mul(x, x);
  case UnaryKind::Sign: {
    Value negative = e.greater(e.constant(0), x);
    Value isNumber = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::ORD, x, x);
    Value other = e.select(isNumber, e.constant(0), x);
    return e.select(e.positive(x), e.constant(1), e.select(negative, e.constant(-1), other));
  }
  }
  llvm_unreachable("every kind has its expression");
}

//===----------------------------------------------------------------------===//
// RequantizeOp
//===----------------------------------------------------------------------===//

LogicalResult RequantizeOp::verify() {
  if (failed(verifyInferredShape(*this)))
    return failure();
  auto type = getQuantizedElement(getType());
  if (!type || type.getStorageTypeIntegralWidth() <= 16)
    return success();
  SmallVector<int64_t> zeroPoints = getZeroPoints(type);
  if (!llvm::all_equal(zeroPoints)) // requantize (C1)
    return emitOpError() << "has a result of " << type.getStorageTypeIntegralWidth()
                         << " bits with zero points that differ, as " << zeroPoints.front()
                         << " and "
                         << *llvm::find_if(zeroPoints,
                                           [&](int64_t z) { return z != zeroPoints.front(); })
                         << "; give it one zero point";
  return success();
}

Value RequantizeOp::getDequantized(Value value) {
  auto requantize = value.getDefiningOp<RequantizeOp>();
  if (!requantize || getQuantizedElement(value.getType()) ||
      !getQuantizedElement(requantize.getInput().getType()))
    return {};
  return requantize.getInput();
}
Value RequantizeOp::emitScalar(OpBuilder &, Location, ValueRange v) { return v[0]; }
double RequantizeOp::evaluateScalar(ArrayRef<double> v) { return v[0]; }
OpFoldResult RequantizeOp::fold(FoldAdaptor) {
  return getInput().getType() == getType() && survivesDequantization(getType())
             ? OpFoldResult(getInput())
             : OpFoldResult();
}

namespace {
/// requantize(requantize(q : A -> float) : float -> A) -> q, up to 16 bits: the rounding of the one
/// is undone by that of the other.
struct FoldRoundTrip : OpRewritePattern<RequantizeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(RequantizeOp op, PatternRewriter &rewriter) const override {
    auto inner = op.getInput().getDefiningOp<RequantizeOp>();
    if (!inner || inner.getInput().getType() != op.getType() ||
        !getQuantizedElement(op.getType()) || getQuantizedElement(inner.getType()))
      return rewriter.notifyMatchFailure(op, "does not return to the type that was dequantized");
    if (!survivesDequantization(op.getType()))
      return rewriter.notifyMatchFailure(op, "f32 does not hold all codes of 32 bits");
    rewriter.replaceOp(op, inner.getInput());
    return success();
  }
};
} // namespace

void RequantizeOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<FoldRoundTrip>(context);
}
