//===- Requantize.h - From i32 accumulators to codes ------------*- C++ -*-===//
//
// The epilogue of every integer matrix operation under the profile `onnx`; kernels must give the
// same bits.
//
//===----------------------------------------------------------------------===//

#ifndef NNQ_QUANTIZATION_REQUANTIZE_H
#define NNQ_QUANTIZATION_REQUANTIZE_H

#include "nnq/Quantization/QuantParams.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"
#include <cstdint>

namespace nnq {

/// (sx * sw) / sy, each step rounded to f32: the real value of one accumulator unit (input scale
/// times weight scale) in output codes. The order of the operations is ONNX Runtime's and part of
/// the contract.
float requantizeMultiplier(float sx, float sw, float sy);

/// The output code of an accumulator:
///
///     v    = f32(acc) * multiplier                         each step rounded to f32
///     code = rint(clamp(v, qmin - zp, qmax - zp)) + zp     rint rounds half to even
///
/// Rounding first and saturating the sum, as ONNX says it, gives the same code: both bounds are
/// integers that f32 holds exactly (up to 2^24), and rint is monotone and keeps integers, so
/// rint(clamp(v)) = clamp(rint(v)). Clamping first keeps the conversion to integer in range
/// whatever v is. `multiplier` must not be NaN; an infinite v saturates. Requires qmin <= zp <=
/// qmax and qmax - qmin <= 2^24.
int32_t requantize(int32_t acc, float multiplier, int32_t zp, int32_t qmin, int32_t qmax);

/// The factors of a sum of two bytes, as ONNX Runtime's QLinearAdd computes it on x86:
///
///     code = clamp(rint(fma(a, lhs, fma(b, rhs, offset))), qmin, qmax)
///
///     lhs = sa / sy,   rhs = sb / sy,   offset = zy - fma(lhs, za, rhs * zb)     rounded to f32
struct SumFactors {
  float lhs, rhs, offset;
};
SumFactors sumFactors(const QuantParams &a, const QuantParams &b, const QuantParams &y);

/// A bias in accumulator units: bias / biasScale, rounded half to even, where biasScale is input
/// scale times weight scale. Errors, with the values: a bias that is NaN, infinite or outside i32
/// after scaling; a scale that is not positive and finite. `minimumWeightScale` says which weight
/// scale avoids the overflow.
/// `round` in place of that rounding is monotone and keeps whole numbers.
llvm::Expected<int32_t> quantizeBias(double bias, double biasScale);
llvm::Expected<int32_t> quantizeBias(double bias, double biasScale,
                                     llvm::function_ref<double(double)> round);

/// The smallest weight scale, in f32, with which |bias| takes at most 2^30 accumulator units, so
/// that half of i32 is left for the products; `minimumScale` for a bias of 0. A channel that
/// training has switched off (weights near zero, bias not) has a scale too small for its bias; pass
/// this to `quantizeWeights`. `bias` must be finite and `inputScale` positive.
float minimumWeightScale(double bias, float inputScale);

} // namespace nnq

#endif // NNQ_QUANTIZATION_REQUANTIZE_H
