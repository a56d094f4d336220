// Which elements along one axis a resize mixes, with which weights.

#include "InterpolationTable.h"

#include "llvm/Support/ErrorHandling.h"

#include <algorithm>
#include <cmath>

using namespace nnq::onnximport;

float AxisResize::coordinate(int64_t y) const {
  auto index = static_cast<float>(y), last = static_cast<float>(from - 1);
  switch (coordinates) {
  case Coordinates::HalfPixel:
    return (index + 0.5f) / scale - 0.5f;
  case Coordinates::Asymmetric:
    return index / scale;
  case Coordinates::AlignCorners:
    return to == 1 ? 0 : index * last / static_cast<float>(to - 1);
  case Coordinates::PytorchHalfPixel:
    return to == 1 ? 0 : (index + 0.5f) / scale - 0.5f;
  case Coordinates::HalfPixelSymmetric: {
    float center = static_cast<float>(from) / 2,
          offset = center * (1 - static_cast<float>(to) / scaledSize());
    return offset + (index + 0.5f) / scale - 0.5f;
  }
  case Coordinates::TfCropAndResize:
    return to == 1 ? 0.5f * (start + end) * last
                   : start * last + index * (end - start) * last / static_cast<float>(to - 1);
  }
  llvm_unreachable("every kind has its formula");
}

static float round(Nearest nearest, float coordinate) {
  float below = std::floor(coordinate), fraction = coordinate - below;
  bool isTie = std::abs(fraction - 0.5f) <= 1e-6f; // as nnq.resize has it
  switch (nearest) {
  case Nearest::RoundPreferFloor:
    return isTie || fraction < 0.5f ? below : below + 1;
  case Nearest::RoundPreferCeil:
    return isTie || fraction > 0.5f ? below + 1 : below;
  case Nearest::Floor:
    return std::floor(coordinate);
  case Nearest::Ceil:
    return std::ceil(coordinate);
  }
  llvm_unreachable("every kind has its formula");
}

/// What an element at `distance` weighs.
static double kernel(const AxisResize &axis, double distance) {
  double d = std::abs(distance), a = axis.cubicA;
  if (axis.interpolation == Interpolation::Linear)
    return std::max(0.0, 1 - d);
  if (d <= 1)
    return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}

/// Where the kernel is to blur what gets lost, it is wider by as much as the axis shrinks.
static double getStretch(const AxisResize &axis) {
  return axis.antialiases ? std::max(1.0, 1 / static_cast<double>(axis.scale)) : 1;
}

/// The kernel reaches so far; less than the greatest index.
static double getReach(const AxisResize &axis) {
  constexpr double most = 1 << 30;
  return std::min(most, (axis.interpolation == Interpolation::Cubic ? 2 : 1) * getStretch(axis));
}

int64_t nnq::onnximport::countTaps(const AxisResize &axis) {
  return axis.interpolation == Interpolation::Nearest
             ? 1
             : 2 * static_cast<int64_t>(std::ceil(getReach(axis)));
}

InterpolationTable nnq::onnximport::makeInterpolationTable(const AxisResize &axis) {
  double stretch = getStretch(axis), reach = getReach(axis);
  bool isNearest = axis.interpolation == Interpolation::Nearest;
  auto last = static_cast<double>(axis.from - 1);
  InterpolationTable table;
  table.taps = countTaps(axis);
  for (int64_t y = 0; y < axis.to; ++y) {
    double at = axis.coordinate(y);
    bool isOutside = axis.coordinates == Coordinates::TfCropAndResize && (at < 0 || at > last);
    table.outside.push_back(isOutside);
    double first = isNearest ? round(axis.nearest, static_cast<float>(at))
                             : std::floor(at) + 1 - std::ceil(reach);
    std::vector<double> weights;
    double total = 0;
    for (int64_t t = 0; t < table.taps; ++t) {
      double element = first + static_cast<double>(t);
      double weight = isNearest ? 1 : kernel(axis, (element - at) / stretch);
      if (isOutside || (axis.excludesOutside && !isNearest && (element < 0 || element > last)))
        weight = 0;
      weights.push_back(weight);
      total += weight;
      table.indices.push_back(static_cast<int32_t>(std::clamp(element, 0.0, last)));
    }
    for (double weight : weights)
      table.weights.push_back(static_cast<float>(total != 0 ? weight / total : 0));
  }
  return table;
}

bool InterpolationTable::reachesOutside() const {
  return std::find(outside.begin(), outside.end(), 1.0f) != outside.end();
}
