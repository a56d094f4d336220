// Loops of elementwise operations and reductions, vectorized along one dimension.

#include "KernelLowering.h"
#include "Loops.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace nnq {
namespace {

/// The lanes of horizontal reductions: the same on every target, so that float sums have the same
/// order and bits everywhere.
constexpr int64_t horizontalLanes = 16;

/// A largest or smallest float, whose terms may come in any order, takes so many vectors of these
/// side by side: one alone would wait for itself.
constexpr int64_t vectorsOfExtremes = 4;

/// A sum of bytes of at most so many steps is unrolled.
constexpr int64_t unrolledSteps = 8;

/// A window of at most so many taps is unrolled, for `windowColumns` neighbouring results at once:
/// they share most of the pixels that they read and all of the weights.
constexpr int64_t windowTaps = 32, windowColumns = 4;

/// Nothing for a null `op`: a body that hands its accumulator on, which is what is left of products
/// with weights that are all 0.
std::optional<vector::CombiningKind> combiningKind(Operation *op) {
  using Kind = vector::CombiningKind;
  if (!op)
    return std::nullopt;
  return TypeSwitch<Operation *, std::optional<Kind>>(op)
      .Case<arith::AddIOp, arith::AddFOp>([](auto) { return Kind::ADD; })
      .Case<arith::MaxSIOp>([](auto) { return Kind::MAXSI; })
      .Case<arith::MaxUIOp>([](auto) { return Kind::MAXUI; })
      .Case<arith::MinSIOp>([](auto) { return Kind::MINSI; })
      .Case<arith::MinUIOp>([](auto) { return Kind::MINUI; })
      .Case<arith::MaximumFOp>([](auto) { return Kind::MAXIMUMF; })
      .Case<arith::MinimumFOp>([](auto) { return Kind::MINIMUMF; })
      .Case<arith::MaxNumFOp>([](auto) { return Kind::MAXNUMF; })
      .Case<arith::MinNumFOp>([](auto) { return Kind::MINNUMF; })
      .Default([](Operation *) { return std::nullopt; });
}

/// A reduction that adds up factor * byte in i32.
struct ByteSum {
  bool isSigned;
  int64_t factor;
};

/// What `op` adds up, if it is bytes and the target has dot products of one row, whose lanes divide
/// the horizontal ones, with a factor that is a byte of either sign.
std::optional<ByteSum> matchByteSum(linalg::GenericOp op, const DotProduct *dot) {
  Block &body = *op.getBody();
  auto add = body.getTerminator()->getOperand(0).getDefiningOp<arith::AddIOp>();
  BlockArgument sum = body.getArguments().back();
  if (!add || !sum.getType().isInteger(32) || !dot || dot->rows != 1 ||
      horizontalLanes % dot->lanes != 0)
    return std::nullopt;
  Value term = add.getLhs() == sum ? add.getRhs() : add.getLhs();
  APInt factor(32, 1);
  if (auto multiply = term.getDefiningOp<arith::MulIOp>();
      multiply && matchPattern(multiply.getRhs(), m_ConstantInt(&factor)))
    term = multiply.getLhs();
  Operation *extend = term.getDefiningOp();
  if (!llvm::is_contained(add->getOperands(), sum) ||
      !isa_and_nonnull<arith::ExtSIOp, arith::ExtUIOp>(extend) ||
      extend->getOperand(0) != body.getArgument(0) || !body.getArgument(0).getType().isInteger(8) ||
      factor.slt(1) || factor.sgt(127))
    return std::nullopt;
  return ByteSum{isa<arith::ExtSIOp>(extend), factor.getSExtValue()};
}

/// At least the bits of an element of `type`, if it has a width.
unsigned widen(unsigned bits, Type type) {
  Type element = getElementTypeOrSelf(type);
  return element.isIntOrFloat() ? std::max(bits, element.getIntOrFloatBitWidth()) : bits;
}

Operation *combiner(linalg::GenericOp op) {
  return op.getBody()->getTerminator()->getOperand(0).getDefiningOp();
}

class VectorNestEmitter {
public:
  VectorNestEmitter(OpBuilder &builder, TensorReader &reader, linalg::GenericOp root, Value value,
                    Value destination, const TargetDescription &target)
      : b(builder), loc(value.getLoc()), reader(reader), root(root), value(value),
        destination(destination), target(target) {
    shape = llvm::to_vector(cast<ShapedType>(value.getType()).getShape());
    numParallel = shape.size();
    sizes = shape;
    if (root)
      sizes = root.getStaticLoopRanges();
    // Not a sub-map of the identity: that of no dimensions is null.
    coordinates = AffineMap::getMultiDimMapWithTargets(
        sizes.size(), llvm::to_vector(llvm::seq(numParallel)), b.getContext());
    indices.assign(sizes.size(), b.getIndexAttr(0));
  }

