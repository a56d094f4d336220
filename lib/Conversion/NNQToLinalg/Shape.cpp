// Operations of NNQShapeOps.td: elements change their place. Moves are copies along an affine map
// where one says it; only a resize by a factor that is no integer looks places up.

#include "Rounding.h"
#include "Structured.h"

#include "nnq/Conversion/NNQToLinalg/NNQToLinalg.h"
#include "nnq/Dialect/NNQ/IR/ConstantData.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"

#include "mlir/Transforms/DialectConversion.h"

#include <cmath>

using namespace mlir;

namespace nnq {
namespace {

//===----------------------------------------------------------------------===//
// Moves
//===----------------------------------------------------------------------===//

struct LowerConstant : OpConversionPattern<ConstantOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(ConstantOp op, OpAdaptor,
                                ConversionPatternRewriter &rewriter) const override {
    auto memory = cast<RankedTensorType>(getMemoryType(op.getType()));
    if (memory == op.getValue().getShapedType()) {
      rewriter.replaceOp(op, emitConstant(rewriter, op.getLoc(), op.getValue()));
      return success();
    }
    // Codes below 8 bits, a byte each.
    FailureOr<ConstantData> data = ConstantData::get(op.getValue());
    if (failed(data))
      return op.emitOpError() << "has data that can't be read";
    bool isSigned = !getCodebook(op.getType()) && getQuantizedElement(op.getType()).isSigned();
    std::vector<int8_t> codes(data->size());
    for (int64_t i = 0, end = data->size(); i < end; ++i)
      codes[i] = static_cast<int8_t>(data->getInteger(i, isSigned));
    rewriter.replaceOp(op,
                       emitConstant(rewriter, op.getLoc(), makeConstant<int8_t>(memory, codes)));
    return success();
  }
};

/// Codes are what is computed on: other scales of them are no operation.
struct LowerReinterpret : OpConversionPattern<ReinterpretOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(ReinterpretOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, adaptor.getInput());
    return success();
  }
};

struct LowerReshape : OpConversionPattern<ReshapeOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(ReshapeOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(
        op, emitReshape(rewriter, op.getLoc(), adaptor.getInput(), op.getType().getShape()));
    return success();
  }
};

/// result[d0, ...] = input[permuted]: dimension permutation[i] of the input runs with loop i.
struct LowerTranspose : OpConversionPattern<TransposeOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(TransposeOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    SmallVector<unsigned> loops(op.getPermutation().size());
    for (auto [loop, dim] : llvm::enumerate(op.getPermutation()))
      loops[dim] = loop;
    AffineMap map = selectDims(op.getContext(), loops.size(), loops);
    rewriter.replaceOp(
        op, emitMove(rewriter, op.getLoc(), adaptor.getInput(), map, op.getType().getShape()));
    return success();
  }
};

struct LowerSlice : OpConversionPattern<SliceOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(SliceOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    SmallVector<AffineExpr> exprs;
    for (auto [d, start, stride] : llvm::enumerate(op.getStarts(), op.getStrides()))
      exprs.push_back(rewriter.getAffineDimExpr(d) * stride + start);
    AffineMap map = AffineMap::get(exprs.size(), 0, exprs, op.getContext());
    rewriter.replaceOp(
        op, emitMove(rewriter, op.getLoc(), adaptor.getInput(), map, op.getType().getShape()));
    return success();
  }
};

struct LowerBroadcast : OpConversionPattern<BroadcastOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(BroadcastOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    ArrayRef<int64_t> shape = op.getType().getShape();
    AffineMap map = broadcastMap(op.getContext(), shapeOf(op.getInput()), shape, shape.size());
    rewriter.replaceOp(op, emitMove(rewriter, op.getLoc(), adaptor.getInput(), map, shape));
    return success();
  }
};

struct LowerConcat : OpConversionPattern<ConcatOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(ConcatOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    ArrayRef<int64_t> shape = op.getType().getShape();
    Value result =
        emitEmpty(rewriter, op.getLoc(), shape, getElementTypeOrSelf(adaptor.getInputs().front()));
    SmallVector<int64_t> offsets(shape.size(), 0);
    for (Value input : adaptor.getInputs()) {
      result = emitInsert(rewriter, op.getLoc(), input, result, offsets);
      offsets[op.getAxis()] += shapeOf(input)[op.getAxis()];
    }
    rewriter.replaceOp(op, result);
    return success();
  }
};

