//===- Histogram.h - Mergeable histogram of f32 values ----------*- C++ -*-===//
//
// A histogram whose bins do not depend on the data. Apart from the observer because a calibration
// run sharded over machines must join to the same bits in any order: counts in fixed bins add,
// rescaled bins do not.
//
//===----------------------------------------------------------------------===//

#ifndef NNQ_QUANTIZATION_HISTOGRAM_H
#define NNQ_QUANTIZATION_HISTOGRAM_H

#include "llvm/ADT/ArrayRef.h"
#include <array>
#include <cstdint>
#include <vector>

namespace nnq {

/// Counts of f32 values by sign, exponent and the top 7 bits of the mantissa, 128 bins per octave.
///
/// With m the upper 16 bits of |x|, a value counts in bin m when positive and in bin -m when
/// negative, so bins ascend with their values. Magnitudes below 2^-40, both zeros among them, share
/// bin 0.
///
///     bin          0                  11136                 16256            32639
///     reals   |x| < 2^-40   [2^-40, 2^-40 (1 + 1/128))   [1, 1 + 1/128)   [.., 2^128)
///
/// A bin is at most 1/128 of its values wide, finer than an 8-bit grid wherever clipping is
/// decided. There are 43,009 bins, allocated an octave at a time: at most 338 KiB, for typical
/// tensors 30 to 80 KiB.
class Histogram {
public:
  struct Entry {
    int32_t bin;
    uint64_t count;

    friend bool operator==(const Entry &a, const Entry &b) {
      return a.bin == b.bin && a.count == b.count;
    }
  };

  /// The bin of 2^-40, the first positive one.
  static constexpr int32_t firstBin = (127 - 40) << 7;
  /// The bin of the largest f32.
  static constexpr int32_t lastBin = 0x7f7f;

  Histogram();

  /// The bin of a finite value.
  static int32_t binOf(float x);
  /// Whether some finite value has this bin.
  static bool isBin(int64_t bin);
  /// The infimum and the supremum of the reals in `bin`, exact in double. Both edges of bin 0 are
  /// 0: the values in it are taken as zero.
  static double lowerEdge(int32_t bin);
  static double upperEdge(int32_t bin);

  /// Counts each value. All must be finite: the caller checks, because the caller can say which one
  /// is not.
  void add(llvm::ArrayRef<float> values);

  /// Adds `count` to a bin; `isBin(bin)` must hold.
  void addCount(int32_t bin, uint64_t count);

  /// Adds the counts of `other`. Commutative and associative, bit for bit.
  void merge(const Histogram &other);

  /// The number of values counted.
  uint64_t total() const { return valueCount; }

  /// The bins with a count, ascending.
  std::vector<Entry> entries() const;

  friend bool operator==(const Histogram &a, const Histogram &b) {
    return a.entries() == b.entries();
  }

private:
  /// The counts of an octave, or, in page 0, of every magnitude below 2^-40.
  using Page = std::array<uint64_t, 128>;

  /// The count of the bin that the upper 16 bits of an f32 name.
  uint64_t &slot(uint32_t upperBits);
  /// `add` for values that are worth a table of counts beside the pages; fewer than 2^32.
  void addMany(llvm::ArrayRef<float> values);

  std::vector<Page> pages;
  /// Position in `pages` for each sign and exponent; `noPage` until the octave is first used.
  std::array<uint16_t, 512> pageOf;
  uint64_t valueCount = 0;
};

} // namespace nnq

#endif // NNQ_QUANTIZATION_HISTOGRAM_H
