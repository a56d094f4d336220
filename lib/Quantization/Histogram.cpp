//===- Histogram.cpp - Mergeable histogram of f32 values -----------------===//

#include "nnq/Quantization/Histogram.h"
#include "llvm/ADT/bit.h"
#include <cassert>
#include <cmath>
#include <limits>

using namespace llvm;

namespace nnq {

static constexpr uint16_t noPage = std::numeric_limits<uint16_t>::max();
/// The exponent field of 2^-40: smaller ones share page 0.
static constexpr uint32_t firstExponent = 127 - 40;
static_assert(Histogram::firstBin == firstExponent << 7, "bins and exponents agree");

/// The upper 16 bits of the f32 values in a bin (of zero, for bin 0).
static uint32_t upperBitsOf(int32_t bin) { return bin < 0 ? 0x8000u | -bin : bin; }

/// The least magnitude of bin `magnitude`, which may be one past the last bin.
static double edgeOf(int32_t magnitude) {
  int exponent = (magnitude >> 7) - 127;
  return std::ldexp(1.0 + (magnitude & 127) / 128.0, exponent);
}

Histogram::Histogram() : pages(1, Page{}) {
  for (uint32_t i = 0; i < pageOf.size(); ++i)
    pageOf[i] = (i & 255) < firstExponent ? 0 : noPage;
}

int32_t Histogram::binOf(float x) {
  uint32_t bits = bit_cast<uint32_t>(x);
  auto magnitude = static_cast<int32_t>((bits >> 16) & 0x7fff);
  if (magnitude < firstBin)
    return 0;
  return bits >> 31 ? -magnitude : magnitude;
}

bool Histogram::isBin(int64_t bin) {
  int64_t magnitude = bin < 0 ? -bin : bin;
  return bin == 0 || (magnitude >= firstBin && magnitude <= lastBin);
}

double Histogram::lowerEdge(int32_t bin) {
  if (bin == 0)
    return 0;
  return bin > 0 ? edgeOf(bin) : -edgeOf(-bin + 1);
}

double Histogram::upperEdge(int32_t bin) {
  if (bin == 0)
    return 0;
  return bin > 0 ? edgeOf(bin + 1) : -edgeOf(-bin);
}

uint64_t &Histogram::slot(uint32_t upperBits) {
  uint16_t &page = pageOf[upperBits >> 7];
  if (page == noPage) {
    page = static_cast<uint16_t>(pages.size());
    pages.push_back(Page{});
  }
  return pages[page][upperBits & 127];
}

/// Counts in four tables in turn, each indexed by the upper half of the values: increments of one
/// counter, as by the zeros behind a ReLU, would wait for each other.
void Histogram::addMany(ArrayRef<float> values) {
  constexpr size_t tables = 4, halves = 1 << 16;
  std::vector<uint32_t> counts(halves * tables);
  for (size_t i = 0; i < values.size(); ++i)
    ++counts[(bit_cast<uint32_t>(values[i]) >> 16) * tables + i % tables];
  for (uint32_t upperBits = 0; upperBits < halves; ++upperBits) {
    uint64_t count = 0;
    for (uint32_t part : ArrayRef(counts).slice(upperBits * tables, tables))
      count += part;
    if (count)
      slot(upperBits) += count;
  }
  valueCount += values.size();
}

void Histogram::add(ArrayRef<float> values) {
  constexpr size_t many = 1 << 17, most = 1 << 30; // worth the tables; what their counters hold
  for (; values.size() >= many; values = values.drop_front(std::min(values.size(), most)))
    addMany(values.take_front(std::min(values.size(), most)));
  // The pages are reached through locals, since the counts may alias whatever `this` points at.
  Page *page = pages.data();
  const uint16_t *index = pageOf.data();
  for (float value : values) {
    uint32_t upperBits = bit_cast<uint32_t>(value) >> 16;
    uint16_t which = index[upperBits >> 7];
    if (LLVM_LIKELY(which != noPage)) {
      ++page[which][upperBits & 127];
      continue;
    }
    ++slot(upperBits);
    page = pages.data();
  }
  valueCount += values.size();
}

void Histogram::addCount(int32_t bin, uint64_t count) {
  assert(isBin(bin) && "no finite value has this bin");
  slot(upperBitsOf(bin)) += count;
  valueCount += count;
}

void Histogram::merge(const Histogram &other) {
  for (const Entry &entry : other.entries())
    addCount(entry.bin, entry.count);
}

std::vector<Histogram::Entry> Histogram::entries() const {
  std::vector<Entry> result;
  auto append = [&](int32_t bin) {
    uint32_t upperBits = upperBitsOf(bin);
    uint16_t page = pageOf[upperBits >> 7];
    if (page == noPage)
      return;
    if (uint64_t count = pages[page][upperBits & 127])
      result.push_back({bin, count});
  };
  for (int32_t magnitude = lastBin; magnitude >= firstBin; --magnitude)
    append(-magnitude);
  uint64_t zeros = 0;
  for (uint64_t count : pages.front())
    zeros += count;
  if (zeros)
    result.push_back({0, zeros});
  for (int32_t magnitude = firstBin; magnitude <= lastBin; ++magnitude)
    append(magnitude);
  return result;
}

} // namespace nnq
