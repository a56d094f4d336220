// Resize and Upsample.

#include "ImageWindow.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"

#include <cmath>

using namespace mlir;
using namespace nnq;
using namespace nnq::onnximport;

namespace {
/// One resize, with an entry per dimension of the input.
struct Resizing {
  std::vector<float> scales;
  Shape sizes;
  ResizeMode mode = ResizeMode::Nearest;
  ResizeCoordinates coordinates = ResizeCoordinates::Asymmetric;
  NearestRounding rounding = NearestRounding::Floor;
};
} // namespace

static std::optional<ResizeMode> readMode(NodeImporter &n) {
  StringRef mode = n.getString("mode", "nearest");
  if (mode == "nearest")
    return ResizeMode::Nearest;
  if (mode == "linear" || mode == "bilinear")
    return ResizeMode::Bilinear;
  n.error() << "mode = '" << mode << "' is not supported; supported are nearest and linear";
  return std::nullopt;
}

/// Sizes from scales: rounded down, as the standard says.
static bool setScales(NodeImporter &n, Resizing &resizing, ArrayRef<int64_t> shape,
                      std::vector<float> scales) {
  if (scales.size() != shape.size()) {
    n.error() << "has " << scales.size() << " scales for an input of rank " << shape.size();
    return false;
  }
  for (auto [size, factor] : llvm::zip(shape, scales)) {
    float scaled = std::floor(static_cast<float>(size) * factor); // in f32, as ONNX Runtime
    if (!(factor > 0) || !(scaled >= 1) || scaled > 0x1p31f) {
      n.error() << "resizes a dimension of " << size << " by " << factor
                << ", which is not possible";
      return false;
    }
    resizing.sizes.push_back(static_cast<int64_t>(scaled));
  }
  resizing.scales = std::move(scales);
  return true;
}

static bool setSizes(NodeImporter &n, Resizing &resizing, ArrayRef<int64_t> shape, Shape sizes) {
  if (sizes.size() != shape.size()) {
    n.error() << "has " << sizes.size() << " sizes for an input of rank " << shape.size();
    return false;
  }
  for (auto [from, to] : llvm::zip(shape, sizes)) {
    if (to < 1 || to > (int64_t{1} << 31)) {
      n.error() << "resizes a dimension to " << to << ", which is not possible";
      return false;
    }
    resizing.scales.push_back(static_cast<float>(to) / static_cast<float>(from));
  }
  resizing.sizes = std::move(sizes);
  return true;
}

/// Emits the resize of the two spatial dimensions that change: of N x C x H x W, or of N x H x W x
/// C where those are 1 and 2.
static LogicalResult emitResize(NodeImporter &n, const Operand &x, const Resizing &resizing) {
  Shape shape(x.getShape());
  if (resizing.sizes == shape)
    return n.setOutput(0, x);
  auto changes = [&](int64_t d) { return d < x.getRank() && resizing.sizes[d] != shape[d]; };
  bool channelsLast = x.getRank() == 4 && changes(1) && !changes(0) && !changes(3);
  if (!channelsLast && (changes(0) || changes(1) || x.getRank() < 3 || x.getRank() > 4))
    return n.error() << "resizes " << shapeText(shape) << " to " << shapeText(resizing.sizes)
                     << "; supported are changes of height and width of images";
  int64_t height = channelsLast ? 1 : 2, width = channelsLast ? 2 : 3;
  bool flat = x.getRank() == 3; // N x C x W
  SmallVector<float> scales{flat ? 1.0f : resizing.scales[height],
                            resizing.scales[flat ? 2 : width]};
  Value image = n.getValue(channelsLast ? x : toImage(n, x));
  if (!image)
    return failure();
  Shape result(cast<RankedTensorType>(image.getType()).getShape());
  result[1] = flat ? 1 : resizing.sizes[height];
  result[2] = resizing.sizes[flat ? 2 : width];
  Operand resized =
      ResizeOp::create(n.builder, n.loc, RankedTensorType::get(result, n.builder.getF32Type()),
                       image, resizing.mode, resizing.coordinates, resizing.rounding, scales)
          .getResult();
  return n.setOutput(0, channelsLast ? resized : fromImage(n, resized, x.getRank()));
}

//===----------------------------------------------------------------------===//
// Upsample, and Resize of opset 10
//===----------------------------------------------------------------------===//

static LogicalResult importByScales(NodeImporter &n, std::optional<std::vector<float>> scales) {
  Operand x = n.input(0);
  std::optional<ResizeMode> mode = readMode(n);
  if (!x || !mode)
    return failure();
  if (!scales)
    return n.error() << "has no scales";
  Resizing resizing;
  resizing.mode = *mode;
  return setScales(n, resizing, x.getShape(), std::move(*scales)) ? emitResize(n, x, resizing)
                                                                  : failure();
}