  void emit() {
    if (std::optional<unsigned> dim = root ? horizontalDim(root) : std::nullopt)
      return emitHorizontal(*dim);
    if (numParallel == 0)
      return store(NestPoint{indices, std::nullopt, 0},
                   accumulate(NestPoint{indices, std::nullopt, 0}));
    unsigned dim = numParallel - 1;
    int64_t lanes = target.vectorBits / widestTypeOfNest();
    if (numParallel > 1 && isWindow())
      return emitWindows(lanes);
    emitNest(b, loc, ArrayRef(shape).drop_back(), [&](ArrayRef<OpFoldResult> outer) {
      llvm::copy(outer, indices.begin());
      forChunks(shape[dim], lanes, [&](OpFoldResult start, int64_t width) {
        indices[dim] = start;
        NestPoint point{indices, dim, width};
        store(point, accumulate(point));
      });
    });
  }

private:
  /// A reduction over a small window (depthwise convolution, pooling).
  bool isWindow() {
    return root && !reductionSizes().empty() &&
           ShapedType::getNumElements(reductionSizes()) <= windowTaps;
  }

  void emitWindows(int64_t lanes) {
    unsigned dim = numParallel - 1, columnDim = numParallel - 2;
    emitNest(b, loc, ArrayRef(shape).drop_back(2), [&](ArrayRef<OpFoldResult> outer) {
      llvm::copy(outer, indices.begin());
      forChunks(shape[dim], lanes, [&](OpFoldResult start, int64_t width) {
        indices[dim] = start;
        int64_t whole = shape[columnDim] - shape[columnDim] % windowColumns;
        emitLoop(b, loc, 0, whole, windowColumns,
                 [&](OpFoldResult column) { emitColumns(column, windowColumns, width); });
        if (whole < shape[columnDim])
          emitColumns(b.getIndexAttr(whole), shape[columnDim] - whole, width);
      });
    });
  }

  /// `count` neighbouring results, tap by tap.
  void emitColumns(OpFoldResult first, int64_t count, int64_t width) {
    unsigned dim = numParallel - 1, columnDim = numParallel - 2;
    SmallVector<NestPoint> points;
    SmallVector<Value> accumulators;
    for (int64_t i = 0; i < count; ++i) {
      NestPoint point{indices, dim, width};
      point.indices[columnDim] =
          affineIndex(AffineMap::get(1, 0, b.getAffineDimExpr(0) + i), first);
      accumulators.push_back(toVector(b, loc, initialValue(point), width));
      points.push_back(std::move(point));
    }
    for (int64_t tap = 0, taps = ShapedType::getNumElements(reductionSizes()); tap < taps; ++tap) {
      int64_t rest = tap;
      for (unsigned d = sizes.size(); d-- > numParallel; rest /= sizes[d])
        for (NestPoint &point : points)
          point.indices[d] = b.getIndexAttr(rest % sizes[d]);
      for (auto [point, accumulator] : llvm::zip(points, accumulators))
        accumulator = reader.computeBody(b, root, point, rootLoops(), accumulator);
    }
    for (auto [point, accumulator] : llvm::zip(points, accumulators))
      store(point, accumulator);
  }

