// Operations of NNQIndexOps.td. Every element of a result looks its place up, so that nothing is
// written twice and loops stay parallel.

#include "Rounding.h"
#include "Structured.h"

#include "nnq/Conversion/NNQToLinalg/NNQToLinalg.h"
#include "nnq/Dialect/NNQ/IR/IndexOps.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"

#include "mlir/Transforms/DialectConversion.h"

#include <cmath>

using namespace mlir;

namespace nnq {
namespace {

Value emitLoop(OpBuilder &builder, Location loc, int64_t loop) {
  return linalg::IndexOp::create(builder, loc, loop);
}

/// Appends loops `from` to `to` to places `at`.
void appendLoops(OpBuilder &builder, Location loc, SmallVectorImpl<Value> &at, int64_t from,
                 int64_t to) {
  for (int64_t d = from; d < to; ++d)
    at.push_back(emitLoop(builder, loc, d));
}

/// The place that `index` names along a dimension of `size`: from the end if it is negative, and
/// never outside.
Value emitPlace(OpBuilder &builder, Location loc, Value index, int64_t size) {
  auto constant = [&](int64_t value) { return emitInteger(builder, loc, index.getType(), value); };
  Value isNegative =
            arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::slt, index, constant(0)),
        fromEnd = arith::AddIOp::create(builder, loc, index, constant(size));
  Value place = arith::SelectOp::create(builder, loc, isNegative, fromEnd, index);
  place = arith::MaxSIOp::create(builder, loc, place, constant(0));
  place = arith::MinSIOp::create(builder, loc, place, constant(size - 1));
  return arith::IndexCastOp::create(builder, loc, builder.getIndexType(), place);
}

//===----------------------------------------------------------------------===//
// Moves
//===----------------------------------------------------------------------===//

struct LowerGather : OpConversionPattern<GatherOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(GatherOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    unsigned rank = op.getType().getRank(), axis = op.getAxis(),
             indexRank = shapeOf(op.getIndices()).size();
    int64_t size = shapeOf(op.getInput())[axis];
    AffineMap map =
        selectDims(op.getContext(), rank, llvm::to_vector(llvm::seq(axis, axis + indexRank)));
    replaceByParallel(rewriter, op, adaptor.getIndices(), map,
                      [&](OpBuilder &b, Location l, ValueRange args) -> Value {
                        SmallVector<Value> at;
                        appendLoops(b, l, at, 0, axis);
                        at.push_back(emitPlace(b, l, args[0], size));
                        appendLoops(b, l, at, axis + indexRank, rank);
                        return tensor::ExtractOp::create(b, l, adaptor.getInput(), at);
                      });
    return success();
  }
};

struct LowerGatherElements : OpConversionPattern<GatherElementsOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(GatherElementsOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    int64_t rank = op.getType().getRank(), axis = op.getAxis();
    int64_t size = shapeOf(op.getInput())[axis];
    replaceByParallel(rewriter, op, adaptor.getIndices(), rewriter.getMultiDimIdentityMap(rank),
                      [&](OpBuilder &b, Location l, ValueRange args) -> Value {
                        SmallVector<Value> at;
                        for (int64_t d = 0; d < rank; ++d)
                          at.push_back(d == axis ? emitPlace(b, l, args[0], size)
                                                 : emitLoop(b, l, d));
                        return tensor::ExtractOp::create(b, l, adaptor.getInput(), at);
                      });
    return success();
  }
};

struct LowerGatherND : OpConversionPattern<GatherNDOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(GatherNDOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    ArrayRef<int64_t> x = shapeOf(op.getInput()), indices = shapeOf(op.getIndices());
    int64_t rank = op.getType().getRank(), outer = indices.size() - 1, batch = op.getBatchDims();
    replaceByParallel(rewriter, op, {}, {}, [&](OpBuilder &b, Location l, ValueRange) -> Value {
      SmallVector<Value> slice, at;
      appendLoops(b, l, slice, 0, outer);
      at.append(slice.begin(), slice.begin() + batch);
      for (int64_t j = 0; j < indices.back(); ++j) {
        slice.push_back(arith::ConstantIndexOp::create(b, l, j));
        Value index = tensor::ExtractOp::create(b, l, adaptor.getIndices(), slice);
        slice.pop_back();
        at.push_back(emitPlace(b, l, index, x[batch + j]));
      }
      appendLoops(b, l, at, outer, rank);
      return tensor::ExtractOp::create(b, l, adaptor.getInput(), at);
    });
    return success();
  }
};

