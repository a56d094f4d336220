// Resize and Upsample.

#include "ImageWindow.h"
#include "InterpolationTable.h"
#include "QuantizationImport.h"

#include "nnq/Dialect/NNQ/IR/ConstantData.h"
#include "nnq/Dialect/NNQ/IR/ImageOps.h"
#include "nnq/Dialect/NNQ/IR/IntegerOps.h"

#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"

#include <cmath>

using namespace mlir;
using namespace nnq;
using namespace nnq::onnximport;

/// One resize, with an entry per dimension of the input.
using Resizing = std::vector<AxisResize>;

static std::optional<Interpolation> readMode(NodeImporter &n) {
  StringRef mode = n.getString("mode", "nearest");
  auto interpolation = llvm::StringSwitch<std::optional<Interpolation>>(mode)
                           .Case("nearest", Interpolation::Nearest)
                           .Cases({"linear", "bilinear"}, Interpolation::Linear)
                           .Case("cubic", Interpolation::Cubic)
                           .Default(std::nullopt);
  if (!interpolation)
    n.error() << "mode = '" << mode << "' is not known; it is nearest, linear or cubic";
  return interpolation;
}

/// A resize that changes nothing yet.
static Resizing identity(ArrayRef<int64_t> shape, const AxisResize &options) {
  Resizing resizing(shape.size(), options);
  for (auto [axis, size] : llvm::zip(resizing, shape))
    axis.from = axis.to = size;
  return resizing;
}

/// Sizes from scales: rounded down, as the standard says.
static bool setScales(NodeImporter &n, Resizing &resizing, ArrayRef<float> scales) {
  if (scales.size() != resizing.size()) {
    n.error() << "has " << scales.size() << " scales for an input of rank " << resizing.size();
    return false;
  }
  for (auto [axis, factor] : llvm::zip(resizing, scales)) {
    float scaled = std::floor(static_cast<float>(axis.from) * factor); // in f32, as ONNX Runtime
    if (!(factor > 0) || !(scaled >= 1) || scaled > 0x1p31f) {
      n.error() << "resizes a dimension of " << axis.from << " by " << factor
                << ", which is not possible";
      return false;
    }
    axis.scale = factor;
    axis.to = static_cast<int64_t>(scaled);
  }
  return true;
}

