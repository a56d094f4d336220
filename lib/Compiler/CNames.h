// Names of tensors for another namespace: identifiers of C, and comments.

#ifndef NNQ_LIB_COMPILER_CNAMES_H
#define NNQ_LIB_COMPILER_CNAMES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/Twine.h"

#include <string>

namespace nnq {

/// Whether a text is one identifier of C.
bool isCIdentifier(llvm::StringRef text);

/// The parameters of a C prototype: identifiers that are unlike each other, and that no compiler
/// and no header gives another meaning. Not keywords of C or C++, nor macros: `linux`, `errno`,
/// whatever is in capitals or begins with an underscore; nor types: `int8_t`.
class CNames {
public:
  /// `taken` are names of other parameters.
  explicit CNames(llvm::ArrayRef<llvm::StringRef> taken);

  /// The identifier for a tensor: its name where that will do, or one like it. `fallback` names it
  /// where its name has nothing that an identifier may have.
  std::string add(llvm::StringRef name, const llvm::Twine &fallback);

private:
  llvm::StringSet<> taken;
};

/// A name on one line of a comment: characters that are not printed as themselves (line breaks,
/// what turns the direction of text, bytes that are no UTF-8) are escaped, as in `\u{A}`.
std::string onOneLine(llvm::StringRef name);

} // namespace nnq

#endif // NNQ_LIB_COMPILER_CNAMES_H
