// Which operations of a network make one kernel.

#ifndef NNQ_LIB_CODEGEN_KERNELBODIES_H
#define NNQ_LIB_CODEGEN_KERNELBODIES_H

#include "mlir/IR/Block.h"
#include "mlir/IR/Operation.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"

#include <vector>

namespace nnq {

/// A root and the elementwise operations that it absorbs, in order of the block. Each but the last
/// is used inside only.
using KernelBody = llvm::SmallVector<mlir::Operation *>;

/// The bodies of a block, formed in one walk: an elementwise operation joins the body of the
/// operand that is computed last, if it is that operand's only user and has its shape; every other
/// operation begins a body.
class KernelBodies {
public:
  explicit KernelBodies(mlir::Block &block);

  llvm::ArrayRef<KernelBody> get() const { return bodies; }

private:
  void add(mlir::Operation *op);
  size_t findBodyToJoin(mlir::Operation *op) const;

  std::vector<KernelBody> bodies;
  llvm::DenseMap<mlir::Operation *, size_t> bodyOf;
};

} // namespace nnq

#endif // NNQ_LIB_CODEGEN_KERNELBODIES_H
