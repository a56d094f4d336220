//===- CalibrationFile.h - Statistics of a model on disk --------*- C++ -*-===//
//
// The contract between a calibration run and the compiler: a JSON file that either side, or a
// person, may write.
//
//===----------------------------------------------------------------------===//

#ifndef NNQ_QUANTIZATION_CALIBRATIONFILE_H
#define NNQ_QUANTIZATION_CALIBRATIONFILE_H

#include "nnq/Quantization/Observer.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"
#include <string>

namespace nnq {

/// The statistics of a model's tensors by name.
///
/// Format (UTF-8 JSON, one tensor to a line, tensors by name, samples by index, bins ascending; see
/// Histogram.h for the numbering of bins):
///
///     {"nnq-calibration": 1, "tensors": {
///     "conv1": {"count": 3, "min": -1, "max": 2.5, "samples": [[0, -1, 2.5]],
///               "histogram": [[-16256, 1], [0, 1], [16416, 1]]}
///     }}
///
/// A tensor of up to 256 distinct values has them, ascending, under `"values"`.
///
/// Statistics of a network whose channels were equalized (--nnq-equalize-channels) have the key
/// `"equalized": true` as well: they do not fit the network as it was. `"network"`, if it is there,
/// is a digest of the network: statistics of two do not add up.
///
/// Each f32 is written with nine significant digits, which read back to the same bits. The bytes
/// depend on the statistics alone, so equal statistics, merged in whatever order, are equal files.
/// Unknown keys are ignored.
class CalibrationFile {
public:
  std::map<std::string, TensorStatistics> tensors;
  bool equalized = false;
  std::string network;

  /// Reads a file. Errors begin with the path: the file cannot be read, or any error of `parse`.
  static llvm::Expected<CalibrationFile> read(llvm::StringRef path);

  /// Reads the text of a file; `name` begins each error. Errors: malformed JSON with line and
  /// column, a key that is missing or of the wrong type with its path, a number that is no finite
  /// f32 or no count, another format version, and counts and extremes that contradict the samples
  /// or the histogram.
  static llvm::Expected<CalibrationFile> parse(llvm::StringRef text, llvm::StringRef name);

  /// Writes to a temporary file beside `path` and renames it, so that `path` holds the old bytes or
  /// all the new ones. Errors begin with the path: any failure to create, write (a full disk) or
  /// rename, which leaves no temporary file, and a tensor name that is not UTF-8.
  llvm::Error write(llvm::StringRef path) const;

  /// Prints the bytes that `write` writes. The names must be UTF-8.
  void print(llvm::raw_ostream &os) const;

  /// Adds the statistics of another shard. Error: see `TensorStatistics::merge`, with the tensor's
  /// name in front, or two networks, or an equalized one and one that is not; this file is then as
  /// before the call.
  llvm::Error merge(const CalibrationFile &other);
};

} // namespace nnq

#endif // NNQ_QUANTIZATION_CALIBRATIONFILE_H
