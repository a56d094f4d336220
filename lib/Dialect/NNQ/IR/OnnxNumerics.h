// The numerics profile `onnx`.

#ifndef NNQ_LIB_DIALECT_NNQ_IR_ONNXNUMERICS_H
#define NNQ_LIB_DIALECT_NNQ_IR_ONNXNUMERICS_H

#include "mlir/IR/MLIRContext.h"

namespace nnq {

/// Makes #nnq.onnx a NumericsProfile.
void attachOnnxNumerics(mlir::MLIRContext &context);

} // namespace nnq

#endif // NNQ_LIB_DIALECT_NNQ_IR_ONNXNUMERICS_H
