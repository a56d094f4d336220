// Pools over windows and over everything, and reductions.

#include "ImageWindow.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <limits>

using namespace mlir;
using namespace nnq;
using namespace nnq::onnximport;

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

/// Pads at the end so that what is left over makes one more window, as ceil_mode asks; a window
/// that would start behind the input and its front padding is left out (as ONNX Runtime and PyTorch
/// do).
static void padToCeil(Window &window, ArrayRef<int64_t> spatial) {
  for (size_t d = 0; d < spatial.size(); ++d) {
    int64_t stride = window.strides[d],
            rest = spatial[d] + window.low[d] + window.high[d] - window.extent(d);
    if (rest >= 0 && rest % stride != 0 &&
        (rest / stride + 1) * stride < spatial[d] + window.low[d])
      window.high[d] += stride - rest % stride;
  }
}

namespace {
/// The window of a pool over an image of two dimensions.
struct PoolWindow : Window {
  Shape declaredHigh; ///< the pads at the end without those that ceil_mode adds
};
} // namespace

static std::optional<PoolWindow> readPoolWindow(NodeImporter &n, const Operand &x) {
  std::optional<Shape> kernel = n.getInts("kernel_shape");
  if (!kernel) {
    n.error() << "has no kernel_shape";
    return std::nullopt;
  }
  ArrayRef<int64_t> spatial = x.getShape().drop_front(2);
  std::optional<Window> window = readWindow(n, spatial, *kernel);
  if (!window)
    return std::nullopt;
  Shape declared = toTwoDimensions(*window).high;
  if (n.getInt("ceil_mode", 0) != 0)
    padToCeil(*window, spatial);
  return PoolWindow{toTwoDimensions(*window), declared};
}

static LogicalResult importMaxPool(NodeImporter &n) {
  Operand x = n.input(0);
  if (!checkSpatialRank(n, x))
    return failure();
  if (n.isOutputUsed(1))
    return n.error() << "the output of indices is not supported";
  std::optional<PoolWindow> window = readPoolWindow(n, x);
  if (!window)
    return failure();
  Value pooled = n.createMove<MaxPool2DOp>(n.getCodes(toImage(n, x)), window->kernel,
                                           window->strides, window->pads(), window->dilations);
  return n.setOutput(0, fromImage(n, pooled, x.getRank()));
}

/// The image with pixels that are `dilations` apart as neighbours, in images of their own: a window
/// with holes is one without there.
static Operand gatherPhases(NodeImporter &n, const Operand &image, ArrayRef<int64_t> dilations) {
  ArrayRef<int64_t> s = image.getShape();
  int64_t h = dilations[0], w = dilations[1];
  Operand split = n.reshape(image, {s[0], s[1] / h, h, s[2] / w, w, s[3]});
  return n.reshape(n.transpose(split, {0, 2, 4, 1, 3, 5}),
                   {s[0] * h * w, s[1] / h, s[2] / w, s[3]});
}
/// The inverse.
static Operand scatterPhases(NodeImporter &n, const Operand &phases, ArrayRef<int64_t> dilations) {
  if (!phases)
    return {};
  ArrayRef<int64_t> s = phases.getShape();
  int64_t h = dilations[0], w = dilations[1], images = s[0] / (h * w);
  Operand split = n.reshape(phases, {images, h, w, s[1], s[2], s[3]});
  return n.reshape(n.transpose(split, {0, 3, 1, 4, 2, 5}), {images, s[1] * h, s[2] * w, s[3]});
}

/// How many taps of each window along dimension `d` lie in the first `size` pixels from `first` on
/// of the padded image.
static Shape countTaps(const Window &window, size_t d, int64_t results, int64_t first,
                       int64_t size) {
  Shape counts;
  for (int64_t y = 0; y < results; ++y)
    counts.push_back(llvm::count_if(llvm::seq<int64_t>(0, window.kernel[d]), [&](int64_t tap) {
      int64_t at = y * window.strides[d] + tap * window.dilations[d];
      return at >= first && at < first + size;
    }));
  return counts;
}

/// A mean whose windows have holes, or count some of the padding: zeros around the image, windows
/// without padding, and a factor where a window counts fewer taps than it has.
static Operand averageExplicitly(NodeImporter &n, const Operand &image, const PoolWindow &window,
                                 bool countPadding) {
  ArrayRef<int64_t> shape = image.getShape();
  Shape low{0, window.low[0], window.low[1], 0}, high{0, window.high[0], window.high[1], 0},
      results{shape[0], 0, 0, shape[3]};
  for (size_t d : {0, 1}) {
    int64_t padded = shape[1 + d] + window.low[d] + window.high[d];
    results[1 + d] = (padded - window.extent(d)) / window.strides[d] + 1;
    high[1 + d] += llvm::alignTo(padded, window.dilations[d]) - padded; // whole phases
  }
  Value padded = n.create<PadOp>(n.getValue(image), low, high, APFloat(0.0f));
  if (!padded)
    return {};
  Operand dense = gatherPhases(n, padded, window.dilations);
  Shape ones{1, 1}, zeros(4, 0);
  Operand means =
      scatterPhases(n, n.create<AvgPool2DOp>(n.getValue(dense), window.kernel, ones, zeros, false),
                    window.dilations);
  means = n.slice(means, zeros, results, {1, window.strides[0], window.strides[1], 1});
  SmallVector<Shape> counts;
  for (size_t d : {0, 1})
    counts.push_back(countPadding
                         ? countTaps(window, d, results[1 + d], 0,
                                     window.low[d] + shape[1 + d] + window.declaredHigh[d])
                         : countTaps(window, d, results[1 + d], window.low[d], shape[1 + d]));
  std::vector<float> factors;
  for (int64_t row : counts[0])
    for (int64_t column : counts[1])
      factors.push_back(static_cast<float>(window.kernel[0] * window.kernel[1]) /
                        static_cast<float>(std::max<int64_t>(row * column, 1)));
  if (llvm::all_of(factors, [](float factor) { return factor == 1; }))
    return means;
  return n.binary(BinaryKind::Mul, means,
                  n.constantFloats({results[1], results[2], 1}, std::move(factors)));
}

