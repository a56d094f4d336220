// Strides, runs and rows of a contraction.

#include "Contraction.h"

#include "nnq/Dialect/NNQ/IR/ConstantData.h"

#include "mlir/IR/Matchers.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace nnq {

/// Distance in row-major elements from one index of each loop to the next, and the offset; fails if
/// not linear.
static bool linearize(AffineMap map, ArrayRef<int64_t> shape, SmallVectorImpl<int64_t> &strides,
                      int64_t &offset) {
  AffineExpr linear = getAffineConstantExpr(0, map.getContext());
  for (auto [expr, size] : llvm::zip(map.getResults(), shape))
    linear = linear * size + expr;
  unsigned numDims = map.getNumDims();
  SmallVector<AffineExpr> zeros(numDims, getAffineConstantExpr(0, map.getContext()));
  for (unsigned d = 0; d < numDims; ++d) {
    AffineExpr dim = getAffineDimExpr(d, map.getContext());
    auto step = dyn_cast<AffineConstantExpr>(
        simplifyAffineExpr(linear.replace(dim, dim + 1) - linear, numDims, 0));
    if (!step)
      return false;
    strides.push_back(step.getValue());
  }
  auto constant = dyn_cast<AffineConstantExpr>(linear.replaceDims(zeros));
  offset = constant ? constant.getValue() : 0;
  return constant != nullptr;
}

/// How the rows of a target name the input.
static StringRef activationOf(ContractOp op) {
  Type input = getElementTypeOrSelf(op.getInput());
  return input.isF32() ? "f32" : input.isInteger(16) ? "i16" : "i8";
}

const ProductRow *findRow(ContractOp op, WeightEncoding encoding, const TargetDescription &target) {
  return target.findRow(activationOf(op), encoding.getEncodingName());
}

/// Reductions that follow each other in the input's memory are the run; the others stand around it.
/// Of a step of weights that are stored in part, which groups do not go beyond the innermost, the
/// run is that one loop unless steps end where it does.
static void formRun(Contraction &c, SmallVector<unsigned> reductions) {
  // Loops of one iteration are anywhere in the order; the run takes them in without growing.
  llvm::stable_sort(reductions,
                    [&](unsigned a, unsigned b) { return c.inputStride[a] < c.inputStride[b]; });
  int64_t step = c.encoding.getDotsPerStep() ? c.encoding.getStepInputs(c.row->dot.depth) : 1;
  for (unsigned d : reductions) {
    bool endsSteps = c.runLength % step == 0 || step % c.runLength == 0;
    if (c.outerDims.empty() && endsSteps && (c.inputStride[d] == c.runLength || c.sizes[d] == 1)) {
      c.runDims.push_back(d);
      c.runLength *= c.sizes[d];
    } else {
      c.outerDims.push_back(d);
    }
  }
  std::reverse(c.runDims.begin(), c.runDims.end());
  std::reverse(c.outerDims.begin(), c.outerDims.end());
}

/// Why computed weights can't be packed; empty, with `runStride` set, if they can.
static std::string explainUnpackable(Contraction &c) {
  Type weights = getElementTypeOrSelf(c.op.getWeights());
  if (!c.encoding.isPackedByMoving(weights))
    return llvm::formatv(
        "its weights are computed, and {0} of {1} are packed when they are compiled",
        c.encoding.getEncodingName(), weights);
  int64_t next = 0;
  for (unsigned d : llvm::reverse(c.runDims)) {
    if (c.sizes[d] == 1)
      continue;
    if (next == 0)
      c.runStride = c.weightStride[d];
    else if (c.weightStride[d] != next)
      return "its weights are computed, in another order than its input";
    next = c.weightStride[d] * c.sizes[d];
  }
  if (c.weightStride[c.channelDim] != 1 && c.runStride != 1)
    return "its weights are computed, and neither its output channels nor its reduction are "
           "neighbours in memory";
  if (c.sizes[c.channelDim] == 1 || c.numIterations(c.rowDims) < ContractOp::fewestRowsToPack)
    return llvm::formatv("its weights are computed, for one output channel or less than {0} rows",
                         ContractOp::fewestRowsToPack);
  return "";
}

std::optional<Contraction> Contraction::get(ContractOp op, const TargetDescription &target,
                                            std::string &reason) {
  auto fail = [&](const Twine &why) {
    reason = why.str();
    return std::nullopt;
  };
  Contraction c;
  c.op = op;
  c.accumulation = op.getAccumulationOrPlain();
  c.encoding = op.getEncoding();
  c.isFloat = op.isFloat();
  c.row = findRow(op, c.encoding, target);
  if (!c.row)
    return fail("the target does not multiply " + activationOf(op) + " by " +
                c.encoding.getEncodingName());
  c.sizes = op.getLoopExtents();
  if (llvm::any_of(c.sizes, ShapedType::isDynamic) ||
      !cast<ShapedType>(op.getInput().getType()).hasStaticShape())
    return fail("its extents are not all constant");
  if (llvm::is_contained(c.sizes, 0))
    return fail("a loop of it never runs");
  if (op.getWideSums())
    return fail("its sums have 64 bits");
  if (!c.isFloat && c.row->dot.unsignedActivations != op.getUnsignedInput())
    return fail(Twine("the target multiplies activations ") +
                (op.getUnsignedInput() ? "with" : "without") + " a sign");
  auto isConstant = [](Value value) { return matchPattern(value, m_Constant()); };
  if (!llvm::all_of(op.getScales(), isConstant))
    return fail("its scales are not constant");
  auto isUnreadable = [](Value value) {
    ElementsAttr constant;
    return matchPattern(value, m_Constant(&constant)) && failed(ConstantData::get(constant));
  };
  if (isUnreadable(op.getWeights()) || llvm::any_of(op.getScales(), isUnreadable))
    return fail("the data of its constants can't be read");
  AffineMap weightMap = op.getWeightsMap();
  unsigned numParallel = op.getNumParallelLoops();
  c.channelDim = numParallel - 1;
  for (unsigned d = 0; d + 1 < numParallel; ++d)
    (weightMap.isFunctionOfDim(d) ? c.batchDims : c.rowDims).push_back(d);
  int64_t weightOffset;
  if (!linearize(op.getInputMap(), cast<ShapedType>(op.getInput().getType()).getShape(),
                 c.inputStride, c.inputOffset) ||
      !linearize(weightMap, cast<ShapedType>(op.getWeights().getType()).getShape(), c.weightStride,
                 weightOffset))
    return fail("its input is not addressed linearly");
  std::optional<unsigned> block = op.getBlockLoop();
  unsigned firstInBlock = numParallel + (block ? 1 : 0);
  formRun(c, llvm::to_vector(llvm::seq<unsigned>(firstInBlock, c.sizes.size())));
  if (c.runDims.empty() && !c.isFloat && c.row->dot.depth > 1)
    return fail("its innermost reduction is not contiguous in memory");
  c.hasConstantWeights = isConstant(op.getWeights());
  if (std::string why = c.hasConstantWeights ? "" : explainUnpackable(c); !why.empty())
    return fail(why);
  if (block)
    c.outerDims.insert(c.outerDims.begin(), *block);
  return c;
}

int64_t Contraction::numIterations(ArrayRef<unsigned> dims) const {
  int64_t iterations = 1;
  for (unsigned d : dims)
    iterations *= sizes[d];
  return iterations;
}

} // namespace nnq
