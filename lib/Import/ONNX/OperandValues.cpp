// Operands as values of the IR: constants of the types that their users ask for, and what
// quantization makes of them.

#include "NodeImporter.h"

#include "nnq/Dialect/NNQ/IR/IntegerOps.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;
using namespace nnq;
using namespace nnq::onnximport;

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

const HostTensor &Operand::getTensor() const {
  if (constant->source && constant->tensor.type == DataType::Undefined)
    constant->tensor =
        onnximport::dequantize(constant->source->codes, constant->source->quantization);
  return constant->tensor;
}

DataType Operand::getType() const {
  if (!constant)
    return dataTypeOf(mlir::cast<RankedTensorType>(value.getType()).getElementType());
  return constant->source || isFloat(constant->tensor.type) ? DataType::Float
                                                            : constant->tensor.type;
}

Value NodeImporter::findOrCreateConstant(Location at, RankedTensorType type, Type storage,
                                         ArrayRef<char> bytes) const {
  constexpr size_t largestInline = 1024;
  // Bytecode is refused where its buffer is aligned less than a resource in it, and LLVM reads
  // small files and pipes into memory that is aligned to 16.
  constexpr size_t alignment = 16;
  StringRef name = mlir::cast<NameLoc>(at).getName().getValue();
  auto stored = RankedTensorType::get(type.getShape(), storage);
  // Elements are in the IR where there are few, a resource where there are many.
  ElementsAttr few = bytes.size() <= largestInline
                         ? DenseElementsAttr::getFromRawBuffer(stored, bytes)
                         : ElementsAttr();
  SmallVectorImpl<Value> &candidates = state.constants[name];
  for (Value candidate : candidates) {
    ElementsAttr known = candidate.getDefiningOp<ConstantOp>().getValue();
    auto resource = dyn_cast<DenseResourceElementsAttr>(known);
    if (candidate.getType() == type &&
        (few ? known == few
             : resource && resource.getShapedType() == stored && resource.getData() == bytes))
      return candidate;
  }
  ElementsAttr value = few ? few
                           : DenseResourceElementsAttr::get(
                                 stored, name.empty() ? StringRef("constant") : name,
                                 HeapAsmResourceBlob::allocateAndCopyWithAlign(bytes, alignment));
  candidates.push_back(ConstantOp::create(builder, at, type, value));
  return candidates.back();
}

template <typename T> static ArrayRef<char> bytesOf(ArrayRef<T> values) {
  return ArrayRef(reinterpret_cast<const char *>(values.data()), values.size() * sizeof(T));
}

/// Codes in the bytes of an integer of `T`'s width, whatever the sign.
template <typename T> static std::vector<T> narrow(ArrayRef<int64_t> codes) {
  return std::vector<T>(codes.begin(), codes.end());
}

Value NodeImporter::createIntegers(const HostTensor &tensor, Type element, Location at) const {
  auto type = RankedTensorType::get(tensor.shape, element);
  Type storage = getStorageType(element);
  auto create = [&](const auto &narrowed) {
    return findOrCreateConstant(at, type, storage, bytesOf(ArrayRef(narrowed)));
  };
  unsigned bits = storage.getIntOrFloatBitWidth();
  return bits <= 8    ? create(narrow<int8_t>(tensor.ints))
         : bits <= 16 ? create(narrow<int16_t>(tensor.ints))
         : bits <= 32 ? create(narrow<int32_t>(tensor.ints))
                      : create(narrow<int64_t>(tensor.ints));
}

Value NodeImporter::materializeCodes(const HostTensor &codes, const Quantization &quantization,
                                     Location at) const {
  return createIntegers(codes, quantization.getType(builder.getContext(), codes.shape), at);
}

Value NodeImporter::materializeIntegers(const HostTensor &tensor, Location at) const {
  if (IntegerType element = integerTypeOf(builder.getContext(), tensor.type))
    return createIntegers(tensor, element, at);
  error() << "needs a tensor of integers of 8 bits or more, but "
          << mlir::cast<NameLoc>(at).getName() << " is of " << nameOf(tensor.type);
  return {};
}

Value NodeImporter::materialize(Operand::Constant &constant) const {
  const HostTensor &tensor = constant.source ? constant.source->codes : constant.tensor;
  Location at = NameLoc::get(builder.getStringAttr(constant.name));
  if (tensor.size() == 0) {
    error() << "needs a tensor with elements, but '" << constant.name << "' has the shape "
            << shapeText(tensor.shape);
    return {};
  }
  if (constant.source) {
    Value codes = materializeCodes(tensor, constant.source->quantization, at);
    return RequantizeOp::create(builder, at, f32Tensor(tensor.shape), codes);
  }
  if (isFloat(tensor.type))
    return findOrCreateConstant(at, f32Tensor(tensor.shape), builder.getF32Type(),
                                bytesOf(tensor.floats));
  bool isCode = storageOf(tensor.type) &&
                (state.integersAreCodes || !integerTypeOf(builder.getContext(), tensor.type));
  return isCode ? materializeCodes(tensor, Quantization::raw(tensor.type), at)
                : materializeIntegers(tensor, at);
}

