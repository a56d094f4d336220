// Operations of NNQIntegerOps.td: shapes, types, scalar forms.

#include "nnq/Dialect/NNQ/IR/IntegerOps.h"

#include "Broadcasting.h"
#include "Verification.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/TypeUtilities.h"

#include <cmath>

using namespace mlir;
using namespace nnq;

#include "nnq/Dialect/NNQ/IR/NNQIntegerEnums.cpp.inc"
#define GET_OP_CLASSES
#include "nnq/Dialect/NNQ/IR/NNQIntegerOps.cpp.inc"

//===----------------------------------------------------------------------===//
// What they share
//===----------------------------------------------------------------------===//

NNQ_ELEMENTWISE_SHAPE(CastOp, "cast")
NNQ_ELEMENTWISE_SHAPE(IntegerOp, "integer")
NNQ_ELEMENTWISE_SHAPE(CompareOp, "compare")
NNQ_ELEMENTWISE_SHAPE(SelectOp, "select")

/// The integer type of a value's elements, or null for reals.
static IntegerType integerOf(Value value) {
  return dyn_cast<IntegerType>(getElementTypeOrSelf(value));
}

/// Booleans count from 0 too.
static bool isUnsigned(IntegerType type) { return type.isUnsigned() || type.getWidth() == 1; }

static Value constantOf(OpBuilder &builder, Location loc, Type type, int64_t value) {
  return arith::ConstantOp::create(builder, loc, builder.getIntegerAttr(type, value));
}

static Value constantF32(OpBuilder &builder, Location loc, float value) {
  return arith::ConstantOp::create(builder, loc, builder.getF32FloatAttr(value));
}

/// Fails, with the operation's label in a comment at the call, unless `a` and `b` are both reals or
/// of one integer type.
static LogicalResult verifySameNumbers(Operation *op, Value a, Value b) {
  if (integerOf(a) == integerOf(b))
    return success();
  return op->emitOpError()
         << "has " << a.getType() << " and " << b.getType()
         << " together; numbers are all real or of one integer type, use nnq.cast";
}

//===----------------------------------------------------------------------===//
// CastOp
//===----------------------------------------------------------------------===//

LogicalResult CastOp::verify() {
  if (failed(verifyInferredShape(*this)))
    return failure();
  if (!integerOf(getInput()) && !integerOf(getResult())) // cast (C1)
    return emitOpError() << "changes " << getInput().getType() << " to " << getType()
                         << ", which are both real; use nnq.requantize";
  return success();
}

OpFoldResult CastOp::fold(FoldAdaptor) {
  return getInput().getType() == getType() ? OpFoldResult(getInput()) : OpFoldResult();
}

std::optional<std::pair<double, double>> CastOp::getFixedResultRange() {
  IntegerType from = integerOf(getInput());
  if (!from || from.getWidth() > 8)
    return std::nullopt;
  int64_t span = int64_t{1} << from.getWidth(), least = isUnsigned(from) ? 0 : -span / 2;
  return std::make_pair(double(least), double(least + span - 1));
}

/// `real` without its fraction; what is outside of `type` saturates, NaN is 0.
static Value emitTruncation(OpBuilder &builder, Location loc, Value real, IntegerType type) {
  unsigned bits = type.getWidth();
  float limit = std::ldexp(1.0f, bits - 1);
  auto compare = [&](arith::CmpFPredicate predicate, float bound) -> Value {
    return arith::CmpFOp::create(builder, loc, predicate, real, constantF32(builder, loc, bound));
  };
  Value isLow = compare(arith::CmpFPredicate::OLT, -limit),
        isHigh = compare(arith::CmpFPredicate::OGE, limit),
        isNumber = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::ORD, real, real),
        isOutside = arith::OrIOp::create(builder, loc, isLow, isHigh);
  Value inside =
      arith::SelectOp::create(builder, loc, isNumber, real, constantF32(builder, loc, 0));
  inside = arith::SelectOp::create(builder, loc, isOutside, constantF32(builder, loc, 0), inside);
  Value whole = arith::FPToSIOp::create(builder, loc, type, inside);
  auto choose = [&](Value condition, const APInt &bound) {
    Value constant = arith::ConstantOp::create(builder, loc, builder.getIntegerAttr(type, bound));
    whole = arith::SelectOp::create(builder, loc, condition, constant, whole);
  };
  choose(isLow, APInt::getSignedMinValue(bits));
  choose(isHigh, APInt::getSignedMaxValue(bits));
  return whole;
}

