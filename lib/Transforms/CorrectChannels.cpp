// --nnq-correct-channels: measured gains and offsets go into scales of weights and into biases.

#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"
#include "nnq/Quantization/BlockScales.h"
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

/// The type of weights whose scales, of channels or of blocks, are multiplied by the gains of their
/// channels. Multiples of a unit stay those multiples of another one: their bytes count.
static quant::QuantizedType withGains(quant::QuantizedType type, ArrayRef<double> gains) {
  SmallVector<double> old = getScales(type);
  SmallVector<float> scales(old.begin(), old.end());
  size_t blocks = scales.size() / gains.size();
  std::optional<BlockScales> shared;
  if (isa<quant::UniformQuantizedSubChannelType>(type))
    shared = BlockScales::factorize(scales, gains.size());
  for (auto [i, scale] : llvm::enumerate(scales)) {
    double gain = gains[i / blocks];
    scale = shared ? shared->multiples[i] * roundToUnit(shared->units[i / blocks] * gain)
                   : static_cast<float>(scale * gain);
  }
  if (auto blocks = dyn_cast<quant::UniformQuantizedSubChannelType>(type))
    return quant::UniformQuantizedSubChannelType::get(
        type.getFlags(), type.getStorageType(), type.getExpressedType(),
        DenseElementsAttr::get(blocks.getScales().getType(), ArrayRef<float>(scales)),
        blocks.getZeroPoints(), blocks.getQuantizedDimensions(), blocks.getBlockSizes(),
        type.getStorageTypeMin(), type.getStorageTypeMax());
  auto axis = cast<quant::UniformQuantizedPerAxisType>(type);
  return quant::UniformQuantizedPerAxisType::get(
      type.getFlags(), type.getStorageType(), type.getExpressedType(),
      SmallVector<double>(scales.begin(), scales.end()), axis.getZeroPoints(),
      axis.getQuantizedDimension(), type.getStorageTypeMin(), type.getStorageTypeMax());
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
    auto type = weights ? getQuantizedElement(weights.getType()) : quant::QuantizedType();
    bool hasBlocks =
        type && getInputChannelBlock(cast<RankedTensorType>(weights.getType())).has_value();
    if (!input || !type || (!hasBlocks && getQuantizedAxis(type) != 0))
      return op.emitError()
             << "'" << getLayerName(op)
             << "' has a correction, but no constant weights per channel or in blocks";
    auto weightType = cast<RankedTensorType>(weights.getType());
    auto channels = static_cast<size_t>(weightType.getDimSize(0));
    if (correction.gain.size() != channels)
      return op.emitError() << "'" << getLayerName(op) << "' has " << channels
                            << " channels, but a correction of " << correction.gain.size();
    quant::QuantizedType corrected =
        withGains(type, SmallVector<double>(correction.gain.begin(), correction.gain.end()));
    OpBuilder builder(op);
    Value bias = hasBlocks ? correctFloatBias(builder, op, correction)
                           : correctBias(builder, op, correction, getBiasType(input, corrected));
    if (!bias)
      return op.emitError() << "'" << getLayerName(op)
                            << "' has a bias that is not constant, or leaves i32 by its correction";
    op.getWeightOperand().set(ConstantOp::create(builder, weights.getLoc(),
                                                 withQuantizedElement(weightType, corrected),
                                                 weights.getValue()));
    if (OpOperand *operand = op.getBiasOperand())
      operand->set(bias);
    else // the bias is the last operand of every accumulation
      op->insertOperands(op->getNumOperands(), bias);
    return success();
  }

  /// g * b + offset in f32; null if the bias is not constant.
  static Value correctFloatBias(OpBuilder &builder, AccumulatingOp op,
                                const ChannelCorrection &correction) {
    std::optional<ConstantValues<float>> old;
    OpOperand *operand = op.getBiasOperand();
    if (operand && !(old = readConstant<float>(operand->get())))
      return nullptr;
    std::vector<float> bias;
    for (auto [c, offset] : llvm::enumerate(correction.offset))
      bias.push_back(static_cast<float>((old ? correction.gain[c] * old->get()[c] : 0) + offset));
    auto tensor = RankedTensorType::get({static_cast<int64_t>(bias.size())}, builder.getF32Type());
    return createConstant(builder, operand ? operand->get().getLoc() : op.getLoc(), tensor,
                          ArrayRef<float>(bias));
  }

  /// b + offset / unit, where a unit of the accumulator has the corrected scale; null if the bias
  /// is not constant or leaves i32.
  static Value correctBias(OpBuilder &builder, AccumulatingOp op,
                           const ChannelCorrection &correction, quant::QuantizedType type) {
    std::optional<ConstantValues<int32_t>> old;
    OpOperand *operand = op.getBiasOperand();
    if (operand && !(old = readConstant<int32_t>(operand->get())))
      return nullptr;
    std::vector<int32_t> bias;
    for (auto [c, unit] : llvm::enumerate(getScales(type))) {
      double value = (old ? old->get()[c] : 0) + std::nearbyint(correction.offset[c] / unit);
      if (!(std::abs(value) <= std::numeric_limits<int32_t>::max()))
        return nullptr;
      bias.push_back(static_cast<int32_t>(value));
    }
    auto tensor = RankedTensorType::get({static_cast<int64_t>(bias.size())}, type);
    return createConstant(builder, operand ? operand->get().getLoc() : op.getLoc(), tensor,
                          ArrayRef<int32_t>(bias));
  }
};

} // namespace
