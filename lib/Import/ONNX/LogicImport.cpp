// Comparisons, choice by a condition, booleans, remainders.

#include "NodeImporter.h"

#include "nnq/Dialect/NNQ/IR/IntegerOps.h"

#include "mlir/IR/TypeUtilities.h"

#include <limits>

using namespace mlir;
using namespace nnq;
using namespace nnq::onnximport;

//===----------------------------------------------------------------------===//
// Comparisons
//===----------------------------------------------------------------------===//

/// Values that are compared or chosen from: all real, or all of one type of integers; false after
/// an error.
static bool haveOneType(NodeImporter &n, const Operand &a, const Operand &b) {
  if (a.getType() != b.getType())
    n.error() << "mixes " << nameOf(a.getType()) << " and " << nameOf(b.getType());
  return a.getType() == b.getType();
}

static Value getNumbers(NodeImporter &n, const Operand &x) {
  return isInteger(x.getType()) ? n.getIntegers(x) : n.getValue(x);
}

static CompareKind toCompareKind(Comparison kind) {
  switch (kind) {
  case Comparison::Equal:
    return CompareKind::Eq;
  case Comparison::Less:
    return CompareKind::Lt;
  case Comparison::LessOrEqual:
    return CompareKind::Le;
  case Comparison::Greater:
    return CompareKind::Gt;
  case Comparison::GreaterOrEqual:
    return CompareKind::Ge;
  }
  llvm_unreachable("every comparison has its operation");
}

static Operand compare(NodeImporter &n, Comparison kind, const Operand &a, const Operand &b) {
  if (!a || !b || !haveOneType(n, a, b))
    return {};
  std::optional<Shape> shape = broadcastShape(a.getShape(), b.getShape());
  if (!shape) {
    n.error() << "can't broadcast " << shapeText(a.getShape()) << " and "
              << shapeText(b.getShape());
    return {};
  }
  if (!a.isConstant() || !b.isConstant())
    return n.createOf<CompareOp>(n.builder.getI1Type(), getNumbers(n, a), getNumbers(n, b),
                                 toCompareKind(kind));
  return n.reserve(*shape) ? n.evaluated(onnximport::compare(kind, a.getTensor(), b.getTensor()))
                           : Operand();
}

template <Comparison kind> static LogicalResult importCompare(NodeImporter &n) {
  auto [a, b] = n.getBroadcastInputs();
  return n.setOutput(0, compare(n, kind, a, b));
}

//===----------------------------------------------------------------------===//
// Booleans
//===----------------------------------------------------------------------===//

static Operand boolean(NodeImporter &n, bool value) {
  return n.evaluated(HostTensor::ofInts({}, {value}, DataType::Bool));
}

/// `x`, which is input `i` and must be of booleans; null after an error.
static Operand asBooleans(NodeImporter &n, const Operand &x, unsigned i) {
  if (!x || x.getType() == DataType::Bool)
    return x;
  n.error() << "input " << i << " is of " << nameOf(x.getType()) << "; it must be of BOOL";
  return {};
}

static Operand getBooleans(NodeImporter &n, unsigned i) { return asBooleans(n, n.input(i), i); }

static std::pair<Operand, Operand> getBroadcastBooleans(NodeImporter &n) {
  auto [a, b] = n.getBroadcastInputs();
  return {asBooleans(n, a, 0), asBooleans(n, b, 1)};
}

/// `evaluated` is the same function of constants.
static LogicalResult importLogic(NodeImporter &n, IntegerKind kind, BinaryKind evaluated) {
  auto [a, b] = getBroadcastBooleans(n);
  if (!a || !b)
    return failure();
  if (a.isConstant() && b.isConstant())
    return n.setOutput(0, n.binary(evaluated, a, b));
  return n.setOutput(0, n.createMove<IntegerOp>(n.getIntegers(a), n.getIntegers(b), kind));
}
static LogicalResult importAnd(NodeImporter &n) {
  return importLogic(n, IntegerKind::And, BinaryKind::Min);
}
static LogicalResult importOr(NodeImporter &n) {
  return importLogic(n, IntegerKind::Or, BinaryKind::Max);
}
static LogicalResult importXor(NodeImporter &n) {
  auto [a, b] = getBroadcastBooleans(n);
  Operand same = compare(n, Comparison::Equal, a, b);
  return n.setOutput(0, compare(n, Comparison::Equal, same, boolean(n, false)));
}
static LogicalResult importNot(NodeImporter &n) {
  return n.setOutput(0, compare(n, Comparison::Equal, getBooleans(n, 0), boolean(n, false)));
}

