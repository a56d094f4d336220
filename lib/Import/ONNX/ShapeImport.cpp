// Operators that move elements without changing them.

#include "NodeImporter.h"

#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"

#include <cmath>
#include <numeric>

using namespace mlir;
using namespace nnq;
using namespace nnq::onnximport;

//===----------------------------------------------------------------------===//
// Other shapes
//===----------------------------------------------------------------------===//

static LogicalResult importIdentity(NodeImporter &n) { return n.setOutput(0, n.input(0)); }

static LogicalResult importDropout(NodeImporter &n) {
  if (!n.isInference())
    return failure();
  if (n.isOutputUsed(1))
    return n.error() << "the output of the mask is not supported";
  if (n.hasInput(2)) {
    std::optional<Shape> training = n.getConstantInts(2);
    if (!training)
      return failure();
    if (llvm::any_of(*training, [](int64_t value) { return value != 0; }))
      return n.error() << "training_mode is on; export the model for inference";
  }
  return importIdentity(n);
}

static LogicalResult importReshape(NodeImporter &n) {
  Operand x = n.input(0);
  std::optional<Shape> shape = n.getIntsAttributeOrInput("shape", 5, 1);
  if (!x)
    return failure();
  if (!shape)
    return n.error() << "has no shape";
  bool allowZero = n.getInt("allowzero", 0) != 0;
  std::string asked = shapeText(*shape);
  std::optional<size_t> inferred;
  for (size_t d = 0; d < shape->size(); ++d) {
    int64_t &size = (*shape)[d];
    if (size == 0 && !allowZero) {
      if (static_cast<int64_t>(d) >= x.getRank())
        return n.error() << "keeps dimension " << d << " of an input of shape "
                         << shapeText(x.getShape());
      size = x.getShape()[d];
    } else if (size == -1 && !inferred) {
      inferred = d;
      size = 1;
    }
  }
  if (inferred) {
    std::optional<int64_t> rest = countElements(*shape), all = countElements(x.getShape());
    if (!rest || *rest == 0 || *all % *rest != 0)
      return n.error() << "can't reshape " << shapeText(x.getShape()) << " to " << asked;
    (*shape)[*inferred] = *all / *rest;
  }
  return n.setOutput(0, n.reshape(x, *shape));
}

static int64_t product(ArrayRef<int64_t> sizes) {
  return std::accumulate(sizes.begin(), sizes.end(), int64_t{1}, std::multiplies<>());
}

static LogicalResult importFlatten(NodeImporter &n) {
  Operand x = n.input(0);
  if (!x)
    return failure();
  int64_t rank = x.getRank(), axis = n.getInt("axis", 1);
  if (axis < -rank || axis > rank)
    return n.error() << "axis " << axis << " is outside of a tensor of rank " << rank;
  axis = axis < 0 ? axis + rank : axis;
  ArrayRef<int64_t> shape = x.getShape();
  return n.setOutput(
      0, n.reshape(x, {product(shape.take_front(axis)), product(shape.drop_front(axis))}));
}

static LogicalResult importSqueeze(NodeImporter &n) {
  Operand x = n.input(0);
  if (!x)
    return failure();
  ArrayRef<int64_t> shape = x.getShape();
  std::optional<Shape> given = n.getIntsAttributeOrInput("axes", 13, 1), axes = Shape();
  if (given)
    axes = n.resolveAxes(*given, shape.size());
  if (!axes)
    return failure();
  Shape result;
  for (auto [d, size] : llvm::enumerate(shape)) {
    bool squeezed = given ? llvm::is_contained(*axes, static_cast<int64_t>(d)) : size == 1;
    if (squeezed && size != 1)
      return n.error() << "can't remove dimension " << d << " of shape " << shapeText(shape)
                       << "; its size is not 1";
    if (!squeezed)
      result.push_back(size);
  }
  return n.setOutput(0, n.reshape(x, result));
}

static LogicalResult importUnsqueeze(NodeImporter &n) {
  Operand x = n.input(0);
  std::optional<Shape> given = n.getIntsAttributeOrInput("axes", 13, 1);
  if (!x)
    return failure();
  if (!given)
    return n.error() << "has no axes";
  std::optional<Shape> axes = n.resolveAxes(*given, x.getRank() + given->size());
  if (!axes)
    return failure();
  Shape result(x.getShape());
  for (int64_t axis : *axes) // ascending, so that each lands in its place
    result.insert(result.begin() + axis, 1);
  return n.setOutput(0, n.reshape(x, result));
}

static LogicalResult importTranspose(NodeImporter &n) {
  Operand x = n.input(0);
  if (!x)
    return failure();
  Shape reversed = llvm::to_vector(llvm::reverse(llvm::seq<int64_t>(0, x.getRank())));
  return n.setOutput(0, n.transpose(x, n.getInts("perm").value_or(reversed)));
}

