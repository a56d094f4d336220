// --nnq-widen-inputs: which layers read the network's inputs in 16 bits.

#include "nnq/Compiler/Passes.h"
#include "nnq/Compiler/Pipelines.h"
#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"
#include "nnq/Quantization/CalibrationFile.h"
#include "nnq/Transforms/LayerWidths.h"
#include "nnq/Transforms/ObservationNames.h"
#include "nnq/Transforms/WeightedLayers.h"

#include "mlir/Pass/PassManager.h"

#include <cmath>

namespace nnq {
#define GEN_PASS_DEF_WIDENINPUTS
#include "nnq/Compiler/Passes.h.inc"
} // namespace nnq

using namespace mlir;
using namespace nnq;

/// Inputs are read in 16 bits where that concerns at most this share of the products: they take
/// about twice as long.
static constexpr double mostProducts = 1.0 / 20;

/// Steps, in the root mean square, up to which values count as representable.
static constexpr double onGrid = 0.02;

/// Whether codes of a type stand for all values. Rounding of arbitrary ones leaves 0.29 steps in
/// the root mean square.
static bool areOnGrid(const std::set<float> &values, quant::UniformQuantizedType type) {
  QuantParams params = getQuantParams(type);
  double sum = 0;
  for (float value : values) {
    float error = dequantizeValue(quantizeValue(value, params), params) - value;
    sum += std::pow(error / params.scale, 2);
  }
  return std::sqrt(sum / static_cast<double>(values.size())) < onGrid;
}

/// What statistics call an input.
static std::string nameOf(func::FuncOp network, unsigned input) {
  auto name = network.getArgAttrOfType<StringAttr>(input, nameAttrName);
  return name ? name.str() : "arg" + std::to_string(input);
}

/// The type of the codes that a float input becomes. Null for one that is scaled or shifted before
/// layers read it, that is read in float as well, or in several types: it is on no grid that is
/// known.
static quant::UniformQuantizedType getCodes(BlockArgument input) {
  Value value = input;
  while (value.hasOneUse()) {
    Operation *user = *value.user_begin();
    if (isa<RequantizeOp>(user))
      return dyn_cast_or_null<quant::UniformQuantizedType>(
          getQuantizedElement(user->getResult(0).getType()));
    auto quantizable = dyn_cast<QuantizableOp>(user);
    if (!quantizable || !quantizable.movesOneTensor())
      return {};
    value = user->getResult(0);
  }
  return {};
}

namespace {

struct WidenInputs : nnq::impl::WidenInputsBase<WidenInputs> {
  using WidenInputsBase::WidenInputsBase;

  /// Those of the pipeline that a copy goes through.
  void getDependentDialects(DialectRegistry &registry) const override {
    addQuantizePipelineDialects(registry);
  }

  void runOnOperation() override {
    std::vector<std::pair<std::string, LayerWidth>> widths;
    int64_t products = 0, productsOfReaders = 0;
    LayerWidth wide;
    wide.activationBits = 16;
    for (const WeightedLayer &layer : findWeightedLayers(getOperation())) {
      products += layer.multiplications();
      if (!layer.readsInput)
        continue;
      productsOfReaders += layer.multiplications();
      widths.emplace_back(layer.name, wide);
    }
    if (widths.empty())
      return leave("no layer with constant weights reads one");
    if (!always) {
      double share = static_cast<double>(productsOfReaders) / static_cast<double>(products);
      if (share > mostProducts)
        return leave("the layers that read them do " + Twine(std::lround(100 * share)) +
                     "% of the products");
      FailureOr<bool> rounds = roundsInputs();
      if (failed(rounds))
        return signalPassFailure();
      if (!*rounds)
        return leave("codes of 8 bits stand for all of their values");
    }
    if (failed(setLayerWidths(getOperation(), "--nnq-widen-inputs", widths)))
      signalPassFailure();
  }

private:
  void leave(const Twine &reason) {
    emitRemark(getOperation().getLoc()) << "inputs are read in 8 bits: " << reason;
  }

  /// Whether codes of 8 bits lose anything of the inputs, by the values that the statistics have.
  FailureOr<bool> roundsInputs() {
    if (calibration.empty())
      return getOperation().emitError() << "--nnq-widen-inputs needs calibration=PATH of a file of "
                                           "the network's statistics, or "
                                           "always=true";
    llvm::Expected<CalibrationFile> statistics = CalibrationFile::read(calibration);
    if (!statistics)
      return getOperation().emitError() << llvm::toString(statistics.takeError());
    OwningOpRef<ModuleOp> copy = quantizeCopy();
    if (!copy)
      return failure();
    auto network = copy->lookupSymbol<func::FuncOp>("main");
    if (!network)
      return getOperation().emitError() << "the module has no function 'main', whose inputs "
                                           "--nnq-widen-inputs could ask for";
    return llvm::any_of(network.getArguments(), [&](BlockArgument input) {
      quant::UniformQuantizedType codes = getCodes(input);
      auto found = codes ? statistics->tensors.find(nameOf(network, input.getArgNumber()))
                         : statistics->tensors.end();
      const std::set<float> *values =
          found != statistics->tensors.end() ? found->second.distinct().get() : nullptr;
      return !values || !areOnGrid(*values, codes);
    });
  }

  /// The network with layers of 8 bits; null after an error. Remarks are for the network itself.
  OwningOpRef<ModuleOp> quantizeCopy() {
    OwningOpRef<ModuleOp> copy(getOperation().clone());
    copy->walk([](AccumulatingOp op) { op->removeAttr(bitWidthAttrName); });
    QuantizePipelineOptions options;
    options.calibration = calibration;
    options.rangeMethod = rangeMethod;
    options.percentile = percentile;
    options.weightGranularity = weightGranularity;
    options.activations = activations;
    options.rules = std::vector<std::string>(rules.begin(), rules.end());
    PassManager pm(&getContext());
    if (llvm::Error error = buildQuantizePipeline(pm, options)) {
      emitError(getOperation().getLoc())
          << "--nnq-widen-inputs quantizes a copy of the network, and not by these options: "
          << llvm::toString(std::move(error));
      return {};
    }
    if (llvm::Error error = runQuietly(pm, *copy, "--nnq-widen-inputs quantizes a copy")) {
      emitError(getOperation().getLoc()) << llvm::toString(std::move(error));
      return {};
    }
    return copy;
  }
};

} // namespace
