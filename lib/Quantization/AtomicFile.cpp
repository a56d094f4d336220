//===- AtomicFile.cpp - A file that is there in full or not ---------------===//

#include "nnq/Quantization/AtomicFile.h"
#include "llvm/ADT/Twine.h"

using namespace llvm;

namespace nnq {

static Error cannotWrite(const Twine &path, Error error) {
  return createStringError(path + ": cannot be written: " + toString(std::move(error)));
}

AtomicFile::AtomicFile(StringRef path, sys::fs::TempFile file)
    : path(path), temporary(std::move(file)) {
  stream.emplace(temporary->FD, /*shouldClose=*/false);
}

Expected<std::unique_ptr<AtomicFile>> AtomicFile::create(StringRef path) {
  Expected<sys::fs::TempFile> temporary = sys::fs::TempFile::create(path + ".%%%%%%%%.tmp");
  if (!temporary)
    return cannotWrite(path, temporary.takeError());
  return std::unique_ptr<AtomicFile>(new AtomicFile(path, std::move(*temporary)));
}

AtomicFile::~AtomicFile() {
  if (!temporary)
    return;
  stream->flush();
  stream->clear_error();
  consumeError(temporary->discard());
}

Error AtomicFile::check() {
  stream->flush();
  if (std::error_code code = stream->error())
    return cannotWrite(path, errorCodeToError(code));
  return Error::success();
}

Error AtomicFile::commit() {
  if (Error error = check())
    return error;
  if (Error error = temporary->keep(path))
    return cannotWrite(path, std::move(error));
  temporary.reset();
  return Error::success();
}

} // namespace nnq
