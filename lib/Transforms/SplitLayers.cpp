// --nnq-split-layers: one function per layer, so that a layer can be measured and changed before
// what follows it runs.

#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Dialect/NNQ/IR/Network.h"
#include "nnq/Dialect/NNQ/IR/Numerics.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"
#include "nnq/Transforms/ObservationNames.h"
#include "nnq/Transforms/Passes.h"
#include "nnq/Transforms/Stages.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SetVector.h"

namespace nnq {
#define GEN_PASS_DEF_SPLITLAYERS
#include "nnq/Transforms/Passes.h.inc"
} // namespace nnq

using namespace mlir;
using namespace nnq;

namespace {

/// What a stage is for: a layer's value, under its name. The last stage has none.
struct Stage {
  SmallVector<Operation *> ops;
  Value layer;
  StringRef name;
};

/// The tensors that have a name in the float network: those observed, or computed by operations
/// that carry it.
SmallVector<std::pair<Value, StringRef>> namedValues(Block &block) {
  SmallVector<std::pair<Value, StringRef>> named;
  for (Operation &op : block) {
    if (auto observe = dyn_cast<ObserveOp>(op))
      named.emplace_back(observe.getInput(), observe.getName());
    else if (auto name = op.getAttrOfType<StringAttr>(observationAttrName))
      named.emplace_back(op.getResult(0), name.getValue());
  }
  return named;
}

/// Whether each stage that needs `op` has its own: constants, and the rounding of an input, which a
/// float network does not have, so that the same tensors cross stages in both.
bool isRepeated(Operation *op) {
  return isa<ConstantOp>(op) || (isa<RequantizeOp>(op) && isa<BlockArgument>(op->getOperand(0)));
}

/// Assigns each operation to the first stage that needs it.
class StageAssignment {
public:
  explicit StageAssignment(Block &block) : block(block) {
    for (auto [value, name] : namedValues(block)) {
      SetVector<Operation *> needed = collectNeeded(value);
      if (llvm::any_of(needed, llvm::IsaPred<AccumulatingOp>))
        add(needed, value, name);
    }
    SetVector<Operation *> rest;
    for (Value result : block.getTerminator()->getOperands())
      rest.insert_range(collectNeeded(result));
    add(rest, nullptr, "");
  }

  ArrayRef<Stage> getStages() const { return stages; }

  /// Whether `value` is what a stage is for.
  bool isLayer(Value value) const { return layers.contains(value); }

  /// Whether `value`, of stage `index` or before, is used behind that stage.
  bool isUsedBehind(Value value, size_t index) const {
    return llvm::any_of(value.getUsers(), [&](Operation *user) {
      if (user == block.getTerminator())
        return true;
      auto found = stageOf.find(user);
      return found != stageOf.end() && found->second > index;
    });
  }

private:
  /// Operations that `value` needs and that no stage has so far, but for repeated ones.
  SetVector<Operation *> collectNeeded(Value value) const {
    SetVector<Operation *> needed;
    SmallVector<Value> worklist{value};
    while (!worklist.empty()) {
      Operation *op = worklist.pop_back_val().getDefiningOp();
      if (op && !isRepeated(op) && !stageOf.contains(op) && needed.insert(op))
        llvm::append_range(worklist, op->getOperands());
    }
    return needed;
  }

  void add(const SetVector<Operation *> &ops, Value layer, StringRef name) {
    Stage &stage = stages.emplace_back(Stage{llvm::to_vector(ops), layer, name});
    llvm::sort(stage.ops, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
    for (Operation *op : ops)
      stageOf[op] = stages.size() - 1;
    if (layer)
      layers.insert(layer);
  }

  Block &block;
  std::vector<Stage> stages;
  DenseMap<Operation *, size_t> stageOf;
  DenseSet<Value> layers;
};

/// Builds the function of one stage.
class StageBuilder {
public:
  StageBuilder(const StageAssignment &assignment, size_t index, bool returnsInput,
               function_ref<std::string(Value)> nameOf)
      : assignment(assignment), stage(assignment.getStages()[index]), index(index),
        returnsInput(returnsInput), nameOf(nameOf) {}

  func::FuncOp build(func::FuncOp whole) {
    OpBuilder moduleBuilder(whole);
    auto type = moduleBuilder.getFunctionType({}, {});
    std::string symbol = (whole.getName() + "." + Twine(index)).str();
    func = func::FuncOp::create(moduleBuilder, whole.getLoc(), symbol, type);
    keepNumerics(whole, func);
    body = func.addEntryBlock();
    builder.emplace(OpBuilder::atBlockEnd(body));
    for (Operation *op : stage.ops)
      addOperation(op);
    if (!stage.layer)
      for (auto [i, value] : llvm::enumerate(whole.front().getTerminator()->getOperands()))
        addResult(mapped(value), whole.getResultAttrDict(i));
    else
      addCrossingValues();
    func::ReturnOp::create(*builder, whole.getLoc(), results);
    func.setFunctionType(
        builder->getFunctionType(body->getArgumentTypes(), ValueRange(results).getTypes()));
    func.setAllArgAttrs(argumentAttributes);
    func.setAllResultAttrs(resultAttributes);
    return func;
  }

private:
  void addOperation(Operation *op) {
    for (Value operand : op->getOperands())
      mapped(operand);
    builder->clone(*op, mapping);
  }

