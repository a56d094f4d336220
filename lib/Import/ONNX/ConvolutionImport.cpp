// Conv and ConvTranspose.

#include "ImageWindow.h"

using namespace mlir;
using namespace nnq;
using namespace nnq::onnximport;

/// Checks that filter and input agree in rank, and the optional attribute kernel_shape.
static bool checkFilter(const NodeImporter &n, const Operand &x, const Operand &filter) {
  if (filter.getRank() != x.getRank()) {
    n.error() << "has an input of shape " << shapeText(x.getShape()) << " but a filter of shape "
              << shapeText(filter.getShape());
    return false;
  }
  std::optional<Shape> kernel = n.getInts("kernel_shape");
  if (kernel && ArrayRef<int64_t>(*kernel) != filter.getShape().drop_front(2)) {
    n.error() << "has the kernel_shape " << shapeText(*kernel) << " but a filter of shape "
              << shapeText(filter.getShape());
    return false;
  }
  return true;
}

/// Creates a convolution whose bias is input 2, if that is there, and sets the node's output.
template <typename OpTy, typename... Attributes>
static LogicalResult emitConvolution(NodeImporter &n, const Operand &image, const Operand &filter,
                                     int64_t rank, Attributes &&...attributes) {
  Value x = n.getValue(image), w = n.getValue(n.asWeights(filter)),
        bias = n.hasInput(2) ? n.getValue(n.input(2)) : Value();
  if (!x || !w || (n.hasInput(2) && !bias))
    return failure();
  auto op = createInferred<OpTy>(n.builder, n.loc, n.builder.getF32Type(), x, w, bias,
                                 std::forward<Attributes>(attributes)...);
  return op ? n.setOutput(0, fromImage(n, op.getResult(), rank)) : failure();
}

static LogicalResult importConv(NodeImporter &n) {
  Operand x = n.input(0), filter = n.input(1);
  if (!filter || !checkSpatialRank(n, x) || !checkFilter(n, x, filter))
    return failure();
  std::optional<Window> window =
      readWindow(n, x.getShape().drop_front(2), filter.getShape().drop_front(2));
  if (!window)
    return failure();
  *window = toTwoDimensions(*window);
  // The filter's O x I x H x W becomes O x H x W x I by the transpose that makes N x C x H x W an
  // image.
  return emitConvolution<Conv2DOp>(n, toImage(n, x), toImage(n, filter), x.getRank(),
                                   window->strides, window->pads(), window->dilations,
                                   n.getInt("group", 1));
}

/// C x (O / groups) x H x W, the order of ConvTranspose, to O x H x W x (C / groups).
static Operand toTransposedFilter(NodeImporter &n, const Operand &filter, int64_t groups) {
  Shape shape(filter.getShape());
  if (shape.size() == 3)
    shape.insert(shape.begin() + 2, 1);
  int64_t inputs = shape[0], outputs = shape[1], height = shape[2], width = shape[3];
  if (groups < 1 || groups > inputs || inputs % groups != 0) {
    n.error() << "has " << groups << " groups, which do not divide " << inputs << " input channels";
    return {};
  }
  Operand byGroup = n.reshape(filter, {groups, inputs / groups, outputs, height, width});
  return n.reshape(n.transpose(byGroup, {0, 2, 3, 4, 1}),
                   {groups * outputs, height, width, inputs / groups});
}

/// Sets the window's pads so that the result has the size `wanted` along each dimension; what is
/// wanted beyond the last window becomes output padding. What is odd goes to the end for
/// SAME_UPPER, and to the start otherwise.
static void padToOutput(Window &window, Shape &outputPads, ArrayRef<int64_t> spatial,
                        ArrayRef<int64_t> wanted, bool upper) {
  for (size_t d = 0; d < spatial.size(); ++d) {
    int64_t total =
        window.strides[d] * (spatial[d] - 1) + outputPads[d] + window.extent(d) - wanted[d];
    if (total < 0)
      outputPads[d] -= total;
    total = std::max<int64_t>(total, 0);
    window.low[d] = upper ? total / 2 : total - total / 2;
    window.high[d] = total - window.low[d];
  }
}

static LogicalResult importConvTranspose(NodeImporter &n) {
  Operand x = n.input(0), filter = n.input(1);
  if (!filter || !checkSpatialRank(n, x) || !checkFilter(n, x, filter))
    return failure();
  ArrayRef<int64_t> spatial = x.getShape().drop_front(2);
  std::optional<Window> window = readWindow(n, spatial, filter.getShape().drop_front(2));
  std::optional<Shape> outputPads = readSizes(n, "output_padding", spatial.size(), 0, 0);
  if (!window || !outputPads)
    return failure();
  StringRef autoPad = n.getString("auto_pad", "NOTSET");
  if (n.hasAttribute("output_shape")) {
    std::optional<Shape> wanted = readSizes(n, "output_shape", spatial.size(), 1, 1);
    if (!wanted)
      return failure();
    padToOutput(*window, *outputPads, spatial, *wanted, autoPad == "SAME_UPPER");
  } else if (autoPad.starts_with("SAME")) {
    Shape wanted;
    for (size_t d = 0; d < spatial.size(); ++d)
      wanted.push_back(spatial[d] * window->strides[d]);
    padToOutput(*window, *outputPads, spatial, wanted, autoPad == "SAME_UPPER");
  }
  *window = toTwoDimensions(*window);
  if (spatial.size() == 1)
    outputPads->insert(outputPads->begin(), 0);
  int64_t groups = n.getInt("group", 1);
  return emitConvolution<TransposedConv2DOp>(
      n, toImage(n, x), toTransposedFilter(n, filter, groups), x.getRank(), window->strides,
      window->pads(), *outputPads, window->dilations, groups);
}

void nnq::onnximport::registerConvolutionOps(HandlerTable &table) {
  table.add("Conv", {importConv, 2, 3});
  table.add("ConvTranspose", {importConvTranspose, 2, 3});
}
