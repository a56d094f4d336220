// What is known of a network's outputs and of its rounding switches before it is compiled.

#include "Bindings.h"
#include "Module.h"

#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Transforms/ObservationNames.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <optional>

namespace py = pybind11;
using namespace mlir;

namespace nnq::python {

namespace {

/// A slice of an output along `axis`, computed by one layer; the whole output where axis is -1.
struct Part {
  std::string name;
  int64_t axis = -1, start = 0, size = 0;
  std::optional<std::pair<double, double>> range; ///< by definition, as that of a sigmoid
};

} // namespace

static bool movesOne(Operation *op) {
  auto quantizable = dyn_cast_or_null<QuantizableOp>(op);
  return quantizable && op->getNumOperands() == 1 &&
         (quantizable.sharesScale() || isa<RequantizeOp>(op));
}

/// One part for all of `value`.
static Part wholeOf(Value value) {
  while (movesOne(value.getDefiningOp()))
    value = value.getDefiningOp()->getOperand(0);
  Operation *def = value.getDefiningOp();
  Part part;
  part.name = def ? getLayerName(def) : "input";
  if (auto op = dyn_cast_or_null<QuantizableOp>(def))
    part.range = op.getFixedResultRange();
  return part;
}

/// Where dimension `axis` of a reshape's operand is in its result: a dimension of the same size
/// with as many elements in front; -1 if there is none.
static int64_t mapAxis(ReshapeOp reshape, int64_t axis) {
  ArrayRef<int64_t> from = reshape.getInput().getType().getShape();
  ArrayRef<int64_t> to = reshape.getResult().getType().getShape();
  int64_t before = 1, passed = 1;
  for (int64_t size : from.take_front(axis))
    before *= size;
  for (auto [i, size] : llvm::enumerate(to)) {
    if (passed == before && size == from[axis])
      return i;
    passed *= size;
  }
  return -1;
}

/// The parts that `value` is put together of, along one axis; one part where it is not.
static std::vector<Part> partsOf(Value value) {
  Operation *def = value.getDefiningOp();
  if (auto concat = dyn_cast_or_null<ConcatOp>(def)) {
    std::vector<Part> parts;
    int64_t axis = concat.getAxis(), start = 0;
    for (Value operand : concat.getInputs()) {
      Part part = wholeOf(operand);
      part.axis = axis;
      part.start = start;
      part.size = cast<RankedTensorType>(operand.getType()).getDimSize(axis);
      start += part.size;
      parts.push_back(std::move(part));
    }
    return parts;
  }
  if (!def || !isa<TransposeOp, ReshapeOp, RequantizeOp>(def))
    return {wholeOf(value)};
  std::vector<Part> parts = partsOf(def->getOperand(0));
  int64_t axis = parts.front().axis;
  if (auto transpose = dyn_cast<TransposeOp>(def); transpose && axis >= 0)
    axis = llvm::find(transpose.getPermutation(), axis) - transpose.getPermutation().begin();
  if (auto reshape = dyn_cast<ReshapeOp>(def); reshape && axis >= 0)
    axis = mapAxis(reshape, axis);
  if (axis < 0)
    return {wholeOf(value)};
  for (Part &part : parts)
    part.axis = axis;
  return parts;
}

/// For each output a list of (name, axis, start, size, range).
static py::list getOutputParts(Module &module) {
  py::list outputs;
  auto main = module.op->lookupSymbol<func::FuncOp>("main");
  if (!main || main.isExternal())
    return outputs;
  for (Value value : main.front().getTerminator()->getOperands()) {
    py::list parts;
    for (const Part &part : partsOf(value))
      parts.append(py::make_tuple(part.name, part.axis, part.start, part.size, part.range));
    outputs.append(parts);
  }
  return outputs;
}

/// For each switch of --nnq-simulate-rounding the names of the tensors that it rounds.
static std::vector<std::vector<std::string>> getSwitches(Module &module) {
  std::vector<std::vector<std::string>> switches;
  auto main = module.op->lookupSymbol<func::FuncOp>("main");
  for (unsigned i = 0; main && i < main.getNumArguments(); ++i)
    if (auto groups = main.getArgAttrOfType<ArrayAttr>(i, switchesAttrName))
      for (auto group : groups.getAsRange<ArrayAttr>()) {
        auto names = group.getAsValueRange<StringAttr>();
        switches.emplace_back(names.begin(), names.end());
      }
  return switches;
}

void bindOutputs(py::class_<Module> &module) {
  module
      .def_property_readonly(
          "output_parts", getOutputParts,
          "For each output a list of (name, axis, start, size, range): the layers that compute "
          "its slices, where it is a concatenation, else one with axis -1 for all of it. "
          "`range` is (lo, hi) by definition, as of a sigmoid, or None.")
      .def_property_readonly("switches", getSwitches,
                             "For each switch of --nnq-simulate-rounding the names of the tensors "
                             "that it rounds.");
}

} // namespace nnq::python