  /// The layer's value first, in f32, then what it reads, then what later stages use.
  void addCrossingValues() {
    Value layer = mapping.lookup(stage.layer);
    auto real = cast<RankedTensorType>(layer.getType()).clone(builder->getF32Type());
    if (layer.getDefiningOp<AccumulatingOp>())
      layer.setType(real); // neither rounded nor saturated yet
    else if (layer.getType() != real)
      layer = RequantizeOp::create(*builder, layer.getLoc(), real, layer);
    addResult(layer, named(stage.name.str()));
    if (returnsInput) {
      Operation *last = *llvm::find_if(llvm::reverse(stage.ops), llvm::IsaPred<AccumulatingOp>);
      Value input = cast<AccumulatingOp>(last).getInputOperand().get();
      addResult(mapping.lookup(input), named("input"));
    }
    for (Operation *op : stage.ops)
      for (Value value : op->getResults())
        if (value != stage.layer && assignment.isUsedBehind(value, index))
          addResult(mapping.lookup(value), named(nameOf(value)));
  }

  /// `value` in this function: computed here, by a repeated operation too, or an argument.
  Value mapped(Value value) {
    if (Value known = mapping.lookupOrNull(value))
      return known;
    if (Operation *op = value.getDefiningOp(); op && isRepeated(op)) {
      addOperation(op);
      return mapping.lookup(value);
    }
    auto type = cast<RankedTensorType>(value.getType());
    Value argument = body->addArgument(
        assignment.isLayer(value) ? type.clone(builder->getF32Type()) : type, value.getLoc());
    argumentAttributes.push_back(named(nameOf(value)));
    if (argument.getType() != type)
      argument = RequantizeOp::create(*builder, value.getLoc(), type, argument);
    mapping.map(value, argument);
    return argument;
  }

  DictionaryAttr named(const std::string &name) {
    return builder->getDictionaryAttr(
        builder->getNamedAttr(nameAttrName, builder->getStringAttr(name)));
  }

  void addResult(Value value, DictionaryAttr attributes) {
    results.push_back(value);
    resultAttributes.push_back(attributes ? attributes : builder->getDictionaryAttr({}));
  }

  const StageAssignment &assignment;
  const Stage &stage;
  size_t index;
  bool returnsInput;
  function_ref<std::string(Value)> nameOf;
  func::FuncOp func;
  Block *body = nullptr;
  std::optional<OpBuilder> builder;
  IRMapping mapping;
  SmallVector<DictionaryAttr> argumentAttributes, resultAttributes;
  SmallVector<Value> results;
};

struct SplitLayers : nnq::impl::SplitLayersBase<SplitLayers> {
  using SplitLayersBase::SplitLayersBase;

  void runOnOperation() override {
    for (auto func : llvm::make_early_inc_range(getOperation().getOps<func::FuncOp>()))
      if (!func.isExternal()) {
        if (failed(verifyNetwork(func)))
          return signalPassFailure();
        split(func);
      }
  }

private:
  void split(func::FuncOp func) {
    StageAssignment assignment(func.front());
    DenseMap<Value, std::string> names;
    for (const Stage &stage : assignment.getStages())
      if (stage.layer)
        names[stage.layer] = stage.name.str();
    auto nameOf = [&](Value value) {
      auto [entry, isNew] = names.try_emplace(value);
      if (isNew)
        entry->second = "%" + std::to_string(names.size());
      return entry->second;
    };
    for (BlockArgument argument : func.getArguments())
      names[argument] = "%arg" + std::to_string(argument.getArgNumber());
    for (size_t i = 0; i < assignment.getStages().size(); ++i)
      StageBuilder(assignment, i, inputs, nameOf).build(func);
    func.erase();
  }
};

} // namespace

OwningOpRef<ModuleOp> nnq::extractStage(func::FuncOp stage) {
  auto module = stage->getParentOfType<ModuleOp>();
  OwningOpRef<ModuleOp> alone(ModuleOp::create(module.getLoc()));
  (*alone)->setAttrs(module->getAttrDictionary());
  func::FuncOp main = stage.clone();
  main.setName("main");
  alone->push_back(main);
  return alone;
}
