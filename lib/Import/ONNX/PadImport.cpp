// Pad: a border of one value, or of what is inside.

#include "NodeImporter.h"

#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"

#include <cmath>

using namespace mlir;
using namespace nnq;
using namespace nnq::onnximport;

/// The value of the border: an attribute before opset 11, then input 2.
static std::optional<float> readPadValue(NodeImporter &n) {
  if (n.opset < 11)
    return n.getFloat("value", 0);
  if (!n.hasInput(2))
    return 0;
  std::optional<std::vector<float>> value = n.getConstantFloats(2);
  if (value && value->size() != 1)
    n.error() << "the value of the border has " << value->size() << " elements; it needs 1";
  return value && value->size() == 1 ? std::optional(value->front()) : std::nullopt;
}

/// The index that the border `position` (from the start of a dimension of `size`) repeats.
static int64_t wrapIndex(int64_t position, int64_t size) {
  return ((position % size) + size) % size;
}
static int64_t clampIndex(int64_t position, int64_t size) {
  return std::clamp<int64_t>(position, 0, size - 1);
}
static int64_t reflectIndex(int64_t position, int64_t size) {
  if (size == 1)
    return 0;
  int64_t index = wrapIndex(position, 2 * (size - 1)); // there and back, both ends once
  return index < size ? index : 2 * (size - 1) - index;
}

/// Pads with elements of `x` itself: `indexOf` says which.
static Operand padFromWithin(NodeImporter &n, Operand x, ArrayRef<int64_t> low,
                             ArrayRef<int64_t> high, int64_t (*indexOf)(int64_t, int64_t)) {
  for (auto [axis, before, after] : llvm::enumerate(low, high)) {
    if (!x || (before == 0 && after == 0))
      continue;
    int64_t size = x.getShape()[axis];
    auto positions = llvm::seq<int64_t>(-before, size + after);
    x = n.gather(x, llvm::map_to_vector(positions, [&](int64_t p) { return indexOf(p, size); }),
                 axis);
  }
  return x;
}

/// The integer of the border, as readPadValue.
static std::optional<int64_t> readIntegerPadValue(NodeImporter &n) {
  if (n.opset < 11 || !n.hasInput(2)) {
    float value = n.opset < 11 ? n.getFloat("value", 0) : 0;
    if (std::abs(value) <= 0x1p31f)
      return static_cast<int64_t>(value);
    n.error() << "pads integers with " << value;
    return std::nullopt;
  }
  std::optional<Shape> value = n.getConstantInts(2);
  if (value && value->size() != 1)
    n.error() << "the value of the border has " << value->size() << " elements; it needs 1";
  return value && value->size() == 1 ? std::optional(value->front()) : std::nullopt;
}

/// Pads integers with `value`. Codes of few bits stay codes, and their border is one of the same
/// scale; other integers get constants in front and behind.
static Operand padIntegers(NodeImporter &n, Operand x, ArrayRef<int64_t> low,
                           ArrayRef<int64_t> high, int64_t value) {
  DataType type = x.getType();
  auto element = x.isConstant() ? Type() : getElementTypeOrSelf(x.getValue());
  std::optional<Storage> storage = storageOf(type);
  if (storage && storage->bits <= 16 && isa_and_nonnull<quant::QuantizedType>(element)) {
    auto shape = cast<RankedTensorType>(x.getValue().getType());
    RankedTensorType raw =
        shape.clone(Quantization::raw(type).getType(n.builder.getContext(), shape.getShape()));
    Value codes =
        raw == shape ? x.getValue() : ReinterpretOp::create(n.builder, n.loc, raw, x.getValue());
    return n.createMove<PadOp>(codes, low, high, APFloat(static_cast<float>(value)));
  }
  Operand border = n.evaluated(HostTensor::ofInts({}, {value}, type));
  if (!x.isConstant()) // spread at run time
    border = n.getIntegers(border);
  border = n.reshape(border, Shape(low.size(), 1));
  for (size_t axis = 0; axis < low.size() && x; ++axis) {
    SmallVector<Operand> parts;
    auto add = [&](int64_t size) {
      Shape shape(x.getShape());
      shape[axis] = size;
      if (size > 0)
        parts.push_back(n.broadcast(border, shape));
    };
    add(low[axis]);
    parts.push_back(x);
    add(high[axis]);
    x = n.concat(parts, static_cast<int64_t>(axis));
  }
  return x;
}

