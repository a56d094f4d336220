// Operations of NNQElementwiseOps.td, and their functions on one element. docs/Semantics.md,
// "Elementwise".

#include "Handlers.h"
#include "Numerics.h"

#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"

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
static float max(float a, float b) { return std::isnan(a) || a > b ? a : b; } // NaN wins
static float min(float a, float b) { return std::isnan(a) || a < b ? a : b; }
static float pow(float a, float b) {
  return static_cast<float>(std::pow(static_cast<double>(a), static_cast<double>(b)));
}

template <typename OpTy, float (*function)(float, float)>
static LogicalResult evaluateBinary(OpTy op, Operands operands, Results results) {
  HostTensor &result = results[0];
  std::vector<float> lhs = toReal(*operands[0]), rhs = toReal(*operands[1]), reals;
  std::vector<int64_t> lhsAt = broadcastPositions(operands[0]->shape, result.shape);
  std::vector<int64_t> rhsAt = broadcastPositions(operands[1]->shape, result.shape);
  for (size_t i = 0; i < lhsAt.size(); ++i)
    reals.push_back(function(lhs[lhsAt[i]], rhs[rhsAt[i]]));
  fromReal(op, std::move(reals), result);
  return success();
}

/// Each element of the result from the codes of the operands at its place, as the model counts
/// them.
template <typename Function>
static void combineCodes(const Profile &profile, const HostTensor &lhs, int64_t lhsOffset,
                         const HostTensor &rhs, int64_t rhsOffset, HostTensor &result,
                         int64_t resultOffset, Function function) {
  std::vector<int64_t> lhsAt = broadcastPositions(lhs.shape, result.shape);
  std::vector<int64_t> rhsAt = broadcastPositions(rhs.shape, result.shape);
  Quantization quantization(result);
  for (size_t i = 0; i < lhsAt.size(); ++i)
    result.integers()[i] = quantization.round(
        profile,
        function(lhs.integers()[lhsAt[i]] + lhsOffset, rhs.integers()[rhsAt[i]] + rhsOffset),
        resultOffset);
}

/// Bytes: rint(fma(a, s_a / s_y, fma(b, s_b / s_y, z_y - fma(s_a / s_y, z_a, s_b / s_y * z_b)))).
void addBytes(const Profile &profile, AddOp op, Operands operands, HostTensor &result) {
  Quantization qa(*operands[0]), qb(*operands[1]), qy(result);
  int64_t offsetA = getCodeOffset(op, 0), offsetB = getCodeOffset(op, 1),
          offsetY = getCodeOffset(op, 2);
  float ratioA = qa.getScale(0) / qy.getScale(0), ratioB = qb.getScale(0) / qy.getScale(0);
  float zeroB = ratioB * static_cast<float>(qb.getZeroPoint(0) + offsetB);
  float zeros = std::fma(ratioA, static_cast<float>(qa.getZeroPoint(0) + offsetA), zeroB);
  float offset = static_cast<float>(qy.getZeroPoint(0) + offsetY) - zeros;
  combineCodes(profile, *operands[0], offsetA, *operands[1], offsetB, result, offsetY,
               [&](int64_t a, int64_t b) {
                 float partial = std::fma(static_cast<float>(b), ratioB, offset);
                 return std::fma(static_cast<float>(a), ratioA, partial);
               });
}

/// Bytes: rint(f32((a - z_a) * (b - z_b)) * ((s_a * s_b) / s_y) + z_y).
void multiplyBytes(const Profile &profile, MulOp op, Operands operands, HostTensor &result) {
  Quantization qa(*operands[0]), qb(*operands[1]), qy(result);
  int64_t offset = getCodeOffset(op, 2);
  float unit = qa.getScale(0) * qb.getScale(0);
  float multiplier = unit / qy.getScale(0);
  auto zero = static_cast<float>(qy.getZeroPoint(0) + offset);
  combineCodes(profile, *operands[0], -qa.getZeroPoint(0), *operands[1], -qb.getZeroPoint(0),
               result, offset, [&](int64_t a, int64_t b) {
                 float scaled = static_cast<float>(a * b) * multiplier;
                 return scaled + zero;
               });
}

