// Reading scales and zero points of nodes.

#ifndef NNQ_LIB_IMPORT_ONNX_QUANTIZATIONIMPORT_H
#define NNQ_LIB_IMPORT_ONNX_QUANTIZATIONIMPORT_H

#include "NodeImporter.h"

namespace nnq::onnximport {

/// Where a node says how a tensor is quantized.
struct QuantizationInputs {
  unsigned scale;                         ///< index of the input
  std::optional<unsigned> zeroPoint = {}; ///< nothing, or left out: 0
  DataType type = DataType::UInt8;        ///< of the codes, where there is no zero point
  int64_t axis = 1;                       ///< of more than one scale
  int64_t blockSize = 0;                  ///< as DequantizeLinear's attribute
  bool isConstant = false;                ///< codes are known: scales may be negative or 0
};

/// The quantization of a tensor of `shape`. An error and nothing if scale or zero point are not
/// constant, not possible (a scale that is not finite, or, of codes that are computed, not positive;
/// a zero point outside the type) or of a wrong number.
std::optional<Quantization> readQuantization(const NodeImporter &n,
                                             const QuantizationInputs &inputs,
                                             llvm::ArrayRef<int64_t> shape);

/// The type of an operand's integers: of a constant, or of quantized elements. Nothing for floats.
std::optional<DataType> getCodeType(const Operand &x);

/// The bias of an accumulation: int32 of scale input * weight, one for each of `channels`.
Operand dequantizeBias(const NodeImporter &n, const Operand &codes, const Quantization &input,
                       const Quantization &weight);

} // namespace nnq::onnximport

#endif // NNQ_LIB_IMPORT_ONNX_QUANTIZATIONIMPORT_H