static LogicalResult importUpsample(NodeImporter &n) {
  return importByScales(n, n.opset < 9 ? n.getFloats("scales") : n.getConstantFloats(1));
}

//===----------------------------------------------------------------------===//
// Resize since opset 11
//===----------------------------------------------------------------------===//

static bool readCoordinates(NodeImporter &n, Resizing &resizing) {
  StringRef name = n.getString("coordinate_transformation_mode", "half_pixel");
  auto coordinates = llvm::StringSwitch<std::optional<ResizeCoordinates>>(name)
                         .Case("half_pixel", ResizeCoordinates::HalfPixel)
                         .Case("asymmetric", ResizeCoordinates::Asymmetric)
                         .Case("align_corners", ResizeCoordinates::AlignCorners)
                         .Case("pytorch_half_pixel", ResizeCoordinates::PytorchHalfPixel)
                         .Default(std::nullopt);
  if (!coordinates) {
    n.error() << "coordinate_transformation_mode = '" << name
              << "' is not supported; supported are half_pixel, pytorch_half_pixel, asymmetric and "
                 "align_corners";
    return false;
  }
  StringRef nearest = n.getString("nearest_mode", "round_prefer_floor");
  auto rounding = llvm::StringSwitch<std::optional<NearestRounding>>(nearest)
                      .Case("round_prefer_floor", NearestRounding::RoundPreferFloor)
                      .Case("round_prefer_ceil", NearestRounding::RoundPreferCeil)
                      .Case("floor", NearestRounding::Floor)
                      .Case("ceil", NearestRounding::Ceil)
                      .Default(std::nullopt);
  if (!rounding) {
    n.error() << "nearest_mode = '" << nearest << "' is not known";
    return false;
  }
  resizing.coordinates = *coordinates;
  resizing.rounding = *rounding;
  return true;
}

/// Values for some axes as values for all, the others being `byDefault`.
template <typename List, typename Fallback>
static std::optional<List> spreadOverAxes(NodeImporter &n, List values, ArrayRef<int64_t> shape,
                                          Fallback byDefault) {
  std::optional<Shape> axes = n.getInts("axes"); // since opset 18
  if (!axes)
    return values;
  if (axes->size() != values.size()) {
    n.error() << "has " << values.size() << " values for " << axes->size() << " axes";
    return std::nullopt;
  }
  List all;
  for (size_t d = 0; d < shape.size(); ++d)
    all.push_back(byDefault(d));
  for (auto [axis, value] : llvm::zip(*axes, values)) {
    std::optional<int64_t> resolved = n.resolveAxis(axis, shape.size());
    if (!resolved)
      return std::nullopt;
    all[*resolved] = value;
  }
  return all;
}

static LogicalResult importResize(NodeImporter &n) {
  if (n.opset < 11)
    return importByScales(n, n.getConstantFloats(1));
  Operand x = n.input(0);
  std::optional<ResizeMode> mode = readMode(n);
  Resizing resizing;
  if (!x || !mode || !readCoordinates(n, resizing))
    return failure();
  resizing.mode = *mode;
  if (n.getString("keep_aspect_ratio_policy", "stretch") != "stretch")
    return n.error() << "keep_aspect_ratio_policy = '"
                     << n.getString("keep_aspect_ratio_policy", "")
                     << "' is not supported; supported is stretch";
  ArrayRef<int64_t> shape = x.getShape();
  std::vector<float> scales;
  if (n.hasInput(2)) { // empty where sizes are given
    std::optional<std::vector<float>> given = n.getConstantFloats(2);
    if (!given)
      return failure();
    scales = std::move(*given);
  }
  if (!scales.empty()) {
    auto all = spreadOverAxes(n, std::move(scales), shape, [](size_t) { return 1.0f; });
    if (!all || !setScales(n, resizing, shape, std::move(*all)))
      return failure();
  } else {
    std::optional<Shape> sizes = n.getConstantInts(3);
    auto all =
        sizes ? spreadOverAxes(n, *sizes, shape, [&](size_t d) { return shape[d]; }) : std::nullopt;
    if (!all || !setSizes(n, resizing, shape, std::move(*all)))
      return failure();
  }
  bool shrinks = llvm::any_of(llvm::zip(resizing.sizes, shape),
                              [](auto pair) { return std::get<0>(pair) < std::get<1>(pair); });
  if (shrinks && n.getInt("antialias", 0) != 0)
    return n.error() << "antialias = 1 is not supported";
  return emitResize(n, x, resizing);
}

void nnq::onnximport::registerResizeOps(HandlerTable &table) {
  table.add("Resize", {importResize, 1, 4, Folding::Never});
  table.add("Upsample", {importUpsample, 1, 2, Folding::Never});
}