Value CastOp::emitScalar(OpBuilder &builder, Location loc, ValueRange v) {
  IntegerType from = integerOf(getInput()), to = integerOf(getResult());
  Value x = v[0];
  if (to && to.getWidth() == 1) {
    if (!from)
      return arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::UNE, x,
                                   constantF32(builder, loc, 0));
    return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ne, x,
                                 constantOf(builder, loc, x.getType(), 0));
  }
  if (!to)
    return isUnsigned(from) ? Value(arith::UIToFPOp::create(builder, loc, builder.getF32Type(), x))
                            : arith::SIToFPOp::create(builder, loc, builder.getF32Type(), x);
  auto wanted = builder.getIntegerType(to.getWidth());
  if (!from) {
    // u32 has values that i32 lacks.
    bool isWide = to.getWidth() > 32 || (to.getWidth() == 32 && to.isUnsigned());
    x = emitTruncation(builder, loc, x, builder.getIntegerType(isWide ? 64 : 32));
  }
  unsigned found = cast<IntegerType>(x.getType()).getWidth();
  if (found > to.getWidth())
    return arith::TruncIOp::create(builder, loc, wanted, x);
  if (found == to.getWidth())
    return x;
  return from && isUnsigned(from) ? Value(arith::ExtUIOp::create(builder, loc, wanted, x))
                                  : arith::ExtSIOp::create(builder, loc, wanted, x);
}

double CastOp::evaluateScalar(ArrayRef<double> v) {
  IntegerType to = integerOf(getResult());
  if (!to)
    return v[0];
  return to.getWidth() == 1 ? v[0] != 0 : std::trunc(v[0]);
}

//===----------------------------------------------------------------------===//
// StorageCastOp
//===----------------------------------------------------------------------===//

LogicalResult StorageCastOp::verify() {
  if (failed(verifyQuantizedTypes(*this)))
    return failure();
  if (shapeOf(getInput()) != shapeOf(getResult())) // storage_cast (C1)
    return emitOpError() << "has shape " << toText(shapeOf(getInput())) << " in and "
                         << toText(shapeOf(getResult())) << " out; shapes stay";
  bool fromCodes = static_cast<bool>(getQuantizedElement(getInput().getType()));
  Type codes = fromCodes ? getInput().getType() : getType();
  auto element = dyn_cast_or_null<quant::UniformQuantizedType>(getQuantizedElement(codes));
  IntegerType integers = integerOf(fromCodes ? getResult() : getInput());
  if (!element || !integers) // storage_cast (C2)
    return emitOpError() << "changes " << getInput().getType() << " to " << getType()
                         << "; one of them has codes with one scale, the other integers";
  if (element.getStorageTypeIntegralWidth() != integers.getWidth()) // storage_cast (C3)
    return emitOpError() << "makes codes of " << element.getStorageTypeIntegralWidth()
                         << " bits and integers of " << integers.getWidth()
                         << " bits each other; widths stay, use nnq.cast beside it";
  return success();
}

/// storage_cast(storage_cast(x : A -> B) : B -> A) -> x.
OpFoldResult StorageCastOp::fold(FoldAdaptor) {
  auto inner = getInput().getDefiningOp<StorageCastOp>();
  bool isUndone = inner && inner.getInput().getType() == getType() &&
                  !(*this)->hasAttr(codeOffsetsAttrName) && !inner->hasAttr(codeOffsetsAttrName);
  return isUndone ? OpFoldResult(inner.getInput()) : OpFoldResult();
}

/// Integers are codes as the model counts them.
bool StorageCastOp::roundsWithZeroPoint() { return true; }

Operation *StorageCastOp::permuteDims(OpBuilder &builder, ValueRange operands,
                                      ArrayRef<int64_t> permutation) {
  return permuteElementwise(*this, builder, operands, permutation);
}