struct LowerPad : OpConversionPattern<PadOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(PadOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    if (failed(verifyLowerable(op)))
      return failure();
    TypedAttr border = getStoredAttr(getNumerics(op), op.getType().getElementType(),
                                     op.getValue().convertToFloat());
    rewriter.replaceOp(
        op, emitPad(rewriter, op.getLoc(), adaptor.getInput(), op.getLow(), op.getHigh(), border));
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Resize
//===----------------------------------------------------------------------===//

/// Where index `y` of the result lies in the input along one axis. In f32, as ONNX Runtime computes
/// it.
float inputCoordinate(ResizeCoordinates coordinates, int64_t y, int64_t inputSize,
                      int64_t outputSize, float scale) {
  auto index = static_cast<float>(y);
  switch (coordinates) {
  case ResizeCoordinates::HalfPixel:
    return (index + 0.5f) / scale - 0.5f;
  case ResizeCoordinates::Asymmetric:
    return index / scale;
  case ResizeCoordinates::AlignCorners:
    return outputSize == 1
               ? 0.0f
               : index * static_cast<float>(inputSize - 1) / static_cast<float>(outputSize - 1);
  case ResizeCoordinates::PytorchHalfPixel:
    return outputSize == 1 ? 0.0f : (index + 0.5f) / scale - 0.5f;
  }
  llvm_unreachable("every kind has its formula");
}

/// Half way between two pixels is what lies within 1e-6 of it: a tie that the scale of f32 has
/// moved stays one.
float roundCoordinate(NearestRounding rounding, float coordinate) {
  float below = std::floor(coordinate), fraction = coordinate - below; // exact
  bool isTie = std::fabs(fraction - 0.5f) <= 1e-6f;
  switch (rounding) {
  case NearestRounding::RoundPreferFloor:
    return isTie || fraction < 0.5f ? below : below + 1;
  case NearestRounding::RoundPreferCeil:
    return isTie || fraction > 0.5f ? below + 1 : below;
  case NearestRounding::Floor:
    return std::floor(coordinate);
  case NearestRounding::Ceil:
    return std::ceil(coordinate);
  }
  llvm_unreachable("every kind has its formula");
}

/// For each index of the result along one axis, two indices of the input and the weights of what
/// lies there.
struct AxisPlaces {
  SmallVector<int64_t> first, second;
  SmallVector<float> firstWeight, secondWeight;
};

SmallVector<int64_t> nearestPlaces(ResizeOp op, int64_t axis) {
  int64_t in = shapeOf(op.getInput())[axis], out = op.getType().getDimSize(axis);
  return llvm::map_to_vector(llvm::seq<int64_t>(0, out), [&](int64_t y) {
    float coordinate = inputCoordinate(op.getCoordinates(), y, in, out, op.getScales()[axis - 1]);
    return std::clamp<int64_t>(static_cast<int64_t>(roundCoordinate(op.getRounding(), coordinate)),
                               0, in - 1);
  });
}

AxisPlaces bilinearPlaces(ResizeOp op, int64_t axis) {
  int64_t in = shapeOf(op.getInput())[axis], out = op.getType().getDimSize(axis);
  AxisPlaces places;
  for (int64_t y = 0; y < out; ++y) {
    float coordinate = inputCoordinate(op.getCoordinates(), y, in, out, op.getScales()[axis - 1]);
    float inside = std::clamp<float>(coordinate, 0, static_cast<float>(in - 1));
    auto first = static_cast<int64_t>(inside);
    int64_t second = std::min(first + 1, in - 1);
    places.first.push_back(first);
    places.second.push_back(second);
    places.firstWeight.push_back(first == second ? 0.5f : static_cast<float>(second) - inside);
    places.secondWeight.push_back(first == second ? 0.5f : inside - static_cast<float>(first));
  }
  return places;
}

/// The places as a function of the loop: `d floordiv f` (enlarged) or `d * s + o` (every s-th), or
/// null.
AffineExpr asAffine(ArrayRef<int64_t> places, AffineExpr d) {
  int64_t offset = places.front(), step = places.size() > 1 ? places[1] - offset : 1;
  auto isStep = [&](auto p) {
    return p.value() == static_cast<int64_t>(p.index()) * step + offset;
  };
  if (step > 0 && llvm::all_of(llvm::enumerate(places), isStep))
    return d * step + offset;
  int64_t factor = llvm::find_if(places, [](int64_t p) { return p != 0; }) - places.begin();
  auto isFloor = [&](auto p) {
    return factor > 0 && p.value() == static_cast<int64_t>(p.index()) / factor;
  };
  return llvm::all_of(llvm::enumerate(places), isFloor) ? d.floorDiv(factor) : AffineExpr();
}

/// Constants of one element per row or column, and their maps, as operands of a generic on (n, y,
/// x, c).
struct AxisConstants {
  OpBuilder &builder;
  Location loc;
  SmallVector<Value> values;
  SmallVector<AffineMap> maps;

  template <typename T> void add(ArrayRef<T> elements, Type type, unsigned loop) {
    auto tensor = RankedTensorType::get({static_cast<int64_t>(elements.size())}, type);
    values.push_back(emitConstant(builder, loc, makeConstant<T>(tensor, elements)));
    maps.push_back(selectDims(builder.getContext(), 4, {loop}));
  }
};

/// The element of the image at (n, row, column, c), row and column given as i64.
Value emitPixel(OpBuilder &builder, Location loc, Value image, Value row, Value column) {
  auto asIndex = [&](Value v) -> Value {
    return arith::IndexCastOp::create(builder, loc, builder.getIndexType(), v);
  };
  Value n = linalg::IndexOp::create(builder, loc, 0), c = linalg::IndexOp::create(builder, loc, 3);
  return tensor::ExtractOp::create(builder, loc, image,
                                   ValueRange{n, asIndex(row), asIndex(column), c});
}

struct LowerResize : OpConversionPattern<ResizeOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(ResizeOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    if (failed(verifyLowerable(op)))
      return failure();
    bool nearest = op.getMode() == ResizeMode::Nearest;
    rewriter.replaceOp(op, nearest ? emitNearest(op, adaptor.getInput(), rewriter)
                                   : emitBilinear(op, adaptor.getInput(), rewriter));
    return success();
  }

private:
  static Value emitNearest(ResizeOp op, Value input, OpBuilder &builder) {
    ArrayRef<int64_t> shape = op.getType().getShape();
    SmallVector<int64_t> rows = nearestPlaces(op, 1), columns = nearestPlaces(op, 2);
    auto d = [&](unsigned i) { return builder.getAffineDimExpr(i); };
    AffineExpr row = asAffine(rows, d(1)), column = asAffine(columns, d(2));
    if (row && column)
      return emitMove(builder, op.getLoc(), input,
                      AffineMap::get(4, 0, {d(0), row, column, d(3)}, op.getContext()), shape);
    AxisConstants constants{builder, op.getLoc(), {}, {}};
    constants.add<int64_t>(rows, builder.getI64Type(), 1);
    constants.add<int64_t>(columns, builder.getI64Type(), 2);
    return emitParallel(builder, op.getLoc(), constants.values, constants.maps, shape,
                        getElementTypeOrSelf(input),
                        [&](OpBuilder &b, Location l, ValueRange args) {
                          return emitPixel(b, l, input, args[0], args[1]);
                        });
  }

  /// Four pixels times the products of their weights, added in this order: the first row's, then
  /// the second's.
  static Value emitBilinear(ResizeOp op, Value input, OpBuilder &builder) {
    AxisPlaces rows = bilinearPlaces(op, 1), columns = bilinearPlaces(op, 2);
    AxisConstants constants{builder, op.getLoc(), {}, {}};
    for (auto [axis, places] : {std::make_pair(1u, &rows), std::make_pair(2u, &columns)}) {
      constants.add<int64_t>(places->first, builder.getI64Type(), axis);
      constants.add<int64_t>(places->second, builder.getI64Type(), axis);
      constants.add<float>(places->firstWeight, builder.getF32Type(), axis);
      constants.add<float>(places->secondWeight, builder.getF32Type(), axis);
    }
    Type from = op.getInput().getType().getElementType(), to = op.getType().getElementType();
    NumericsProfile numerics = getNumerics(op);
    auto body = [&](OpBuilder &b, Location l, ValueRange args) {
      // Two rows and their weights are args[0] to args[3], two columns and theirs args[4] to
      // args[7].
      auto term = [&](unsigned row, unsigned column) -> Value {
        Value pixel = emitReal(b, l, emitPixel(b, l, input, args[row], args[column]), from);
        Value weight = arith::MulFOp::create(b, l, args[column + 2], args[row + 2]);
        return arith::MulFOp::create(b, l, weight, pixel);
      };
      Value sum = term(0, 4);
      for (auto [row, column] : {std::make_pair(0, 5), std::make_pair(1, 4), std::make_pair(1, 5)})
        sum = arith::AddFOp::create(b, l, sum, term(row, column));
      return emitStored(numerics, b, l, sum, to);
    };
    return emitParallel(builder, op.getLoc(), constants.values, constants.maps,
                        op.getType().getShape(), getMemoryType(to), body);
  }
};

} // namespace

void populateShapeToLinalgPatterns(const TypeConverter &converter, RewritePatternSet &patterns) {
  SplitOp::getCanonicalizationPatterns(patterns, patterns.getContext());
  patterns.add<LowerConstant, LowerReinterpret, LowerReshape, LowerTranspose, LowerSlice,
               LowerBroadcast, LowerConcat, LowerPad, LowerResize>(converter,
                                                                   patterns.getContext());
}

} // namespace nnq