static bool setSizes(NodeImporter &n, Resizing &resizing, ArrayRef<int64_t> sizes) {
  if (sizes.size() != resizing.size()) {
    n.error() << "has " << sizes.size() << " sizes for an input of rank " << resizing.size();
    return false;
  }
  for (auto [axis, to] : llvm::zip(resizing, sizes)) {
    if (to < 1 || to > (int64_t{1} << 31)) {
      n.error() << "resizes a dimension to " << to << ", which is not possible";
      return false;
    }
    axis.scale = static_cast<float>(to) / static_cast<float>(axis.from);
    axis.to = to;
  }
  return true;
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

/// Whether nnq.resize has the interpolation and the coordinates of `axis`.
static bool isBasic(const AxisResize &axis) {
  return axis.interpolation != Interpolation::Cubic &&
         axis.coordinates <= Coordinates::PytorchHalfPixel && !(axis.antialiases && axis.scale < 1);
}

/// An axis of one pixel beside `axis`.
static AxisResize unchanged(AxisResize axis) {
  axis.from = axis.to = 1;
  axis.scale = 1;
  return axis;
}

/// The resize of height and width of an image N x H x W x C. The enumerations have one order.
static Operand resizeImage(NodeImporter &n, const Operand &image, const AxisResize &height,
                           const AxisResize &width) {
  Value x = n.getAnyValue(image);
  if (!x)
    return {};
  auto type = cast<RankedTensorType>(x.getType());
  Shape result(type.getShape());
  result[1] = height.to;
  result[2] = width.to;
  return ResizeOp::create(n.builder, n.loc, type.clone(result), x,
                          height.interpolation == Interpolation::Nearest ? ResizeMode::Nearest
                                                                         : ResizeMode::Bilinear,
                          static_cast<ResizeCoordinates>(height.coordinates),
                          static_cast<NearestRounding>(height.nearest),
                          SmallVector<float>{height.scale, width.scale})
      .getResult();
}

/// The resize of one axis as that of the height of images of width 1.
static Operand resizeAxis(NodeImporter &n, const Operand &x, int64_t d, const AxisResize &axis) {
  Shape shape(x.getShape());
  int64_t outside = *countElements(ArrayRef<int64_t>(shape).take_front(d)),
          inside = *countElements(ArrayRef<int64_t>(shape).drop_front(d + 1));
  Operand image = n.reshape(x, {outside, axis.from, 1, inside});
  shape[d] = axis.to;
  return n.reshape(image ? resizeImage(n, image, axis, unchanged(axis)) : Operand(), shape);
}

/// Any resize of one axis, by a table. What lies outside of the axis is `beyond`.
static Operand interpolateAxis(NodeImporter &n, const Operand &x, int64_t d, const AxisResize &axis,
                               float beyond) {
  Shape shape{axis.to, countTaps(axis)};
  if (!n.reserve(shape))
    return {};
  InterpolationTable table = makeInterpolationTable(axis);
  Value weights = n.getValue(n.constantFloats(shape, table.weights));
  auto indexType = RankedTensorType::get(shape, n.builder.getI32Type());
  Value indices = ConstantOp::create(
      n.builder, n.loc, makeConstant<int32_t>(indexType, ArrayRef<int32_t>(table.indices)));
  Operand result = n.create<InterpolateOp>(n.getValue(x), indices, weights, d);
  if (!table.reachesOutside() || beyond == 0)
    return result;
  Shape alongAxis(x.getRank() - d, 1);
  alongAxis[0] = axis.to;
  for (float &outside : table.outside)
    outside *= beyond;
  return n.binary(BinaryKind::Add, result, n.constantFloats(alongAxis, table.outside));
}

/// The axes that change.
static Shape changedAxes(const Resizing &resizing) {
  Shape changed;
  for (auto [d, axis] : llvm::enumerate(resizing))
    if (axis.to != axis.from || axis.coordinates == Coordinates::TfCropAndResize)
      changed.push_back(static_cast<int64_t>(d));
  return changed;
}

/// Emits what changes. Height and width of images (N x C x H x W, or N x H x W x C where 1 and 2
/// are what changes) are one nnq.resize where it knows the rule; other axes follow each other.
static Operand resize(NodeImporter &n, const Operand &x, const Resizing &resizing) {
  Shape changed = changedAxes(resizing);
  if (!x || changed.empty())
    return x;
  int64_t rank = x.getRank();
  bool areBasic = llvm::all_of(changed, [&](int64_t d) { return isBasic(resizing[d]); });
  if (areBasic && rank == 4 && changed == Shape{1, 2})
    return resizeImage(n, x, resizing[1], resizing[2]);
  bool isImage = (rank == 3 || rank == 4) && changed.front() >= 2;
  if (areBasic && isImage) {
    Operand resized = resizeImage(
        n, toImage(n, x), rank == 4 ? resizing[2] : unchanged(resizing[2]), resizing.back());
    return fromImage(n, resized, rank);
  }
  // Channels go last, where loops over them are fast.
  Operand value = isImage ? toImage(n, x) : x;
  for (int64_t d : changed) {
    int64_t place = !isImage ? d : rank == 3 ? 2 : d - 1;
    if (!value)
      return {};
    value = isBasic(resizing[d]) ? resizeAxis(n, value, place, resizing[d])
                                 : interpolateAxis(n, value, place, resizing[d],
                                                   n.getFloat("extrapolation_value", 0));
  }
  return isImage ? fromImage(n, value, rank) : value;
}

/// Whether nnq.resize takes the elements of `x`: they are of a quantized type.
static bool isOfCodes(const Operand &x) {
  return !x.isConstant() && isa<quant::QuantizedType>(getElementTypeOrSelf(x.getValue()));
}

/// The whole part: rounded toward zero.
static Operand truncate(NodeImporter &n, const Operand &x, bool isSigned) {
  if (!isSigned)
    return n.unary(UnaryKind::Floor, x);
  Operand magnitude = n.unary(UnaryKind::Floor, n.unary(UnaryKind::Abs, x));
  return n.binary(BinaryKind::Mul, n.unary(UnaryKind::Sign, x), magnitude);
}

/// Copies the nearest integers, one gather for each axis.
static Operand moveIntegers(NodeImporter &n, Operand x, const Resizing &resizing) {
  for (int64_t d : changedAxes(resizing)) {
    const AxisResize &axis = resizing[d];
    if (!x || !n.reserve({axis.to}))
      return {};
    DataType type = x.getType();
    InterpolationTable table = makeInterpolationTable(axis);
    std::vector<int64_t> places(table.indices.begin(), table.indices.end());
    x = n.gather(x, n.evaluated(HostTensor::ofInts({axis.to}, std::move(places))), d);
    if (!x || !table.reachesOutside())
      continue;
    float beyond = n.getFloat("extrapolation_value", 0);
    if (!(std::abs(beyond) <= 0x1p31f)) {
      n.error() << "has extrapolation_value = " << beyond << " beside integers of " << nameOf(type);
      return {};
    }
    Shape alongAxis(x.getRank() - d, 1);
    alongAxis[0] = axis.to;
    std::vector<int64_t> isOutside(table.outside.begin(), table.outside.end());
    Value outside = n.getIntegers(
              n.evaluated(HostTensor::ofInts(alongAxis, std::move(isOutside), DataType::Bool))),
          value = n.getIntegers(
              n.evaluated(HostTensor::ofInts({}, {static_cast<int64_t>(beyond)}, type))),
          inside = n.getIntegers(x);
    x = inside ? n.createOf<SelectOp>(getElementTypeOrSelf(inside), outside, value, inside)
               : Value();
  }
  return x;
}

/// Whether all coordinates of the changed axes are numbers: they are linear in the place, but for
/// infinities.
static bool hasFiniteCoordinates(const Resizing &resizing) {
  return llvm::all_of(changedAxes(resizing), [&](int64_t d) {
    const AxisResize &axis = resizing[d];
    return std::isfinite(axis.coordinate(0)) && std::isfinite(axis.coordinate(axis.to - 1));
  });
}

/// Interpolates codes as they are, whatever they stand for, and rounds them toward zero, as ONNX
/// Runtime does. Other resizes move them.
static LogicalResult emitResize(NodeImporter &n, const Operand &x, const Resizing &resizing) {
  if (!hasFiniteCoordinates(resizing))
    return n.error() << "has scales or a region by which its pixels have no finite coordinates";
  std::optional<DataType> type = getCodeType(x);
  Shape changed = changedAxes(resizing);
  bool interpolates = llvm::any_of(
      changed, [&](int64_t d) { return resizing[d].interpolation != Interpolation::Nearest; });
  bool areBasic = llvm::all_of(changed, [&](int64_t d) { return isBasic(resizing[d]); });
  if (isInteger(x.getType()) && !interpolates)
    return n.setOutput(0, isOfCodes(x) && areBasic ? resize(n, x, resizing)
                                                   : moveIntegers(n, x, resizing));
  if (!type)
    return n.setOutput(0, resize(n, x, resizing));
  if (!areBasic)
    return n.error() << "interpolates integers of " << nameOf(*type)
                     << " otherwise than linearly; supported is mode = 'linear' without antialias";
  Quantization whole = Quantization::raw(*type);
  Operand real = resize(n, n.dequantize(x, whole), resizing);
  return n.setOutput(0, n.quantize(truncate(n, real, storageOf(*type)->isSigned), whole));
}

//===----------------------------------------------------------------------===//
// Upsample, and Resize of opset 10
//===----------------------------------------------------------------------===//

static LogicalResult importByScales(NodeImporter &n, std::optional<std::vector<float>> scales) {
  Operand x = n.input(0);
  std::optional<Interpolation> mode = readMode(n);
  if (!x || !mode)
    return failure();
  if (!scales)
    return n.error() << "has no scales";
  AxisResize options;
  options.interpolation = *mode;
  Resizing resizing = identity(x.getShape(), options);
  return setScales(n, resizing, *scales) ? emitResize(n, x, resizing) : failure();
}

/// Before opset 7, an image has a scale each for its width and height.
static LogicalResult importUpsample(NodeImporter &n) {
  if (n.opset < 7)
    return importByScales(
        n, std::vector<float>{1, 1, n.getFloat("height_scale", 1), n.getFloat("width_scale", 1)});
  return importByScales(n, n.opset < 9 ? n.getFloats("scales") : n.getConstantFloats(1));
}

//===----------------------------------------------------------------------===//
// Resize since opset 11
//===----------------------------------------------------------------------===//

static bool readCoordinates(NodeImporter &n, AxisResize &options) {
  StringRef name = n.getString("coordinate_transformation_mode", "half_pixel");
  auto coordinates = llvm::StringSwitch<std::optional<Coordinates>>(name)
                         .Case("half_pixel", Coordinates::HalfPixel)
                         .Case("half_pixel_symmetric", Coordinates::HalfPixelSymmetric)
                         .Case("asymmetric", Coordinates::Asymmetric)
                         .Case("align_corners", Coordinates::AlignCorners)
                         .Case("pytorch_half_pixel", Coordinates::PytorchHalfPixel)
                         .Case("tf_crop_and_resize", Coordinates::TfCropAndResize)
                         .Default(std::nullopt);
  if (!coordinates) {
    n.error() << "coordinate_transformation_mode = '" << name
              << "' is not supported; supported are half_pixel, half_pixel_symmetric, "
                 "pytorch_half_pixel, asymmetric, align_corners and tf_crop_and_resize";
    return false;
  }
  StringRef nearest = n.getString("nearest_mode", "round_prefer_floor");
  auto rounding = llvm::StringSwitch<std::optional<Nearest>>(nearest)
                      .Case("round_prefer_floor", Nearest::RoundPreferFloor)
                      .Case("round_prefer_ceil", Nearest::RoundPreferCeil)
                      .Case("floor", Nearest::Floor)
                      .Case("ceil", Nearest::Ceil)
                      .Default(std::nullopt);
  if (!rounding) {
    n.error() << "nearest_mode = '" << nearest << "' is not known";
    return false;
  }
  options.coordinates = *coordinates;
  options.nearest = *rounding;
  options.cubicA = n.getFloat("cubic_coeff_a", -0.75f);
  options.excludesOutside = n.getInt("exclude_outside", 0) != 0;
  options.antialiases = n.getInt("antialias", 0) != 0;
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

/// The region that tf_crop_and_resize reads: starts of all axes, then ends.
static bool setRegion(NodeImporter &n, Resizing &resizing) {
  std::optional<std::vector<float>> region = n.getConstantFloats(1);
  if (!region)
    return false;
  size_t half = region->size() / 2;
  std::vector<float> starts(region->begin(), region->begin() + half),
      ends(region->begin() + half, region->end());
  Shape shape = llvm::map_to_vector(resizing, [](const AxisResize &axis) { return axis.from; });
  auto allStarts = spreadOverAxes(n, std::move(starts), shape, [](size_t) { return 0.0f; });
  auto allEnds = spreadOverAxes(n, std::move(ends), shape, [](size_t) { return 1.0f; });
  if (!allStarts || !allEnds)
    return false;
  if (allStarts->size() != resizing.size() || allEnds->size() != resizing.size()) {
    n.error() << "has a region of " << region->size() << " numbers for an input of rank "
              << resizing.size() << "; it needs a start and an end for each axis";
    return false;
  }
  for (auto [axis, start, end] : llvm::zip(resizing, *allStarts, *allEnds)) {
    axis.start = start;
    axis.end = end;
    if (start == 0 && end == 1 && axis.from == axis.to) // the whole axis as it is
      axis.coordinates = Coordinates::Asymmetric;
  }
  return true;
}

/// Keeps the proportions: all axes that the node names are scaled by what suits the least or the
/// most of them.
static bool keepAspectRatio(NodeImporter &n, Resizing &resizing) {
  StringRef policy = n.getString("keep_aspect_ratio_policy", "stretch");
  if (policy == "stretch")
    return true;
  if (policy != "not_larger" && policy != "not_smaller") {
    n.error() << "keep_aspect_ratio_policy = '" << policy
              << "' is not known; it is stretch, not_larger or not_smaller";
    return false;
  }
  auto rank = static_cast<int64_t>(resizing.size());
  std::optional<Shape> axes =
      n.resolveAxes(n.getInts("axes").value_or(llvm::to_vector(llvm::seq<int64_t>(0, rank))), rank);
  if (!axes || axes->empty())
    return false;
  float scale = resizing[axes->front()].scale;
  for (int64_t d : *axes)
    scale = policy == "not_larger" ? std::min(scale, resizing[d].scale)
                                   : std::max(scale, resizing[d].scale);
  for (int64_t d : *axes) {
    resizing[d].scale = scale;
    resizing[d].to = std::lround(resizing[d].scaledSize());
    if (resizing[d].to < 1) {
      n.error() << "resizes a dimension of " << resizing[d].from << " to nothing";
      return false;
    }
  }
  return true;
}

static LogicalResult importResize(NodeImporter &n) {
  if (n.opset < 11)
    return importByScales(n, n.getConstantFloats(1));
  Operand x = n.input(0);
  std::optional<Interpolation> mode = readMode(n);
  AxisResize options;
  if (!x || !mode || !readCoordinates(n, options))
    return failure();
  options.interpolation = *mode;
  ArrayRef<int64_t> shape = x.getShape();
  Resizing resizing = identity(shape, options);
  std::vector<float> scales;
  if (n.hasInput(2)) { // empty where sizes are given
    std::optional<std::vector<float>> given = n.getConstantFloats(2);
    if (!given)
      return failure();
    scales = std::move(*given);
  }
  if (!scales.empty()) {
    auto all = spreadOverAxes(n, std::move(scales), shape, [](size_t) { return 1.0f; });
    if (!all || !setScales(n, resizing, *all))
      return failure();
  } else {
    std::optional<Shape> sizes = n.getConstantInts(3);
    auto all =
        sizes ? spreadOverAxes(n, *sizes, shape, [&](size_t d) { return shape[d]; }) : std::nullopt;
    if (!all || !setSizes(n, resizing, *all) || !keepAspectRatio(n, resizing))
      return failure();
  }
  if (options.coordinates == Coordinates::TfCropAndResize && !setRegion(n, resizing))
    return failure();
  return emitResize(n, x, resizing);
}

void nnq::onnximport::registerResizeOps(HandlerTable &table) {
  table.add("Resize", {importResize, 1, 4});
  table.add("Upsample", {importUpsample, 1, 2});
}
