// Contractions of integers, cut into the patches of one dot product of the target.

#include "nnq/Conversion/VectorToDotProduct/VectorToDotProduct.h"

#include "nnq/Target/TargetFamily.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include "llvm/Support/FormatVariadic.h"

namespace nnq {
#define GEN_PASS_DEF_CONVERTVECTORTODOTPRODUCT
#include "nnq/Conversion/VectorToDotProduct/Passes.h.inc"
} // namespace nnq

using namespace mlir;
using namespace nnq;

//===----------------------------------------------------------------------===//
// Which contractions qualify
//===----------------------------------------------------------------------===//

namespace {

/// sums(m, n) = acc(m, n) + sum over k of activations(m, k) * weights(n, k), on activations of 8 or
/// 16 bits and bytes of weights, in i32. A contraction without m (acc and activations of rank 1)
/// has one row.
struct IntegerContraction {
  Value activations; ///< vector<[m x] k x i8>, or of i16
  Value weights;     ///< vector<n x k x i8>, signed
  Value acc;         ///< vector<[m x] n x i32>
  unsigned activationBits;
  bool unsignedActivations;
  int64_t rows, outputs, depth;
};

} // namespace

/// The integers of 8 or 16 bits that `value` extends to i32, or null.
static Value narrowOf(Value value, bool &isUnsigned) {
  auto isNarrow = [](Value v) {
    Type element = getElementTypeOrSelf(v);
    return element.isInteger(8) || element.isInteger(16);
  };
  isUnsigned = false;
  if (isNarrow(value))
    return value; // Upstream folds a signed extension into the contraction.
  Value narrow;
  if (auto extend = value.getDefiningOp<arith::ExtSIOp>())
    narrow = extend.getIn();
  if (auto extend = value.getDefiningOp<arith::ExtUIOp>()) {
    narrow = extend.getIn();
    isUnsigned = true;
  }
  bool isExtended = narrow && isNarrow(narrow) && getElementTypeOrSelf(value).isInteger(32);
  return isExtended ? narrow : Value();
}

/// Whether the maps are those of a row (or rows) of activations by transposed weights.
static bool hasRowByTransposedMaps(vector::ContractionOp op) {
  MLIRContext *context = op.getContext();
  AffineExpr m, n, k;
  if (cast<VectorType>(op.getLhsType()).getRank() == 1) {
    bindDims(context, n, k);
    return op.getIndexingMapsArray() ==
           AffineMap::inferFromExprList({ArrayRef{k}, {n, k}, {n}}, context);
  }
  bindDims(context, m, n, k);
  return op.getIndexingMapsArray() ==
         AffineMap::inferFromExprList({ArrayRef{m, k}, {n, k}, {m, n}}, context);
}

/// Sees through the extensions of the operands (a narrow operand counts as signed).
static FailureOr<IntegerContraction> matchIntegerContraction(vector::ContractionOp op) {
  auto accType = dyn_cast<VectorType>(op.getAccType());
  bool unsignedWeights, unsignedActivations;
  Value activations = narrowOf(op.getLhs(), unsignedActivations),
        weights = narrowOf(op.getRhs(), unsignedWeights);
  if (!accType || !accType.getElementType().isInteger(32) ||
      op.getKind() != vector::CombiningKind::ADD || op.isMasked() || !activations || !weights ||
      !getElementTypeOrSelf(weights).isInteger(8) || unsignedWeights || !hasRowByTransposedMaps(op))
    return failure();
  auto weightType = cast<VectorType>(weights.getType());
  if (accType.isScalable() || weightType.isScalable())
    return failure();
  int64_t rows = accType.getRank() == 2 ? accType.getDimSize(0) : 1;
  return IntegerContraction{activations,
                            weights,
                            op.getAcc(),
                            getElementTypeOrSelf(activations).getIntOrFloatBitWidth(),
                            unsignedActivations,
                            rows,
                            weightType.getDimSize(0),
                            weightType.getDimSize(1)};
}

//===----------------------------------------------------------------------===//
// Patches
//===----------------------------------------------------------------------===//

