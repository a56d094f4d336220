// Operations of NNQShapeOps.td and NNQCalibrationOps.td: elements change their place, not their
// value. Only a bilinear resize computes.

#include "Handlers.h"
#include "Numerics.h"

#include "nnq/Dialect/NNQ/IR/NNQOps.h"

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace mlir;

namespace nnq::reference {

/// to[toAt[i]] = from[fromAt[i]], on floats or on codes.
static void move(const HostTensor &from, ArrayRef<int64_t> fromAt, HostTensor &to,
                 ArrayRef<int64_t> toAt) {
  std::visit(
      [&](const auto &source) {
        auto &target = std::get<std::decay_t<decltype(source)>>(to.storage);
        for (auto [f, t] : llvm::zip_equal(fromAt, toAt))
          target[t] = source[f];
      },
      from.storage);
}

static std::vector<int64_t> everyPosition(const HostTensor &tensor) {
  std::vector<int64_t> positions(tensor.getNumElements());
  std::iota(positions.begin(), positions.end(), 0);
  return positions;
}

/// Fills the whole of `to` with the elements of `from` at `fromAt`.
static void gather(const HostTensor &from, ArrayRef<int64_t> fromAt, HostTensor &to) {
  move(from, fromAt, to, everyPosition(to));
}

/// Positions in a tensor of `whole` of a box of `shape` that begins at `starts`.
static std::vector<int64_t> boxPositions(ArrayRef<int64_t> whole, ArrayRef<int64_t> starts,
                                         ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides = rowMajorStrides(whole);
  int64_t base = 0;
  for (auto [start, stride] : llvm::zip_equal(starts, strides))
    base += start * stride;
  return stridedPositions(shape, strides, base);
}

//===----------------------------------------------------------------------===//
// Moves
//===----------------------------------------------------------------------===//

static LogicalResult evaluateConstant(ConstantOp op, Operands, Results results) {
  auto tensor = fromElements(op.getValue(), cast<RankedTensorType>(op.getType()),
                             [&]() -> InFlightDiagnostic { return op.emitOpError(); });
  if (failed(tensor))
    return failure();
  results[0] = std::move(*tensor);
  return success();
}

static LogicalResult evaluateReshape(ReshapeOp, Operands operands, Results results) {
  results[0].storage = operands[0]->storage;
  return success();
}

static LogicalResult evaluateReinterpret(ReinterpretOp, Operands operands, Results results) {
  results[0].storage = operands[0]->storage;
  return success();
}

static LogicalResult evaluateTranspose(TransposeOp op, Operands operands, Results results) {
  SmallVector<int64_t> inputStrides = rowMajorStrides(operands[0]->shape);
  SmallVector<int64_t> strides =
      llvm::map_to_vector(op.getPermutation(), [&](int64_t d) { return inputStrides[d]; });
  gather(*operands[0], stridedPositions(results[0].shape, strides), results[0]);
  return success();
}

static LogicalResult evaluateConcat(ConcatOp op, Operands operands, Results results) {
  SmallVector<int64_t> starts(results[0].shape.size(), 0);
  for (const HostTensor *operand : operands) {
    move(*operand, everyPosition(*operand), results[0],
         boxPositions(results[0].shape, starts, operand->shape));
    starts[op.getAxis()] += operand->shape[op.getAxis()];
  }
  return success();
}

static LogicalResult evaluateSplit(SplitOp op, Operands operands, Results results) {
  SmallVector<int64_t> starts(operands[0]->shape.size(), 0);
  for (HostTensor &part : results) {
    gather(*operands[0], boxPositions(operands[0]->shape, starts, part.shape), part);
    starts[op.getAxis()] += part.shape[op.getAxis()];
  }
  return success();
}

static LogicalResult evaluateSlice(SliceOp op, Operands operands, Results results) {
  SmallVector<int64_t> strides = rowMajorStrides(operands[0]->shape);
  int64_t base = 0;
  for (size_t d = 0; d < strides.size(); ++d) {
    base += op.getStarts()[d] * strides[d];
    strides[d] *= op.getStrides()[d];
  }
  gather(*operands[0], stridedPositions(results[0].shape, strides, base), results[0]);
  return success();
}

static LogicalResult evaluatePad(PadOp op, Operands operands, Results results) {
  HostTensor &result = results[0];
  fromReal(op, std::vector<float>(result.getNumElements(), op.getValue().convertToFloat()), result);
  move(*operands[0], everyPosition(*operands[0]), result,
       boxPositions(result.shape, op.getLow(), operands[0]->shape));
  return success();
}

static LogicalResult evaluateBroadcast(BroadcastOp, Operands operands, Results results) {
  gather(*operands[0], broadcastPositions(operands[0]->shape, results[0].shape), results[0]);
  return success();
}

static LogicalResult evaluateObserve(ObserveOp, Operands, Results) { return success(); }

//===----------------------------------------------------------------------===//
// ResizeOp
//===----------------------------------------------------------------------===//

/// An f32 operation, as the one of doubles rounded once more, which for +, -, * and / is the same.
static double inF32(double exact) { return static_cast<float>(exact); }

/// Where pixel `y` of the result lies in the input along one axis: pixels are points, or have their
/// centres at one half; an axis of one pixel, of whose ends some kinds speak, lies at 0.
static float inputCoordinate(ResizeCoordinates coordinates, int64_t y, int64_t inputSize,
                             int64_t outputSize, float scale) {
  bool alignsCorners = coordinates == ResizeCoordinates::AlignCorners,
       isPytorch = coordinates == ResizeCoordinates::PytorchHalfPixel;
  if (outputSize == 1 && (alignsCorners || isPytorch))
    return 0;
  bool hasCentres = isPytorch || coordinates == ResizeCoordinates::HalfPixel;
  double centre = hasCentres ? 0.5 : 0, last = inputSize - 1, lastResult = outputSize - 1;
  double place = alignsCorners ? inF32(last * y) : inF32(centre + y);
  double scaled = inF32(place / (alignsCorners ? lastResult : scale));
  return static_cast<float>(scaled - centre);
}

/// Whether f32 can't tell a coordinate from one half way between two pixels.
static bool isTie(float coordinate) {
  return std::fabs(coordinate - std::floor(coordinate) - 0.5f) <= 1e-6f;
}

/// The pixel that `rounding` calls nearest. In double: adding one half must not round.
static int64_t nearestIndex(NearestRounding rounding, float at, int64_t inputSize) {
  double coordinate = at;
  auto index = [&]() -> double {
    switch (rounding) {
    case NearestRounding::RoundPreferFloor:
      return isTie(at) ? std::floor(coordinate) : std::floor(coordinate + 0.5);
    case NearestRounding::RoundPreferCeil:
      return isTie(at) ? std::ceil(coordinate) : std::floor(coordinate + 0.5);
    case NearestRounding::Floor:
      return std::floor(coordinate);
    case NearestRounding::Ceil:
      return std::ceil(coordinate);
    }
    llvm_unreachable("every kind has its formula");
  }();
  return std::clamp<int64_t>(static_cast<int64_t>(index), 0, inputSize - 1);
}

namespace {
/// Two neighbours along one axis and their weights: half each where they are one.
struct Neighbours {
  int64_t at[2];
  float weights[2];

