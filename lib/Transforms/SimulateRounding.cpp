// --nnq-simulate-rounding: what a QuantizationPlan would round, rounded where a switch says so.

#include "QuantizationPlan.h"

#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"
#include "nnq/Transforms/ObservationNames.h"
#include "nnq/Transforms/RoundingSwitches.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace nnq {
#define GEN_PASS_DEF_SIMULATEROUNDING
#include "nnq/Transforms/Passes.h.inc"
} // namespace nnq

using namespace mlir;
using namespace nnq;

namespace {

/// Changes one function.
class RoundingSimulator {
public:
  RoundingSimulator(func::FuncOp func, const QuantizationPlan &plan)
      : func(func), plan(plan), builder(func.getContext()) {}

  void run() {
    collectRounded();
    if (clusters.empty())
      return;
    addSwitches();
    unsigned index = 0;
    for (auto &[cluster, members] : clusters) {
      for (Member &member : members.values)
        round(member, index);
      ++index;
    }
  }

private:
  /// A tensor, and what reads it rounded.
  struct Member {
    Value value;
    SmallVector<OpOperand *> readers;
  };
  /// A cluster.
  struct Members {
    SmallVector<Member> values;
    SmallVector<Attribute> names;
  };

  StringAttr nameOf(Value value) {
    if (auto argument = dyn_cast<BlockArgument>(value))
      return func.getArgAttrOfType<StringAttr>(argument.getArgNumber(), observationAttrName);
    return value.getDefiningOp()->getAttrOfType<StringAttr>(observationAttrName);
  }

  /// Values that are moved have been rounded before, unless a part had another type.
  bool isRoundedBefore(Value value) {
    auto op = dyn_cast_or_null<QuantizableOp>(value.getDefiningOp());
    return op && plan.isInteger(op) && op.sharesScale() &&
           llvm::all_of(op->getOperands(), [&](Value operand) {
             return plan.getCluster(operand) == plan.getCluster(value);
           });
  }

  /// All that read the value, if it is computed as codes; else those that need codes.
  SmallVector<OpOperand *> readersOfCodes(Value value) {
    Operation *def = value.getDefiningOp();
    bool isCodes = (!def || plan.isInteger(def)) && !plan.staysFloat(value);
    SmallVector<OpOperand *> readers;
    for (OpOperand &use : value.getUses())
      if (isCodes || plan.readsCodes(use))
        readers.push_back(&use);
    return readers;
  }

  void collect(Value value) {
    if (!isFloatTensor(value) || !plan.getType(value) || value.getDefiningOp<ConstantOp>() ||
        isRoundedBefore(value) || plan.isRoundedBehind(value))
      return;
    StringAttr name = nameOf(value);
    SmallVector<OpOperand *> readers = readersOfCodes(value);
    if (!name || readers.empty())
      return;
    Members &members = clusters[plan.getCluster(value)];
    members.values.push_back({value, std::move(readers)});
    members.names.push_back(name);
  }

  void collectRounded() {
    for (BlockArgument argument : func.getArguments())
      collect(argument);
    for (Operation &op : func.getBody().front())
      for (Value result : op.getResults())
        collect(result);
  }

  void addSwitches() {
    auto names = llvm::map_to_vector(clusters, [&](auto &entry) -> Attribute {
      return builder.getArrayAttr(entry.second.names);
    });
    auto attributes = builder.getDictionaryAttr(
        {builder.getNamedAttr(nameAttrName, builder.getStringAttr(switchesAttrName)),
         builder.getNamedAttr(switchesAttrName, builder.getArrayAttr(names))});
    auto type =
        RankedTensorType::get({static_cast<int64_t>(clusters.size())}, builder.getF32Type());
    unsigned index = func.getNumArguments();
    (void)func.insertArgument(index, type, attributes, func.getLoc());
    switches = func.getArgument(index);
  }

  void round(const Member &member, unsigned index) {
    Value x = member.value;
    Location loc = x.getLoc();
    auto type = cast<RankedTensorType>(x.getType());
    builder.setInsertionPointAfterValue(x);
    auto scalar = RankedTensorType::get({1}, builder.getF32Type());
    Value on = SliceOp::create(builder, loc, scalar, switches, ArrayRef<int64_t>{index},
                               ArrayRef<int64_t>{1}, ArrayRef<int64_t>{1});
    Value codes = RequantizeOp::create(builder, loc, type.clone(Type(plan.getType(x))), x);
    Value rounded = RequantizeOp::create(builder, loc, type, codes);
    Value error = SubOp::create(builder, loc, type, rounded, x);
    Value switched = MulOp::create(builder, loc, type, error, on);
    Value result = AddOp::create(builder, loc, type, x, switched);
    for (OpOperand *reader : member.readers)
      reader->set(result);
  }

  func::FuncOp func;
  const QuantizationPlan &plan;
  OpBuilder builder;
  llvm::MapVector<Value, Members> clusters;
  Value switches;
};

struct SimulateRounding : nnq::impl::SimulateRoundingBase<SimulateRounding> {
  using SimulateRoundingBase::SimulateRoundingBase;

  void runOnOperation() override {
    FailureOr<QuantizationRules> parsed =
        QuantizationRules::get(getOperation(), llvm::to_vector(rules),
                               {weightGranularity, weightBits, weightBlock, activations});
    if (failed(parsed))
      return signalPassFailure();
    for (auto func : getOperation().getOps<func::FuncOp>()) {
      if (func.isExternal())
        continue;
      FailureOr<QuantizationPlan> plan = QuantizationPlan::create(func, *parsed);
      if (failed(plan))
        return signalPassFailure();
      RoundingSimulator(func, *plan).run();
    }
    if (failed(parsed->verifyMatched(getOperation())))
      signalPassFailure();
  }
};

} // namespace

std::vector<std::vector<std::string>> nnq::getRoundingSwitches(func::FuncOp network) {
  std::vector<std::vector<std::string>> switches;
  for (unsigned i = 0; i < network.getNumArguments(); ++i)
    if (auto clusters = network.getArgAttrOfType<ArrayAttr>(i, switchesAttrName))
      for (auto cluster : clusters.getAsRange<ArrayAttr>()) {
        auto names = cluster.getAsValueRange<StringAttr>();
        switches.emplace_back(names.begin(), names.end());
      }
  return switches;
}
