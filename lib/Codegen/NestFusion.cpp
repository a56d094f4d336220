// What of a kernel's body is computed where it is read.

#include "NestFusion.h"

#include "TensorReader.h"

#include "nnq/Dialect/Kernel/IR/KernelOps.h"

using namespace mlir;

namespace nnq {

/// True if reading `use` at the reader's point reads the element of the same index: the result can
/// stay in a register.
static bool readsIdentically(linalg::GenericOp reader, OpOperand &use) {
  return isElementwise(reader) && reader.isDpsInput(&use) &&
         reader.getMatchingIndexingMap(&use).isIdentity() &&
         reader.getMatchingIndexingMap(reader.getDpsInitOperand(0)).isIdentity();
}

Operation *findRoot(Value value) {
  Operation *definition = value.getDefiningOp();
  if (isa_and_nonnull<ContractOp>(definition))
    return definition;
  auto op = dyn_cast_or_null<linalg::GenericOp>(definition);
  if (!op || !isElementwise(op))
    return op;
  for (OpOperand &operand : op->getOpOperands())
    if (operand.get().hasOneUse() && readsIdentically(op, operand))
      if (Operation *root = findRoot(operand.get()))
        return root;
  return nullptr;
}

bool readsOnce(OpOperand &use) {
  if (auto contract = dyn_cast<ContractOp>(use.getOwner()))
    return use.get() == contract.getStart();
  auto op = dyn_cast<linalg::GenericOp>(use.getOwner());
  return op && (isElementwise(op) || op.isDpsInit(&use));
}

bool isComputedWhereRead(OpOperand &use) {
  Value value = use.get();
  Operation *definition = value.getDefiningOp();
  if (!definition || !readsOnce(use))
    return false;
  if (isa<linalg::FillOp>(definition))
    return true;
  if (!value.hasOneUse())
    return false;
  if (auto op = dyn_cast<linalg::GenericOp>(definition); op && isElementwise(op))
    return true;
  if (!isa<linalg::GenericOp, ContractOp>(definition))
    return false;
  // Of the nest around all readers that are themselves computed where they are read.
  Value result = use.getOwner()->getResult(0);
  while (result.hasOneUse() && isComputedWhereRead(*result.use_begin()))
    result = result.use_begin()->getOwner()->getResult(0);
  return findRoot(result) == definition;
}

} // namespace nnq
