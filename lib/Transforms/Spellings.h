// Spellings, elementary operations that are one operation, by theme: a function looks whether
// `root`, the last operation of a spelling, is a known function of `x`, and creates that operation in
// front of it; null otherwise.

#ifndef NNQ_LIB_TRANSFORMS_SPELLINGS_H
#define NNQ_LIB_TRANSFORMS_SPELLINGS_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/PatternMatch.h"

namespace nnq {

/// Functions of one variable: RecognizeActivations.cpp.
mlir::Value recognizeActivation(mlir::Operation *root, mlir::Value x, mlir::OpBuilder &builder);

/// Leaky rectifiers, whose slopes may differ by channel: RecognizeRectifiers.cpp.
mlir::Value recognizeRectifier(mlir::Operation *root, mlir::Value x, mlir::OpBuilder &builder);

/// Layer, RMS, instance and L2 normalization: RecognizeNorms.cpp.
mlir::Value recognizeNorm(mlir::Operation *root, mlir::Value x, mlir::OpBuilder &builder);

/// Softmax and its logarithm: RecognizeSoftmax.cpp.
mlir::Value recognizeSoftmax(mlir::Operation *root, mlir::Value x, mlir::OpBuilder &builder);

} // namespace nnq

#endif // NNQ_LIB_TRANSFORMS_SPELLINGS_H