  ArrayRef<int64_t> reductionSizes() { return ArrayRef(sizes).drop_front(numParallel); }

  /// Whole vectors in a loop, then ever smaller powers of two.
  void forChunks(int64_t size, int64_t lanes, function_ref<void(OpFoldResult, int64_t)> body) {
    int64_t whole = size - size % lanes;
    emitLoop(b, loc, 0, whole, lanes, [&](OpFoldResult i) { body(i, lanes); });
    for (int64_t at = whole, width = lanes; at < size; at += width) {
      width = int64_t(1) << llvm::Log2_64(size - at);
      body(b.getIndexAttr(at), width);
    }
  }

  /// Bits of the widest type that any computation of this nest handles.
  unsigned widestTypeOfNest() {
    unsigned bits = widen(8, value.getType());
    if (auto op = value.getDefiningOp<linalg::GenericOp>())
      bits = std::max(bits, widestType(op));
    return root ? std::max(bits, widestType(root)) : bits;
  }

  AffineMap rootLoops() { return AffineMap::getMultiDimIdentityMap(sizes.size(), b.getContext()); }

  Value initialValue(const NestPoint &point) {
    OpOperand *init = root.getDpsInitOperand(0);
    // A body that keeps nothing of what it carries may start from a tensor that was never filled.
    if (root.getMatchingBlockArgument(init).use_empty())
      return arith::ConstantOp::create(b, loc,
                                       b.getZeroAttr(getElementTypeOrSelf(init->get().getType())));
    return reader.read(b, loc, init->get(), root.getMatchingIndexingMap(init), point);
  }

  /// The root's value at `point` after all its reduction loops; null without a root.
  Value accumulate(const NestPoint &point) {
    if (!root)
      return {};
    Value start = toVector(b, loc, initialValue(point), point.width);
    return emitCarriedNest(
               b, loc, reductionSizes(), start,
               [&](ArrayRef<OpFoldResult> at, ValueRange carried) -> SmallVector<Value> {
                 NestPoint inner = point;
                 llvm::copy(at, inner.indices.begin() + numParallel);
                 return {reader.computeBody(b, root, inner, rootLoops(), carried.front())};
               })
        .front();
  }

  void store(const NestPoint &point, Value accumulator) {
    if (root)
      reader.bound[root.getResult(0)] = accumulator;
    Value computed = reader.read(b, loc, value, coordinates, point);
    if (root)
      reader.bound.erase(root.getResult(0));
    SmallVector<Value> at = applyMap(b, loc, coordinates, point.indices);
    if (!point.vectorDim) {
      memref::StoreOp::create(b, loc, computed, destination, at);
      return;
    }
    vector::StoreOp::create(b, loc, toVector(b, loc, computed, point.width), destination, at);
  }

  /// Vectors along reduction loop `dim`, combined across lanes at the end. Integers of neighbouring
  /// results are combined together, which takes a fraction of the shuffles; floats are not, because
  /// theirs have a fixed order.
  void emitHorizontal(unsigned dim) {
    Type element = cast<ShapedType>(root.getResult(0).getType()).getElementType();
    if (numParallel == 0 || !isa<IntegerType>(element)) {
      emitNest(b, loc, shape, [&](ArrayRef<OpFoldResult> outer) {
        llvm::copy(outer, indices.begin());
        emitOneHorizontal(dim);
      });
      return;
    }
    unsigned rowDim = numParallel - 1;
    int64_t rows = shape[rowDim], whole = rows - rows % horizontalLanes;
    byteSum = matchByteSum(root, target.dotOf(8));
    emitNest(b, loc, ArrayRef(shape).drop_back(), [&](ArrayRef<OpFoldResult> outer) {
      llvm::copy(outer, indices.begin());
      emitLoop(b, loc, 0, whole, horizontalLanes, [&](OpFoldResult row) {
        indices[rowDim] = row;
        NestPoint point{indices, rowDim, horizontalLanes};
        Value start = toVector(b, loc, initialValue(point), horizontalLanes);
        if (byteSum)
          start = combine(start, byteSumOffset());
        store(point, combine(start, combineRows(dim, 0, horizontalLanes)));
      });
      emitLoop(b, loc, whole, rows, 1, [&](OpFoldResult row) {
        indices[rowDim] = row;
        emitOneHorizontal(dim);
      });
    });
  }

