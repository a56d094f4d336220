// What a node is built of: operations on values, and the same functions evaluated on constants.

#include "NodeImporter.h"

#include "nnq/Dialect/NNQ/IR/IndexOps.h"
#include "nnq/Dialect/NNQ/IR/IntegerOps.h"
#include "nnq/Quantization/UnaryFunctions.h"

#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace nnq;
using namespace nnq::onnximport;

bool NodeImporter::reserve(ArrayRef<int64_t> shape) const {
  std::optional<int64_t> count = countElements(shape);
  if (!count || *count > state.evaluationBudget) {
    error() << "would evaluate to a constant of " << shapeText(shape)
            << " elements, too large for this model";
    return false;
  }
  state.evaluationBudget -= *count;
  return true;
}

Operand NodeImporter::constantFloats(ArrayRef<int64_t> shape, std::vector<float> values) const {
  return evaluated(HostTensor::ofFloats(shape, std::move(values)));
}

Operand NodeImporter::reshape(const Operand &x, ArrayRef<int64_t> shape) const {
  if (!x || x.getShape() == shape)
    return x;
  std::optional<int64_t> from = countElements(x.getShape()), to = countElements(shape);
  if (!from || !to || *from != *to) {
    error() << "can't reshape " << shapeText(x.getShape()) << " to " << shapeText(shape);
    return {};
  }
  if (x.isDequantized())
    if (auto quantization = x.constant->source->quantization.reshaped(x.getShape(), shape))
      return Operand(onnximport::reshape(x.constant->source->codes, shape), *quantization,
                     x.getName());
  if (x.isConstant())
    return moved(x, onnximport::reshape(x.getTensor(), shape));
  auto type = mlir::cast<RankedTensorType>(x.value.getType());
  return ReshapeOp::create(builder, loc, type.clone(shape), x.value).getResult();
}

Operand NodeImporter::transpose(const Operand &x, ArrayRef<int64_t> permutation) const {
  if (!x)
    return {};
  Shape sorted(permutation), identity = llvm::to_vector(llvm::seq<int64_t>(0, x.getRank()));
  llvm::sort(sorted);
  if (sorted != identity) {
    error() << "the permutation [" << permutation << "] does not name each dimension of "
            << shapeText(x.getShape()) << " once";
    return {};
  }
  if (permutation == ArrayRef<int64_t>(identity))
    return x;
  if (!x.isConstant())
    return createMove<TransposeOp>(x.value, permutation);
  if (!reserve(x.getShape()))
    return {};
  if (x.isDequantized())
    return Operand(onnximport::transpose(x.constant->source->codes, permutation),
                   x.constant->source->quantization.transposed(permutation), x.getName());
  return moved(x, onnximport::transpose(x.getTensor(), permutation));
}

Operand NodeImporter::slice(const Operand &x, ArrayRef<int64_t> starts, ArrayRef<int64_t> sizes,
                            ArrayRef<int64_t> strides) const {
  if (!x)
    return {};
  if (sizes == x.getShape() && llvm::all_of(strides, [](int64_t stride) { return stride == 1; }))
    return x;
  if (!x.isConstant())
    return createMove<SliceOp>(x.value, starts, sizes, strides);
  if (!reserve(sizes))
    return {};
  return moved(x, onnximport::slice(x.getTensor(), starts, sizes, strides));
}

Operand NodeImporter::sliceAlong(const Operand &x, int64_t axis, int64_t start,
                                 int64_t size) const {
  if (!x)
    return {};
  Shape starts(x.getRank(), 0), sizes(x.getShape()), strides(x.getRank(), 1);
  starts[axis] = start;
  sizes[axis] = size;
  return slice(x, starts, sizes, strides);
}

