// --nnq-approximate-math: functions of the C library as polynomials.

#include "nnq/Codegen/Codegen.h"
#include "nnq/Codegen/Passes.h"
#include "nnq/Quantization/ElementaryFunctions.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace nnq {
#define GEN_PASS_DEF_APPROXIMATEMATH
#include "nnq/Codegen/Passes.h.inc"

namespace {

/// The operations of `ElementaryOps` on SSA values: scalars, or vectors of one shape.
struct ValueOps {
  using Value = mlir::Value;
  using Wide = mlir::Value;
  using Integer = mlir::Value;

  OpBuilder &b;
  Location loc;
  Type shape; ///< an operand's type

  /// `element` in the operand's shape.
  Type withElement(Type element) {
    auto vector = dyn_cast<VectorType>(shape);
    return vector ? Type(vector.clone(element)) : element;
  }
  mlir::Value splat(TypedAttr value) {
    auto vector = dyn_cast<VectorType>(withElement(value.getType()));
    return arith::ConstantOp::create(
        b, loc, vector ? TypedAttr(DenseElementsAttr::get(vector, value)) : value);
  }
  mlir::Value constant(float v) { return splat(b.getF32FloatAttr(v)); }
  mlir::Value wide(double v) { return splat(b.getF64FloatAttr(v)); }
  mlir::Value integer(int32_t v) { return splat(b.getI32IntegerAttr(v)); }

  static bool isInteger(mlir::Value v) { return getElementTypeOrSelf(v).isInteger(); }
  mlir::Value add(mlir::Value x, mlir::Value y) {
    return isInteger(x) ? mlir::Value(arith::AddIOp::create(b, loc, x, y))
                        : arith::AddFOp::create(b, loc, x, y);
  }
  mlir::Value sub(mlir::Value x, mlir::Value y) {
    return isInteger(x) ? mlir::Value(arith::SubIOp::create(b, loc, x, y))
                        : arith::SubFOp::create(b, loc, x, y);
  }
  mlir::Value mul(mlir::Value x, mlir::Value y) { return arith::MulFOp::create(b, loc, x, y); }
  mlir::Value fma(mlir::Value x, mlir::Value y, mlir::Value z) {
    return math::FmaOp::create(b, loc, x, y, z);
  }
  mlir::Value neg(mlir::Value x) { return arith::NegFOp::create(b, loc, x); }
  mlir::Value abs(mlir::Value x) { return math::AbsFOp::create(b, loc, x); }
  mlir::Value copySign(mlir::Value magnitude, mlir::Value sign) {
    return math::CopySignOp::create(b, loc, magnitude, sign);
  }
  mlir::Value greater(mlir::Value x, mlir::Value y) {
    return arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OGT, x, y);
  }
  mlir::Value equal(mlir::Value x, mlir::Value y) {
    return arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OEQ, x, y);
  }
  mlir::Value select(mlir::Value condition, mlir::Value x, mlir::Value y) {
    return arith::SelectOp::create(b, loc, condition, x, y);
  }
  mlir::Value roundEven(mlir::Value x) { return math::RoundEvenOp::create(b, loc, x); }
  mlir::Value widen(mlir::Value x) {
    return arith::ExtFOp::create(b, loc, withElement(b.getF64Type()), x);
  }
  mlir::Value narrow(mlir::Value x) {
    return arith::TruncFOp::create(b, loc, withElement(b.getF32Type()), x);
  }
  mlir::Value bits(mlir::Value x) {
    return arith::BitcastOp::create(b, loc, withElement(b.getI32Type()), x);
  }
  mlir::Value fromBits(mlir::Value x) {
    return arith::BitcastOp::create(b, loc, withElement(b.getF32Type()), x);
  }
  mlir::Value toFloat(mlir::Value x) {
    return arith::SIToFPOp::create(b, loc, withElement(b.getF32Type()), x);
  }
  mlir::Value shiftLeft(mlir::Value x, int32_t count) {
    return arith::ShLIOp::create(b, loc, x, integer(count));
  }
  mlir::Value shiftRight(mlir::Value x, int32_t count) {
    return arith::ShRSIOp::create(b, loc, x, integer(count));
  }
};

using Elementary = ElementaryFunctions<ValueOps>;

/// A function of f32 as the steps of ElementaryFunctions.h.
template <typename OpTy, Value (Elementary::*function)(Value)>
struct ExpandElementary : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op, PatternRewriter &rewriter) const override {
    Value x = op.getOperand();
    if (!getElementTypeOrSelf(x).isF32())
      return rewriter.notifyMatchFailure(op, "not of f32");
    Elementary functions{ValueOps{rewriter, op.getLoc(), x.getType()}};
    rewriter.replaceOp(op, (functions.*function)(x));
    return success();
  }
};

struct ApproximateMath : impl::ApproximateMathBase<ApproximateMath> {
  using ApproximateMathBase::ApproximateMathBase;

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateApproximateMathPatterns(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace

void populateApproximateMathPatterns(RewritePatternSet &patterns) {
  // In place of upstream's, which hold for a part of the arguments.
  const PatternBenefit preferred(2);
  patterns.add<ExpandElementary<math::ExpOp, &Elementary::exp>,
               ExpandElementary<math::LogOp, &Elementary::log>,
               ExpandElementary<math::SinOp, &Elementary::sin>,
               ExpandElementary<math::CosOp, &Elementary::cos>>(patterns.getContext(), preferred);
  populateMathPolynomialApproximationPatterns(patterns);
}

} // namespace nnq
