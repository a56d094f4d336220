// Operations of NNQImageOps.td. Those without an integer form are computed in f64 and rounded once.

#include "Handlers.h"
#include "Numerics.h"

#include "nnq/Dialect/NNQ/IR/ImageOps.h"

#include <algorithm>
#include <cmath>

using namespace mlir;

namespace nnq::reference {

static LogicalResult evaluatePRelu(PReluOp op, Operands operands, Results results) {
  std::vector<float> reals = toReal(*operands[0]), slopes = toReal(*operands[1]);
  std::vector<int64_t> slopeAt = broadcastPositions(operands[1]->shape, results[0].shape);
  for (auto [x, at] : llvm::zip(reals, slopeAt))
    x = x >= 0 ? x : slopes[at] * x;
  fromReal(op, std::move(reals), results[0]);
  return success();
}

//===----------------------------------------------------------------------===//
// Normalizations
//===----------------------------------------------------------------------===//

static LogicalResult evaluateGroupNorm(GroupNormOp op, Operands operands, Results results) {
  const std::vector<float> &x = operands[0]->floats(), &scale = operands[1]->floats(),
                           &bias = operands[2]->floats();
  size_t channels = scale.size(), groups = op.getGroups(), images = operands[0]->shape[0];
  auto groupOf = [&](size_t i) {
    return i / (x.size() / images) * groups + i % channels / (channels / groups);
  };
  std::vector<double> means(images * groups), variances(images * groups);
  double count = static_cast<double>(x.size()) / static_cast<double>(means.size());
  for (size_t i = 0; i < x.size(); ++i)
    means[groupOf(i)] += x[i] / count;
  for (size_t i = 0; i < x.size(); ++i)
    variances[groupOf(i)] += std::pow(x[i] - means[groupOf(i)], 2) / count;
  for (size_t i = 0; i < x.size(); ++i) {
    double deviation = std::sqrt(variances[groupOf(i)] + op.getEpsilon().convertToDouble());
    double normal = (x[i] - means[groupOf(i)]) / deviation;
    results[0].floats()[i] = static_cast<float>(normal * scale[i % channels] + bias[i % channels]);
  }
  return success();
}

static LogicalResult evaluateLocalResponseNorm(LocalResponseNormOp op, Operands operands,
                                               Results results) {
  const std::vector<float> &x = operands[0]->floats();
  int64_t channels = operands[0]->shape.back(), size = op.getSize();
  double alpha = op.getAlpha().convertToDouble(), beta = op.getBeta().convertToDouble(),
         bias = op.getBias().convertToDouble();
  for (int64_t i = 0, end = x.size(); i < end; ++i) {
    int64_t c = i % channels, first = c - (size - 1) / 2;
    double sum = 0;
    for (int64_t j = std::max<int64_t>(first, 0); j < std::min(first + size, channels); ++j)
      sum += std::pow(x[i - c + j], 2);
    results[0].floats()[i] =
        static_cast<float>(x[i] / std::pow(bias + alpha / static_cast<double>(size) * sum, beta));
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Interpolation
//===----------------------------------------------------------------------===//

static LogicalResult evaluateInterpolate(InterpolateOp op, Operands operands, Results results) {
  const HostTensor &input = *operands[0];
  HostTensor &result = results[0];
  int64_t axis = op.getAxis(), taps = operands[1]->shape[1],
          stride = rowMajorStrides(input.shape)[axis], slice = input.shape[axis] * stride;
  float *next = result.floats().data();
  for (int64_t first = 0, end = input.getNumElements(); first < end; first += slice)
    for (int64_t y = 0; y < result.shape[axis]; ++y)
      for (int64_t inside = first; inside < first + stride; ++inside) {
        double sum = 0;
        for (int64_t t = taps * y; t < taps * (y + 1); ++t)
          sum += static_cast<double>(operands[2]->floats()[t]) *
                 input.floats()[inside + operands[1]->plainIntegers()[t] * stride];
        *next++ = static_cast<float>(sum);
      }
  return success();
}

namespace {
/// One axis of an image that a grid samples.
struct SampledAxis {
  double size, low, high; ///< pixels, and the edges that coordinates are reflected at
  GridSamplePadding padding;

  SampledAxis(GridSampleOp op, int64_t size)
      : size(static_cast<double>(size)), padding(op.getPadding()) {
    double margin = op.getAlignCorners() ? 0.5 : 0; // of the outermost pixels, which is left out
    low = margin - 0.5;
    high = this->size - 0.5 - margin;
  }

  double reflect(double x) const {
    if (low == high)
      return low;
    double distance = std::fmod(std::fabs(x - low), 2 * (high - low));
    return distance <= high - low ? low + distance : high - (distance - (high - low));
  }

  /// Moved into the image, as the padding says; zeros are outside.
  double moveInside(double x) const {
    if (padding == GridSamplePadding::Border)
      return std::clamp(x, 0.0, size - 1);
    if (padding == GridSamplePadding::Reflection && (x < low || x > high))
      return reflect(x);
    return x;
  }

  /// Where -1 and 1, the image's edges, are `low` and `high`.
  double coordinate(float g) const { return ((1.0 - g) * low + (1.0 + g) * high) / 2; }
};

struct Tap {
  double pixel, weight;
};
} // namespace

/// The pixels that are mixed at `x` along one axis. The cubic kernel reaches past the edge instead
/// of being moved inside.
static SmallVector<Tap> tapsAt(GridSampleMode mode, const SampledAxis &axis, double x) {
  if (mode != GridSampleMode::Bicubic)
    x = axis.moveInside(x);
  double first = std::floor(x), t = x - first;
  switch (mode) {
  case GridSampleMode::Nearest:
    return {{std::nearbyint(x), 1}};
  case GridSampleMode::Bilinear:
    return {{first, 1 - t}, {first + 1, t}};
  case GridSampleMode::Bicubic: {
    // The kernel for a = -3/4: 1 at 0, and 0 at 1 and 2, where it meets 0 with its slope.
    auto kernel = [](double d) {
      return d <= 1 ? 1 - d * d * (2.25 - 1.25 * d) : 0.75 * (1 - d) * std::pow(2 - d, 2);
    };
    SmallVector<Tap> taps;
    for (int offset : {-1, 0, 1, 2})
      taps.push_back({first + offset, kernel(std::fabs(offset - t))});
    return taps;
  }
  }
  llvm_unreachable("every mode has its taps");
}

static LogicalResult evaluateGridSample(GridSampleOp op, Operands operands, Results results) {
  const HostTensor &image = *operands[0];
  const std::vector<float> &grid = operands[1]->floats();
  int64_t height = image.shape[1], width = image.shape[2], channels = image.shape[3];
  SampledAxis rows(op, height), columns(op, width);
  int64_t points = results[0].shape[1] * results[0].shape[2];
  for (int64_t p = 0, end = results[0].shape[0] * points; p < end; ++p) {
    if (!std::isfinite(grid[2 * p]) || !std::isfinite(grid[2 * p + 1]))
      return op.emitOpError() << "has a point that is not finite, which has no meaning";
    std::vector<double> sums(channels);
    for (Tap row : tapsAt(op.getMode(), rows, rows.coordinate(grid[2 * p + 1])))
      for (Tap column : tapsAt(op.getMode(), columns, columns.coordinate(grid[2 * p]))) {
        double y = rows.moveInside(row.pixel), x = columns.moveInside(column.pixel);
        if (y < 0 || y >= rows.size || x < 0 || x >= columns.size)
          continue;
        int64_t pixel =
            (p / points * height + static_cast<int64_t>(y)) * width + static_cast<int64_t>(x);
        for (int64_t c = 0; c < channels; ++c)
          sums[c] += row.weight * column.weight * image.floats()[pixel * channels + c];
      }
    for (int64_t c = 0; c < channels; ++c)
      results[0].floats()[p * channels + c] = static_cast<float>(sums[c]);
  }
  return success();
}

void addImageHandlers(HandlerTable &table) {
  addHandler<PReluOp, evaluatePRelu>(table);
  addHandler<GroupNormOp, evaluateGroupNorm>(table);
  addHandler<LocalResponseNormOp, evaluateLocalResponseNorm>(table);
  addHandler<InterpolateOp, evaluateInterpolate>(table);
  addHandler<GridSampleOp, evaluateGridSample>(table);
}

} // namespace nnq::reference
