// If, Loop and Scan. There is no control flow at run time: a branch is chosen, or both are computed
// and their values chosen from; loops are unrolled.

#include "NodeImporter.h"

#include "llvm/ADT/STLExtras.h"

#include <limits>

using namespace mlir;
using namespace nnq;
using namespace nnq::onnximport;

/// The nodes of a body and of the bodies in it.
static int64_t countNodes(const Graph &graph) {
  int64_t count = graph.nodes.size();
  for (const Node &node : graph.nodes)
    for (const auto &attribute : node.attributes)
      if (attribute.second.graph)
        count += countNodes(*attribute.second.graph);
  return count;
}

/// The value of a constant scalar; nothing if it is computed, or has more elements.
static std::optional<int64_t> getConstantScalar(const Operand &x) {
  if (x.isConstant() && isInteger(x.getTensor().type) && x.getTensor().size() == 1)
    return x.getTensor().ints[0];
  return std::nullopt;
}

static Operand constantInteger(NodeImporter &n, int64_t value, DataType type) {
  return n.evaluated(HostTensor::ofInts({}, {value}, type));
}

//===----------------------------------------------------------------------===//
// If
//===----------------------------------------------------------------------===//

/// The outputs of a branch, one for each of the node's.
static std::optional<SmallVector<Operand>> importBranch(NodeImporter &n, StringRef name) {
  const Graph *branch = n.getGraph(name);
  if (!branch)
    return std::nullopt;
  if (branch->outputs.size() == n.getNumOutputs())
    return n.importBody(*branch, {}, /*label=*/"");
  n.error() << name << " has " << branch->outputs.size() << " outputs; it needs "
            << n.getNumOutputs();
  return std::nullopt;
}

/// Both branches, and each output from the one that the condition names at run time.
static LogicalResult importChoice(NodeImporter &n, const Operand &condition) {
  std::optional<SmallVector<Operand>> taken = importBranch(n, "then_branch"),
                                      other = importBranch(n, "else_branch");
  Operand scalar = n.reshape(condition, {});
  if (!taken || !other || !scalar)
    return failure();
  for (auto [i, a, b] : llvm::enumerate(*taken, *other)) {
    if (a.getShape() != b.getShape())
      return n.error() << "output " << i << " has the shape " << shapeText(a.getShape())
                       << " in one branch and " << shapeText(b.getShape())
                       << " in the other; the condition is computed at run time, so it needs one";
    if (failed(n.setOutput(i, n.importAs("Where", {scalar, a, b}))))
      return failure();
  }
  return success();
}

static LogicalResult importIf(NodeImporter &n) {
  Operand condition = n.input(0);
  std::optional<int64_t> holds = getConstantScalar(condition);
  if (!holds)
    return importChoice(n, condition);
  std::optional<SmallVector<Operand>> outputs =
      importBranch(n, *holds ? "then_branch" : "else_branch");
  if (!outputs)
    return failure();
  for (auto [i, output] : llvm::enumerate(*outputs))
    if (failed(n.setOutput(i, output)))
      return failure();
  return success();
}

//===----------------------------------------------------------------------===//
// Loop
//===----------------------------------------------------------------------===//

/// What iterations gave, behind each other along a new dimension `axis`.
static Operand stack(NodeImporter &n, ArrayRef<Operand> slices, int64_t axis) {
  SmallVector<Operand> parts;
  for (const Operand &slice : slices) {
    Shape shape(slice.getShape());
    shape.insert(shape.begin() + axis, 1);
    parts.push_back(n.reshape(slice, shape));
  }
  return n.concat(parts, axis);
}

/// Sets output `i` to the stack of `slices`, if there are any and it is used.
static LogicalResult setStacked(NodeImporter &n, unsigned i, ArrayRef<Operand> slices,
                                int64_t axis) {
  if (!n.isOutputUsed(i))
    return success();
  if (slices.empty())
    return n.error() << "runs no iteration, and so output " << i << " would be empty";
  return n.setOutput(i, stack(n, slices, axis));
}

