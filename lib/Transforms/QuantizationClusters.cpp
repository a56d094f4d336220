// Which values share a type, and the types that follow from their ranges.

#include "QuantizationPlan.h"
#include "QuantizationQuestions.h"

#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"
#include "nnq/Quantization/QuantParams.h"
#include "nnq/Transforms/ConstantValues.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <cmath>

using namespace mlir;

namespace nnq {

Value QuantizationPlan::find(Value value) const {
  auto it = leader.find(value);
  if (it == leader.end() || it->second == value)
    return value;
  Value root = find(it->second);
  leader[value] = root;
  return root;
}

void QuantizationPlan::unite(Value a, Value b) {
  Interval range = getRange(a);
  range.include(getRange(b));
  leader[find(a)] = find(b);
  clusterRanges[find(b)] = range;
}

/// So much wider may a tensor's range become that something else reads too.
static constexpr double littleWider = 1.25;

/// True if `operand` of a move of several tensors may have the type of the result, whose values lie
/// in `range`: nothing else reads it, or it costs other readers little.
bool QuantizationPlan::takesTypeOf(Value operand, const Interval &range) const {
  Value source = operand;
  bool isShared = !source.hasOneUse();
  for (Operation *def = source.getDefiningOp(); def && isInteger(def) && isMove(def);
       def = source.getDefiningOp()) {
    source = def->getOperand(0);
    isShared |= !isMoveOfOne(def) || !source.hasOneUse();
  }
  return !isShared || isConstant(source) || range.span() <= littleWider * getRange(operand).span();
}

void QuantizationPlan::uniteMoved(Operation *op) {
  Value result = op->getResult(0);
  for (Value other : op->getResults().drop_front())
    unite(other, result);
  Interval range = getRange(result);
  for (Value operand : op->getOperands())
    if (isFloatTensor(operand) && (op->getNumOperands() == 1 || takesTypeOf(operand, range)))
      unite(operand, result);
}

/// From the outputs backwards, so that it is known how wide a tensor becomes by what it is moved
/// into.
void QuantizationPlan::decideClusters() {
  leader.clear();
  clusterRanges = ranges;
  behindClamp.clear();
  for (Operation *op : llvm::reverse(ops)) {
    if (!isInteger(op) || staysFloat(op->getResult(0)))
      continue;
    if (isMove(op)) {
      uniteMoved(op);
      continue;
    }
    Value input = op->getOperand(0);
    Operation *def = input.getDefiningOp();
    bool isClamp = cast<QuantizableOp>(op).getClampBounds().has_value();
    if (isClamp && def && isInteger(def) && !sharesScale(def) && input.hasOneUse() &&
        !staysFloat(input)) {
      behindClamp.insert(input);
      unite(input, op->getResult(0));
    }
  }
}

/// So many codes on either side of 0 have the activations of 16 bits that `op` reads: as many as
/// surely leave its accumulators half of their range, whatever the weights of 8 bits.
static int64_t getWideLimit(AccumulatingOp op) {
  constexpr int64_t greatestWeight = 127;
  int64_t sum = std::numeric_limits<int32_t>::max() / 2 / greatestWeight;
  return std::clamp<int64_t>(sum / op.getAccumulationDepth(), 127, 32767);
}

bool QuantizationPlan::readsCodes(OpOperand &use) const {
  Operation *user = use.getOwner();
  if (!isInteger(user) || isElementwise(user, 1))
    return false;
  if (auto layer = dyn_cast<AccumulatingOp>(user))
    return &use == &layer.getInputOperand();
  return !movesFloat(user);
}

void QuantizationPlan::addMember(Value value) {
  auto isMoved = [&](Operation *user) { return isInteger(user) && isMove(user); };
  if (isConstant(value) &&
      llvm::none_of(value.getUsers(), isMoved)) // weights have scales of their own
    return;
  Cluster &cluster = clusters[find(value)];
  bool hasCodes = !staysFloat(value) ||
                  llvm::any_of(value.getUses(), [&](OpOperand &use) { return readsCodes(use); });
  cluster.isWide |= askedWide.contains(value) && hasCodes;
  for (OpOperand &use : value.getUses()) {
    auto reader = dyn_cast<AccumulatingOp>(use.getOwner());
    if (!reader || !isInteger(reader) || &use != &reader.getInputOperand())
      continue;
    cluster.isWide |= schemeOf(reader).activationBits != 8;
    cluster.wideLimit = std::min(cluster.wideLimit, getWideLimit(reader));
  }
  Operation *def = value.getDefiningOp();
  if (def && schemes.contains(def))
    cluster.symmetric |= schemeOf(def).activations == ActivationScheme::Symmetric;
  if (behindClamp.contains(value)) // the clamp's range is the one that counts
    return;
  if (std::optional<ConstantValues<float>> constant = readConstant<float>(value)) {
    for (float v : constant->get())
      if (std::isfinite(v))
        cluster.entering.include(v, v);
    return;
  }
  auto quantizable = dyn_cast_or_null<QuantizableOp>(def);
  if (auto fixed = quantizable ? quantizable.getFixedResultRange() : std::nullopt)
    return cluster.entering.include(fixed->first, fixed->second);
  if (auto range = annotatedRange(value)) {
    bool moved = quantizable && isInteger(def) && quantizable.sharesScale();
    (moved ? cluster.moved : cluster.entering).include(range->first, range->second);
  } else if (def && hasCodes && movesFloat(def)) {
    cluster.entering.include(getRange(value)); // f32 is moved, and codes of it are read behind
  }
}

/// So much wider than one of its parts may a tensor be that 8 bits still say something of the part.
static constexpr double muchWider = 16;

/// What is moved into a result without having its type belongs to its range, too.
void QuantizationPlan::addParts(Operation *op) {
  Value result = op->getResult(0);
  Cluster &cluster = clusters[find(result)];
  double whole = getRange(result).span();
  for (Value operand : op->getOperands()) {
    Interval part = ranges.lookup(operand);
    if (find(operand) != find(result))
      cluster.entering.include(part);
    if (!part.known || isConstant(operand) || muchWider * part.span() >= whole)
      continue;
    cluster.isWide = true;
    widenedValues.insert({result, "it has values up to " + toText(whole) + " beside values up to " +
                                      toText(part.span()) +
                                      ", of which 8 bits would say too little"});
  }
}

LogicalResult QuantizationPlan::decideTypes(func::FuncOp func) {
  widenedValues = coarseOperands;
  for (const auto &input : wideInputs)
    widenedValues.insert(input);
  clusters.clear();
  bool symmetricArguments = !schemes.empty() && llvm::all_of(ops, [&](Operation *op) {
    return schemeOf(op).activations == ActivationScheme::Symmetric;
  });
  for (BlockArgument argument : func.getArguments())
    if (isFloatTensor(argument)) {
      addMember(argument);
      clusters[find(argument)].symmetric |= symmetricArguments;
    }
  for (Operation &op : func.getBody().front()) {
    for (Value result : op.getResults())
      if (isFloatTensor(result))
        addMember(result);
    auto quantizable = dyn_cast<QuantizableOp>(op);
    auto inserted = quantizable ? quantizable.getInsertedValue() : std::nullopt;
    if (inserted && isInteger(&op) && std::isfinite(*inserted))
      clusters[find(op.getResult(0))].entering.include(*inserted, *inserted);
    if (isInteger(&op) && isMove(&op) && op.getNumOperands() > 1 && !staysFloat(op.getResult(0)))
      addParts(&op);
  }
  for (auto &[value, cluster] : clusters) {
    const Interval &range = cluster.entering.known ? cluster.entering : cluster.moved;
    if (!range.known)
      continue;
    bool isWide = cluster.isWide, isSymmetric = cluster.symmetric || isWide;
    bool isSigned = isWide || (isSymmetric && range.lo < 0);
    int32_t least = isSigned ? -128 : 0, greatest = isSigned ? 127 : 255;
    if (isWide) {
      greatest = static_cast<int32_t>(cluster.wideLimit);
      least = -greatest;
    }
    llvm::Expected<QuantParams> params =
        isSymmetric
            ? chooseSymmetric(std::max(std::abs(range.lo), std::abs(range.hi)), least, greatest)
            : chooseAffine(range.lo, range.hi, least, greatest);
    if (!params)
      return emitError(value.getLoc())
             << "has no usable range: " << llvm::toString(params.takeError());
    cluster.type = getPerTensorType(func.getContext(), isSigned, isWide ? 16 : 8, params->scale,
                                    params->zeroPoint, least, greatest);
  }
  return success();
}

quant::UniformQuantizedType QuantizationPlan::getType(Value value) const {
  auto it = clusters.find(find(value));
  return it == clusters.end() ? quant::UniformQuantizedType() : it->second.type;
}

} // namespace nnq