Operand NodeImporter::broadcast(const Operand &x, ArrayRef<int64_t> shape) const {
  if (!x || x.getShape() == shape)
    return x;
  std::optional<Shape> common = broadcastShape(x.getShape(), shape);
  if (!common || ArrayRef<int64_t>(*common) != shape) {
    error() << "can't broadcast " << shapeText(x.getShape()) << " to " << shapeText(shape);
    return {};
  }
  if (!x.isConstant())
    return BroadcastOp::create(
               builder, loc, mlir::cast<RankedTensorType>(x.value.getType()).clone(shape), x.value)
        .getResult();
  if (!reserve(shape))
    return {};
  return moved(x, onnximport::broadcast(x.getTensor(), shape));
}

Operand NodeImporter::concat(ArrayRef<Operand> parts, int64_t axis) const {
  if (llvm::any_of(parts, [](const Operand &part) { return !part; }))
    return {};
  if (parts.size() == 1)
    return parts.front();
  if (!llvm::all_of(parts, [](const Operand &part) { return part.isConstant(); })) {
    SmallVector<Value> values =
        llvm::map_to_vector(parts, [&](const Operand &part) { return getAnyValue(part); });
    auto isInteger = [](Value value) {
      return value && mlir::isa<IntegerType>(getElementTypeOrSelf(value));
    };
    if (llvm::any_of(values, isInteger)) // beside them, codes are integers too
      values = llvm::map_to_vector(parts, [&](const Operand &part) { return getIntegers(part); });
    if (llvm::any_of(values, [](Value value) { return !value; }))
      return {};
    return createOf<ConcatOp>(mlir::cast<RankedTensorType>(values[0].getType()).getElementType(),
                              ValueRange(values), axis);
  }
  Shape total(parts.front().getShape());
  SmallVector<HostTensor> tensors;
  for (const Operand &part : parts) {
    Shape shape(part.getShape());
    if (shape.size() == total.size())
      shape[axis] = total[axis];
    if (shape != Shape(parts.front().getShape()) ||
        isFloat(part.getTensor().type) != isFloat(parts.front().getTensor().type)) {
      error() << "can't concatenate " << shapeText(parts.front().getShape()) << " and "
              << shapeText(part.getShape()) << " along axis " << axis;
      return {};
    }
    tensors.push_back(part.getTensor());
  }
  for (const Operand &part : parts.drop_front())
    total[axis] += part.getShape()[axis];
  if (!reserve(total))
    return {};
  return evaluated(onnximport::concat(tensors, axis));
}

Operand NodeImporter::gather(const Operand &x, ArrayRef<int64_t> indices, int64_t axis) const {
  constexpr size_t mostRuns = 256;
  if (x.isConstant()) {
    Shape shape(x.getShape());
    shape[axis] = indices.size();
    HostTensor list = HostTensor::ofInts({shape[axis]}, indices.vec());
    return reserve(shape) ? moved(x, onnximport::gather(x.getTensor(), list, axis)) : Operand();
  }
  Shape starts(x.getRank(), 0), sizes(x.getShape()), strides(x.getRank(), 1);
  SmallVector<Operand> parts;
  for (size_t first = 0, next; first < indices.size(); first = next) {
    next = first + 1;
    int64_t step = next < indices.size() ? indices[next] - indices[first] : 1;
    while (next < indices.size() && indices[next] - indices[next - 1] == step)
      ++next;
    int64_t count = next - first;
    starts[axis] = indices[first];
    sizes[axis] = step == 0 ? 1 : count;
    strides[axis] = count == 1 || step == 0 ? 1 : step;
    Operand part = slice(x, starts, sizes, strides);
    sizes[axis] = count;
    parts.push_back(broadcast(part, sizes));
    if (parts.size() > mostRuns) {
      int64_t count = indices.size();
      return gather(x, evaluated(HostTensor::ofInts({count}, indices.vec())), axis);
    }
  }
  return concat(parts, axis);
}

Operand NodeImporter::gather(const Operand &x, const Operand &indices, int64_t axis) const {
  if (!x || !indices)
    return {};
  // A type with several scales names dimensions that indices change.
  bool hasScales = x.isDequantized() && x.constant->source->quantization.granularity !=
                                            Quantization::Granularity::Tensor;
  Value table = getAnyValue(hasScales ? moved(x, x.getTensor()) : x), places = getIntegers(indices);
  return createMove<GatherOp>(table, places, axis);
}

