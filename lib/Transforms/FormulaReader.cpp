// From operations to formulas.

#include "FormulaReader.h"

#include "nnq/Dialect/NNQ/IR/CompoundOps.h"
#include "nnq/Dialect/NNQ/IR/ConstantData.h"
#include "nnq/Dialect/NNQ/IR/ImageOps.h"
#include "nnq/Dialect/NNQ/IR/IntegerOps.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"

#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace mlir;

namespace nnq {

/// How many operations a spelling may have; and how many reading it may take, where values that are
/// used twice are read twice.
static constexpr unsigned mostOperations = 32, mostReads = 128;

static ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

/// `shape` with dimensions of size 1 in front, to `rank`; nothing if it has more.
static std::optional<SmallVector<int64_t>> alignRight(ArrayRef<int64_t> shape, size_t rank) {
  if (shape.size() > rank)
    return std::nullopt;
  SmallVector<int64_t> aligned(rank - shape.size(), 1);
  aligned.append(shape.begin(), shape.end());
  return aligned;
}

std::optional<float> getSplat(Value value) {
  auto constant = value.getDefiningOp<ConstantOp>();
  if (!constant || !isFloatTensor(value))
    return std::nullopt;
  FailureOr<ConstantData> data = ConstantData::get(constant.getValue());
  if (failed(data) || data->size() == 0)
    return std::nullopt;
  for (int64_t i = 1, end = data->isOneValue() ? 1 : data->size(); i < end; ++i)
    if (data->getFloat(i) != data->getFloat(0))
      return std::nullopt;
  return data->getFloat(0);
}

static bool isReadable(Operation *op) {
  return isa<UnaryOp, ClampOp, AddOp, SubOp, MulOp, DivOp, MaxOp, MinOp, PowOp, CubeOp, PReluOp,
             SelectOp, LogSigmoidOp, ReduceOp, ReshapeOp, BroadcastOp>(op) &&
         llvm::all_of(op->getOperands().drop_front(isa<SelectOp>(op) ? 1 : 0), isFloatTensor) &&
         isFloatTensor(op->getResult(0));
}

SmallVector<Value> getArguments(Value root, bool &hasReductions) {
  llvm::SetVector<Operation *> seen;
  SmallVector<Value> values;
  auto visit = [&](Value value) {
    if (value != root && value.getType() == root.getType() && !value.getDefiningOp<ConstantOp>() &&
        !llvm::is_contained(values, value))
      values.push_back(value);
    if (Operation *op = value.getDefiningOp(); op && isReadable(op) && seen.size() < mostOperations)
      seen.insert(op);
  };
  visit(root);
  for (size_t i = 0; i < seen.size(); ++i)
    llvm::for_each(seen[i]->getOperands(), visit);
  hasReductions = llvm::any_of(seen, [](Operation *op) { return isa<ReduceOp>(op); });
  llvm::sort(values, [](Value a, Value b) {
    Operation *x = a.getDefiningOp(), *y = b.getDefiningOp();
    if (!x || !y)
      return !x &&
             (y || cast<BlockArgument>(a).getArgNumber() < cast<BlockArgument>(b).getArgNumber());
    return x->isBeforeInBlock(y);
  });
  return values;
}

FormulaReader::FormulaReader(FormulaPool &pool, Value x, bool onlyX)
    : pool(pool), x(x), xShape(shapeOf(x)), onlyX(onlyX) {
  pool.leaf(x); // the first atom, whatever is read
}

std::optional<Formula> FormulaReader::read(Value root) { return read(root, shapeOf(root)); }

std::optional<Formula> FormulaReader::read(Value value, ArrayRef<int64_t> shape) {
  if (value == x)
    return shape == xShape ? std::optional(pool.leaf(x)) : std::nullopt;
  if (std::optional<float> splat = getSplat(value))
    return pool.constant(*splat);
  auto aligned = alignRight(shapeOf(value), shape.size());
  bool isInPlace = aligned && ArrayRef<int64_t>(*aligned) == shape;
  if (Operation *op = value.getDefiningOp(); op && isReadable(op)) {
    if (++numRead > mostReads)
      return std::nullopt;
    if (std::optional<Formula> formula = readOperation(op, shape, isInPlace))
      return formula;
  }
  return isInPlace && !onlyX ? std::optional(pool.leaf(value)) : std::nullopt;
}

std::optional<Formula> FormulaReader::readOperation(Operation *op, ArrayRef<int64_t> shape,
                                                    bool isInPlace) {
  auto readAligned = [&](Value operand) -> std::optional<Formula> {
    auto aligned = alignRight(shapeOf(operand), shape.size());
    return aligned && isInPlace ? read(operand, *aligned) : std::nullopt;
  };
  if (auto reshape = dyn_cast<ReshapeOp>(op)) {
    llvm::SaveAndRestore withoutLeaves(onlyX, true); // they would be out of place
    return read(reshape.getInput(), shape);
  }
  if (isa<BroadcastOp>(op))
    return readAligned(op->getOperand(0));
  if (auto reduce = dyn_cast<ReduceOp>(op)) {
    ArrayRef<int64_t> input = shapeOf(reduce.getInput());
    if (shapeOf(reduce.getResult()) != shape)
      return std::nullopt;
    int64_t count = 1;
    for (int64_t axis : reduce.getAxes())
      count *= input[axis];
    std::optional<Formula> argument = read(reduce.getInput(), input);
    if (!argument)
      return std::nullopt;
    return pool.reduce(reduce.getKind(), reduce.getAxes(), count, *argument);
  }
  SmallVector<Formula> operands;
  for (Value operand : op->getOperands()) {
    bool sameShape = shapeOf(operand) == shapeOf(op->getResult(0));
    std::optional<Formula> formula;
    if (std::optional<float> splat = getSplat(operand))
      formula = pool.constant(*splat);
    else
      formula = sameShape ? read(operand, shape) : readAligned(operand);
    if (!formula)
      return std::nullopt;
    operands.push_back(*formula);
  }
  return readElementwise(op, operands);
}

/// max(a x, b x), or with `sign` = -1 the minimum.
static std::optional<Formula> readExtreme(Formula a, Formula b, int sign) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (a.isConstant())
    std::swap(a, b);
  if (b.isConstant())
    return sign > 0 ? clamp(a, b.coefficient, infinity) : clamp(a, -infinity, b.coefficient);
  double greater = a.coefficient, less = b.coefficient;
  a.coefficient = b.coefficient = 1;
  if (a != b)
    return std::nullopt;
  if ((greater - less) * sign < 0)
    std::swap(greater, less);
  return less * a + (greater - less) * clamp(a, 0, infinity);
}

