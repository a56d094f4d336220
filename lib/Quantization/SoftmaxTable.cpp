//===- SoftmaxTable.cpp - Exponentials of the softmax of bytes -----------===//

#include "nnq/Quantization/SoftmaxTable.h"
#include <algorithm>
#include <cmath>
#include <limits>

namespace nnq {

SoftmaxTable softmaxTable(float scale, int64_t length) {
  float largest = std::numeric_limits<float>::max() / static_cast<float>(length);
  // The logarithm of an f32 is one there.
  auto logarithm = static_cast<float>(std::log(static_cast<double>(largest)));
  double shift = std::max(0.0, static_cast<double>(logarithm) - 5) / scale;
  SoftmaxTable table;
  for (int d = 0; d < 256; ++d)
    table[d] = static_cast<float>(std::exp((shift - d) * scale));
  return table;
}

} // namespace nnq