static IntegerKind toIntegerKind(BinaryKind kind) {
  switch (kind) {
  case BinaryKind::Add:
    return IntegerKind::Add;
  case BinaryKind::Sub:
    return IntegerKind::Sub;
  case BinaryKind::Mul:
    return IntegerKind::Mul;
  case BinaryKind::Div:
    return IntegerKind::Div;
  case BinaryKind::Max:
    return IntegerKind::Max;
  case BinaryKind::Min:
    return IntegerKind::Min;
  case BinaryKind::Mod:
    return IntegerKind::Mod;
  case BinaryKind::Rem:
    return IntegerKind::Rem;
  case BinaryKind::Pow:
    break;
  }
  llvm_unreachable("powers are of reals");
}

/// True if `a` alone is repeated along the innermost dimension of `shape` that has more than one
/// element.
static bool isRepeatedInside(const Operand &a, const Operand &b, ArrayRef<int64_t> shape) {
  for (int64_t behind = 1, rank = shape.size(); behind <= rank; ++behind) {
    if (shape[rank - behind] == 1)
      continue;
    auto isOne = [&](const Operand &operand) {
      return behind > operand.getRank() || operand.getShape()[operand.getRank() - behind] == 1;
    };
    return isOne(a) && !isOne(b);
  }
  return false;
}

Operand NodeImporter::binary(BinaryKind kind, const Operand &a, const Operand &b) const {
  if (!a || !b)
    return {};
  std::optional<Shape> shape = broadcastShape(a.getShape(), b.getShape());
  if (!shape) {
    error() << "can't broadcast " << shapeText(a.getShape()) << " and " << shapeText(b.getShape());
    return {};
  }
  if (a.isConstant() && b.isConstant()) {
    if (isFloat(a.getTensor().type) != isFloat(b.getTensor().type)) {
      error() << "mixes " << nameOf(a.getTensor().type) << " and " << nameOf(b.getTensor().type);
      return {};
    }
    if (!reserve(*shape))
      return {};
    if (auto result = onnximport::binary(kind, a.getTensor(), b.getTensor()))
      return evaluated(std::move(*result));
    error() << "divides an integer by 0";
    return {};
  }
  if (a.getType() != b.getType()) {
    error() << "mixes " << nameOf(a.getType()) << " and " << nameOf(b.getType());
    return {};
  }
  if (isInteger(a.getType()) && kind == BinaryKind::Pow) {
    error() << "takes integers of " << nameOf(a.getType())
            << ", which is supported on constants only; Casts to FLOAT in front help";
    return {};
  }
  if (isInteger(a.getType())) {
    Value x = getIntegers(a), y = getIntegers(b);
    return x && y ? createMove<IntegerOp>(x, y, toIntegerKind(kind)) : Value();
  }
  Value x = getValue(a), y = getValue(b);
  switch (kind) {
  case BinaryKind::Add:
    // A sum of codes is rounded by the order of its operands; here QLinearAdd turns it around.
    return isRepeatedInside(a, b, *shape) ? create<AddOp>(y, x) : create<AddOp>(x, y);
  case BinaryKind::Sub:
    return create<SubOp>(x, y);
  case BinaryKind::Mul:
    return create<MulOp>(x, y);
  case BinaryKind::Div:
    return create<DivOp>(x, y);
  case BinaryKind::Max:
    return create<MaxOp>(x, y);
  case BinaryKind::Min:
    return create<MinOp>(x, y);
  case BinaryKind::Pow:
    return create<PowOp>(x, y);
  case BinaryKind::Mod:
  case BinaryKind::Rem:
    error() << "is supported on integers only";
    return {};
  }
  return {};
}

