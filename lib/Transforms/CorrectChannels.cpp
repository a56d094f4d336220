// --nnq-correct-channels: measured gains and offsets go into scales of weights and into biases.

#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"
#include "nnq/Quantization/ChannelCorrection.h"
#include "nnq/Transforms/ConstantValues.h"
#include "nnq/Transforms/ObservationNames.h"
#include "nnq/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <cmath>

namespace nnq {
#define GEN_PASS_DEF_CORRECTCHANNELS
#include "nnq/Transforms/Passes.h.inc"
} // namespace nnq

using namespace mlir;
using namespace nnq;

/// The type of weights whose channels have the scales `scales`.
static quant::QuantizedType withScales(quant::UniformQuantizedPerAxisType type,
                                       ArrayRef<double> scales) {
  return quant::UniformQuantizedPerAxisType::get(
      type.getFlags(), type.getStorageType(), type.getExpressedType(), scales, type.getZeroPoints(),
      type.getQuantizedDimension(), type.getStorageTypeMin(), type.getStorageTypeMax());
}

namespace {

struct CorrectChannels : nnq::impl::CorrectChannelsBase<CorrectChannels> {
  using CorrectChannelsBase::CorrectChannelsBase;

  void runOnOperation() override {
    llvm::Expected<CorrectionFile> corrections = CorrectionFile::read(file);
    if (!corrections) {
      getOperation().emitError() << llvm::toString(corrections.takeError());
      return signalPassFailure();
    }
    WalkResult result = getOperation().walk([&](AccumulatingOp op) {
      auto name = op->getAttrOfType<StringAttr>(observationAttrName);
      auto found = name ? corrections->layers.find(name.str()) : corrections->layers.end();
      if (found == corrections->layers.end())
        return WalkResult::advance();
      return failed(correct(op, found->second)) ? WalkResult::interrupt() : WalkResult::advance();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }

private:
  LogicalResult correct(AccumulatingOp op, const ChannelCorrection &correction) {
    auto input = getQuantizedElement(op.getInputOperand().get().getType());
    auto weights = op.getWeightOperand().get().getDefiningOp<ConstantOp>();
    auto type = weights ? dyn_cast_or_null<quant::UniformQuantizedPerAxisType>(
                              getQuantizedElement(weights.getType()))
                        : nullptr;
    if (!input || !type)
      return op.emitError() << "'" << getLayerName(op)
                            << "' has a correction, but no constant weights per channel";
    size_t channels = type.getScales().size();
    if (correction.gain.size() != channels)
      return op.emitError() << "'" << getLayerName(op) << "' has " << channels
                            << " channels, but a correction of " << correction.gain.size();
    SmallVector<double> scales;
    for (auto [scale, gain] : llvm::zip(type.getScales(), correction.gain))
      scales.push_back(static_cast<float>(scale) * gain);
    quant::QuantizedType corrected = withScales(type, scales),
                         biasType = getBiasType(input, corrected);
    std::optional<std::vector<int32_t>> bias = correctBias(op, correction, getScales(biasType));
    if (!bias)
      return op.emitError() << "'" << getLayerName(op)
                            << "' has a bias that is not constant, or leaves i32 by its correction";
    OpBuilder builder(op);
    auto weightType = cast<RankedTensorType>(weights.getType());
    op.getWeightOperand().set(ConstantOp::create(builder, weights.getLoc(),
                                                 weightType.clone(corrected), weights.getValue()));
    OpOperand *operand = op.getBiasOperand();
    auto tensor = RankedTensorType::get({static_cast<int64_t>(channels)}, biasType);
    Value constant =
        createConstant(builder, operand ? operand->get().getLoc() : op.getLoc(), tensor,
                       ArrayRef<int32_t>(*bias));
    if (operand)
      operand->set(constant);
    else // the bias is the last operand of every accumulation
      op->insertOperands(op->getNumOperands(), constant);
    return success();
  }

  /// b + offset / unit, where a unit of the accumulator has the corrected scale.
  static std::optional<std::vector<int32_t>> correctBias(AccumulatingOp op,
                                                         const ChannelCorrection &correction,
                                                         ArrayRef<double> units) {
    std::optional<ConstantValues<int32_t>> old;
    if (OpOperand *operand = op.getBiasOperand())
      if (!(old = readConstant<int32_t>(operand->get())))
        return std::nullopt;
    std::vector<int32_t> bias;
    for (auto [c, unit] : llvm::enumerate(units)) {
      double value = (old ? old->get()[c] : 0) + std::nearbyint(correction.offset[c] / unit);
      if (!(std::abs(value) <= std::numeric_limits<int32_t>::max()))
        return std::nullopt;
      bias.push_back(static_cast<int32_t>(value));
    }
    return bias;
  }
};

} // namespace
