// Which elements along one axis a resize mixes, with which weights. Free of IR.

#ifndef NNQ_LIB_IMPORT_ONNX_INTERPOLATIONTABLE_H
#define NNQ_LIB_IMPORT_ONNX_INTERPOLATIONTABLE_H

#include <cstdint>
#include <vector>

namespace nnq::onnximport {

enum class Interpolation { Nearest, Linear, Cubic };

/// ONNX's coordinate_transformation_mode.
enum class Coordinates {
  HalfPixel,
  Asymmetric,
  AlignCorners,
  PytorchHalfPixel,
  HalfPixelSymmetric,
  TfCropAndResize
};

/// ONNX's nearest_mode.
enum class Nearest { RoundPreferFloor, RoundPreferCeil, Floor, Ceil };

/// The resize of one axis.
struct AxisResize {
  int64_t from = 1, to = 1; ///< sizes
  float scale = 1;          ///< as given: `to` is this times `from`, rounded
  float start = 0, end = 1; ///< of the region, in sizes of the axis; TfCropAndResize reads it
  Interpolation interpolation = Interpolation::Nearest;
  Coordinates coordinates = Coordinates::Asymmetric;
  Nearest nearest = Nearest::Floor;
  float cubicA = -0.75f;
  bool excludesOutside = false; ///< else elements outside are those at the edge
  bool antialiases = false;     ///< by a wider kernel, where the axis shrinks

  /// The size as it is before it is rounded.
  float scaledSize() const { return scale * static_cast<float>(from); }
  /// Where element `y` of the result lies. In f32, as ONNX Runtime computes it.
  float coordinate(int64_t y) const;
};

struct InterpolationTable {
  int64_t taps = 0;             ///< of each element of the result
  std::vector<int32_t> indices; ///< `to` by `taps`
  std::vector<float> weights;
  std::vector<float> outside; ///< for each element of the result 1 where it lies outside, else 0
  bool reachesOutside() const;
};

/// How many elements of the axis one element of the result reads.
int64_t countTaps(const AxisResize &axis);

/// The table of `axis`, of `to` by `countTaps` elements, which may be many. What a region of TfCropAndResize has outside of the axis weighs nothing.
InterpolationTable makeInterpolationTable(const AxisResize &axis);

} // namespace nnq::onnximport

#endif // NNQ_LIB_IMPORT_ONNX_INTERPOLATIONTABLE_H
