//===- Requantize.cpp - From i32 accumulators to codes -------------------===//

#include "nnq/Quantization/Requantize.h"
#include <algorithm>
#include <cmath>
#include <limits>

using namespace llvm;

namespace nnq {

float requantizeMultiplier(float sx, float sw, float sy) {
  float product = sx * sw;
  return product / sy;
}

int32_t requantize(int32_t acc, float multiplier, int32_t zp, int32_t qmin, int32_t qmax) {
  float value = static_cast<float>(acc) * multiplier;
  float clamped = std::clamp(value, static_cast<float>(qmin - zp), static_cast<float>(qmax - zp));
  return static_cast<int32_t>(std::nearbyint(clamped)) + zp;
}

SumFactors sumFactors(const QuantParams &a, const QuantParams &b, const QuantParams &y) {
  float lhs = a.scale / y.scale, rhs = b.scale / y.scale;
  float rest = rhs * static_cast<float>(b.zeroPoint);
  float zeros = std::fma(lhs, static_cast<float>(a.zeroPoint), rest);
  return {lhs, rhs, static_cast<float>(y.zeroPoint) - zeros};
}

Expected<int32_t> quantizeBias(double bias, double biasScale) {
  return quantizeBias(bias, biasScale, [](double units) { return std::nearbyint(units); });
}

Expected<int32_t> quantizeBias(double bias, double biasScale, function_ref<double(double)> round) {
  if (!std::isfinite(bias))
    return createStringError("bias %.9g is not a finite number", bias);
  if (!std::isfinite(biasScale) || biasScale <= 0)
    return createStringError("bias scale %.9g is not a positive, finite number", biasScale);
  double units = round(bias / biasScale);
  // Written so that an infinite quotient fails too.
  if (!(units >= std::numeric_limits<int32_t>::min() &&
        units <= std::numeric_limits<int32_t>::max()))
    return createStringError("bias %.9g is %.9g units of its scale %.9g, which no i32 holds", bias,
                             units, biasScale);
  return static_cast<int32_t>(units);
}

float minimumWeightScale(double bias, float inputScale) {
  double needed = std::fabs(bias) / (static_cast<double>(inputScale) * 0x1p30);
  auto scale = static_cast<float>(needed);
  if (scale < needed)
    scale = std::nextafter(scale, std::numeric_limits<float>::infinity());
  return std::max(scale, minimumScale);
}

} // namespace nnq
