// Pools over windows and over everything, and reductions.

#include "ImageWindow.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace nnq;
using namespace nnq::onnximport;

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

/// Pads at the end so that what is left over makes one more window, as ceil_mode asks; a window
/// that would start behind the input and its front padding is left out (as ONNX Runtime and PyTorch
/// do). Returns whether anything was added.
static bool padToCeil(Window &window, ArrayRef<int64_t> spatial) {
  bool added = false;
  for (size_t d = 0; d < spatial.size(); ++d) {
    int64_t stride = window.strides[d],
            rest = spatial[d] + window.low[d] + window.high[d] - window.extent(d);
    if (rest < 0 || rest % stride == 0 ||
        (rest / stride + 1) * stride >= spatial[d] + window.low[d])
      continue;
    window.high[d] += stride - rest % stride;
    added = true;
  }
  return added;
}

static std::optional<Window> readPoolWindow(NodeImporter &n, const Operand &x, bool &ceilPadded) {
  std::optional<Shape> kernel = n.getInts("kernel_shape");
  if (!kernel) {
    n.error() << "has no kernel_shape";
    return std::nullopt;
  }
  ArrayRef<int64_t> spatial = x.getShape().drop_front(2);
  std::optional<Window> window = readWindow(n, spatial, *kernel);
  ceilPadded = window && n.getInt("ceil_mode", 0) != 0 && padToCeil(*window, spatial);
  return window ? std::optional(toTwoDimensions(*window)) : std::nullopt;
}

static LogicalResult importMaxPool(NodeImporter &n) {
  Operand x = n.input(0);
  bool ceilPadded = false;
  if (!checkSpatialRank(n, x))
    return failure();
  if (n.isOutputUsed(1))
    return n.error() << "the output of indices is not supported";
  std::optional<Window> window = readPoolWindow(n, x, ceilPadded);
  if (!window)
    return failure();
  Value pooled = n.createMove<MaxPool2DOp>(n.getAnyValue(toImage(n, x)), window->kernel,
                                           window->strides, window->pads(), window->dilations);
  return n.setOutput(0, fromImage(n, pooled, x.getRank()));
}

static LogicalResult importAveragePool(NodeImporter &n) {
  Operand x = n.input(0);
  bool ceilPadded = false;
  if (!checkSpatialRank(n, x))
    return failure();
  std::optional<Window> window = readPoolWindow(n, x, ceilPadded);
  if (!window)
    return failure();
  if (llvm::any_of(window->dilations, [](int64_t dilation) { return dilation != 1; }))
    return n.error() << "dilations are not supported";
  Shape pads = window->pads();
  bool padded = llvm::any_of(pads, [](int64_t pad) { return pad != 0; });
  bool countPadding = padded && n.getInt("count_include_pad", 0) != 0;
  if (ceilPadded && countPadding)
    return n.error()
           << "count_include_pad together with a ceil_mode that adds a window is not supported";
  Value pooled = n.create<AvgPool2DOp>(n.getValue(toImage(n, x)), window->kernel, window->strides,
                                       pads, countPadding);
  return n.setOutput(0, fromImage(n, pooled, x.getRank()));
}

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

template <Reduction kind> static LogicalResult importGlobalPool(NodeImporter &n) {
  Operand x = n.input(0);
  if (!x)
    return failure();
  if (x.getRank() < 3)
    return n.error() << "has an input of shape " << shapeText(x.getShape())
                     << "; it needs spatial dimensions behind batch and channels";
  return n.setOutput(0, n.reduce(kind, x, llvm::to_vector(llvm::seq<int64_t>(2, x.getRank()))));
}

/// Reduces `x` along the node's axes: an attribute before opset `axesSince`, then an input.
static LogicalResult reduceAlongAxes(NodeImporter &n, Reduction kind, const Operand &x,
                                     int64_t axesSince, Operand *result) {
  if (!x)
    return failure();
  std::optional<Shape> given = n.getIntsAttributeOrInput("axes", axesSince, 1);
  if (!given || given->empty()) {
    *result = x;
    if (n.getInt("noop_with_empty_axes", 0) != 0)
      return success();
    given = llvm::to_vector(llvm::seq<int64_t>(0, x.getRank()));
  }
  std::optional<Shape> axes = n.resolveAxes(*given, x.getRank());
  if (!axes)
    return failure();
  *result = n.reduce(kind, x, *axes);
  if (*result && n.getInt("keepdims", 1) == 0) {
    Shape kept;
    for (auto [d, size] : llvm::enumerate(result->getShape()))
      if (!llvm::is_contained(*axes, static_cast<int64_t>(d)))
        kept.push_back(size);
    *result = n.reshape(*result, kept);
  }
  return success(static_cast<bool>(*result));
}

template <Reduction kind, int64_t axesSince> static LogicalResult importReduce(NodeImporter &n) {
  Operand result;
  return failed(reduceAlongAxes(n, kind, n.input(0), axesSince, &result)) ? failure()
                                                                          : n.setOutput(0, result);
}

/// The sum of `inner` of each element, and `outer` of that.
static LogicalResult importReduceNorm(NodeImporter &n, UnaryKind inner,
                                      std::optional<UnaryKind> outer) {
  Operand result;
  if (failed(reduceAlongAxes(n, Reduction::Sum, n.unary(inner, n.input(0)), 18, &result)))
    return failure();
  return n.setOutput(0, outer ? n.unary(*outer, result) : result);
}

static LogicalResult importReduceL1(NodeImporter &n) {
  return importReduceNorm(n, UnaryKind::Abs, std::nullopt);
}
static LogicalResult importReduceL2(NodeImporter &n) {
  return importReduceNorm(n, UnaryKind::Square, UnaryKind::Sqrt);
}
static LogicalResult importReduceSumSquare(NodeImporter &n) {
  return importReduceNorm(n, UnaryKind::Square, std::nullopt);
}

void nnq::onnximport::registerPoolingOps(HandlerTable &table) {
  table.add("MaxPool", {importMaxPool, 1, 1, Folding::Never});
  table.add("AveragePool", {importAveragePool, 1, 1, Folding::Never});
  table.add("GlobalAveragePool", {importGlobalPool<Reduction::Mean>, 1, 1, Folding::IfInputs});
  table.add("GlobalMaxPool", {importGlobalPool<Reduction::Max>, 1, 1, Folding::IfInputs});
  table.add("ReduceSum", {importReduce<Reduction::Sum, 13>, 1, 2, Folding::IfInputs});
  table.add("ReduceMean", {importReduce<Reduction::Mean, 18>, 1, 2, Folding::IfInputs});
  table.add("ReduceMax", {importReduce<Reduction::Max, 18>, 1, 2, Folding::IfInputs});
  table.add("ReduceMin", {importReduce<Reduction::Min, 18>, 1, 2, Folding::IfInputs});
  table.add("ReduceProd", {importReduce<Reduction::Prod, 18>, 1, 2, Folding::Only});
  table.add("ReduceL1", {importReduceL1, 1, 2, Folding::IfInputs});
  table.add("ReduceL2", {importReduceL2, 1, 2, Folding::IfInputs});
  table.add("ReduceSumSquare", {importReduceSumSquare, 1, 2, Folding::IfInputs});
}