/// Each element goes through all updates: the last one of its place wins.
struct LowerScatterND : OpConversionPattern<ScatterNDOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(ScatterNDOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    ArrayRef<int64_t> x = shapeOf(op.getInput()), indices = shapeOf(op.getIndices());
    int64_t rank = x.size(), dims = indices.back(),
            count = op.getIndices().getType().getNumElements() / dims;
    SmallVector<int64_t> slices{count};
    llvm::append_range(slices, x.drop_front(dims));
    Value places = emitReshape(rewriter, loc, adaptor.getIndices(), {count, dims}),
          updates = emitReshape(rewriter, loc, adaptor.getUpdates(), slices);
    // Loops: those of the result, then that of the updates.
    SmallVector<unsigned> loops{static_cast<unsigned>(rank)};
    llvm::append_range(loops, llvm::seq<unsigned>(dims, rank));
    SmallVector<Value> inputs{updates};
    SmallVector<AffineMap> maps{selectDims(op.getContext(), rank + 1, loops)};
    for (int64_t j = 0; j < dims; ++j) {
      inputs.push_back(places);
      maps.push_back(AffineMap::get(
          rank + 1, 0, {rewriter.getAffineDimExpr(rank), rewriter.getAffineConstantExpr(j)},
          op.getContext()));
    }
    Value copy =
        emitParallel(rewriter, loc, adaptor.getInput(), rewriter.getMultiDimIdentityMap(rank), x,
                     getElementTypeOrSelf(adaptor.getInput()),
                     [](OpBuilder &, Location, ValueRange args) { return args[0]; });
    rewriter.replaceOp(
        op, emitReduction(rewriter, loc, inputs, maps, copy, 1,
                          [&](OpBuilder &b, Location l, ValueRange args) -> Value {
                            Value isHere;
                            for (int64_t j = 0; j < dims; ++j) {
                              Value same = arith::CmpIOp::create(b, l, arith::CmpIPredicate::eq,
                                                                 emitPlace(b, l, args[1 + j], x[j]),
                                                                 emitLoop(b, l, j));
                              isHere = isHere ? arith::AndIOp::create(b, l, isHere, same) : same;
                            }
                            return arith::SelectOp::create(b, l, isHere, args[0], args.back());
                          }));
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Places of extremes
//===----------------------------------------------------------------------===//

/// Keys of numbers: signed integers in the same order, in which NaN is the greatest or, for the
/// smallest number to be found, the least. Codes are in the order of their reals.
Value emitKeys(OpBuilder &builder, Location loc, Value input, Type element, bool nanIsGreatest) {
  ArrayRef<int64_t> shape = shapeOf(input);
  auto quantized = dyn_cast<quant::UniformQuantizedType>(element);
  bool isUnsigned =
      quantized ? !quantized.isSigned() : element.isUnsignedInteger() || element.isInteger(1);
  auto key = [&](OpBuilder &b, Location l, ValueRange args) -> Value {
    Value x = args[0];
    unsigned bits = x.getType().getIntOrFloatBitWidth();
    if (!element.isF32()) {
      if (bits < 32)
        return emitExtend(b, l, x, !isUnsigned, b.getI32Type());
      if (!isUnsigned)
        return x;
      Value top =
          arith::ConstantOp::create(b, l, b.getIntegerAttr(x.getType(), APInt::getSignMask(bits)));
      return arith::XOrIOp::create(b, l, x, top);
    }
    // The bits of a float are those of a number with a sign; -0 becomes 0 in front.
    auto i32 = b.getI32Type();
    Value zero = emitF32(b, l, 0.0f);
    Value code = arith::BitcastOp::create(b, l, i32, arith::AddFOp::create(b, l, x, zero));
    Value sign = arith::ShRSIOp::create(b, l, code, emitInteger(b, l, i32, 31));
    Value magnitude = arith::AndIOp::create(b, l, sign, emitInteger(b, l, i32, 0x7fffffff));
    code = arith::XOrIOp::create(b, l, code, magnitude);
    Value isNaN = arith::CmpFOp::create(b, l, arith::CmpFPredicate::UNO, x, x);
    Value extreme = emitInteger(b, l, i32,
                                nanIsGreatest ? std::numeric_limits<int32_t>::max()
                                              : std::numeric_limits<int32_t>::min());
    return arith::SelectOp::create(b, l, isNaN, extreme, code);
  };
  unsigned bits = getElementTypeOrSelf(input).getIntOrFloatBitWidth();
  return emitParallel(builder, loc, input, builder.getMultiDimIdentityMap(shape.size()), shape,
                      builder.getIntegerType(std::max(32u, bits)), key);
}

/// The map from `numLoops` loops to the dimensions of a tensor of `rank`, `axis` by loop `loop`.
AffineMap alongAxis(MLIRContext *context, unsigned numLoops, unsigned rank, unsigned axis,
                    unsigned loop) {
  SmallVector<unsigned> loops = llvm::to_vector(llvm::seq(rank));
  loops[axis] = loop;
  return selectDims(context, numLoops, loops);
}

TypedAttr extremeOf(OpBuilder &builder, Type type, bool greatest) {
  unsigned bits = type.getIntOrFloatBitWidth();
  return builder.getIntegerAttr(type, greatest ? APInt::getSignedMaxValue(bits)
                                               : APInt::getSignedMinValue(bits));
}

/// The extreme key of each row, then the first or last place that has it.
struct LowerArgReduce : OpConversionPattern<ArgReduceOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(ArgReduceOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    ArrayRef<int64_t> shape = op.getType().getShape();
    unsigned rank = shape.size(), axis = op.getAxis();
    bool largest = op.getKind() == ArgReduceKind::Max, last = op.getLast();
    Value keys =
        emitKeys(rewriter, loc, adaptor.getInput(), getElementTypeOrSelf(op.getInput()), largest);
    Type key = getElementTypeOrSelf(keys), index = op.getType().getElementType();
    AffineMap row = alongAxis(op.getContext(), rank + 1, rank, axis, rank),
              result = selectDims(op.getContext(), rank + 1, llvm::to_vector(llvm::seq(rank)));
    Value extreme =
        emitReduction(rewriter, loc, keys, row,
                      emitFill(rewriter, loc, shape, extremeOf(rewriter, key, !largest)), 1,
                      [&](OpBuilder &b, Location l, ValueRange args) -> Value {
                        return largest ? Value(arith::MaxSIOp::create(b, l, args[1], args[0]))
                                       : arith::MinSIOp::create(b, l, args[1], args[0]);
                      });
    TypedAttr none = extremeOf(rewriter, index, !last);
    rewriter.replaceOp(
        op, emitReduction(
                rewriter, loc, {keys, extreme}, {row, result}, emitFill(rewriter, loc, shape, none),
                1, [&](OpBuilder &b, Location l, ValueRange args) -> Value {
                  Value isExtreme =
                      arith::CmpIOp::create(b, l, arith::CmpIPredicate::eq, args[0], args[1]);
                  Value place = arith::IndexCastOp::create(b, l, index, emitLoop(b, l, rank));
                  place = arith::SelectOp::create(b, l, isExtreme, place,
                                                  arith::ConstantOp::create(b, l, none));
                  return last ? Value(arith::MaxSIOp::create(b, l, args[2], place))
                              : arith::MinSIOp::create(b, l, args[2], place);
                }));
    return success();
  }
};