//===----------------------------------------------------------------------===//
// IntegerOp
//===----------------------------------------------------------------------===//

LogicalResult IntegerOp::verify() {
  if (failed(verifyInferredShape(*this)))
    return failure();
  IntegerType type = integerOf(getResult());
  for (Value operand : getOperands())
    if (integerOf(operand) != type) // integer (C1)
      return emitOpError() << "has an operand of " << operand.getType() << " and a result of "
                           << getType() << "; all have one integer type, use nnq.cast";
  bool isLogic =
      llvm::is_contained({IntegerKind::And, IntegerKind::Or, IntegerKind::Xor}, getKind());
  if (type.getWidth() == 1 && !isLogic) // integer (C2)
    return emitOpError() << "is '" << stringifyIntegerKind(getKind())
                         << "' of booleans; they have and, or and xor, use nnq.cast";
  return success();
}

/// A quotient or remainder that no operand makes undefined: of a divisor of 0 it is 0, and the
/// least integer over -1 wraps around.
static Value emitDivision(OpBuilder &builder, Location loc, IntegerKind kind, bool isUnsigned,
                          Value lhs, Value rhs) {
  auto constant = [&](int64_t value) { return constantOf(builder, loc, lhs.getType(), value); };
  auto is = [&](Value value, int64_t number) -> Value {
    return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, value, constant(number));
  };
  auto select = [&](Value condition, Value a, Value b) -> Value {
    return arith::SelectOp::create(builder, loc, condition, a, b);
  };
  Value isZero = is(rhs, 0);
  if (isUnsigned) {
    Value divisor = select(isZero, constant(1), rhs);
    Value result = kind == IntegerKind::Div
                       ? Value(arith::DivUIOp::create(builder, loc, lhs, divisor))
                       : arith::RemUIOp::create(builder, loc, lhs, divisor);
    return select(isZero, constant(0), result);
  }
  Value isMinusOne = is(rhs, -1);
  Value divisor = select(arith::OrIOp::create(builder, loc, isZero, isMinusOne), constant(1), rhs);
  if (kind == IntegerKind::Div) {
    Value quotient = arith::DivSIOp::create(builder, loc, lhs, divisor),
          negated = arith::SubIOp::create(builder, loc, constant(0), lhs);
    return select(isZero, constant(0), select(isMinusOne, negated, quotient));
  }
  // Of -1, as of 1, it is 0: the divisor that stands for both.
  Value remainder = arith::RemSIOp::create(builder, loc, lhs, divisor);
  if (kind == IntegerKind::Rem)
    return remainder;
  Value signs = arith::XOrIOp::create(builder, loc, remainder, divisor);
  Value differ = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::slt, signs, constant(0));
  Value isExact = is(remainder, 0);
  Value shifted = arith::AddIOp::create(builder, loc, remainder, divisor);
  return select(isExact, remainder, select(differ, shifted, remainder));
}

Value IntegerOp::emitScalar(OpBuilder &builder, Location loc, ValueRange v) {
  bool isUnsigned = ::isUnsigned(integerOf(getResult()));
  Value a = v[0], b = v[1];
  switch (getKind()) {
  case IntegerKind::Add:
    return arith::AddIOp::create(builder, loc, a, b);
  case IntegerKind::Sub:
    return arith::SubIOp::create(builder, loc, a, b);
  case IntegerKind::Mul:
    return arith::MulIOp::create(builder, loc, a, b);
  case IntegerKind::Div:
  case IntegerKind::Rem:
  case IntegerKind::Mod:
    return emitDivision(builder, loc, getKind(), isUnsigned, a, b);
  case IntegerKind::Min:
    return isUnsigned ? Value(arith::MinUIOp::create(builder, loc, a, b))
                      : arith::MinSIOp::create(builder, loc, a, b);
  case IntegerKind::Max:
    return isUnsigned ? Value(arith::MaxUIOp::create(builder, loc, a, b))
                      : arith::MaxSIOp::create(builder, loc, a, b);
  case IntegerKind::And:
    return arith::AndIOp::create(builder, loc, a, b);
  case IntegerKind::Or:
    return arith::OrIOp::create(builder, loc, a, b);
  case IntegerKind::Xor:
    return arith::XOrIOp::create(builder, loc, a, b);
  }
  llvm_unreachable("every kind has its operation");
}