  Neighbours(float coordinate, int64_t inputSize) {
    int64_t last = inputSize - 1;
    float whole, fraction = std::modf(std::fmax(coordinate, 0.0f), &whole);
    bool isLast = whole >= static_cast<float>(last);
    at[0] = isLast ? last : static_cast<int64_t>(whole);
    at[1] = isLast ? last : at[0] + 1;
    weights[1] = isLast ? 0.5f : fraction;
    weights[0] = 1 - weights[1]; // exact, as is the fraction of a number of at least 1
  }
};
} // namespace

/// Calls `visit(y, x)` with the input coordinates of every pixel of the result, row major.
template <typename Visit>
static void forEachPixel(ResizeOp op, ArrayRef<int64_t> in, ArrayRef<int64_t> out, Visit visit) {
  for (int64_t y = 0; y < out[1]; ++y)
    for (int64_t x = 0; x < out[2]; ++x)
      visit(inputCoordinate(op.getCoordinates(), y, in[1], out[1], op.getScales()[0]),
            inputCoordinate(op.getCoordinates(), x, in[2], out[2], op.getScales()[1]));
}

static void resizeNearest(ResizeOp op, const HostTensor &input, HostTensor &result) {
  int64_t height = input.shape[1], width = input.shape[2], channels = input.shape[3];
  std::vector<int64_t> sources;
  for (int64_t n = 0; n < input.shape[0]; ++n)
    forEachPixel(op, input.shape, result.shape, [&](float y, float x) {
      int64_t row = n * height + nearestIndex(op.getRounding(), y, height);
      int64_t pixel = row * width + nearestIndex(op.getRounding(), x, width);
      for (int64_t c = 0; c < channels; ++c)
        sources.push_back(pixel * channels + c);
    });
  gather(input, sources, result);
}

static void resizeBilinear(ResizeOp op, const HostTensor &input, HostTensor &result) {
  int64_t height = input.shape[1], width = input.shape[2], channels = input.shape[3];
  std::vector<float> values = toReal(input), mixed;
  for (int64_t n = 0; n < input.shape[0]; ++n)
    forEachPixel(op, input.shape, result.shape, [&](float y, float x) {
      Neighbours rows(y, height), columns(x, width);
      for (int64_t c = 0; c < channels; ++c) {
        auto at = [&](int64_t row, int64_t column) {
          return values[((n * height + row) * width + column) * channels + c];
        };
        float sum = -0.0f; // the neutral element of addition
        for (int row : {0, 1})
          for (int column : {0, 1}) {
            float weight = columns.weights[column] * rows.weights[row];
            sum += weight * at(rows.at[row], columns.at[column]);
          }
        mixed.push_back(sum);
      }
    });
  fromReal(op, std::move(mixed), result);
}

static LogicalResult evaluateResize(ResizeOp op, Operands operands, Results results) {
  if (op.getMode() == ResizeMode::Nearest)
    resizeNearest(op, *operands[0], results[0]);
  else
    resizeBilinear(op, *operands[0], results[0]);
  return success();
}

void addShapeHandlers(HandlerTable &table) {
  addHandler<ConstantOp, evaluateConstant>(table);
  addHandler<ReshapeOp, evaluateReshape>(table);
  addHandler<ReinterpretOp, evaluateReinterpret>(table);
  addHandler<TransposeOp, evaluateTranspose>(table);
  addHandler<ConcatOp, evaluateConcat>(table);
  addHandler<SplitOp, evaluateSplit>(table);
  addHandler<SliceOp, evaluateSlice>(table);
  addHandler<PadOp, evaluatePad>(table);
  addHandler<BroadcastOp, evaluateBroadcast>(table);
  addHandler<ResizeOp, evaluateResize>(table);
  addHandler<ObserveOp, evaluateObserve>(table);
}

} // namespace nnq::reference
