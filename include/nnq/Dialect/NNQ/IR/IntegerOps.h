// Operations on integers and booleans that are computed at run time.

#ifndef NNQ_DIALECT_NNQ_IR_INTEGEROPS_H
#define NNQ_DIALECT_NNQ_IR_INTEGEROPS_H

#include "nnq/Dialect/NNQ/IR/NNQOps.h"

#include "nnq/Dialect/NNQ/IR/NNQIntegerEnums.h.inc"
#define GET_OP_CLASSES
#include "nnq/Dialect/NNQ/IR/NNQIntegerOps.h.inc"

#endif // NNQ_DIALECT_NNQ_IR_INTEGEROPS_H
