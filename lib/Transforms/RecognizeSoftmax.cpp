// Softmax and its logarithm, spelled out.

#include "FormulaReader.h"
#include "Spellings.h"

#include "nnq/Dialect/NNQ/IR/LogarithmOps.h"

using namespace mlir;

namespace nnq {

namespace {
struct Softmax {
  SmallVector<int64_t> axes;
  bool isLogarithm;
};
} // namespace

/// Matches y with a softmax of x, which has `shape`.
static std::optional<Softmax> matchSoftmax(const Formula &y, const Formula &x,
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
      Formula u = subtractsLargest ? x - largest : x, e = exp(u);
      Formula sum = pool.reduce(ReduceKind::Sum, atom.axes, count, e);
      if (y == e / sum)
        return Softmax{atom.axes, false};
      if (y == u - log(sum) || y == log(e / sum))
        return Softmax{atom.axes, true};
      // A sum that is 1 at least does not notice an epsilon of a rounding.
      for (Formula::Factor factor : y.factors) {
        const FormulaPool::Atom &divisor = pool.getAtoms()[factor.atom];
        if (!subtractsLargest || divisor.kind != FormulaPool::Atom::Kind::Sum ||
            !divisor.terms[0].isConstant())
          continue;
        double epsilon = static_cast<double>(count) * divisor.terms[0].coefficient;
        if (epsilon > 0 && isNear(1, 1 + epsilon) && y == e / (sum + epsilon))
          return Softmax{atom.axes, false};
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
  std::optional<Softmax> softmax = matchSoftmax(*y, pool.leaf(x), type.getShape());
  if (!softmax)
    return {};
  // Several neighbouring axes as one.
  int64_t first = softmax->axes.front(), count = softmax->axes.size();
  if (!llvm::equal(softmax->axes, llvm::seq<int64_t>(first, first + count)))
    return {};
  SmallVector<int64_t> flat(type.getShape());
  flat.erase(flat.begin() + first, flat.begin() + first + count);
  flat.insert(flat.begin() + first,
              ShapedType::getNumElements(type.getShape().slice(first, count)));
  Location loc = root->getLoc();
  if (count > 1)
    x = ReshapeOp::create(builder, loc, type.clone(flat), x);
  Value result = softmax->isLogarithm
                     ? Value(LogSoftmaxOp::create(builder, loc, x.getType(), x, first))
                     : SoftmaxOp::create(builder, loc, x.getType(), x, first);
  return count > 1 ? Value(ReshapeOp::create(builder, loc, type, result)) : result;
}

} // namespace nnq
