// From a module of the LLVM dialect to machine code, in this process, and from there to a shared
// library.

#ifndef NNQ_COMPILER_OBJECTEMITTER_H
#define NNQ_COMPILER_OBJECTEMITTER_H

#include "nnq/Target/Target.h"

#include "mlir/IR/BuiltinOps.h"

#include "llvm/ADT/SmallVector.h"

namespace nnq {

enum class ObjectFormat { Object, Assembly, LLVMIR };

/// Optimizes `module` (LLVM dialect only; left as it is) for `target` and emits it. The code is
/// position independent, throws nothing and keeps float operations apart, so that every target
/// computes the same bits. Functions that are private symbols become local; constants go to
/// read-only data, those of 64 bytes and more on a cache line of their own.
llvm::Expected<llvm::SmallVector<char, 0>> emitObject(mlir::ModuleOp module,
                                                      const TargetDescription &target,
                                                      ObjectFormat format = ObjectFormat::Object);

/// Links an object file of `target` into a shared library, with ld.lld or the C compiler. A symbol
/// that neither the object nor the C and mathematics libraries define is an error, where those
/// libraries can be found.
llvm::Error linkSharedLibrary(llvm::StringRef objectPath, llvm::StringRef outPath,
                              const TargetDescription &target);

} // namespace nnq

#endif // NNQ_COMPILER_OBJECTEMITTER_H
