// Questions that passes and verifiers ask of upstream's quantized types, whatever their
// granularity.

#ifndef NNQ_DIALECT_NNQ_IR_QUANTIZEDTYPES_H
#define NNQ_DIALECT_NNQ_IR_QUANTIZEDTYPES_H

#include "nnq/Dialect/NNQ/IR/NNQDialect.h"
#include "nnq/Quantization/QuantParams.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Operation.h"
#include "llvm/ADT/SmallVector.h"

#include <string>

namespace nnq {

/// The quantized element type of `type` (a tensor or an element type), or null. Of a codebook, that
/// which its levels are codes of.
mlir::quant::QuantizedType getQuantizedElement(mlir::Type type);

/// The codebook that elements of `type` (a tensor or an element type) are positions in, or null.
QuantileType getCodebook(mlir::Type type);

/// `type` with codes, or levels of its codebook, of `element`.
mlir::RankedTensorType withQuantizedElement(mlir::RankedTensorType type,
                                            mlir::quant::QuantizedType element);

/// The bits that an element of `type` (a tensor or an element type) has in storage.
unsigned getElementBits(mlir::Type type);

/// True if `value` is a tensor of f32.
bool isFloatTensor(mlir::Value value);

/// All scales of a uniform type, in the order of its axis (one for a per-tensor type). Row major
/// for blocks.
llvm::SmallVector<double> getScales(mlir::quant::QuantizedType type);
llvm::SmallVector<int64_t> getZeroPoints(mlir::quant::QuantizedType type);

/// The axis of a per-axis type, or -1.
int64_t getQuantizedAxis(mlir::quant::QuantizedType type);

/// How many input channels (the last dimension) share a scale in weights whose blocks hold one
/// output channel (dimension 0) and everything between. Nothing for weights that are not in such
/// blocks.
std::optional<int64_t> getInputChannelBlock(mlir::RankedTensorType weights);

/// A per-tensor type with `scale` rounded to f32 (the arithmetic is f32), zero point and storage.
mlir::quant::UniformQuantizedType getPerTensorType(mlir::MLIRContext *context, bool isSigned,
                                                   unsigned bits, float scale, int64_t zeroPoint,
                                                   int64_t storageMin, int64_t storageMax);

/// The parameters of a per-tensor type, with its codes counted from `offset` (`getCodeOffset`).
QuantParams getQuantParams(mlir::quant::UniformQuantizedType type, int64_t offset = 0);

/// The type of a bias: i32, zero point 0, scale input * weight (per axis 0 if the weight is per
/// axis). Null unless the input is per tensor and the weight per tensor or per axis.
mlir::quant::QuantizedType getBiasType(mlir::quant::QuantizedType input,
                                       mlir::quant::QuantizedType weight);

/// The integer tensor that holds a quantized tensor's storage. Plain integers are stored without a
/// sign, booleans as bytes; other types as they are.
mlir::Type getStorageType(mlir::Type type);

/// The same as compiled code keeps it in memory: codes of fewer than 8 bits have a byte each.
mlir::Type getMemoryType(mlir::Type type);

/// What the elements of `type` (a tensor or an element type) are called where people and programs
/// read it: f32, bool, i64, u8. Codes go by their storage: u8, i4; positions in codebooks by the
/// number that fits: codebook16, codebook4; of -1 and 1, binary.
std::string getElementName(mlir::Type type);

/// The same for those that stand in memory, as `getMemoryType` says: codes of 4 bits are i8 or u8.
std::string getMemoryElementName(mlir::Type type);

/// An attribute of operations whose rounding depends on how codes are numbered
/// (`QuantizableOp::roundsWithZeroPoint`), set where storage and zero points have been moved
/// together: what to add to the codes of each operand, and of the result behind them, for those of
/// the model.
inline constexpr llvm::StringLiteral codeOffsetsAttrName = "nnq.code_offsets";

/// The entry of that attribute for operand `index` (the number of operands for the result), or 0.
int64_t getCodeOffset(mlir::Operation *op, unsigned index);

} // namespace nnq

#endif // NNQ_DIALECT_NNQ_IR_QUANTIZEDTYPES_H
