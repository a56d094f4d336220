// Layers as they are described by their operations, and their costs by their kernels.

#include "nnq/Compiler/Layers.h"

#include "nnq/Codegen/KernelCost.h"
#include "nnq/Compiler/Pipelines.h"
#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"
#include "nnq/Transforms/ObservationNames.h"
#include "nnq/Transforms/PrunedLayers.h"

#include "mlir/IR/TypeUtilities.h"
#include "mlir/Pass/PassManager.h"

#include <cmath>

using namespace mlir;

namespace nnq {

/// Reshapes and reinterpretations are other names of the same memory; constants are listed with the
/// layer that they belong to.
static bool isLayer(Operation &op) {
  return isa_and_nonnull<NNQDialect>(op.getDialect()) && op.getNumResults() > 0 &&
         op.getNumOperands() > 0 && !isa<ReinterpretOp, ReshapeOp>(op);
}

static std::string textAttribute(Operation &op, StringRef name) {
  auto text = op.getAttrOfType<StringAttr>(name);
  return text ? text.str() : std::string();
}

/// Of a pattern as of any other: weights pruned elsewhere count alike.
static void describeZeros(const WeightMask &mask, LayerInfo &layer) {
  std::optional<PruningPattern> pattern = findPattern(mask);
  if (!pattern)
    return;
  layer.pattern = pattern->str();
  layer.zeroShare = mask.zeroShare();
  layer.keptProducts =
      std::llrint(static_cast<double>(layer.multiplications) * pattern->keptShare(mask.shape));
}

static void describeWeights(AccumulatingOp op, LayerInfo &layer) {
  Type input = op.getInputOperand().get().getType();
  auto weights = cast<RankedTensorType>(op.getWeightOperand().get().getType());
  layer.input = getElementName(input);
  layer.weights = getElementName(weights);
  layer.weightBits = getElementBits(weights);
  layer.weightCount = weights.getNumElements();
  layer.weightBytes = llvm::divideCeil(layer.weightCount * layer.weightBits, 8);
  layer.multiplications = cast<RankedTensorType>(op->getResult(0).getType()).getNumElements() *
                          op.getAccumulationDepth();
  layer.keptProducts = layer.multiplications;
  if (std::optional<WeightMask> mask = readWeightMask(op))
    describeZeros(*mask, layer);
  layer.bops = layer.keptProducts * getElementBits(input) * layer.weightBits;
}

static LayerInfo describeLayer(Operation &op) {
  LayerInfo layer;
  layer.op = op.getName().stripDialect().str();
  layer.observation = textAttribute(op, observationAttrName);
  layer.island = textAttribute(op, islandAttrName);
  layer.name = op.getLoc()->findInstanceOf<NameLoc>() || layer.observation.empty()
                   ? getLayerName(&op)
                   : layer.observation;
  layer.input = getElementName(op.getOperand(0).getType());
  layer.result = getElementName(op.getResult(0).getType());
  layer.shape = cast<RankedTensorType>(op.getResult(0).getType()).getShape().vec();
  if (auto accumulating = dyn_cast<AccumulatingOp>(op))
    describeWeights(accumulating, layer);
  return layer;
}

SmallVector<Operation *> getLayers(func::FuncOp network) {
  SmallVector<Operation *> layers;
  if (!network.isExternal())
    for (Operation &op : network.getBody().front())
      if (isLayer(op))
        layers.push_back(&op);
  return layers;
}

std::vector<LayerInfo> describeLayers(func::FuncOp network) {
  std::vector<LayerInfo> layers;
  for (Operation *layer : getLayers(network))
    layers.push_back(describeLayer(*layer));
  return layers;
}

std::optional<size_t> getLayerNumber(Location location) {
  auto numbered = location->findInstanceOf<FusedLocWith<IntegerAttr>>();
  return numbered ? std::optional<size_t>(numbered.getMetadata().getInt()) : std::nullopt;
}

void addKernelCosts(func::FuncOp network, const TargetDescription &target,
                    std::vector<LayerInfo> &layers) {
  SymbolTable symbols(network->getParentOfType<ModuleOp>());
  for (auto call : network.getOps<func::CallOp>()) {
    std::optional<size_t> number = getLayerNumber(call.getLoc());
    auto kernel = symbols.lookup<func::FuncOp>(call.getCallee());
    if (!number || !kernel)
      continue;
    KernelCost cost = estimateCost(kernel, target);
    layers[*number].constantBytes += cost.constantBytes;
    layers[*number].cycles += cost.cycles;
  }
}

/// Brings the network to kernels on tensors.
static llvm::Error formKernels(ModuleOp copy, const TargetDescription &target) {
  LowerPipelineOptions options;
  options.target = target.name.str();
  PassManager pm(copy.getContext());
  pm.enableVerifier(false); // of a copy, of which only costs are read
  buildFormKernelsPipeline(pm, options);
  return runQuietly(pm, copy, "costs of layers");
}

llvm::Expected<std::vector<LayerInfo>> describeLayers(ModuleOp module,
                                                      const TargetDescription &target) {
  OwningOpRef<ModuleOp> copy(module.clone());
  auto network = copy->lookupSymbol<func::FuncOp>("main");
  if (!network)
    return llvm::createStringError("the module has no function 'main'");
  std::vector<LayerInfo> layers = describeLayers(network);
  if (llvm::Error error = formKernels(*copy, target))
    return error;
  addKernelCosts(copy->lookupSymbol<func::FuncOp>("main"), target, layers);
  return layers;
}

} // namespace nnq
