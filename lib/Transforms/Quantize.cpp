// --nnq-quantize: carries out a QuantizationPlan by changing types in place.

#include "FloatIslands.h"
#include "QuantizationPlan.h"
#include "QuantizedConstants.h"

#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"
#include "nnq/Transforms/ObservationNames.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace nnq {
#define GEN_PASS_DEF_QUANTIZE
#include "nnq/Transforms/Passes.h.inc"
} // namespace nnq

using namespace mlir;
using namespace nnq;

namespace {

/// Rewrites one function. Operations are visited in order, so operands already have their final
/// types.
class FunctionQuantizer {
public:
  FunctionQuantizer(func::FuncOp func, const QuantizationPlan &plan)
      : func(func), plan(plan), builder(func.getContext()) {}

  LogicalResult run() {
    SmallVector<Operation *> all =
        llvm::map_to_vector(func.getBody().front(), [](Operation &op) { return &op; });
    for (Operation *op : all) {
      if (!plan.isInteger(op))
        rewriteFloat(op);
      else if (failed(rewriteInteger(op)))
        return failure();
    }
    for (Operation *op : all)
      for (StringRef name : {rangeAttrName, bitWidthAttrName, wideAttrName})
        op->removeAttr(name);
    for (BlockArgument argument : func.getArguments())
      for (StringRef name : {rangeAttrName, observationAttrName, wideAttrName})
        func.removeArgAttr(argument.getArgNumber(), StringAttr::get(func.getContext(), name));
    eraseUnusedConstants(all);
    for (Operation *clamp : foldedClamps)
      clamp->erase();
    return success();
  }

private:
  /// `value` as `element`, through an nnq.requantize behind its definition, of which there is one
  /// for each type.
  Value convert(Value value, Type element) {
    auto type = cast<RankedTensorType>(value.getType());
    if (type.getElementType() == element)
      return value;
    Value &converted = conversions[{value, element}];
    if (converted)
      return converted;
    builder.setInsertionPointAfterValue(value);
    auto quantized = dyn_cast<quant::UniformQuantizedType>(element);
    if (ConstantOp constant =
            quantized ? quantizeConstant(getNumerics(func), builder, value, quantized) : nullptr)
      return converted = constant;
    auto requantize = RequantizeOp::create(builder, value.getLoc(), type.clone(element), value);
    if (auto argument = dyn_cast<BlockArgument>(value))
      if (Attribute name = func.getArgAttr(argument.getArgNumber(), observationAttrName))
        requantize->setAttr(observationAttrName, name);
    return converted = requantize;
  }

  void rewriteFloat(Operation *op) {
    // What was quantized before keeps its types; requantize(f32 -> q) takes either.
    for (OpOperand &operand : op->getOpOperands())
      if (originallyFloat.contains(operand.get()))
        operand.set(convert(operand.get(), builder.getF32Type()));
  }

  LogicalResult rewriteInteger(Operation *op) {
    if (auto accumulating = dyn_cast<AccumulatingOp>(op)) {
      if (failed(rewriteAccumulation(accumulating)))
        return failure();
    } else if (keepsFloatMove(op)) {
      rewriteFloat(op);
    } else {
      for (OpOperand &operand : op->getOpOperands())
        rewriteOperand(op, operand);
    }
    for (Value result : op->getResults()) {
      auto type = plan.getType(result);
      if (plan.staysFloat(result) || !isFloatTensor(result))
        continue;
      result.setType(cast<RankedTensorType>(result.getType()).clone(type));
      originallyFloat.insert(result);
    }
    foldClamp(op);
    return success();
  }

  /// A move whose result stays f32 moves f32.
  bool keepsFloatMove(Operation *op) {
    return cast<QuantizableOp>(op).sharesScale() && plan.staysFloat(op->getResult(0));
  }

  void rewriteOperand(Operation *op, OpOperand &operand) {
    Value value = operand.get();
    if (!isFloatTensor(value) && !originallyFloat.contains(value))
      return;
    quant::UniformQuantizedType type;
    if (cast<QuantizableOp>(op).sharesScale()) {
      type = plan.getType(op->getResult(0));
    } else {
      // Elementwise loops take constants and results of operations in float as they are.
      bool direct = value.getDefiningOp<ConstantOp>() || plan.staysFloat(value);
      type = isa<ElementwiseOp>(op) && direct ? quant::UniformQuantizedType() : plan.getType(value);
    }
    if (type)
      operand.set(convert(value, type));
  }