/// The mean of each window of `x`, N x C x H x W or N x C x W.
static Operand averagePool(NodeImporter &n, const Operand &x, bool countPadding) {
  std::optional<PoolWindow> window = readPoolWindow(n, x);
  if (!window)
    return {};
  Operand image = toImage(n, x);
  Shape pads = window->pads();
  countPadding &= llvm::any_of(pads, [](int64_t pad) { return pad != 0; });
  bool isDilated = llvm::any_of(window->dilations, [](int64_t d) { return d != 1; });
  if (isDilated || (countPadding && window->high != window->declaredHigh))
    return fromImage(n, averageExplicitly(n, image, *window, countPadding), x.getRank());
  Value pooled =
      n.create<AvgPool2DOp>(n.getValue(image), window->kernel, window->strides, pads, countPadding);
  return fromImage(n, pooled, x.getRank());
}

static LogicalResult importAveragePool(NodeImporter &n) {
  Operand x = n.input(0);
  if (!checkSpatialRank(n, x))
    return failure();
  return n.setOutput(0, averagePool(n, x, n.getInt("count_include_pad", 0) != 0));
}

//===----------------------------------------------------------------------===//
// Norms
//===----------------------------------------------------------------------===//

/// |x|^p of each element.
static Operand toPower(NodeImporter &n, const Operand &x, int64_t p) {
  if (p == 2)
    return n.unary(UnaryKind::Square, x);
  Operand magnitude = n.unary(UnaryKind::Abs, x);
  return p == 1 ? magnitude : n.binary(BinaryKind::Pow, magnitude, n.scalar(static_cast<float>(p)));
}

/// The p-th root of what is not negative.
static Operand toRoot(NodeImporter &n, const Operand &x, int64_t p) {
  if (p == 1)
    return x;
  return p == 2 ? n.unary(UnaryKind::Sqrt, x)
                : n.binary(BinaryKind::Pow, x, n.scalar(1.0f / static_cast<float>(p)));
}

/// The exponent of a norm, at least 1.
static std::optional<int64_t> readExponent(NodeImporter &n) {
  int64_t p = n.getInt("p", 2);
  if (p >= 1)
    return p;
  n.error() << "has p = " << p << "; it must be at least 1";
  return std::nullopt;
}

/// (sum of |x|^p)^(1/p) over each window; outside of the input is 0.
static LogicalResult importLpPool(NodeImporter &n) {
  Operand x = n.input(0);
  std::optional<int64_t> p = readExponent(n);
  if (!p || !checkSpatialRank(n, x))
    return failure();
  Operand mean = averagePool(n, toPower(n, x, *p), /*countPadding=*/true);
  std::optional<Shape> kernel = n.getInts("kernel_shape");
  if (!mean || !kernel)
    return failure();
  auto taps = static_cast<float>(*countElements(*kernel));
  return n.setOutput(0, toRoot(n, n.binary(BinaryKind::Mul, mean, n.scalar(taps)), *p));
}

static LogicalResult importGlobalLpPool(NodeImporter &n) {
  Operand x = n.input(0);
  std::optional<int64_t> p = readExponent(n);
  if (!p || !x)
    return failure();
  Operand sum = n.reduce(Reduction::Sum, toPower(n, x, *p),
                         llvm::to_vector(llvm::seq<int64_t>(2, x.getRank())));
  return n.setOutput(0, toRoot(n, sum, *p));
}

/// x by its norm along an axis; what is 0 stays 0.
static LogicalResult importLpNormalization(NodeImporter &n) {
  Operand x = n.input(0);
  std::optional<int64_t> p = readExponent(n);
  std::optional<int64_t> axis = x ? n.resolveAxis(n.getInt("axis", -1), x.getRank()) : std::nullopt;
  if (!p || !axis)
    return failure();
  Operand norm = toRoot(n, n.reduce(Reduction::Sum, toPower(n, x, *p), {*axis}), *p);
  Operand divisor = n.binary(BinaryKind::Max, norm, n.scalar(std::numeric_limits<float>::min()));
  return n.setOutput(0, n.binary(BinaryKind::Div, x, divisor));
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
  table.add("MaxPool", {importMaxPool, 1, 1});
  table.add("AveragePool", {importAveragePool, 1, 1});
  table.add("LpPool", {importLpPool, 1, 1});
  table.add("GlobalLpPool", {importGlobalLpPool, 1, 1});
  table.add("LpNormalization", {importLpNormalization, 1, 1});
  table.add("GlobalAveragePool", {importGlobalPool<Reduction::Mean>, 1, 1});
  table.add("GlobalMaxPool", {importGlobalPool<Reduction::Max>, 1, 1});
  table.add("ReduceSum", {importReduce<Reduction::Sum, 13>, 1, 2});
  table.add("ReduceMean", {importReduce<Reduction::Mean, 18>, 1, 2});
  table.add("ReduceMax", {importReduce<Reduction::Max, 18>, 1, 2});
  table.add("ReduceMin", {importReduce<Reduction::Min, 18>, 1, 2});
  table.add("ReduceProd", {importReduce<Reduction::Prod, 18>, 1, 2});
  table.add("ReduceL1", {importReduceL1, 1, 2});
  table.add("ReduceL2", {importReduceL2, 1, 2});
  table.add("ReduceSumSquare", {importReduceSumSquare, 1, 2});
}