/// The number of iterations, as far as the first input says.
static std::optional<int64_t> readTripCount(NodeImporter &n) {
  if (!n.hasInput(0))
    return std::numeric_limits<int64_t>::max();
  std::optional<int64_t> count = getConstantScalar(n.input(0));
  if (!count)
    n.error() << "the trip count '" << n.node.inputs[0]
              << "' must be a constant integer: loops are unrolled";
  return count;
}

/// Carried values pass from one iteration to the next, what a body gives beside them is stacked.
static LogicalResult importLoop(NodeImporter &n) {
  const Graph *body = n.getGraph("body");
  std::optional<int64_t> tripCount = readTripCount(n);
  if (!body || !tripCount)
    return failure();
  SmallVector<Operand> carried;
  for (unsigned i = 2; i < n.getNumInputs(); ++i)
    carried.push_back(n.input(i));
  size_t numCarried = carried.size(), numStacked = n.getNumOutputs() - numCarried;
  if (n.getNumOutputs() < numCarried || body->inputs.size() != 2 + numCarried ||
      body->outputs.size() != 1 + n.getNumOutputs())
    return n.error() << "carries " << numCarried << " values and has " << n.getNumOutputs()
                     << " outputs, but its body has " << body->inputs.size() << " inputs and "
                     << body->outputs.size() << " outputs";
  Operand condition = n.hasInput(1) ? n.input(1) : constantInteger(n, 1, DataType::Bool);
  SmallVector<SmallVector<Operand>> stacked(numStacked);
  for (int64_t i = 0; i < *tripCount; ++i) {
    std::optional<int64_t> holds = getConstantScalar(condition);
    if (!holds)
      return n.error() << "the condition of iteration " << i
                       << " is computed at run time; it must be constant: loops are unrolled";
    if (!*holds)
      break;
    if (!n.reserveUnrolled(1 + countNodes(*body)))
      return failure();
    SmallVector<Operand> inputs{constantInteger(n, i, DataType::Int64), condition};
    llvm::append_range(inputs, carried);
    std::optional<SmallVector<Operand>> outputs = n.importBody(*body, inputs, std::to_string(i));
    if (!outputs)
      return failure();
    condition = outputs->front();
    for (auto [value, output] : llvm::zip(carried, llvm::drop_begin(*outputs)))
      value = output;
    for (auto [slices, output] : llvm::zip(stacked, llvm::drop_begin(*outputs, 1 + numCarried)))
      slices.push_back(output);
  }
  for (auto [i, value] : llvm::enumerate(carried))
    if (failed(n.setOutput(i, value)))
      return failure();
  for (auto [i, slices] : llvm::enumerate(stacked))
    if (failed(setStacked(n, numCarried + i, slices, /*axis=*/0)))
      return failure();
  return success();
}

//===----------------------------------------------------------------------===//
// Scan
//===----------------------------------------------------------------------===//

/// A list of one integer for each of `count` tensors; zeros if it is left out.
static std::optional<Shape> readList(NodeImporter &n, StringRef name, size_t count) {
  Shape list = n.getInts(name).value_or(Shape(count, 0));
  if (list.size() == count)
    return list;
  n.error() << "attribute '" << name << "' has " << list.size() << " elements; it needs " << count;
  return std::nullopt;
}

/// `x` at `position` along `axis`, without that dimension.
static Operand takeSlice(NodeImporter &n, const Operand &x, int64_t axis, int64_t position) {
  Shape rest(x.getShape());
  rest.erase(rest.begin() + axis);
  return n.reshape(n.sliceAlong(x, axis, position, 1), rest);
}

namespace {
/// The tensors that a Scan runs along, and how.
struct Scanned {
  SmallVector<Operand> inputs;
  Shape axes, backward;
  int64_t length = -1; ///< of all of them
};
} // namespace

