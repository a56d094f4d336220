// Operations of NNQImageOps.td. Apart from NNQOps.h: few sources use them.

#ifndef NNQ_DIALECT_NNQ_IR_IMAGEOPS_H
#define NNQ_DIALECT_NNQ_IR_IMAGEOPS_H

#include "nnq/Dialect/NNQ/IR/NNQOps.h"

#include "nnq/Dialect/NNQ/IR/NNQImageEnums.h.inc"

#define GET_OP_CLASSES
#include "nnq/Dialect/NNQ/IR/NNQImageOps.h.inc"

#endif // NNQ_DIALECT_NNQ_IR_IMAGEOPS_H
