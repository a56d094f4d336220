// Operations of NNQElementwiseOps.td, and their functions on one element. docs/Semantics.md,
// "Elementwise".

#include "Handlers.h"
#include "Numerics.h"

#include "nnq/Dialect/NNQ/IR/NNQOps.h"

#include <algorithm>
#include <cmath>

using namespace mlir;

namespace nnq::reference {

//===----------------------------------------------------------------------===//
// Binary operations
//===----------------------------------------------------------------------===//

static float add(float a, float b) { return a + b; }
static float sub(float a, float b) { return a - b; }
static float mul(float a, float b) { return a * b; }
static float div(float a, float b) { return a / b; }
static float max(float a, float b) { return std::fmax(a, b); } // a number wins over NaN
static float min(float a, float b) { return std::fmin(a, b); }
static float pow(float a, float b) {
  return static_cast<float>(std::pow(static_cast<double>(a), static_cast<double>(b)));
}

template <typename OpTy, float (*function)(float, float)>
static LogicalResult evaluateBinary(OpTy, Operands operands, Results results) {
  HostTensor &result = results[0];
  std::vector<float> lhs = toReal(*operands[0]), rhs = toReal(*operands[1]), reals;
  std::vector<int64_t> lhsAt = broadcastPositions(operands[0]->shape, result.shape);
  std::vector<int64_t> rhsAt = broadcastPositions(operands[1]->shape, result.shape);
  for (size_t i = 0; i < lhsAt.size(); ++i)
    reals.push_back(function(lhs[lhsAt[i]], rhs[rhsAt[i]]));
  fromReal(std::move(reals), result);
  return success();
}

template <typename OpTy, float (*function)(float, float)>
static void addBinaryHandler(HandlerTable &table) {
  addHandler<OpTy, evaluateBinary<OpTy, function>>(table);
}

//===----------------------------------------------------------------------===//
// ClampOp
//===----------------------------------------------------------------------===//

/// On codes: to [max(qmin, quantize(min)), min(qmax, quantize(max))]. Quantizing saturates, so qmin
/// and qmax are met already.
static void clampCodes(const HostTensor &input, float lo, float hi, HostTensor &result) {
  Quantization quantization(result);
  for (int64_t i = 0, end = input.getNumElements(); i < end; ++i) {
    int32_t code = input.integers()[i];
    code = std::max(code, quantization.quantize(lo, i));
    code = std::min(code, quantization.quantize(hi, i));
    result.integers()[i] = code;
  }
}

static LogicalResult evaluateClamp(ClampOp op, Operands operands, Results results) {
  float lo = op.getMin().convertToFloat(), hi = op.getMax().convertToFloat();
  if (isQuantized(results[0]) && operands[0]->elementType == results[0].elementType) {
    clampCodes(*operands[0], lo, hi, results[0]);
    return success();
  }
  std::vector<float> reals = toReal(*operands[0]);
  for (float &x : reals)
    x = std::fmin(std::fmax(x, lo), hi);
  fromReal(std::move(reals), results[0]);
  return success();
}

//===----------------------------------------------------------------------===//
// UnaryOp
//===----------------------------------------------------------------------===//

static double sigmoid(double x) {
  return x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x));
}
static double softplus(double x) {
  return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
}
static double hardSigmoid(double x, double alpha, double beta) {
  return std::fmax(0.0, std::fmin(1.0, alpha * x + beta));
}

/// x times a factor in [0, 1], which wins where it is 0: the limit at minus infinity.
static double gate(double x, double factor) { return factor == 0 ? 0 : x * factor; }

