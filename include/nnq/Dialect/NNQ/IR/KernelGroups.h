// Which operations of a network make one kernel: what fuses, for quantization, which rounds at the
// ends of kernels, as for code generation.

#ifndef NNQ_DIALECT_NNQ_IR_KERNELGROUPS_H
#define NNQ_DIALECT_NNQ_IR_KERNELGROUPS_H

#include "mlir/IR/Block.h"
#include "mlir/IR/Operation.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"

#include <vector>

namespace nnq {

/// The operand in whose loop an elementwise operation can be computed: of those that have its result's
/// shape, that nothing else reads and whose producer is accepted, the one that is computed last. Null
/// if there is none.
mlir::Value findFusedOperand(mlir::Operation *op,
                             llvm::function_ref<bool(mlir::Operation *producer)> accept);

/// A root and the elementwise operations that it absorbs, in order of the block. Each but the last
/// is used inside only.
using KernelGroup = llvm::SmallVector<mlir::Operation *>;

/// The groups of a block, formed in one walk: an elementwise operation joins the group of its fused
/// operand; every other operation begins a group.
class KernelGroups {
public:
  explicit KernelGroups(mlir::Block &block);

  llvm::ArrayRef<KernelGroup> get() const { return groups; }
  /// The group of `op`; empty for what is in none: constants, which are cloned into kernels, and
  /// reshapes.
  llvm::ArrayRef<mlir::Operation *> of(mlir::Operation *op) const;

private:
  void add(mlir::Operation *op);

  std::vector<KernelGroup> groups;
  llvm::DenseMap<mlir::Operation *, size_t> groupOf;
};

} // namespace nnq

#endif // NNQ_DIALECT_NNQ_IR_KERNELGROUPS_H
