//===- AccumulatorBounds.h - Worst case of an accumulator -------*- C++ -*-===//
//
// The proof, at compile time, that an i32 accumulator cannot overflow, so that no kernel checks at
// run time.
//
//===----------------------------------------------------------------------===//

#ifndef NNQ_QUANTIZATION_ACCUMULATORBOUNDS_H
#define NNQ_QUANTIZATION_ACCUMULATORBOUNDS_H

#include "llvm/ADT/ArrayRef.h"
#include <cstdint>

namespace nnq {

/// The least and the greatest value that an accumulator takes, both attained.
struct AccumulatorRange {
  int64_t min;
  int64_t max;
};

/// The exact range of bias + sum over i of w_i * (x_i - zeroPoint), for the weights of one output
/// channel, each less its own zero point, and any codes x_i in [storageMin, storageMax]: each
/// weight meets its own worst activation.
///
/// With storageMin <= zeroPoint <= storageMax, a skipped tap (padding) adds 0, which a code gives
/// too, so the range also holds where taps are missing. A sum that fits i32 is computed exactly by
/// any order of wrapping i32 additions, zero-point compensation (sum of w_i x_i plus a constant)
/// among them, even if a partial sum wraps; saturating additions are another matter. Exact in i64
/// for up to 2^29 weights with codes of 16 bits.
AccumulatorRange accumulatorRange(llvm::ArrayRef<int32_t> weights, int32_t storageMin,
                                  int32_t storageMax, int32_t zeroPoint, int32_t bias);

/// Whether every value of the range is an i32.
bool fitsInt32(AccumulatorRange range);

} // namespace nnq

#endif // NNQ_QUANTIZATION_ACCUMULATORBOUNDS_H