std::optional<Formula> FormulaReader::readElementwise(Operation *op,
                                                      ArrayRef<Formula> operands) const {
  using Result = std::optional<Formula>;
  const Formula &a = operands.front(), &b = operands.back();
  return llvm::TypeSwitch<Operation *, Result>(op)
      .Case([&](AddOp) { return a + b; })
      .Case([&](SubOp) { return a - b; })
      .Case([&](MulOp) { return a * b; })
      .Case([&](DivOp) { return a / b; })
      .Case([&](MaxOp) { return readExtreme(a, b, 1); })
      .Case([&](MinOp) { return readExtreme(a, b, -1); })
      .Case([&](PowOp) { return b.isConstant() ? Result(pow(a, b.coefficient)) : std::nullopt; })
      .Case([&](ClampOp clamp) {
        return nnq::clamp(a, clamp.getMin().convertToDouble(), clamp.getMax().convertToDouble());
      })
      .Case([&](UnaryOp unary) {
        return pool.apply(unary.getKind(), a, unary.getAlpha().convertToDouble(),
                          unary.getBeta().convertToDouble());
      })
      .Case([&](CubeOp) { return pow(a, 3); })
      .Case([&](LogSigmoidOp) { return -pool.apply(UnaryKind::Softplus, -a); })
      .Default(std::nullopt);
}

} // namespace nnq
