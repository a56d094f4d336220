// Forms the groups of operations that become kernels.

#include "KernelGroups.h"

#include "nnq/Dialect/NNQ/IR/NNQOps.h"

using namespace mlir;

namespace nnq {

/// So many operations make a kernel at most: the time that it takes to compile one grows faster
/// than its size, and that much arithmetic hides what it costs to go through memory once more.
constexpr size_t maxGroupSize = 32;

/// True if `op` may begin a kernel. Constants are cloned into kernels; reshapes and
/// reinterpretations are other names of the same memory.
static bool isRoot(Operation *op) {
  return isa_and_nonnull<NNQDialect>(op->getDialect()) && op->getNumResults() == 1 &&
         !isa<ConstantOp, ReinterpretOp, ReshapeOp>(op);
}

static bool haveSameShape(Value a, Value b) {
  return cast<ShapedType>(a.getType()).getShape() == cast<ShapedType>(b.getType()).getShape();
}

KernelGroups::KernelGroups(Block &block) {
  for (Operation &op : block)
    if (isRoot(&op))
      add(&op);
}

void KernelGroups::add(Operation *op) {
  size_t index = isa<ElementwiseOp>(op) ? findGroupToJoin(op) : groups.size();
  if (index == groups.size())
    groups.emplace_back();
  groups[index].push_back(op);
  groupOf[op] = index;
}

size_t KernelGroups::findGroupToJoin(Operation *op) const {
  Operation *latest = nullptr;
  for (Value operand : op->getOperands()) {
    Operation *producer = operand.getDefiningOp();
    if (!producer || !groupOf.contains(producer) || !operand.hasOneUse() ||
        !haveSameShape(operand, op->getResult(0)) ||
        groups[groupOf.lookup(producer)].size() == maxGroupSize)
      continue;
    if (!latest || latest->isBeforeInBlock(producer))
      latest = producer;
  }
  return latest ? groupOf.lookup(latest) : groups.size();
}

} // namespace nnq