/// What a Pad adds to and, where pads are negative, cuts from each dimension.
struct Border {
  Shape low, high, starts, sizes;
};

static std::optional<Border> readBorder(NodeImporter &n, ArrayRef<int64_t> shape) {
  int64_t rank = shape.size();
  std::optional<Shape> pads =
      n.opset == 1 ? n.getInts("paddings") : n.getIntsAttributeOrInput("pads", 11, 1);
  std::optional<Shape> axes =
      n.hasInput(3) ? n.getConstantInts(3) : llvm::to_vector(llvm::seq<int64_t>(0, rank));
  if (!axes || !n.resolveAxes(*axes, rank))
    return std::nullopt;
  if (!pads || pads->size() != 2 * axes->size()) {
    n.error() << "has " << (pads ? pads->size() : 0) << " pads for " << axes->size()
              << " axes; it needs two for each";
    return std::nullopt;
  }
  Border border{Shape(rank, 0), Shape(rank, 0), Shape(rank, 0), Shape(shape)};
  for (auto [i, axis] : llvm::enumerate(*axes)) {
    int64_t d = axis < 0 ? axis + rank : axis, before = (*pads)[i],
            after = (*pads)[i + axes->size()], &size = border.sizes[d];
    constexpr int64_t largest = int64_t{1} << 24;
    if (before < -size || after < -size || before > largest || after > largest) {
      n.error() << "pads axis " << d << " of size " << size << " by " << before << " and " << after
                << ", which is not possible";
      return std::nullopt;
    }
    border.low[d] = std::max<int64_t>(before, 0);
    border.high[d] = std::max<int64_t>(after, 0);
    border.starts[d] = std::max<int64_t>(-before, 0);
    size -= border.starts[d] + std::max<int64_t>(-after, 0);
    if (size < 1) {
      n.error() << "cuts all of axis " << d;
      return std::nullopt;
    }
  }
  return border;
}

static LogicalResult importPad(NodeImporter &n) {
  Operand x = n.input(0);
  std::optional<Border> border = x ? readBorder(n, x.getShape()) : std::nullopt;
  if (!border)
    return failure();
  const auto &[low, high, starts, sizes] = *border;
  x = n.slice(x, starts, sizes, Shape(sizes.size(), 1));
  auto isNone = [](int64_t pad) { return pad == 0; };
  if (llvm::all_of(low, isNone) && llvm::all_of(high, isNone))
    return n.setOutput(0, x);
  StringRef mode = n.getString("mode", "constant");
  if (mode == "constant" && isInteger(x.getType())) {
    std::optional<int64_t> value = readIntegerPadValue(n);
    return value ? n.setOutput(0, padIntegers(n, x, low, high, *value)) : failure();
  }
  if (mode == "constant") {
    std::optional<float> value = readPadValue(n);
    return value ? n.setOutput(0, n.create<PadOp>(n.getValue(x), low, high, APFloat(*value)))
                 : failure();
  }
  auto *indexOf = llvm::StringSwitch<int64_t (*)(int64_t, int64_t)>(mode)
                      .Case("reflect", reflectIndex)
                      .Case("edge", clampIndex)
                      .Case("wrap", wrapIndex)
                      .Default(nullptr);
  if (!indexOf)
    return n.error() << "mode = '" << mode
                     << "' is not known; it is constant, reflect, edge or wrap";
  return n.setOutput(0, padFromWithin(n, x, low, high, indexOf));
}

void nnq::onnximport::registerPadOps(HandlerTable &table) { table.add("Pad", {importPad, 1, 4}); }
