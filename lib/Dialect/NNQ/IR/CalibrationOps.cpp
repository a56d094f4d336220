// Operations of NNQCalibrationOps.td.

#include "nnq/Dialect/NNQ/IR/NNQOps.h"

#include "mlir/IR/OpImplementation.h"

using namespace mlir;
using namespace nnq;

#define GET_OP_CLASSES
#include "nnq/Dialect/NNQ/IR/NNQCalibrationOps.cpp.inc"
