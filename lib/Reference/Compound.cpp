// Operations of NNQCompoundOps.td. docs/Semantics.md, "Activations" and "normalize".

#include "Handlers.h"
#include "Numerics.h"

#include "nnq/Dialect/NNQ/IR/CompoundOps.h"

#include <cmath>

using namespace mlir;

namespace nnq::reference {

//===----------------------------------------------------------------------===//
// Activations
//===----------------------------------------------------------------------===//

template <typename OpTy, double (*function)(OpTy, double)>
static LogicalResult evaluateActivation(OpTy op, Operands operands, Results results) {
  std::vector<float> reals = toReal(*operands[0]);
  for (float &x : reals)
    x = std::isnan(x) ? x : static_cast<float>(function(op, x));
  fromReal(op, std::move(reals), results[0]);
  return success();
}

static double swish(SwishOp op, double x) {
  auto f = static_cast<float>(x);
  float y = f * sigmoidInF32(op.getBeta().convertToFloat() * f);
  return std::isnan(y) ? -0.0f : y; // the limit at minus infinity
}
static double celu(CeluOp op, double x) {
  double alpha = op.getAlpha().convertToDouble();
  return x > 0 ? x : alpha * (std::expm1(x / alpha));
}
static double logSigmoid(LogSigmoidOp, double x) {
  return x < 0 ? x - std::log1p(std::exp(x)) : -std::log1p(std::exp(-x));
}
static double softsign(SoftsignOp, double x) {
  auto f = static_cast<float>(x);
  float divisor = 1.0f + std::fabs(f);
  return f / divisor;
}
static double tanhShrink(TanhShrinkOp, double x) {
  auto f = static_cast<float>(x);
  return f - tanhInF32(f);
}
static double cube(CubeOp, double x) {
  auto f = static_cast<float>(x);
  float square = f * f;
  return square * f;
}

//===----------------------------------------------------------------------===//
// NormalizeOp
//===----------------------------------------------------------------------===//

static double divisor(NormalizeOp op, double meanSquare) {
  double epsilon = op.getEpsilon().convertToDouble(), root = std::sqrt(meanSquare);
  switch (op.getPlace()) {
  case EpsilonPlace::Inside:
    return std::sqrt(meanSquare + epsilon);
  case EpsilonPlace::Outside:
    return root + epsilon;
  case EpsilonPlace::AtLeast:
    return root < epsilon ? epsilon : root;
  }
  llvm_unreachable("every place has its divisor");
}

static LogicalResult evaluateNormalize(NormalizeOp op, Operands operands, Results results) {
  const HostTensor &input = *operands[0];
  std::vector<float> x = toReal(input);
  SmallVector<int64_t> outer(input.shape), inner(input.shape.size(), 1);
  for (int64_t axis : op.getAxes())
    std::swap(outer[axis], inner[axis]);
  SmallVector<int64_t> strides = rowMajorStrides(input.shape);
  std::vector<double> y(x.size());
  for (int64_t first : stridedPositions(outer, strides)) {
    std::vector<int64_t> positions = stridedPositions(inner, strides, first);
    auto count = static_cast<double>(positions.size());
    double mean = 0, meanSquare = 0;
    if (op.getKind() == NormKind::Standard)
      for (int64_t i : positions)
        mean += x[i] / count;
    for (int64_t i : positions)
      meanSquare += (x[i] - mean) * (x[i] - mean) / count;
    for (int64_t i : positions)
      y[i] = (x[i] - mean) / divisor(op, meanSquare);
  }
  size_t next = 1;
  auto apply = [&](auto combine) {
    std::vector<float> parameter = toReal(*operands[next]);
    std::vector<int64_t> at = broadcastPositions(operands[next]->shape, input.shape);
    for (size_t i = 0; i < y.size(); ++i)
      y[i] = combine(y[i], parameter[at[i]]);
    ++next;
  };
  if (op.getScale())
    apply([](double value, double scale) { return value * scale; });
  if (op.getBias())
    apply([](double value, double bias) { return value + bias; });
  fromReal(op, std::vector<float>(y.begin(), y.end()), results[0]);
  return success();
}

void addCompoundHandlers(HandlerTable &table) {
  addHandler<SwishOp, evaluateActivation<SwishOp, swish>>(table);
  addHandler<CeluOp, evaluateActivation<CeluOp, celu>>(table);
  addHandler<LogSigmoidOp, evaluateActivation<LogSigmoidOp, logSigmoid>>(table);
  addHandler<SoftsignOp, evaluateActivation<SoftsignOp, softsign>>(table);
  addHandler<TanhShrinkOp, evaluateActivation<TanhShrinkOp, tanhShrink>>(table);
  addHandler<CubeOp, evaluateActivation<CubeOp, cube>>(table);
  addHandler<NormalizeOp, evaluateNormalize>(table);
}

} // namespace nnq::reference
