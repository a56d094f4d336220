// What --nnq-quantize decides before it changes anything.

#include "QuantizationPlan.h"

#include "ScaleLimits.h"

#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"
#include "nnq/Quantization/QuantParams.h"
#include "nnq/Transforms/ConstantValues.h"
#include "nnq/Transforms/ObservationNames.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <cmath>

using namespace mlir;

namespace nnq {

//===----------------------------------------------------------------------===//
// Questions about an operation
//===----------------------------------------------------------------------===//

bool isFloatTensor(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.getElementType().isF32();
}

static bool isConstant(Value value) { return value.getDefiningOp<ConstantOp>() != nullptr; }

static bool sharesScale(Operation *op) { return cast<QuantizableOp>(op).sharesScale(); }

/// Moves the values of one tensor, all or some of them.
static bool isMoveOfOne(Operation *op) {
  return sharesScale(op) && op->getNumOperands() == 1 && op->getNumResults() == 1;
}

static bool isElementwise(Operation *op, unsigned leastOperands) {
  return isa<ElementwiseOp>(op) && !isa<RequantizeOp>(op) && op->getNumOperands() >= leastOperands;
}

/// Computes on integers and can give f32: its epilogue ends one step earlier.
static bool canGiveFloat(Operation *op) { return !sharesScale(op); }

/// Its f32 result can be consumed inside the loop that makes it. Functions of one variable are
/// tables on 8 bits instead.
static bool canFuse(Operation *op) { return isa<AccumulatingOp>(op) || isElementwise(op, 2); }

/// True if the function knows how to quantize this operation: it computes on f32 and is not
/// quantized already.
static bool takesPart(Operation *op) {
  if (!isa<QuantizableOp>(op) || isa<RequantizeOp>(op) || op->getNumResults() == 0 ||
      !llvm::all_of(op->getResults(), isFloatTensor))
    return false;
  return llvm::all_of(op->getOperands(), [](Value v) { return !getQuantizedElement(v.getType()); });
}

/// Why `op` can't compute on integers, whatever the ranges; empty if it can.
static std::string reasonByNature(QuantizableOp op, const OpScheme &scheme) {
  if (scheme.keepFloat)
    return scheme.floatReason;
  if (!op.hasIntegerForm())
    return "it has no integer form";
  auto accumulating = dyn_cast<AccumulatingOp>(*op);
  if (!accumulating)
    return "";
  if (!readConstant<float>(accumulating.getWeightOperand().get()))
    return "its weights are not constant";
  if (OpOperand *bias = accumulating.getBiasOperand(); bias && !readConstant<float>(bias->get()))
    return "its bias is not constant";
  if (op.getWeightChannelDim() != 0)
    return "its output channels are not dimension 0 of the weights";
  return "";
}

//===----------------------------------------------------------------------===//
// Construction
//===----------------------------------------------------------------------===//

FailureOr<QuantizationPlan> QuantizationPlan::create(func::FuncOp func, QuantizationRules &rules) {
  QuantizationPlan plan;
  plan.collect(func, rules);
  do {
    plan.decideFloats(func);
    plan.decideGroups();
    if (failed(plan.decideTypes(func)))
      return failure();
  } while (plan.takeAway());
  return plan;
}

void QuantizationPlan::collect(func::FuncOp func, QuantizationRules &rules) {
  unsigned index = 0;
  llvm::DenseSet<Value> nonFinite = findNonFiniteValues(func);
  for (Operation &op : func.getBody().front()) {
    position.try_emplace(&op, position.size());
    auto quantizable = dyn_cast<QuantizableOp>(op);
    if (!quantizable || !takesPart(&op))
      continue;
    OpScheme scheme = rules.schemeOf(&op, index++);
    std::string reason = reasonByNature(quantizable, scheme);
    if (reason.empty() && nonFinite.contains(op.getResult(0)))
      reason = "its result is not finite where constants of the network are not";
    if (reason.empty())
      reason = reasonByMagnitude(quantizable);
    ops.push_back(&op);
    schemes[&op] = std::move(scheme);
    if (!reason.empty())
      islands[&op] = reason;
  }
}

//===----------------------------------------------------------------------===//
// Which values stay f32
//===----------------------------------------------------------------------===//

/// True if an integer operation computes the value, or the tensor that it is moved from, and can
/// give it in f32.
bool QuantizationPlan::comesOutOfLoop(Value value) const {
  Operation *def = value.getDefiningOp();
  while (def && isInteger(def) && isMoveOfOne(def))
    def = def->getOperand(0).getDefiningOp();
  return def && isInteger(def) && canGiveFloat(def);
}

bool QuantizationPlan::wantsFloat(Value value) const {
  return !value.use_empty() && llvm::all_of(value.getUsers(), [&](Operation *user) {
    if (!isInteger(user)) // the function's result, or an operation in float
      return true;
    bool fusesInto = isElementwise(user, 1) && user->getNumOperands() == 1 && value.hasOneUse() &&
                     comesOutOfLoop(value);
    bool passesOn = isMoveOfOne(user) || fusesInto;
    return passesOn && staysFloat(user->getResult(0));
  });
}

/// Of the operands of an elementwise operation, at most one comes in f32 out of the loop that
/// computes it: the last.
void QuantizationPlan::decideFusedOperand(Operation *op) {
  if (!isElementwise(op, 2))
    return;
  Value last;
  for (Value operand : op->getOperands()) {
    Operation *def = operand.getDefiningOp();
    if (def && operand.hasOneUse() && isInteger(def) && canFuse(def) &&
        (!last || position.lookup(last.getDefiningOp()) < position.lookup(def)))
      last = operand;
  }
  if (last)
    fusedOperands.insert(last);
}

/// True if only elementwise loops use the value, perhaps after it is moved: they read f32 as well
/// as codes.
bool QuantizationPlan::entersLoops(Value value) const {
  return !value.use_empty() && llvm::all_of(value.getUsers(), [&](Operation *user) {
    if (!isInteger(user))
      return false;
    return isElementwise(user, 1) || (isMoveOfOne(user) && entersLoops(user->getResult(0)));
  });
}

void QuantizationPlan::keepFloatThroughMoves(Value value) {
  floats.insert(value);
  for (Operation *user : value.getUsers())
    if (isMoveOfOne(user))
      keepFloatThroughMoves(user->getResult(0));
}

void QuantizationPlan::decideFloats(func::FuncOp func) {
  floats.clear();
  fusedOperands.clear();
  for (Operation *op : llvm::reverse(ops)) {
    if (!isInteger(op)) {
      floats.insert(op->result_begin(), op->result_end());
      continue;
    }
    decideFusedOperand(op);
    Value result = op->getResult(0);
    bool fused = fusedOperands.contains(result);
    bool may = canGiveFloat(op) || isMoveOfOne(op);
    if (fused || (may && !notFloat.contains(result) && wantsFloat(result)))
      floats.insert(result);
  }
  // An input that only loops read is not rounded on its way in.
  for (BlockArgument argument : func.getArguments())
    if (isFloatTensor(argument) && entersLoops(argument))
      keepFloatThroughMoves(argument);
}

/// True if `op` reads codes, itself or through the loop that it is fused to.
bool QuantizationPlan::takesCodes(Operation *op) const {
  if (!isElementwise(op, 1) && !isMoveOfOne(op))
    return true;
  return llvm::any_of(op->getOperands(), [&](Value operand) {
    Operation *def = operand.getDefiningOp();
    if (!def)
      return !staysFloat(operand) && getType(operand);
    return isInteger(def) && (!staysFloat(operand) || takesCodes(def));
  });
}

/// True if `op` writes codes, itself or through the loop that it is fused to.
bool QuantizationPlan::givesCodes(Operation *op) const {
  Value result = op->getResult(0);
  if (!staysFloat(result))
    return true;
  return result.hasOneUse() && isInteger(*result.user_begin()) &&
         isElementwise(*result.user_begin(), 1) && givesCodes(*result.user_begin());
}

//===----------------------------------------------------------------------===//
// Groups of values with one type
//===----------------------------------------------------------------------===//

Value QuantizationPlan::find(Value value) const {
  auto it = leader.find(value);
  if (it == leader.end() || it->second == value)
    return value;
  Value root = find(it->second);
  leader[value] = root;
  return root;
}

void QuantizationPlan::decideGroups() {
  leader.clear();
  behindClamp.clear();
  for (Operation *op : ops) {
    if (!isInteger(op) || staysFloat(op->getResult(0)))
      continue;
    Value result = op->getResult(0);
    if (sharesScale(op)) {
      for (Value other : llvm::concat<Value>(llvm::to_vector(op->getOperands()),
                                             llvm::to_vector(op->getResults())))
        if (isFloatTensor(other))
          unite(other, result);
      continue;
    }
    Operation *def = op->getOperand(0).getDefiningOp();
    bool isClamp = cast<QuantizableOp>(op).getClampBounds().has_value();
    if (isClamp && def && isInteger(def) && !sharesScale(def) && op->getOperand(0).hasOneUse() &&
        !staysFloat(op->getOperand(0))) {
      behindClamp.insert(op->getOperand(0));
      unite(op->getOperand(0), result);
    }
  }
}

void QuantizationPlan::ValueRange::include(double l, double h) {
  lo = known ? std::min(lo, l) : l;
  hi = known ? std::max(hi, h) : h;
  known = true;
}

/// So many codes on either side of 0 have the activations of 16 bits that `op` reads: as many as
/// surely leave its accumulators half of their range, whatever the weights of 8 bits.
static int64_t getWideLimit(AccumulatingOp op) {
  constexpr int64_t greatestWeight = 127;
  int64_t sum = std::numeric_limits<int32_t>::max() / 2 / greatestWeight;
  return std::clamp<int64_t>(sum / op.getAccumulationDepth(), 127, 32767);
}

void QuantizationPlan::addMember(Value value) {
  auto isMove = [&](Operation *user) { return isInteger(user) && sharesScale(user); };
  if (isConstant(value) &&
      llvm::none_of(value.getUsers(), isMove)) // weights have scales of their own
    return;
  Group &group = groups[find(value)];
  for (OpOperand &use : value.getUses()) {
    auto reader = dyn_cast<AccumulatingOp>(use.getOwner());
    if (!reader || !isInteger(reader) || schemeOf(reader).activationBits == 8 ||
        &use != &reader.getInputOperand())
      continue;
    int64_t limit = getWideLimit(reader);
    group.wideLimit = group.wideLimit ? std::min(*group.wideLimit, limit) : limit;
  }
  Operation *def = value.getDefiningOp();
  if (def && schemes.contains(def))
    group.symmetric |= schemeOf(def).activations == ActivationScheme::Symmetric;
  if (behindClamp.contains(value)) // the clamp's range is the one that counts
    return;
  if (std::optional<ConstantValues<float>> constant = readConstant<float>(value)) {
    for (float v : constant->get())
      if (std::isfinite(v))
        group.entering.include(v, v);
    return;
  }
  auto quantizable = dyn_cast_or_null<QuantizableOp>(def);
  if (auto fixed = quantizable ? quantizable.getFixedResultRange() : std::nullopt)
    return group.entering.include(fixed->first, fixed->second);
  if (auto range = annotatedRange(value)) {
    bool moved = quantizable && isInteger(def) && quantizable.sharesScale();
    (moved ? group.moved : group.entering).include(range->first, range->second);
  }
}

LogicalResult QuantizationPlan::decideTypes(func::FuncOp func) {
  groups.clear();
  bool symmetricArguments = !schemes.empty() && llvm::all_of(ops, [&](Operation *op) {
    return schemeOf(op).activations == ActivationScheme::Symmetric;
  });
  for (BlockArgument argument : func.getArguments())
    if (isFloatTensor(argument)) {
      addMember(argument);
      groups[find(argument)].symmetric |= symmetricArguments;
    }
  for (Operation &op : func.getBody().front()) {
    for (Value result : op.getResults())
      if (isFloatTensor(result))
        addMember(result);
    auto quantizable = dyn_cast<QuantizableOp>(op);
    auto inserted = quantizable ? quantizable.getInsertedValue() : std::nullopt;
    if (inserted && isInteger(&op) && std::isfinite(*inserted))
      groups[find(op.getResult(0))].entering.include(*inserted, *inserted);
  }
  for (auto &[value, group] : groups) {
    const ValueRange &range = group.entering.known ? group.entering : group.moved;
    if (!range.known)
      continue;
    bool isWide = group.wideLimit.has_value();
    bool isSymmetric = group.symmetric || isWide;
    bool isSigned = isWide || (isSymmetric && range.lo < 0);
    int32_t least = isSigned ? -128 : 0, greatest = isSigned ? 127 : 255;
    if (isWide) {
      greatest = static_cast<int32_t>(*group.wideLimit);
      least = -greatest;
    }
    llvm::Expected<QuantParams> params =
        isSymmetric
            ? chooseSymmetric(std::max(std::abs(range.lo), std::abs(range.hi)), least, greatest)
            : chooseAffine(range.lo, range.hi, least, greatest);
    if (!params)
      return emitError(value.getLoc())
             << "has no usable range: " << llvm::toString(params.takeError());
    group.type = getPerTensorType(func.getContext(), isSigned, isWide ? 16 : 8, params->scale,
                                  params->zeroPoint, least, greatest);
  }
  return success();
}

quant::UniformQuantizedType QuantizationPlan::getType(Value value) const {
  auto it = groups.find(find(value));
  return it == groups.end() ? quant::UniformQuantizedType() : it->second.type;
}

//===----------------------------------------------------------------------===//
// What can't be kept to
//===----------------------------------------------------------------------===//

/// Why an operation that was to be integer can't be, with what is decided so far; empty if it can.
std::string QuantizationPlan::reasonAgainst(Operation *op) const {
  Value result = op->getResult(0);
  if (!staysFloat(result) && !getType(result))
    return "no range is known for its result";
  if (sharesScale(op))
    return "";
  if (!isElementwise(op, 1)) {
    unsigned operands = isa<AccumulatingOp>(op) ? 1 : op->getNumOperands();
    for (Value operand : op->getOperands().take_front(operands))
      if (isConstant(operand) || !getType(operand))
        return "no range is known for its input";
    return "";
  }
  // A loop may read f32, or write it, but one of both must be codes.
  return takesCodes(op) || givesCodes(op) ? "" : "it stands between operations in float";
}

bool QuantizationPlan::takeAway() {
  bool changed = false;
  for (Operation *op : ops) {
    if (!isInteger(op))
      continue;
    Value result = op->getResult(0);
    if (isMoveOfOne(op) && staysFloat(result)) {
      Value input = op->getOperand(0);
      Operation *def = input.getDefiningOp();
      bool inputIsFloat = !def || isConstant(input) || !schemes.contains(def) || staysFloat(input);
      if (!inputIsFloat) // its input is quantized for another user: move bytes
        changed |= notFloat.insert(result).second;
      continue;
    }
    std::string reason = reasonAgainst(op);
    if (reason.empty())
      continue;
    islands[op] = reason;
    changed = true;
  }
  return changed;
}

} // namespace nnq