/// On bytes by the profile's formula, if it has one.
template <typename OpTy, float (*function)(float, float)>
static LogicalResult evaluateSumOrProduct(OpTy op, Operands operands, Results results) {
  if (lookupProfile(op)->evaluateOnBytes(op, operands, results[0]))
    return success();
  return evaluateBinary<OpTy, function>(op, operands, results);
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
static void clampCodes(const Profile &profile, const HostTensor &input, float lo, float hi,
                       HostTensor &result) {
  Quantization quantization(result);
  for (int64_t i = 0, end = input.getNumElements(); i < end; ++i) {
    int32_t code = input.integers()[i];
    code = std::max(code, quantization.quantize(profile, lo, i));
    code = std::min(code, quantization.quantize(profile, hi, i));
    result.integers()[i] = code;
  }
}

static LogicalResult evaluateClamp(ClampOp op, Operands operands, Results results) {
  float lo = op.getMin().convertToFloat(), hi = op.getMax().convertToFloat();
  if (isQuantized(results[0]) && operands[0]->elementType == results[0].elementType) {
    clampCodes(*lookupProfile(op), *operands[0], lo, hi, results[0]);
    return success();
  }
  std::vector<float> reals = toReal(*operands[0]);
  for (float &x : reals)
    x = x < lo ? lo : x > hi ? hi : x; // NaN stays
  fromReal(op, std::move(reals), results[0]);
  return success();
}

//===----------------------------------------------------------------------===//
// UnaryOp
//===----------------------------------------------------------------------===//

/// Polynomial with the coefficients of the highest power first, each step a fused multiply-add of
/// f32.
template <size_t n> static float polynomial(const float (&coefficients)[n], float x) {
  float sum = coefficients[0];
  for (size_t i = 1; i < n; ++i)
    sum = std::fma(sum, x, coefficients[i]);
  return sum;
}

/// The functions that ONNX Runtime computes by these polynomials in f32: docs/NumericsOnnx.md.
float sigmoidInF32(float x) {
  constexpr float p[] = {4.37031012579801e-11f, 1.15627324459942e-07f, 6.08574864600143e-05f,
                         8.51377133304701e-03f, 2.48287947061529e-01f};
  constexpr float q[] = {6.10247389755681e-13f, 5.76102136993427e-09f, 6.29106785017040e-06f,
                         1.70198817374094e-03f, 1.16817656904453e-01f, 9.93151921023180e-01f};
  x = std::clamp(x, -18.0f, 18.0f);
  float square = x * x;
  float odd = polynomial(p, square) * x;
  float ratio = odd / polynomial(q, square);
  return std::clamp(ratio + 0.5f, 0.0f, 1.0f);
}
float tanhInF32(float x) {
  constexpr float p[] = {-2.76076847742355e-16f, 2.00018790482477e-13f, -8.60467152213735e-11f,
                         5.12229709037114e-08f,  1.48572235717979e-05f, 6.37261928875436e-04f,
                         4.89352455891786e-03f};
  constexpr float q[] = {1.19825839466702e-06f, 1.18534705686654e-04f, 2.26843463243900e-03f,
                         4.89352518554385e-03f};
  x = std::clamp(x, -9.0f, 9.0f);
  float square = x * x;
  float odd = polynomial(p, square) * x;
  return odd / polynomial(q, square);
}
static float errorFunction(float x) {
  constexpr float near[] = {-5.99104969e-4f, 4.99339588e-3f,  -2.67667342e-2f,
                            1.12818025e-1f,  -3.76124859e-1f, 1.28379151e-1f};
  constexpr float far[] = {1.72948930e-5f, -3.83208680e-4f, 3.88393435e-3f, -2.42545605e-2f,
                           1.06777847e-1f, 6.34846687e-1f,  1.28717512e-1f};
  constexpr float exponential[] = {
      1.38319808e-3f, 8.37550033e-3f, 4.16689515e-2f, 1.66664466e-1f, 4.99999851e-1f, 1.0f, 1.0f};
  float a = std::min(std::fabs(x), 3.925f);
  if (a <= 0.921875f)
    return std::copysign(std::fma(polynomial(near, a * a), a, a), x);
  float t = -std::fma(polynomial(far, a), a, a);
  float shifted = std::fma(1.44269504088896341f, t, 12582912.0f);
  float k = shifted - 12582912.0f;
  float rest = std::fma(k, -1.42860677e-6f, std::fma(k, -6.93145752e-1f, t));
  float e = polynomial(exponential, rest) * std::exp2(k);
  return std::copysign(1.0f - e, x);
}
static float hardSigmoid(float x, float alpha, float beta) {
  float line = alpha * x;
  return std::fmax(0.0f, std::fmin(1.0f, line + beta));
}
static float gelu(float x, float t) {
  float half = x * 0.5f;
  return half * (t + 1.0f);
}
static float geluTanh(float x) {
  float square = 0.035677408136300125f * x * x;
  return gelu(x, tanhInF32(x * (square + 0.7978845608028654f)));
}

/// y, or where that is x times 0 at minus infinity its limit.
static float limit(float y) { return std::isnan(y) ? -0.0f : y; }

static double softplus(double x) {
  return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
}

/// x times a factor in [0, 1], which wins where it is 0: the limit at minus infinity.
static double gate(double x, double factor) {
  bool isClosed = factor <= 0; // of NaN it is open
  return isClosed ? -0.0 : factor * x;
}

/// The function of docs/Semantics.md, "unary".
static double evaluate(UnaryKind kind, double x, double alpha, double beta) {
  auto f = static_cast<float>(x);
  switch (kind) {
  case UnaryKind::LeakyRelu:
    return x >= 0 ? x : alpha * x;
  case UnaryKind::Elu:
    return x >= 0 ? x : alpha * std::expm1(x);
  case UnaryKind::Selu:
    return x > 0 ? x * beta : alpha * std::expm1(x) * beta;
  case UnaryKind::Sigmoid:
    return sigmoidInF32(f);
  case UnaryKind::HardSigmoid:
    return hardSigmoid(f, static_cast<float>(alpha), static_cast<float>(beta));
  case UnaryKind::Tanh:
    return tanhInF32(f);
  case UnaryKind::HardSwish:
    return limit(f * hardSigmoid(f, 1.0f / 6, 0.5f));
  case UnaryKind::Gelu:
    return limit(gelu(f, errorFunction(f * 0.70710678f)));
  case UnaryKind::GeluTanh:
    return limit(geluTanh(f));
  case UnaryKind::Silu:
    return limit(f * sigmoidInF32(f));
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
    return errorFunction(f);
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
  fromReal(op, std::move(reals), results[0]);
  return success();
}

//===----------------------------------------------------------------------===//
// RequantizeOp
//===----------------------------------------------------------------------===//

static LogicalResult evaluateRequantize(RequantizeOp op, Operands operands, Results results) {
  const HostTensor &input = *operands[0];
  HostTensor &result = results[0];
  bool fromAccumulator =
      isQuantized(input) && isQuantized(result) && Quantization(input).isAccumulator();
  if (!fromAccumulator) {
    fromReal(op, toReal(input), result);
    return success();
  }
  Quantization from(input), to(result);
  const Profile &profile = *lookupProfile(op);
  for (int64_t i = 0, end = input.getNumElements(); i < end; ++i) {
    int64_t accumulator = input.integers()[i] - from.getZeroPoint(i);
    double factor = profile.getFactor(from.getScale(i), to.getScale(i));
    result.integers()[i] = to.requantize(profile, accumulator, factor, i);
  }
  return success();
}

void addElementwiseHandlers(HandlerTable &table) {
  addHandler<AddOp, evaluateSumOrProduct<AddOp, add>>(table);
  addBinaryHandler<SubOp, sub>(table);
  addHandler<MulOp, evaluateSumOrProduct<MulOp, mul>>(table);
  addBinaryHandler<DivOp, div>(table);
  addBinaryHandler<MaxOp, max>(table);
  addBinaryHandler<MinOp, min>(table);
  addBinaryHandler<PowOp, pow>(table);
  addHandler<ClampOp, evaluateClamp>(table);
  addHandler<UnaryOp, evaluateUnary>(table);
  addHandler<RequantizeOp, evaluateRequantize>(table);
}

} // namespace nnq::reference
