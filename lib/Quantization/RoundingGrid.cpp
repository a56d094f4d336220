//===- RoundingGrid.cpp - The numbers that weights may take --------------===//

#include "nnq/Quantization/Rounding.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cassert>
#include <cmath>

using namespace llvm;

namespace nnq {

// The machine chooses among these at load time: comparisons have the same results on all.
#if defined(__x86_64__) && defined(__ELF__)
#define NNQ_FOR_EACH_X86                                                                           \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define NNQ_FOR_EACH_X86
#endif

/// Values that are compared at a time: as many floats as vectors of AVX-512 have.
static constexpr size_t lanes = 16;
using Floats [[gnu::vector_size(lanes * sizeof(float)), gnu::aligned(sizeof(float))]] = float;

/// Replaces each value by the number that has as many in front of it as there are midpoints below
/// the value.
NNQ_FOR_EACH_X86 static void replaceVectors(const float *numbers, const float *midpoints,
                                            size_t count, float *values, size_t vectors) {
  for (size_t i = 0; i < vectors; ++i) {
    Floats &value = reinterpret_cast<Floats *>(values)[i];
    Floats found = numbers[0] - Floats{};
    for (size_t k = 0; k < count; ++k)
      found = value > midpoints[k] - Floats{} ? numbers[k + 1] - Floats{} : found;
    value = found;
  }
}

static void replace(ArrayRef<float> numbers, ArrayRef<float> midpoints,
                    MutableArrayRef<float> values) {
  size_t vectors = values.size() / lanes;
  replaceVectors(numbers.data(), midpoints.data(), midpoints.size(), values.data(), vectors);
  float rest[lanes] = {};
  values = values.drop_front(vectors * lanes);
  llvm::copy(values, rest);
  replaceVectors(numbers.data(), midpoints.data(), midpoints.size(), rest, 1);
  std::copy_n(rest, values.size(), values.begin());
}

RoundingGrid::RoundingGrid(std::vector<float> numbers, int firstCode, bool isUniform)
    : levels(std::move(numbers)), firstCode(firstCode), isUniform(isUniform) {
  for (size_t i = 1; i < levels.size() && !isUniform; ++i)
    midpoints.push_back(levels[i - 1] / 2 + levels[i] / 2);
}

Expected<RoundingGrid> RoundingGrid::uniform(int bits) {
  if (bits < 2 || bits > 8)
    return createStringError("weights of %d bits; 2 to 8 are supported", bits);
  int last = (1 << (bits - 1)) - 1, first = bits == 8 ? -last : -last - 1;
  std::vector<float> levels;
  for (int level = first; level <= last; ++level)
    levels.push_back(static_cast<float>(level));
  return RoundingGrid(std::move(levels), first, /*isUniform=*/true);
}

RoundingGrid RoundingGrid::ternary() { return {{-1, 0, 1}, -1, /*isUniform=*/true}; }

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

float RoundingGrid::greatest() const {
  return isUniform ? levels.back() : std::max(-levels.front(), levels.back());
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
  replace(levels, midpoints, values);
}

void RoundingGrid::nearestCodes(ArrayRef<float> values, MutableArrayRef<int8_t> codes) const {
  assert(!isUniform && values.size() == codes.size());
  std::vector<float> positions, found = values;
  for (size_t i = 0; i < levels.size(); ++i)
    positions.push_back(static_cast<float>(i));
  replace(positions, midpoints, found);
  llvm::transform(found, codes.begin(), [](float code) { return static_cast<int8_t>(code); });
}

} // namespace nnq
