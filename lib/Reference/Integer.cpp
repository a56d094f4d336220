// Operations of NNQIntegerOps.td. docs/Semantics.md, "Integers".

#include "Handlers.h"
#include "Numerics.h"

#include "nnq/Dialect/NNQ/IR/IntegerOps.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace mlir;

namespace nnq::reference {

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

static bool isPlain(const HostTensor &tensor) { return tensor.elementType.isIntOrIndex(); }

static bool isUnsigned(const HostTensor &tensor) {
  return tensor.elementType.isUnsignedInteger() || tensor.elementType.isInteger(1);
}

/// The low bits of `value`, as the numbers of the tensor's type.
static int64_t wrap(int64_t value, const HostTensor &tensor) {
  unsigned unused = 64 - tensor.elementType.getIntOrFloatBitWidth();
  uint64_t high = static_cast<uint64_t>(value) << unused;
  return isUnsigned(tensor) ? static_cast<int64_t>(high >> unused)
                            : static_cast<int64_t>(high) >> unused;
}

/// Whether `a` is less than `b`, two numbers of the tensor's type.
static bool isLess(int64_t a, int64_t b, const HostTensor &tensor) {
  return isUnsigned(tensor) ? static_cast<uint64_t>(a) < static_cast<uint64_t>(b) : a < b;
}

//===----------------------------------------------------------------------===//
// CastOp, StorageCastOp
//===----------------------------------------------------------------------===//

/// The whole number next to `real` on the way to 0, of so many bits; NaN is 0.
static int64_t truncate(float real, unsigned bits) {
  if (std::isnan(real))
    return 0;
  double limit = std::ldexp(1.0, static_cast<int>(bits) - 1);
  if (real < -limit)
    return bits == 64 ? std::numeric_limits<int64_t>::min() : -static_cast<int64_t>(limit);
  if (real >= limit)
    return bits == 64 ? std::numeric_limits<int64_t>::max() : static_cast<int64_t>(limit) - 1;
  return static_cast<int64_t>(real);
}

static LogicalResult evaluateCast(CastOp op, Operands operands, Results results) {
  const HostTensor &input = *operands[0];
  HostTensor &result = results[0];
  if (!isPlain(result)) {
    std::vector<float> reals;
    for (int64_t value : input.plainIntegers())
      reals.push_back(isUnsigned(input) ? static_cast<float>(static_cast<uint64_t>(value))
                                        : static_cast<float>(value));
    fromReal(op, std::move(reals), result);
    return success();
  }
  std::vector<int64_t> &values = result.plainIntegers();
  bool isBoolean = result.elementType.isInteger(1);
  if (isPlain(input)) {
    for (auto [i, value] : llvm::enumerate(input.plainIntegers()))
      values[i] = isBoolean ? value != 0 : wrap(value, result);
    return success();
  }
  unsigned width = result.elementType.getIntOrFloatBitWidth();
  bool isWide = width == 64 || (width == 32 && isUnsigned(result));
  for (auto [i, real] : llvm::enumerate(toReal(input)))
    values[i] = isBoolean ? real != 0 : wrap(truncate(real, isWide ? 64 : 32), result);
  return success();
}

/// Codes are counted as the model counts them.
static LogicalResult evaluateStorageCast(StorageCastOp op, Operands operands, Results results) {
  if (isPlain(results[0])) {
    for (auto [i, code] : llvm::enumerate(operands[0]->integers()))
      results[0].plainIntegers()[i] = wrap(code + getCodeOffset(op, 0), results[0]);
    return success();
  }
  for (auto [i, value] : llvm::enumerate(operands[0]->plainIntegers())) {
    int64_t code = value - getCodeOffset(op, 1);
    Quantization type(results[0]);
    unsigned unused = 64 - operands[0]->elementType.getIntOrFloatBitWidth();
    auto high = static_cast<uint64_t>(code) << unused;
    results[0].integers()[i] =
        static_cast<int32_t>(type.getMin() < 0 ? static_cast<int64_t>(high) >> unused
                                               : static_cast<int64_t>(high >> unused));
  }
  return success();
}

//===----------------------------------------------------------------------===//
// IntegerOp
//===----------------------------------------------------------------------===//

namespace {
/// Quotient and remainder of two numbers of one type; both 0 of a divisor of 0.
struct Division {
  int64_t quotient = 0, remainder = 0;

