//===- JsonFile.h - JSON files with errors that say where -------*- C++ -*-===//
//
// What the readers and writers of nnq's files share. `where` begins each error: the path, and the
// place inside the file.
//
//===----------------------------------------------------------------------===//

#ifndef NNQ_LIB_QUANTIZATION_JSONFILE_H
#define NNQ_LIB_QUANTIZATION_JSONFILE_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"

namespace nnq {

llvm::Error makeError(const llvm::Twine &where, const llvm::Twine &what);

/// "expected <expected>, found <what `value` is>".
llvm::Error wrongType(const llvm::Twine &where, llvm::StringRef expected,
                      const llvm::json::Value &value);

llvm::Expected<const llvm::json::Object *> toObject(const llvm::Twine &where,
                                                    const llvm::json::Value &value);
llvm::Expected<const llvm::json::Array *> toArray(const llvm::Twine &where,
                                                  const llvm::json::Value &value);
llvm::Expected<llvm::StringRef> toText(const llvm::Twine &where, const llvm::json::Value &value);
llvm::Expected<double> toNumber(const llvm::Twine &where, const llvm::json::Value &value);
llvm::Expected<const llvm::json::Value *>
getKey(const llvm::Twine &where, const llvm::json::Object &object, llvm::StringRef key);

/// The text of a file. Error: it can't be read.
llvm::Expected<std::string> readText(llvm::StringRef path);

/// The object that `text` is, whose `versionKey` must be 1; it lives in `root`.
llvm::Expected<const llvm::json::Object *> parseVersion1(llvm::StringRef text, llvm::StringRef name,
                                                         llvm::StringRef versionKey,
                                                         llvm::json::Value &root);

/// Writes what `print` prints to a temporary file beside `path` and renames it. Error: any failure,
/// which leaves no temporary file.
llvm::Error writeText(llvm::StringRef path, llvm::function_ref<void(llvm::raw_ostream &)> print);

/// The shortest digits that read back to the same bits, in any locale.
void printNumber(llvm::raw_ostream &os, double value);

} // namespace nnq

#endif // NNQ_LIB_QUANTIZATION_JSONFILE_H
