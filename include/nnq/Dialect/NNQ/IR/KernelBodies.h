// Which operations of a network make one kernel. Code generation computes each kernel in one nest of
// loops where it can; quantization rounds where kernels end.

#ifndef NNQ_DIALECT_NNQ_IR_KERNELBODIES_H
#define NNQ_DIALECT_NNQ_IR_KERNELBODIES_H

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
using KernelBody = llvm::SmallVector<mlir::Operation *>;

/// The bodies of a block, formed in one walk: an elementwise operation joins the body of its fused
/// operand; every other operation begins a body.
class KernelBodies {
public:
  explicit KernelBodies(mlir::Block &block);

  llvm::ArrayRef<KernelBody> get() const { return bodies; }
  /// The body of `op`; empty for what is in none: constants, which are cloned into kernels, and
  /// reshapes.
  llvm::ArrayRef<mlir::Operation *> of(mlir::Operation *op) const;

private:
  void add(mlir::Operation *op);

  std::vector<KernelBody> bodies;
  llvm::DenseMap<mlir::Operation *, size_t> bodyOf;
};

} // namespace nnq

#endif // NNQ_DIALECT_NNQ_IR_KERNELBODIES_H
