// Operations of NNQCompoundOps.td. Apart from NNQOps.h: few sources use them.

#ifndef NNQ_DIALECT_NNQ_IR_COMPOUNDOPS_H
#define NNQ_DIALECT_NNQ_IR_COMPOUNDOPS_H

#include "nnq/Dialect/NNQ/IR/NNQOps.h"

#include "nnq/Dialect/NNQ/IR/NNQCompoundEnums.h.inc"

#define GET_OP_CLASSES
#include "nnq/Dialect/NNQ/IR/NNQCompoundOps.h.inc"

#endif // NNQ_DIALECT_NNQ_IR_COMPOUNDOPS_H