/// Broadcasts to the given shape and, where that is 1, keeps the input's dimension.
static LogicalResult importExpand(NodeImporter &n) {
  Operand x = n.input(0);
  std::optional<Shape> given = n.getConstantInts(1);
  if (!x || !given)
    return failure();
  std::optional<Shape> shape = broadcastShape(x.getShape(), *given);
  if (!shape)
    return n.error() << "can't broadcast " << shapeText(x.getShape()) << " to "
                     << shapeText(*given);
  return n.setOutput(0, n.broadcast(x, *shape));
}

/// How often a Tile repeats each dimension; before opset 6 it names a number and one axis.
static std::optional<Shape> readRepeats(NodeImporter &n, int64_t rank) {
  std::optional<Shape> repeats = n.getConstantInts(1);
  if (!repeats || n.opset >= 6)
    return repeats;
  std::optional<Shape> axis = n.getConstantInts(2);
  if (!axis)
    return std::nullopt;
  if (repeats->size() != 1 || axis->size() != 1) {
    n.error() << "has " << repeats->size() << " repeats and " << axis->size() << " axes; opset "
              << n.opset << " needs one of each";
    return std::nullopt;
  }
  std::optional<int64_t> resolved = n.resolveAxis(axis->front(), rank);
  if (!resolved)
    return std::nullopt;
  Shape all(rank, 1);
  all[*resolved] = repeats->front();
  return all;
}

static LogicalResult importTile(NodeImporter &n) {
  constexpr int64_t mostCopies = 64;
  Operand x = n.input(0);
  std::optional<Shape> repeats = x ? readRepeats(n, x.getRank()) : std::nullopt;
  if (!repeats)
    return failure();
  if (static_cast<int64_t>(repeats->size()) != x.getRank())
    return n.error() << "has " << repeats->size() << " repeats for an input of rank "
                     << x.getRank();
  for (auto [axis, count] : llvm::enumerate(*repeats)) {
    Shape shape(x.getShape());
    if (count < 1 || (shape[axis] != 1 && count > mostCopies) || count > (int64_t{1} << 31))
      return n.error() << "repeats dimension " << axis << " " << count
                       << " times; supported are 1 to " << mostCopies;
    if (shape[axis] == 1) {
      shape[axis] = count;
      x = n.broadcast(x, shape);
    } else {
      x = n.concat(SmallVector<Operand>(count, x), axis);
    }
    if (!x)
      return failure();
  }
  return n.setOutput(0, x);
}

//===----------------------------------------------------------------------===//
// Joining and cutting
//===----------------------------------------------------------------------===//

static LogicalResult importConcat(NodeImporter &n) {
  SmallVector<Operand> parts;
  for (unsigned i = 0; i < n.getNumInputs(); ++i) {
    Operand part = n.input(i);
    if (!part)
      return failure();
    // Some exporters start from an empty list.
    if (part.getShape() != ArrayRef<int64_t>{0} || n.getNumInputs() == 1)
      parts.push_back(part);
  }
  if (parts.empty())
    return n.setOutput(0, n.input(0));
  std::optional<int64_t> axis = n.resolveAxis(n.getInt("axis", 1), parts.front().getRank());
  return axis ? n.setOutput(0, n.concat(parts, *axis)) : failure();
}

/// The sizes of the parts of a Split along a dimension of `total`.
static std::optional<Shape> readSplit(NodeImporter &n, int64_t total) {
  std::optional<Shape> sizes = n.opset == 1 && n.hasInput(1)
                                   ? n.getConstantInts(1)
                                   : n.getIntsAttributeOrInput("split", 13, 1);
  int64_t parts = n.getNumOutputs();
  if (!sizes) {
    if (parts == 0 || n.getInt("num_outputs", parts) != parts) {
      n.error() << "has " << parts
                << " outputs but num_outputs = " << n.getInt("num_outputs", parts);
      return std::nullopt;
    }
    // Since opset 18 the last part may be smaller.
    int64_t size = (total + parts - 1) / parts, last = total - size * (parts - 1);
    if (last < 1 || (n.opset < 18 && last != size)) {
      n.error() << "can't split " << total << " elements into " << parts << " parts";
      return std::nullopt;
    }
    sizes = Shape(parts, size);
    sizes->back() = last;
  }
  int64_t sum = 0;
  for (int64_t size : *sizes) {
    if (size < 0 || size > total) {
      sum = -1;
      break;
    }
    sum += size;
  }
  if (static_cast<int64_t>(sizes->size()) != parts || sum != total) {
    n.error() << "can't split " << total << " elements into " << parts << " parts of "
              << shapeText(*sizes);
    return std::nullopt;
  }
  return sizes;
}

