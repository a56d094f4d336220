//===- QuantParams.cpp - Scale, zero point and storage range -------------===//

#include "nnq/Quantization/QuantParams.h"
#include <algorithm>
#include <cmath>

using namespace llvm;

namespace nnq {

/// The f32 nearest to `scale`, at least `minimumScale`.
static Expected<float> toScale(double scale) {
  float rounded = static_cast<float>(scale);
  if (!std::isfinite(rounded))
    return createStringError("scale %.9g is beyond the range of f32", scale);
  return std::max(rounded, minimumScale);
}

Expected<QuantParams> chooseAffine(double lo, double hi, int32_t qmin, int32_t qmax) {
  if (!std::isfinite(lo) || !std::isfinite(hi))
    return createStringError("range [%.9g, %.9g] is not finite", lo, hi);
  if (lo > hi)
    return createStringError("range [%.9g, %.9g] is empty", lo, hi);
  if (qmin >= qmax)
    return createStringError("storage range [%d, %d] has fewer than two codes", qmin, qmax);
  lo = std::min(lo, 0.0);
  hi = std::max(hi, 0.0);
  double steps = static_cast<double>(qmax) - qmin;
  Expected<float> scale = toScale((hi - lo) / steps);
  if (!scale)
    return scale.takeError();
  double zeroPoint = std::nearbyint(qmin - lo / *scale);
  zeroPoint = std::clamp<double>(zeroPoint, qmin, qmax);
  return QuantParams{*scale, static_cast<int32_t>(zeroPoint), qmin, qmax};
}

Expected<QuantParams> chooseSymmetric(double absMax, int32_t qmin, int32_t qmax) {
  if (!std::isfinite(absMax) || absMax < 0)
    return createStringError("largest magnitude %.9g is not a finite, non-negative number", absMax);
  if (qmin > 0 || qmax <= 0)
    return createStringError("storage range [%d, %d] must hold zero and a positive code", qmin,
                             qmax);
  double steps = qmin < 0 ? std::min(-static_cast<double>(qmin), static_cast<double>(qmax)) : qmax;
  Expected<float> scale = toScale(absMax / steps);
  if (!scale)
    return scale.takeError();
  return QuantParams{*scale, 0, qmin, qmax};
}

int32_t quantizeValue(float x, const QuantParams &params) {
  return quantizeValue(x, params, [](double quotient) { return std::nearbyint(quotient); });
}

int32_t quantizeValue(float x, const QuantParams &params, function_ref<double(double)> round) {
  if (std::isnan(x))
    return params.storageMin;
  // In double the sum is exact wherever it is not far outside the storage range.
  float quotient = x / params.scale;
  double code = round(quotient) + params.zeroPoint;
  return static_cast<int32_t>(std::clamp<double>(code, params.storageMin, params.storageMax));
}

Expected<int32_t> quantizeFinite(float x, const QuantParams &params) {
  if (!std::isfinite(x))
    return createStringError("cannot quantize %.9g: not a finite number", static_cast<double>(x));
  return quantizeValue(x, params);
}

float dequantizeValue(int32_t code, const QuantParams &params) {
  int64_t steps = static_cast<int64_t>(code) - params.zeroPoint;
  return static_cast<float>(steps) * params.scale;
}

} // namespace nnq
