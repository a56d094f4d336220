// Which operations of a network make one kernel.

#ifndef NNQ_LIB_CODEGEN_KERNELGROUPS_H
#define NNQ_LIB_CODEGEN_KERNELGROUPS_H

#include "mlir/IR/Block.h"
#include "mlir/IR/Operation.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"

#include <vector>

namespace nnq {

/// A root and the elementwise operations that it absorbs, in order of the block. Each but the last
/// is used inside only.
using KernelGroup = llvm::SmallVector<mlir::Operation *>;

/// The groups of a block, formed in one walk: an elementwise operation joins the group of the
/// operand that is computed last, if it is that operand's only user and has its shape; every other
/// operation begins a group.
class KernelGroups {
public:
  explicit KernelGroups(mlir::Block &block);

  llvm::ArrayRef<KernelGroup> get() const { return groups; }

private:
  void add(mlir::Operation *op);
  size_t findGroupToJoin(mlir::Operation *op) const;

  std::vector<KernelGroup> groups;
  llvm::DenseMap<mlir::Operation *, size_t> groupOf;
};

} // namespace nnq

#endif // NNQ_LIB_CODEGEN_KERNELGROUPS_H