static LogicalResult importSplit(NodeImporter &n) {
  Operand x = n.input(0);
  std::optional<int64_t> axis = x ? n.resolveAxis(n.getInt("axis", 0), x.getRank()) : std::nullopt;
  std::optional<Shape> sizes = axis ? readSplit(n, x.getShape()[*axis]) : std::nullopt;
  if (!sizes)
    return failure();
  if (x.isConstant() || sizes->size() == 1) {
    Shape starts(x.getRank(), 0), strides(x.getRank(), 1), part(x.getShape());
    for (auto [i, size] : llvm::enumerate(*sizes)) {
      part[*axis] = size;
      if (failed(n.setOutput(i, n.slice(x, starts, part, strides))))
        return failure();
      starts[*axis] += size;
    }
    return success();
  }
  Value value = n.getAnyValue(x);
  SmallVector<Type> types;
  for (int64_t size : *sizes) {
    Shape part(x.getShape());
    part[*axis] = size;
    types.push_back(cast<RankedTensorType>(value.getType()).clone(part));
  }
  auto split = SplitOp::create(n.builder, n.loc, types, value, *axis);
  for (auto [i, part] : llvm::enumerate(split.getParts()))
    if (failed(n.setOutput(i, part)))
      return failure();
  return success();
}

namespace {
/// What a Slice takes, resolved for the shape of its input.
struct SliceRange {
  Shape starts, sizes, strides;
};
} // namespace

/// Resolves bounds that may be negative (from the end) or outside of the dimension (cut off).
static bool resolveSlice(NodeImporter &n, SliceRange &range, int64_t axis, int64_t dim,
                         int64_t start, int64_t end, int64_t step) {
  constexpr int64_t largestStep = int64_t{1} << 40;
  if (step == 0) {
    n.error() << "has a step of 0";
    return false;
  }
  if (dim == 0)
    return true; // nothing to take; the range is that of the whole dimension
  step = std::clamp(step, -largestStep, largestStep);
  auto fromEnd = [&](int64_t bound) { return bound < 0 ? bound + dim : bound; };
  int64_t first = std::clamp<int64_t>(fromEnd(start), 0, step > 0 ? dim : dim - 1);
  int64_t last = std::clamp<int64_t>(fromEnd(end), step > 0 ? 0 : -1, step > 0 ? dim : dim - 1);
  int64_t distance = step > 0 ? last - first : first - last, stride = std::abs(step);
  range.starts[axis] = first;
  range.sizes[axis] = std::max<int64_t>((distance + stride - 1) / stride, 0);
  range.strides[axis] = range.sizes[axis] <= 1 ? 1 : step;
  return true;
}

static LogicalResult importSlice(NodeImporter &n) {
  Operand x = n.input(0);
  bool attributes = n.opset < 10;
  std::optional<Shape> starts = n.getIntsAttributeOrInput("starts", 10, 1),
                       ends = n.getIntsAttributeOrInput("ends", 10, 2),
                       axes = n.getIntsAttributeOrInput("axes", 10, 3),
                       steps =
                           attributes ? std::nullopt : n.getIntsAttributeOrInput("steps", 10, 4);
  if (!x)
    return failure();
  if (!starts || !ends)
    return n.error() << "has no starts or no ends";
  if (!axes)
    axes = llvm::to_vector(llvm::seq<int64_t>(0, starts->size()));
  if (!steps)
    steps = Shape(starts->size(), 1);
  if (ends->size() != starts->size() || axes->size() != starts->size() ||
      steps->size() != starts->size())
    return n.error() << "has " << starts->size() << " starts, " << ends->size() << " ends, "
                     << axes->size() << " axes and " << steps->size()
                     << " steps; it needs as many of each";
  int64_t rank = x.getRank();
  if (!n.resolveAxes(*axes, rank))
    return failure();
  SliceRange range{Shape(rank, 0), Shape(x.getShape()), Shape(rank, 1)};
  for (auto [axis, start, end, step] : llvm::zip(*axes, *starts, *ends, *steps)) {
    int64_t d = axis < 0 ? axis + rank : axis;
    if (!resolveSlice(n, range, d, x.getShape()[d], start, end, step))
      return failure();
    if (!x.isConstant() && range.sizes[d] == 0)
      return n.error() << "takes nothing from axis " << d << " of an input of shape "
                       << shapeText(x.getShape());
  }
  return n.setOutput(0, n.slice(x, range.starts, range.sizes, range.strides));
}