/// The function of docs/Semantics.md, "unary".
static double evaluate(UnaryKind kind, double x, double alpha, double beta) {
  switch (kind) {
  case UnaryKind::LeakyRelu:
    return x >= 0 ? x : alpha * x;
  case UnaryKind::Elu:
    return x >= 0 ? x : alpha * std::expm1(x);
  case UnaryKind::Selu:
    return beta * (x > 0 ? x : alpha * std::expm1(x));
  case UnaryKind::Sigmoid:
    return sigmoid(x);
  case UnaryKind::HardSigmoid:
    return hardSigmoid(x, alpha, beta);
  case UnaryKind::Tanh:
    return std::tanh(x);
  case UnaryKind::HardSwish:
    return gate(x, hardSigmoid(x, 1.0 / 6, 0.5));
  case UnaryKind::Gelu:
    return gate(x, std::erfc(-x / std::sqrt(2.0)) / 2); // 1 + erf(t) = erfc(-t)
  case UnaryKind::GeluTanh:
    return gate(x, sigmoid(2 * std::sqrt(2 / M_PI) *
                           (x + 0.044715 * x * x * x))); // 1 + tanh(t) = 2 sigmoid(2 t)
  case UnaryKind::Silu:
    return gate(x, sigmoid(x));
  case UnaryKind::Exp:
    return std::exp(x);
  case UnaryKind::Log:
    return std::log(x);
  case UnaryKind::Sqrt:
    return std::sqrt(x);
  case UnaryKind::Rsqrt:
    return 1 / std::sqrt(x);
  case UnaryKind::Reciprocal:
    return 1 / x;
  case UnaryKind::Erf:
    return std::erf(x);
  case UnaryKind::Abs:
    return std::abs(x);
  case UnaryKind::Neg:
    return -x;
  case UnaryKind::Floor:
    return std::floor(x);
  case UnaryKind::Ceil:
    return std::ceil(x);
  case UnaryKind::Round:
    return std::nearbyint(x);
  case UnaryKind::Softplus:
    return softplus(x);
  case UnaryKind::Sin:
    return std::sin(x);
  case UnaryKind::Cos:
    return std::cos(x);
  case UnaryKind::Mish:
    return gate(x, std::tanh(softplus(x)));
  case UnaryKind::Square:
    return x * x;
  case UnaryKind::Sign:
    return x > 0 ? 1 : x < 0 ? -1 : 0;
  }
  llvm_unreachable("every kind has its function");
}

static LogicalResult evaluateUnary(UnaryOp op, Operands operands, Results results) {
  double alpha = op.getAlpha().convertToDouble(), beta = op.getBeta().convertToDouble();
  std::vector<float> reals = toReal(*operands[0]);
  for (float &x : reals)
    x = std::isnan(x) ? x : static_cast<float>(evaluate(op.getKind(), x, alpha, beta));
  fromReal(std::move(reals), results[0]);
  return success();
}

//===----------------------------------------------------------------------===//
// RequantizeOp
//===----------------------------------------------------------------------===//

static LogicalResult evaluateRequantize(RequantizeOp, Operands operands, Results results) {
  const HostTensor &input = *operands[0];
  HostTensor &result = results[0];
  bool fromAccumulator =
      isQuantized(input) && isQuantized(result) && Quantization(input).isAccumulator();
  if (!fromAccumulator) {
    fromReal(toReal(input), result);
    return success();
  }
  Quantization from(input), to(result);
  for (int64_t i = 0, end = input.getNumElements(); i < end; ++i) {
    int64_t accumulator = input.integers()[i] - from.getZeroPoint(i);
    result.integers()[i] = to.requantize(accumulator, from.getScale(i) / to.getScale(i), i);
  }
  return success();
}

void addElementwiseHandlers(HandlerTable &table) {
  addBinaryHandler<AddOp, add>(table);
  addBinaryHandler<SubOp, sub>(table);
  addBinaryHandler<MulOp, mul>(table);
  addBinaryHandler<DivOp, div>(table);
  addBinaryHandler<MaxOp, max>(table);
  addBinaryHandler<MinOp, min>(table);
  addBinaryHandler<PowOp, pow>(table);
  addHandler<ClampOp, evaluateClamp>(table);
  addHandler<UnaryOp, evaluateUnary>(table);
  addHandler<RequantizeOp, evaluateRequantize>(table);
}

} // namespace nnq::reference