  Division(int64_t a, int64_t b, bool isUnsigned) {
    if (b == 0)
      return;
    if (isUnsigned) {
      auto x = static_cast<uint64_t>(a), y = static_cast<uint64_t>(b);
      quotient = static_cast<int64_t>(x / y);
      remainder = static_cast<int64_t>(x % y);
    } else if (b == -1) { // the least number has no opposite
      quotient = static_cast<int64_t>(0 - static_cast<uint64_t>(a));
    } else {
      quotient = a / b;
      remainder = a % b;
    }
  }
};
} // namespace

static int64_t evaluateUnwrapped(IntegerKind kind, int64_t a, int64_t b, const HostTensor &type) {
  auto x = static_cast<uint64_t>(a), y = static_cast<uint64_t>(b);
  Division division(a, b, isUnsigned(type));
  switch (kind) {
  case IntegerKind::Add:
    return static_cast<int64_t>(x + y);
  case IntegerKind::Sub:
    return static_cast<int64_t>(x - y);
  case IntegerKind::Mul:
    return static_cast<int64_t>(x * y);
  case IntegerKind::Div:
    return division.quotient;
  case IntegerKind::Rem:
    return division.remainder;
  case IntegerKind::Mod: {
    bool differs = !isUnsigned(type) && (division.remainder < 0) != (b < 0);
    return division.remainder != 0 && differs ? division.remainder + b : division.remainder;
  }
  case IntegerKind::Min:
    return isLess(a, b, type) ? a : b;
  case IntegerKind::Max:
    return isLess(a, b, type) ? b : a;
  case IntegerKind::And:
    return a & b;
  case IntegerKind::Or:
    return a | b;
  case IntegerKind::Xor:
    return a ^ b;
  }
  llvm_unreachable("every kind has its function");
}

int64_t evaluateInteger(IntegerKind kind, int64_t a, int64_t b, const HostTensor &type) {
  return wrap(evaluateUnwrapped(kind, a, b, type), type);
}

static LogicalResult evaluateIntegerOp(IntegerOp op, Operands operands, Results results) {
  HostTensor &result = results[0];
  const std::vector<int64_t> &lhs = operands[0]->plainIntegers(),
                             &rhs = operands[1]->plainIntegers();
  std::vector<int64_t> lhsAt = broadcastPositions(operands[0]->shape, result.shape),
                       rhsAt = broadcastPositions(operands[1]->shape, result.shape);
  for (size_t i = 0; i < lhsAt.size(); ++i)
    result.plainIntegers()[i] = evaluateInteger(op.getKind(), lhs[lhsAt[i]], rhs[rhsAt[i]], result);
  return success();
}

//===----------------------------------------------------------------------===//
// CompareOp, SelectOp
//===----------------------------------------------------------------------===//

/// By whether the one is less than the other, and the other than the one; neither and not equal is
/// NaN.
static bool holds(CompareKind kind, bool isLess, bool isGreater, bool isEqual) {
  switch (kind) {
  case CompareKind::Eq:
    return isEqual;
  case CompareKind::Ne:
    return !isEqual;
  case CompareKind::Lt:
    return isLess;
  case CompareKind::Le:
    return isLess || isEqual;
  case CompareKind::Gt:
    return isGreater;
  case CompareKind::Ge:
    return isGreater || isEqual;
  }
  llvm_unreachable("every kind has its meaning");
}

static LogicalResult evaluateCompare(CompareOp op, Operands operands, Results results) {
  const HostTensor &lhs = *operands[0], &rhs = *operands[1];
  std::vector<int64_t> &values = results[0].plainIntegers();
  std::vector<int64_t> lhsAt = broadcastPositions(lhs.shape, results[0].shape),
                       rhsAt = broadcastPositions(rhs.shape, results[0].shape);
  if (isPlain(lhs)) {
    for (size_t i = 0; i < values.size(); ++i) {
      int64_t a = lhs.plainIntegers()[lhsAt[i]], b = rhs.plainIntegers()[rhsAt[i]];
      values[i] = holds(op.getKind(), isLess(a, b, lhs), isLess(b, a, lhs), a == b);
    }
    return success();
  }
  std::vector<float> x = toReal(lhs), y = toReal(rhs);
  for (size_t i = 0; i < values.size(); ++i) {
    float a = x[lhsAt[i]], b = y[rhsAt[i]];
    values[i] = holds(op.getKind(), a<b, a> b, a == b);
  }
  return success();
}

static LogicalResult evaluateSelect(SelectOp op, Operands operands, Results results) {
  HostTensor &result = results[0];
  std::vector<int64_t> at[3];
  for (unsigned i = 0; i < 3; ++i)
    at[i] = broadcastPositions(operands[i]->shape, result.shape);
  auto choose = [&](const auto &lhs, const auto &rhs, auto &values) {
    for (size_t i = 0; i < values.size(); ++i)
      values[i] = operands[0]->plainIntegers()[at[0][i]] != 0 ? lhs[at[1][i]] : rhs[at[2][i]];
  };
  if (isPlain(result)) {
    choose(operands[1]->plainIntegers(), operands[2]->plainIntegers(), result.plainIntegers());
    return success();
  }
  std::vector<float> reals(result.getNumElements());
  choose(toReal(*operands[1]), toReal(*operands[2]), reals);
  fromReal(op, std::move(reals), result);
  return success();
}

void addIntegerHandlers(HandlerTable &table) {
  addHandler<CastOp, evaluateCast>(table);
  addHandler<StorageCastOp, evaluateStorageCast>(table);
  addHandler<IntegerOp, evaluateIntegerOp>(table);
  addHandler<CompareOp, evaluateCompare>(table);
  addHandler<SelectOp, evaluateSelect>(table);
}

} // namespace nnq::reference
