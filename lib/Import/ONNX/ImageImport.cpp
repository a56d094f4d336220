// Normalizations of images, and sampling along a grid.

#include "ImageWindow.h"

#include "nnq/Dialect/NNQ/IR/ImageOps.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace nnq;
using namespace nnq::onnximport;

//===----------------------------------------------------------------------===//
// Normalizations
//===----------------------------------------------------------------------===//

/// N x C x ... to N x ... x C, for any number of spatial dimensions.
static Operand toChannelsLast(NodeImporter &n, const Operand &x) {
  Shape permutation{0};
  for (int64_t d = 2; d < x.getRank(); ++d)
    permutation.push_back(d);
  permutation.push_back(1);
  return n.transpose(x, permutation);
}
static Operand fromChannelsLast(NodeImporter &n, const Operand &x) {
  if (!x)
    return {};
  Shape permutation{0, x.getRank() - 1};
  for (int64_t d = 1; d < x.getRank() - 1; ++d)
    permutation.push_back(d);
  return n.transpose(x, permutation);
}

static bool checkChannels(NodeImporter &n, const Operand &x) {
  if (!x)
    return false;
  if (x.getRank() >= 2)
    return true;
  n.error() << "has an input of shape " << shapeText(x.getShape())
            << "; it needs batch and channels";
  return false;
}

static Operand groupNorm(NodeImporter &n, const Operand &x, const Operand &scale,
                         const Operand &bias, int64_t groups) {
  return fromChannelsLast(n, n.create<GroupNormOp>(n.getValue(toChannelsLast(n, x)),
                                                   n.getValue(scale), n.getValue(bias), groups,
                                                   APFloat(n.getFloat("epsilon", 1e-5f))));
}

/// One number per group as one for each of its channels.
static Operand repeatForChannels(NodeImporter &n, const Operand &parameter, int64_t groups,
                                 int64_t channels) {
  return n.reshape(n.broadcast(n.reshape(parameter, {groups, 1}), {groups, channels / groups}),
                   {channels});
}

/// What was reshaped to groups of channels, N x G x all else, as PyTorch exports GroupNorm; null if
/// `x` is nothing of the kind.
static Value getUngrouped(const Operand &x) {
  auto reshape =
      x.isConstant() || x.getRank() != 3 ? nullptr : x.getValue().getDefiningOp<ReshapeOp>();
  if (!reshape)
    return {};
  ArrayRef<int64_t> from = cast<RankedTensorType>(reshape.getInput().getType()).getShape(),
                    to = x.getShape();
  bool isGrouped = from.size() >= 3 && from[0] == to[0] && from[1] % to[1] == 0;
  return isGrouped ? reshape.getInput() : Value();
}

static LogicalResult importInstanceNormalization(NodeImporter &n) {
  Operand x = n.input(0);
  if (!checkChannels(n, x))
    return failure();
  if (Value image = getUngrouped(x)) {
    int64_t groups = x.getShape()[1],
            channels = cast<RankedTensorType>(image.getType()).getDimSize(1);
    Operand normalized = groupNorm(n, image, repeatForChannels(n, n.input(1), groups, channels),
                                   repeatForChannels(n, n.input(2), groups, channels), groups);
    return n.setOutput(0, n.reshape(normalized, Shape(x.getShape())));
  }
  return n.setOutput(0, groupNorm(n, x, n.input(1), n.input(2), x.getShape()[1]));
}

/// Scale and bias have an element per channel since opset 21, and one per group before.
static LogicalResult importGroupNormalization(NodeImporter &n) {
  Operand x = n.input(0);
  if (!checkChannels(n, x))
    return failure();
  int64_t groups = n.getInt("num_groups", 0), channels = x.getShape()[1];
  if (groups < 1 || channels % groups != 0)
    return n.error() << "has num_groups = " << groups << ", which does not divide " << channels
                     << " channels";
  auto perChannel = [&](unsigned i) {
    Operand parameter = n.input(i);
    return n.opset >= 21 ? parameter : repeatForChannels(n, parameter, groups, channels);
  };
  return n.setOutput(0, groupNorm(n, x, perChannel(1), perChannel(2), groups));
}

static LogicalResult importLRN(NodeImporter &n) {
  Operand x = n.input(0);
  if (!checkChannels(n, x))
    return failure();
  int64_t size = n.getInt("size", 0);
  if (size < 1)
    return n.error() << "has size = " << size << "; it must be at least 1";
  Value normalized = n.create<LocalResponseNormOp>(
      n.getValue(toChannelsLast(n, x)), size, APFloat(n.getFloat("alpha", 1e-4f)),
      APFloat(n.getFloat("beta", 0.75f)), APFloat(n.getFloat("bias", 1)));
  return n.setOutput(0, fromChannelsLast(n, normalized));
}

