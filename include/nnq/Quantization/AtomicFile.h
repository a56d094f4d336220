//===- AtomicFile.h - A file that is there in full or not -------*- C++ -*-===//

#ifndef NNQ_QUANTIZATION_ATOMICFILE_H
#define NNQ_QUANTIZATION_ATOMICFILE_H

#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"
#include <memory>
#include <string>

namespace nnq {

/// A temporary file beside `path` that takes its place when all is written; until then, and where
/// anything fails or the process is interrupted, `path` holds what it held.
class AtomicFile {
public:
  /// Errors, here and below, begin with the path.
  static llvm::Expected<std::unique_ptr<AtomicFile>> create(llvm::StringRef path);
  ~AtomicFile();

  llvm::raw_ostream &os() { return stream; }
  /// Whether all could be written so far (the disk is not full).
  llvm::Error check();
  llvm::Error commit();

private:
  AtomicFile(llvm::StringRef path, std::string temporary, int descriptor);
  void discard();

  std::string path;
  std::string temporary; ///< its path; empty when it has taken its place
  llvm::raw_fd_ostream stream;
};

} // namespace nnq

#endif // NNQ_QUANTIZATION_ATOMICFILE_H
