// What passes take for a network.

#include "nnq/Dialect/NNQ/IR/Network.h"

#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace nnq {

std::optional<int64_t> countElements(ArrayRef<int64_t> shape) {
  int64_t count = 1;
  for (int64_t size : shape)
    if (ShapedType::isDynamic(size) || llvm::MulOverflow(count, size, count))
      return std::nullopt;
  return count <= maxElements ? std::optional(count) : std::nullopt;
}

/// What is wrong with a type of a network; empty if nothing.
static StringRef findFault(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor)
    return "is no ranked tensor";
  if (tensor.getEncoding())
    return "has an encoding";
  if (!tensor.hasStaticShape())
    return "has a dynamic dimension; shapes are static";
  std::optional<int64_t> count = countElements(tensor.getShape());
  if (!count)
    return "has more than 2^31 elements";
  if (*count == 0)
    return "has no elements";
  Type element = tensor.getElementType();
  if (element.isF32())
    return "";
  if (auto integer = dyn_cast<IntegerType>(element))
    return integer.getWidth() <= 64 ? "" : "has integers of more than 64 bits";
  quant::QuantizedType quantized = getQuantizedElement(element);
  if (!quantized)
    return "has elements of a type that is none of f32, integers and codes";
  if (isa<quant::AnyQuantizedType>(quantized))
    return "has codes without a scale";
  if (!quantized.getExpressedType().isF32())
    return "has codes that do not stand for f32";
  return quantized.getStorageTypeIntegralWidth() <= 32 ? "" : "has codes of more than 32 bits";
}

static LogicalResult verifyTypes(FunctionOpInterface function, TypeRange types, StringRef kind) {
  for (auto [i, type] : llvm::enumerate(types))
    if (StringRef fault = findFault(type); !fault.empty())
      return function.emitError() << "'" << function.getName() << "' is no network: " << kind << " "
                                  << i << " of type " << type << " " << fault;
  return success();
}

LogicalResult verifyNetwork(FunctionOpInterface function) {
  Region &body = function.getFunctionBody();
  if (!body.hasOneBlock())
    return function.emitError() << "'" << function.getName() << "' is no network: it has "
                                << body.getBlocks().size() << " blocks; a network is one";
  if (failed(verifyTypes(function, function.getArgumentTypes(), "argument")) ||
      failed(verifyTypes(function, function.getResultTypes(), "result")))
    return failure();
  for (Operation &op : body.front()) {
    if (op.getNumRegions() != 0)
      return op.emitError() << "'" << op.getName()
                            << "' has a region; a network is a list of operations without any";
    for (Type type : op.getResultTypes())
      if (StringRef fault = findFault(type); !fault.empty())
        return op.emitError() << "'" << op.getName() << "' has a result of type " << type
                              << ", which " << fault;
  }
  return success();
}

} // namespace nnq
