//===- BlockScales.cpp - Scales of blocks as multiples of a unit ----------===//

#include "nnq/Quantization/BlockScales.h"
#include "nnq/Quantization/QuantParams.h"
#include "llvm/ADT/bit.h"
#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

using namespace llvm;

namespace nnq {

float roundToUnit(float value) {
  auto code = bit_cast<uint32_t>(std::max(value, minimumScale));
  code += 0x7f + ((code >> 8) & 1); // half to even
  return bit_cast<float>(code & ~0xffu);
}

float roundToMultiple(float scale, float unit) {
  float multiple = std::nearbyint(scale / unit);
  return std::clamp(multiple, 1.0f, float(greatestMultiple)) * unit;
}

namespace {
/// A positive number, odd * 2^exponent.
struct Dyadic {
  uint32_t odd;
  int exponent;

  explicit Dyadic(float value) {
    float significand = std::frexp(value, &exponent);
    odd = static_cast<uint32_t>(std::ldexp(significand, 24));
    int zeros = countr_zero(odd);
    odd >>= zeros;
    exponent += zeros - 24;
  }
};
} // namespace

/// The greatest number of which all scales are integral multiples.
static float greatestCommonUnit(ArrayRef<float> scales) {
  Dyadic unit(scales.front());
  for (float scale : scales.drop_front()) {
    Dyadic other(scale);
    unit.odd = std::gcd(unit.odd, other.odd);
    unit.exponent = std::min(unit.exponent, other.exponent);
  }
  return std::ldexp(static_cast<float>(unit.odd), unit.exponent);
}

std::optional<BlockScales> BlockScales::factorize(ArrayRef<float> scales, int64_t channels) {
  assert(channels > 0 && scales.size() % channels == 0);
  size_t blocks = scales.size() / channels;
  BlockScales result;
  result.multiples.reserve(scales.size());
  for (; !scales.empty(); scales = scales.drop_front(blocks)) {
    ArrayRef<float> channel = scales.take_front(blocks);
    float unit = greatestCommonUnit(channel);
    if (*std::max_element(channel.begin(), channel.end()) / unit > greatestMultiple)
      return std::nullopt;
    result.units.push_back(unit);
    for (float scale : channel)
      result.multiples.push_back(static_cast<uint8_t>(scale / unit));
  }
  return result;
}

} // namespace nnq
