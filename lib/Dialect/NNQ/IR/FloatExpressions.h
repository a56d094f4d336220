// f32 expressions, as the scalar forms of elementwise operations write them.

#ifndef NNQ_LIB_DIALECT_NNQ_IR_FLOATEXPRESSIONS_H
#define NNQ_LIB_DIALECT_NNQ_IR_FLOATEXPRESSIONS_H

#include "nnq/Quantization/FloatFunctions.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

namespace nnq {

/// Short names for f32 expressions; the operations of `FloatFunctions` among them.
struct Expr {
  using Value = mlir::Value;
  mlir::OpBuilder &builder;
  mlir::Location loc;
  Value constant(double v) {
    return mlir::arith::ConstantOp::create(builder, loc,
                                           builder.getF32FloatAttr(static_cast<float>(v)));
  }
  Value add(Value a, Value b) { return mlir::arith::AddFOp::create(builder, loc, a, b); }
  Value sub(Value a, Value b) { return mlir::arith::SubFOp::create(builder, loc, a, b); }
  Value mul(Value a, Value b) { return mlir::arith::MulFOp::create(builder, loc, a, b); }
  Value div(Value a, Value b) { return mlir::arith::DivFOp::create(builder, loc, a, b); }
  Value neg(Value a) { return mlir::arith::NegFOp::create(builder, loc, a); }
  Value exp(Value a) { return mlir::math::ExpOp::create(builder, loc, a); }
  Value tanh(Value a) { return mlir::math::TanhOp::create(builder, loc, a); }
  Value log1p(Value a) { return mlir::math::Log1pOp::create(builder, loc, a); }
  Value fma(Value a, Value b, Value c) { return mlir::math::FmaOp::create(builder, loc, a, b, c); }
  Value abs(Value a) { return mlir::math::AbsFOp::create(builder, loc, a); }
  Value copySign(Value magnitude, Value sign) {
    return mlir::math::CopySignOp::create(builder, loc, magnitude, sign);
  }
  Value greater(Value a, Value b) {
    return mlir::arith::CmpFOp::create(builder, loc, mlir::arith::CmpFPredicate::OGT, a, b);
  }
  /// By the exponent's bits.
  Value powerOf2(Value k) {
    mlir::Type i32 = builder.getI32Type();
    auto integer = [&](int32_t v) {
      return mlir::arith::ConstantOp::create(builder, loc, builder.getI32IntegerAttr(v));
    };
    Value exponent = mlir::arith::AddIOp::create(
        builder, loc, mlir::arith::FPToSIOp::create(builder, loc, i32, k), integer(127));
    return mlir::arith::BitcastOp::create(
        builder, loc, builder.getF32Type(),
        mlir::arith::ShLIOp::create(builder, loc, exponent, integer(23)));
  }
  Value positive(Value a) { return greater(a, constant(0)); }
  Value select(Value c, Value a, Value b) {
    return mlir::arith::SelectOp::create(builder, loc, c, a, b);
  }
  Value softplus(Value a) {
    // max(a, 0) + log1p(exp(-|a|)): no overflow for large arguments.
    Value magnitude = mlir::math::AbsFOp::create(builder, loc, a);
    return add(mlir::arith::MaxNumFOp::create(builder, loc, a, constant(0)),
               log1p(exp(neg(magnitude))));
  }
};

} // namespace nnq

#endif // NNQ_LIB_DIALECT_NNQ_IR_FLOATEXPRESSIONS_H
