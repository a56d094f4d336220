// The operations of NNQLogarithmOps.td.

#ifndef NNQ_DIALECT_NNQ_IR_LOGARITHMOPS_H
#define NNQ_DIALECT_NNQ_IR_LOGARITHMOPS_H

#include "nnq/Dialect/NNQ/IR/NNQOps.h"

#define GET_OP_CLASSES
#include "nnq/Dialect/NNQ/IR/NNQLogarithmOps.h.inc"

#endif // NNQ_DIALECT_NNQ_IR_LOGARITHMOPS_H
