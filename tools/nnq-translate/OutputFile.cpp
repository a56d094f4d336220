// Output that is there in full or not at all.

#include "OutputFile.h"

#include "nnq/Quantization/AtomicFile.h"

#include "llvm/Support/FileSystem.h"

using namespace nnq;
namespace fs = llvm::sys::fs;

static llvm::Error describe(llvm::StringRef path, std::error_code code) {
  return llvm::createStringError(code, path + ": cannot be written: " + code.message());
}

/// Writes to an open descriptor, which stays open. The error is one of the file's.
static llvm::Expected<bool> writeTo(int descriptor, llvm::StringRef path,
                                    llvm::function_ref<bool(llvm::raw_ostream &)> write) {
  llvm::raw_fd_ostream os(descriptor, /*shouldClose=*/false);
  bool written = write(os);
  os.flush();
  if (std::error_code code = os.error()) {
    os.clear_error(); // reported here; the destructor would end the program
    return describe(path, code);
  }
  return written;
}

/// Devices and pipes, which can't be renamed to.
static llvm::Expected<bool> writeDirectly(llvm::StringRef path,
                                          llvm::function_ref<bool(llvm::raw_ostream &)> write) {
  std::error_code code;
  llvm::raw_fd_ostream os(path, code);
  if (code)
    return describe(path, code);
  bool written = write(os);
  os.close();
  if (std::error_code failed = os.error()) {
    os.clear_error();
    return describe(path, failed);
  }
  return written;
}

llvm::Expected<bool> nnq::writeOutput(llvm::StringRef path,
                                      llvm::function_ref<bool(llvm::raw_ostream &)> write) {
  if (path == "-")
    return writeTo(/*stdout*/ 1, "<stdout>", write);
  fs::file_status status;
  if (!fs::status(path, status) && fs::is_directory(status))
    return describe(path, std::make_error_code(std::errc::is_a_directory));
  if (fs::exists(status) && !fs::is_regular_file(status))
    return writeDirectly(path, write);
  llvm::Expected<std::unique_ptr<AtomicFile>> file = AtomicFile::create(path);
  if (!file)
    return file.takeError();
  bool written = write((*file)->os());
  if (llvm::Error error = (*file)->check())
    return error;
  if (!written)
    return false;
  if (llvm::Error error = (*file)->commit())
    return error;
  return true;
}