/// The rank of each number, which is how many are before it; then for each rank the place of the
/// number that has it.
struct LowerTopK : OpConversionPattern<TopKOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(TopKOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    ArrayRef<int64_t> x = shapeOf(op.getInput()), shape = op.getType().getShape();
    unsigned rank = shape.size(), axis = op.getAxis();
    bool smallest = op.getSmallest();
    Value keys = emitKeys(rewriter, loc, adaptor.getInput(), getElementTypeOrSelf(op.getInput()),
                          /*nanIsGreatest=*/true);
    AffineMap other = alongAxis(op.getContext(), rank + 1, rank, axis, rank),
              own = selectDims(op.getContext(), rank + 1, llvm::to_vector(llvm::seq(rank)));
    Value ranks = emitReduction(
        rewriter, loc, {keys, keys}, {other, own},
        emitFill(rewriter, loc, x, rewriter.getI32IntegerAttr(0)), 1,
        [&](OpBuilder &b, Location l, ValueRange args) -> Value {
          auto compare = [&](arith::CmpIPredicate predicate, Value lhs, Value rhs) -> Value {
            return arith::CmpIOp::create(b, l, predicate, lhs, rhs);
          };
          using Predicate = arith::CmpIPredicate;
          Value isBefore = compare(smallest ? Predicate::slt : Predicate::sgt, args[0], args[1]);
          Value isEqual = compare(Predicate::eq, args[0], args[1]);
          Value isFirst = compare(Predicate::ult, emitLoop(b, l, rank), emitLoop(b, l, axis));
          isBefore =
              arith::OrIOp::create(b, l, isBefore, arith::AndIOp::create(b, l, isEqual, isFirst));
          return arith::AddIOp::create(b, l, args[2],
                                       arith::ExtUIOp::create(b, l, b.getI32Type(), isBefore));
        });
    Type index = op.getType().getElementType();
    rewriter.replaceOp(
        op,
        emitReduction(rewriter, loc, ranks, other,
                      emitFill(rewriter, loc, shape, rewriter.getIntegerAttr(index, 0)), 1,
                      [&](OpBuilder &b, Location l, ValueRange args) -> Value {
                        Value wanted =
                            arith::IndexCastOp::create(b, l, b.getI32Type(), emitLoop(b, l, axis));
                        Value isWanted =
                            arith::CmpIOp::create(b, l, arith::CmpIPredicate::eq, args[0], wanted);
                        Value place = arith::IndexCastOp::create(b, l, index, emitLoop(b, l, rank));
                        place = arith::SelectOp::create(b, l, isWanted, place,
                                                        emitInteger(b, l, index, 0));
                        return arith::AddIOp::create(b, l, args[1], place);
                      }));
    return success();
  }
};

} // namespace

void populateIndexToLinalgPatterns(const TypeConverter &converter, RewritePatternSet &patterns) {
  patterns.add<LowerGather, LowerGatherElements, LowerGatherND, LowerScatterND, LowerArgReduce,
               LowerTopK>(converter, patterns.getContext());
}

} // namespace nnq
