// Operators with places that are computed at run time.

#include "NodeImporter.h"

#include "nnq/Dialect/NNQ/IR/IndexOps.h"
#include "nnq/Dialect/NNQ/IR/IntegerOps.h"

#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/STLExtras.h"

#include <numeric>

using namespace mlir;
using namespace nnq;
using namespace nnq::onnximport;

//===----------------------------------------------------------------------===//
// Gathers and scatters
//===----------------------------------------------------------------------===//

static LogicalResult importGatherElements(NodeImporter &n) {
  Operand x = n.input(0), indices = n.input(1);
  std::optional<int64_t> axis = x ? n.resolveAxis(n.getInt("axis", 0), x.getRank()) : std::nullopt;
  if (!axis)
    return failure();
  return n.setOutput(
      0, n.createMove<GatherElementsOp>(n.getAnyValue(x), n.getIntegers(indices), *axis));
}

static LogicalResult importGatherND(NodeImporter &n) {
  Operand x = n.input(0), indices = n.input(1);
  if (!x || !indices)
    return failure();
  return n.setOutput(0, n.createMove<GatherNDOp>(n.getAnyValue(x), n.getIntegers(indices),
                                                 n.getInt("batch_dims", 0)));
}

static LogicalResult importScatterND(NodeImporter &n) {
  Operand x = n.input(0), indices = n.input(1), updates = n.input(2);
  if (!x || !indices || !updates)
    return failure();
  if (StringRef reduction = n.getString("reduction", "none"); reduction != "none")
    return n.error() << "reduction = '" << reduction << "' is not supported; supported is none";
  if (x.getType() != updates.getType())
    return n.error() << "mixes " << nameOf(x.getType()) << " and " << nameOf(updates.getType());
  auto valueOf = [&](const Operand &operand) {
    return isInteger(operand.getType()) ? n.getIntegers(operand) : n.getValue(operand);
  };
  return n.setOutput(
      0, n.createMove<ScatterNDOp>(valueOf(x), n.getIntegers(indices), valueOf(updates)));
}

//===----------------------------------------------------------------------===//
// Places of extremes
//===----------------------------------------------------------------------===//

/// Reals, codes or integers: whose order is known.
static Value getOrdered(NodeImporter &n, const Operand &x) {
  return isInteger(x.getType()) ? n.getIntegers(x) : n.getValue(x);
}

template <ArgReduceKind kind> static LogicalResult importArgReduce(NodeImporter &n) {
  Operand x = n.input(0);
  std::optional<int64_t> axis = x ? n.resolveAxis(n.getInt("axis", 0), x.getRank()) : std::nullopt;
  if (!axis)
    return failure();
  Operand places = n.createOf<ArgReduceOp>(n.builder.getI64Type(), getOrdered(n, x), kind, *axis,
                                           n.getInt("select_last_index", 0) != 0);
  if (!places)
    return failure();
  Shape shape(x.getShape());
  if (n.getInt("keepdims", 1) == 0)
    shape.erase(shape.begin() + *axis);
  else
    shape[*axis] = 1;
  return n.setOutput(0, n.reshape(places, shape));
}

static LogicalResult importTopK(NodeImporter &n) {
  Operand x = n.input(0);
  std::optional<int64_t> axis = x ? n.resolveAxis(n.getInt("axis", -1), x.getRank()) : std::nullopt;
  std::optional<Shape> k =
      n.opset < 10 ? std::optional(Shape{n.getInt("k", 0)}) : n.getConstantInts(1);
  if (!axis || !k)
    return failure();
  int64_t size = x.getShape()[*axis];
  if (k->size() != 1 || k->front() < 1 || k->front() > size)
    return n.error() << "takes " << shapeText(*k) << " of the " << size << " numbers along axis "
                     << *axis;
  Value numbers = getOrdered(n, x);
  Value places = n.createOf<TopKOp>(n.builder.getI64Type(), numbers, k->front(), *axis,
                                    n.getInt("largest", 1) == 0);
  if (!places)
    return failure();
  if (n.isOutputUsed(0) &&
      failed(n.setOutput(0, n.createMove<GatherElementsOp>(numbers, places, *axis))))
    return failure();
  return n.setOutput(1, places);
}

//===----------------------------------------------------------------------===//
// OneHot, NonZero
//===----------------------------------------------------------------------===//

