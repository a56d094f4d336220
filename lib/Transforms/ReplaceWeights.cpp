// --nnq-replace-weights: weights and biases that were rounded elsewhere.

#include "QuantizedConstants.h"

#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"
#include "nnq/Transforms/ObservationNames.h"
#include "nnq/Transforms/Passes.h"
#include "nnq/Transforms/RoundedLayers.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"

namespace nnq {
#define GEN_PASS_DEF_REPLACEWEIGHTS
#include "nnq/Transforms/Passes.h.inc"
} // namespace nnq

using namespace mlir;
using namespace nnq;

namespace {

struct ReplaceWeights : nnq::impl::ReplaceWeightsBase<ReplaceWeights> {
  using ReplaceWeightsBase::ReplaceWeightsBase;

  void runOnOperation() override {
    OwningOpRef<ModuleOp> module = parseSourceFile<ModuleOp>(file, &getContext());
    if (!module) {
      getOperation().emitError() << file << ": is no module of weights";
      return signalPassFailure();
    }
    llvm::StringMap<AccumulatingOp> layers;
    getOperation().walk([&](AccumulatingOp op) {
      if (auto name = op->getAttrOfType<StringAttr>(observationAttrName))
        layers[name.getValue()] = op;
    });
    for (auto function : module->getOps<func::FuncOp>())
      if (failed(replace(layers.lookup(function.getName()), function)))
        return signalPassFailure();
  }

private:
  LogicalResult replace(AccumulatingOp layer, func::FuncOp function) {
    auto fail = [&](const Twine &why) {
      return getOperation().emitError() << file << ": '" << function.getName() << "' " << why;
    };
    if (!layer)
      return fail("is no layer of this network");
    if (llvm::Error error = checkInput(layer, function))
      return fail(llvm::toString(std::move(error)));
    SmallVector<ConstantOp> constants;
    if (!function.isExternal())
      for (Value value : function.front().getTerminator()->getOperands())
        if (auto constant = value.getDefiningOp<ConstantOp>())
          constants.push_back(constant);
    if (constants.size() != 2)
      return fail("does not return constant weights and a constant bias");
    auto weights = cast<RankedTensorType>(constants[0].getType()),
         old = cast<RankedTensorType>(layer.getWeightOperand().get().getType());
    if (weights.getShape() != old.getShape() ||
        cast<RankedTensorType>(constants[1].getType()).getShape() != old.getShape().take_front())
      return fail("has weights or a bias of another shape than the layer");
    OpBuilder builder(layer);
    ConstantOp bias = makeBias(builder, layer, weights, constants[1]);
    if (!bias)
      return fail("has a bias that is not in f32, or leaves i32 in units of the accumulator");
    layer.getWeightOperand().set(builder.clone(*constants[0])->getResult(0));
    if (OpOperand *operand = layer.getBiasOperand())
      operand->set(bias);
    else // the bias is the last operand of every accumulation
      layer->insertOperands(layer->getNumOperands(), bias.getResult());
    return success();
  }

  static quant::UniformQuantizedType getInputType(AccumulatingOp layer) {
    return dyn_cast_or_null<quant::UniformQuantizedType>(
        getQuantizedElement(layer.getInputOperand().get().getType()));
  }

  /// Error: the weights are for other integers than the layer reads.
  static llvm::Error checkInput(AccumulatingOp layer, func::FuncOp function) {
    auto attribute = function->getAttrOfType<FloatAttr>(inputScaleAttrName);
    if (!attribute)
      return llvm::Error::success();
    double scale = attribute.getValueAsDouble();
    quant::UniformQuantizedType input = getInputType(layer);
    if (!input)
      return llvm::createStringError(
          "is rounded for integers of scale %.9g, and the layer reads none", scale);
    auto found = static_cast<float>(input.getScale());
    if (found == scale)
      return llvm::Error::success();
    return llvm::createStringError(
        "is rounded for integers of scale %.9g, and the layer reads such of scale %.9g; gather "
        "moments with the statistics, ranges and activations that the network is quantized with",
        scale, double(found));
  }

  /// `bias` in the type that belongs to these weights; null if it can't be.
  static ConstantOp makeBias(OpBuilder &builder, AccumulatingOp layer, RankedTensorType weights,
                             ConstantOp bias) {
    if (!getElementTypeOrSelf(bias.getType()).isF32())
      return nullptr;
    quant::UniformQuantizedType input = getInputType(layer);
    quant::QuantizedType element = getQuantizedElement(weights);
    if (!input || isa_and_nonnull<quant::UniformQuantizedSubChannelType>(element) || !element)
      return cast<ConstantOp>(builder.clone(*bias));
    return quantizeBiasConstant(getNumerics(layer), builder, bias, getBiasType(input, element));
  }
};

} // namespace
