//===- MomentsFile.h - Moments of a network's layers on disk ----*- C++ -*-===//
//
// What a run over samples leaves behind for rounding: the moments of all layers of a network, in
// one file, of which shards add up.
//
//===----------------------------------------------------------------------===//

#ifndef NNQ_QUANTIZATION_MOMENTSFILE_H
#define NNQ_QUANTIZATION_MOMENTSFILE_H

#include "nnq/Quantization/InputMoments.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace nnq {

class AtomicFile;

/// A file of moments, of which one layer at a time is in memory.
///
/// Format: a line of JSON, then for each layer, in the order of the network, its name as a line of
/// JSON and what `InputMoments::write` writes, then a line of JSON with the number of layers:
///
///     {"nnq-moments":1,"samples":[0,1,2]}
///     "conv1"
///     {"columns":300,"inputs":9,"scale":0.5,"sectionWidth":9}
///     sums in little-endian f64
///     {"layers":1}
///
/// Samples are those seen, by their place in the whole data set, ascending. The bytes depend on the
/// moments alone, which are exact: shards, merged in whatever order, are equal files.
class MomentsFile {
public:
  /// What every file begins with.
  static constexpr llvm::StringLiteral magic = "{\"nnq-moments\":";

  /// Reads all but the sums. Errors begin with the path: the file can't be read, is no file of
  /// moments of version 1, ends early, or names a layer or a sample twice.
  static llvm::Expected<MomentsFile> open(llvm::StringRef path);

  const std::string &path() const { return name; }
  llvm::ArrayRef<uint64_t> samples() const { return seen; }
  /// Their names, in the order of the file.
  std::vector<std::string> layers() const;
  bool contains(llvm::StringRef layer) const { return find(layer) != nullptr; }

  /// Reads the moments of a layer. Errors begin with path and layer: there is none of that name, or
  /// those of `InputMoments::read`.
  llvm::Expected<InputMoments> load(llvm::StringRef layer) const;

  /// Writes the sums of several files' moments. Errors, which leave `output` as it was: those of
  /// `open`, `load` and writing, files of different layers, moments that do not add up, and a
  /// sample that two files have seen.
  static llvm::Error merge(llvm::ArrayRef<std::string> inputs, llvm::StringRef output);

private:
  struct Section {
    std::string layer;
    llvm::StringRef bytes;
  };
  const Section *find(llvm::StringRef layer) const;

  std::string name;
  std::unique_ptr<llvm::MemoryBuffer> buffer;
  std::vector<uint64_t> seen;
  std::vector<Section> sections;
};

/// Writes a file of moments, layer by layer. It takes its place at `commit` and not before; errors
/// begin with the path.
class MomentsWriter {
public:
  static llvm::Expected<MomentsWriter> create(llvm::StringRef path,
                                              llvm::ArrayRef<uint64_t> samples);
  MomentsWriter(MomentsWriter &&);
  ~MomentsWriter();

  /// Error, besides those of writing: a name that is not UTF-8.
  llvm::Error add(llvm::StringRef layer, const InputMoments &moments);
  llvm::Error commit();

private:
  explicit MomentsWriter(std::unique_ptr<AtomicFile> file);

  std::unique_ptr<AtomicFile> file;
  int64_t layers = 0;
};

} // namespace nnq

#endif // NNQ_QUANTIZATION_MOMENTSFILE_H