/// The index counted from the start, beside all places: a comparison. What is outside of them is
/// nowhere.
static LogicalResult importOneHot(NodeImporter &n) {
  Operand indices = n.input(0), values = n.input(2);
  std::optional<Shape> depth = n.getConstantInts(1);
  if (!indices || !values || !depth)
    return failure();
  if (depth->size() != 1 || depth->front() < 1)
    return n.error() << "has a depth of " << shapeText(*depth) << "; it needs 1 or more";
  if (values.getShape() != ArrayRef<int64_t>{2})
    return n.error() << "has values of shape " << shapeText(values.getShape())
                     << "; it needs one for off and one for on";
  std::optional<int64_t> axis = n.resolveAxis(n.getInt("axis", -1), indices.getRank() + 1);
  if (!axis)
    return failure();
  Type i64 = n.builder.getI64Type();
  if (indices.getType() != DataType::Int64)
    indices = n.createOf<CastOp>(i64, isInteger(indices.getType()) ? n.getIntegers(indices)
                                                                   : n.getValue(indices));
  if (!indices)
    return failure();
  Shape shape(indices.getShape()), placesShape(shape.size() + 1 - *axis, 1);
  shape.insert(shape.begin() + *axis, 1);
  placesShape[0] = depth->front();
  auto scalar = [&](int64_t value) { return n.evaluated(HostTensor::ofInts({}, {value})); };
  if (!n.reserve(placesShape))
    return failure();
  std::vector<int64_t> places(depth->front());
  std::iota(places.begin(), places.end(), 0);
  Value index = n.getIntegers(n.reshape(indices, shape)),
        fromEnd = n.createOf<IntegerOp>(i64, index, n.getIntegers(scalar(depth->front())),
                                        IntegerKind::Add);
  Value isNegative = n.createOf<CompareOp>(n.builder.getI1Type(), index, n.getIntegers(scalar(0)),
                                           CompareKind::Lt);
  index = n.createOf<SelectOp>(i64, isNegative, fromEnd, index);
  Value isHere = n.createOf<CompareOp>(
      n.builder.getI1Type(), index,
      n.getIntegers(n.evaluated(HostTensor::ofInts(placesShape, std::move(places)))),
      CompareKind::Eq);
  auto valueAt = [&](int64_t i) {
    Operand value = n.reshape(n.slice(values, {i}, {1}, {1}), {});
    return isInteger(values.getType()) ? n.getIntegers(value) : n.getValue(value);
  };
  Value off = valueAt(0), on = valueAt(1);
  return on ? n.setOutput(0, n.createOf<SelectOp>(getElementTypeOrSelf(on), isHere, on, off))
            : failure();
}

/// Of a constant: how many places there are is its shape.
static LogicalResult importNonZero(NodeImporter &n) {
  Operand x = n.input(0);
  if (!x)
    return failure();
  if (!x.isConstant())
    return n.error() << "the shape of its result is known at run time only; shapes are static";
  const HostTensor &tensor = x.getTensor();
  SmallVector<int64_t> found;
  for (int64_t i = 0; i < tensor.size(); ++i)
    if (isFloat(tensor.type) ? tensor.floats[i] != 0 : tensor.ints[i] != 0)
      found.push_back(i);
  int64_t rank = tensor.shape.size(), count = found.size();
  if (!n.reserve({rank, count}))
    return failure();
  std::vector<int64_t> places(rank * count);
  for (auto [i, place] : llvm::enumerate(found))
    for (int64_t d = rank, rest = place; d-- > 0; rest /= tensor.shape[d])
      places[d * count + i] = rest % tensor.shape[d];
  return n.setOutput(0, n.evaluated(HostTensor::ofInts({rank, count}, std::move(places))));
}

void nnq::onnximport::registerIndexOps(HandlerTable &table) {
  table.add("GatherElements", {importGatherElements, 2, 2});
  table.add("GatherND", {importGatherND, 2, 2});
  table.add("ScatterND", {importScatterND, 3, 3});
  table.add("ArgMax", {importArgReduce<ArgReduceKind::Max>, 1, 1});
  table.add("ArgMin", {importArgReduce<ArgReduceKind::Min>, 1, 1});
  table.add("TopK", {importTopK, 1, 2});
  table.add("OneHot", {importOneHot, 3, 3});
  table.add("NonZero", {importNonZero, 1, 1});
}