  LogicalResult rewriteAccumulation(AccumulatingOp op) {
    Value input = op.getInputOperand().get();
    quant::UniformQuantizedType inputType = plan.getType(input);
    if (auto actual =
            dyn_cast_or_null<quant::UniformQuantizedType>(getQuantizedElement(input.getType())))
      inputType = actual;
    op.getInputOperand().set(convert(input, inputType));
    builder.setInsertionPoint(op);
    FailureOr<QuantizedParameters> parameters =
        quantizeParameters(builder, op, inputType, plan.schemeOf(op));
    if (failed(parameters))
      return failure();
    op.getWeightOperand().set(parameters->weights);
    if (parameters->bias)
      op.getBiasOperand()->set(parameters->bias);
    return success();
  }

  /// A clamp between equal types that saturate at its bounds does nothing.
  void foldClamp(Operation *op) {
    auto bounds = cast<QuantizableOp>(op).getClampBounds();
    auto type = dyn_cast_or_null<quant::UniformQuantizedType>(
        getQuantizedElement(op->getResult(0).getType()));
    if (!bounds || !type || op->getOperand(0).getType() != op->getResult(0).getType() ||
        !saturatesInside(getNumerics(op), type, *bounds))
      return;
    passObservationOn(op, op->getOperand(0));
    op->getResult(0).replaceAllUsesWith(op->getOperand(0));
    foldedClamps.push_back(op);
  }

  static void eraseUnusedConstants(ArrayRef<Operation *> all) {
    for (Operation *op : all)
      if (auto constant = dyn_cast<ConstantOp>(op); constant && constant->use_empty())
        constant.erase();
  }

  func::FuncOp func;
  const QuantizationPlan &plan;
  OpBuilder builder;
  DenseMap<std::pair<Value, Type>, Value> conversions;
  DenseSet<Value> originallyFloat; ///< values that this pass has quantized
  SmallVector<Operation *> foldedClamps;
};

/// What remarks call a value: the layer that computes it, or the input.
std::string nameOf(func::FuncOp func, Value value) {
  auto argument = dyn_cast<BlockArgument>(value);
  if (!argument)
    return getLayerName(value.getDefiningOp());
  auto name = func.getArgAttrOfType<StringAttr>(argument.getArgNumber(), nameAttrName);
  return name ? name.str() : "arg" + std::to_string(argument.getArgNumber());
}

struct Quantize : nnq::impl::QuantizeBase<Quantize> {
  using QuantizeBase::QuantizeBase;

  void runOnOperation() override {
    FailureOr<QuantizationRules> parsed =
        QuantizationRules::get(getOperation(), llvm::to_vector(rules),
                               {weightGranularity, weightBits, weightBlock, activations});
    if (failed(parsed))
      return signalPassFailure();
    SmallVector<Attribute> islands;
    for (auto func : getOperation().getOps<func::FuncOp>())
      if (!func.isExternal() && failed(quantize(func, *parsed, islands)))
        return signalPassFailure();
    if (failed(parsed->verifyMatched(getOperation())))
      return signalPassFailure();
    if (!islands.empty())
      getOperation()->setAttr(islandsAttrName, ArrayAttr::get(&getContext(), islands));
  }

private:
  LogicalResult quantize(func::FuncOp func, QuantizationRules &rules,
                         SmallVectorImpl<Attribute> &islands) {
    func.walk([](ObserveOp op) { op.erase(); });
    FailureOr<QuantizationPlan> plan = QuantizationPlan::create(func, rules);
    if (failed(plan))
      return failure();
    for (const auto &[op, reason] : plan->floatIslands())
      islands.push_back(markFloatIsland(op, reason));
    for (const auto &[value, reason] : plan->widened()) {
      Operation *def = value.getDefiningOp();
      InFlightDiagnostic remark = def ? def->emitRemark() : emitRemark(value.getLoc());
      remark << "'" << nameOf(func, value) << "' has more than 8 bits: " << reason;
    }
    numFloat += plan->floatIslands().size();
    numInteger += plan->operations().size() - plan->floatIslands().size();
    return FunctionQuantizer(func, *plan).run();
  }
};

} // namespace
