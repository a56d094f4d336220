// From the bytes of an ONNX file, and its external data, to a Model.

#ifndef NNQ_LIB_IMPORT_ONNX_MODELREADER_H
#define NNQ_LIB_IMPORT_ONNX_MODELREADER_H

#include "Model.h"

#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"

namespace nnq::onnximport {

/// Reads a model. External data is looked for in `folder` only. Fails on what is no ONNX model at
/// all; a tensor that can't be read keeps its reason.
llvm::Expected<Model> readModel(llvm::MemoryBufferRef bytes, llvm::StringRef folder);

} // namespace nnq::onnximport

#endif // NNQ_LIB_IMPORT_ONNX_MODELREADER_H
