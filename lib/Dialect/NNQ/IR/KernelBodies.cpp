// Forms the bodies of operations that become kernels.

#include "nnq/Dialect/NNQ/IR/KernelBodies.h"

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

KernelBodies::KernelBodies(Block &block) {
  for (Operation &op : block)
    if (isRoot(&op))
      add(&op);
}

void KernelBodies::add(Operation *op) {
  Value joined;
  if (isa<ElementwiseOp>(op))
    joined = findFusedOperand(op, [&](Operation *producer) {
      return bodyOf.contains(producer) && of(producer).size() < maxBodySize;
    });
  size_t index = joined ? bodyOf.lookup(joined.getDefiningOp()) : bodies.size();
  if (index == bodies.size())
    bodies.emplace_back();
  bodies[index].push_back(op);
  bodyOf[op] = index;
}

ArrayRef<Operation *> KernelBodies::of(Operation *op) const {
  auto found = bodyOf.find(op);
  return found == bodyOf.end() ? ArrayRef<Operation *>() : bodies[found->second];
}

} // namespace nnq