Value NodeImporter::getIntegers(const Operand &operand) const {
  if (!operand)
    return {};
  DataType type = operand.getType();
  if (!isInteger(type)) {
    error() << "needs a tensor of integers, but got FLOAT; a Cast is missing in front of it";
    return {};
  }
  if (operand.isConstant()) {
    Operand::Constant &constant = *operand.constant;
    return constant.tensor.size() == 0
               ? materialize(constant)
               : materializeIntegers(constant.tensor,
                                     NameLoc::get(builder.getStringAttr(constant.name)));
  }
  auto tensor = mlir::cast<RankedTensorType>(operand.value.getType());
  if (mlir::isa<IntegerType>(tensor.getElementType()))
    return operand.value;
  if (IntegerType element = integerTypeOf(builder.getContext(), type))
    return StorageCastOp::create(builder, loc, tensor.clone(element), operand.value);
  error() << "needs a tensor of integers of 8 bits or more, but got " << nameOf(type);
  return {};
}

Value NodeImporter::getAnyValue(const Operand &operand) const {
  if (!operand.isConstant())
    return operand.value;
  Operand::Constant &constant = *operand.constant;
  if (!constant.materialized)
    constant.materialized = materialize(constant);
  return constant.materialized;
}

Value NodeImporter::getCodes(const Operand &operand) const {
  Value value = getAnyValue(operand);
  auto type = value ? mlir::cast<RankedTensorType>(value.getType()) : RankedTensorType();
  if (!type || !mlir::isa<IntegerType>(type.getElementType()) || !storageOf(operand.getType()))
    return value;
  Quantization raw = Quantization::raw(operand.getType());
  return StorageCastOp::create(
      builder, loc, type.clone(raw.getType(builder.getContext(), type.getShape())), value);
}

Value NodeImporter::getValue(const Operand &operand) const {
  Value value = getAnyValue(operand);
  if (!value || mlir::cast<RankedTensorType>(value.getType()).getElementType().isF32())
    return value;
  auto named = mlir::dyn_cast<NameLoc>(value.getLoc());
  error() << "needs a tensor of FLOAT, but " << (named ? "'" + named.getName().str() + "' " : "it ")
          << "holds integers of " << value.getType()
          << "; a DequantizeLinear or a Cast is missing in front of it";
  return {};
}

//===----------------------------------------------------------------------===//
// Quantization
//===----------------------------------------------------------------------===//

Operand NodeImporter::dequantize(const Operand &x, const Quantization &quantization) const {
  if (!x)
    return {};
  if (x.isConstant() && !x.isDequantized() && x.getTensor().type == quantization.type) {
    HostTensor constant = x.getTensor();
    Quantization positive = quantization;
    makeScalesPositive(constant, positive);
    return Operand(std::move(constant), std::move(positive), x.getName());
  }
  Value codes = x.isConstant() ? Value() : getCodes(x);
  auto type = codes ? mlir::cast<RankedTensorType>(codes.getType()) : RankedTensorType();
  auto found = type ? dyn_cast<quant::QuantizedType>(type.getElementType()) : nullptr;
  Storage storage = *storageOf(quantization.type);
  if (!found || found.getStorageTypeIntegralWidth() != storage.bits ||
      found.isSigned() != storage.isSigned) {
    InFlightDiagnostic diagnostic = error();
    diagnostic << "needs a tensor of " << nameOf(quantization.type) << ", as its zero point, but ";
    if (found)
      diagnostic << "got integers of " << (found.isSigned() ? "INT" : "UINT")
                 << found.getStorageTypeIntegralWidth();
    else
      diagnostic << "got " << nameOf(x.isConstant() ? x.getTensor().type : DataType::Float);
    return {};
  }
  RankedTensorType wanted = type.clone(quantization.getType(builder.getContext(), type.getShape()));
  if (wanted != type)
    codes = ReinterpretOp::create(builder, loc, wanted, codes);
  return RequantizeOp::create(builder, loc, f32Tensor(type.getShape()), codes).getResult();
}

Operand NodeImporter::quantize(const Operand &x, const Quantization &quantization) const {
  if (!x)
    return {};
  if (x.isConstant() && isFloat(x.getTensor().type)) {
    if (!reserve(x.getShape()))
      return {};
    return moved(x, onnximport::quantize(x.getTensor(), quantization));
  }
  Value reals = getValue(x);
  if (!reals)
    return {};
  auto type = mlir::cast<RankedTensorType>(reals.getType());
  return RequantizeOp::create(
             builder, loc, type.clone(quantization.getType(builder.getContext(), type.getShape())),
             reals)
      .getResult();
}