  void emitOneHorizontal(unsigned dim) {
    NestPoint scalar{indices, std::nullopt, 0};
    Value total = initialValue(scalar);
    vector::CombiningKind kind = *combiningKind(combiner(root));
    auto chunk = [&](int64_t from, int64_t steps, int64_t width) {
      Value lanes = accumulateLanes(dim, indices, from, steps, neutralLanes(width));
      total = vector::ReductionOp::create(b, loc, kind, lanes, total);
    };
    bool isSum = kind == vector::CombiningKind::ADD;
    forHorizontalChunks(dim, chunk, isSum ? horizontalLanes : vectorsOfExtremes * horizontalLanes);
    store(scalar, total);
  }

  /// The lanes of `count` results from `first` on, each result's combined until `count` results
  /// fill one vector in order: halves of neighbours are put side by side, again and again.
  Value combineRows(unsigned dim, int64_t first, int64_t count) {
    if (count == 1) {
      SmallVector<OpFoldResult> row = indices;
      row[numParallel - 1] =
          affineIndex(AffineMap::get(1, 0, b.getAffineDimExpr(0) + first), row[numParallel - 1]);
      if (byteSum)
        return sumBytes(dim, row);
      Value lanes = neutralLanes(horizontalLanes);
      forHorizontalChunks(dim, [&](int64_t from, int64_t steps, int64_t width) {
        lanes = accumulateLanes(dim, row, from, steps, lanes, width);
      });
      return lanes;
    }
    Value left = combineRows(dim, first, count / 2),
          right = combineRows(dim, first + count / 2, count / 2);
    auto every2nd = [&](int64_t start) {
      SmallVector<int64_t> mask;
      for (int64_t lane = start; lane < 2 * horizontalLanes; lane += 2)
        mask.push_back(lane);
      return vector::ShuffleOp::create(b, loc, left, right, mask);
    };
    return combine(every2nd(0), every2nd(1));
  }

  Value combine(Value lhs, Value rhs) {
    return vector::makeArithReduction(b, loc, *combiningKind(combiner(root)), lhs, rhs);
  }

  /// Calls `body(from, steps, width)`: vectors of `lanes` along reduction loop `dim`, then ever
  /// smaller powers of two.
  void forHorizontalChunks(unsigned dim, function_ref<void(int64_t, int64_t, int64_t)> body,
                           int64_t lanes = horizontalLanes) {
    int64_t size = sizes[dim], whole = size - size % lanes;
    if (whole)
      body(0, whole / lanes, lanes);
    for (int64_t at = whole, width; at < size; at += width) {
      width = int64_t(1) << llvm::Log2_64(size - at);
      body(at, 1, width);
    }
  }

  Value neutralLanes(int64_t width) {
    Type element = cast<ShapedType>(root.getResult(0).getType()).getElementType();
    return arith::ConstantOp::create(
        b, loc,
        DenseElementsAttr::get(VectorType::get({width}, element),
                               neutralOf(*combiningKind(combiner(root)), element)));
  }

