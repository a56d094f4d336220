//===- WeightQuantizer.h - Symmetric weight quantization --------*- C++ -*-===//
//
// Round-to-nearest quantization of weights, per tensor or per axis, and the repair of its bias: the
// default at 8 bits and the start for the algorithms that round better.
//
//===----------------------------------------------------------------------===//

#ifndef NNQ_QUANTIZATION_WEIGHTQUANTIZER_H
#define NNQ_QUANTIZATION_WEIGHTQUANTIZER_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <optional>
#include <vector>

namespace nnq {

struct QuantizedWeights {
  /// One scale for the tensor, or one for each position along the axis.
  llvm::SmallVector<float> scales;
  /// The codes, one byte each whatever the width, in the order of the weights. The zero point is 0.
  std::vector<int8_t> values;
  /// The storage range of the codes.
  int32_t storageMin;
  int32_t storageMax;
};

/// Quantizes row-major weights `w` of the given shape with a scale per position along `axis`, or
/// one scale when there is no axis:
///
///     scale = max|w| / (2^(bits-1) - 1)      code = rint(w / scale), half to even
///
/// The storage range is [-127, 127] at 8 bits, as ONNX Runtime's and TFLite's, and the full two's
/// complement range below (-8 to 7 at 4 bits), where algorithms that choose the rounding need every
/// code. A scale is at least `minimumScale`, and at least its entry in `minimumScales` where that
/// is given: one entry per scale (see `minimumWeightScale` in Requantize.h).
///
/// Errors: bits outside [2, 8], a size that is not the product of the shape or a product beyond
/// i64, an axis outside the shape, a wrong number of minimum scales or one that is not positive and
/// finite, a NaN or an infinity with its position.
llvm::Expected<QuantizedWeights> quantizeWeights(llvm::ArrayRef<float> w,
                                                 llvm::ArrayRef<int64_t> shape,
                                                 std::optional<int64_t> axis, int bits = 8,
                                                 llvm::ArrayRef<float> minimumScales = {});

/// Quantizes row-major weights of output channels (first dimension) and input channels (last one)
/// with a scale for each output channel and `block` input channels, over all positions between,
/// the taps of a kernel. Rounding errors cancel within each block, as `balanceRounding` does for a
/// channel. Scales are in the order [output channel][block]; those of a channel are multiples of
/// one unit, by which their bytes shrink (BlockScales.h).
///
/// Errors: those of `quantizeWeights`, a shape of fewer than two dimensions, a block that does not
/// divide the input channels.
llvm::Expected<QuantizedWeights> quantizeWeightsInBlocks(llvm::ArrayRef<float> w,
                                                         llvm::ArrayRef<int64_t> shape,
                                                         int64_t block, int bits);

/// Makes the rounding errors of each output channel cancel: where the errors `code - w / scale` of
/// a row add up to about t steps, the |t| codes that were rounded furthest in that direction move
/// one step back (of equal errors, the first), so that the sum is at most half a step. Inputs
/// behind a ReLU have positive means, and a sum of errors other than 0 shifts the mean of the
/// channel's outputs: on MobileNets, most of the noise. Exact weights, zeros among them, stay as
/// they are. The last step of SQuant (Guo et al. 2022), for all weights of a channel at once.
///
/// `w` are the weights that were quantized, with the output channels, `rows` of them, as the first
/// dimension; scales are per tensor or one for each row.
void balanceRounding(QuantizedWeights &quantized, llvm::ArrayRef<float> w, int64_t rows);

} // namespace nnq

#endif // NNQ_QUANTIZATION_WEIGHTQUANTIZER_H
