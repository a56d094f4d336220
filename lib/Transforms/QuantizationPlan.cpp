// What --nnq-quantize decides before it changes anything.

#include "QuantizationPlan.h"

#include "QuantizationQuestions.h"
#include "ScaleLimits.h"
#include "nnq/Transforms/LayerWidths.h"

#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"
#include "nnq/Transforms/ConstantValues.h"
#include "nnq/Transforms/ObservationNames.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <cmath>

using namespace mlir;

namespace nnq {

//===----------------------------------------------------------------------===//
// Questions about an operation
//===----------------------------------------------------------------------===//

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
  if (!llvm::hasSingleElement(func.getBody()))
    return func.emitError() << "has " << func.getBody().getBlocks().size()
                            << " blocks; a network is one block";
  for (Operation &op : func.getBody().front())
    if (auto width = getLayerWidth(&op); !width)
      return op.emitError() << bitWidthAttrName << " of '" << getLayerName(&op)
                            << "': " << llvm::toString(width.takeError());
  QuantizationPlan plan(func.getBody().front());
  plan.collect(func, rules);
  plan.collectRanges(func);
  plan.findCoarseOperands();
  do {
    plan.decideFloats(func);
    plan.decideClusters();
    if (failed(plan.decideTypes(func)))
      return failure();
  } while (plan.takeAway());
  return plan;
}

void QuantizationPlan::collect(func::FuncOp func, QuantizationRules &rules) {
  unsigned index = 0;
  llvm::DenseSet<Value> nonFinite = findNonFiniteValues(func);
  for (Operation &op : func.getBody().front()) {
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
// Ranges, and what 8 bits are too few for
//===----------------------------------------------------------------------===//

void QuantizationPlan::collectRanges(func::FuncOp func) {
  for (BlockArgument argument : func.getArguments()) {
    if (auto range = annotatedRange(argument))
      ranges[argument].include(range->first, range->second);
    if (func.getArgAttr(argument.getArgNumber(), wideAttrName))
      askedWide.insert(argument);
  }
  for (Operation &op : func.getBody().front())
    for (Value result : op.getResults())
      if (isFloatTensor(result)) {
        if (op.hasAttr(wideAttrName))
          askedWide.insert(result);
        if (Interval range = rangeByItself(result); range.known)
          ranges[result] = range;
      }
}

/// By definition, as observed, or from what is moved into it.
Interval QuantizationPlan::rangeByItself(Value result) const {
  Interval range;
  auto op = dyn_cast<QuantizableOp>(result.getDefiningOp());
  if (std::optional<ConstantValues<float>> constant = readConstant<float>(result)) {
    for (float v : constant->get())
      if (std::isfinite(v))
        range.include(v, v);
  } else if (auto fixed = op ? op.getFixedResultRange() : std::nullopt) {
    range.include(fixed->first, fixed->second);
  } else if (op && op.sharesScale()) {
    for (Value operand : op->getOperands())
      range.include(ranges.lookup(operand));
    if (auto inserted = op.getInsertedValue(); inserted && std::isfinite(*inserted))
      range.include(*inserted, *inserted);
  } else if (auto annotated = annotatedRange(result)) {
    range.include(annotated->first, annotated->second);
  }
  return range;
}

/// Neither is `value` rounded nor, as far as that costs little, what it is computed from: a sum of
/// codes of 8 bits, and a function of them, is no finer than they are. It ends at layers with
/// weights, of which `layers` says what becomes, and, unless a pole is behind, at what others read.
void QuantizationPlan::markCoarse(Value value, const TooCoarse &coarse, LayersInFront layers) {
  const std::string &why = coarse.why;
  Operation *def = value.getDefiningOp();
  if (isConstant(value) || !isFloatTensor(value) || !coarseOperands.insert({value, why}).second ||
      !def || !isInteger(def))
    return;
  if (auto layer = dyn_cast<AccumulatingOp>(def)) {
    Value input = layer.getInputOperand().get();
    if (layers == LayersInFront::ReadWide && askedWide.insert(input).second)
      wideInputs.insert({input, why});
    if (layers == LayersInFront::InFloat) {
      islands[def] = why;
      markCoarse(input, coarse, LayersInFront::AsTheyAre);
    }
    return;
  }
  bool isLoop = isElementwise(def, 1);
  if (isLoop && !value.hasOneUse() && !coarse.isUnbounded)
    return;
  if (!isLoop && !isMove(def))
    islands[def] = why;
  // A function bends steps: those in front of it are not the ones that lead to the pole.
  bool isFunction =
      isLoop && def->getNumOperands() == 1 && !cast<QuantizableOp>(def).getClampBounds();
  for (Value operand : def->getOperands())
    markCoarse(operand, coarse, isFunction ? LayersInFront::AsTheyAre : layers);
}

/// Where a step leads to a pole, the codes that a layer in front reads say as little as its own
/// would: the layer reads 16 bits, or computes in float where those lead there as well.
void QuantizationPlan::findCoarseOperands() {
  struct Found {
    Value operand;
    TooCoarse coarse;
    LayersInFront layers;
  };
  std::vector<Found> found;
  for (Operation *op : llvm::reverse(ops)) {
    if (!isInteger(op) || !isElementwise(op, 1) || cast<QuantizableOp>(op).getClampBounds())
      continue;
    SmallVector<Interval> operands = llvm::map_to_vector(
        op->getOperands(), [&](Value operand) { return ranges.lookup(operand); });
    // Where only a clamp reads the result, it is the clamp's that was observed.
    Value result = op->getResult(0), observed = getObservedTensor(result);
    constexpr double infinity = std::numeric_limits<double>::infinity();
    std::pair<double, double> bounds{-infinity, infinity};
    for (Value v = observed; v != result; v = v.getDefiningOp()->getOperand(0))
      if (auto clamp = cast<QuantizableOp>(v.getDefiningOp()).getClampBounds())
        bounds = {std::max(bounds.first, clamp->first), std::min(bounds.second, clamp->second)};
    for (auto [i, operand] : llvm::enumerate(op->getOperands())) {
      auto find = [&, i = i](unsigned bits) {
        return findTooCoarse(op, i, bits, operands, ranges.lookup(observed), bounds);
      };
      std::optional<TooCoarse> coarse = isConstant(operand) ? std::nullopt : find(8);
      if (!coarse)
        continue;
      auto layers = LayersInFront::AsTheyAre;
      if (coarse->isUnbounded) {
        std::optional<TooCoarse> wide = find(16);
        layers = wide && wide->isUnbounded ? LayersInFront::InFloat : LayersInFront::ReadWide;
      }
      found.push_back({operand, *coarse, layers});
    }
  }
  // A value is marked once: what asks most of the layers in front comes first.
  llvm::stable_sort(found, [](const Found &a, const Found &b) { return a.layers > b.layers; });
  for (const Found &f : found)
    markCoarse(f.operand, f.coarse, f.layers);
}

//===----------------------------------------------------------------------===//
// Which values stay f32
//===----------------------------------------------------------------------===//

/// True if `op` moves values and does so in f32.
bool QuantizationPlan::movesFloat(Operation *op) const {
  return isMove(op) && llvm::all_of(op->getResults(), [&](Value r) { return staysFloat(r); });
}

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
    return movesFloat(user) || (fusesInto && staysFloat(user->getResult(0)));
  });
}

