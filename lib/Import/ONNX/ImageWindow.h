// What convolutions and pools share: windows with strides and pads, and the way from NCHW to nnq's
// NHWC and back.

#ifndef NNQ_LIB_IMPORT_ONNX_IMAGEWINDOW_H
#define NNQ_LIB_IMPORT_ONNX_IMAGEWINDOW_H

#include "NodeImporter.h"

namespace nnq::onnximport {

/// A window that slides over one or two spatial dimensions; each member has one entry per
/// dimension.
struct Window {
  Shape kernel, strides, dilations, low, high;

  /// What the window spans along dimension `d`.
  int64_t extent(size_t d) const { return (kernel[d] - 1) * dilations[d] + 1; }
  /// top, left, bottom, right.
  Shape pads() const {
    Shape both(low);
    both.append(high);
    return both;
  }
};

/// The largest stride, dilation, pad or kernel that is accepted: far above any use, and too small
/// to overflow.
constexpr int64_t largestWindowSize = int64_t{1} << 20;

/// Reads strides, dilations, pads and auto_pad of a node with the given kernel. `auto_pad` is
/// resolved for a convolution or pool over `spatial`. Nothing after an error.
std::optional<Window> readWindow(const NodeImporter &n, llvm::ArrayRef<int64_t> spatial,
                                 llvm::ArrayRef<int64_t> kernel);

/// Reads a list of `count` sizes from `smallest` to largestWindowSize; `byDefault` each if the
/// attribute is absent.
std::optional<Shape> readSizes(const NodeImporter &n, llvm::StringRef name, size_t count,
                               int64_t smallest, int64_t byDefault);

/// A one-dimensional window as a two-dimensional one of height 1.
Window toTwoDimensions(Window window);

/// False after an error unless `x` has one or two spatial dimensions behind batch and channels.
bool checkSpatialRank(const NodeImporter &n, const Operand &x);

/// N x C x H x W to N x H x W x C; N x C x W is taken as N x C x 1 x W.
Operand toImage(const NodeImporter &n, const Operand &x);
/// Back, to a tensor of `rank` dimensions.
Operand fromImage(const NodeImporter &n, const Operand &image, int64_t rank);

} // namespace nnq::onnximport

#endif // NNQ_LIB_IMPORT_ONNX_IMAGEWINDOW_H