/// (x - mean) / (deviation + 1e-9) along the axes, which go last as one dimension.
static LogicalResult importMeanVarianceNormalization(NodeImporter &n) {
  Operand x = n.input(0);
  if (!x)
    return failure();
  std::optional<Shape> axes =
      n.resolveAxes(n.getInts("axes").value_or(Shape{0, 2, 3}), x.getRank());
  if (!axes)
    return failure();
  Shape permutation, inverse(x.getRank());
  for (int64_t d = 0; d < x.getRank(); ++d)
    if (!llvm::is_contained(*axes, d))
      permutation.push_back(d);
  permutation.append(*axes);
  for (auto [i, d] : llvm::enumerate(permutation))
    inverse[d] = i;
  Operand turned = n.transpose(x, permutation);
  if (!turned)
    return failure();
  Shape shape(turned.getShape());
  int64_t length = *countElements(ArrayRef<int64_t>(shape).take_back(axes->size()));
  if (!n.reserve({2 * length}))
    return failure();
  Operand ones = n.constantFloats({length}, std::vector<float>(length, 1)),
          zeros = n.constantFloats({length}, std::vector<float>(length, 0));
  Value normalized =
      n.create<LayerNormOp>(n.getValue(n.reshape(turned, {*countElements(shape) / length, length})),
                            n.getValue(ones), n.getValue(zeros), APFloat(1e-18f));
  return n.setOutput(0, n.transpose(n.reshape(normalized, shape), inverse));
}

//===----------------------------------------------------------------------===//
// Grids
//===----------------------------------------------------------------------===//

static LogicalResult importGridSample(NodeImporter &n) {
  Operand x = n.input(0), grid = n.input(1);
  if (!x || !grid)
    return failure();
  if (x.getRank() != 4)
    return n.error() << "samples " << shapeText(x.getShape())
                     << "; supported are images N x C x H x W";
  StringRef modeName = n.getString("mode", "linear"),
            paddingName = n.getString("padding_mode", "zeros");
  auto mode = llvm::StringSwitch<std::optional<GridSampleMode>>(modeName)
                  .Case("nearest", GridSampleMode::Nearest)
                  .Cases({"bilinear", "linear"}, GridSampleMode::Bilinear)
                  .Cases({"bicubic", "cubic"}, GridSampleMode::Bicubic)
                  .Default(std::nullopt);
  std::optional<GridSamplePadding> padding = symbolizeGridSamplePadding(paddingName);
  if (!mode)
    return n.error() << "mode = '" << modeName << "' is not known; it is nearest, linear or cubic";
  if (!padding)
    return n.error() << "padding_mode = '" << paddingName
                     << "' is not known; it is zeros, border or reflection";
  Value sampled = n.create<GridSampleOp>(n.getValue(toImage(n, x)), n.getValue(grid), *mode,
                                         *padding, n.getInt("align_corners", 0) != 0);
  return n.setOutput(0, fromImage(n, sampled, 4));
}

/// Each point of a regular grid times the image's matrix.
static LogicalResult importAffineGrid(NodeImporter &n) {
  Operand theta = n.input(0);
  std::optional<Shape> size = n.getConstantInts(1);
  if (!theta || !size)
    return failure();
  if (size->size() != 4 || theta.getShape() != ArrayRef<int64_t>{size->front(), 2, 3})
    return n.error() << "has matrices of shape " << shapeText(theta.getShape()) << " for a size of "
                     << shapeText(*size) << "; supported are N x 2 x 3 for N x C x H x W";
  int64_t images = size->front(), height = (*size)[2], width = (*size)[3];
  bool alignCorners = n.getInt("align_corners", 0) != 0;
  auto place = [&](int64_t i, int64_t count) {
    auto at = static_cast<double>(i), last = static_cast<double>(count - 1);
    if (!alignCorners)
      return static_cast<float>((2 * at + 1) / static_cast<double>(count) - 1);
    return static_cast<float>(count == 1 ? -1 : 2 * at / last - 1);
  };
  if (!n.reserve({height, width, 3}))
    return failure();
  std::vector<float> points;
  for (int64_t y = 0; y < height; ++y)
    for (int64_t x = 0; x < width; ++x)
      points.insert(points.end(), {place(x, width), place(y, height), 1.0f});
  Operand regular = n.constantFloats({1, height * width, 3}, std::move(points));
  Value grid = n.create<MatMulOp>(n.getValue(regular), n.getValue(theta), /*transpose_rhs=*/true);
  return n.setOutput(0, n.reshape(grid, {images, height, width, 2}));
}

void nnq::onnximport::registerImageOps(HandlerTable &table) {
  table.add("InstanceNormalization", {importInstanceNormalization, 3, 3});
  table.add("GroupNormalization", {importGroupNormalization, 3, 3});
  table.add("LRN", {importLRN, 1, 1});
  table.add("MeanVarianceNormalization", {importMeanVarianceNormalization, 1, 1});
  table.add("GridSample", {importGridSample, 2, 2});
  table.add("AffineGrid", {importAffineGrid, 2, 2});
}
