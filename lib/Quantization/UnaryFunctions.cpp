//===- UnaryFunctions.cpp - Elementwise functions and their tables -------===//

#include "nnq/Quantization/UnaryFunctions.h"
#include "nnq/Quantization/FloatFunctions.h"
#include "llvm/Support/ErrorHandling.h"
#include <algorithm>
#include <cassert>
#include <cmath>
#include <optional>

namespace nnq {

/// ln(1 + e^x) = max(x, 0) + ln(1 + e^-|x|).
static double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::fabs(x))); }

/// `factor` * x, with the limit -0 where the factor vanishes, even at minus infinity.
static double gate(double x, double factor) { return factor == 0 ? -0.0 : x * factor; }

/// The functions that are defined by f32 operations; nothing for the others.
static std::optional<float> evaluateInF32(UnaryFunction kind, float x, float alpha, float beta) {
  FloatFunctions<FloatOps> f{FloatOps()};
  switch (kind) {
  case UnaryFunction::Sigmoid:
    return f.sigmoid(x);
  case UnaryFunction::HardSigmoid:
    return f.hardSigmoid(x, alpha, beta);
  case UnaryFunction::Tanh:
    return f.tanh(x);
  case UnaryFunction::HardSwish:
    return f.hardSwish(x);
  case UnaryFunction::Gelu:
    return f.gelu(x);
  case UnaryFunction::GeluTanh:
    return f.geluTanh(x);
  case UnaryFunction::Silu:
    return f.silu(x);
  case UnaryFunction::Erf:
    return f.erf(x);
  default:
    return std::nullopt;
  }
}

double evaluateUnary(UnaryFunction kind, double x, double alpha, double beta) {
  if (std::isnan(x))
    return x;
  if (std::optional<float> y = evaluateInF32(kind, static_cast<float>(x), static_cast<float>(alpha),
                                             static_cast<float>(beta)))
    return *y;
  switch (kind) {
  case UnaryFunction::Relu:
    return std::max(x, 0.0);
  case UnaryFunction::LeakyRelu:
    return x < 0 ? alpha * x : x;
  case UnaryFunction::Elu:
    return x < 0 ? alpha * std::expm1(x) : x;
  case UnaryFunction::Selu:
    return beta * (x > 0 ? x : alpha * std::expm1(x));
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
  default:
    break; // in f32 above
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
  assert(isByteStorage(out) && "tables are from bytes to bytes");
  return buildTable(function, in, [&](float real) { return quantizeValue(real, out); });
}

CodeTable buildTable(llvm::function_ref<double(double)> function, const QuantParams &in,
                     llvm::function_ref<int32_t(float)> quantize) {
  assert(isByteStorage(in) && "tables are from bytes to bytes");
  CodeTable table;
  for (int32_t byte = 0; byte < 256; ++byte) {
    int32_t code = in.storageMin < 0 && byte > 127 ? byte - 256 : byte;
    auto result = static_cast<float>(function(dequantizeValue(code, in)));
    table[byte] = static_cast<uint8_t>(quantize(result));
  }
  return table;
}

CodeTable buildTable(UnaryFunction kind, double alpha, double beta, const QuantParams &in,
                     const QuantParams &out) {
  return buildTable([&](double x) { return evaluateUnary(kind, x, alpha, beta); }, in, out);
}

} // namespace nnq
