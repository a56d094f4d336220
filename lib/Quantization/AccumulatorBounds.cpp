//===- AccumulatorBounds.cpp - Worst case of an accumulator --------------===//

#include "nnq/Quantization/AccumulatorBounds.h"
#include <algorithm>
#include <limits>

namespace nnq {

AccumulatorRange accumulatorRange(llvm::ArrayRef<int32_t> weights, int32_t storageMin,
                                  int32_t storageMax, int32_t zeroPoint, int32_t bias) {
  int64_t lowest = static_cast<int64_t>(storageMin) - zeroPoint;
  int64_t highest = static_cast<int64_t>(storageMax) - zeroPoint;
  AccumulatorRange range{bias, bias};
  for (int32_t weight : weights) {
    auto [less, more] = std::minmax({weight * lowest, weight * highest});
    range.min += less;
    range.max += more;
  }
  return range;
}

bool fitsInt32(AccumulatorRange range) {
  return range.min >= std::numeric_limits<int32_t>::min() &&
         range.max <= std::numeric_limits<int32_t>::max();
}

} // namespace nnq