double IntegerOp::evaluateScalar(ArrayRef<double> v) {
  auto a = static_cast<int64_t>(v[0]), b = static_cast<int64_t>(v[1]);
  auto rem = [&] { return b == 0 ? 0 : a % b; };
  switch (getKind()) {
  case IntegerKind::Add:
    return a + b;
  case IntegerKind::Sub:
    return a - b;
  case IntegerKind::Mul:
    return a * b;
  case IntegerKind::Div:
    return b == 0 ? 0 : a / b;
  case IntegerKind::Rem:
    return rem();
  case IntegerKind::Mod:
    return rem() != 0 && (rem() < 0) != (b < 0) ? rem() + b : rem();
  case IntegerKind::Min:
    return std::min(a, b);
  case IntegerKind::Max:
    return std::max(a, b);
  case IntegerKind::And:
    return a & b;
  case IntegerKind::Or:
    return a | b;
  case IntegerKind::Xor:
    return a ^ b;
  }
  llvm_unreachable("every kind has its operation");
}

//===----------------------------------------------------------------------===//
// CompareOp
//===----------------------------------------------------------------------===//

LogicalResult CompareOp::verify() {
  if (failed(verifyInferredShape(*this)))
    return failure();
  return verifySameNumbers(*this, getLhs(), getRhs()); // compare (C1)
}

Value CompareOp::emitScalar(OpBuilder &builder, Location loc, ValueRange v) {
  using Float = arith::CmpFPredicate;
  using Integer = arith::CmpIPredicate;
  IntegerType type = integerOf(getLhs());
  bool isUnsigned = type && ::isUnsigned(type);
  auto emit = [&](Float real, Integer ofSigned, Integer ofUnsigned) -> Value {
    if (!type)
      return arith::CmpFOp::create(builder, loc, real, v[0], v[1]);
    return arith::CmpIOp::create(builder, loc, isUnsigned ? ofUnsigned : ofSigned, v[0], v[1]);
  };
  switch (getKind()) {
  case CompareKind::Eq:
    return emit(Float::OEQ, Integer::eq, Integer::eq);
  case CompareKind::Ne:
    return emit(Float::UNE, Integer::ne, Integer::ne);
  case CompareKind::Lt:
    return emit(Float::OLT, Integer::slt, Integer::ult);
  case CompareKind::Le:
    return emit(Float::OLE, Integer::sle, Integer::ule);
  case CompareKind::Gt:
    return emit(Float::OGT, Integer::sgt, Integer::ugt);
  case CompareKind::Ge:
    return emit(Float::OGE, Integer::sge, Integer::uge);
  }
  llvm_unreachable("every kind has its predicate");
}

double CompareOp::evaluateScalar(ArrayRef<double> v) {
  switch (getKind()) {
  case CompareKind::Eq:
    return v[0] == v[1];
  case CompareKind::Ne:
    return v[0] != v[1];
  case CompareKind::Lt:
    return v[0] < v[1];
  case CompareKind::Le:
    return v[0] <= v[1];
  case CompareKind::Gt:
    return v[0] > v[1];
  case CompareKind::Ge:
    return v[0] >= v[1];
  }
  llvm_unreachable("every kind has its predicate");
}

//===----------------------------------------------------------------------===//
// SelectOp
//===----------------------------------------------------------------------===//

LogicalResult SelectOp::verify() {
  if (failed(verifyInferredShape(*this)))
    return failure();
  if (failed(verifySameNumbers(*this, getLhs(), getRhs()))) // select (C1)
    return failure();
  return verifySameNumbers(*this, getLhs(), getResult());
}

Value SelectOp::emitScalar(OpBuilder &builder, Location loc, ValueRange v) {
  return arith::SelectOp::create(builder, loc, v[0], v[1], v[2]);
}
double SelectOp::evaluateScalar(ArrayRef<double> v) { return v[0] != 0 ? v[1] : v[2]; }
