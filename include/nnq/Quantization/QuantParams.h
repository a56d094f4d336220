//===- QuantParams.h - Scale, zero point and storage range ------*- C++ -*-===//
//
// The affine map between real numbers and storage codes, and how its parameters follow from a range
// of reals. Apart from everything else because each other part of nnq, the reference evaluator
// included, must round the same way.
//
//===----------------------------------------------------------------------===//

#ifndef NNQ_QUANTIZATION_QUANTPARAMS_H
#define NNQ_QUANTIZATION_QUANTPARAMS_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"
#include <cstdint>

namespace nnq {

/// The smallest scale that nnq chooses, 2^-60 (unit: reals per code). All-zero tensors get it. It
/// is far below any scale that data gives, the product of two of them (a bias scale) is still a
/// normal f32, and the largest requantization multiplier that it causes, about 2^60 times an
/// ordinary one, is still finite.
inline constexpr float minimumScale = 0x1p-60f;

/// The affine map of one tensor, or of one slice of a tensor along its quantized axis:
///
///     real = scale * (code - zeroPoint),   storageMin <= code <= storageMax.
///
/// Invariants, which `chooseAffine` and `chooseSymmetric` establish: `scale` is finite and at least
/// `minimumScale`; storageMin < storageMax; storageMin <= zeroPoint <= storageMax, so that real
/// zero has a code.
struct QuantParams {
  float scale = 1.0f;
  int32_t zeroPoint = 0;
  int32_t storageMin = 0;
  int32_t storageMax = 255;

  friend bool operator==(const QuantParams &a, const QuantParams &b) {
    return a.scale == b.scale && a.zeroPoint == b.zeroPoint && a.storageMin == b.storageMin &&
           a.storageMax == b.storageMax;
  }
  friend bool operator!=(const QuantParams &a, const QuantParams &b) { return !(a == b); }
};

/// Parameters that cover the reals [lo, hi] with the codes [qmin, qmax]. With lo' = min(lo, 0) and
/// hi' = max(hi, 0), so that padding and ReLU have an exact zero:
///
///     scale     = f32((hi' - lo') / (qmax - qmin)), at least `minimumScale`
///     zeroPoint = qmin - lo' / scale, rounded half to even, then clamped to [qmin, qmax].
///
/// As ONNX Runtime's `compute_scale_zp`, which however takes scale 1 for ranges of width zero, and
/// the zero point from the scale before it is rounded to f32. Errors: a bound that is NaN or
/// infinite, lo > hi, qmin >= qmax, a scale beyond the range of f32.
llvm::Expected<QuantParams> chooseAffine(double lo, double hi, int32_t qmin, int32_t qmax);

/// Parameters with zero point 0 that cover the reals [-absMax, absMax], or [0, absMax] for qmin >=
/// 0:
///
///     scale = f32(absMax / min(-qmin, qmax))      (qmax alone when qmin >= 0)
///
/// so that no value of magnitude absMax is clipped: int8 weights pass [-127, 127], int4 weights
/// [-8, 7] (and do not use -8). Errors: absMax NaN, infinite or negative; a storage range that does
/// not hold zero and a positive code; a scale beyond the range of f32.
llvm::Expected<QuantParams> chooseSymmetric(double absMax, int32_t qmin, int32_t qmax);

/// The code of `x`: saturate(rint(x / scale) + zeroPoint). The division is one f32 division, rint
/// rounds half to even, and the sum is exact. This is ONNX QuantizeLinear. Total: infinities
/// saturate, and NaN gives storageMin, as ONNX Runtime's vector kernel does; use `quantizeFinite`
/// where such values are a mistake.
int32_t quantizeValue(float x, const QuantParams &params);

/// The same with another rounding than rint. `round` is monotone and keeps whole numbers.
int32_t quantizeValue(float x, const QuantParams &params, llvm::function_ref<double(double)> round);

/// `quantizeValue`, with an error that gives the value when `x` is NaN or infinite.
llvm::Expected<int32_t> quantizeFinite(float x, const QuantParams &params);

/// The real of `code`: f32(code - zeroPoint) * scale, one f32 multiplication. This is ONNX
/// DequantizeLinear.
float dequantizeValue(int32_t code, const QuantParams &params);

} // namespace nnq

#endif // NNQ_QUANTIZATION_QUANTPARAMS_H
