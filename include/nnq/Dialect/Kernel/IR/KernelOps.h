// Operations of the nnq_kernel dialect.

#ifndef NNQ_DIALECT_KERNEL_IR_KERNELOPS_H
#define NNQ_DIALECT_KERNEL_IR_KERNELOPS_H

#include "nnq/Dialect/Kernel/IR/KernelDialect.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/TilingInterface.h"

#include <optional>

#define GET_OP_CLASSES
#include "nnq/Dialect/Kernel/IR/KernelOps.h.inc"

#endif // NNQ_DIALECT_KERNEL_IR_KERNELOPS_H
