// Operations with places that are computed at run time.

#ifndef NNQ_DIALECT_NNQ_IR_INDEXOPS_H
#define NNQ_DIALECT_NNQ_IR_INDEXOPS_H

#include "nnq/Dialect/NNQ/IR/NNQOps.h"

#include "nnq/Dialect/NNQ/IR/NNQIndexEnums.h.inc"
#define GET_OP_CLASSES
#include "nnq/Dialect/NNQ/IR/NNQIndexOps.h.inc"

#endif // NNQ_DIALECT_NNQ_IR_INDEXOPS_H
