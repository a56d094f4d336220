// --nnq-equalize-channels: channels between two layers get like weights in both.

#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Quantization/ChannelEqualization.h"
#include "nnq/Transforms/ConstantValues.h"
#include "nnq/Transforms/ObservationNames.h"
#include "nnq/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <cmath>

namespace nnq {
#define GEN_PASS_DEF_EQUALIZECHANNELS
#include "nnq/Transforms/Passes.h.inc"
} // namespace nnq

using namespace mlir;
using namespace nnq;

namespace {

/// An accumulation whose weights and bias can be scaled.
struct EqualizedLayer {
  AccumulatingOp op;
  ConstantValues<float> weights;
  std::optional<ConstantValues<float>> bias;
  LayerWeights view;
};

std::optional<EqualizedLayer> matchLayer(AccumulatingOp op) {
  std::optional<InputWindow> window = op.getWindow();
  auto weights = readConstant<float>(op.getWeightOperand().get());
  OpOperand *biasOperand = op.getBiasOperand();
  auto bias = biasOperand ? readConstant<float>(biasOperand->get()) : std::nullopt;
  if (!window || !weights || weights->get().empty() || (biasOperand && !bias) ||
      cast<QuantizableOp>(*op).getWeightChannelDim() != 0)
    return std::nullopt;
  EqualizedLayer layer{op, std::move(*weights), std::move(bias), {}};
  layer.view.outputs = cast<RankedTensorType>(op->getResult(0).getType()).getShape().back();
  layer.view.taps = window->kernelHeight * window->kernelWidth;
  layer.view.groups = window->groups;
  return layer;
}

/// What a result goes through on its way to the layer that reads it.
struct Path {
  AccumulatingOp end;
  /// Clamps with an upper bound, which becomes one for each channel.
  SmallVector<QuantizableOp> bounded;
};

/// True if the value of each channel is a homogeneous function of that of the operand, f(a x) = a
/// f(x) for a > 0, once its upper bound is scaled too.
bool keepsChannels(Operation *op, int64_t channels) {
  auto quantizable = dyn_cast<QuantizableOp>(op);
  if (!quantizable)
    return false;
  if (auto bounds = quantizable.getClampBounds())
    return (bounds->first == 0 || std::isinf(bounds->first)) && bounds->second > 0;
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  if (isa<ReshapeOp>(op)) // flattened pixels: the channel is still the fastest to vary
    return type.getRank() > 0 && type.getShape().back() % channels == 0;
  return quantizable.actsPerChannel();
}

/// The path from `value`, with one use at each step, to the input of another accumulation.
std::optional<Path> followChannels(Value value) {
  int64_t channels = cast<RankedTensorType>(value.getType()).getShape().back();
  Path path;
  while (value.hasOneUse()) {
    OpOperand &use = *value.use_begin();
    Operation *user = use.getOwner();
    if (auto accumulating = dyn_cast<AccumulatingOp>(user)) {
      if (&accumulating.getInputOperand() != &use ||
          cast<RankedTensorType>(value.getType()).getShape().back() % channels != 0)
        return std::nullopt;
      path.end = accumulating;
      return path;
    }
    if (!keepsChannels(user, channels))
      return std::nullopt;
    auto quantizable = cast<QuantizableOp>(user);
    if (auto bounds = quantizable.getClampBounds(); bounds && std::isfinite(bounds->second))
      path.bounded.push_back(quantizable);
    value = user->getResult(0);
  }
  return std::nullopt;
}

Value createVector(OpBuilder &builder, Location loc, ArrayRef<float> values) {
  auto type = RankedTensorType::get({static_cast<int64_t>(values.size())}, builder.getF32Type());
  return createConstant(builder, loc, type, values);
}

/// clamp(x, lo, hi) -> clamp(min(x, hi / scale), lo, inf)
void scaleBound(QuantizableOp clamp, ArrayRef<int> exponents) {
  auto [lo, hi] = *clamp.getClampBounds();
  SmallVector<float> bounds;
  for (int exponent : exponents)
    bounds.push_back(std::ldexp(static_cast<float>(hi), -exponent));
  OpBuilder builder(clamp);
  Value input = clamp->getOperand(0);
  Location loc = clamp->getLoc();
  Value least =
      MinOp::create(builder, loc, input.getType(), input, createVector(builder, loc, bounds));
  constexpr float infinity = std::numeric_limits<float>::infinity();
  Value result = ClampOp::create(builder, loc, input.getType(), least,
                                 builder.getF32FloatAttr(static_cast<float>(lo)),
                                 builder.getF32FloatAttr(infinity));
  clamp->getResult(0).replaceAllUsesWith(result);
  clamp->erase();
}

struct EqualizeChannels : nnq::impl::EqualizeChannelsBase<EqualizeChannels> {
  void runOnOperation() override {
    SmallVector<EqualizedLayer> layers;
    DenseMap<Operation *, size_t> indexOf;
    getOperation().walk([&](AccumulatingOp op) {
      if (std::optional<EqualizedLayer> layer = matchLayer(op)) {
        indexOf[op] = layers.size();
        layers.push_back(std::move(*layer));
      }
    });
    for (EqualizedLayer &layer :
         layers) // a splat is expanded in the layer, which has its place now
      layer.view.values = layer.weights.get();

    SmallVector<LayerLink> links;
    SmallVector<Path> paths;
    for (auto [i, layer] : llvm::enumerate(layers)) {
      std::optional<Path> path = followChannels(layer.op->getResult(0));
      auto end = path ? indexOf.find(path->end) : indexOf.end();
      if (end == indexOf.end())
        continue;
      links.push_back({i, end->second});
      paths.push_back(std::move(*path));
    }

    auto views =
        llvm::map_to_vector(layers, [](const EqualizedLayer &layer) { return layer.view; });
    std::vector<std::vector<int>> exponents = equalizeChannels(views, links);
    SmallVector<ArrayRef<int>> divide(layers.size()), multiply(layers.size());
    for (auto [link, path, scales] : llvm::zip_equal(links, paths, exponents)) {
      auto [least, most] = std::minmax_element(scales.begin(), scales.end());
      if (*least == 0 && *most == 0)
        continue;
      divide[link.first] = multiply[link.second] = scales;
      for (QuantizableOp clamp : path.bounded)
        scaleBound(clamp, scales);
      layers[link.second].op->emitRemark()
          << "channels are divided by 2^" << *least << " to 2^" << *most << " behind '"
          << getLayerName(layers[link.first].op) << "' and multiplied in this layer";
    }
    for (auto [layer, front, back] : llvm::zip_equal(layers, divide, multiply))
      if (!front.empty() || !back.empty())
        scaleLayer(layer, front, back);
  }

private:
  /// Gives an operand another constant; the old one goes if nobody else uses it.
  static void replaceConstant(OpOperand &operand, Value constant) {
    Operation *old = operand.get().getDefiningOp();
    operand.set(constant);
    if (old->use_empty())
      old->erase();
  }

  static void scaleLayer(EqualizedLayer &layer, ArrayRef<int> divide, ArrayRef<int> multiply) {
    OpBuilder builder(layer.op);
    OpOperand &operand = layer.op.getWeightOperand();
    std::vector<float> weights = scaleChannels(layer.view, divide, multiply);
    replaceConstant(operand, createConstant(builder, operand.get().getLoc(),
                                            cast<RankedTensorType>(operand.get().getType()),
                                            ArrayRef<float>(weights)));
    if (!layer.bias || divide.empty())
      return;
    std::vector<float> bias(layer.bias->get());
    for (auto [value, exponent] : llvm::zip_equal(bias, divide))
      value = std::ldexp(value, -exponent);
    OpOperand *biasOperand = layer.op.getBiasOperand();
    replaceConstant(*biasOperand, createVector(builder, biasOperand->get().getLoc(), bias));
  }
};

} // namespace
