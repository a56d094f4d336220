// The bytes of constant tensors, read and made without going through their elements.

#ifndef NNQ_LIB_CODEGEN_CONSTANTBYTES_H
#define NNQ_LIB_CODEGEN_CONSTANTBYTES_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"

#include <vector>

namespace nnq {

/// The elements of a dense or resource constant as they lie in memory, row major; a splat is written out.
std::vector<char> getConstantBytes(mlir::ElementsAttr value);

/// A constant of `type` that holds `bytes`, aligned to a cache line. It is a resource, whatever its size.
mlir::ElementsAttr makeConstant(mlir::RankedTensorType type, llvm::ArrayRef<char> bytes, llvm::StringRef name);

} // namespace nnq

#endif // NNQ_LIB_CODEGEN_CONSTANTBYTES_H