static Value flatten(OpBuilder &b, Location loc, Value vector) {
  auto type = cast<VectorType>(vector.getType());
  if (type.getRank() == 1)
    return vector;
  return vector::ShapeCastOp::create(
      b, loc, VectorType::get({type.getNumElements()}, type.getElementType()), vector);
}

/// `size` elements of a vector of rank 1.
static Value slice(OpBuilder &b, Location loc, Value vector, int64_t offset, int64_t size) {
  if (cast<VectorType>(vector.getType()).getDimSize(0) == size)
    return vector;
  return vector::ExtractStridedSliceOp::create(b, loc, vector, ArrayRef{offset}, ArrayRef{size},
                                               ArrayRef<int64_t>{1});
}

/// Rows [row, row + rows) by columns [column, column + columns) of a vector of rank 2, flat; of
/// rank 1, it is one row.
static Value patch(OpBuilder &b, Location loc, Value vector, int64_t row, int64_t rows,
                   int64_t column, int64_t columns) {
  auto type = cast<VectorType>(vector.getType());
  if (type.getRank() == 1)
    return slice(b, loc, vector, column, columns);
  if (type.getDimSize(0) == rows && type.getDimSize(1) == columns)
    return flatten(b, loc, vector);
  if (rows == 1)
    return slice(b, loc, vector::ExtractOp::create(b, loc, vector, row), column, columns);
  Value cut = vector::ExtractStridedSliceOp::create(
      b, loc, vector, ArrayRef{row, column}, ArrayRef{rows, columns}, ArrayRef<int64_t>{1, 1});
  return flatten(b, loc, cut);
}

/// The inverse of `patch`.
static Value insertPatch(OpBuilder &b, Location loc, Value flat, Value into, int64_t row,
                         int64_t rows, int64_t column, int64_t columns) {
  auto type = cast<VectorType>(into.getType());
  if (type.getNumElements() == rows * columns)
    return type.getRank() == 1 ? flat : vector::ShapeCastOp::create(b, loc, type, flat);
  if (type.getRank() == 1)
    return vector::InsertStridedSliceOp::create(b, loc, flat, into, ArrayRef{column},
                                                ArrayRef<int64_t>{1});
  if (rows == 1 && columns == type.getDimSize(1))
    return vector::InsertOp::create(b, loc, flat, into, row);
  if (rows == 1)
    return vector::InsertStridedSliceOp::create(b, loc, flat, into, ArrayRef{row, column},
                                                ArrayRef<int64_t>{1});
  Value shaped = vector::ShapeCastOp::create(
      b, loc, VectorType::get({rows, columns}, type.getElementType()), flat);
  return vector::InsertStridedSliceOp::create(b, loc, shaped, into, ArrayRef{row, column},
                                              ArrayRef<int64_t>{1, 1});
}

/// Repeats the last `width` elements of a flat vector until it has `size`.
static Value repeatLast(OpBuilder &b, Location loc, Value flat, int64_t width, int64_t size) {
  int64_t has = cast<VectorType>(flat.getType()).getDimSize(0);
  if (has == size)
    return flat;
  SmallVector<int64_t> mask;
  for (int64_t i = 0; i < size; ++i)
    mask.push_back(i < has ? i : has - width + i % width);
  return vector::ShuffleOp::create(b, loc, flat, flat, mask);
}

namespace {

/// Cuts a contraction of `dot.depth` products into dot products:
///
///   vector.contract {m, n, k} %x, %w, %acc
///   ->
///   for each m in steps of dot.rows, n in steps of dot.lanes:
///     acc' = dot.emit(acc patch, x rows, w lanes)
///
/// Where rows are missing to a multiple of dot.rows, the last one is computed twice.
class ContractToDotProduct : public OpRewritePattern<vector::ContractionOp> {
public:
  ContractToDotProduct(MLIRContext *context, const DotProduct &dot)
      : OpRewritePattern(context), dot(dot) {}

  LogicalResult matchAndRewrite(vector::ContractionOp op, PatternRewriter &rewriter) const override;

private:
  Value computePatch(PatternRewriter &rewriter, Location loc, const IntegerContraction &c,
                     Value acc, Value weights, int64_t row, int64_t output) const;

  const DotProduct dot;
};

} // namespace

