// An object file to a shared library: which linker, which libraries, and what it said when it
// failed.

#include "nnq/Compiler/ObjectEmitter.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

using namespace nnq;

/// Where the C library of the target may be on this host.
static llvm::SmallVector<std::string> libraryFolders(const llvm::Triple &target) {
  std::string name = (target.getArchName() + "-linux-gnu").str();
  llvm::SmallVector<std::string> folders = {"/usr/lib/" + name, "/lib/" + name,
                                            "/usr/" + name + "/lib"};
  if (llvm::Triple(llvm::sys::getProcessTriple()).getArch() == target.getArch())
    folders.append({"/usr/lib64", "/lib64", "/usr/lib"});
  return folders;
}

static std::string findLibrary(llvm::StringRef name, const llvm::Triple &target) {
  for (const std::string &folder : libraryFolders(target)) {
    std::string path = folder + "/" + name.str();
    if (llvm::sys::fs::exists(path))
      return path;
  }
  return "";
}

static std::string findProgram(llvm::ArrayRef<llvm::StringRef> names) {
  for (llvm::StringRef name : names)
    if (llvm::ErrorOr<std::string> path = llvm::sys::findProgramByName(name))
      return *path;
  return "";
}

namespace {
/// A call of a linker.
struct LinkCommand {
  llvm::SmallVector<std::string> arguments;
  llvm::StringRef output; ///< where standard output goes
};
} // namespace

/// The arguments that do not depend on the linker. Both libraries, or none and undefined symbols
/// pass.
static void addInputs(llvm::SmallVectorImpl<std::string> &arguments, bool isDriver,
                      const llvm::Triple &target) {
  std::string mathematics = findLibrary("libm.so.6", target), c = findLibrary("libc.so.6", target);
  if (mathematics.empty() || c.empty())
    return;
  if (isDriver)
    arguments.append({"-Wl,--as-needed", "-Wl,-z,defs", mathematics, c});
  else
    arguments.append({"--as-needed", "-z", "defs", mathematics, c});
}

static llvm::Expected<LinkCommand> linkCommand(llvm::StringRef object, llvm::StringRef out,
                                               const TargetDescription &target) {
  llvm::Triple triple(target.triple);
  llvm::SmallVector<std::string> command;
  if (std::string lld = findProgram({"ld.lld-22", "ld.lld"}); !lld.empty()) {
    // To standard output: lld takes each % in the path of its output for a digit to choose.
    command = {lld,
               "-shared",
               "-z",
               "noexecstack",
               "--hash-style=gnu",
               "-soname",
               llvm::sys::path::filename(out).str(),
               "-o",
               "-",
               object.str()};
    addInputs(command, /*isDriver=*/false, triple);
    return LinkCommand{std::move(command), out};
  }
  bool isNative = llvm::Triple(llvm::sys::getProcessTriple()).getArch() == triple.getArch();
  std::string crossCompiler = (triple.getArchName() + "-linux-gnu-gcc").str();
  std::string driver = isNative ? findProgram({"cc", "gcc", "clang"})
                                : findProgram({llvm::StringRef(crossCompiler)});
  if (driver.empty())
    return llvm::createStringError(
        llvm::formatv("no linker for {0}: neither ld.lld nor {1} is installed", target.name,
                      isNative ? "cc" : crossCompiler));
  command = {driver, "-shared", "-nostdlib", "-o", out.str(), object.str()};
  addInputs(command, /*isDriver=*/true, triple);
  return LinkCommand{std::move(command), ""};
}

llvm::Error nnq::linkSharedLibrary(llvm::StringRef objectPath, llvm::StringRef outPath,
                                   const TargetDescription &target) {
  auto command = linkCommand(objectPath, outPath, target);
  if (!command)
    return command.takeError();
  std::string log = outPath.str() + ".log";
  llvm::scope_exit removeLog([&] { llvm::sys::fs::remove(log); });
  llvm::SmallVector<llvm::StringRef> arguments(command->arguments.begin(),
                                               command->arguments.end());
  std::string message;
  int status = llvm::sys::ExecuteAndWait(arguments.front(), arguments, /*Env=*/std::nullopt,
                                         {llvm::StringRef(""), command->output, log},
                                         /*SecondsToWait=*/0, /*MemoryLimit=*/0, &message);
  if (status == 0)
    return llvm::Error::success();
  llvm::sys::fs::remove(outPath);
  if (auto buffer = llvm::MemoryBuffer::getFile(log))
    message += (*buffer)->getBuffer().str();
  return llvm::createStringError(llvm::formatv(
      "{0} cannot link {1} into {2}: {3}", llvm::sys::path::filename(arguments.front()), objectPath,
      outPath, llvm::StringRef(message).trim()));
}