/// NaN alone differs from itself.
static LogicalResult importIsNaN(NodeImporter &n) {
  Operand x = n.input(0), isNumber = compare(n, Comparison::Equal, x, x);
  return n.setOutput(0, compare(n, Comparison::Equal, isNumber, boolean(n, false)));
}

static LogicalResult importIsInf(NodeImporter &n) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  bool positive = n.getInt("detect_positive", 1) != 0,
       negative = n.getInt("detect_negative", 1) != 0;
  Operand x = n.input(0);
  if (positive && negative)
    x = n.unary(UnaryKind::Abs, x);
  else if (!positive && !negative)
    return n.error() << "detects neither positive nor negative infinity";
  return n.setOutput(0,
                     compare(n, Comparison::Equal, x, n.scalar(positive ? infinity : -infinity)));
}

//===----------------------------------------------------------------------===//
// Choice
//===----------------------------------------------------------------------===//

static LogicalResult importWhere(NodeImporter &n) {
  Operand condition = getBooleans(n, 0), a = n.input(1), b = n.input(2);
  if (!condition || !a || !b || !haveOneType(n, a, b))
    return failure();
  std::optional<Shape> both = broadcastShape(a.getShape(), b.getShape());
  std::optional<Shape> shape = both ? broadcastShape(condition.getShape(), *both) : std::nullopt;
  if (!shape)
    return n.error() << "can't broadcast " << shapeText(condition.getShape()) << ", "
                     << shapeText(a.getShape()) << " and " << shapeText(b.getShape());
  if (condition.isConstant() && a.isConstant() && b.isConstant())
    return n.reserve(*shape) ? n.setOutput(0, n.evaluated(select(condition.getTensor(),
                                                                 a.getTensor(), b.getTensor())))
                             : failure();
  Value lhs = getNumbers(n, a), rhs = getNumbers(n, b);
  if (!lhs || !rhs)
    return failure();
  return n.setOutput(
      0, n.createOf<SelectOp>(getElementTypeOrSelf(lhs), n.getIntegers(condition), lhs, rhs));
}

//===----------------------------------------------------------------------===//
// Remainders
//===----------------------------------------------------------------------===//

static LogicalResult importMod(NodeImporter &n) {
  bool keepsSign = n.getInt("fmod", 0) != 0;
  return n.setOutput(
      0, n.binary(keepsSign ? BinaryKind::Rem : BinaryKind::Mod, n.input(0), n.input(1)));
}

void nnq::onnximport::registerLogicOps(HandlerTable &table) {
  table.add("Equal", {importCompare<Comparison::Equal>, 2, 2});
  table.add("Less", {importCompare<Comparison::Less>, 2, 2});
  table.add("LessOrEqual", {importCompare<Comparison::LessOrEqual>, 2, 2});
  table.add("Greater", {importCompare<Comparison::Greater>, 2, 2});
  table.add("GreaterOrEqual", {importCompare<Comparison::GreaterOrEqual>, 2, 2});
  table.add("And", {importAnd, 2, 2});
  table.add("Or", {importOr, 2, 2});
  table.add("Xor", {importXor, 2, 2});
  table.add("Not", {importNot, 1, 1});
  table.add("IsNaN", {importIsNaN, 1, 1});
  table.add("IsInf", {importIsInf, 1, 1});
  table.add("Where", {importWhere, 3, 3});
  table.add("Mod", {importMod, 2, 2});
}