  /// `lanes` with `steps` vectors of `width` elements of reduction loop `dim`, from `from` on, of
  /// the result at `at`, for all indices of the other reduction loops. Only the first `width` lanes
  /// take part.
  Value accumulateLanes(unsigned dim, ArrayRef<OpFoldResult> at, int64_t from, int64_t steps,
                        Value lanes, int64_t width = 0) {
    int64_t all = cast<VectorType>(lanes.getType()).getDimSize(0);
    width = width ? width : all;
    Value start =
        width == all ? lanes
                     : vector::ExtractStridedSliceOp::create(b, loc, lanes, ArrayRef<int64_t>{0},
                                                             ArrayRef{width}, ArrayRef<int64_t>{1});
    SmallVector<int64_t> loops(reductionSizes());
    loops[dim - numParallel] = 1;
    loops.push_back(steps);
    Value result =
        emitCarriedNest(
            b, loc, loops, start,
            [&](ArrayRef<OpFoldResult> inside, ValueRange carried) -> SmallVector<Value> {
              NestPoint inner{SmallVector<OpFoldResult>(at), dim, width};
              llvm::copy(inside.drop_back(), inner.indices.begin() + numParallel);
              AffineMap position = AffineMap::get(1, 0, b.getAffineDimExpr(0) * width + from);
              inner.indices[dim] = affineIndex(position, inside.back());
              return {reader.computeBody(b, root, inner, rootLoops(), carried.front())};
            })
            .front();
    return width == all ? result
                        : vector::InsertStridedSliceOp::create(
                              b, loc, result, lanes, ArrayRef<int64_t>{0}, ArrayRef<int64_t>{1});
  }

  /// The sum of the bytes of one result, in lanes: dot products with bytes that are all the factor.
  Value sumBytes(unsigned dim, ArrayRef<OpFoldResult> at) {
    int64_t width = horizontalLanes * target.dotOf(8)->depth, whole = sizes[dim] / width,
            rest = sizes[dim] % width;
    SmallVector<int64_t> loops(reductionSizes());
    loops[dim - numParallel] = 1;
    auto body = [&](ArrayRef<OpFoldResult> inside, ValueRange carried) -> SmallVector<Value> {
      NestPoint point{SmallVector<OpFoldResult>(at), dim, width};
      llvm::copy(inside, point.indices.begin() + numParallel);
      auto step = [&](OpFoldResult index, ValueRange sums) -> SmallVector<Value> {
        NestPoint inner = point;
        inner.indices[dim] =
            affineIndex(AffineMap::get(1, 0, b.getAffineDimExpr(0) * width), index);
        return {addBytes(readSigned(inner), sums.front())};
      };
      SmallVector<Value> lanes(carried);
      // LLVM keeps loops of two or three steps, which cost more than the steps.
      if (whole > unrolledSteps)
        lanes = emitCarriedLoop(b, loc, whole, lanes, step);
      else
        for (int64_t i = 0; i < whole; ++i)
          lanes = step(b.getIndexAttr(i), lanes);
      if (rest)
        lanes.front() = addBytes(readRest(point, whole * width, rest, width), lanes.front());
      return lanes;
    };
    return emitCarriedNest(b, loc, loops, neutralLanes(horizontalLanes), body).front();
  }

  /// Bytes of the input at `point`; of unsigned ones, 128 less.
  Value readSigned(const NestPoint &point) {
    OpOperand *input = root.getDpsInputOperand(0);
    Value bytes = reader.read(b, loc, input->get(), root.getMatchingIndexingMap(input), point);
    if (byteSum->isSigned)
      return bytes;
    Value flip = arith::ConstantOp::create(
        b, loc, DenseElementsAttr::get(cast<VectorType>(bytes.getType()), int8_t(-128)));
    return arith::XOrIOp::create(b, loc, bytes, flip);
  }

  /// `count` bytes from `first` on, then zeros: `width` in all. No more is loaded: the input may
  /// end there.
  Value readRest(NestPoint point, int64_t first, int64_t count, int64_t width) {
    auto type = VectorType::get({width}, b.getI8Type());
    Value bytes = arith::ConstantOp::create(b, loc, b.getZeroAttr(type));
    for (int64_t from = 0; from < count; from += point.width) {
      point.width = int64_t(1) << llvm::Log2_64(count - from);
      point.indices[*point.vectorDim] = b.getIndexAttr(first + from);
      bytes = vector::InsertStridedSliceOp::create(b, loc, readSigned(point), bytes, ArrayRef{from},
                                                   ArrayRef<int64_t>{1});
    }
    return bytes;
  }

