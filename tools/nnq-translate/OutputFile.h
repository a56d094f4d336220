// Output that is there in full or not at all.

#ifndef NNQ_TOOLS_NNQ_TRANSLATE_OUTPUTFILE_H
#define NNQ_TOOLS_NNQ_TRANSLATE_OUTPUTFILE_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

namespace nnq {

/// Lets `write` write to the file at `path`, or to standard output for "-". A regular file is
/// written under a temporary name beside it and renamed when `write` has returned true and every
/// byte is on its way to the disk; else nothing is left behind. Fails on the first error of the
/// file; returns what `write` returned.
llvm::Expected<bool> writeOutput(llvm::StringRef path,
                                 llvm::function_ref<bool(llvm::raw_ostream &)> write);

} // namespace nnq

#endif // NNQ_TOOLS_NNQ_TRANSLATE_OUTPUTFILE_H
