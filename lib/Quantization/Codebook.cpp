//===- Codebook.cpp - Levels of a codebook -------------------------------===//

#include "nnq/Quantization/Codebook.h"
#include <algorithm>
#include <cassert>
#include <cmath>

using namespace llvm;

namespace nnq {

Error checkLevels(ArrayRef<int8_t> levels) {
  auto count = static_cast<int64_t>(levels.size());
  if (count < fewestLevels || count > mostLevels)
    return createStringError("a codebook of %zu levels; 2 to 16 are supported", levels.size());
  for (size_t i = 0; i < levels.size(); ++i) {
    if (levels[i] < -greatestLevel)
      return createStringError("level %zu of the codebook is %d, below -127", i, int(levels[i]));
    if (i > 0 && levels[i] <= levels[i - 1])
      return createStringError("level %zu of the codebook is %d, not above the last, %d", i,
                               int(levels[i]), int(levels[i - 1]));
  }
  if (levels.back() <= 0)
    return createStringError("the levels of the codebook end with %d, not above 0",
                             int(levels.back()));
  return Error::success();
}

std::vector<int8_t> nf4Levels() {
  return toLevels({-1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453,
                   -0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0.0,
                   0.07958029955625534, 0.16093020141124725, 0.24611230194568634,
                   0.33791524171829224, 0.44070982933044434, 0.5626170039176941, 0.7229568362236023,
                   1.0});
}

Expected<std::vector<int8_t>> initialLevels(int entries) {
  switch (entries) {
  case 2:
    return std::vector<int8_t>{-1, 1};
  case 4:
    return toLevels({-1.5104, -0.4528, 0.4528, 1.5104});
  case 16:
    return nf4Levels();
  default:
    return createStringError("no levels to start a codebook of %d from; 2, 4 and 16 are supported",
                             entries);
  }
}

std::vector<int8_t> toLevels(ArrayRef<double> numbers) {
  assert(numbers.size() >= fewestLevels && numbers.size() <= mostLevels && numbers.back() > 0);
  double factor = greatestLevel / std::max(-numbers.front(), numbers.back());
  std::vector<int64_t> levels;
  for (double number : numbers)
    levels.push_back(std::llrint(number * factor));
  // Upwards first, then back down from where that went beyond the greatest.
  for (size_t i = 1; i < levels.size(); ++i)
    levels[i] = std::max(levels[i], levels[i - 1] + 1);
  levels.back() = std::clamp<int64_t>(levels.back(), 1, greatestLevel);
  for (size_t i = levels.size() - 1; i-- > 0;)
    levels[i] = std::min(levels[i], levels[i + 1] - 1);
  return {levels.begin(), levels.end()};
}

} // namespace nnq
