// The inputs and outputs of a network before compilation.

#include "Bindings.h"
#include "Module.h"

#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "llvm/Support/JSON.h"

namespace py = pybind11;
using namespace mlir;

namespace nnq::python {

namespace {

/// An input or output of `main`, before compilation.
struct Tensor {
  std::string name;
  std::vector<int64_t> shape;
  std::string type;
  double scale = 0;
  int64_t zeroPoint = 0;
};

} // namespace

static Tensor describe(DictionaryAttr attributes, Type type, std::string fallback) {
  auto name = attributes ? attributes.getAs<StringAttr>("nnq.name") : nullptr;
  auto shaped = cast<ShapedType>(type);
  Tensor tensor{name ? llvm::json::fixUTF8(name.getValue()) : fallback, shaped.getShape().vec(),
                getMemoryElementName(type)};
  if (auto quantized = dyn_cast<quant::UniformQuantizedType>(shaped.getElementType()))
    tensor.scale = quantized.getScale(), tensor.zeroPoint = quantized.getZeroPoint();
  return tensor;
}

static std::vector<Tensor> getInputs(Module &module) {
  func::FuncOp function = getMain(module);
  std::vector<Tensor> tensors;
  for (auto [i, type] : llvm::enumerate(function.getArgumentTypes()))
    tensors.push_back(describe(function.getArgAttrDict(i), type, "arg" + std::to_string(i)));
  return tensors;
}

static std::vector<Tensor> getOutputs(Module &module) {
  func::FuncOp function = getMain(module);
  std::vector<Tensor> tensors;
  for (auto [i, type] : llvm::enumerate(function.getResultTypes()))
    tensors.push_back(describe(function.getResultAttrDict(i), type, "result" + std::to_string(i)));
  return tensors;
}

/// The codes that float inputs become, with the inputs' names. An input that is read in float as
/// well, or in several types, is left out.
static std::vector<Tensor> getInputCodes(Module &module) {
  func::FuncOp function = getMain(module);
  std::vector<Tensor> codes;
  for (BlockArgument argument : function.getArguments()) {
    Value value = argument;
    Operation *user = nullptr;
    while (value.hasOneUse()) {
      user = *value.user_begin();
      auto quantizable = dyn_cast<QuantizableOp>(user);
      if (!quantizable || !quantizable.movesOneTensor())
        break;
      value = user->getResult(0);
    }
    if (!value.hasOneUse() || !isa<RequantizeOp>(user) ||
        !getQuantizedElement(user->getResult(0).getType()))
      continue;
    unsigned index = argument.getArgNumber();
    Type type = user->getResult(0).getType();
    codes.push_back(describe(function.getArgAttrDict(index), type, "arg" + std::to_string(index)));
  }
  return codes;
}

void bindTensors(py::module_ &m, py::class_<Module> &module) {
  py::class_<Tensor>(m, "Tensor", "An input or output of a module's function main.")
      .def_readonly("name", &Tensor::name)
      .def_readonly("shape", &Tensor::shape)
      .def_readonly("type", &Tensor::type)
      .def_readonly("scale", &Tensor::scale, "0 for float.")
      .def_readonly("zero_point", &Tensor::zeroPoint);

  module.def_property_readonly("inputs", getInputs)
      .def_property_readonly("outputs", getOutputs)
      .def_property_readonly("input_codes", getInputCodes,
                             "Quantized tensors that float inputs become, by the inputs' names.");
}

} // namespace nnq::python
