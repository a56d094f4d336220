//===- WeightQuantizer.cpp - Symmetric weight quantization ---------------===//

#include "nnq/Quantization/WeightQuantizer.h"
#include "nnq/Quantization/BlockScales.h"
#include "nnq/Quantization/QuantParams.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <cinttypes>
#include <cmath>

using namespace llvm;

namespace nnq {

namespace {
/// The weights as (outer, channels, inner), where `channels` runs along the quantized axis.
struct ChannelView {
  int64_t outer = 1, channels = 1, inner = 1;
};
} // namespace

static Expected<ChannelView> viewByChannel(size_t weights, ArrayRef<int64_t> shape,
                                           std::optional<int64_t> axis) {
  if (axis && (*axis < 0 || *axis >= static_cast<int64_t>(shape.size())))
    return createStringError("axis %" PRId64 " is outside a shape of %zu dimensions", *axis,
                             shape.size());
  ChannelView view;
  int64_t elements = 1;
  bool overflow = false;
  for (auto [i, size] : enumerate(shape)) {
    if (size < 0)
      return createStringError("dimension %zu is %" PRId64 ", not a size", i, size);
    int64_t &part = !axis || int64_t(i) > *axis ? view.inner
                    : int64_t(i) == *axis       ? view.channels
                                                : view.outer;
    overflow |= MulOverflow(part, size, part) || MulOverflow(elements, size, elements);
  }
  if (overflow)
    return createStringError("a shape of more than 2^63 elements");
  if (elements != static_cast<int64_t>(weights))
    return createStringError("%zu weights do not fill a shape of %" PRId64 " elements", weights,
                             elements);
  return view;
}

/// Calls `visit` with each contiguous run of weights and the channel that it belongs to.
template <typename Visitor> static void forEachRun(const ChannelView &view, Visitor visit) {
  if (view.inner == 0)
    return;
  for (int64_t o = 0; o < view.outer; ++o)
    for (int64_t c = 0; c < view.channels; ++c)
      visit((o * view.channels + c) * view.inner, c);
}

/// The codes of weights at the scales of `result`.
static void encode(ArrayRef<float> w, const ChannelView &view, QuantizedWeights &result) {
  QuantParams params;
  params.zeroPoint = 0;
  params.storageMin = result.storageMin;
  params.storageMax = result.storageMax;
  result.values.resize(w.size());
  forEachRun(view, [&](int64_t begin, int64_t channel) {
    params.scale = result.scales[channel];
    for (int64_t i = begin; i < begin + view.inner; ++i)
      result.values[i] = static_cast<int8_t>(quantizeValue(w[i], params));
  });
}

Expected<QuantizedWeights> quantizeWeights(ArrayRef<float> w, ArrayRef<int64_t> shape,
                                           std::optional<int64_t> axis, int bits,
                                           ArrayRef<float> minimumScales) {
  if (bits < 2 || bits > 8)
    return createStringError("weights of %d bits; 2 to 8 are supported", bits);
  Expected<ChannelView> view = viewByChannel(w.size(), shape, axis);
  if (!view)
    return view.takeError();
  if (!minimumScales.empty() && int64_t(minimumScales.size()) != view->channels)
    return createStringError("%zu minimum scales for %" PRId64 " scales", minimumScales.size(),
                             view->channels);
  for (float scale : minimumScales)
    if (!std::isfinite(scale) || scale <= 0)
      return createStringError("minimum scale %.9g is not a positive, finite number",
                               double(scale));
  for (size_t i = 0; i < w.size(); ++i)
    if (!std::isfinite(w[i]))
      return createStringError("weight %zu is %.9g, not a finite number", i, double(w[i]));

  std::vector<float> absMax(view->channels, 0.0f);
  forEachRun(*view, [&](int64_t begin, int64_t channel) {
    for (float value : w.slice(begin, view->inner))
      absMax[channel] = std::max(absMax[channel], std::fabs(value));
  });

  QuantizedWeights result;
  result.storageMax = (1 << (bits - 1)) - 1;
  result.storageMin = bits == 8 ? -result.storageMax : -result.storageMax - 1;
  for (int64_t c = 0; c < view->channels; ++c) {
    Expected<QuantParams> chosen = chooseSymmetric(absMax[c], result.storageMin, result.storageMax);
    if (!chosen)
      return chosen.takeError();
    result.scales.push_back(minimumScales.empty() ? chosen->scale
                                                  : std::max(chosen->scale, minimumScales[c]));
  }

  encode(w, *view, result);
  return result;
}

/// One row of `balanceRounding`.
static void balanceRow(MutableArrayRef<int8_t> codes, ArrayRef<float> w, double scale,
                       int32_t storageMin, int32_t storageMax) {
  std::vector<double> errors(codes.size());
  double sum = 0;
  for (size_t i = 0; i < codes.size(); ++i)
    sum += errors[i] = codes[i] - w[i] / scale;
  int step = sum > 0 ? -1 : 1;
  auto count = static_cast<size_t>(std::nearbyint(std::fabs(sum)));

  std::vector<size_t> movable;
  for (size_t i = 0; i < codes.size(); ++i)
    if (errors[i] * step < 0 && codes[i] + step >= storageMin && codes[i] + step <= storageMax)
      movable.push_back(i);
  count = std::min(count, movable.size());
  auto isFurther = [&](size_t a, size_t b) {
    double atA = std::fabs(errors[a]), atB = std::fabs(errors[b]);
    return atA > atB || (atA == atB && a < b);
  };
  std::partial_sort(movable.begin(), movable.begin() + count, movable.end(), isFurther);
  for (size_t i : ArrayRef<size_t>(movable).take_front(count))
    codes[i] = static_cast<int8_t>(codes[i] + step);
}

void balanceRounding(QuantizedWeights &quantized, ArrayRef<float> w, int64_t rows) {
  if (rows <= 0)
    return;
  size_t size = w.size() / rows;
  for (int64_t row = 0; row < rows; ++row)
    balanceRow(MutableArrayRef<int8_t>(quantized.values).slice(row * size, size),
               w.slice(row * size, size), quantized.scales[quantized.scales.size() == 1 ? 0 : row],
               quantized.storageMin, quantized.storageMax);
}

Expected<QuantizedWeights> quantizeWeightsInBlocks(ArrayRef<float> w, ArrayRef<int64_t> shape,
                                                   int64_t block, int bits) {
  if (shape.size() < 2)
    return createStringError("weights of %zu dimensions have no input channels", shape.size());
  if (block <= 0 || shape.back() % block != 0)
    return createStringError("blocks of %" PRId64 " do not divide %" PRId64 " input channels",
                             block, shape.back());
  Expected<ChannelView> view = viewByChannel(w.size(), shape, 0);
  if (!view)
    return view.takeError();
  // The weights of a block lie next to each other in `blocked`.
  int64_t channels = shape.back(), taps = channels ? view->inner / channels : 0,
          perOutput = channels / block;
  auto position = [&](int64_t at) {
    int64_t inner = at % block, tap = at / block % taps, row = at / block / taps;
    return (row / perOutput * taps + tap) * channels + row % perOutput * block + inner;
  };
  std::vector<float> blocked(w.size());
  for (size_t i = 0; i < w.size(); ++i)
    blocked[i] = w[position(i)];
  int64_t blocks = view->channels * perOutput;
  Expected<QuantizedWeights> result =
      quantizeWeights(blocked, {blocks, taps * block}, /*axis=*/0, bits);
  if (!result)
    return result;
  for (int64_t channel = 0; channel < view->channels; ++channel) {
    MutableArrayRef<float> scales =
        MutableArrayRef(result->scales).slice(channel * perOutput, perOutput);
    float unit = unitOfScales(*std::max_element(scales.begin(), scales.end()));
    for (float &scale : scales)
      scale = roundToMultiple(scale, unit);
  }
  encode(blocked, {1, blocks, taps * block}, *result);
  balanceRounding(*result, blocked, blocks);
  std::vector<int8_t> codes(w.size());
  for (size_t i = 0; i < w.size(); ++i)
    codes[position(i)] = result->values[i];
  result->values = std::move(codes);
  return result;
}

} // namespace nnq
