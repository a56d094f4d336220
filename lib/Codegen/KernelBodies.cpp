// Forms the bodies of operations that become kernels.

#include "KernelBodies.h"

#include "nnq/Dialect/NNQ/IR/NNQOps.h"

using namespace mlir;

namespace nnq {

/// So many operations make a kernel at most: the time that it takes to compile one grows faster
/// than its size, and that much arithmetic hides what it costs to go through memory once more.
constexpr size_t maxBodySize = 32;

/// True if `op` may begin a kernel. Constants are cloned into kernels; reshapes and
/// reinterpretations are other names of the same memory.
static bool isRoot(Operation *op) {
  return isa_and_nonnull<NNQDialect>(op->getDialect()) && op->getNumResults() == 1 &&
         !isa<ConstantOp, ReinterpretOp, ReshapeOp>(op);
}

static bool haveSameShape(Value a, Value b) {
  return cast<ShapedType>(a.getType()).getShape() == cast<ShapedType>(b.getType()).getShape();
}

KernelBodies::KernelBodies(Block &block) {
  for (Operation &op : block)
    if (isRoot(&op))
      add(&op);
}

void KernelBodies::add(Operation *op) {
  size_t index = isa<ElementwiseOp>(op) ? findBodyToJoin(op) : bodies.size();
  if (index == bodies.size())
    bodies.emplace_back();
  bodies[index].push_back(op);
  bodyOf[op] = index;
}

size_t KernelBodies::findBodyToJoin(Operation *op) const {
  Operation *latest = nullptr;
  for (Value operand : op->getOperands()) {
    Operation *producer = operand.getDefiningOp();
    if (!producer || !bodyOf.contains(producer) || !operand.hasOneUse() ||
        !haveSameShape(operand, op->getResult(0)) ||
        bodies[bodyOf.lookup(producer)].size() == maxBodySize)
      continue;
    if (!latest || latest->isBeforeInBlock(producer))
      latest = producer;
  }
  return latest ? bodyOf.lookup(latest) : bodies.size();
}

} // namespace nnq
