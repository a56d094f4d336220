//===- BitWidthFiles.h - Sensitivities and bit-widths on disk ---*- C++ -*-===//
//
// Two contracts: between what measures layers and what chooses their widths, and between that and
// the compiler. Both are JSON files that a person may write.
//
//===----------------------------------------------------------------------===//

#ifndef NNQ_QUANTIZATION_BITWIDTHFILES_H
#define NNQ_QUANTIZATION_BITWIDTHFILES_H

#include "nnq/Quantization/BitWidths.h"
#include "llvm/Support/raw_ostream.h"

namespace nnq {

/// What each width of each layer adds and costs.
///
/// Format (UTF-8 JSON, layers in the network's order, one candidate to a line):
///
///     {"nnq-sensitivity": 1, "network": "5f0c...", "target": "x86-avx512vnni", "samples": 32,
///      "layers": [
///     {"name": "conv1", "candidates": [
///       {"width": "w8a8", "noise": 0, "kl": 0.001, "agreement": 1, "sqnr_db": 30.5, "bytes": 432,
///        "bops": 2, "time_us": 3.5},
///       {"width": "w4a8", ...}]}
///     ]}
///
/// `network`, `target` and `samples` may be missing; `kl`, `agreement` and `sqnr_db` too, or null.
/// Unknown keys are ignored.
class SensitivityFile {
public:
  std::string network; ///< a key of the network that was measured
  std::string target;  ///< whose time it is
  int64_t samples = 0;
  std::vector<LayerSensitivity> layers;

  /// Reads a file. Errors begin with the path: the file cannot be read, or any error of `parse`.
  static llvm::Expected<SensitivityFile> read(llvm::StringRef path);

  /// Reads the text of a file; `name` begins each error. Errors: malformed JSON with line and
  /// column, another format version, a key that is missing or of the wrong type and a width that
  /// there is none of, with layer and candidate; a negative cost; a layer or a width listed twice,
  /// a layer without candidates.
  static llvm::Expected<SensitivityFile> parse(llvm::StringRef text, llvm::StringRef name);

  /// Writes all or nothing. Errors begin with the path: a failure to create, write or rename, and a
  /// text that is not UTF-8.
  llvm::Error write(llvm::StringRef path) const;

  /// Prints the bytes that `write` writes; numbers have as many digits as they need.
  void print(llvm::raw_ostream &os) const;
};

/// The width of each layer: what is chosen, and what people edit and hand back.
///
/// Format (UTF-8 JSON, layers in the network's order):
///
///     {"nnq-bit-widths": 1,
///      "budgets": {"bytes": 100000},
///      "totals": {"noise": 0.002, "bytes": 99968, "bops": 123456, "time_us": 87.5},
///      "layers": {
///     "conv1": "w8a8",
///     "conv2": "w4a8"
///     },
///      "wide": ["head/mul"]}
///
/// `wide` names tensors, as in the statistics, that are to have more than 8 bits. Only the version,
/// `layers` and `wide` are read; the last may be missing. Widths chosen by another metric than SQNR
/// have `kl` or `disagreement` in the place of `noise`.
class BitWidthFile {
public:
  std::vector<std::pair<std::string, LayerWidth>> layers;
  std::vector<std::string> wide; ///< read only: what chooses widths in C++ widens no tensors
  WidthBudgets budgets;          ///< printed where there are any
  WidthMetric metric = WidthMetric::Sqnr;
  std::optional<WidthTotals> totals; ///< printed where they are known

  BitWidthFile() = default;
  explicit BitWidthFile(const BitWidthChoice &choice)
      : layers(choice.layers), budgets(choice.budgets), metric(choice.metric),
        totals(choice.totals) {}

  /// Reads a file; the layers are then in alphabetical order. Errors begin with the path: the file
  /// cannot be read, or any error of `parse`.
  static llvm::Expected<BitWidthFile> read(llvm::StringRef path);

  /// Reads the text of a file; `name` begins each error. Errors: malformed JSON with line and
  /// column, another format version, no layers, a width that there is none of, with the layer; a
  /// tensor that is no text.
  static llvm::Expected<BitWidthFile> parse(llvm::StringRef text, llvm::StringRef name);

  /// Writes all or nothing. Errors: see `SensitivityFile::write`.
  llvm::Error write(llvm::StringRef path) const;

  /// Prints the bytes that `write` writes.
  void print(llvm::raw_ostream &os) const;
};

/// The choice of `chooseBitWidths` by a file of sensitivities, with budgets and metric as text
/// (`WidthBudgets::parse`, `parseWidthMetric`). Errors: any of these; of the choice, behind the
/// path.
llvm::Expected<BitWidthChoice> chooseBitWidths(llvm::StringRef path,
                                               std::array<llvm::StringRef, 3> budgets,
                                               llvm::StringRef metric);

} // namespace nnq

#endif // NNQ_QUANTIZATION_BITWIDTHFILES_H