static std::optional<Scanned> readScanned(NodeImporter &n, size_t numCarried) {
  Scanned scanned;
  size_t count = n.getNumInputs() - numCarried;
  std::optional<Shape> axes = readList(n, "scan_input_axes", count),
                       backward = readList(n, "scan_input_directions", count);
  if (!axes || !backward)
    return std::nullopt;
  scanned.backward = *backward;
  for (size_t i = 0; i < count; ++i) {
    Operand x = n.input(numCarried + i);
    std::optional<int64_t> axis = x ? n.resolveAxis((*axes)[i], x.getRank()) : std::nullopt;
    if (!axis)
      return std::nullopt;
    int64_t length = x.getShape()[*axis];
    if (scanned.length >= 0 && length != scanned.length) {
      n.error() << "scans " << scanned.length << " and " << length
                << " elements; its inputs need as many of each";
      return std::nullopt;
    }
    scanned.length = length;
    scanned.axes.push_back(*axis);
    scanned.inputs.push_back(x);
  }
  return scanned;
}

static LogicalResult importScan(NodeImporter &n) {
  if (n.opset < 9)
    return n.error() << "is of opset 8, which has a batch dimension; supported is 9 and newer";
  const Graph *body = n.getGraph("body");
  int64_t numScanned = n.getInt("num_scan_inputs", 0), numInputs = n.getNumInputs();
  if (!body)
    return failure();
  if (numScanned < 1 || numScanned > numInputs)
    return n.error() << "num_scan_inputs = " << numScanned << " for " << numInputs
                     << " inputs; it must be 1 to " << numInputs;
  size_t numCarried = numInputs - numScanned, numStacked = n.getNumOutputs() - numCarried;
  if (n.getNumOutputs() < numCarried || body->inputs.size() != n.getNumInputs() ||
      body->outputs.size() != n.getNumOutputs())
    return n.error() << "has " << numInputs << " inputs and " << n.getNumOutputs()
                     << " outputs, but its body has " << body->inputs.size() << " and "
                     << body->outputs.size();
  std::optional<Scanned> scanned = readScanned(n, numCarried);
  std::optional<Shape> axes = readList(n, "scan_output_axes", numStacked),
                       backward = readList(n, "scan_output_directions", numStacked);
  if (!scanned || !axes || !backward || !n.reserveUnrolled(scanned->length * countNodes(*body)))
    return failure();
  SmallVector<Operand> carried;
  for (size_t i = 0; i < numCarried; ++i)
    carried.push_back(n.input(i));
  SmallVector<SmallVector<Operand>> stacked(numStacked);
  for (int64_t i = 0; i < scanned->length; ++i) {
    SmallVector<Operand> inputs = carried;
    for (auto [x, axis, isBackward] : llvm::zip(scanned->inputs, scanned->axes, scanned->backward))
      inputs.push_back(takeSlice(n, x, axis, isBackward ? scanned->length - 1 - i : i));
    std::optional<SmallVector<Operand>> outputs = n.importBody(*body, inputs, std::to_string(i));
    if (!outputs)
      return failure();
    for (auto [value, output] : llvm::zip(carried, *outputs))
      value = output;
    for (auto [slices, output] : llvm::zip(stacked, llvm::drop_begin(*outputs, numCarried)))
      slices.push_back(output);
  }
  for (auto [i, value] : llvm::enumerate(carried))
    if (failed(n.setOutput(i, value)))
      return failure();
  for (auto [i, slices, axis, isBackward] : llvm::enumerate(stacked, *axes, *backward)) {
    if (isBackward)
      std::reverse(slices.begin(), slices.end());
    std::optional<int64_t> resolved = n.resolveAxis(axis, slices.front().getRank() + 1);
    if (!resolved || failed(setStacked(n, numCarried + i, slices, *resolved)))
      return failure();
  }
  return success();
}

void nnq::onnximport::registerControlFlowOps(HandlerTable &table) {
  table.add("If", {importIf, 1, 1});
  table.add("Loop", {importLoop, 0, anyNumber});
  table.add("Scan", {importScan, 0, anyNumber});
}