Value ContractToDotProduct::computePatch(PatternRewriter &rewriter, Location loc,
                                         const IntegerContraction &c, Value acc, Value weights,
                                         int64_t row, int64_t output) const {
  int64_t rows = std::min(dot.rows, c.rows - row);
  Value sums = patch(rewriter, loc, acc, row, rows, output, dot.lanes);
  Value x = patch(rewriter, loc, c.activations, row, rows, 0, dot.depth);
  Value w = slice(rewriter, loc, weights, output * dot.depth, dot.lanes * dot.depth);
  sums = repeatLast(rewriter, loc, sums, dot.lanes, dot.rows * dot.lanes);
  x = repeatLast(rewriter, loc, x, dot.depth, dot.rows * dot.depth);
  sums = slice(rewriter, loc, dot.emit(rewriter, loc, dot, sums, x, w), 0, rows * dot.lanes);
  return insertPatch(rewriter, loc, sums, acc, row, rows, output, dot.lanes);
}

namespace {

/// The same with activations of each output's own: sums(n) = acc(n) + sum over k of activations(n,
/// k) * weights(n, k). It is one dot product, without a row that is repeated in all lanes.
class LanewiseContractToDotProduct : public OpRewritePattern<vector::ContractionOp> {
public:
  LanewiseContractToDotProduct(MLIRContext *context, const DotProduct &dot)
      : OpRewritePattern(context), dot(dot) {}

  LogicalResult matchAndRewrite(vector::ContractionOp op,
                                PatternRewriter &rewriter) const override {
    AffineExpr n, k;
    bindDims(getContext(), n, k);
    bool unsignedWeights, unsignedActivations;
    Value activations = narrowOf(op.getLhs(), unsignedActivations),
          weights = narrowOf(op.getRhs(), unsignedWeights);
    auto accType = dyn_cast<VectorType>(op.getAccType());
    if (!accType || !accType.getElementType().isInteger(32) || !activations || !weights ||
        op.getKind() != vector::CombiningKind::ADD || op.isMasked() || unsignedWeights ||
        op.getIndexingMapsArray() !=
            AffineMap::inferFromExprList({ArrayRef{n, k}, {n, k}, {n}}, getContext()))
      return rewriter.notifyMatchFailure(op, "is not a sum of products lane by lane");
    SmallVector<int64_t> shape{dot.lanes, dot.depth};
    if (dot.rows != 1 || unsignedActivations != dot.unsignedActivations ||
        !getElementTypeOrSelf(activations).isInteger(dot.activationBits) ||
        !getElementTypeOrSelf(weights).isInteger(8) ||
        cast<VectorType>(weights.getType()).getShape() != ArrayRef(shape))
      return rewriter.notifyMatchFailure(op, "the target has no dot product of this form");
    Location loc = op.getLoc();
    rewriter.replaceOp(op, dot.emit(rewriter, loc, dot, op.getAcc(),
                                    flatten(rewriter, loc, activations),
                                    flatten(rewriter, loc, weights)));
    return success();
  }

private:
  const DotProduct dot;
};

} // namespace

/// Constants that are the same of either sign.
static bool isNonNegative(Value vector) {
  DenseIntElementsAttr constant;
  return matchPattern(vector, m_Constant(&constant)) &&
         llvm::all_of(constant.getValues<APInt>(), [](const APInt &v) { return !v.isNegative(); });
}

