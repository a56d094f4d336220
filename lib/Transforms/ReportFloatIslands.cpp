// --nnq-report-float-islands: says what a network that came quantized computes in float, and why.

#include "FloatIslands.h"

#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"
#include "nnq/Transforms/ObservationNames.h"
#include "nnq/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace nnq {
#define GEN_PASS_DEF_REPORTFLOATISLANDS
#include "nnq/Transforms/Passes.h.inc"
} // namespace nnq

using namespace mlir;
using namespace nnq;

static std::string describe(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value))
    return "input " + std::to_string(argument.getArgNumber()) + " of the network";
  return "the result of '" + getLayerName(value.getDefiningOp()) + "'";
}

/// True if `op` dequantizes the codes that it is given to multiply them by quantized weights in
/// float.
static bool multipliesCodesInFloat(QuantizableOp op) {
  auto layer = dyn_cast<AccumulatingOp>(*op);
  return layer && RequantizeOp::getDequantized(layer.getInputOperand().get()) &&
         getQuantizedElement(layer.getWeightOperand().get().getType());
}

/// Whether neither `weights` nor the codes that they are dequantized from are constant.
static bool isComputed(Value weights) {
  Value codes = RequantizeOp::getDequantized(weights);
  return !(codes ? codes : weights).getDefiningOp<ConstantOp>();
}

/// Why the passes in front left `op` in float.
static std::string reasonOf(QuantizableOp op) {
  if (!op.hasIntegerForm())
    return "it has no integer form";
  auto layer = dyn_cast<AccumulatingOp>(*op);
  if (layer && isComputed(layer.getWeightOperand().get()))
    return "its weights are computed";
  if (multipliesCodesInFloat(op))
    return "its products with these weights have no common unit, or its bias is not in it";
  for (OpOperand &operand : op->getOpOperands()) {
    if (RequantizeOp::getDequantized(operand.get()) ||
        op.getOperandRole(operand.getOperandNumber()) == OperandRole::Bias)
      continue;
    bool isWeight = op.getOperandRole(operand.getOperandNumber()) == OperandRole::Weight;
    if (isWeight)
      return "its weights are not quantized, or not along its output channels";
    return describe(operand.get()) + " is not quantized in front of it";
  }
  if (isa<AccumulatingOp>(*op))
    return "its bias is not constant, or has another scale than input times weights";
  return "nothing behind it quantizes its result";
}

namespace {

struct ReportFloatIslands : nnq::impl::ReportFloatIslandsBase<ReportFloatIslands> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    SmallVector<Attribute> islands;
    if (auto known = module->getAttrOfType<ArrayAttr>(islandsAttrName))
      llvm::append_range(islands, known);
    for (auto network : module.getOps<func::FuncOp>()) {
      if (network.isExternal())
        continue;
      KernelBodies kernels(network.getBody().front());
      network.walk([&](QuantizableOp op) {
        if (!op->hasAttr(islandAttrName) &&
            (computesInFloat(op, kernels) || multipliesCodesInFloat(op)))
          islands.push_back(markFloatIsland(op, reasonOf(op)));
      });
    }
    if (!islands.empty())
      module->setAttr(islandsAttrName, ArrayAttr::get(&getContext(), islands));
  }
};

} // namespace
