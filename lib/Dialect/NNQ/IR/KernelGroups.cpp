// Forms the groups of operations that become kernels.

#include "nnq/Dialect/NNQ/IR/KernelGroups.h"

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

Value findFusedOperand(Operation *op, function_ref<bool(Operation *)> accept) {
  Value last;
  for (Value operand : op->getOperands()) {
    Operation *producer = operand.getDefiningOp();
    if (producer && operand.hasOneUse() && haveSameShape(operand, op->getResult(0)) &&
        accept(producer) && (!last || last.getDefiningOp()->isBeforeInBlock(producer)))
      last = operand;
  }
  return last;
}

KernelGroups::KernelGroups(Block &block) {
  for (Operation &op : block)
    if (isRoot(&op))
      add(&op);
}

void KernelGroups::add(Operation *op) {
  Value joined;
  if (isa<ElementwiseOp>(op))
    joined = findFusedOperand(op, [&](Operation *producer) {
      return groupOf.contains(producer) && of(producer).size() < maxGroupSize;
    });
  size_t index = joined ? groupOf.lookup(joined.getDefiningOp()) : groups.size();
  if (index == groups.size())
    groups.emplace_back();
  groups[index].push_back(op);
  groupOf[op] = index;
}

ArrayRef<Operation *> KernelGroups::of(Operation *op) const {
  auto found = groupOf.find(op);
  return found == groupOf.end() ? ArrayRef<Operation *>() : groups[found->second];
}

} // namespace nnq
