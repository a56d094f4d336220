//===- Observer.cpp - Statistics of one tensor over samples --------------===//

#include "nnq/Quantization/Observer.h"
#include "llvm/ADT/bit.h"
#include <algorithm>
#include <cinttypes>
#include <cmath>

using namespace llvm;

namespace nnq {

/// An integer that is ordered as the float with these bits (and -0 just below 0). The map is its
/// own inverse.
static int32_t toOrdered(int32_t bits) { return bits ^ ((bits >> 31) & 0x7fffffff); }

/// The float of an ordered integer, with -0 as 0.
static float fromOrdered(int32_t ordered) { return bit_cast<float>(toOrdered(ordered)) + 0.0f; }

//===----------------------------------------------------------------------===//
// DistinctValues
//===----------------------------------------------------------------------===//

void DistinctValues::dropIfTooMany() {
  if (values.size() <= most)
    return;
  values.clear();
  isFull = true;
}

void DistinctValues::add(ArrayRef<float> more) {
  float last = NAN; // neighbours are often equal
  for (float value : more) {
    if (isFull)
      return;
    if (value == last)
      continue;
    last = value;
    values.insert(value + 0.0f);
    dropIfTooMany();
  }
}

void DistinctValues::merge(const DistinctValues &other) {
  if (other.isFull)
    *this = other;
  if (isFull)
    return;
  values.insert(other.values.begin(), other.values.end());
  dropIfTooMany();
}

//===----------------------------------------------------------------------===//
// TensorStatistics
//===----------------------------------------------------------------------===//

void TensorStatistics::include(SampleRange range) {
  // Before the first sample, [0, 0] stands for no range at all.
  bool first = ranges.empty();
  least = first ? range.min : std::min(least, range.min);
  greatest = first ? range.max : std::max(greatest, range.max);
}

Expected<TensorStatistics> TensorStatistics::create(std::map<uint64_t, SampleRange> samples,
                                                    Histogram histogram, DistinctValues distinct) {
  TensorStatistics result;
  for (auto [index, range] : samples) {
    if (range.min > range.max)
      return createStringError("sample %" PRIu64 " has its minimum %.9g above its maximum %.9g",
                               index, double(range.min), double(range.max));
    result.include(range);
    result.ranges.emplace(index, range);
  }
  std::vector<Histogram::Entry> entries = histogram.entries();
  if (entries.empty() != samples.empty())
    return createStringError("%zu samples do not go with %" PRIu64 " counted values",
                             samples.size(), histogram.total());
  if (!entries.empty()) {
    int32_t first = Histogram::binOf(result.least), last = Histogram::binOf(result.greatest);
    if (entries.front().bin != first || entries.back().bin != last)
      return createStringError("histogram spans bins %d to %d, but the samples' range [%.9g, %.9g] "
                               "needs bins %d to %d",
                               entries.front().bin, entries.back().bin, double(result.least),
                               double(result.greatest), first, last);
  }
  if (const std::set<float> *values = distinct.get();
      values &&
      (values->empty() ? !entries.empty()
                       : *values->begin() != result.least || *values->rbegin() != result.greatest))
    return createStringError("%zu distinct values do not begin and end with the samples' range "
                             "[%.9g, %.9g]",
                             values->size(), double(result.least), double(result.greatest));
  result.values = std::move(histogram);
  result.few = std::move(distinct);
  return result;
}

Error TensorStatistics::observe(ArrayRef<float> data, uint64_t sampleIndex) {
  if (data.empty())
    return Error::success();
  // On integers, so that the compiler may vectorize: float minima and maxima it may not reorder.
  int32_t lo = INT32_MAX, hi = INT32_MIN, magnitude = 0;
  for (float value : data) {
    auto bits = bit_cast<int32_t>(value);
    int32_t ordered = toOrdered(bits);
    lo = std::min(lo, ordered);
    hi = std::max(hi, ordered);
    magnitude = std::max(magnitude, bits & 0x7fffffff);
  }
  if (magnitude >= 0x7f800000) {
    const float *bad = llvm::find_if(data, [](float value) { return !std::isfinite(value); });
    return createStringError("value %zu of sample %" PRIu64 " is %.9g, not a finite number",
                             size_t(bad - data.begin()), sampleIndex, double(*bad));
  }
  SampleRange range{fromOrdered(lo), fromOrdered(hi)};
  include(range);
  auto [it, inserted] = ranges.try_emplace(sampleIndex, range);
  if (!inserted) {
    it->second.min = std::min(it->second.min, range.min);
    it->second.max = std::max(it->second.max, range.max);
  }
  values.add(data);
  few.add(data);
  return Error::success();
}

Error TensorStatistics::merge(const TensorStatistics &other) {
  if (count() + other.count() < count())
    return createStringError("%" PRIu64 " and %" PRIu64 " values are more than can be counted",
                             count(), other.count());
  for (const auto &sample : other.ranges)
    if (ranges.count(sample.first))
      return createStringError("sample %" PRIu64 " is in both sets of statistics; give each shard "
                               "its own sample indices",
                               sample.first);
  if (other.empty())
    return Error::success();
  include({other.least, other.greatest});
  ranges.insert(other.ranges.begin(), other.ranges.end());
  values.merge(other.values);
  few.merge(other.few);
  return Error::success();
}

} // namespace nnq
