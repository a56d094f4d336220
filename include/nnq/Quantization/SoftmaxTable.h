//===- SoftmaxTable.h - Exponentials of the softmax of bytes ----*- C++ -*-===//

#ifndef NNQ_QUANTIZATION_SOFTMAXTABLE_H
#define NNQ_QUANTIZATION_SOFTMAXTABLE_H

#include <array>
#include <cstdint>

namespace nnq {

/// Entry d is the exponential of a code that is d below the largest of its row.
using SoftmaxTable = std::array<float, 256>;

/// The table of ONNX Runtime's QLinearSoftmax, for codes of scale `scale` in rows of `length`:
///
///     entry d = f32(exp((shift - d) * scale))                       in f64
///     shift   = max(0, f32(ln(f32max / length)) - 5) / scale
///
/// so that the sum of a row is below the largest f32 by a factor of e^5, and the smallest entries
/// are as far from zero as can be. The quotient in the logarithm is one of f32.
SoftmaxTable softmaxTable(float scale, int64_t length);

} // namespace nnq

#endif // NNQ_QUANTIZATION_SOFTMAXTABLE_H