/// Of the operands of an elementwise operation, at most one comes in f32 out of the loop that
/// computes it.
void QuantizationPlan::decideFusedOperand(Operation *op) {
  if (!isElementwise(op, 2))
    return;
  if (Value fused = findFusedOperand(
          op, [&](Operation *producer) { return isInteger(producer) && canFuse(producer); }))
    fusedOperands.insert(fused);
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

/// True if no integer operation needs codes of the value, also where it is moved to: loops read f32
/// as well.
bool QuantizationPlan::isReadByLoopsOnly(Value value) const {
  return llvm::all_of(value.getUses(), [&](OpOperand &use) {
    Operation *user = use.getOwner();
    if (isInteger(user) && isMove(user))
      return llvm::all_of(user->getResults(), [&](Value r) { return isReadByLoopsOnly(r); });
    return !readsCodes(use);
  });
}

/// `value` is not rounded where it is computed, nor on the moves that lead to it.
void QuantizationPlan::keepFloat(Value value) {
  Operation *def = value.getDefiningOp();
  if (!def || !isInteger(def) || !isMove(def)) {
    if (!isConstant(value))
      floats.insert(value);
    return;
  }
  floats.insert(def->result_begin(), def->result_end());
  for (Value operand : def->getOperands())
    if (isFloatTensor(operand))
      keepFloat(operand);
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
    bool wanted = llvm::all_of(op->getResults(), [&](Value r) { return wantsFloat(r); });
    if (fusedOperands.contains(result) || (wanted && !notFloat.contains(result)))
      floats.insert(op->result_begin(), op->result_end());
  }
  for (const auto &[operand, why] : coarseOperands)
    keepFloat(operand);
  for (Value value : askedWide)
    if (isReadByLoopsOnly(value)) {
      keepFloat(value);
      keepFloatThroughMoves(value);
    }
  // An input that only loops read is not rounded on its way in.
  for (BlockArgument argument : func.getArguments())
    if (isFloatTensor(argument) && entersLoops(argument))
      keepFloatThroughMoves(argument);
}

/// True if `op` reads or writes codes.
bool QuantizationPlan::touchesCodes(Operation *op) const {
  if (!isInteger(op))
    return false;
  if (!isElementwise(op, 1))
    return !movesFloat(op);
  return !staysFloat(op->getResult(0)) || llvm::any_of(op->getOperands(), [&](Value operand) {
    Operation *def = operand.getDefiningOp();
    return !staysFloat(operand) && (def ? isInteger(def) : bool(getType(operand)));
  });
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
  // A kernel may read f32, or write it, but one of both must be codes.
  if (llvm::any_of(kernels.of(op), [&](Operation *other) { return touchesCodes(other); }))
    return "";
  for (Value operand : op->getOperands())
    if (auto coarse = coarseOperands.find(operand); coarse != coarseOperands.end())
      return coarse->second;
  return "it stands between operations in float";
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