static LogicalResult importGather(NodeImporter &n) {
  Operand x = n.input(0), indexOperand = n.input(1);
  std::optional<int64_t> axis = x ? n.resolveAxis(n.getInt("axis", 0), x.getRank()) : std::nullopt;
  if (!axis || !indexOperand)
    return failure();
  if (!indexOperand.isConstant())
    return n.setOutput(0, n.gather(x, indexOperand, *axis));
  std::optional<Shape> indices = n.getConstantInts(1);
  if (!indices)
    return failure();
  Shape shape(x.getShape());
  int64_t dim = shape[*axis];
  for (int64_t &index : *indices) {
    if (index < -dim || index >= dim)
      return n.error() << "gathers index " << index << " along axis " << *axis
                       << " of an input of shape " << shapeText(shape);
    index = index < 0 ? index + dim : index;
  }
  Shape result(shape.begin(), shape.begin() + *axis);
  result.append(indexOperand.getShape().begin(), indexOperand.getShape().end());
  result.append(shape.begin() + *axis + 1, shape.end());
  if (!x.isConstant() && indices->empty())
    return n.error() << "gathers nothing";
  return n.setOutput(0, n.reshape(n.gather(x, *indices, *axis), result));
}

//===----------------------------------------------------------------------===//
// Space and depth
//===----------------------------------------------------------------------===//

/// The attribute blocksize, which must divide `sizes`; an error and 0 otherwise.
static int64_t readBlockSize(NodeImporter &n, const Operand &x, bool toSpace) {
  int64_t block = n.getInt("blocksize", 0);
  if (x.getRank() != 4) {
    n.error() << "has an input of shape " << shapeText(x.getShape()) << "; it needs rank 4";
    return 0;
  }
  ArrayRef<int64_t> shape = x.getShape();
  bool divides =
      block >= 1 && block <= (int64_t{1} << 15) &&
      (toSpace ? shape[1] % (block * block) == 0 : shape[2] % block == 0 && shape[3] % block == 0);
  if (!divides)
    n.error() << "has a blocksize of " << block << " for an input of shape " << shapeText(shape);
  return divides ? block : 0;
}

static LogicalResult importDepthToSpace(NodeImporter &n) {
  Operand x = n.input(0);
  int64_t b = x ? readBlockSize(n, x, /*toSpace=*/true) : 0;
  if (!b)
    return failure();
  StringRef mode = n.getString("mode", "DCR");
  if (mode != "DCR" && mode != "CRD")
    return n.error() << "mode = '" << mode << "' is not known; it is DCR or CRD";
  int64_t batch = x.getShape()[0], depth = x.getShape()[1] / (b * b), height = x.getShape()[2],
          width = x.getShape()[3];
  Operand blocks =
      mode == "DCR"
          ? n.transpose(n.reshape(x, {batch, b, b, depth, height, width}), {0, 3, 4, 1, 5, 2})
          : n.transpose(n.reshape(x, {batch, depth, b, b, height, width}), {0, 1, 4, 2, 5, 3});
  return n.setOutput(0, n.reshape(blocks, {batch, depth, height * b, width * b}));
}

static LogicalResult importSpaceToDepth(NodeImporter &n) {
  Operand x = n.input(0);
  int64_t b = x ? readBlockSize(n, x, /*toSpace=*/false) : 0;
  if (!b)
    return failure();
  int64_t batch = x.getShape()[0], depth = x.getShape()[1], height = x.getShape()[2] / b,
          width = x.getShape()[3] / b;
  Operand blocks =
      n.transpose(n.reshape(x, {batch, depth, height, b, width, b}), {0, 3, 5, 1, 2, 4});
  return n.setOutput(0, n.reshape(blocks, {batch, b * b * depth, height, width}));
}

void nnq::onnximport::registerShapeOps(HandlerTable &table) {
  table.add("Identity", {importIdentity, 1, 1});
  table.add("Dropout", {importDropout, 1, 3});
  table.add("Reshape", {importReshape, 1, 2});
  table.add("Flatten", {importFlatten, 1, 1});
  table.add("Squeeze", {importSqueeze, 1, 2});
  table.add("Unsqueeze", {importUnsqueeze, 1, 2});
  table.add("Transpose", {importTranspose, 1, 1});
  table.add("Expand", {importExpand, 2, 2});
  table.add("Tile", {importTile, 2, 3});
  table.add("Concat", {importConcat, 1, anyNumber});
  table.add("Split", {importSplit, 1, 2});
  table.add("Slice", {importSlice, 1, 5});
  table.add("Gather", {importGather, 2, 2});
  table.add("DepthToSpace", {importDepthToSpace, 1, 1});
  table.add("SpaceToDepth", {importSpaceToDepth, 1, 1});
}