Operand NodeImporter::unary(UnaryKind kind, const Operand &x, float alpha, float beta) const {
  if (!x)
    return {};
  if (!x.isConstant() || !isFloat(x.getTensor().type))
    return create<UnaryOp>(getValue(x), kind, APFloat(alpha), APFloat(beta));
  if (!reserve(x.getShape()))
    return {};
  // The dialect's functions are those of Quantization/ behind Relu, in the same order (asserted in
  // ElementwiseOps.cpp).
  auto function = static_cast<UnaryFunction>(static_cast<int>(kind) + 1);
  return evaluated(mapFloats(
      x.getTensor(), [&](double value) { return evaluateUnary(function, value, alpha, beta); }));
}

Operand NodeImporter::clamp(const Operand &x, float min, float max) const {
  if (!x)
    return {};
  if (!x.isConstant() || !isFloat(x.getTensor().type))
    return create<ClampOp>(getValue(x), APFloat(min), APFloat(max));
  if (!reserve(x.getShape()))
    return {};
  return evaluated(mapFloats(x.getTensor(), [&](double value) {
    return std::min<double>(std::max<double>(value, min), max);
  }));
}

Operand NodeImporter::asWeights(const Operand &filter) const {
  if (!filter || !filter.isDequantized())
    return filter;
  const Quantization &quantization = filter.constant->source->quantization;
  bool isBlock = quantization.granularity == Quantization::Granularity::Block;
  bool hasCommonUnits = quantization.granularity == Quantization::Granularity::Tensor ||
                        quantization.axis == (isBlock ? filter.getRank() - 1 : 0);
  return hasCommonUnits ? filter : moved(filter, filter.getTensor());
}

Operand NodeImporter::fullyConnected(const Operand &input, const Operand &filter,
                                     const std::optional<Operand> &bias) const {
  if (!input || !filter || (bias && !*bias))
    return {};
  Value x = getValue(input), w = getValue(asWeights(filter)), b = bias ? getValue(*bias) : Value();
  if (!x || !w || (bias && !b))
    return {};
  auto op = createInferred<FullyConnectedOp>(builder, loc, builder.getF32Type(), x, w, b);
  if (op && step)
    op->setAttr(stepAttrName, step);
  return op ? Operand(op.getResult()) : Operand();
}

static std::optional<ReduceKind> toReduceKind(Reduction kind) {
  switch (kind) {
  case Reduction::Sum:
    return ReduceKind::Sum;
  case Reduction::Mean:
    return ReduceKind::Mean;
  case Reduction::Max:
    return ReduceKind::Max;
  case Reduction::Min:
    return ReduceKind::Min;
  case Reduction::Prod:
    return std::nullopt;
  }
  return std::nullopt;
}

Operand NodeImporter::reduce(Reduction kind, const Operand &x, ArrayRef<int64_t> axes) const {
  if (!x)
    return {};
  if (!x.isConstant()) {
    std::optional<ReduceKind> reduceKind = toReduceKind(kind);
    if (!reduceKind) {
      error() << "is supported on constants only";
      return {};
    }
    if (!isInteger(x.getType()))
      return create<ReduceOp>(getValue(x), *reduceKind, axes);
    bool isBoolean = x.getType() == DataType::Bool;
    if (kind == Reduction::Mean || (kind == Reduction::Sum && isBoolean)) {
      error() << "takes integers of " << nameOf(x.getType())
              << ", which is supported on constants only; a Cast to FLOAT in front helps";
      return {};
    }
    Value integers = getIntegers(x);
    if (!isBoolean)
      return createMove<ReduceOp>(integers, *reduceKind, axes);
    Value bytes = createOf<CastOp>(builder.getI8Type(), integers);
    return createOf<CastOp>(builder.getI1Type(), createMove<ReduceOp>(bytes, *reduceKind, axes));
  }
  if (kind != Reduction::Sum && kind != Reduction::Prod && x.getTensor().size() == 0) {
    error() << "reduces an empty tensor";
    return {};
  }
  if (!reserve(x.getShape()))
    return {};
  return evaluated(onnximport::reduce(kind, x.getTensor(), axes));
}
