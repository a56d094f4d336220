//===- ValueGrid.h - Values that are multiples of one number ----*- C++ -*-===//
//
// Data that once was codes of 8 bits lies on a grid. A scale that is the grid's step keeps it
// exactly, where one that follows from the range rounds it a second time.
//
//===----------------------------------------------------------------------===//

#ifndef NNQ_QUANTIZATION_VALUEGRID_H
#define NNQ_QUANTIZATION_VALUEGRID_H

#include <cstdint>
#include <optional>
#include <set>

namespace nnq {

/// Values and 0 among the numbers step * [least, greatest]; least <= 0 <= greatest.
struct ValueGrid {
  double step;
  int64_t least, greatest;
};

/// The grid of the values, the coarsest one that has at most `codes` numbers from the least to the
/// greatest of 0 and the values, each of which it meets to a thousandth of its step. Nothing if
/// there is none, or no value but 0.
std::optional<ValueGrid> findValueGrid(const std::set<float> &values, int64_t codes);

} // namespace nnq

#endif // NNQ_QUANTIZATION_VALUEGRID_H
