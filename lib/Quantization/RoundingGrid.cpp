//===- RoundingGrid.cpp - The numbers that weights may take --------------===//

#include "nnq/Quantization/Rounding.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cmath>

using namespace llvm;

namespace nnq {

Expected<RoundingGrid> RoundingGrid::uniform(int bits) {
  if (bits < 2 || bits > 8)
    return createStringError("weights of %d bits; 2 to 8 are supported", bits);
  int last = (1 << (bits - 1)) - 1, first = bits == 8 ? -last : -last - 1;
  std::vector<float> levels;
  for (int level = first; level <= last; ++level)
    levels.push_back(static_cast<float>(level));
  return RoundingGrid(std::move(levels), first, /*isUniform=*/true);
}

Expected<RoundingGrid> RoundingGrid::codebook(std::vector<float> numbers) {
  if (numbers.size() < 2 || numbers.size() > 128)
    return createStringError("a codebook of %zu numbers; 2 to 128 are supported", numbers.size());
  for (size_t i = 0; i < numbers.size(); ++i)
    if (!std::isfinite(numbers[i]) || (i > 0 && !(numbers[i] > numbers[i - 1])))
      return createStringError("number %zu of the codebook is %.9g, not finite and above the last",
                               i, double(numbers[i]));
  if (numbers.back() <= 0)
    return createStringError("the codebook ends with %.9g, not above 0", double(numbers.back()));
  return RoundingGrid(std::move(numbers), 0, /*isUniform=*/false);
}

int8_t RoundingGrid::code(float level) const {
  return static_cast<int8_t>(llvm::lower_bound(levels, level) - levels.begin() + firstCode);
}

void RoundingGrid::round(MutableArrayRef<float> values) const {
  if (isUniform) {
    // Adding this leaves no bits for fractions: rint that the compiler can vectorize anywhere.
    constexpr float noFraction = 0x1.8p23f;
    float least = levels.front(), greatest = levels.back();
    for (float &value : values)
      value = std::min(std::max(value, least), greatest) + noFraction - noFraction;
    return;
  }
  for (float &value : values) {
    auto above = std::lower_bound(levels.begin() + 1, levels.end() - 1, value);
    value = *above - value < value - above[-1] ? *above : above[-1];
  }
}

} // namespace nnq
