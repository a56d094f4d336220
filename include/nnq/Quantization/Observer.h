//===- Observer.h - Statistics of one tensor over samples -------*- C++ -*-===//
//
// What a calibration run remembers of a tensor. Apart from the range estimators because one run
// serves them all: the method may be chosen, and chosen again, after the data is gone.
//
//===----------------------------------------------------------------------===//

#ifndef NNQ_QUANTIZATION_OBSERVER_H
#define NNQ_QUANTIZATION_OBSERVER_H

#include "nnq/Quantization/Histogram.h"
#include "llvm/Support/Error.h"
#include <map>
#include <set>

namespace nnq {

/// The least and the greatest value of a tensor in one sample.
struct SampleRange {
  float min;
  float max;

  friend bool operator==(const SampleRange &a, const SampleRange &b) {
    return a.min == b.min && a.max == b.max;
  }
};

/// The values that a tensor has, as long as they are few: data that once was codes of 8 bits, as
/// images are, shows in them. A set without more than `most` values; or, of more, nothing.
class DistinctValues {
public:
  static constexpr size_t most = 256;

  /// Of more values than are kept.
  static DistinctValues tooMany() {
    DistinctValues result;
    result.isFull = true;
    return result;
  }

  void add(llvm::ArrayRef<float> more);
  void merge(const DistinctValues &other);

  /// Ascending, or null if they are too many.
  const std::set<float> *get() const { return isFull ? nullptr : &values; }

  friend bool operator==(const DistinctValues &a, const DistinctValues &b) {
    return a.isFull == b.isFull && a.values == b.values;
  }

private:
  void dropIfTooMany();

  std::set<float> values;
  bool isFull = false;
};

/// Count, extremes and histogram of a tensor's values, the values themselves if they are few, and
/// the extremes of each sample under its index in the data set. Merging is commutative and
/// associative bit for bit, so shards may be observed on any machine and joined in any order.
/// Negative zero is taken as zero.
class TensorStatistics {
public:
  TensorStatistics() = default;

  /// Statistics read back from a file. Error, without a name in front: no sample although values
  /// were counted, a sample with min > max, or a histogram whose first and last bins are not those
  /// of the least and the greatest value, or distinct values that do not begin and end with these.
  static llvm::Expected<TensorStatistics> create(std::map<uint64_t, SampleRange> samples,
                                                 Histogram histogram, DistinctValues distinct);

  /// Records the values of the tensor in sample `sampleIndex`; several calls with one index (a
  /// tensor that comes in pieces, a loop) join. A call without values records nothing. Error: a NaN
  /// or an infinity, with its position in `values`; the statistics are then as before the call.
  llvm::Error observe(llvm::ArrayRef<float> values, uint64_t sampleIndex);

  /// Adds what `other` has seen. Error: a sample index that both hold, since then samples were
  /// counted twice, or a total count beyond 2^64; the statistics are then as before the call.
  llvm::Error merge(const TensorStatistics &other);

  bool empty() const { return count() == 0; }
  uint64_t count() const { return values.total(); }
  /// Extremes over all samples; both 0 when empty.
  float min() const { return least; }
  float max() const { return greatest; }
  const std::map<uint64_t, SampleRange> &samples() const { return ranges; }
  const Histogram &histogram() const { return values; }
  const DistinctValues &distinct() const { return few; }

  friend bool operator==(const TensorStatistics &a, const TensorStatistics &b) {
    return a.ranges == b.ranges && a.values == b.values && a.few == b.few;
  }

private:
  /// Widens the overall extremes to hold `range`.
  void include(SampleRange range);

  std::map<uint64_t, SampleRange> ranges;
  Histogram values;
  DistinctValues few;
  float least = 0.0f;
  float greatest = 0.0f;
};

} // namespace nnq

#endif // NNQ_QUANTIZATION_OBSERVER_H
