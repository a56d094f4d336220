// Softmax, spelled out.

#include "FormulaReader.h"
#include "RecognizedGroups.h"

using namespace mlir;

namespace nnq {

/// The axes that y sums exponentials along, if x may be the argument of its softmax.
static std::optional<SmallVector<int64_t>> matchSoftmax(const Formula &y, const Formula &x,
                                                        ArrayRef<int64_t> shape) {
  FormulaPool &pool = y.getPool();
  for (const FormulaPool::Atom &atom : llvm::to_vector(pool.getAtoms())) {
    if (atom.kind != FormulaPool::Atom::Kind::Reduction || atom.reduction != ReduceKind::Mean)
      continue;
    int64_t count = 1;
    for (int64_t axis : atom.axes)
      count *= shape[axis];
    Formula largest = pool.reduce(ReduceKind::Max, atom.axes, count, x);
    for (bool subtractsLargest : {false, true}) {
      Formula e = exp(subtractsLargest ? x - largest : x);
      Formula sum = pool.reduce(ReduceKind::Sum, atom.axes, count, e);
      if (y == e / sum)
        return atom.axes;
      // A sum that is 1 at least does not notice an epsilon of a rounding.
      for (Formula::Factor factor : y.factors) {
        const FormulaPool::Atom &divisor = pool.getAtoms()[factor.atom];
        if (!subtractsLargest || divisor.kind != FormulaPool::Atom::Kind::Sum ||
            !divisor.terms[0].isConstant())
          continue;
        double epsilon = static_cast<double>(count) * divisor.terms[0].coefficient;
        if (epsilon > 0 && isNear(1, 1 + epsilon) && y == e / (sum + epsilon))
          return atom.axes;
      }
    }
  }
  return std::nullopt;
}

Value recognizeSoftmax(Operation *root, Value x, OpBuilder &builder) {
  FormulaPool pool;
  auto type = cast<RankedTensorType>(x.getType());
  std::optional<Formula> y = FormulaReader(pool, x, /*onlyX=*/true).read(root->getResult(0));
  if (!y || y->coefficient == 0)
    return {};
  auto axes = matchSoftmax(*y, pool.leaf(x), type.getShape());
  if (!axes)
    return {};
  // Several neighbouring axes as one.
  int64_t first = axes->front(), count = axes->size();
  if (!llvm::equal(*axes, llvm::seq<int64_t>(first, first + count)))
    return {};
  SmallVector<int64_t> flat(type.getShape());
  flat.erase(flat.begin() + first, flat.begin() + first + count);
  flat.insert(flat.begin() + first,
              ShapedType::getNumElements(type.getShape().slice(first, count)));
  Location loc = root->getLoc();
  if (count > 1)
    x = ReshapeOp::create(builder, loc, type.clone(flat), x);
  Value result = SoftmaxOp::create(builder, loc, x.getType(), x, first);
  return count > 1 ? Value(ReshapeOp::create(builder, loc, type, result)) : result;
}

} // namespace nnq
