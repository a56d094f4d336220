// Normalizations, spelled out: layer, RMS, instance and L2 norm.

#include "FormulaReader.h"
#include "Spellings.h"

#include "nnq/Dialect/NNQ/IR/CompoundOps.h"
#include "nnq/Dialect/NNQ/IR/ConstantData.h"
#include "nnq/Transforms/ConstantValues.h"

#include <cmath>

using namespace mlir;

namespace nnq {
namespace {

/// factor * n / divisor(epsilon): what is normalized, and by what.
struct Divisor {
  double factor, epsilon;
  EpsilonPlace place;
};

/// y = d / divisor * factor * scale + offset + bias.
struct Norm {
  NormKind kind;
  SmallVector<int64_t> axes;
  Divisor divisor = {};
  Value scale = {}, bias = {}; ///< constants, or null
  double offset = 0;
};

} // namespace

static constexpr double infinity = std::numeric_limits<double>::infinity();

/// `formula` = factor * part + rest, with a factor above 0 and a number as rest.
struct Linear {
  double factor, rest;
};
static std::optional<Linear> matchLinear(const Formula &formula, const Formula &part) {
  FormulaPool &pool = formula.getPool();
  Formula first = pool.getTerms(part).front();
  for (const Formula &term : pool.getTerms(formula)) {
    Formula ratio = term / first;
    if (!ratio.isConstant() || ratio.coefficient <= 0)
      continue;
    Formula rest = formula - ratio.coefficient * part;
    if (rest.isConstant() && rest.coefficient >= 0)
      return Linear{ratio.coefficient, rest.coefficient};
  }
  return std::nullopt;
}

/// Matches `inverse`, what d is multiplied by, with `meanSquare`, the mean of d * d.
static std::optional<Divisor> matchDivisor(const Formula &inverse, const Formula &meanSquare) {
  FormulaPool &pool = inverse.getPool();
  double sign = inverse.coefficient < 0 ? -1 : 1;
  Formula divisor = sign * pow(inverse, -1), square = pow(divisor, 2), root = pow(meanSquare, 0.5);
  if (auto linear = matchLinear(square, meanSquare))
    return Divisor{sign / std::sqrt(linear->factor), linear->rest / linear->factor,
                   EpsilonPlace::Inside};
  if (auto linear = matchLinear(divisor, root))
    return Divisor{sign / linear->factor, linear->rest / linear->factor, EpsilonPlace::Outside};
  // max(root, e) is written with min(root, e), which names e.
  for (const FormulaPool::Atom &atom : llvm::to_vector(pool.getAtoms())) {
    if (atom.kind != FormulaPool::Atom::Kind::Clamp || atom.low != -infinity || atom.high <= 0)
      continue;
    for (bool squared : {false, true}) {
      Formula limited = clamp(squared ? meanSquare : root, atom.high, infinity);
      Formula ratio = (squared ? square : divisor) / limited;
      if (!ratio.isConstant() || ratio.coefficient <= 0)
        continue;
      double factor = squared ? std::sqrt(ratio.coefficient) : ratio.coefficient;
      return Divisor{sign / factor, squared ? std::sqrt(atom.high) : atom.high,
                     EpsilonPlace::AtLeast};
    }
  }
  return std::nullopt;
}

/// Matches y, which has no bias, with a normalization of x of this kind.
static std::optional<Norm> matchNormOfKind(const Formula &y, const Formula &x, NormKind kind,
                                           ArrayRef<int64_t> axes) {
  FormulaPool &pool = y.getPool();
  auto mean = [&](const Formula &f) { return pool.reduce(ReduceKind::Mean, axes, 1, f); };
  Formula d = kind == NormKind::Standard ? x - mean(x) : x;
  Formula inverse = y / d;
  Norm norm{kind, SmallVector<int64_t>(axes)};
  for (Formula::Factor factor : llvm::to_vector(inverse.factors)) {
    const FormulaPool::Atom &atom = pool.getAtoms()[factor.atom];
    if (factor.power != 1 || atom.kind != FormulaPool::Atom::Kind::Leaf || norm.scale ||
        !atom.value.getDefiningOp<ConstantOp>())
      continue;
    norm.scale = atom.value;
    inverse = inverse / pool.leaf(atom.value);
  }
  if (inverse.factors.size() != 1 || inverse.factors[0].power >= 0)
    return std::nullopt;

  SmallVector<Formula> meanSquares{mean(pow(d, 2))};
  if (kind == NormKind::Standard) { // E(x^2) - E(x)^2, not below 0 for rounding's sake
    meanSquares.push_back(mean(pow(x, 2)) - pow(mean(x), 2));
    meanSquares.push_back(clamp(meanSquares.back(), 0, infinity));
  }
  for (const Formula &meanSquare : meanSquares)
    if (auto divisor = matchDivisor(inverse, meanSquare)) {
      norm.divisor = *divisor;
      return norm;
    }
  return std::nullopt;
}

static std::optional<Norm> matchNorm(const Formula &y, const Formula &x) {
  FormulaPool &pool = y.getPool();
  SmallVector<SmallVector<int64_t>> axes;
  for (const FormulaPool::Atom &atom : pool.getAtoms())
    if (atom.kind == FormulaPool::Atom::Kind::Reduction && atom.reduction == ReduceKind::Mean &&
        !llvm::is_contained(axes, atom.axes))
      axes.push_back(atom.axes);
  // What may be the bias: nothing, a number, a constant tensor.
  SmallVector<Formula> biases{pool.constant(0)};
  for (const Formula &term : pool.getTerms(y)) {
    const FormulaPool::Atom *leaf = pool.getAtom(term, FormulaPool::Atom::Kind::Leaf);
    if (term.isConstant() || (leaf && leaf->value.getDefiningOp<ConstantOp>()))
      biases.push_back(term);
  }
  for (const Formula &bias : biases)
    for (ArrayRef<int64_t> these : axes)
      for (NormKind kind : {NormKind::Standard, NormKind::RootMeanSquare})
        if (std::optional<Norm> norm = matchNormOfKind(y - bias, x, kind, these)) {
          if (bias.isConstant())
            norm->offset = bias.coefficient;
          else
            norm->bias = pool.getAtom(bias, FormulaPool::Atom::Kind::Leaf)->value;
          return norm;
        }
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// The operation
//===----------------------------------------------------------------------===//

/// A parameter of the rank of x: `constant` (1 where that is null) * factor + offset.
static Value createParameter(OpBuilder &builder, Location loc, Value constant, double factor,
                             double offset, size_t rank) {
  SmallVector<int64_t> shape(rank, 1);
  std::vector<float> values{1.0f};
  if (constant) {
    ArrayRef<int64_t> given = cast<RankedTensorType>(constant.getType()).getShape();
    llvm::copy(given, shape.end() - given.size());
    values = readConstant<float>(constant)->get();
  }
  for (float &value : values)
    value = static_cast<float>(value * factor + offset);
  return createConstant<float>(builder, loc, RankedTensorType::get(shape, builder.getF32Type()),
                               values);
}

/// Whether a parameter, if there is one, is the same along all dimensions but the last `count`.
static bool liesAlongLast(Value parameter, size_t count) {
  if (!parameter)
    return true;
  ArrayRef<int64_t> shape = cast<RankedTensorType>(parameter.getType()).getShape();
  return llvm::all_of(shape.drop_back(std::min(count, shape.size())),
                      [](int64_t size) { return size == 1; });
}

/// The parameter as a vector of one element for each position along the last axes of `shape`.
static Value flatten(OpBuilder &builder, Value parameter, ArrayRef<int64_t> shape) {
  auto type = cast<RankedTensorType>(parameter.getType());
  std::vector<float> values = readConstant<float>(parameter)->get();
  int64_t count = 1;
  for (int64_t d = shape.size() - 1; d >= 0; --d) {
    // Repeats along dimension d, whose inner ones are full already.
    if (type.getDimSize(type.getRank() - shape.size() + d) == 1 && shape[d] != 1) {
      std::vector<float> repeated;
      for (size_t block = 0; block < values.size(); block += count)
        for (int64_t i = 0; i < shape[d]; ++i)
          repeated.insert(repeated.end(), values.begin() + block, values.begin() + block + count);
      values = std::move(repeated);
    }
    count *= shape[d];
  }
  return createConstant<float>(builder, parameter.getLoc(),
                               RankedTensorType::get(count, builder.getF32Type()), values);
}

/// Standard along the last axes: nnq.layer_norm, over all of them as one.
static Value createLayerNorm(OpBuilder &builder, Location loc, Value x, ArrayRef<int64_t> axes,
                             double epsilon, Value scale, Value bias) {
  auto type = cast<RankedTensorType>(x.getType());
  ArrayRef<int64_t> normalized = type.getShape().drop_front(axes.front());
  SmallVector<int64_t> flat(type.getShape().take_front(axes.front()));
  flat.push_back(ShapedType::getNumElements(normalized));
  scale = flatten(builder, scale, normalized);
  bias = flatten(builder, bias, normalized);
  if (axes.size() > 1)
    x = ReshapeOp::create(builder, loc, type.clone(flat), x);
  Value y = LayerNormOp::create(builder, loc, x.getType(), x, scale, bias,
                                APFloat(static_cast<float>(epsilon)));
  return axes.size() > 1 ? Value(ReshapeOp::create(builder, loc, type, y)) : y;
}

Value recognizeNorm(Operation *root, Value x, OpBuilder &builder) {
  FormulaPool pool;
  std::optional<Formula> y = FormulaReader(pool, x, /*onlyX=*/false).read(root->getResult(0));
  std::optional<Norm> norm = y ? matchNorm(*y, pool.leaf(x)) : std::nullopt;
  if (!norm)
    return {};
  Location loc = root->getLoc();
  auto type = cast<RankedTensorType>(x.getType());
  int64_t rank = type.getRank();
  const Divisor &divisor = norm->divisor;
  size_t numAxes = norm->axes.size();
  bool isLayerNorm = norm->kind == NormKind::Standard && divisor.place == EpsilonPlace::Inside &&
                     llvm::equal(norm->axes, llvm::seq<int64_t>(rank - numAxes, rank)) &&
                     liesAlongLast(norm->scale, numAxes) && liesAlongLast(norm->bias, numAxes);
  Value scale, bias;
  if (isLayerNorm || norm->scale || !isNear(divisor.factor, 1))
    scale = createParameter(builder, loc, norm->scale, divisor.factor, 0, rank);
  if (isLayerNorm || norm->bias || norm->offset != 0)
    bias = createParameter(builder, loc, norm->bias, norm->bias ? 1 : 0, norm->offset, rank);
  if (isLayerNorm)
    return createLayerNorm(builder, loc, x, norm->axes, divisor.epsilon, scale, bias);
  return NormalizeOp::create(builder, loc, type, x, scale, bias, norm->kind, norm->axes,
                             APFloat(static_cast<float>(divisor.epsilon)), divisor.place);
}

} // namespace nnq
