//===- UnaryFunctions.cpp - Elementwise functions and their tables -------===//

#include "nnq/Quantization/UnaryFunctions.h"
#include "llvm/Support/ErrorHandling.h"
#include <algorithm>
#include <cassert>
#include <cmath>

namespace nnq {

/// 1 / (1 + e^-x), with the exponential of a negative number only, so that neither side overflows.
static double sigmoid(double x) {
  double e = std::exp(-std::fabs(x));
  return x < 0 ? e / (1 + e) : 1 / (1 + e);
}

/// ln(1 + e^x) = max(x, 0) + ln(1 + e^-|x|).
static double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::fabs(x))); }

/// `factor` * x, with the limit 0 where the factor vanishes, even at infinity.
static double gate(double x, double factor) { return factor == 0 ? 0.0 : x * factor; }

double evaluateUnary(UnaryFunction kind, double x, double alpha, double beta) {
  constexpr double sqrtHalf = 0.70710678118654752440;
  constexpr double sqrtTwoOverPi = 0.79788456080286535588;
  if (std::isnan(x))
    return x;
  switch (kind) {
  case UnaryFunction::Relu:
    return std::max(x, 0.0);
  case UnaryFunction::LeakyRelu:
    return x < 0 ? alpha * x : x;
  case UnaryFunction::Elu:
    return x < 0 ? alpha * std::expm1(x) : x;
  case UnaryFunction::Selu:
    return beta * (x > 0 ? x : alpha * std::expm1(x));
  case UnaryFunction::Sigmoid:
    return sigmoid(x);
  case UnaryFunction::HardSigmoid:
    return std::clamp(alpha * x + beta, 0.0, 1.0);
  case UnaryFunction::Tanh:
    return std::tanh(x);
  case UnaryFunction::HardSwish:
    return gate(x, std::clamp(x / 6 + 0.5, 0.0, 1.0));
  case UnaryFunction::Gelu:
    // erfc keeps the digits of the left tail, where 1 + erf cancels.
    return gate(x, 0.5 * std::erfc(-x * sqrtHalf));
  case UnaryFunction::GeluTanh:
    // (1 + tanh u) / 2 is sigmoid(2 u), again without cancelling.
    return gate(x, sigmoid(2 * sqrtTwoOverPi * (x + 0.044715 * x * x * x)));
  case UnaryFunction::Silu:
    return gate(x, sigmoid(x));
  case UnaryFunction::Exp:
    return std::exp(x);
  case UnaryFunction::Log:
    return std::log(x);
  case UnaryFunction::Sqrt:
    return std::sqrt(x);
  case UnaryFunction::Rsqrt:
    return 1 / std::sqrt(x);
  case UnaryFunction::Reciprocal:
    return 1 / x;
  case UnaryFunction::Erf:
    return std::erf(x);
  case UnaryFunction::Abs:
    return std::fabs(x);
  case UnaryFunction::Neg:
    return -x;
  case UnaryFunction::Floor:
    return std::floor(x);
  case UnaryFunction::Ceil:
    return std::ceil(x);
  case UnaryFunction::Round:
    return std::nearbyint(x);
  case UnaryFunction::Softplus:
    return softplus(x);
  case UnaryFunction::Sin:
    return std::sin(x);
  case UnaryFunction::Cos:
    return std::cos(x);
  case UnaryFunction::Mish:
    return gate(x, std::tanh(softplus(x)));
  case UnaryFunction::Square:
    return x * x;
  case UnaryFunction::Sign:
    return (x > 0) - (x < 0);
  }
  llvm_unreachable("all unary functions are covered");
}

/// Whether the codes fit one byte, unsigned or signed.
[[maybe_unused]] static bool isByteStorage(const QuantParams &params) {
  return (params.storageMin >= 0 && params.storageMax <= 255) ||
         (params.storageMin >= -128 && params.storageMax <= 127);
}

CodeTable buildTable(llvm::function_ref<double(double)> function, const QuantParams &in,
                     const QuantParams &out) {
  assert(isByteStorage(in) && isByteStorage(out) && "tables are from bytes to bytes");
  CodeTable table;
  for (int32_t byte = 0; byte < 256; ++byte) {
    int32_t code = in.storageMin < 0 && byte > 127 ? byte - 256 : byte;
    auto result = static_cast<float>(function(dequantizeValue(code, in)));
    table[byte] = static_cast<uint8_t>(quantizeValue(result, out));
  }
  return table;
}

CodeTable buildTable(UnaryFunction kind, double alpha, double beta, const QuantParams &in,
                     const QuantParams &out) {
  return buildTable([&](double x) { return evaluateUnary(kind, x, alpha, beta); }, in, out);
}

} // namespace nnq