  /// lane[n] += factor * the sum of signed bytes [n * depth, (n + 1) * depth).
  Value addBytes(Value bytes, Value lanes) {
    int64_t depth = target.dotOf(8)->depth;
    auto shaped = VectorType::get({horizontalLanes, depth}, b.getI8Type());
    Value factors =
        arith::ConstantOp::create(b, loc,
                                  DenseElementsAttr::get(VectorType::get({depth}, b.getI8Type()),
                                                         static_cast<int8_t>(byteSum->factor)));
    AffineExpr n = b.getAffineDimExpr(0), k = b.getAffineDimExpr(1);
    using Iterator = vector::IteratorType;
    return vector::ContractionOp::create(
        b, loc, factors, vector::ShapeCastOp::create(b, loc, shaped, bytes), lanes,
        ArrayRef<ArrayRef<AffineExpr>>{{k}, {n, k}, {n}},
        ArrayRef<Iterator>{Iterator::parallel, Iterator::reduction});
  }

  /// What the sums of x - 128, the bytes of x as signed ones, lack.
  Value byteSumOffset() {
    int64_t count = ShapedType::getNumElements(reductionSizes());
    int32_t offset = byteSum->isSigned ? 0 : 128 * byteSum->factor * count;
    return arith::ConstantOp::create(
        b, loc, DenseElementsAttr::get(VectorType::get({horizontalLanes}, b.getI32Type()), offset));
  }

  OpFoldResult affineIndex(AffineMap map, OpFoldResult index) {
    return applyMap(b, loc, map, {index}).front();
  }

  Attribute neutralOf(vector::CombiningKind kind, Type element) {
    using Kind = vector::CombiningKind;
    if (auto type = dyn_cast<FloatType>(element)) {
      const llvm::fltSemantics &semantics = type.getFloatSemantics();
      bool isMin = kind == Kind::MINIMUMF || kind == Kind::MINNUMF;
      APFloat neutral = kind == Kind::ADD ? APFloat::getZero(semantics)
                                          : APFloat::getInf(semantics, /*Negative=*/!isMin);
      return b.getFloatAttr(element, neutral);
    }
    unsigned bits = element.getIntOrFloatBitWidth();
    APInt neutral = APInt::getZero(bits);
    if (kind == Kind::MAXSI)
      neutral = APInt::getSignedMinValue(bits);
    else if (kind == Kind::MINSI)
      neutral = APInt::getSignedMaxValue(bits);
    else if (kind == Kind::MINUI)
      neutral = APInt::getMaxValue(bits);
    return b.getIntegerAttr(element, neutral);
  }

  OpBuilder &b;
  Location loc;
  TensorReader &reader;
  linalg::GenericOp root;
  Value value, destination;
  const TargetDescription &target;
  SmallVector<int64_t> shape, sizes;
  unsigned numParallel;
  AffineMap coordinates;
  SmallVector<OpFoldResult> indices;
  std::optional<ByteSum> byteSum; ///< what the root is, if dot products can compute it
};

} // namespace

unsigned widestType(linalg::GenericOp op) {
  unsigned bits = 8;
  op.getBody()->walk([&](Operation *inner) {
    for (Type type : llvm::concat<const Type>(inner->getOperandTypes(), inner->getResultTypes()))
      bits = widen(bits, type);
  });
  return bits;
}

std::optional<unsigned> horizontalDim(linalg::GenericOp op) {
  unsigned numParallel = op.getNumParallelLoops();
  if (op.getNumReductionLoops() == 0 || !combiningKind(combiner(op)))
    return std::nullopt;
  for (OpOperand *input : op.getDpsInputOperands()) {
    AffineMap map = op.getMatchingIndexingMap(input);
    if (map.getNumResults() == 0 || !op.payloadUsesValueFromOperand(input))
      continue;
    auto last = dyn_cast<AffineDimExpr>(map.getResults().back());
    if (last && last.getPosition() >= numParallel)
      return last.getPosition();
  }
  return std::nullopt;
}

void emitVectorNest(OpBuilder &builder, TensorReader &reader, linalg::GenericOp root, Value value,
                    Value destination, const TargetDescription &target) {
  VectorNestEmitter(builder, reader, root, value, destination, target).emit();
}

} // namespace nnq
