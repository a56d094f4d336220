// How the integers of an ONNX tensor stand for reals.

#include "Quantization.h"

#include "ConstantEvaluator.h"

#include "nnq/Quantization/QuantParams.h"

using namespace mlir;
using namespace nnq::onnximport;

std::optional<Storage> nnq::onnximport::storageOf(DataType type) {
  switch (type) {
  case DataType::UInt2:
    return Storage{2, false};
  case DataType::Int2:
    return Storage{2, true};
  case DataType::UInt4:
    return Storage{4, false};
  case DataType::Int4:
    return Storage{4, true};
  case DataType::UInt8:
    return Storage{8, false};
  case DataType::Int8:
    return Storage{8, true};
  case DataType::UInt16:
    return Storage{16, false};
  case DataType::Int16:
    return Storage{16, true};
  case DataType::Int32:
    return Storage{32, true};
  default:
    return std::nullopt;
  }
}

bool Quantization::operator==(const Quantization &other) const {
  return std::tie(type, granularity, axis, blockSize, scaleShape, scales, zeroPoints, limit) ==
         std::tie(other.type, other.granularity, other.axis, other.blockSize, other.scaleShape,
                  other.scales, other.zeroPoints, other.limit);
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

quant::QuantizedType Quantization::getType(MLIRContext *context, ArrayRef<int64_t> shape) const {
  Storage storage = *storageOf(type);
  unsigned flags = storage.isSigned ? quant::QuantizationFlags::Signed : 0;
  auto integer = IntegerType::get(context, storage.bits);
  auto f32 = Float32Type::get(context);
  switch (granularity) {
  case Granularity::Tensor:
    return quant::UniformQuantizedType::get(flags, integer, f32, scales[0], zeroPoints[0],
                                            limit ? -*limit : storage.min(),
                                            limit ? *limit : storage.max());
  case Granularity::Axis:
    return quant::UniformQuantizedPerAxisType::get(
        flags, integer, f32, SmallVector<double>(scales.begin(), scales.end()), zeroPoints, axis,
        storage.min(), storage.max());
  case Granularity::Block: {
    SmallVector<int32_t> dims = llvm::to_vector(llvm::seq<int32_t>(0, shape.size()));
    SmallVector<int64_t> sizes(shape.size(), 1);
    sizes[axis] = blockSize;
    SmallVector<APInt> zeros = llvm::map_to_vector(zeroPoints, [&](int64_t zeroPoint) {
      return APInt(storage.bits, zeroPoint, storage.isSigned, /*implicitTrunc=*/true);
    });
    return quant::UniformQuantizedSubChannelType::get(
        flags, integer, f32,
        DenseElementsAttr::get(RankedTensorType::get(scaleShape, f32), ArrayRef<float>(scales)),
        DenseElementsAttr::get(RankedTensorType::get(scaleShape, integer), zeros), dims, sizes,
        storage.min(), storage.max());
  }
  }
  llvm_unreachable("every granularity has its type");
}

//===----------------------------------------------------------------------===//
// Moves
//===----------------------------------------------------------------------===//

Quantization Quantization::transposed(ArrayRef<int64_t> permutation) const {
  Quantization result = *this;
  if (granularity == Granularity::Tensor)
    return result;
  result.axis = llvm::find(permutation, axis) - permutation.begin();
  if (granularity == Granularity::Block) {
    HostTensor moved =
        transpose(HostTensor::ofFloats(scaleShape, std::vector<float>(scales)), permutation);
    HostTensor movedZeros =
        transpose(HostTensor::ofInts(scaleShape, std::vector<int64_t>(zeroPoints)), permutation);
    result.scaleShape = moved.shape;
    result.scales = moved.floats.vec();
    result.zeroPoints = movedZeros.ints.vec();
  }
  return result;
}

std::optional<Quantization> Quantization::reshaped(ArrayRef<int64_t> from,
                                                   ArrayRef<int64_t> to) const {
  if (granularity == Granularity::Tensor)
    return *this;
  auto elements = [](ArrayRef<int64_t> sizes) { return *countElements(sizes); };
  int64_t outer = elements(from.take_front(axis)), size = from[axis];
  for (size_t d = 0; d < to.size(); ++d) {
    if (to[d] != size || elements(to.take_front(d)) != outer)
      continue;
    Quantization result = *this;
    result.axis = d;
    if (granularity == Granularity::Block) {
      result.scaleShape = Shape(to);
      result.scaleShape[d] = scaleShape[axis];
    }
    return result;
  }
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

/// Calls `visit(element, scale)` with the index of the scale that belongs to each element.
template <typename Visit>
static void forEachScale(const Quantization &q, ArrayRef<int64_t> shape, Visit visit) {
  int64_t count = *countElements(shape);
  if (q.granularity == Quantization::Granularity::Tensor) {
    for (int64_t i = 0; i < count; ++i)
      visit(i, 0);
    return;
  }
  int64_t size = shape[q.axis], inner = *countElements(shape.drop_front(q.axis + 1));
  bool isBlock = q.granularity == Quantization::Granularity::Block;
  int64_t blocks = isBlock ? q.scaleShape[q.axis] : size;
  for (int64_t i = 0; i < count; ++i) {
    int64_t along = i / inner % size;
    visit(i, isBlock ? (i / (inner * size) * blocks + along / q.blockSize) * inner + i % inner
                     : along);
  }
}

HostTensor nnq::onnximport::dequantize(const HostTensor &codes, const Quantization &q) {
  std::vector<float> reals(codes.size());
  forEachScale(q, codes.shape, [&](int64_t i, int64_t scale) {
    reals[i] = static_cast<float>(codes.ints[i] - q.zeroPoints[scale]) * q.scales[scale];
  });
  return HostTensor::ofFloats(codes.shape, std::move(reals));
}

void nnq::onnximport::makeScalesPositive(HostTensor &codes, Quantization &q) {
  if (llvm::all_of(q.scales, [](float scale) { return scale > 0; }))
    return;
  Storage storage = *storageOf(q.type);
  int64_t ends = storage.min() + storage.max();
  // Opposite is 2 z - q, or with the zero point ends - q.
  std::vector<bool> turnsZeroPoint(q.scales.size(), false);
  forEachScale(q, codes.shape, [&](int64_t i, int64_t scale) {
    int64_t opposite = 2 * q.zeroPoints[scale] - codes.ints[i];
    if (q.scales[scale] < 0 && (opposite < storage.min() || opposite > storage.max()))
      turnsZeroPoint[scale] = true;
  });
  std::vector<int64_t> turned = codes.ints.vec();
  forEachScale(q, codes.shape, [&](int64_t i, int64_t scale) {
    if (q.scales[scale] == 0)
      turned[i] = q.zeroPoints[scale];
    else if (q.scales[scale] < 0)
      turned[i] = (turnsZeroPoint[scale] ? ends : 2 * q.zeroPoints[scale]) - turned[i];
  });
  codes = HostTensor::ofInts(codes.shape, std::move(turned), q.type);
  for (auto [scale, zeroPoint, turns] : llvm::zip(q.scales, q.zeroPoints, turnsZeroPoint)) {
    scale = scale == 0 ? 1 : std::abs(scale);
    zeroPoint = turns ? ends - zeroPoint : zeroPoint;
  }
}

HostTensor nnq::onnximport::quantize(const HostTensor &reals, const Quantization &q) {
  Storage storage = *storageOf(q.type);
  std::vector<int64_t> codes(reals.size());
  forEachScale(q, reals.shape, [&](int64_t i, int64_t scale) {
    QuantParams params{q.scales[scale], static_cast<int32_t>(q.zeroPoints[scale]),
                       static_cast<int32_t>(storage.min()), static_cast<int32_t>(storage.max())};
    codes[i] = quantizeValue(reals.floats[i], params);
  });
  return HostTensor::ofInts(reals.shape, std::move(codes), q.type);
}
