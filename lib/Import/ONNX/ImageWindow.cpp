// What convolutions and pools share.

#include "ImageWindow.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace nnq::onnximport;

std::optional<Shape> nnq::onnximport::readSizes(const NodeImporter &n, StringRef name, size_t count,
                                                int64_t smallest, int64_t byDefault) {
  std::optional<Shape> sizes = n.getInts(name);
  if (!sizes)
    return Shape(count, byDefault);
  if (sizes->size() != count) {
    n.error() << "attribute '" << name << "' has " << sizes->size() << " values; it needs "
              << count;
    return std::nullopt;
  }
  for (int64_t size : *sizes)
    if (size < smallest || size > largestWindowSize) {
      n.error() << "attribute '" << name << "' has the value " << size << "; supported are "
                << smallest << " to " << largestWindowSize;
      return std::nullopt;
    }
  return sizes;
}

/// Pads so that there is a window for every stride-th pixel. What is odd goes to the end for
/// SAME_UPPER.
static void padToSame(Window &window, ArrayRef<int64_t> spatial, bool upper) {
  for (size_t d = 0; d < spatial.size(); ++d) {
    int64_t windows = (spatial[d] + window.strides[d] - 1) / window.strides[d];
    int64_t total =
        std::max<int64_t>((windows - 1) * window.strides[d] + window.extent(d) - spatial[d], 0);
    window.low[d] = upper ? total / 2 : total - total / 2;
    window.high[d] = total - window.low[d];
  }
}

std::optional<Window> nnq::onnximport::readWindow(const NodeImporter &n, ArrayRef<int64_t> spatial,
                                                  ArrayRef<int64_t> kernel) {
  size_t rank = spatial.size();
  if (kernel.size() != rank) {
    n.error() << "has a kernel of " << kernel.size() << " dimensions for " << rank
              << " spatial dimensions";
    return std::nullopt;
  }
  for (int64_t size : kernel)
    if (size < 1 || size > largestWindowSize) {
      n.error() << "has a kernel of size " << size << "; supported are 1 to " << largestWindowSize;
      return std::nullopt;
    }
  std::optional<Shape> strides = readSizes(n, "strides", rank, 1, 1),
                       dilations = readSizes(n, "dilations", rank, 1, 1),
                       pads = readSizes(n, "pads", 2 * rank, 0, 0);
  if (!strides || !dilations || !pads)
    return std::nullopt;
  Window window{Shape(kernel), *strides, *dilations, Shape(pads->begin(), pads->begin() + rank),
                Shape(pads->begin() + rank, pads->end())};
  StringRef autoPad = n.getString("auto_pad", "NOTSET");
  if (autoPad == "SAME_UPPER" || autoPad == "SAME_LOWER") {
    padToSame(window, spatial, autoPad == "SAME_UPPER");
  } else if (autoPad == "VALID") {
    window.low.assign(rank, 0);
    window.high.assign(rank, 0);
  } else if (autoPad != "NOTSET" && !autoPad.empty()) {
    n.error() << "auto_pad = '" << autoPad
              << "' is not known; it is NOTSET, SAME_UPPER, SAME_LOWER or VALID";
    return std::nullopt;
  }
  return window;
}

Window nnq::onnximport::toTwoDimensions(Window window) {
  if (window.kernel.size() == 1) {
    for (Shape *sizes : {&window.kernel, &window.strides, &window.dilations})
      sizes->insert(sizes->begin(), 1);
    for (Shape *pads : {&window.low, &window.high})
      pads->insert(pads->begin(), 0);
  }
  return window;
}

bool nnq::onnximport::checkSpatialRank(const NodeImporter &n, const Operand &x) {
  if (!x)
    return false;
  if (x.getRank() == 3 || x.getRank() == 4)
    return true;
  n.error()
      << "has an input of shape " << shapeText(x.getShape())
      << "; supported are inputs with one or two spatial dimensions behind batch and channels";
  return false;
}

Operand nnq::onnximport::toImage(const NodeImporter &n, const Operand &x) {
  if (!x)
    return {};
  ArrayRef<int64_t> shape = x.getShape();
  Operand flat = shape.size() == 3 ? n.reshape(x, {shape[0], shape[1], 1, shape[2]}) : x;
  return n.transpose(flat, {0, 2, 3, 1});
}

Operand nnq::onnximport::fromImage(const NodeImporter &n, const Operand &image, int64_t rank) {
  Operand planes = n.transpose(image, {0, 3, 1, 2});
  if (!planes || rank == 4)
    return planes;
  ArrayRef<int64_t> shape = planes.getShape();
  return n.reshape(planes, {shape[0], shape[1], shape[3]});
}
