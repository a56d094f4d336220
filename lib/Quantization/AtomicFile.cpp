//===- AtomicFile.cpp - A file that is there in full or not ---------------===//

#include "nnq/Quantization/AtomicFile.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Signals.h"

using namespace llvm;

namespace nnq {

static Error cannotWrite(const Twine &path, std::error_code code) {
  return createStringError(code, path + ": cannot be written: " + code.message());
}

/// So many bytes of a name leave room for more, in the 255 that a file system allows.
constexpr size_t keptBytes = 200;
constexpr int attempts = 100;

/// Opens a new file beside `path` and says its name. llvm::sys::fs::createUniqueFile would take
/// each % of the path for a digit to choose.
static Expected<int> openBeside(StringRef path, std::string &name) {
  std::error_code code;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    SmallString<256> candidate = sys::path::parent_path(path);
    sys::path::append(candidate,
                      "." + sys::path::filename(path).take_front(keptBytes) +
                          formatv(".{0:x-8}.tmp", sys::Process::GetRandomNumber()).str());
    int descriptor = -1;
    code = sys::fs::openFileForWrite(candidate, descriptor, sys::fs::CD_CreateNew);
    if (!code) {
      name = candidate.str();
      return descriptor;
    }
    if (code != std::errc::file_exists)
      break;
  }
  return cannotWrite(path, code);
}

AtomicFile::AtomicFile(StringRef path, std::string temporary, int descriptor)
    : path(path), temporary(std::move(temporary)), stream(descriptor, /*shouldClose=*/true) {
  sys::RemoveFileOnSignal(this->temporary);
}

Expected<std::unique_ptr<AtomicFile>> AtomicFile::create(StringRef path) {
  std::string temporary;
  Expected<int> descriptor = openBeside(path, temporary);
  if (!descriptor)
    return descriptor.takeError();
  return std::unique_ptr<AtomicFile>(new AtomicFile(path, std::move(temporary), *descriptor));
}

void AtomicFile::discard() {
  sys::fs::remove(temporary);
  sys::DontRemoveFileOnSignal(temporary);
  temporary.clear();
}

AtomicFile::~AtomicFile() {
  if (temporary.empty())
    return;
  stream.close();
  stream.clear_error();
  discard();
}

Error AtomicFile::check() {
  stream.flush();
  if (std::error_code code = stream.error())
    return cannotWrite(path, code);
  return Error::success();
}

Error AtomicFile::commit() {
  stream.close();
  std::error_code code = stream.error();
  if (!code)
    code = sys::fs::rename(temporary, path);
  if (code) {
    stream.clear_error();
    discard();
    return cannotWrite(path, code);
  }
  sys::DontRemoveFileOnSignal(temporary);
  temporary.clear();
  return Error::success();
}

} // namespace nnq
