// The nnq_kernel dialect and its attributes: weight encodings, accumulations, tilings.

#ifndef NNQ_DIALECT_KERNEL_IR_KERNELDIALECT_H
#define NNQ_DIALECT_KERNEL_IR_KERNELDIALECT_H

#include "nnq/Quantization/Pruning.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Dialect.h"

#include <limits>

#include "nnq/Dialect/Kernel/IR/KernelInterfaces.h.inc"

#include "nnq/Dialect/Kernel/IR/KernelDialect.h.inc"

#define GET_ATTRDEF_CLASSES
#include "nnq/Dialect/Kernel/IR/KernelAttributes.h.inc"

#endif // NNQ_DIALECT_KERNEL_IR_KERNELDIALECT_H