LogicalResult ContractToDotProduct::matchAndRewrite(vector::ContractionOp op,
                                                    PatternRewriter &rewriter) const {
  FailureOr<IntegerContraction> c = matchIntegerContraction(op);
  if (failed(c) || c->activationBits != dot.activationBits)
    return rewriter.notifyMatchFailure(
        op, "is not a sum of products of activations of this width by transposed weights");
  if (c->unsignedActivations != dot.unsignedActivations && !isNonNegative(c->activations))
    return rewriter.notifyMatchFailure(
        op, "the target's dot product takes activations of the other signedness");
  if (c->depth != dot.depth || c->outputs % dot.lanes != 0)
    return rewriter.notifyMatchFailure(op,
                                       "the shape is not a multiple of the target's dot product");
  Value acc = c->acc, weights = flatten(rewriter, op.getLoc(), c->weights);
  for (int64_t row = 0; row < c->rows; row += dot.rows)
    for (int64_t output = 0; output < c->outputs; output += dot.lanes)
      acc = computePatch(rewriter, op.getLoc(), *c, acc, weights, row, output);
  rewriter.replaceOp(op, acc);
  return success();
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

/// Lets casts between flat and shaped vectors cancel.
static void populateCleanupPatterns(RewritePatternSet &patterns) {
  MLIRContext *context = patterns.getContext();
  vector::ShapeCastOp::getCanonicalizationPatterns(patterns, context);
  vector::ExtractOp::getCanonicalizationPatterns(patterns, context);
  vector::InsertOp::getCanonicalizationPatterns(patterns, context);
  vector::ExtractStridedSliceOp::getCanonicalizationPatterns(patterns, context);
  vector::InsertStridedSliceOp::getCanonicalizationPatterns(patterns, context);
}

/// Of a contraction or a dot product.
static std::string describe(int64_t rows, int64_t outputs, int64_t depth, bool isUnsigned,
                            unsigned bits) {
  return llvm::formatv("{0} x {1} sums of {2} products of {3} activations of {4} bits", rows,
                       outputs, depth, isUnsigned ? "unsigned" : "signed", bits);
}

/// The dot products of integers in the target's rows, each once.
static SmallVector<const DotProduct *> integerDotProducts(const TargetDescription &target) {
  SmallVector<const DotProduct *> dots;
  for (const ProductRow &row : target.rows)
    if (row.dot.emit && llvm::none_of(dots, [&](auto dot) { return *dot == row.dot; }))
      dots.push_back(&row.dot);
  return dots;
}

static LogicalResult rejectIntegerContractions(Operation *root, const TargetDescription &target) {
  bool found = false;
  root->walk([&](vector::ContractionOp op) {
    if (!getElementTypeOrSelf(op.getAccType()).isInteger())
      return;
    found = true;
    InFlightDiagnostic diagnostic = op.emitError()
                                    << "no dot-product form on " << target.name << " for ";
    if (FailureOr<IntegerContraction> c = matchIntegerContraction(op); succeeded(c))
      diagnostic << describe(c->rows, c->outputs, c->depth, c->unsignedActivations,
                             c->activationBits);
    else
      diagnostic << "this contraction of " << op.getLhsType() << " and " << op.getRhsType()
                 << " into " << op.getAccType();
    for (const DotProduct *dot : integerDotProducts(target))
      diagnostic.attachNote() << "the target computes "
                              << describe(dot->rows, dot->lanes, dot->depth,
                                          dot->unsignedActivations, dot->activationBits)
                              << " (k) or (m, k) by signed weights of 8 (n, k); n may be a "
                                 "multiple of "
                              << dot->lanes;
  });
  return failure(found);
}

void nnq::populateVectorToDotProductPatterns(RewritePatternSet &patterns,
                                             const TargetDescription &target) {
  populateCleanupPatterns(patterns);
  target.family->populatePatterns(patterns);
  for (const DotProduct *dot : integerDotProducts(target))
    patterns.add<ContractToDotProduct, LanewiseContractToDotProduct>(patterns.getContext(), *dot);
}

namespace {

struct ConvertVectorToDotProduct
    : nnq::impl::ConvertVectorToDotProductBase<ConvertVectorToDotProduct> {
  using ConvertVectorToDotProductBase::ConvertVectorToDotProductBase;

  void getDependentDialects(DialectRegistry &registry) const override {
    ConvertVectorToDotProductBase::getDependentDialects(registry);
    if (llvm::Expected<const TargetDescription *> description = lookupTarget(target))
      (*description)->family->getDependentDialects(registry);
    else
      llvm::consumeError(description.takeError()); // said when the pass runs
  }

  void runOnOperation() override {
    llvm::Expected<const TargetDescription *> description = lookupTarget(target);
    if (!description) {
      getOperation()->emitError() << llvm::toString(description.takeError());
      return signalPassFailure();
    }
    RewritePatternSet patterns(&getContext());
    populateVectorToDotProductPatterns(patterns, **description);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))) ||
        failed(rejectIntegerContractions(getOperation(), **description)))
      signalPassFailure();
  }
};

} // namespace
